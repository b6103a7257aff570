/* Taking the vendors' money by card, and keeping in step with the provider who does it. What is to
 * be charged is decided in src/subscriptions and waits there as an operation; here it is asked for,
 * and applied when it came. */
#pragma once
#include "base/bytes.h"
#include "base/settings.h"
#include "base/work.h"
#include "pay/provider.h"

/* Wired by main: reads the key and the secrets that the settings name; without a key vendors pay
 * by transfer. INVALID settings.stripe: a file cannot be used, the address is not https, or the key
 * is of real money and SOUK_STRIPE_LIVE does not say so, or the other way round. */
struct err *collect_open(struct arena *process, const struct settings *s) MUST_CHECK;
/* provider_manual until then, and where there is no key. */
const struct provider *collect_provider(void);

/* site->ask_outside: asks about the operation w->outside of w->vendor, within the patience of a
 * person, and commits what came of it. No answer is no failure: the job goes on. */
struct err *collect_ask(struct work *w) MUST_CHECK;

/* `souk doctor`: is the provider there, does it take our key, do its clock and ours agree, does it
 * send its events to us? `mend` makes the address there; its secret is returned once, else NULL.
 * A failure: it does not answer, or will not have our key. */
struct collect_state {
    int64_t clock_off_s;             /* ours ahead of its */
    bool endpoint, endpoint_version; /* it is there, and of our version */
    const char *new_secret;
};
struct err *collect_look(struct work *w, bool mend, struct collect_state *out) MUST_CHECK;
