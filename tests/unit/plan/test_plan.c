/* The plans of plans/, driven day by day from their smallest tier to their largest; and what is
 * said of a plan that will not do. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
/* after those it needs */
#include <cmocka.h>

#include "base/file.h"
#include "base/must.h"
#include "base/text.h"
#include "plan/evaluate.h"

static int
make_arena(void **state)
{
    *state = arena_new((size_t)64 << 20);
    return 0;
}

static int
end_arena(void **state)
{
    arena_free(*state);
    return 0;
}

static char *
path_of(struct arena *a, const char *name)
{
    const char *source = getenv("srcdir");
    return text_join(a, source ? source : ".", "/plans/", name, ".json", NULL);
}

static struct scaling_plan
load(struct arena *a, const char *name)
{
    struct scaling_plan plan = { 0 };
    struct err *e = plan_load(a, path_of(a, name), &plan);
    if (e)
        fail_msg("%s: %s", name, e->say);
    return plan;
}

/* ---- Histories ---- */

/* Figures as they stand from then on; a metric of another name stays as it is. */
struct change {
    int64_t days; /* as they are for so many days */
    const char *metric;
    double now, ahead;
    const char *tier; /* on the last of them */
};

#define FIGURES_MOST 16
#define SAME         NULL, 0, 0

static void
set(struct plan_figure *figures, size_t *count, const struct change *to)
{
    size_t i = 0;
    while (i < *count && !text_is(figures[i].metric, to->metric))
        i++;
    assert_true(i < FIGURES_MOST);
    figures[i] = (struct plan_figure){ to->metric, to->now, to->ahead };
    *count += i == *count;
}

static void
drive(const struct scaling_plan *plan, const struct change *changes, size_t n)
{
    struct plan_place place = { 0 };
    struct plan_verdict verdict;
    struct plan_figure figures[FIGURES_MOST];
    size_t count = 0;
    int64_t day = 20000;
    for (size_t i = 0; i < n; i++) {
        if (changes[i].metric)
            set(figures, &count, &changes[i]);
        for (int64_t d = 0; d < changes[i].days; d++)
            plan_step(plan, &place, day++, (struct plan_figures){ figures, count }, &verdict);
        if (changes[i].days && !text_is(verdict.tier->code, changes[i].tier))
            fail_msg("%s, row %zu: %s, not %s", plan->code, i, verdict.tier->code, changes[i].tier);
    }
}

#define DRIVE(name, changes)                                                                       \
    do {                                                                                           \
        struct scaling_plan plan_ = load(*state, name);                                            \
        drive(&plan_, changes, COUNT(changes));                                                    \
    } while (0)

static void
wizamart_goes_from_starter_to_enterprise(void **state)
{
    static const struct change history[] = {
        { 1, "clients", 10, 12, "starter" },
        { 0, "products", 2000, 2500, NULL },
        { 1, "storage_gb", 5, 6, "starter" },
        { 2, "clients", 50, 55, "starter" },
        { 1, SAME, "small" },
        { 2, "cpu_percent", 70, NAN, "small" },
        { 1, SAME, "medium" }, /* with 50 clients: the processor drove it */
        { 1, "cpu_percent", 30, NAN, "medium" },
        { 1, "clients", 250, 290, "medium" },
        { 1, "need_availability", 1, NAN, "large" },
        { 0, "need_availability", 0, NAN, NULL },
        { 2, "storage_gb", 501, 600, "large" },
        { 1, SAME, "scale" },
        { 3, "clients", 900, 990, "scale" },
        { 2, "clients", 950, 1000, "scale" }, /* the forecast alone */
        { 1, SAME, "enterprise" },
        { 90, SAME, "enterprise" },
    };
    DRIVE("wizamart", history);
}

static void
sayar_goes_from_starter_to_enterprise(void **state)
{
    static const struct change history[] = {
        { 0, "businesses", 20, 22, NULL },
        { 1, "requests_month", 100000, 150000, "starter" },
        { 2, "requests_month", 500000, 600000, "starter" },
        { 1, SAME, "growth" },
        { 29, "revenue_month", 25001, NAN, "growth" },
        { 1, SAME, "scale" }, /* after 30 days */
        { 3, "businesses", 499, 499, "scale" },
        { 2, "requests_month", 10000000, NAN, "scale" },
        { 1, SAME, "enterprise" },
    };
    DRIVE("sayar", history);
}

