/* Scripts of values, and the states an operator would want to see at each. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
/* after those it needs */
#include <cmocka.h>

#include "plan/alert.h"

#define U ALERT_UNKNOWN
#define O ALERT_OK
#define W ALERT_WARNING
#define C ALERT_CRITICAL
#define S ALERT_STALE

#define MINUTE 60
#define DAY    86400

/* A value a minute; up after 2 minutes, down after 3. */
static const struct alert_rule gauge = {
    .name = "gauge",
    .kind = ALERT_LEVEL,
    .warning = { 70, 60, 120, 180 },
    .critical = { 85, 75, 120, 180 },
    .every_s = MINUTE,
    .least_values = 2,
    .flap_most = 6,
    .flap_s = 3600,
    .calm_s = 3600,
};

static void
plays(const struct alert_rule *rule, const double (*script)[2], const enum alert_state *expect,
      size_t n)
{
    struct alert alert = { 0 };
    for (size_t i = 0; i < n; i++) {
        alert_tell(rule, &alert, (int64_t)(script[i][0] * MINUTE), script[i][1], 1000);
        if (alert.state != expect[i])
            fail_msg("value %zu, minute %g: %s, not %s", i, script[i][0],
                     alert_state_name(alert.state), alert_state_name(expect[i]));
    }
}

#define PLAYS(rule, script, expect)                                                                \
    do {                                                                                           \
        assert_int_equal(COUNT(script), COUNT(expect));                                            \
        plays(rule, script, expect, COUNT(expect));                                                \
    } while (0)

static void
a_spike_is_no_alert(void **state)
{
    static const double script[][2] = { { 0, 40 }, { 1, 40 }, { 2, 99 }, { 3, 99 },
                                        { 4, 40 }, { 5, 99 }, { 6, 40 } };
    static const enum alert_state expect[] = { U, O, O, O, O, O, O };
    (void)state;
    PLAYS(&gauge, script, expect);
}

static void
a_saw_tooth_that_log_rotation_cuts_is_one_warning(void **state)
{
    /* filled to 74, cut to 62, which is not below 60 */
    static const double script[][2] = { { 0, 62 }, { 1, 66 }, { 2, 70 },  { 3, 72 },
                                        { 4, 74 }, { 5, 62 }, { 6, 66 },  { 7, 70 },
                                        { 8, 74 }, { 9, 62 }, { 10, 66 }, { 11, 70 } };
    static const enum alert_state expect[] = { U, O, O, O, W, W, W, W, W, W, W, W };
    (void)state;
    PLAYS(&gauge, script, expect);
}

static void
a_gap_is_stale_and_holds_do_not_run_through_it(void **state)
{
    static const double script[][2] = { { 0, 40 }, { 1, 90 },  { 2, NAN }, { 3, NAN }, { 3.5, NAN },
                                        { 9, 90 }, { 10, 90 }, { 11, 90 }, { 14, 90 } };
    /* the third lost minute makes it stale; then the hold begins anew; the last came late, but
     * became stale and back within one call */
    static const enum alert_state expect[] = { U, O, O, O, S, O, O, C, C };
    (void)state;
    PLAYS(&gauge, script, expect);
}

static void
a_gap_found_late_tells_both_changes_and_when_it_began(void **state)
{
    struct alert alert = { 0 };
    (void)state;
    alert_tell(&gauge, &alert, 0, 40, 0);
    alert_tell(&gauge, &alert, 60, 40, 0);
    struct alert_news news = alert_tell(&gauge, &alert, 6000, 40, 0);
    assert_int_equal(news.count, 2);
    assert_int_equal(news.changes[0].to, S);
    assert_int_equal(news.changes[0].at_s, 180);
    assert_int_equal(news.changes[1].to, O);
    assert_int_equal(news.changes[1].at_s, 6000);
    assert_int_equal(alert_wait(&gauge, &alert, 6000 + 120).count, 0);
    assert_int_equal(alert_wait(&gauge, &alert, 6000 + 121).count, 1);
    assert_int_equal(alert.state, S);
    assert_int_equal(alert_wait(&gauge, &alert, 9000).count, 0);
}

static void
a_counter_that_began_anew_is_no_rate(void **state)
{
    struct alert_rule rule = gauge;
    rule.kind = ALERT_COUNTER; /* events a second; here by 80 from the third value on */
    static const double script[][2] = {
        { 0, 1000000 }, { 1, 1000060 }, { 2, 1004860 },
        { 3, 1009660 }, { 4, 100 }, /* restarted: neither -16,000 a second nor the end of the hold
                                     */
        { 5, 4900 },    { 6, 4960 },    { 7, 5020 },
        { 8, 5080 },    { 9, 5140 }, /* clear again for three minutes */
    };
    static const enum alert_state expect[] = { U, O, O, O, O, W, W, W, W, O };
    (void)state;
    rule.every_s = MINUTE;
    PLAYS(&rule, script, expect);
}

