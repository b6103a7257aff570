/* Counting days. Nothing here knows a plan or a metric: all of them are rows. */
#include "plan/evaluate.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"

#define DAY_US    (INT64_C(86400) * SECOND_US)
#define DAYS_MOST 10000 /* of a question */
#define MOST      1e15

const char *const plan_stage_names[3] = { "calm", "prepare", "begin" };

static struct plan_figure
figure_of(struct plan_figures figures, const char *metric)
{
    for (size_t i = 0; i < figures.count; i++)
        if (text_is(figures.at[i].metric, metric))
            return figures.at[i];
    return (struct plan_figure){ .metric = metric, .now = NAN, .ahead = NAN };
}

static bool
is_met(const struct plan_trigger *trigger, double value)
{
    return !isnan(value) && plan_compare(trigger->op, value, trigger->value);
}

/* Of load, what is coming counts as what is there; a busy processor is not foretold. */
static bool
meets(const struct plan_trigger *trigger, struct plan_figure figure)
{
    return is_met(trigger, figure.now) || (trigger->load && is_met(trigger, figure.ahead));
}

/* ---- Which tier is big enough ---- */

static bool
is_big_enough(const struct plan_tier *tier, struct plan_figures figures)
{
    for (size_t i = 0; i < tier->trigger_count; i++)
        if (tier->triggers[i].load &&
            meets(&tier->triggers[i], figure_of(figures, tier->triggers[i].metric)))
            return false;
    return true;
}

static size_t
smallest(const struct scaling_plan *plan, struct plan_figures figures)
{
    size_t i = 0;
    while (i + 1 < plan->tier_count && !is_big_enough(&plan->tiers[i], figures))
        i++;
    return i;
}

/* With room to spare: what is not known is not under anything. */
static bool
is_far_under(const struct plan_tier *tier, struct plan_figures figures)
{
    for (size_t i = 0; i < tier->trigger_count; i++) {
        const struct plan_trigger *trigger = &tier->triggers[i];
        struct plan_figure figure = figure_of(figures, trigger->metric);
        double most = trigger->value * PLAN_DOWN_PERCENT / 100;
        if (trigger->load && (!(figure.now < most) || figure.ahead >= most))
            return false;
    }
    return true;
}

/* ---- A day ---- */

static void
move(const struct scaling_plan *plan, struct plan_place *place, size_t to, struct plan_verdict *out)
{
    out->left = &plan->tiers[place->tier];
    place->tier = to;
    place->driven_at = 0;
    place->up_days = place->down_days = 0;
    place->up_to = 0;
    memset(place->held, 0, sizeof(place->held));
}

static void
count_triggers(const struct plan_tier *tier, struct plan_place *place, struct plan_figures figures)
{
    for (size_t i = 0; i < tier->trigger_count; i++) {
        bool met = meets(&tier->triggers[i], figure_of(figures, tier->triggers[i].metric));
        place->held[i] = !met ? 0 : place->held[i] < DAYS_MOST ? place->held[i] + 1 : DAYS_MOST;
    }
}

static bool
any_fired(const struct plan_tier *tier, const struct plan_place *place)
{
    for (size_t i = 0; i < tier->trigger_count; i++)
        if (place->held[i] >= tier->triggers[i].days)
            return true;
    return false;
}

/* What drove the platform up, its own machine's troubles, is not to be seen on a larger machine:
 * only with fewer clients than it had then may the smaller one do again. */
static bool
is_back(const struct scaling_plan *plan, const struct plan_place *place,
        struct plan_figures figures)
{
    double now = figure_of(figures, plan->measure).now;
    return !(place->driven_at > 0) || now < place->driven_at * PLAN_DOWN_PERCENT / 100;
}

static void
count_day(const struct scaling_plan *plan, struct plan_place *place, struct plan_figures figures)
{
    size_t wanted = smallest(plan, figures);
    if (wanted > place->tier) {
        place->up_to = place->up_days && place->up_to < wanted ? place->up_to : wanted;
        place->up_days++;
    } else
        place->up_days = 0;
    bool down = place->tier && is_far_under(&plan->tiers[place->tier - 1], figures) &&
                is_back(plan, place, figures);
    place->down_days = down ? place->down_days + 1 : 0;
    count_triggers(&plan->tiers[place->tier], place, figures);
}

/* Days on which nobody looked break every row. */
static void
break_rows(struct plan_place *place)
{
    place->up_days = place->down_days = 0;
    memset(place->held, 0, sizeof(place->held));
}

