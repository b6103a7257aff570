#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/must.h"
#include "files.h"
#include "shown.h"

static struct arena *
begin(void)
{
    return arena_new((size_t)256 << 20);
}

static struct past_orders *
opened(struct arena *a, int fd, enum currency cur)
{
    struct import_settings s = { .currency = cur, .language = "en", .spool = spool_folder() };
    struct import_plan plan;
    struct past_orders *r;
    assert_null(plan_propose(a, fd, &plan));
    assert_int_equal(plan.shape.dialect, DIALECT_ORDERS);
    assert_null(past_orders_open(a, fd, &plan, &s, &r));
    return r;
}

static const char *
order_shown(struct arena *a, const struct past_order *o)
{
    static const char *const kinds[] = { "", "sale", "cancelled", "adjustment" };
    static const char *const lines[] = { "", "", "shipping ", "discount ", "manual ", "fee " };
    struct buf b = buf_new(a, 300);
    buf_printf(&b, "%s %s %s %s %s", o->name, kinds[o->kind],
               o->at_us ? clock_rfc3339(a, o->at_us) : "-", o->customer ? o->customer : "nobody",
               o->country);
    for (size_t i = 0; i < o->line_count; i++)
        buf_printf(&b, " [%s%s %d x %s = %d]", lines[o->lines[i].kind], o->lines[i].sku,
                   (int)o->lines[i].quantity, money_decimal(a, o->lines[i].unit_price),
                   (int)o->lines[i].total.minor);
    buf_printf(&b, " = %d%s\n", (int)o->total.minor, findings_shown(a, &o->findings));
    return b.at;
}

static void
expect(const char *file, const char *orders)
{
    struct arena *a = begin();
    struct past_orders *r = opened(a, file_of_text(a, file), CUR_GBP);
    struct past_order *o;
    struct buf b = buf_new(a, 1000);
    while (!past_orders_next(r, a, &o) && o)
        buf_text(&b, order_shown(a, o));
    assert_string_equal(b.at, orders);
    arena_free(a);
}

#define HEADER "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"

static void
lines_of_an_order_may_stand_apart(void **state)
{
    (void)state;
    expect(HEADER "1,A,Cup,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\n"
                  "2,K,Mug,1,2010-12-01 08:28:00,1.85,,France\n"
                  "1,POST,POSTAGE,1,2010-12-01 08:25:00,18.0,17850.0,United Kingdom\n",
           "1 sale 2010-12-01T08:25:00Z 17850 United Kingdom [A 6 x 2.55 = 1530]"
           " [shipping POST 1 x 18.00 = 1800] = 3330\n"
           "2 sale 2010-12-01T08:28:00Z nobody France [K 1 x 1.85 = 185] = 185\n");
}

static void
cancellations_reduce_and_losses_are_no_orders(void **state)
{
    (void)state;
    expect(HEADER "C3,A,Cup,-1,2010-12-01 09:41:00,27.5,14527.0,UK\n"
                  "C3,D,Discount,-1,2010-12-01 09:41:00,5,14527.0,UK\n"
                  "4,A,damaged,-20,2010-12-01 10:00:00,0.0,,UK\n"
                  "5,A,Cup,3,2010-12-01 11:00:00,0.0,,UK\n"
                  "6,m,Manual,1,1.12.2010 12:00,0.001,,UK\n",
           "C3 cancelled 2010-12-01T09:41:00Z 14527 UK [A -1 x 27.50 = -2750]"
           " [discount D -1 x 5.00 = -500] = -3250\n"
           "4 adjustment 2010-12-01T10:00:00Z nobody UK [A -20 x 0.00 = 0] = 0\n"
           "5 sale 2010-12-01T11:00:00Z nobody UK [A 3 x 0.00 = 0] = 0\n"
           "6 sale 2010-12-01T12:00:00Z nobody UK [manual m 1 x 0.00 = 0] = 0"
           " ~import.order_rounded@6/6 \"0.001\"\n");
}

