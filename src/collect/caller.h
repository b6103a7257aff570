/* Asking the card provider: with its key, its version and a limit of our own to how often. What
 * fails on the way is asked again, as the provider says; a call that may have had its effect keeps
 * its key, so it has it once. Never called inside a transaction. Inside of src/collect. */
#pragma once
#include "base/work.h"
#include "pay/provider.h"

#define CALLS_MOST 16 /* at once */

struct call {
    struct pay_call what;
    struct pay_reply reply; /* in the arena of the calls */
    int64_t answered_at;    /* by the provider's clock; 0: it did not say */
};

/* How long is waited: so many tries, each so many seconds at most. */
struct patience {
    int tries, each_s;
};
#define OF_A_PERSON ((struct patience){ 3, 6 })
#define OF_A_JOB    ((struct patience){ 1, 30 }) /* it comes again */

/* Asks all of them, and returns when all have an answer or none is to be had (status 0). */
struct err *caller_ask(struct work *w, struct call *calls, size_t n,
                       struct patience patience) MUST_CHECK;
/* One, with a person's patience. */
struct err *caller_one(struct work *w, struct pay_call what, struct pay_reply *out) MUST_CHECK;

/* A refusal that is no card's: the provider cannot be reached (BUSY collect.away), will not have
 * our key (BROKEN collect.locked) or our question (BROKEN collect.wrong). Logged, with the call's
 * path. NULL for PAY_FINE. */
struct err *caller_failed(struct work *w, const char *path,
                          const struct pay_refusal *why) MUST_CHECK;