static void
a_step_up_rises_once_and_a_step_down_falls_once(void **state)
{
    static const double script[][2] = { { 0, 30 }, { 1, 30 }, { 2, 95 }, { 3, 95 },
                                        { 4, 95 }, { 5, 95 }, { 6, 20 }, { 7, 20 },
                                        { 8, 20 }, { 9, 20 }, { 10, 20 } };
    static const enum alert_state expect[] = { U, O, O, O, C, C, C, C, C, O, O };
    (void)state;
    PLAYS(&gauge, script, expect);
}

static void
at_exactly_the_threshold_it_is_raised_and_not_cleared(void **state)
{
    static const double up[][2] = { { 0, 70 },     { 1, 70 }, { 2, 70 },  { 3, 69.999 },
                                    { 4, 60 },     { 5, 60 }, { 6, 60 },  { 7, 60 },
                                    { 8, 59.999 }, { 9, 59 }, { 10, 59 }, { 11, 59 } };
    static const enum alert_state expect_up[] = { U, O, W, W, W, W, W, W, W, W, W, O };
    static const double just_under[][2] = {
        { 0, 69.999 }, { 1, 69.999 }, { 2, 69.999 }, { 3, 69.999 }
    };
    static const enum alert_state expect_under[] = { U, O, O, O };
    (void)state;
    PLAYS(&gauge, up, expect_up);
    PLAYS(&gauge, just_under, expect_under);
}

static void
critical_falls_back_to_a_warning_first(void **state)
{
    static const double script[][2] = { { 0, 90 }, { 1, 90 }, { 2, 90 },  { 3, 72 },
                                        { 4, 72 }, { 5, 72 }, { 6, 72 },  { 7, 72 },
                                        { 8, 50 }, { 9, 50 }, { 10, 50 }, { 11, 50 } };
    static const enum alert_state expect[] = { U, O, C, C, C, C, W, W, W, W, W, O };
    (void)state;
    PLAYS(&gauge, script, expect);
}

static void
what_is_critical_is_a_warning_too_however_long_that_takes(void **state)
{
    struct alert_rule rule = gauge;
    static const double script[][2] = { { 0, 90 }, { 1, 90 }, { 2, 90 }, { 3, 72 },
                                        { 4, 72 }, { 5, 72 }, { 6, 72 } };
    static const enum alert_state expect[] = { U, O, C, C, C, C, W };
    (void)state;
    rule.warning.raise_s = 3600;
    PLAYS(&rule, script, expect);
}

static void
a_clock_set_back_costs_a_hold_one_step_and_nothing_else(void **state)
{
    static const double script[][2] = {
        { 1000, 40 }, { 1001, 90 }, { 940, 90 }, /* an hour back: this step counts nothing */
        { 941, 90 },  { 942, 90 },  { 943, 20 }, { 880, 20 }, { 881, 20 }, { 882, 20 }, { 883, 20 },
    };
    static const enum alert_state expect[] = { U, O, O, O, C, C, C, C, C, O };
    (void)state;
    PLAYS(&gauge, script, expect);
}

static void
the_same_moment_told_twice_counts_once(void **state)
{
    struct alert alert = { 0 };
    (void)state;
    for (int i = 0; i < 9; i++)
        alert_tell(&gauge, &alert, 100, 99, 0);
    assert_int_equal(alert.values, 1);
    assert_int_equal(alert.state, U);
}

static void
too_few_events_are_unknown_and_never_ok(void **state)
{
    const struct alert_rule *rule = alert_rule_of("api_p95_ms");
    struct alert alert = { 0 };
    int64_t at = 0;
    (void)state;
    for (int i = 0; i < 20; i++)
        alert_tell(rule, &alert, at += MINUTE, 50, 99);
    assert_int_equal(alert.state, U);
    alert_tell(rule, &alert, at += MINUTE, 50, 100);
    assert_int_equal(alert.state, O);
    alert_tell(rule, &alert, at += MINUTE, 9000, 3);
    assert_int_equal(alert.state, U);
    alert_tell(rule, &alert, at += MINUTE, 50, NAN);
    assert_int_equal(alert.state, U);
}

