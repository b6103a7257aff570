/* Alerts: one figure of one object, told value by value, and the state it is in.
 *
 * Each state has two thresholds and a hold time for each way, so that what hovers at a limit does
 * not ring all day. What is not known is never ok: too few values or requests are `unknown`, values
 * that stay away are `stale`. Times are what the caller says; holds run on a clock that only goes
 * forward: set back, the caller's clock costs a hold that one step, and nothing else.
 *
 * The state is a plain struct, {0} at first. No memory, no clock, no chance. */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/must.h"

enum alert_state {
    ALERT_UNKNOWN, /* of {0}: nothing was told yet */
    ALERT_OK,
    ALERT_WARNING,
    ALERT_CRITICAL,
    ALERT_STALE,
    ALERT_STATES
};

enum alert_kind {
    ALERT_LEVEL,  /* the value itself */
    ALERT_COUNTER /* what a total grows by in a second; after a restart it begins anew */
};

/* Raised once the value was at `raise` or worse for `raise_s`, cleared once it was better than
 * `clear` for `clear_s`: from the first value that is so to the newest, all between them as well.
 * With a value a day, "two days in a row" is one day. */
struct alert_level {
    double raise, clear;
    int64_t raise_s, clear_s;
};

#define ALERT_FLAP_MOST 15

struct alert_rule {
    const char *name; /* of the figure, as health_figures has it where it has it */
    enum alert_kind kind;
    bool falling; /* low is bad: days that are left */
    bool no_critical;
    struct alert_level warning, critical;
    int64_t every_s;        /* between values; two that are missing: stale */
    int64_t least_values;   /* fewer so far: unknown */
    double least_count;     /* fewer events behind a value: unknown */
    int flap_most;          /* more changes within flap_s: flapping, until none came for calm_s; */
    int64_t flap_s, calm_s; /* at most ALERT_FLAP_MOST, 0: never */
};

/* The thresholds as they are normally. */
extern const struct alert_rule alert_rules[];
extern const size_t alert_rule_count;
const struct alert_rule *alert_rule_of(const char *name); /* NULL: there is none */

struct alert_latch {
    bool on;
    bool running;  /* the other way has begun */
    int64_t since; /* and when, as `age_s` */
};

struct alert {
    enum alert_state state; /* what is shown; while flapping the worst it was since */
    int64_t changed_at_s;   /* since when, by the caller's clock */
    int64_t last_at_s;      /* the newest value's time; of no meaning while `values` is 0 */
    int64_t age_s;          /* seconds that passed since the first value, forward only */
    int64_t values;         /* so far */
    double total;           /* ALERT_COUNTER: the newest */
    bool counts;            /* `total` may be reckoned from */
    bool thin;              /* the newest value had too few events behind it */
    bool away;              /* stale, while flapping too */
    struct alert_latch warning, critical;
    bool flapping;
    enum alert_state seen;                /* what is true under the flap guard */
    int64_t changes[ALERT_FLAP_MOST + 1]; /* when `seen` changed, as age_s + 1; 0: never */
};

/* What one call did; a value after a gap does two things. */
struct alert_news {
    int count;
    struct alert_change {
        int64_t at_s;
        enum alert_state from, to;
    } changes[2];
    bool flapping_began, flapping_ended;
};

/* `count`: events behind the value; of no meaning where the rule asks for none. A value that is
 * not a number is none: as alert_wait(). An infinite one is one. The time of the value before,
 * once more: left out. */
struct alert_news alert_tell(const struct alert_rule *rule, struct alert *alert, int64_t at_s,
                             double value, double count);

/* Nothing came until now. */
struct alert_news alert_wait(const struct alert_rule *rule, struct alert *alert, int64_t now_s);

const char *alert_state_name(enum alert_state state); /* "ok" */

/* A new reference. */
json_t *alert_to_json(const struct alert *alert);
/* False, and nothing written, when it is not what alert_to_json() made. */
bool alert_from_json(const json_t *from, struct alert *out);

/* ---- Error budgets ---- */

/* How fast the budget of an objective burns: 1 is just so that it lasts. Two windows must agree:
 * the long one that it matters, the short one that it goes on. */
#define BURN_PARTS 12
enum burn_window { BURN_5_MIN, BURN_30_MIN, BURN_1_H, BURN_6_H, BURN_3_D, BURN_WINDOWS };

struct burn {
    int64_t last_at_s, age_s, values;
    struct burn_sums { /* the newest BURN_PARTS twelfths of each window */
        int64_t part;  /* which twelfth the newest is, from the first value on */
        double requests[BURN_PARTS], errors[BURN_PARTS];
    } windows[BURN_WINDOWS];
};

/* What alert_tell() wants with the rule "error_budget": 0 fine, 1 a ticket, 2 a page, and the
 * requests of the longest window. */
struct burn_verdict {
    double severity, requests;
    double rates[BURN_WINDOWS]; /* by how many times too fast */
};

/* Requests and errors since the value before. `objective`: the share that must be well, below 1. */
struct burn_verdict burn_tell(struct burn *burn, double objective, int64_t at_s, double requests,
                              double errors);
json_t *burn_to_json(const struct burn *burn);
bool burn_from_json(const json_t *from, struct burn *out);