static void
rad_panel_goes_from_mvp_to_tier_4(void **state)
{
    static const struct change history[] = {
        { 1, "users", 100, 100, "mvp" },
        { 2, "db_connections", 16, NAN, "mvp" },
        { 1, SAME, "tier-1" },
        { 0, "db_connections", 4, NAN, NULL },
        { 2, "reads_s", 1001, NAN, "tier-1" },
        { 1, SAME, "tier-2" },
        { 2, "users", 2000, 2001, "tier-2" },
        { 1, SAME, "tier-3" },
        { 1, "need_round_the_clock", 1, NAN, "tier-4" },
    };
    DRIVE("rad-panel", history);
}

static void
the_hundred_thousand_go_through_all_phases(void **state)
{
    static const struct change history[] = {
        { 1, "users", 4000, 4500, "now" },
        { 2, "users", 5001, 5200, "now" },
        { 1, "users", 5100, 5300, "phase-1" },
        { 2, "users", 9000, 10500, "phase-1" },
        { 1, SAME, "phase-2" },
        { 2, "users", 50001, 51000, "phase-2" },
        { 1, SAME, "phase-3" },
        { 30, "users", 100001, 120000, "phase-3" },
    };
    DRIVE("hundred-thousand", history);
}

/* ---- Days in a row ---- */

static void
two_days_or_three_apart_are_not_three_in_a_row(void **state)
{
    static const struct change history[] = {
        { 1, "users", 4000, NAN, "now" }, { 2, "users", 6000, NAN, "now" },
        { 1, "users", 4000, NAN, "now" }, { 2, "users", 6000, NAN, "now" },
        { 1, "users", NAN, NAN, "now" }, /* not known that day */
        { 2, "users", 6000, NAN, "now" }, { 1, SAME, "phase-1" },
    };
    DRIVE("hundred-thousand", history);
}

static void
down_only_after_30_days_under_80_percent_of_the_lower_limit(void **state)
{
    static const struct change history[] = {
        { 1, "users", 9000, 9500, "phase-1" },
        { 60, "users", 4000, 4100, "phase-1" }, /* 80 % is not under it */
        { 60, "users", 3900, 4000, "phase-1" }, /* nor is what it grows to */
        { 29, "users", 3900, 3950, "phase-1" },
        { 1, "users", 3900, 4000, "phase-1" },
        { 29, "users", 3900, 3950, "phase-1" },
        { 1, SAME, "now" },
    };
    DRIVE("hundred-thousand", history);
}

static void
it_steps_up_past_tiers_and_down_one_at_a_time(void **state)
{
    static const struct change history[] = {
        { 1, "users", 100, 100, "now" },
        { 2, "users", 60000, 61000, "now" },
        { 1, SAME, "phase-3" },
        { 29, "users", 100, 100, "phase-3" },
        { 1, SAME, "phase-2" },
        { 30, SAME, "phase-1" },
        { 30, SAME, "now" },
    };
    DRIVE("hundred-thousand", history);
}

static void
up_goes_to_what_was_asked_for_on_every_day(void **state)
{
    static const struct change history[] = {
        { 1, "users", 100, 100, "now" },
        { 1, "users", 60000, 61000, "now" }, /* a day's mistake */
        { 1, "users", 6000, 6100, "now" },
        { 1, "users", 60000, 61000, "phase-1" },
    };
    DRIVE("hundred-thousand", history);
}

/* A larger machine is idle just because it is larger. */
static void
what_drove_it_up_does_not_let_it_fall_back(void **state)
{
    static const struct change history[] = {
        { 0, "clients", 60, 62, NULL },
        { 0, "storage_gb", 1, 1, NULL },
        { 0, "products", 100, 100, NULL },
        { 3, "cpu_percent", 90, NAN, "medium" },
        { 90, "cpu_percent", 20, NAN, "medium" },
        { 29, "clients", 47, 47, "medium" },
        { 1, SAME, "small" },
    };
    DRIVE("wizamart", history);
}