static void
the_first_values_are_unknown_but_count_for_the_hold(void **state)
{
    const struct alert_rule *rule = alert_rule_of("days_left");
    struct alert alert = { 0 };
    (void)state;
    for (int day = 0; day < 13; day++) {
        alert_tell(rule, &alert, (int64_t)day * DAY, 10, 0);
        assert_int_equal(alert.state, U);
    }
    alert_tell(rule, &alert, (int64_t)13 * DAY, 10, 0);
    assert_int_equal(alert.state, W);
}

static void
days_left_warn_on_the_second_day_and_are_over_after_three(void **state)
{
    const struct alert_rule *rule = alert_rule_of("days_left");
    static const struct {
        double days;
        enum alert_state expect;
    } rows[] = {
        { INFINITY, O }, { 30, O }, { 30, W }, { 1, W }, /* never critical by this alone */
        { 46, W },       { 45, W }, { 46, W }, { 46, W }, { INFINITY, O }, { 31, O }, { 31, O },
    };
    struct alert alert = { 0 };
    int64_t at = 0;
    (void)state;
    for (int i = 0; i < 14; i++)
        alert_tell(rule, &alert, at += DAY, INFINITY, 0);
    for (size_t i = 0; i < COUNT(rows); i++) {
        alert_tell(rule, &alert, at += DAY, rows[i].days, 0);
        assert_int_equal(alert.state, rows[i].expect);
    }
}

/* Up and down every other minute, with a rule that has no holds. */
static void
what_flaps_is_told_once_and_held_until_it_is_calm(void **state)
{
    struct alert_rule rule = gauge;
    struct alert alert = { 0 };
    int64_t at = 0;
    int changes = 0, began = 0, ended = 0;
    (void)state;
    rule.warning.raise_s = rule.warning.clear_s = 0;
    rule.critical.raise_s = rule.critical.clear_s = 0;
    for (int i = 0; i < 60; i++) {
        struct alert_news news = alert_tell(&rule, &alert, at += MINUTE, i % 2 ? 80 : 10, 0);
        changes += news.count;
        began += news.flapping_began;
    }
    assert_int_equal(began, 1);
    assert_true(changes <= 8);
    assert_int_equal(alert.state, W);
    alert_tell(&rule, &alert, at += MINUTE, 99, 0);
    assert_int_equal(alert.state, C); /* worse is told all the same */
    for (int i = 0; i < 59; i++)
        alert_tell(&rule, &alert, at += MINUTE, 10, 0);
    assert_true(alert.flapping && alert.state == C);
    for (int i = 0; i < 3; i++)
        ended += alert_tell(&rule, &alert, at += MINUTE, 10, 0).flapping_ended;
    assert_int_equal(ended, 1);
    assert_int_equal(alert.state, O);
}

static void
a_state_goes_into_json_and_comes_back_the_same(void **state)
{
    struct alert kept = { 0 }, straight = { 0 };
    (void)state;
    for (int i = 0; i < 500; i++) {
        double value = 50 + 45 * sin(i / 7.0) + i * 31 % 17;
        int64_t at = (int64_t)i * MINUTE - (i > 250 ? 4000 : 0) + (i > 300 ? 900 : 0);
        alert_tell(&gauge, &straight, at, value, 0);
        alert_tell(&gauge, &kept, at, value, 0);
        json_t *json = alert_to_json(&kept);
        char *text = json_dumps(json, 0);
        json_t *again = json_loads(text, 0, NULL);
        kept = (struct alert){ 0 };
        assert_true(alert_from_json(again, &kept));
        assert_int_equal(kept.state, straight.state);
        assert_int_equal(kept.age_s, straight.age_s);
        assert_int_equal(kept.changes[0], straight.changes[0]);
        free(text);
        json_decref(again);
        json_decref(json);
    }
}

static void
json_that_is_not_a_state_is_refused(void **state)
{
    static const struct {
        const char *member, *value;
    } rows[] = {
        { "state", "\"fine\"" }, { "age_s", "-1" },  { "values", "1.5" }, { "warning_since", "9" },
        { "changes", "[99]" },   { "changes", "7" }, { "warning", "0" },
    };
    struct alert alert = { 0 };
    (void)state;
    assert_false(alert_from_json(NULL, &alert));
    for (size_t i = 0; i < COUNT(rows); i++) {
        json_t *json = alert_to_json(&alert);
        json_object_set_new(json, rows[i].member, json_loads(rows[i].value, JSON_DECODE_ANY, NULL));
        assert_false(alert_from_json(json, &alert));
        json_decref(json);
    }
}

/* ---- Error budgets ---- */

