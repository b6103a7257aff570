/* Scaling plans: what a platform runs on at which size, read from files of JSON. No plan is known
 * by name here; a further one is a further file.
 *
 *     {"code", "name", "measure": metric, "currency": "EUR", "sources": text,
 *      "plan_at_percent", "begin_at_percent": share of a limit at which the next step is planned,
 *          and begun; absent: no such rule,
 *      "budget_alert_percent", "alerts": {"critical": [text], "warning": […], "info": […]},
 *      "tiers": [the smallest first: {
 *          "code", "name", "from": n, "to": n, or null: without end,
 *          "machine": {"vcpu", "memory_gb", "disk_gb", "nodes"}, "components": [text],
 *          "cost": {"low": minor units a month, "high": the same, or null: open},
 *          "step_cost": {…} what the tier costs more than the one before, where it is known,
 *          "carries": {metric: n} what it is made for,
 *          "triggers": [{"metric", "op": ">=" ">" "<=" "<", "value", "days", "load": bool, "say"}],
 *          "actions": [text] when one fires,
 *          "targets": {metric: n}, "backup": {"how", "rto_s", "rpo_s"},
 *          "security": [text], "monitoring": [text],
 *          "runbook": to the next tier: {"down_s", "days", "checks": [{"say", "metric", "op",
 *              "value"}: without a metric a person looks], "steps": [text]}}]}
 *
 * A trigger of `load` is about what is asked of the platform, whatever it runs on: it says which
 * tier is big enough. Those of the last tier say where the plan ends. The others are about this
 * machine (processor, connections): they say that the tier at hand is not. */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"

#define PLAN_TIERS_MAX    20
#define PLAN_TRIGGERS_MAX 20 /* of a tier */
#define PLAN_BYTES_MAX    ((size_t)1 << 20)

enum plan_op { PLAN_AT_LEAST, PLAN_ABOVE, PLAN_AT_MOST, PLAN_BELOW, PLAN_OPS };
extern const char *const plan_op_names[PLAN_OPS];
bool plan_compare(enum plan_op op, double value, double limit);

struct plan_texts {
    const char **at;
    size_t count;
};

struct plan_number {
    const char *metric;
    double value;
};
struct plan_numbers {
    struct plan_number *at;
    size_t count;
};

struct plan_trigger {
    const char *metric, *say;
    enum plan_op op;
    double value;
    int64_t days; /* in a row, 1 or more */
    bool load;
};

struct plan_cost {
    int64_t low_minor, high_minor; /* a month */
    bool known, open;              /* open: and more, `high_minor` is `low_minor` */
};

struct plan_check {
    const char *say, *metric; /* metric NULL: a person looks */
    enum plan_op op;
    double value;
};

struct plan_tier {
    const char *code, *name;
    int64_t from, to; /* of the measure, both within; to 0: without end */
    struct plan_numbers machine;
    struct plan_texts components;
    struct plan_cost cost, step_cost;
    struct plan_numbers carries;
    struct plan_trigger *triggers;
    size_t trigger_count;
    struct plan_texts actions;
    struct plan_numbers targets;
    const char *backup; /* NULL: the plan does not say */
    int64_t rto_s, rpo_s;
    struct plan_texts security, monitoring;
    bool has_runbook;
    int64_t down_s;       /* -1: the plan does not say */
    int64_t runbook_days; /* 0: likewise */
    struct plan_check *checks;
    size_t check_count;
    struct plan_texts steps;
};

/* Lives in the arena it was read in, apart from the JSON. */
struct scaling_plan {
    const char *code, *name, *measure, *currency, *sources;
    double plan_at_percent, begin_at_percent, budget_alert_percent; /* 0: no such rule */
    struct plan_texts critical_alerts, warning_alerts, info_alerts;
    struct plan_tier *tiers;
    size_t tier_count;
};

/* INVALID plan.unreadable: `field` is the place ("tiers[2].triggers[0].op"), `say` begins with it.
 * What is not known there is refused: a trigger with a slip of the pen never fires. */
struct err *plan_of_json(struct arena *a, const json_t *from, struct scaling_plan *out) MUST_CHECK;
/* And MALFORMED plan.not_json, naming line and column; `name` is of the file, for what it says. */
struct err *plan_read(struct arena *a, const char *name, struct bytes text,
                      struct scaling_plan *out) MUST_CHECK;
/* And what file_read() says. */
struct err *plan_load(struct arena *a, const char *path, struct scaling_plan *out) MUST_CHECK;

/* JSON in the arena: ends with it. MALFORMED plan.not_json. */
struct err *plan_json(struct arena *a, const char *name, struct bytes text,
                      const json_t **out) MUST_CHECK;

/* Ends with the arena from now on. */
void plan_keep(struct arena *a, json_t *json);

/* The smallest tier made for so much of the measure; the largest for what is beyond. */
const struct plan_tier *plan_tier_for(const struct scaling_plan *plan, double measure);
