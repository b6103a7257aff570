/* The arithmetic of a rule (GCRA), in whole microseconds: the same in the script for Redis, which
 * tests hold against this. Inside of src/limits. */
#pragma once
#include "limits/limits.h"

/* A request moves the theoretical arrival time (TAT) by one interval; it may run ahead of the clock
 * by `burst` intervals. */
struct gcra {
    int64_t interval_us, burst;
};

/* The rule at so many percent of its numbers; at least one request. */
struct gcra gcra_of(const struct limit_rule *rule, int64_t percent);
/* One of `parts` equal shares of it; each keeps at least one request. */
struct gcra gcra_share(struct gcra g, int64_t parts);

struct gcra_step {
    bool admitted;
    int64_t tat_us; /* to keep; as it was when refused */
    int64_t retry_after_us;
    int64_t remaining;
    int64_t whole_in_us; /* until nothing of it is used any more */
};

/* A TAT further ahead than the burst allows means that the clock was set back: it is cut. */
struct gcra_step gcra_step(struct gcra g, int64_t tat_us, int64_t now_us, int64_t cost);
