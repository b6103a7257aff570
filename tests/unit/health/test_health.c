/* Thresholds, and what /proc says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "health/health.h"

static int
make_arena(void **state)
{
    *state = arena_new((size_t)1 << 20);
    return 0;
}

static int
end_arena(void **state)
{
    arena_free(*state);
    return 0;
}

/* Each row is a state an operator would expect to see. */
static void
a_reading_is_judged_by_its_share_of_the_limit_or_by_itself(void **state)
{
    static const struct {
        enum health_name name;
        double value, limit;
        enum health_state expect;
    } rows[] = {
        { FIG_CPU, 69.9, 100, HEALTH_OK },
        { FIG_CPU, 70, 100, HEALTH_WARNING },
        { FIG_CPU, 85, 100, HEALTH_CRITICAL },
        { FIG_MEMORY, 7.4e9, 10e9, HEALTH_OK },
        { FIG_MEMORY, 7.5e9, 10e9, HEALTH_WARNING },
        { FIG_MEMORY, 9.0e9, 10e9, HEALTH_CRITICAL },
        { FIG_CONNECTIONS, 95, 100, HEALTH_CRITICAL },
        { FIG_PRODUCTS, 399999, 0, HEALTH_OK },
        { FIG_PRODUCTS, 400000, 0, HEALTH_WARNING },
        { FIG_PRODUCTS, 475000, 0, HEALTH_CRITICAL },
        { FIG_DATABASE, 20e9, 0, HEALTH_WARNING },
        { FIG_VENDORS, 1e9, 0, HEALTH_OK }, /* no threshold */
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct health_reading r = { .figure = &health_figures[rows[i].name],
                                    .known = true,
                                    .value = rows[i].value,
                                    .limit = rows[i].limit };
        health_judge(&r);
        assert_int_equal(r.state, rows[i].expect);
    }
}

static void
a_reading_that_is_not_known_is_unknown_and_not_ok(void **state)
{
    struct health_reading r = { .figure = &health_figures[FIG_CPU] };
    (void)state;
    health_judge(&r);
    assert_int_equal(r.state, HEALTH_UNKNOWN);
}

static void
processor_time_is_what_was_not_idle_and_not_waiting(void **state)
{
    struct host_sample s = { 0 };
    assert_null(host_read_stat(*state, "cpu  100 5 50 800 40 2 3 0 0 0\ncpu0 …", &s));
    assert_int_equal(s.cpu_busy, 160);
    assert_int_equal(s.cpu_all, 1000);
}

static void
memory_in_use_is_all_that_is_not_available(void **state)
{
    struct host_sample s = { 0 };
    assert_null(host_read_meminfo(
        *state, "MemTotal:       1000 kB\nMemFree:  10 kB\nMemAvailable:    400 kB\n", &s));
    assert_int_equal(s.memory_total, 1000 * 1024);
    assert_int_equal(s.memory_used, 600 * 1024);
}

static void
a_source_that_lies_is_an_error_and_not_a_zero(void **state)
{
    struct host_sample s = { 0 };
    assert_non_null(host_read_stat(*state, "", &s));
    assert_non_null(host_read_stat(*state, "cpu none", &s));
    assert_non_null(host_read_meminfo(*state, "MemTotal: 0 kB\nMemAvailable: 0 kB\n", &s));
    assert_non_null(host_read_meminfo(*state, "MemTotal: 5 kB\n", &s));
    assert_non_null(host_sample_now(*state, "/no/such/folder", &s));
}

static void
this_host_has_memory_and_a_disk(void **state)
{
    struct host_sample s;
    assert_null(host_sample_now(*state, "/", &s));
    assert_true(s.memory_used > 0 && s.memory_used <= s.memory_total);
    assert_true(s.disk_used > 0 && s.disk_used <= s.disk_total);
    assert_true(s.cpu_busy > 0 && s.cpu_busy <= s.cpu_all);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reading_is_judged_by_its_share_of_the_limit_or_by_itself),
        cmocka_unit_test(a_reading_that_is_not_known_is_unknown_and_not_ok),
        cmocka_unit_test_setup_teardown(processor_time_is_what_was_not_idle_and_not_waiting,
                                        make_arena, end_arena),
        cmocka_unit_test_setup_teardown(memory_in_use_is_all_that_is_not_available, make_arena,
                                        end_arena),
        cmocka_unit_test_setup_teardown(a_source_that_lies_is_an_error_and_not_a_zero, make_arena,
                                        end_arena),
        cmocka_unit_test_setup_teardown(this_host_has_memory_and_a_disk, make_arena, end_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
