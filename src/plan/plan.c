/* A plan is read member by member, each with the place it stands at; the first that will not do is
 * what is said, and the rest reads as nothing. Then the tiers are held against each other. */
#include "plan/plan.h"

#include <string.h>

#include "base/file.h"
#include "base/must.h"
#include "base/text.h"

#define TEXT_MOST    2000
#define TEXTS_MOST   100
#define NUMBERS_MOST 50
#define DAYS_MOST    365
#define NUMBER_MOST  1e15 /* whole up to there, in a double */
#define MINOR_MOST   INT64_C(1000000000000)

const char *const plan_op_names[PLAN_OPS] = {
    [PLAN_AT_LEAST] = ">=", [PLAN_ABOVE] = ">", [PLAN_AT_MOST] = "<=", [PLAN_BELOW] = "<"
};

bool
plan_compare(enum plan_op op, double value, double limit)
{
    switch (op) {
    case PLAN_AT_LEAST:
        return value >= limit;
    case PLAN_ABOVE:
        return value > limit;
    case PLAN_AT_MOST:
        return value <= limit;
    default:
        return value < limit;
    }
}

/* ---- Reading ---- */

/* An object, where it stands ("tiers[2]."), and where what is wrong is put. */
struct place {
    struct arena *arena;
    struct err **err;
    const json_t *of;
    const char *path;
};

static void
refuse(struct place p, const char *key, const char *why)
{
    char *at = text_join(p.arena, p.path, key, NULL);
    if (!*p.err)
        *p.err = FAIL_FIELD(p.arena, ERR_INVALID, "plan.unreadable", at,
                            text_printf(p.arena, "%s %s", *at ? at : "The plan", why));
}

static const json_t *
member(struct place p, const char *key)
{
    const json_t *value = json_object_get(p.of, key);
    return json_is_null(value) ? NULL : value;
}

static struct place
inside(struct place p, const char *key)
{
    p.of = member(p, key);
    p.path = text_join(p.arena, p.path, key, ".", NULL);
    return p;
}

static struct place
element(struct place p, const char *key, size_t i)
{
    p.path = text_printf(p.arena, "%s%s[%zu].", p.path, key, i);
    p.of = json_array_get(member(p, key), i);
    return p;
}

/* An object with no other members than these, apart by blanks. */
static void
only(struct place p, const char *known)
{
    const char *key;
    json_t *value;
    if (!json_is_object(p.of)) {
        refuse(
            (struct place){ p.arena, p.err, p.of,
                            text_copy_n(p.arena, p.path, strlen(p.path) ? strlen(p.path) - 1 : 0) },
            "", "must be an object.");
        return;
    }
    json_object_foreach((json_t *)p.of, key, value)
    {
        size_t n = strlen(key);
        const char *found = n ? strstr(known, key) : NULL;
        while (found && ((found > known && found[-1] != ' ') || (found[n] && found[n] != ' ')))
            found = strstr(found + 1, key);
        if (!found)
            refuse(p, key, "is not a member that is known here.");
    }
}

static const char *
read_text(struct place p, const char *key, bool needed)
{
    const json_t *value = member(p, key);
    const char *text = json_string_value(value);
    if ((!value && needed) || (value && (!text || !*text || strlen(text) > TEXT_MOST))) {
        refuse(p, key, "must be a text.");
        return "";
    }
    return text ? text_copy(p.arena, text) : NULL;
}

/* Names that programs go by: codes and metrics. */
static bool
is_word(const char *text)
{
    size_t n = strlen(text);
    return n && n <= 64 && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-") == n;
}

static const char *
read_word(struct place p, const char *key)
{
    const char *word = read_text(p, key, true);
    if (!is_word(word))
        refuse(p, key, "must be a word of a-z, 0-9, - and _.");
    return word;
}

static double
read_number(struct place p, const char *key, double least, double most, bool needed)
{
    const json_t *value = member(p, key);
    double n = json_number_value(value);
    if (!value && !needed)
        return 0;
    if (!json_is_number(value) || !(n >= least && n <= most)) {
        refuse(p, key, text_printf(p.arena, "must be a number from %.15g to %.15g.", least, most));
        return least;
    }
    return n;
}

