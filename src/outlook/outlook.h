/* What the platform was and will be: a snapshot of every figure a day, and what follows from them.
 *
 * A snapshot holds the figures of src/health that were known, and those of the business (the
 * statement outlook_business). A day has one: taken again it is the day's once more; a figure that
 * was not known is missing rather than zero, and so is a day on which nobody ran. */
#pragma once
#include "base/work.h"

/* Of today, by w->now_us in UTC; in a transaction of its own. *figures: how many it holds. */
struct err *outlook_take(struct work *w, int64_t *figures) MUST_CHECK;

/* A tier's shops: what their subscriptions let them have, and what they have. */
struct outlook_use {
    const char *tier, *limit;
    double allowed, used;
    bool limited; /* false: without limit, for at least one of them */
};
struct outlook_tiers {
    struct outlook_use *uses; /* by tier, then limit */
    size_t count;
};

/* In an operator's read. Of the newest snapshot. */
struct err *outlook_tiers(struct work *w, struct outlook_tiers *out) MUST_CHECK;

struct outlook_trend {
    const char *figure;
    double first, last;
    int64_t days; /* that have a value */
    const char *from, *to;
};
/* Over so many days; the figures by name. */
struct err *outlook_trends(struct work *w, int64_t days, struct outlook_trend **out,
                           size_t *count) MUST_CHECK;

struct outlook_day {
    const char *day;  /* "2026-11-27" */
    int64_t taken_us; /* 0: that day has none */
};
/* Every day since the first snapshot within `days`, the newest first. */
struct err *outlook_days(struct work *w, int64_t days, struct outlook_day **out,
                         size_t *count) MUST_CHECK;
