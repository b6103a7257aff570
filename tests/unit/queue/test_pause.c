/* How long a job that failed waits for its next try. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above first */
#include <cmocka.h>

#include "base/must.h"
#include "queue/lease.h"

/* Between 90 % and 110 % of the seconds, whatever the dice say. */
static void
the_pause_doubles_up_to_an_hour_and_differs_by_a_tenth(void **state)
{
    static const struct {
        int attempt;
        int64_t s;
    } rows[] = {
        { 1, 2 },     { 2, 4 },     { 3, 8 },     { 10, 1024 },
        { 11, 2048 }, { 12, 3600 }, { 20, 3600 }, { 1000000, 3600 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t least = INT64_MAX, most = 0;
        for (uint64_t dice = 0; dice <= 720000; dice++) {
            int64_t ms = lease_pause_ms(rows[i].attempt, dice);
            least = ms < least ? ms : least;
            most = ms > most ? ms : most;
        }
        assert_int_equal(least, rows[i].s * 900);
        assert_int_equal(most, rows[i].s * 1100);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_pause_doubles_up_to_an_hour_and_differs_by_a_tenth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
