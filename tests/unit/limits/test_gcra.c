/* The arithmetic of limits, to the microsecond, and what it promises over any window. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above first */
#include <cmocka.h>

#include "gcra_vectors.h"
#include "limits/gcra.h"
#include "limits/rules.h"

/* ---- Decisions as others computed them ---- */

static int64_t tat_us;

static void
one_step(const struct gcra_vector *v, void *arg)
{
    (void)arg;
    struct gcra g = { .interval_us = v->interval_us, .burst = v->burst };
    if (v->is_first)
        tat_us = 0;
    struct gcra_step s = gcra_step(g, tat_us, v->now_us, v->cost);
    assert_int_equal(s.admitted, v->admit);
    assert_int_equal(s.retry_after_us, v->retry_after_us);
    assert_int_equal(s.remaining, v->remaining);
    tat_us = s.tat_us;
}

static void
each_decision_is_met_to_the_microsecond(void **state)
{
    (void)state;
    if (!gcra_vectors_each(one_step, NULL))
        skip();
}

/* ---- Rules as the pages state them ---- */

static void
rules_give_the_stated_intervals_and_bursts(void **state)
{
    static const struct {
        struct limit_rule rule;
        int64_t times;
        bool halved;
        int64_t interval_us, burst;
    } rows[] = {
        { { "login-ip", 20, 60, 5, true }, 1, false, 4000000, 5 },
        { { "login-ip", 50, 60, 12, true }, 1, false, 1578948, 12 },
        { { "login-account", 100, 86400, 10, true }, 1, false, 960000000, 10 },
        { { "search-ip", 100, 60, 25, false }, 1, false, 600000, 25 },
        { { "api-ip", 200, 60, 50, false }, 1, false, 300000, 50 },
        { { "api-ip", 200, 60, 50, false }, 5, false, 60000, 250 },
        { { "login-ip", 20, 60, 5, true }, 1, true, 8000000, 2 },
        { { "tiny", 1, 60, 1, true }, 1, true, 120000000, 1 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct gcra g = gcra_of(&rows[i].rule, rows[i].times, rows[i].halved);
        assert_int_equal(g.interval_us, rows[i].interval_us);
        assert_int_equal(g.burst, rows[i].burst);
    }
}

static void
settings_set_the_rules_that_they_name(void **state)
{
    struct settings s = { .api_per_minute = 400, .login_per_minute = 50, .upload_per_minute = 2 };
    struct limit_rule rules[LIMIT_RULES];
    (void)state;
    limit_rules_fill(rules, &s);
    assert_int_equal(limit_rule_named(rules, "api-ip")->requests, 400);
    assert_int_equal(limit_rule_named(rules, "api-ip")->burst, 100);
    assert_int_equal(limit_rule_named(rules, "login-ip")->burst, 12);
    assert_int_equal(limit_rule_named(rules, "upload-vendor")->burst, 1);
    assert_int_equal(limit_rule_named(rules, "login-account")->requests, 100);
    assert_null(limit_rule_named(rules, "nobody"));
}

static void
every_class_names_rules_that_are_there(void **state)
{
    static const char *const classes[] = { "none", "login",      "search",      "public",
                                           "api",  "panel.read", "panel.write", "upload" };
    struct settings s = { .api_per_minute = 200, .login_per_minute = 20, .upload_per_minute = 120 };
    struct limit_rule rules[LIMIT_RULES];
    (void)state;
    limit_rules_fill(rules, &s);
    for (size_t i = 0; i < COUNT(classes); i++) {
        assert_true(limits_has_class(classes[i]));
        const struct limit_class *c = limit_class_named(classes[i]);
        for (int k = 0; k < CLASS_RULES_MOST && c->asks[k].rule; k++)
            assert_non_null(limit_rule_named(rules, c->asks[k].rule));
    }
    assert_false(limits_has_class("nobody"));
}

/* ---- Promises ---- */

/* Someone who asks every millisecond for five windows: the most that any window of the rule's
 * length admitted. */
static int64_t
most_in_any_window(const struct limit_rule *rule, bool halved)
{
    enum { WINDOWS = 5, STEP_US = 1000 };
    static int64_t at[1 << 16];
    struct gcra g = gcra_of(rule, 1, halved);
    int64_t start = INT64_C(1790000000000000), tat = 0, most = 0;
    size_t n = 0, oldest = 0;
    for (int64_t now = start; now < start + rule->window_s * WINDOWS * 1000000; now += STEP_US) {
        struct gcra_step s = gcra_step(g, tat, now, 1);
        tat = s.tat_us;
        if (!s.admitted)
            continue;
        assert_true(n < COUNT(at));
        at[n++] = now;
        while (at[oldest] <= now - rule->window_s * 1000000)
            oldest++;
        if ((int64_t)(n - oldest) > most)
            most = (int64_t)(n - oldest);
    }
    return most;
}

static void
no_window_sees_more_than_was_stated(void **state)
{
    static const struct limit_rule strict = { "login-ip", 20, 60, 5, true };
    static const struct limit_rule strict_50 = { "login-ip", 50, 60, 12, true };
    static const struct limit_rule plain = { "search-ip", 100, 60, 25, false };
    (void)state;
    assert_true(most_in_any_window(&strict, false) <= 20);
    assert_true(most_in_any_window(&strict, false) >= 19);
    assert_true(most_in_any_window(&strict_50, false) <= 50);
    assert_true(most_in_any_window(&strict, true) <= 10);
    assert_true(most_in_any_window(&plain, false) <= 125);
}

static void
who_keeps_to_the_rate_is_never_refused(void **state)
{
    struct gcra g = { .interval_us = 300000, .burst = 50 };
    int64_t now = INT64_C(1790000000000000), tat = 0;
    (void)state;
    for (int i = 0; i < 10000; i++, now += 300000) {
        struct gcra_step s = gcra_step(g, tat, now, 1);
        assert_true(s.admitted);
        tat = s.tat_us;
    }
}

static void
a_clock_that_was_set_back_locks_nobody_out(void **state)
{
    struct gcra g = { .interval_us = 1000000, .burst = 10 };
    int64_t now = INT64_C(1790000000000000), tat = 0;
    (void)state;
    for (int i = 0; i < 10; i++)
        tat = gcra_step(g, tat, now, 1).tat_us;
    now -= INT64_C(86400000000);
    struct gcra_step s = gcra_step(g, tat, now, 1);
    assert_false(s.admitted);
    assert_int_equal(s.retry_after_us, 1000000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_decision_is_met_to_the_microsecond),
        cmocka_unit_test(rules_give_the_stated_intervals_and_bursts),
        cmocka_unit_test(settings_set_the_rules_that_they_name),
        cmocka_unit_test(every_class_names_rules_that_are_there),
        cmocka_unit_test(no_window_sees_more_than_was_stated),
        cmocka_unit_test(who_keeps_to_the_rate_is_never_refused),
        cmocka_unit_test(a_clock_that_was_set_back_locks_nobody_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