static void
what_drove_it_up_is_forgotten_once_load_did(void **state)
{
    static const struct change history[] = {
        { 0, "clients", 60, 62, NULL },       { 0, "storage_gb", 1, 1, NULL },
        { 0, "products", 100, 100, NULL },    { 3, "cpu_percent", 90, NAN, "medium" },
        { 0, "cpu_percent", 20, NAN, NULL },  { 3, "clients", 300, 310, "large" },
        { 29, "clients", 230, 235, "large" }, { 1, SAME, "medium" },
    };
    DRIVE("wizamart", history);
}

static void
a_missing_day_breaks_the_row_and_the_same_day_counts_once(void **state)
{
    struct scaling_plan plan = load(*state, "hundred-thousand");
    const struct plan_figure few = { "users", 10, 10 }, many = { "users", 6000, 6000 };
    struct plan_figures now = { &many, 1 };
    struct plan_place place = { 0 };
    struct plan_verdict verdict;
    plan_step(&plan, &place, 100, (struct plan_figures){ &few, 1 }, &verdict);
    plan_step(&plan, &place, 101, now, &verdict);
    for (int i = 0; i < 9; i++)
        plan_step(&plan, &place, 101, now, &verdict);
    assert_int_equal(verdict.up_days, 1);
    plan_step(&plan, &place, 90, now, &verdict); /* a clock set back */
    assert_int_equal(place.day, 101);
    plan_step(&plan, &place, 103, now, &verdict);
    assert_int_equal(verdict.up_days, 1);
    plan_step(&plan, &place, 104, now, &verdict);
    assert_ptr_equal(verdict.tier, &plan.tiers[0]);
    plan_step(&plan, &place, 105, now, &verdict);
    assert_ptr_equal(verdict.tier, &plan.tiers[1]);
    assert_ptr_equal(verdict.left, &plan.tiers[0]);
}

/* ---- What is said ---- */

static void
a_verdict_says_what_binds_when_and_what_it_costs(void **state)
{
    struct scaling_plan plan = load(*state, "wizamart");
    const struct plan_figure figures[] = { {
                                               "clients",
                                               40,
                                               46,
                                           },
                                           { "products", 9900, 9990 },
                                           { "database_p95_ms", 100, NAN } };
    struct plan_place place = { 0 };
    struct plan_verdict v;
    plan_step(&plan, &place, 1, (struct plan_figures){ figures, COUNT(figures) }, &v);
    assert_string_equal(v.tier->code, "starter");
    assert_string_equal(v.next->code, "small");
    assert_string_equal(v.binding->trigger->metric, "products");
    assert_int_equal(v.findings[0].in_days, 50); /* ten clients more at one in five days */
    assert_int_equal(v.findings[1].in_days, 34);
    assert_int_equal(v.findings[2].in_days, -1);
    assert_int_equal(v.next_in_days, 34);
    assert_true(fabs(v.findings[2].share - 0.2) < 1e-9);
    assert_int_equal(v.step.low_minor, 4000);
    assert_int_equal(v.step.high_minor, 6000);
    assert_int_equal(v.stage, PLAN_CALM); /* no such rule in this plan */
}

static void
planning_begins_at_half_of_a_phase_and_work_at_80_percent(void **state)
{
    static const struct {
        double users;
        enum plan_stage stage;
        int64_t more;
    } rows[] = {
        { 2499, PLAN_CALM, 6800 },  { 2500, PLAN_PREPARE, 6800 }, { 3999, PLAN_PREPARE, 6800 },
        { 4000, PLAN_BEGIN, 6800 }, { 24000, PLAN_CALM, 8600 },   { 40000, PLAN_BEGIN, 8600 },
        { 80000, PLAN_BEGIN, 0 },
    };
    struct scaling_plan plan = load(*state, "hundred-thousand");
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct plan_figure figure = { "users", rows[i].users, NAN };
        struct plan_place place = { 0 };
        struct plan_verdict v;
        plan_step(&plan, &place, 1, (struct plan_figures){ &figure, 1 }, &v);
        assert_int_equal(v.stage, rows[i].stage);
        assert_int_equal(v.step.low_minor, rows[i].more);
    }
}

