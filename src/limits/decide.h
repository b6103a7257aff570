/* From counters to a decision, with Redis or without. Inside of src/limits. */
#pragma once
#include "limits/counts.h"
#include "limits/days.h"
#include "limits/inside.h"

/* A rule of this request was refused a moment ago: then that is the decision, and nobody is asked.
 */
bool decide_by_memory(struct limits *l, struct limits_call *call, int64_t now_us);

/* Without Redis: all of it out of this host's memory, at this host's share. */
struct limit_decision decide_locally(struct limits *l, const struct limits_call *call,
                                     int64_t now_us);

/* With Redis: queues the script, and what was counted for the vendor's day while it was away;
 * `vendor` is whose keys these are. */
void decide_queue(struct limits *l, struct work *w, struct limits_call *call, int64_t vendor);
/* Reads the replies, in their order; decides locally when there are none. */
struct limit_decision decide_by_reply(struct limits *l, struct work *w, struct limits_call *call);

/* What is left for each check, taking none. */
void decide_peek(struct limits *l, struct work *w, struct limits_call *call, int64_t vendor,
                 int64_t *left);

/* ---- For both ---- */

bool check_is_day(const struct limit_check *c);
struct shared_day *check_day(struct limits *l, const struct limits_call *call, int64_t now_us);
void check_count(struct limits *l, const struct limit_check *c, enum count_kind kind,
                 int64_t now_us);
struct limit_decision check_refuses(struct limits *l, const struct limits_call *call,
                                    const struct limit_check *c, int64_t wait_us, int64_t now_us);
/* The rule with least left speaks for all. */
void check_allows(struct limit_decision *d, const struct limits_call *call,
                  const struct limit_check *c, int64_t remaining, int64_t whole_in_us);
