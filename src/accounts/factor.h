/* The second factor of an account: codes of an authenticator, and ten that replace it once each.
 * Inside of src/accounts. All within the caller's transaction, which writes. */
#pragma once
#include "accounts/store.h"
#include "accounts/totp.h"

enum factor_state { FACTOR_OFF, FACTOR_PENDING, FACTOR_ON };

#define RECOVERY_CODES 10

struct factor {
    enum factor_state state;
    uint8_t secret[TOTP_SECRET];
    int64_t on_since_us; /* FACTOR_ON */
    int64_t codes_left;  /* recovery codes that are not used */
};

struct err *factor_load(struct work *w, struct user_id user, struct factor *out) MUST_CHECK;
/* A new secret that nothing asks for yet. CONFLICT totp.is_on. */
struct err *factor_begin(struct work *w, struct user_id user) MUST_CHECK;
/* Shown by its first code that it works: on from now. INVALID totp.wrong. */
struct err *factor_confirm(struct work *w, struct user_id user, const char *code) MUST_CHECK;
/* A code of the authenticator, once each, or one of the ten. True also when nothing is on. */
struct err *factor_check(struct work *w, struct user_id user, const char *code,
                         bool *right) MUST_CHECK;
struct err *factor_end(struct work *w, struct user_id user) MUST_CHECK;
/* Ten new ones in place of the old: "k3v9q-x2m7t". */
struct err *factor_new_codes(struct work *w, struct user_id user,
                             const char *codes[RECOVERY_CODES]) MUST_CHECK;