/* Minutes of so many requests, of which a share fails; the newest verdict. */
static struct burn_verdict
runs(struct burn *burn, struct alert *alert, int64_t *at, int minutes, double requests,
     double share)
{
    struct burn_verdict verdict = { 0 };
    for (int i = 0; i < minutes; i++) {
        verdict = burn_tell(burn, 0.995, *at += MINUTE, requests, requests * share);
        alert_tell(alert_rule_of("error_budget"), alert, *at, verdict.severity, verdict.requests);
    }
    return verdict;
}

static void
a_budget_that_burns_fast_pages_and_a_slow_one_makes_a_ticket(void **state)
{
    static const struct {
        double share;
        int minutes;
        enum alert_state expect;
    } rows[] = {
        { 0.004, 6 * 60, O },                             /* within the budget */
        { 0.08, 70, C },                                  /* 16 times too fast for an hour */
        { 0.04, 70, O },                                  /* 8 times: not yet six hours */
        { 0.04, 7 * 60, C },  { 0.0055, 3 * 24 * 60, W }, /* a little over, for days */
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct burn burn = { 0 };
        struct alert alert = { 0 };
        int64_t at = 1000000;
        runs(&burn, &alert, &at, 3 * 24 * 60, 100, 0);
        assert_int_equal(alert.state, O);
        runs(&burn, &alert, &at, rows[i].minutes, 100, rows[i].share);
        if (alert.state != rows[i].expect)
            fail_msg("row %zu: %s", i, alert_state_name(alert.state));
    }
}

static void
one_failure_on_a_quiet_night_burns_nothing_down(void **state)
{
    struct burn burn = { 0 };
    struct alert alert = { 0 };
    int64_t at = 0;
    (void)state;
    runs(&burn, &alert, &at, 30, 2, 1);
    assert_int_equal(alert.state, U); /* 60 requests, all of them failed, say nothing */
    runs(&burn, &alert, &at, 31, 2, 1);
    assert_int_equal(alert.state, C); /* 122 do */
}

/* 5 of an hour's 60 are 17 times too fast, and the newest 5 of 5; but 60 are few. */
static void
a_few_failures_of_a_quiet_hour_are_no_page(void **state)
{
    struct burn burn = { 0 };
    struct alert alert = { 0 };
    int64_t at = 0;
    (void)state;
    runs(&burn, &alert, &at, 3 * 24 * 60, 1, 0);
    runs(&burn, &alert, &at, 5, 1, 1);
    assert_int_equal(alert.state, O);
}

static void
a_page_ends_soon_after_the_errors_do(void **state)
{
    struct burn burn = { 0 };
    struct alert alert = { 0 };
    int64_t at = 0;
    (void)state;
    runs(&burn, &alert, &at, 60, 100, 0);
    runs(&burn, &alert, &at, 15, 100, 1);
    assert_int_equal(alert.state, C);
    runs(&burn, &alert, &at, 60, 100, 0);
    assert_int_not_equal(alert.state, C);
}

static void
sums_of_a_budget_go_into_json_and_survive_a_clock_set_back(void **state)
{
    struct burn burn = { 0 }, again;
    (void)state;
    for (int i = 0; i < 100; i++)
        burn_tell(&burn, 0.995, (i < 50 ? 1000000 : 500000) + i * MINUTE, 10, 1);
    json_t *json = burn_to_json(&burn);
    assert_true(burn_from_json(json, &again));
    json_decref(json);
    struct burn_verdict here = burn_tell(&burn, 0.995, 600000, 10, 1);
    struct burn_verdict there = burn_tell(&again, 0.995, 600000, 10, 1);
    for (int i = 0; i < BURN_WINDOWS; i++)
        assert_true(here.rates[i] == there.rates[i]);
    assert_true(fabs(here.rates[BURN_3_D] - 20) < 1e-9);
    assert_true(here.requests == 1010);
    assert_false(burn_from_json(NULL, &again));
}

/* ---- Noise ---- */

struct dice {
    uint64_t at;
};

static double
roll(struct dice *dice) /* 0 … 1 */
{
    dice->at = dice->at * 6364136223846793005u + 1442695040888963407u;
    return (double)(dice->at >> 11) / 9007199254740992.0;
}

static double
noise(struct dice *dice) /* about normal, of deviation 1 */
{
    double sum = -6;
    for (int i = 0; i < 12; i++)
        sum += roll(dice);
    return sum;
}

#define SERIES 40

/* Processors from idle to nearly busy, each with its day, its noise and its spikes, a value a
 * minute: how often a bare threshold would have been crossed, and what is told. */
