/* A platform held against a scaling plan, a day at a time: which tier it is on, what asks for the
 * next one, and when.
 *
 * A tier is big enough while none of its triggers of load is met, neither by the figure now nor by
 * the upper bound of its forecast in 30 days. Up: to the smallest that was big enough on each of
 * three days in a row, or to the next one when a trigger was met for the days it asks for. Down,
 * one tier: after 30 days in a row on which every figure of load was known and under 80 % of what
 * the lower tier takes; and, where this machine's own trouble moved it up, the measure under 80 %
 * of what it was then. A day without a figure is not a day in a row. */
#pragma once
#include "plan/plan.h"

#define PLAN_UP_DAYS      3
#define PLAN_DOWN_DAYS    30
#define PLAN_DOWN_PERCENT 80
#define PLAN_AHEAD_DAYS   30
#define PLAN_FAR_DAYS     180 /* no date is told beyond */

struct plan_figure {
    const char *metric;
    double now, ahead; /* not a number: not known. `ahead`: upper bound (80 %) in 30 days */
};
struct plan_figures {
    const struct plan_figure *at;
    size_t count;
};

/* What is kept from day to day; {0} at first. */
struct plan_place {
    bool placed;
    int64_t day; /* the newest, since 1970 */
    size_t tier;
    int64_t up_days;
    size_t up_to; /* the smallest tier asked for on all of them */
    int64_t down_days;
    double driven_at; /* the measure when a trigger that is not of load moved it up; 0: none did */
    int64_t held[PLAN_TRIGGERS_MAX]; /* for how many days each trigger of the tier is met */
};

enum plan_stage { PLAN_CALM, PLAN_PREPARE, PLAN_BEGIN }; /* by the plan's own percentages */
extern const char *const plan_stage_names[3];

struct plan_finding { /* of a trigger */
    const struct plan_trigger *trigger;
    bool known, met, fired; /* fired: for as many days as it asks for */
    double now, ahead;
    double share; /* of the limit, 1 where it is met; 0: not known */
    int64_t held_days;
    int64_t in_days; /* at the earliest; 0 met, -1 not within PLAN_FAR_DAYS or not known */
};

struct plan_verdict {
    const struct plan_tier *tier, *next; /* next NULL: it is the last */
    const struct plan_tier *left;        /* that was moved from on this day; NULL: none */
    size_t wanted;                       /* the smallest that is big enough today */
    int64_t up_days, down_days;
    enum plan_stage stage;
    struct plan_finding findings[PLAN_TRIGGERS_MAX]; /* in the order of the tier's triggers */
    size_t finding_count;
    const struct plan_finding
        *binding;          /* nearest to its limit, of this verdict; NULL: none known */
    int64_t next_in_days;  /* the soonest of the findings */
    struct plan_cost step; /* what the next tier costs more */
};

/* The first day places it where it is big enough at once. A day that was already counted is
 * answered again and counts no more. `out` must stay where it is. */
void plan_step(const struct scaling_plan *plan, struct plan_place *place, int64_t day,
               struct plan_figures figures, struct plan_verdict *out);

/* New references. */
json_t *plan_place_to_json(const struct scaling_plan *plan, const struct plan_place *place);
json_t *plan_verdict_to_json(const struct plan_verdict *verdict);
/* False, and nothing written, when it is not of this plan. */
bool plan_place_from_json(const struct scaling_plan *plan, const json_t *from,
                          struct plan_place *out);

/* {"place": of the answer before, or absent, "days": [{"day": "2026-11-27", "figures":
 * {metric: n, or {"now": n, "ahead": n or null}}}]} → {"plan", "moves": [{"day", "from", "to"}],
 * "place", "today": the newest day's verdict}. *out in the arena. INVALID plan.unreadable. */
struct err *plan_answer(struct arena *a, const struct scaling_plan *plan, const json_t *question,
                        const json_t **out) MUST_CHECK;
