/* What a limit lets in, and what it says of itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above first */
#include <cmocka.h>

#include "base/must.h"
#include "entitle/limit.h"

static void
addons_add_to_a_tiers_limit_and_nothing_to_unlimited(void **state)
{
    (void)state;
    assert_int_equal(limit_sum(100, 25, 3), 175);
    assert_int_equal(limit_sum(limit_sum(0, 10, 1), 5, 2), 20);
    assert_int_equal(limit_sum(100, 25, 0), 100);
    assert_int_equal(limit_sum(LIMIT_NONE, 25, 3), LIMIT_NONE);
    assert_int_equal(limit_sum(INT64_MAX - 1, INT64_MAX, INT64_MAX), INT64_MAX);
}

static void
grace_is_rounded_down(void **state)
{
    (void)state;
    assert_int_equal(limit_cap(100, 0), 100);
    assert_int_equal(limit_cap(19, 1000), 20);
    assert_int_equal(limit_cap(9, 1000), 9);
    assert_int_equal(limit_cap(3333, 3), 3333); /* 0.9999 */
    assert_int_equal(limit_cap(0, 10000), 0);
    assert_int_equal(limit_cap(LIMIT_NONE, 1000), LIMIT_NONE);
    assert_int_equal(limit_cap(INT64_MAX, 1000), INT64_MAX);
}

static void
a_level_begins_at_its_very_piece(void **state)
{
    static const struct {
        int64_t used, limit;
        enum limit_level level;
    } rows[] = {
        { 0, 10, LIMIT_OK },
        { 7, 10, LIMIT_OK },
        { 8, 10, LIMIT_WARN },
        { 9, 10, LIMIT_WARN },
        { 10, 10, LIMIT_FULL },
        { 11, 10, LIMIT_OVER },
        { 2, 3, LIMIT_OK }, /* 66 % */
        { 5, 6, LIMIT_WARN },
        { 0, 0, LIMIT_FULL },
        { 1, 0, LIMIT_OVER },
        { INT64_MAX, LIMIT_NONE, LIMIT_OK },
        { INT64_MAX - 1, INT64_MAX, LIMIT_WARN },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(limit_level_of(rows[i].used, rows[i].limit), rows[i].level);
}

/* Each row is a refusal, or none, that a vendor could ask us to explain. */
static void
only_adding_beyond_the_cap_is_refused(void **state)
{
    static const struct {
        int64_t used, delta, limit;
        int grace_bp;
        bool allowed;
        enum limit_level level;
        int64_t remaining;
    } rows[] = {
        { 8, 1, 10, 0, true, LIMIT_WARN, 1 },
        { 9, 1, 10, 0, true, LIMIT_FULL, 0 },
        { 10, 1, 10, 0, false, LIMIT_FULL, 0 },
        { 3, 8, 10, 0, false, LIMIT_OK, 7 },
        { 9, 2, 10, 0, false, LIMIT_OK, 1 }, /* at 90 %: what was refused warns of nothing */
        { 0, 1, 0, 0, false, LIMIT_FULL, 0 },
        { 12, -1, 10, 0, true, LIMIT_OVER, 0 }, /* removing, also above the limit */
        { 12, -2, 10, 0, true, LIMIT_FULL, 0 },
        { 12, -9, 10, 0, true, LIMIT_OK, 7 },
        { 12, 0, 10, 0, true, LIMIT_OVER, 0 }, /* nothing is added: nothing to refuse */
        { 10, 1, 10, 1000, true, LIMIT_OVER, 0 },
        { 11, 1, 10, 1000, false, LIMIT_OVER, 0 },
        { 9, 1, 9, 1000, false, LIMIT_FULL, 0 }, /* a tenth of 9 is no piece */
        { 99, 1, 100, 1000, true, LIMIT_FULL, 10 },
        { 50, 61, 100, 1000, false, LIMIT_OK, 60 },
        { 120, -5, 100, 1000, true, LIMIT_OVER, 0 },
        { 1, 1, LIMIT_NONE, 1000, true, LIMIT_OK, LIMIT_NONE },
        { 1, INT64_MAX, LIMIT_NONE, 0, true, LIMIT_OK, LIMIT_NONE },
        { 1, INT64_MAX, 10, 0, false, LIMIT_OK, 9 }, /* the sum does not fit */
        { 0, -1000, INT64_MAX, 1000, true, LIMIT_OK, INT64_MAX },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct limit_answer answer =
            limit_ask(rows[i].used, rows[i].delta, rows[i].limit, rows[i].grace_bp);
        assert_int_equal(answer.allowed, rows[i].allowed);
        assert_int_equal(answer.level, rows[i].level);
        assert_int_equal(answer.remaining, rows[i].remaining);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addons_add_to_a_tiers_limit_and_nothing_to_unlimited),
        cmocka_unit_test(grace_is_rounded_down),
        cmocka_unit_test(a_level_begins_at_its_very_piece),
        cmocka_unit_test(only_adding_beyond_the_cap_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