static void
the_tier_of_a_size_is_the_smallest_that_is_made_for_it(void **state)
{
    static const struct {
        double clients;
        const char *code;
        int64_t cost;
    } rows[] = {
        { 0, "starter", 3000 },         { 50, "starter", 3000 }, { 51, "small", 8000 },
        { 200, "medium", 15000 },       { 400, "large", 35000 }, { 1000, "scale", 70000 },
        { 1001, "enterprise", 150000 },
    };
    struct scaling_plan plan = load(*state, "wizamart");
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct plan_tier *tier = plan_tier_for(&plan, rows[i].clients);
        assert_string_equal(tier->code, rows[i].code);
        assert_int_equal(tier->cost.low_minor, rows[i].cost);
    }
    assert_true(plan.tiers[5].cost.open);
}

/* The numbers of the specification, one of each kind from each plan. */
static double
number_of(struct plan_numbers numbers, const char *metric)
{
    for (size_t i = 0; i < numbers.count; i++)
        if (text_is(numbers.at[i].metric, metric))
            return numbers.at[i].value;
    return -1;
}

static void
targets_and_recovery_are_those_of_the_plans(void **state)
{
    struct scaling_plan rad = load(*state, "rad-panel"), wiza = load(*state, "wizamart"),
                        sayar = load(*state, "sayar"), many = load(*state, "hundred-thousand");
    static const double targets[][3] = { { 500, 2000, 99 },
                                         { 400, 1500, 99.5 },
                                         { 300, 1000, 99.9 },
                                         { 200, 800, 99.95 },
                                         { 150, 500, 99.99 } };
    static const int64_t recovery[][2] = { { 14400, 86400 }, { 7200, 43200 }, { 3600, 21600 },
                                           { 1800, 3600 },   { 0, 0 },        { 300, 300 } };
    static const int64_t down[] = { 300, 900, -1 };
    for (size_t i = 0; i < COUNT(targets); i++) {
        assert_true(number_of(rad.tiers[i].targets, "p95_ms") == targets[i][0]);
        assert_true(number_of(rad.tiers[i].targets, "page_ms") == targets[i][1]);
        assert_true(number_of(rad.tiers[i].targets, "uptime_percent") == targets[i][2]);
    }
    for (size_t i = 0; i < COUNT(recovery); i++) {
        assert_int_equal(wiza.tiers[i].rto_s, recovery[i][0]);
        assert_int_equal(wiza.tiers[i].rpo_s, recovery[i][1]);
    }
    for (size_t i = 0; i < COUNT(down); i++)
        assert_int_equal(sayar.tiers[i].down_s, down[i]);
    assert_int_equal(many.tiers[3].cost.low_minor, 23600);
    assert_true(number_of(many.tiers[3].carries, "requests_minute") == 75000);
}

/* ---- Files that will not do ---- */

#define TIER(rest) "{\"code\": \"a\", \"name\": \"A\", \"from\": 1, \"to\": 5, " rest "}"
#define LOAD                                                                                       \
    "\"triggers\": [{\"metric\": \"n\", \"op\": \">\", \"value\": 5, \"days\": 3, \"load\": "      \
    "true}]"
#define RUN  "\"runbook\": {\"steps\": [\"go\"]}"
#define LAST "{\"code\": \"b\", \"name\": \"B\", \"from\": 5, \"to\": null}"
#define PLAN(tiers)                                                                                \
    "{\"code\": \"p\", \"name\": \"P\", \"measure\": \"n\", \"currency\": \"EUR\", \"tiers\": "    \
    "[" tiers "]}"