static void
live_day(const struct scaling_plan *plan, struct plan_place *place, int64_t day,
         struct plan_figures figures, struct plan_verdict *out)
{
    if (!place->placed)
        *place = (struct plan_place){ .placed = true, .tier = smallest(plan, figures) };
    else if (day > place->day + 1)
        break_rows(place);
    place->day = day;
    count_day(plan, place, figures);
    const struct plan_tier *tier = &plan->tiers[place->tier];
    bool last = place->tier + 1 == plan->tier_count;
    if (place->up_days >= PLAN_UP_DAYS)
        move(plan, place, place->up_to, out);
    else if (!last && any_fired(tier, place)) {
        double driven_at = figure_of(figures, plan->measure).now;
        move(plan, place, place->tier + 1, out);
        place->driven_at = isnan(driven_at) ? 0 : driven_at;
    } else if (place->down_days >= PLAN_DOWN_DAYS)
        move(plan, place, place->tier - 1, out);
}

/* ---- What is said of it ---- */

/* A straight line to the upper bound: sooner than that it hardly comes. */
static int64_t
days_until(const struct plan_trigger *trigger, struct plan_figure figure)
{
    double limit = trigger->value, by = (figure.ahead - figure.now) / PLAN_AHEAD_DAYS;
    if (is_met(trigger, figure.now))
        return 0;
    double days = (limit - figure.now) / by;
    if (isnan(days) || days < 0 || days > PLAN_FAR_DAYS)
        return -1;
    return days > 1 ? (int64_t)ceil(days) : 1;
}

static double
share_of(const struct plan_trigger *trigger, double value)
{
    bool grows = trigger->op == PLAN_AT_LEAST || trigger->op == PLAN_ABOVE;
    double share = grows ? value / trigger->value : trigger->value / value;
    if (isnan(value) || isnan(share) || share < 0)
        return 0;
    return share < MOST ? share : MOST;
}

static struct plan_finding
find(const struct plan_trigger *trigger, struct plan_figure figure, int64_t held)
{
    return (struct plan_finding){
        .trigger = trigger,
        .known = !isnan(figure.now),
        .met = meets(trigger, figure),
        .fired = held >= trigger->days,
        .now = figure.now,
        .ahead = figure.ahead,
        .share = share_of(trigger, figure.now),
        .held_days = held,
        .in_days = days_until(trigger, figure),
    };
}

static enum plan_stage
stage_of(const struct scaling_plan *plan, const struct plan_verdict *verdict)
{
    double most = 0;
    for (size_t i = 0; i < verdict->finding_count; i++)
        if (verdict->findings[i].trigger->load)
            most = fmax(most, 100 * verdict->findings[i].share);
    if (plan->begin_at_percent > 0 && most >= plan->begin_at_percent)
        return PLAN_BEGIN;
    return plan->plan_at_percent > 0 && most >= plan->plan_at_percent ? PLAN_PREPARE : PLAN_CALM;
}

/* As the plan says it, or else what the two tiers cost. */
static struct plan_cost
step_cost(const struct plan_tier *tier, const struct plan_tier *next)
{
    if (!next || next->step_cost.known)
        return next ? next->step_cost : (struct plan_cost){ 0 };
    if (!tier->cost.known || !next->cost.known)
        return (struct plan_cost){ 0 };
    return (struct plan_cost){ .known = true,
                               .open = next->cost.open,
                               .low_minor = next->cost.low_minor - tier->cost.low_minor,
                               .high_minor = next->cost.high_minor - tier->cost.high_minor };
}

static void
describe(const struct scaling_plan *plan, const struct plan_place *place,
         struct plan_figures figures, struct plan_verdict *out)
{
    out->tier = &plan->tiers[place->tier];
    out->next = place->tier + 1 < plan->tier_count ? out->tier + 1 : NULL;
    out->wanted = smallest(plan, figures);
    out->up_days = place->up_days;
    out->down_days = place->down_days;
    out->next_in_days = -1;
    out->finding_count = out->tier->trigger_count;
    for (size_t i = 0; i < out->finding_count; i++) {
        const struct plan_trigger *trigger = &out->tier->triggers[i];
        struct plan_finding *finding = &out->findings[i];
        *finding = find(trigger, figure_of(figures, trigger->metric), place->held[i]);
        if (finding->known && (!out->binding || finding->share > out->binding->share))
            out->binding = finding;
        if (finding->in_days >= 0 &&
            (out->next_in_days < 0 || finding->in_days < out->next_in_days))
            out->next_in_days = finding->in_days;
    }
    out->stage = stage_of(plan, out);
    out->step = step_cost(out->tier, out->next);
}

void
plan_step(const struct scaling_plan *plan, struct plan_place *place, int64_t day,
          struct plan_figures figures, struct plan_verdict *out)
{
    must(plan->tier_count && place->tier < plan->tier_count);
    *out = (struct plan_verdict){ 0 };
    if (!place->placed || day > place->day)
        live_day(plan, place, day, figures, out);
    describe(plan, place, figures, out);
}