static int64_t
read_whole(struct place p, const char *key, int64_t least, int64_t most, bool needed)
{
    const json_t *value = member(p, key);
    int64_t n = json_integer_value(value);
    if (!value && !needed)
        return 0;
    if (!json_is_integer(value) || n < least || n > most) {
        refuse(p, key,
               text_printf(p.arena, "must be a whole number from %lld to %lld.", (long long)least,
                           (long long)most));
        return least;
    }
    return n;
}

static bool
read_flag(struct place p, const char *key)
{
    const json_t *value = member(p, key);
    if (value && !json_is_boolean(value))
        refuse(p, key, "must be true or false.");
    return json_is_true(value);
}

/* How many elements a list has; an absent one has none. */
static size_t
list_length(struct place p, const char *key, size_t least, size_t most)
{
    const json_t *list = member(p, key);
    size_t n = json_array_size(list);
    if ((list && !json_is_array(list)) || n < least || n > most) {
        refuse(p, key, text_printf(p.arena, "must be a list of %zu to %zu.", least, most));
        return 0;
    }
    return n;
}

static struct plan_texts
read_texts(struct place p, const char *key)
{
    size_t n = list_length(p, key, 0, TEXTS_MOST);
    struct plan_texts texts = { .at = NEW_ARRAY(p.arena, const char *, n + 1), .count = n };
    for (size_t i = 0; i < n; i++) {
        const char *text = json_string_value(json_array_get(member(p, key), i));
        if (!text || !*text || strlen(text) > TEXT_MOST)
            refuse(p, text_printf(p.arena, "%s[%zu]", key, i), "must be a text.");
        texts.at[i] = text_copy(p.arena, text ? text : "");
    }
    return texts;
}

static struct plan_numbers
read_numbers(struct place p, const char *key)
{
    struct plan_numbers numbers = { 0 };
    const json_t *of = member(p, key);
    struct place in = inside(p, key);
    const char *metric;
    json_t *value;
    if (of && (!json_is_object(of) || json_object_size(of) > NUMBERS_MOST)) {
        refuse(p, key, text_printf(p.arena, "must be an object of at most %d.", NUMBERS_MOST));
        return numbers;
    }
    numbers.at = NEW_ARRAY(p.arena, struct plan_number, json_object_size(of) + 1);
    json_object_foreach((json_t *)of, metric, value)
    {
        if (!is_word(metric))
            refuse(in, metric, "must be a word of a-z, 0-9, - and _.");
        numbers.at[numbers.count++] =
            (struct plan_number){ .metric = text_copy(p.arena, metric),
                                  .value = read_number(in, metric, 0, NUMBER_MOST, true) };
    }
    return numbers;
}

static struct plan_cost
read_cost(struct place p, const char *key)
{
    struct plan_cost cost = { 0 };
    if (!member(p, key))
        return cost;
    struct place in = inside(p, key);
    only(in, "low high");
    cost.known = true;
    cost.open = !member(in, "high");
    cost.low_minor = read_whole(in, "low", 0, MINOR_MOST, true);
    cost.high_minor =
        cost.open ? cost.low_minor : read_whole(in, "high", cost.low_minor, MINOR_MOST, true);
    return cost;
}

static enum plan_op
read_op(struct place p)
{
    const char *name = json_string_value(member(p, "op"));
    for (int i = 0; i < PLAN_OPS; i++)
        if (text_is(name, plan_op_names[i]))
            return (enum plan_op)i;
    refuse(p, "op", "must be one of >= > <= <.");
    return PLAN_AT_LEAST;
}

static struct plan_trigger
read_trigger(struct place p)
{
    only(p, "metric op value days load say");
    struct plan_trigger trigger = {
        .metric = read_word(p, "metric"),
        .say = read_text(p, "say", false),
        .op = read_op(p),
        .value = read_number(p, "value", 0, NUMBER_MOST, true),
        .days = read_whole(p, "days", 1, DAYS_MOST, true),
        .load = read_flag(p, "load"),
    };
    if (trigger.load && trigger.op != PLAN_AT_LEAST && trigger.op != PLAN_ABOVE)
        refuse(p, "op", "must be >= or > where the trigger is one of load, which grows.");
    if (trigger.load && !(trigger.value > 0))
        refuse(p, "value", "must be above 0 where the trigger is one of load.");
    return trigger;
}