static void
a_sku_of_one_letter_is_goods_elsewhere(void **state)
{
    (void)state;
    expect("Order number,SKU,Quantity,Unit price,Order date,Email\n"
           "A-1,M,2,\"1,50\",2024-03-01T10:00:00+01:00,a@x.example\n"
           "A-1,Versand,1,\"4,90\",2024-03-01T10:00:00+01:00,a@x.example\n",
           "A-1 sale 2024-03-01T09:00:00Z nobody  [M 2 x 1.50 = 300]"
           " [shipping Versand 1 x 4.90 = 490] = 790\n");
}

static void
what_cannot_be_read_refuses_the_order(void **state)
{
    (void)state;
    expect(HEADER "1,A,Cup,some,yesterday,\"1,234\",1,UK\n"
                  "2,,Cup,0,12/1/2010 8:00,$5,1,UK\n"
                  "2,K,Mug,1,12/13/2010 8:00,2,2,UK\n"
                  ",K,Mug,1,2010-12-01,2,2,UK\n",
           "1 sale - 1 UK [A 0 x 0.00 = 0] = 0 !import.quantity_format@2/4 \"some\""
           " !import.price_ambiguous@2/6 \"1,234\" (GBP) !import.time_format@2/5 \"yesterday\"\n"
           "2 sale 2010-12-13T08:00:00Z 1 UK [ 0 x 0.00 = 0] [K 1 x 2.00 = 200] = 200"
           " !import.row_no_key@3/2 !import.quantity_format@3/4 \"0\""
           " !import.currency@3/6 \"$5\" (GBP) !import.time_ambiguous@3/5 \"12/1/2010 8:00\""
           " ~import.order_rows_differ@4/7 \"2\" (1)\n"
           " sale 2010-12-01T00:00:00Z 2 UK [K 1 x 2.00 = 200] = 200 !import.row_no_key@5/1\n");
}

static void
shared_months_agree_with_their_files_to_the_cent(void **state)
{
    static const struct {
        const char *path;
        int orders;
        int64_t total;
    } rows[] = {
        { "orders/online-retail-2010-12.csv.gz", 2025, 74895702 },
        { "orders/online-retail-2011-01.csv.gz", 1476, 56000026 },
        { "orders/online-retail-2011-02.csv.gz", 1393, 49806265 },
        { "orders/online-retail-2011-03.csv.gz", 1983, 68326708 },
        { "orders/online-retail-2011-04.csv.gz", 1744, 49320712 },
        { "orders/online-retail-2011-05.csv.gz", 2162, 72333351 },
        { "orders/online-retail-2011-06.csv.gz", 2012, 69112312 },
        { "orders/online-retail-2011-07.csv.gz", 1927, 68130011 },
    };
    int cancelled = 0, adjusted = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *a = begin(), *round = begin();
        int fd = shared_file(a, rows[i].path);
        if (fd < 0)
            skip();
        struct past_orders *r = opened(a, fd, CUR_GBP);
        struct past_order *o;
        int64_t total = 0;
        int orders = 0;
        while (!past_orders_next(r, round, &o) && o) {
            orders++;
            total += o->total.minor;
            cancelled += o->kind == PAST_CANCELLATION;
            adjusted += o->kind == PAST_ADJUSTMENT;
            if (o->refused)
                fail_msg("%s", order_shown(a, o));
            arena_reset(round);
        }
        assert_int_equal(orders, rows[i].orders);
        assert_int_equal(total, rows[i].total);
        arena_free(round);
        arena_free(a);
    }
    assert_int_equal(cancelled, 2276);
    assert_true(adjusted > 800);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_an_order_may_stand_apart),
        cmocka_unit_test(cancellations_reduce_and_losses_are_no_orders),
        cmocka_unit_test(a_sku_of_one_letter_is_goods_elsewhere),
        cmocka_unit_test(what_cannot_be_read_refuses_the_order),
        cmocka_unit_test(shared_months_agree_with_their_files_to_the_cent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
