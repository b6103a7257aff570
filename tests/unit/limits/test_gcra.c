/* The arithmetic of limits, to the microsecond, and which rules there are for whom. */
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
        int64_t requests, window_s, burst;
        bool strict;
        int64_t percent, parts;
        int64_t interval_us, share;
    } rows[] = {
        { 20, 60, 5, true, 100, 1, 4000000, 5 },
        { 50, 60, 12, true, 100, 1, 1578948, 12 },
        { 100, 86400, 10, true, 100, 1, 960000000, 10 },
        { 100, 60, 25, false, 100, 1, 600000, 25 },
        { 200, 60, 50, false, 100, 1, 300000, 50 },
        { 200, 60, 50, false, 500, 1, 60000, 250 },
        { 200, 60, 50, false, 30, 1, 1000000, 15 },
        { 200, 60, 50, false, 300, 1, 100000, 150 },
        { 200, 60, 50, false, 100, 3, 900000, 16 },
        { 20, 60, 5, true, 100, 2, 8000000, 2 },
        { 1, 60, 1, true, 100, 2, 120000000, 1 },
        { 1, 60, 1, false, 1, 1, 60000000, 1 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct limit_rule rule = { .name = "a rule",
                                   .requests = rows[i].requests,
                                   .window_s = rows[i].window_s,
                                   .burst = rows[i].burst,
                                   .strict = rows[i].strict };
        struct gcra g = gcra_share(gcra_of(&rule, rows[i].percent), rows[i].parts);
        assert_int_equal(g.interval_us, rows[i].interval_us);
        assert_int_equal(g.burst, rows[i].share);
    }
}

static void
settings_set_the_rules_that_they_name(void **state)
{
    struct settings s = { .api_per_minute = 400,
                          .login_per_minute = 50,
                          .upload_per_minute = 2,
                          .register_per_hour = 50,
                          .forgot_per_hour = 20,
                          .orders_per_minute = 60 };
    struct limit_rule rules[LIMIT_RULES];
    (void)state;
    limit_rules_fill(rules, &s);
    assert_int_equal(rules[limit_rule_place("api-ip")].requests, 400);
    assert_int_equal(rules[limit_rule_place("api-ip")].burst, 100);
    assert_int_equal(rules[limit_rule_place("login-ip")].burst, 12);
    assert_int_equal(rules[limit_rule_place("upload-vendor")].burst, 1);
    assert_int_equal(rules[limit_rule_place("login-account")].requests, 100);
    assert_int_equal(limit_rule_place("nobody"), -1);
}

static void
a_rule_holds_for_classes_of_routes_and_for_paths(void **state)
{
    static const struct {
        const char *routes, *class_name, *path;
        bool holds;
    } rows[] = {
        { "login", "login", "/login", true },
        { "login", "log", "/login", false },
        { "api  upload", "upload", NULL, true },
        { "/api/v1/vendor/*", "api", "/api/v1/vendor/products", true },
        { "/api/v1/vendor/*", "api", "/api/v1/vendors", false },
        { "/api/v1/vendor/*", "api", NULL, false },
        { "search /shops/{shop}", "public", "/shops/{shop}", true },
        { "search /shops/{shop}", "public", "/shops/{shop}/products", false },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct limit_rule rule = { .routes = rows[i].routes };
        assert_int_equal(limit_rule_names(&rule, rows[i].class_name, rows[i].path), rows[i].holds);
    }
}

static void
rules_that_nobody_could_mean_are_refused(void **state)
{
    static const struct {
        struct limit_rule rule;
        const char *code;
    } rows[] = {
        { { .routes = "login", .requests = 20, .window_s = 60, .burst = 5, .strict = true }, NULL },
        { { .routes = "/api/*", .requests = 1, .window_s = 60, .burst = 1, .strict = true }, NULL },
        { { .routes = "lgin", .requests = 20, .window_s = 60, .burst = 5 }, "limit.routes" },
        { { .routes = "none", .requests = 20, .window_s = 60, .burst = 5 }, "limit.routes" },
        { { .routes = " ", .requests = 20, .window_s = 60, .burst = 5 }, "limit.routes" },
        { { .routes = "api", .requests = 20, .window_s = 60, .burst = 21 }, "limit.burst" },
        { { .routes = "api", .requests = 20, .window_s = 60, .burst = 20, .strict = true },
          "limit.burst_strict" },
    };
    struct arena *a = arena_new(1 << 16);
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err *e = limit_rule_check(a, &rows[i].rule);
        assert_int_equal(!e, !rows[i].code);
        if (e)
            assert_string_equal(e->code, rows[i].code);
    }
    arena_free(a);
}

/* ---- Promises; those over windows are in test_accuracy ---- */

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
        cmocka_unit_test(a_rule_holds_for_classes_of_routes_and_for_paths),
        cmocka_unit_test(rules_that_nobody_could_mean_are_refused),
        cmocka_unit_test(a_clock_that_was_set_back_locks_nobody_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