/* ---- As JSON ---- */

static json_t *
cost_json(struct plan_cost cost)
{
    if (!cost.known)
        return json_null();
    return json_pack("{s:I, s:o}", "low", (json_int_t)cost.low_minor, "high",
                     cost.open ? json_null() : json_integer(cost.high_minor));
}

static json_t *
number_json(double n)
{
    return isfinite(n) ? json_real(n) : json_null();
}

static json_t *
days_json(int64_t days)
{
    return days < 0 ? json_null() : json_integer(days);
}

static json_t *
finding_json(const struct plan_finding *finding)
{
    const struct plan_trigger *trigger = finding->trigger;
    return json_pack("{s:s, s:s, s:f, s:s?, s:b, s:I, s:b, s:b, s:b, s:o, s:o, s:f, s:I, s:o}",
                     "metric", trigger->metric, "op", plan_op_names[trigger->op], "value",
                     trigger->value, "say", trigger->say, "load", trigger->load, "days",
                     (json_int_t)trigger->days, "known", finding->known, "met", finding->met,
                     "fired", finding->fired, "now", number_json(finding->now), "ahead",
                     number_json(finding->ahead), "share", finding->share, "held_days",
                     (json_int_t)finding->held_days, "in_days", days_json(finding->in_days));
}

static json_t *
texts_json(struct plan_texts texts)
{
    json_t *list = json_array();
    for (size_t i = 0; i < texts.count; i++)
        json_array_append_new(list, json_string(texts.at[i]));
    return list;
}

json_t *
plan_verdict_to_json(const struct plan_verdict *verdict)
{
    const struct plan_tier *tier = verdict->tier, *next = verdict->next;
    json_t *findings = json_array();
    for (size_t i = 0; i < verdict->finding_count; i++)
        json_array_append_new(findings, finding_json(&verdict->findings[i]));
    json_t *step =
        !next ? json_null()
              : json_pack("{s:s, s:s, s:o, s:o, s:o}", "tier", next->code, "name", next->name,
                          "cost_more", cost_json(verdict->step), "in_days",
                          days_json(verdict->next_in_days), "actions", texts_json(tier->actions));
    return json_pack("{s:s, s:s, s:o, s:I, s:I, s:I, s:s, s:s?, s:o, s:o}", "tier", tier->code,
                     "name", tier->name, "cost", cost_json(tier->cost), "wanted",
                     (json_int_t)verdict->wanted, "up_days", (json_int_t)verdict->up_days,
                     "down_days", (json_int_t)verdict->down_days, "stage",
                     plan_stage_names[verdict->stage], "binding",
                     verdict->binding ? verdict->binding->trigger->metric : NULL, "triggers",
                     findings, "next", step);
}

json_t *
plan_place_to_json(const struct scaling_plan *plan, const struct plan_place *place)
{
    const struct plan_tier *tier = &plan->tiers[place->tier];
    json_t *held = json_array();
    for (size_t i = 0; i < tier->trigger_count; i++)
        json_array_append_new(held, json_integer(place->held[i]));
    return json_pack("{s:s, s:I, s:s, s:I, s:I, s:I, s:f, s:o}", "plan", plan->code, "day",
                     (json_int_t)place->day, "tier", tier->code, "up_days",
                     (json_int_t)place->up_days, "up_to", (json_int_t)place->up_to, "down_days",
                     (json_int_t)place->down_days, "driven_at", place->driven_at, "held", held);
}

static bool
whole(const json_t *value, int64_t most, int64_t *out)
{
    *out = json_integer_value(value);
    return json_is_integer(value) && *out >= 0 && *out <= most;
}

bool
plan_place_from_json(const struct scaling_plan *plan, const json_t *from, struct plan_place *out)
{
    struct plan_place place = { .placed = true };
    const char *tier = json_string_value(json_object_get(from, "tier"));
    const json_t *held = json_object_get(from, "held");
    const json_t *driven_at = json_object_get(from, "driven_at");
    int64_t up_to = 0;
    while (place.tier < plan->tier_count && !text_is(plan->tiers[place.tier].code, tier))
        place.tier++;
    if (place.tier == plan->tier_count ||
        !text_is(json_string_value(json_object_get(from, "plan")), plan->code) ||
        !whole(json_object_get(from, "day"), INT32_MAX, &place.day) ||
        !whole(json_object_get(from, "up_days"), INT32_MAX, &place.up_days) ||
        !whole(json_object_get(from, "up_to"), (int64_t)plan->tier_count - 1, &up_to) ||
        !whole(json_object_get(from, "down_days"), INT32_MAX, &place.down_days) ||
        json_array_size(held) != plan->tiers[place.tier].trigger_count)
        return false;
    for (size_t i = 0; i < plan->tiers[place.tier].trigger_count; i++)
        if (!whole(json_array_get(held, i), INT32_MAX, &place.held[i]))
            return false;
    place.up_to = (size_t)up_to;
    place.driven_at = json_number_value(driven_at);
    if (!json_is_number(driven_at) || place.driven_at < 0)
        return false;
    if ((place.up_days && place.up_to <= place.tier) || (place.down_days && !place.tier))
        return false;
    *out = place;
    return true;
}

