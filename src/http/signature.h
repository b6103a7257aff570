/* Signatures of webhooks in the scheme that Stripe uses and others have taken over: a header
 * `t=<seconds>,v1=<hex>[,v1=<hex>…]`, each v1 an HMAC-SHA-256 over "<t>.<body>".
 * https://docs.stripe.com/webhooks/signature */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"

#define SIGNATURES_MOST 20 /* v1 in one header: more is an attempt to keep us busy */

/* The header's value for `body` as it is sent at `now_s`: one v1 for each secret that is not empty.
 */
char *signature_make(struct arena *a, struct bytes body, const char *const *secrets, size_t n,
                     int64_t now_s);

enum signature_verdict {
    SIGNATURE_OK,
    SIGNATURE_BAD_HEADER, /* no v1 or too many, not one time, or a time that is no number */
    SIGNATURE_WRONG,      /* also of a v1 that cannot be read: it is there, and matches nothing */
    SIGNATURE_STALE,      /* right, but its time is too far from now */
    SIGNATURE_VERDICTS
};
extern const char *const signature_verdict_names[SIGNATURE_VERDICTS];

/* Right when one v1 is right by one of the secrets (two while they are changed) and `t` lies within
 * `tolerance_s` of `now_s`. `body` exactly as it came. Compared in constant time; an empty secret
 * signs nothing. */
enum signature_verdict signature_check(struct arena *a, const char *header, struct bytes body,
                                       const char *const *secrets, size_t n, int64_t now_s,
                                       int64_t tolerance_s);
bool signature_holds(struct arena *a, const char *header, struct bytes body,
                     const char *const *secrets, size_t n, int64_t now_s, int64_t tolerance_s);