static void
processors_with_noise_change_at_most_0_6_times_in_28_days(void **state)
{
    const struct alert_rule *rule = alert_rule_of("cpu");
    int64_t changes = 0, crossings = 0;
    (void)state;
    for (unsigned s = 0; s < SERIES; s++) {
        struct dice dice = { .at = s * 77 + 1 };
        struct alert alert = { 0 };
        double mean = 20 + 45 * (double)s / SERIES, before = 0;
        int spike = 0;
        for (int64_t minute = 0; minute < 28 * 1440; minute++) {
            double day = 5 * sin(2 * 3.14159265358979 * (double)minute / 1440);
            if (!spike && roll(&dice) < 0.002)
                spike = 1 + (int)(roll(&dice) * 8);
            double value = mean + day + 8 * noise(&dice) + (spike ? 40 : 0);
            spike -= spike > 0;
            value = fmin(100, fmax(0, value));
            crossings += (value >= 70) != (before >= 70);
            before = value;
            struct alert_news news = alert_tell(rule, &alert, minute * MINUTE, value, 0);
            for (int i = 0; i < news.count; i++)
                changes += news.changes[i].from != ALERT_UNKNOWN;
        }
    }
    assert_true(crossings > 100 * SERIES);
    assert_true((double)changes <= 0.6 * SERIES);
}

/* Forecasts that change their mind: days left, a value a day, wrong by a third each time. */
static void
days_left_with_noise_change_at_most_0_6_times_in_28_days(void **state)
{
    const struct alert_rule *rule = alert_rule_of("days_left");
    int64_t changes = 0, crossings = 0;
    (void)state;
    for (unsigned s = 0; s < 10 * SERIES; s++) {
        struct dice dice = { .at = s * 31 + 7 };
        struct alert alert = { 0 };
        double truth = 10 + 190 * roll(&dice), before = 999;
        for (int64_t day = 0; day < 14 + 28; day++) {
            double mid = (truth - 0.5 * (double)day) * exp(0.3 * noise(&dice));
            double value = mid < 180 ? fmax(mid, 0) : INFINITY;
            struct alert_news news = alert_tell(rule, &alert, day * DAY, value, 0);
            crossings += day >= 14 && (value <= 30) != (before <= 30);
            before = value;
            for (int i = 0; i < news.count; i++)
                changes += news.changes[i].from != ALERT_UNKNOWN;
        }
    }
    assert_true((double)crossings > 0.6 * 10 * SERIES);
    assert_true((double)changes <= 0.6 * 10 * SERIES);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_spike_is_no_alert),
        cmocka_unit_test(a_saw_tooth_that_log_rotation_cuts_is_one_warning),
        cmocka_unit_test(a_gap_is_stale_and_holds_do_not_run_through_it),
        cmocka_unit_test(a_gap_found_late_tells_both_changes_and_when_it_began),
        cmocka_unit_test(a_counter_that_began_anew_is_no_rate),
        cmocka_unit_test(a_step_up_rises_once_and_a_step_down_falls_once),
        cmocka_unit_test(at_exactly_the_threshold_it_is_raised_and_not_cleared),
        cmocka_unit_test(critical_falls_back_to_a_warning_first),
        cmocka_unit_test(what_is_critical_is_a_warning_too_however_long_that_takes),
        cmocka_unit_test(a_clock_set_back_costs_a_hold_one_step_and_nothing_else),
        cmocka_unit_test(the_same_moment_told_twice_counts_once),
        cmocka_unit_test(too_few_events_are_unknown_and_never_ok),
        cmocka_unit_test(the_first_values_are_unknown_but_count_for_the_hold),
        cmocka_unit_test(days_left_warn_on_the_second_day_and_are_over_after_three),
        cmocka_unit_test(what_flaps_is_told_once_and_held_until_it_is_calm),
        cmocka_unit_test(a_state_goes_into_json_and_comes_back_the_same),
        cmocka_unit_test(json_that_is_not_a_state_is_refused),
        cmocka_unit_test(a_budget_that_burns_fast_pages_and_a_slow_one_makes_a_ticket),
        cmocka_unit_test(one_failure_on_a_quiet_night_burns_nothing_down),
        cmocka_unit_test(a_few_failures_of_a_quiet_hour_are_no_page),
        cmocka_unit_test(a_page_ends_soon_after_the_errors_do),
        cmocka_unit_test(sums_of_a_budget_go_into_json_and_survive_a_clock_set_back),
        cmocka_unit_test(processors_with_noise_change_at_most_0_6_times_in_28_days),
        cmocka_unit_test(days_left_with_noise_change_at_most_0_6_times_in_28_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