static struct plan_check
read_check(struct place p)
{
    only(p, "say metric op value");
    struct plan_check check = { .say = read_text(p, "say", true) };
    if (!member(p, "metric"))
        return check;
    check.metric = read_word(p, "metric");
    check.op = read_op(p);
    check.value = read_number(p, "value", 0, NUMBER_MOST, true);
    return check;
}

static void
read_runbook(struct place p, struct plan_tier *tier)
{
    only(p, "down_s days checks steps");
    tier->has_runbook = true;
    tier->down_s = member(p, "down_s") ? read_whole(p, "down_s", 0, 86400 * DAYS_MOST, true) : -1;
    tier->runbook_days = read_whole(p, "days", 0, DAYS_MOST, false);
    tier->check_count = list_length(p, "checks", 0, TEXTS_MOST);
    tier->checks = NEW_ARRAY(p.arena, struct plan_check, tier->check_count + 1);
    for (size_t i = 0; i < tier->check_count; i++)
        tier->checks[i] = read_check(element(p, "checks", i));
    tier->steps = read_texts(p, "steps");
    if (!tier->steps.count)
        refuse(p, "steps", "must be a list of 1 at least.");
}

static void
read_backup(struct place p, struct plan_tier *tier)
{
    only(p, "how rto_s rpo_s");
    tier->backup = read_text(p, "how", true);
    tier->rto_s = read_whole(p, "rto_s", 0, 86400 * DAYS_MOST, true);
    tier->rpo_s = read_whole(p, "rpo_s", 0, 86400 * DAYS_MOST, true);
}

static struct plan_tier
read_tier(struct place p)
{
    only(p, "code name from to machine components cost step_cost carries triggers actions targets "
            "backup security monitoring runbook");
    struct plan_tier tier = {
        .code = read_word(p, "code"),
        .name = read_text(p, "name", true),
        .from = read_whole(p, "from", 0, MINOR_MOST, true),
        .to = read_whole(p, "to", 1, MINOR_MOST, false),
        .machine = read_numbers(p, "machine"),
        .components = read_texts(p, "components"),
        .cost = read_cost(p, "cost"),
        .step_cost = read_cost(p, "step_cost"),
        .carries = read_numbers(p, "carries"),
        .trigger_count = list_length(p, "triggers", 0, PLAN_TRIGGERS_MAX),
        .actions = read_texts(p, "actions"),
        .targets = read_numbers(p, "targets"),
        .security = read_texts(p, "security"),
        .monitoring = read_texts(p, "monitoring"),
    };
    tier.triggers = NEW_ARRAY(p.arena, struct plan_trigger, tier.trigger_count + 1);
    for (size_t i = 0; i < tier.trigger_count; i++)
        tier.triggers[i] = read_trigger(element(p, "triggers", i));
    if (member(p, "backup"))
        read_backup(inside(p, "backup"), &tier);
    if (member(p, "runbook"))
        read_runbook(inside(p, "runbook"), &tier);
    return tier;
}

/* ---- Tiers against each other ---- */

static bool
asks_for(const struct plan_tier *tier, const char *metric)
{
    for (size_t i = 0; i < tier->trigger_count; i++)
        if (tier->triggers[i].load && text_is(tier->triggers[i].metric, metric))
            return true;
    return false;
}

/* Every tier but the last ends, is left by the measure, and says how. Where the last one ends, the
 * plan does. */
static void
check_end(struct place p, const struct scaling_plan *plan, size_t i)
{
    const struct plan_tier *tier = &plan->tiers[i];
    bool last = i + 1 == plan->tier_count;
    if (last && tier->has_runbook)
        refuse(p, "runbook", "must not be there: nothing comes after the last tier.");
    if ((!last || tier->to) && tier->to <= tier->from)
        refuse(p, "to", "must be above \"from\".");
    if (!last && !asks_for(tier, plan->measure))
        refuse(p, "triggers", text_printf(p.arena, "must have one of load on %s.", plan->measure));
    if (!last && !tier->has_runbook)
        refuse(p, "runbook", "is missing: how one comes to the next tier.");
}

