/* The provider's rate and the waits after failures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above first */
#include <cmocka.h>

#include "base/clock.h"
#include "base/must.h"
#include "mail/pace.h"

#define NOW_US (INT64_C(1795530904) * SECOND_US)

/* Mails that leave in `seconds` when a sender asks for 50 whenever it may. */
static int64_t
leave_in(int64_t seconds, int64_t rate)
{
    struct relay r = { .now_us = NOW_US };
    int64_t all = 0, wait_us;
    while (r.now_us < NOW_US + seconds * SECOND_US) {
        int n = relay_allows(&r, rate, 50, &wait_us);
        r.next_us = n ? relay_next(&r, rate, n) : r.next_us;
        all += n;
        r.now_us += n ? 0 : wait_us;
        assert_true(n || wait_us > 0);
    }
    return all;
}

static void
the_rate_holds_and_is_reached(void **state)
{
    static const int64_t rates[] = { 1, 7, 55, 100, 1000, 10000 };
    (void)state;
    for (size_t i = 0; i < COUNT(rates); i++) {
        int64_t wanted = 60 * rates[i], got = leave_in(60, rates[i]);
        assert_in_range(got, wanted, wanted + 1 + rates[i] / 10);
    }
}

static void
a_quiet_day_saves_up_a_tenth_of_a_second_only(void **state)
{
    struct relay r = { .now_us = NOW_US, .next_us = NOW_US - 86400 * SECOND_US };
    int64_t wait_us;
    (void)state;
    assert_int_equal(relay_allows(&r, 100, 50, &wait_us), 10);
    assert_int_equal(relay_allows(&r, 2, 50, &wait_us), 1);
}

static void
a_server_that_is_away_is_asked_once_a_rest(void **state)
{
    struct relay r = { .now_us = NOW_US, .failures = 3, .probe_us = NOW_US + 7 };
    int64_t wait_us;
    (void)state;
    assert_int_equal(relay_allows(&r, 100, 50, &wait_us), 0);
    assert_int_equal(wait_us, 7);
    r.probe_us = NOW_US;
    assert_int_equal(relay_allows(&r, 100, 50, &wait_us), 1);
}

static void
waits_grow_up_to_their_ceilings(void **state)
{
    static const int64_t relay[] = { 5, 10, 20, 40, 60, 60 };
    static const int64_t mail[] = { 15, 60, 240, 960, 3840, 7200, 7200 };
    (void)state;
    for (size_t i = 0; i < COUNT(relay); i++)
        assert_int_equal(relay_rest_s((int)i + 1), relay[i]);
    for (size_t i = 0; i < COUNT(mail); i++)
        assert_int_equal(mail_rest_s((int)i + 1), mail[i]);
    assert_int_equal(relay_rest_s(1000000), 60);
}

static void
chance_moves_a_wait_by_a_tenth_at_most(void **state)
{
    (void)state;
    for (uint64_t chance = 0; chance < 100000; chance += 7)
        assert_in_range(with_jitter_ms(60, chance), 54000, 66000);
    assert_int_equal(with_jitter_ms(60, 0), 54000);
    assert_int_equal(with_jitter_ms(60, 12000), 66000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rate_holds_and_is_reached),
        cmocka_unit_test(a_quiet_day_saves_up_a_tenth_of_a_second_only),
        cmocka_unit_test(a_server_that_is_away_is_asked_once_a_rest),
        cmocka_unit_test(waits_grow_up_to_their_ceilings),
        cmocka_unit_test(chance_moves_a_wait_by_a_tenth_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
