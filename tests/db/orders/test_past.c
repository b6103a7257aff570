/* Past orders of a shop that moves in: their sums are the old books', once however often. */
#include "dbtest.h"

#include "base/text.h"
#include "orders/orders.h"

#define AT INT64_C(1291191960000000) /* 2010-12-01 08:26 */

static struct money
gbp(int64_t minor)
{
    return (struct money){ minor, CUR_GBP };
}

static int64_t
number_of(struct dbtest *t, struct vendor_id v, const char *what)
{
    return dbtest_number(t, "SELECT %s FROM orders WHERE vendor_id = %lld", what, (long long)v.n);
}

static void
put(struct dbtest *t, const struct order_past *orders, size_t n, enum order_past_outcome *out)
{
    tx_open(&t->w, TX_WRITE);
    assert_no_err(orders_put_many(&t->w, orders, n, out));
    assert_no_err(tx_commit(&t->w));
}

static void
sales_and_credits_sum_to_what_the_books_say(void **state)
{
    struct dbtest *t = *state;
    const struct order_past_line hearts[] = {
        { "85123A", "WHITE HANGING HEART", 6, gbp(255), gbp(1530) },
        { "POST", "POSTAGE", 1, gbp(1800), gbp(1800) },
        { "22423", "", 3, gbp(0), gbp(0) },
    };
    const struct order_past_line back = { "85123A", "WHITE HANGING HEART", -2, gbp(255),
                                          gbp(-510) };
    const struct order_past orders[] = {
        { .number = "536365",
          .state = ORDER_COMPLETED,
          .placed_us = AT,
          .customer = "17850",
          .country = "United Kingdom",
          .currency = CUR_GBP,
          .lines = hearts,
          .line_count = 3 },
        { .number = "C536379",
          .state = ORDER_REFUNDED,
          .placed_us = AT + INT64_C(86400000000),
          .customer = "17850",
          .currency = CUR_GBP,
          .lines = &back,
          .line_count = 1 },
        { .number = "536414",
          .state = ORDER_COMPLETED,
          .placed_us = AT,
          .currency = CUR_GBP,
          .lines = hearts,
          .line_count = 1 },
    };
    enum order_past_outcome out[3];
    t->w.vendor = dbtest_vendor(t, "books");
    put(t, orders, 3, out);
    for (int i = 0; i < 3; i++)
        assert_int_equal(out[i], ORDER_PAST_ADDED);
    assert_int_equal(number_of(t, t->w.vendor, "sum(total_minor)"), 3330 - 510 + 1530);
    assert_int_equal(number_of(t, t->w.vendor, "count(DISTINCT customer_id)"), 1);
    assert_int_equal(dbtest_number(t, "SELECT orders FROM customer WHERE external = '17850'"), 2);
    assert_int_equal(dbtest_number(t,
                                   "SELECT completed * 10 + refunded FROM order_counter "
                                   " WHERE vendor_id = %lld",
                                   (long long)t->w.vendor.n),
                     21);
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM job WHERE kind = 'mail_send'"), 0);
}

static void
a_second_import_changes_nothing_and_says_what_differs(void **state)
{
    struct dbtest *t = *state;
    struct order_past_line line = { "A", "An \xd9\x83\xd8\xaa\xd8\xa7\xd8\xa8", 1, gbp(100),
                                    gbp(100) };
    struct order_past o = { .number = "1",
                            .state = ORDER_COMPLETED,
                            .placed_us = AT,
                            .email = "anna@example.org",
                            .name = "Anna",
                            .currency = CUR_GBP,
                            .lines = &line,
                            .line_count = 1 };
    const struct order_past twice[] = { o, o };
    enum order_past_outcome out[2];
    t->w.vendor = dbtest_vendor(t, "again");
    put(t, twice, 2, out);
    assert_int_equal(out[0], ORDER_PAST_ADDED);
    assert_int_equal(out[1], ORDER_PAST_SAME);
    put(t, &o, 1, out);
    assert_int_equal(out[0], ORDER_PAST_SAME);
    line.total = gbp(99);
    put(t, &o, 1, out);
    assert_int_equal(out[0], ORDER_PAST_DIFFERS);
    assert_int_equal(number_of(t, t->w.vendor, "sum(total_minor)"), 100);
    assert_int_equal(number_of(t, t->w.vendor, "count(*)"), 1);
}

static void
an_amount_that_no_order_can_have_is_refused(void **state)
{
    struct dbtest *t = *state;
    const struct order_past_line line = { "A", "", 1, gbp(INT64_MAX), gbp(INT64_MAX) };
    const struct order_past o = { .number = "1",
                                  .state = ORDER_COMPLETED,
                                  .placed_us = AT,
                                  .currency = CUR_GBP,
                                  .lines = &line,
                                  .line_count = 1 };
    enum order_past_outcome out[1];
    t->w.vendor = dbtest_vendor(t, "huge");
    tx_open(&t->w, TX_WRITE);
    assert_err(orders_put_many(&t->w, &o, 1, out), ERR_INVALID, "order.past_too_large");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        DBTEST(sales_and_credits_sum_to_what_the_books_say),
        DBTEST(a_second_import_changes_nothing_and_says_what_differs),
        DBTEST(an_amount_that_no_order_can_have_is_refused),
    };
    return cmocka_run_group_tests(tests, dbtest_start, dbtest_stop);
}
