/* Which step follows which, and what is said of those that do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/must.h"
#include "orders/state.h"

static int
begin(void **state)
{
    *state = arena_new(1 << 20);
    return 0;
}

static int
end(void **state)
{
    arena_free(*state);
    return 0;
}

static void
every_state_says_what_may_follow(void **state)
{
    static const struct {
        enum order_state from;
        const char *acts, *next;
    } rows[] = {
        { ORDER_PENDING, "pay cancel", "pay" },
        { ORDER_PAID, "ship refund", "ship" },
        { ORDER_FULFILLED, "complete refund", "complete" },
        { ORDER_COMPLETED, "refund", NULL },
        { ORDER_CANCELLED, "", NULL },
        { ORDER_REFUNDED, "", NULL },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct order_step *next = order_step_next(rows[i].from);
        assert_string_equal(order_steps_from(*state, rows[i].from), rows[i].acts);
        assert_int_equal(next == NULL, rows[i].next == NULL);
        if (next)
            assert_string_equal(next->act, rows[i].next);
    }
}

static void
a_step_that_does_not_follow_is_refused_with_those_that_do(void **state)
{
    static const struct {
        enum order_state from;
        const char *act, *code, *allowed;
    } rows[] = {
        { ORDER_PAID, "cancel", "order.refund_instead", "ship refund" },
        { ORDER_COMPLETED, "cancel", "order.refund_instead", "refund" },
        { ORDER_PENDING, "refund", "order.cancel_instead", "pay cancel" },
        { ORDER_PENDING, "ship", "order.unpaid", "pay cancel" },
        { ORDER_PAID, "complete", "order.unsent", "ship refund" },
        { ORDER_PAID, "pay", "order.step", "ship refund" },
        { ORDER_CANCELLED, "pay", "order.over", "" },
        { ORDER_REFUNDED, "refund", "order.over", "" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_null(order_step_find(rows[i].from, rows[i].act));
        struct err *e = order_step_refused(*state, rows[i].from, rows[i].act);
        assert_int_equal(e->kind, ERR_CONFLICT);
        assert_string_equal(e->code, rows[i].code);
        assert_string_equal(e->allowed, rows[i].allowed);
    }
    assert_int_equal(order_step_refused(*state, ORDER_PAID, "lose")->kind, ERR_INVALID);
}

/* Whatever the way, no order comes back from where it ended, and each can end. */
static void
every_way_ends(void **state)
{
    (void)state;
    for (int from = 0; from < ORDER_STATES; from++) {
        enum order_state at = (enum order_state)from;
        int steps = 0;
        for (const struct order_step *s; (s = order_step_next(at)); at = s->to)
            assert_true(++steps <= ORDER_STATES);
    }
    for (size_t i = 0; i < order_step_count; i++)
        assert_true(order_steps[i].to > order_steps[i].from);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_state_says_what_may_follow, begin, end),
        cmocka_unit_test_setup_teardown(a_step_that_does_not_follow_is_refused_with_those_that_do,
                                        begin, end),
        cmocka_unit_test(every_way_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