static void
an_error_names_the_place(void **state)
{
    static const struct {
        const char *text, *field;
    } rows[] = {
        { "[]", "" },
        { "{}", "code" },
        { PLAN(""), "tiers" },
        { PLAN("7"), "tiers[0]" },
        { PLAN(TIER(RUN) ", " LAST), "tiers[0].triggers" },
        { PLAN(TIER(LOAD) ", " LAST), "tiers[0].runbook" },
        { PLAN(TIER(LOAD ", " RUN ", \"colour\": 1") ", " LAST), "tiers[0].colour" },
        { PLAN(TIER(LOAD ", " RUN ", \"to \": 1") ", " LAST), "tiers[0].to " },
        { PLAN(TIER(LOAD ", \"runbook\": {\"steps\": []}") ", " LAST), "tiers[0].runbook.steps" },
        { PLAN(TIER(
              "\"triggers\": [{\"metric\": \"n\", \"op\": \"=>\", \"value\": 5, \"days\": 3}]")),
          "tiers[0].triggers[0].op" },
        { PLAN(TIER(
              "\"triggers\": [{\"metric\": \"N!\", \"op\": \">\", \"value\": 5, \"days\": 3}]")),
          "tiers[0].triggers[0].metric" },
        { PLAN(TIER("\"triggers\": [{\"metric\": \"n\", \"op\": \"<\", \"value\": 5, \"days\": 3, "
                    "\"load\": true}]")),
          "tiers[0].triggers[0].op" },
        { PLAN(TIER("\"triggers\": [{\"metric\": \"n\", \"op\": \">\", \"value\": 5}]")),
          "tiers[0].triggers[0].days" },
        { PLAN(TIER("\"cost\": {\"low\": 9, \"high\": 8}")), "tiers[0].cost.high" },
        { PLAN(TIER("\"cost\": {\"low\": 9.5}")), "tiers[0].cost.low" },
        { PLAN(TIER("\"security\": [\"TLS\", 3]")), "tiers[0].security[1]" },
        { PLAN(TIER("\"targets\": {\"p95_ms\": \"fast\"}")), "tiers[0].targets.p95_ms" },
        { PLAN(LAST ", " LAST), "tiers[0].to" },
        { PLAN(TIER(LOAD ", " RUN) ", {\"code\": \"a\", \"name\": \"B\", \"from\": 5}"),
          "tiers[1].code" },
        { PLAN(TIER(LOAD ", " RUN) ", {\"code\": \"b\", \"name\": \"B\", \"from\": 7}"),
          "tiers[1].from" },
        { PLAN(
              TIER(LOAD ", " RUN) ", {\"code\": \"b\", \"name\": \"B\", \"from\": 5, \"triggers\": "
                                  "[{\"metric\": \"n\", \"op\": \">\", \"value\": 4, \"days\": 3, "
                                  "\"load\": true}]}"),
          "tiers[1].triggers[0].value" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scaling_plan plan;
        struct bytes text = BYTES(rows[i].text, strlen(rows[i].text));
        struct err *e = plan_read(*state, "a.json", text, &plan);
        if (!e || !text_is(e->field, rows[i].field))
            fail_msg("row %zu: %s", i, e ? e->say : "no error");
    }
}

static void
text_that_is_no_json_is_said_with_its_line(void **state)
{
    struct scaling_plan plan;
    struct err *e = plan_read(*state, "a.json", BYTES("{\n\"a\": ,}", 9), &plan);
    assert_non_null(e);
    assert_int_equal(e->kind, ERR_MALFORMED);
    assert_true(text_starts(e->say, "a.json, line 2"));
}

static void
the_smallest_plan_is_one_tier(void **state)
{
    struct scaling_plan plan;
    const char *text = PLAN(LAST);
    assert_null(plan_read(*state, "a.json", BYTES(text, strlen(text)), &plan));
    struct plan_place place = { 0 };
    struct plan_verdict v;
    plan_step(&plan, &place, 1, (struct plan_figures){ 0 }, &v);
    assert_null(v.next);
    assert_null(v.binding);
    assert_int_equal(v.next_in_days, -1);
}

/* ---- Questions as JSON ---- */

static const json_t *
json_of(struct arena *a, const char *text)
{
    const json_t *json = NULL;
    assert_null(plan_json(a, "test", BYTES(text, strlen(text)), &json));
    return json;
}

static const char *
text_at(const json_t *from, const char *first, const char *second)
{
    return json_string_value(json_object_get(json_object_get(from, first), second));
}

static void
a_question_in_two_parts_is_answered_as_in_one(void **state)
{
    struct scaling_plan plan = load(*state, "hundred-thousand");
    const json_t *one, *first, *second;
    assert_null(plan_answer(
        *state, &plan,
        json_of(*state,
                "{\"days\": [{\"day\": \"2026-02-27\", \"figures\": {\"users\": 6000}},"
                "{\"day\": \"2026-02-28\", \"figures\": {\"users\": 11000}},"
                "{\"day\": \"2026-03-01\", \"figures\": {\"users\": {\"now\": 11000, \"ahead\": "
                "null}}}, {\"day\": \"2026-03-02\", \"figures\": {\"users\": 11000}}]}"),
        &one));
    assert_string_equal(text_at(one, "today", "tier"), "phase-2");
    const json_t *moved = json_array_get(json_object_get(one, "moves"), 0);
    assert_string_equal(json_string_value(json_object_get(moved, "day")), "2026-03-02");
    assert_string_equal(json_string_value(json_object_get(moved, "from")), "phase-1");
    assert_null(plan_answer(
        *state, &plan,
        json_of(*state, "{\"days\": [{\"day\": \"2026-02-27\", \"figures\": {\"users\": 6000}},"
                        "{\"day\": \"2026-02-28\", \"figures\": {\"users\": 11000}}]}"),
        &first));
    json_t *question = json_deep_copy(
        json_of(*state, "{\"days\": [{\"day\": \"2026-03-01\", \"figures\": {\"users\": 11000}},"
                        "{\"day\": \"2026-03-02\", \"figures\": {\"users\": 11000}}]}"));
    plan_keep(*state, question);
    json_object_set(question, "place", json_object_get(first, "place"));
    assert_null(plan_answer(*state, &plan, question, &second));
    assert_true(json_equal(json_object_get(one, "place"), json_object_get(second, "place")));
    assert_true(json_equal(json_object_get(one, "today"), json_object_get(second, "today")));
}

static void
a_question_that_cannot_be_read_says_where(void **state)
{
    static const struct {
        const char *text, *field;
    } rows[] = {
        { "{}", "days" },
        { "{\"days\": [{\"day\": \"2026-02-30\", \"figures\": {}}]}", "days[0].day" },
        { "{\"days\": [{\"day\": \"2026-02-20\"}]}", "days[0].figures" },
        { "{\"days\": [{\"day\": \"2026-02-20\", \"figures\": {\"users\": -1}}]}",
          "days[0].figures.users" },
        { "{\"days\": [{\"day\": \"2026-02-20\", \"figures\": {}}, "
          "{\"day\": \"2026-02-20\", \"figures\": {}}]}",
          "days[1].day" },
        { "{\"place\": {\"plan\": \"other\"}, \"days\": []}", "place" },
    };
    struct scaling_plan plan = load(*state, "hundred-thousand");
    for (size_t i = 0; i < COUNT(rows); i++) {
        const json_t *answer;
        struct err *e = plan_answer(*state, &plan, json_of(*state, rows[i].text), &answer);
        if (!e || !text_is(e->field, rows[i].field))
            fail_msg("row %zu: %s", i, e ? e->say : "no error");
    }
}

#define WITH_ARENA(test) cmocka_unit_test_setup_teardown(test, make_arena, end_arena)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(wizamart_goes_from_starter_to_enterprise),
        WITH_ARENA(sayar_goes_from_starter_to_enterprise),
        WITH_ARENA(rad_panel_goes_from_mvp_to_tier_4),
        WITH_ARENA(the_hundred_thousand_go_through_all_phases),
        WITH_ARENA(two_days_or_three_apart_are_not_three_in_a_row),
        WITH_ARENA(down_only_after_30_days_under_80_percent_of_the_lower_limit),
        WITH_ARENA(it_steps_up_past_tiers_and_down_one_at_a_time),
        WITH_ARENA(up_goes_to_what_was_asked_for_on_every_day),
        WITH_ARENA(what_drove_it_up_does_not_let_it_fall_back),
        WITH_ARENA(what_drove_it_up_is_forgotten_once_load_did),
        WITH_ARENA(a_missing_day_breaks_the_row_and_the_same_day_counts_once),
        WITH_ARENA(a_verdict_says_what_binds_when_and_what_it_costs),
        WITH_ARENA(planning_begins_at_half_of_a_phase_and_work_at_80_percent),
        WITH_ARENA(the_tier_of_a_size_is_the_smallest_that_is_made_for_it),
        WITH_ARENA(targets_and_recovery_are_those_of_the_plans),
        WITH_ARENA(an_error_names_the_place),
        WITH_ARENA(text_that_is_no_json_is_said_with_its_line),
        WITH_ARENA(the_smallest_plan_is_one_tier),
        WITH_ARENA(a_question_in_two_parts_is_answered_as_in_one),
        WITH_ARENA(a_question_that_cannot_be_read_says_where),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
