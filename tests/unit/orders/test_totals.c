/* What an order costs. Each row is an order that a vendor could ask us to explain. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/must.h"
#include "orders/totals.h"

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

static struct money
eur(int64_t minor)
{
    return (struct money){ minor, CUR_EUR };
}

static void
taxes_are_rounded_once_a_rate(void **state)
{
    static const struct {
        int64_t quantity, price, bp, quantity2, price2, bp2, shipping, discount;
        bool with_tax;
        int64_t items, tax, total;
    } rows[] = {
        { 3, 999, 1700, 1, 1, 1700, 0, 0, true, 2998, 436, 2998 },  /* 2998 × 17 / 117 = 435.6 */
        { 3, 999, 1700, 1, 1, 1700, 0, 0, false, 2998, 510, 3508 }, /* 509.66 */
        { 1, 1000, 1700, 1, 1000, 300, 500, 0, true, 2000, 218, 2500 }, /* 181.62 + 36.41 */
        { 1, 1000, 1700, 1, 1000, 300, 0, 501, true, 2000, 131,
          1499 }, /* half of 501: 251 and 250 */
        { 1, 0, 1700, 1, 0, 300, 590, 0, true, 0, 86,
          590 }, /* free goods: all at the highest rate */
        { 2, 4999, 0, 1, 1, 0, 0, 9999, true, 9999, 0, 0 }, /* all of it off */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct order_priced lines[] = {
            { rows[i].quantity, eur(rows[i].price), (int)rows[i].bp },
            { rows[i].quantity2, eur(rows[i].price2), (int)rows[i].bp2 },
        };
        struct order_sums s;
        assert_null(order_totals(*state, lines, 2, rows[i].with_tax, eur(rows[i].shipping),
                                 eur(rows[i].discount), &s));
        assert_int_equal(s.items.minor, rows[i].items);
        assert_int_equal(s.tax.minor, rows[i].tax);
        assert_int_equal(s.total.minor, rows[i].total);
    }
}

static void
what_no_order_can_cost_is_refused(void **state)
{
    const struct order_priced dear = { 2, eur(ORDER_MOST), 0 }, huge = { INT64_MAX, eur(2), 0 },
                              plain = { 1, eur(100), 0 };
    struct order_sums s;
    assert_string_equal(order_totals(*state, &dear, 1, true, eur(0), eur(0), &s)->code,
                        "order.too_large");
    assert_string_equal(order_totals(*state, &huge, 1, true, eur(0), eur(0), &s)->code,
                        "order.too_large");
    assert_string_equal(order_totals(*state, &plain, 1, true, eur(5), eur(106), &s)->code,
                        "order.discount");
}

/* Any order at all, from a small generator with a fixed seed. */
static uint64_t
draw(uint64_t *seed, uint64_t below)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (*seed >> 33) % below;
}

static void
check_sums(const struct order_sums *s, bool with_tax)
{
    int64_t bases = 0, taxes = 0;
    for (size_t i = 0; i < s->tax_count; i++) {
        assert_true(s->taxes[i].base.minor >= 0 && s->taxes[i].tax.minor >= 0);
        assert_true(!i || s->taxes[i].bp > s->taxes[i - 1].bp);
        bases += s->taxes[i].base.minor;
        taxes += s->taxes[i].tax.minor;
    }
    int64_t goods = s->items.minor + s->shipping.minor - s->discount.minor;
    assert_int_equal(taxes, s->tax.minor);
    assert_int_equal(bases + taxes, s->total.minor);
    assert_int_equal(s->total.minor, with_tax ? goods : goods + taxes);
}

static void
lines_shipping_discount_and_taxes_sum_to_the_total_whatever_they_are(void **state)
{
    static const int rates[] = { 0, 300, 810, 1400, 1700, 2000, 10000 };
    uint64_t seed = 20261126;
    for (int round = 0; round < 20000; round++) {
        struct order_priced lines[12];
        size_t n = 1 + draw(&seed, COUNT(lines));
        int64_t items = 0;
        for (size_t i = 0; i < n; i++) {
            lines[i] = (struct order_priced){ 1 + (int64_t)draw(&seed, 9),
                                              eur((int64_t)draw(&seed, round % 3 ? 20000 : 3)),
                                              rates[draw(&seed, COUNT(rates))] };
            items += lines[i].quantity * lines[i].price.minor;
        }
        int64_t shipping = (int64_t)draw(&seed, 1500);
        int64_t discount = (int64_t)draw(&seed, (uint64_t)(items + shipping + 1));
        bool with_tax = draw(&seed, 2);
        struct order_sums s;
        assert_null(order_totals(*state, lines, n, with_tax, eur(shipping), eur(discount), &s));
        assert_int_equal(s.items.minor, items);
        check_sums(&s, with_tax);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(taxes_are_rounded_once_a_rate, begin, end),
        cmocka_unit_test_setup_teardown(what_no_order_can_cost_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(
            lines_shipping_discount_and_taxes_sum_to_the_total_whatever_they_are, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