/* ---- A question ---- */

static struct err *
unreadable(struct arena *a, const char *at, const char *why)
{
    return FAIL_FIELD(a, ERR_INVALID, "plan.unreadable", at, text_join(a, at, " ", why, NULL));
}

static bool
read_day(struct arena *a, const json_t *of, int64_t *out)
{
    const char *text = json_string_value(json_object_get(of, "day"));
    int64_t us = 0;
    if (!text || strlen(text) != strlen("2026-11-27") ||
        !clock_parse_rfc3339(text_join(a, text, "T00:00:00Z", NULL), &us) || us < 0)
        return false;
    *out = us / DAY_US;
    return true;
}

static bool
read_value(const json_t *from, double *out)
{
    *out = json_is_number(from) ? json_number_value(from) : NAN;
    return !from || json_is_null(from) || (json_is_number(from) && *out >= 0 && *out <= MOST);
}

static struct err *
read_figures(struct arena *a, const char *at, const json_t *day, struct plan_figures *out)
{
    json_t *figures = json_object_get(day, "figures"), *value;
    const char *metric;
    size_t n = 0;
    if (!json_is_object(figures))
        return unreadable(a, text_join(a, at, ".figures", NULL), "must be an object.");
    struct plan_figure *list = NEW_ARRAY(a, struct plan_figure, json_object_size(figures) + 1);
    json_object_foreach(figures, metric, value)
    {
        bool both = json_is_object(value);
        struct plan_figure *figure = &list[n++];
        figure->metric = text_copy(a, metric);
        if (!read_value(both ? json_object_get(value, "now") : value, &figure->now) ||
            !read_value(both ? json_object_get(value, "ahead") : NULL, &figure->ahead))
            return unreadable(a, text_join(a, at, ".figures.", metric, NULL),
                              "must be a number from 0 to 1e15, null, or {\"now\", \"ahead\"}.");
    }
    *out = (struct plan_figures){ .at = list, .count = n };
    return NULL;
}

static struct err *
answer_day(struct arena *a, const struct scaling_plan *plan, const char *at, const json_t *of,
           struct plan_place *place, struct plan_verdict *verdict, json_t *moves)
{
    struct plan_figures figures;
    int64_t day;
    if (!read_day(a, of, &day))
        return unreadable(a, text_join(a, at, ".day", NULL), "must be a date: \"2026-11-27\".");
    TRY(read_figures(a, at, of, &figures));
    if (place->placed && day <= place->day)
        return unreadable(a, text_join(a, at, ".day", NULL), "must be later than the one before.");
    plan_step(plan, place, day, figures, verdict);
    if (verdict->left)
        json_array_append_new(moves,
                              json_pack("{s:O, s:s, s:s}", "day", json_object_get(of, "day"),
                                        "from", verdict->left->code, "to", verdict->tier->code));
    return NULL;
}

struct err *
plan_answer(struct arena *a, const struct scaling_plan *plan, const json_t *question,
            const json_t **out)
{
    const json_t *days = json_object_get(question, "days"), *before;
    struct plan_place place = { 0 };
    struct plan_verdict *verdict = NEW(a, struct plan_verdict);
    size_t n = json_array_size(days);
    before = json_object_get(question, "place");
    if (before && !json_is_null(before) && !plan_place_from_json(plan, before, &place))
        return unreadable(a, "place", "must be the place of an answer to this plan.");
    if (!n || n > DAYS_MOST)
        return unreadable(a, "days", text_printf(a, "must be a list of 1 to %d.", DAYS_MOST));
    json_t *moves = json_array();
    plan_keep(a, moves);
    for (size_t i = 0; i < n; i++)
        TRY(answer_day(a, plan, text_printf(a, "days[%zu]", i), json_array_get(days, i), &place,
                       verdict, moves));
    json_t *answer =
        json_pack("{s:s, s:O, s:o, s:o}", "plan", plan->code, "moves", moves, "place",
                  plan_place_to_json(plan, &place), "today", plan_verdict_to_json(verdict));
    plan_keep(a, answer);
    *out = answer;
    return NULL;
}