/* What a tier takes, a larger one takes as well. */
static void
check_growth(struct place p, const struct plan_tier *below, const struct plan_tier *tier)
{
    if (below->to && tier->from != below->to && tier->from != below->to + 1)
        refuse(p, "from", "must go on where the tier before ends.");
    for (size_t i = 0; i < tier->trigger_count; i++)
        for (size_t k = 0; k < below->trigger_count; k++) {
            const struct plan_trigger *more = &tier->triggers[i], *less = &below->triggers[k];
            if (more->load && less->load && text_is(more->metric, less->metric) &&
                more->value < less->value)
                refuse(p, text_printf(p.arena, "triggers[%zu].value", i),
                       "must not be below that of the tier before.");
        }
}

static void
check_tiers(struct place p, const struct scaling_plan *plan)
{
    for (size_t i = 0; i < plan->tier_count; i++) {
        struct place at = element(p, "tiers", i);
        check_end(at, plan, i);
        if (i)
            check_growth(at, &plan->tiers[i - 1], &plan->tiers[i]);
        for (size_t k = 0; k < i; k++)
            if (text_is(plan->tiers[k].code, plan->tiers[i].code))
                refuse(at, "code", "is that of another tier.");
    }
}

static void
check_currency(struct place p, const char *code)
{
    if (strlen(code) != 3 || strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
        refuse(p, "currency", "must be three capital letters.");
}

static void
read_alerts(struct place p, struct scaling_plan *to)
{
    only(p, "critical warning info");
    to->critical_alerts = read_texts(p, "critical");
    to->warning_alerts = read_texts(p, "warning");
    to->info_alerts = read_texts(p, "info");
}

struct err *
plan_of_json(struct arena *a, const json_t *from, struct scaling_plan *out)
{
    struct err *err = NULL;
    struct place p = { .arena = a, .err = &err, .of = from, .path = "" };
    only(p, "code name measure currency sources plan_at_percent begin_at_percent "
            "budget_alert_percent alerts tiers");
    struct scaling_plan plan = {
        .code = read_word(p, "code"),
        .name = read_text(p, "name", true),
        .measure = read_word(p, "measure"),
        .currency = read_text(p, "currency", true),
        .sources = read_text(p, "sources", false),
        .plan_at_percent = read_number(p, "plan_at_percent", 0, 100, false),
        .begin_at_percent = read_number(p, "begin_at_percent", 0, 100, false),
        .budget_alert_percent = read_number(p, "budget_alert_percent", 0, 100, false),
        .tier_count = list_length(p, "tiers", 1, PLAN_TIERS_MAX),
    };
    if (member(p, "alerts"))
        read_alerts(inside(p, "alerts"), &plan);
    plan.tiers = NEW_ARRAY(a, struct plan_tier, plan.tier_count + 1);
    for (size_t i = 0; i < plan.tier_count; i++)
        plan.tiers[i] = read_tier(element(p, "tiers", i));
    check_currency(p, plan.currency);
    if (!err) /* of what could be read */
        check_tiers(p, &plan);
    if (err)
        return err;
    *out = plan;
    return NULL;
}

static void
drop_json(void *value)
{
    json_decref(value);
}

void
plan_keep(struct arena *a, json_t *json)
{
    arena_defer(a, drop_json, json);
}

struct err *
plan_json(struct arena *a, const char *name, struct bytes text, const json_t **out)
{
    json_error_t error;
    json_t *json = json_loadb((const char *)text.at, text.length, JSON_REJECT_DUPLICATES, &error);
    if (!json)
        return FAIL(a, ERR_MALFORMED, "plan.not_json",
                    text_printf(a, "%s, line %d, column %d: %s", name, error.line, error.column,
                                error.text));
    plan_keep(a, json);
    *out = json;
    return NULL;
}

struct err *
plan_read(struct arena *a, const char *name, struct bytes text, struct scaling_plan *out)
{
    const json_t *json;
    TRY(plan_json(a, name, text, &json));
    return plan_of_json(a, json, out);
}

struct err *
plan_load(struct arena *a, const char *path, struct scaling_plan *out)
{
    struct bytes text;
    TRY(file_read(a, path, PLAN_BYTES_MAX, &text));
    return plan_read(a, path, text, out);
}

const struct plan_tier *
plan_tier_for(const struct scaling_plan *plan, double measure)
{
    size_t i = 0;
    while (i + 1 < plan->tier_count && measure > (double)plan->tiers[i].to)
        i++;
    return &plan->tiers[i];
}
