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

/* Asks all of them, each up to `tries` times, and returns when all have an answer or none is to be
 * had (status 0). */
struct err *caller_ask(struct work *w, struct call *calls, size_t n, int tries) MUST_CHECK;
/* One, three times at most: what a person or a job waits for. */
struct err *caller_one(struct work *w, struct pay_call what, struct pay_reply *out) MUST_CHECK;

/* A refusal that is no card's: the provider cannot be reached (BUSY collect.away), will not have
 * our key (BROKEN collect.locked) or our question (BROKEN collect.wrong). Logged, with the call's
 * path. NULL for PAY_FINE. */
struct err *caller_failed(struct work *w, const char *path,
                          const struct pay_refusal *why) MUST_CHECK;
