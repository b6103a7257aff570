/* When an event is told again, and when an endpoint is left alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above first */
#include <cmocka.h>

#include "base/must.h"
#include "hooks/pace.h"

static void
fifteen_tries_take_three_days_with_growing_rests(void **state)
{
    int64_t sum = 0, before = 0;
    (void)state;
    for (int i = 1; i < HOOK_TRIES; i++) {
        int64_t rest = hook_rest_s(i);
        assert_true(rest > before);
        before = rest;
        sum += rest;
    }
    assert_int_equal(hook_rest_s(1), 10);
    assert_int_equal(hook_rest_s(HOOK_TRIES), -1);
    assert_int_equal(hook_rest_s(HOOK_TRIES + 5), -1);
    assert_true(sum > 70 * 3600 && sum <= 72 * 3600);
    assert_true(HOOK_GIVE_UP_S > sum);
}

static void
an_endpoint_is_left_alone_once_it_failed_several_times_in_a_row(void **state)
{
    static const struct {
        int failures;
        int64_t rest_s;
    } rows[] = { { 0, 0 },  { 1, 0 },   { 4, 0 },    { 5, 15 },   { 6, 30 },
                 { 7, 60 }, { 8, 120 }, { 10, 480 }, { 11, 900 }, { 1000000, 900 } };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(endpoint_rest_s(rows[i].failures), rows[i].rest_s);
}

static void
a_rest_is_a_tenth_more_or_less(void **state)
{
    (void)state;
    assert_int_equal(hook_jitter_ms(10, 0), 9000);
    assert_int_equal(hook_jitter_ms(10, 2000), 11000);
    for (uint64_t chance = 0; chance < 100000; chance += 997) {
        int64_t ms = hook_jitter_ms(60, chance);
        assert_true(ms >= 54000 && ms <= 66000);
    }
}

static void
only_2xx_is_taken_and_410_wants_nothing_more(void **state)
{
    (void)state;
    assert_int_equal(hook_judge(200, 1), HOOK_TAKEN);
    assert_int_equal(hook_judge(204, 1), HOOK_TAKEN);
    assert_int_equal(hook_judge(200, 0), HOOK_PUT_OFF); /* broken off */
    assert_int_equal(hook_judge(0, 0), HOOK_PUT_OFF);
    assert_int_equal(hook_judge(302, 0), HOOK_PUT_OFF);
    assert_int_equal(hook_judge(404, 0), HOOK_PUT_OFF);
    assert_int_equal(hook_judge(500, 0), HOOK_PUT_OFF);
    assert_int_equal(hook_judge(410, 0), HOOK_GONE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fifteen_tries_take_three_days_with_growing_rests),
        cmocka_unit_test(an_endpoint_is_left_alone_once_it_failed_several_times_in_a_row),
        cmocka_unit_test(a_rest_is_a_tenth_more_or_less),
        cmocka_unit_test(only_2xx_is_taken_and_410_wants_nothing_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
