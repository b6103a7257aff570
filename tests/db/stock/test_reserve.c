/* What orders take, give back, send and get back. */
#include "shop.h"

#include "base/text.h"

static const struct order_id ORDER = { 71 };

static struct err *
reserve(struct dbtest *t, const struct stock_line *lines, size_t n, struct stock_held *held)
{
    return stock_reserve(&t->w, ORDER, lines, n, 0, held);
}

static void
lines_are_laid_along_warehouses_and_bins_in_the_order_of_the_shop(void **state)
{
    struct dbtest *t = *state;
    struct vendor_id shop = shop_open(t, "laid");
    struct warehouse_id first = shop_warehouse(t, shop, "first"),
                        second = shop_warehouse(t, shop, "second");
    struct variant_id v = shop_variant(t, shop, "L1");
    shop_count(t, v, second, "", 10);
    shop_count(t, v, first, "B", 2);
    shop_count(t, v, first, "A", 2);

    struct stock_held held[2];
    const struct stock_line lines[] = { { 1, v, 3 }, { 2, v, 4 } };
    tx_open(&t->w, TX_WRITE);
    assert_no_err(reserve(t, lines, 2, held));
    assert_no_err(tx_commit(&t->w));
    assert_int_equal(held[0].reserved, 3);
    assert_int_equal(held[1].reserved, 4);
    assert_string_equal(held[0].sku, "L1");
    assert_string_equal(
        dbtest_sql(t,
                   "SELECT string_agg(line || ':' || code || bin || quantity, ' ' ORDER BY r.id)"
                   " FROM reservation r JOIN warehouse w ON w.id = r.warehouse_id"
                   " WHERE order_id = 71 AND r.vendor_id = %lld",
                   (long long)shop.n),
        "1:firstA2 1:firstB1 2:firstB1 2:second3");
    assert_proven(t);
}

static void
all_lines_are_reserved_or_none(void **state)
{
    struct dbtest *t = *state;
    struct vendor_id shop = shop_open(t, "none");
    struct warehouse_id h = shop_warehouse(t, shop, "w");
    struct variant_id enough = shop_variant(t, shop, "N1"), few = shop_variant(t, shop, "N2"),
                      gone = shop_variant(t, shop, "N3");
    shop_count(t, enough, h, "", 100);
    shop_count(t, few, h, "", 5);
    shop_count(t, gone, h, "", 0);

    struct stock_held held[4];
    const struct stock_line lines[] = {
        { 1, enough, 1 }, { 2, few, 3 }, { 3, few, 3 }, { 4, gone, 1 }
    };
    tx_open(&t->w, TX_WRITE);
    struct err *e = reserve(t, lines, 4, held);
    assert_err(e, ERR_CONFLICT, "stock.short");
    assert_string_equal(e->field, "lines.1");
    assert_string_equal(e->about, "N2");
    assert_int_equal(e->used, 6);
    assert_int_equal(e->limit, 5);
    assert_non_null(e->next);
    assert_string_equal(e->next->field, "lines.3");
    assert_int_equal(e->next->limit, 0);
    assert_null(e->next->next);
    assert_no_err(tx_commit(&t->w)); /* the transaction may go on */
    assert_int_equal(shop_reserved(t, enough), 0);
    assert_proven(t);
}

static void
what_is_not_tracked_is_always_there(void **state)
{
    struct dbtest *t = *state;
    struct vendor_id shop = shop_open(t, "untracked");
    struct stock_held held;
    const struct stock_line line = { 1, shop_variant(t, shop, "U1"), 1000 };
    tx_open(&t->w, TX_WRITE);
    assert_no_err(reserve(t, &line, 1, &held));
    assert_no_err(tx_commit(&t->w));
    assert_false(held.tracked);
    assert_int_equal(held.reserved + held.backordered, 0);
}

static void
a_variant_of_another_shop_is_none(void **state)
{
    struct dbtest *t = *state;
    struct variant_id theirs = shop_variant(t, shop_open(t, "theirs"), "T1");
    struct stock_held held;
    const struct stock_line line = { 1, theirs, 1 };
    shop_open(t, "ours");
    tx_open(&t->w, TX_WRITE);
    assert_err(reserve(t, &line, 1, &held), ERR_NOT_FOUND, "stock.variant");
}

static void
what_may_be_sold_beyond_what_is_there_says_how_much_that_is_and_ships_when_it_came(void **state)
{
    struct dbtest *t = *state;
    struct vendor_id shop = shop_open(t, "beyond");
    struct warehouse_id h = shop_warehouse(t, shop, "w");
    struct variant_id v = shop_variant(t, shop, "B1");
    const struct stock_line line = { 1, v, 5 };
    struct stock_held held;
    shop_count(t, v, h, "", 2);
    dbtest_sql(t, "UPDATE product_variant SET backorder = true WHERE id = %lld", (long long)v.n);

    tx_open(&t->w, TX_WRITE);
    assert_no_err(reserve(t, &line, 1, &held));
    assert_no_err(tx_commit(&t->w));
    assert_int_equal(held.reserved, 2);
    assert_int_equal(held.backordered, 3);

    tx_open(&t->w, TX_WRITE);
    assert_err(stock_ship(&t->w, ORDER, &line, 1), ERR_CONFLICT, "stock.short");
    tx_rollback(&t->w);
    shop_count(t, v, h, "", 6);
    tx_open(&t->w, TX_WRITE);
    assert_no_err(stock_ship(&t->w, ORDER, &line, 1));
    assert_no_err(tx_commit(&t->w));
    assert_int_equal(shop_on_hand(t, v), 1);
    assert_int_equal(shop_reserved(t, v), 0);
    assert_proven(t);
}

static void
an_order_is_shipped_in_parts_and_what_comes_back_lies_where_it_lay(void **state)
{
    struct dbtest *t = *state;
    struct vendor_id shop = shop_open(t, "parts");
    struct warehouse_id h = shop_warehouse(t, shop, "w");
    struct variant_id v = shop_variant(t, shop, "P1");
    const struct stock_line all = { 1, v, 5 }, some = { 1, v, 3 };
    struct stock_held held;
    shop_count(t, v, h, "X9", 8);
    tx_open(&t->w, TX_WRITE);
    assert_no_err(reserve(t, &all, 1, &held));
    assert_no_err(stock_ship(&t->w, ORDER, &some, 1));
    assert_no_err(tx_commit(&t->w));
    assert_int_equal(shop_on_hand(t, v), 5);
    assert_int_equal(shop_reserved(t, v), 2);

    tx_open(&t->w, TX_WRITE);
    assert_no_err(stock_ship(&t->w, ORDER, NULL, 0));
    assert_no_err(stock_return(&t->w, ORDER, &some, 1, "does not fit"));
    assert_no_err(tx_commit(&t->w));
    assert_int_equal(shop_on_hand(t, v), 6);
    assert_int_equal(shop_reserved(t, v), 0);
    assert_int_equal(dbtest_number(t,
                                   "SELECT on_hand FROM stock WHERE bin = 'X9' AND variant_id = "
                                   "%lld",
                                   (long long)v.n),
                     6);
    assert_proven(t);
}

static void
what_is_over_is_listed_and_given_back_once(void **state)
{
    struct dbtest *t = *state;
    struct vendor_id shop = shop_open(t, "over");
    struct warehouse_id h = shop_warehouse(t, shop, "w");
    struct variant_id v = shop_variant(t, shop, "O1");
    const struct stock_line line = { 1, v, 2 };
    const struct order_id paid = { 81 }, late = { 82 };
    struct stock_overdue *over;
    struct stock_held held;
    int64_t pieces;
    size_t n;
    shop_count(t, v, h, "", 5);
    tx_open(&t->w, TX_WRITE);
    assert_no_err(stock_reserve(&t->w, paid, &line, 1, t->w.now_us - 1, &held));
    assert_no_err(stock_reserve(&t->w, late, &line, 1, t->w.now_us - 1, &held));
    assert_no_err(stock_confirm(&t->w, paid, &pieces));
    assert_int_equal(pieces, 2);
    assert_no_err(tx_commit(&t->w));

    tx_open(&t->w, TX_OPERATOR_READ);
    assert_no_err(stock_overdue(&t->w, 10, &over, &n));
    tx_rollback(&t->w);
    assert_int_equal(n, 1);
    assert_int_equal(over[0].vendor.n, shop.n);
    assert_int_equal(over[0].order.n, late.n);
    for (int i = 0; i < 2; i++) {
        tx_open(&t->w, TX_WRITE);
        assert_no_err(stock_release(&t->w, &late, 1, STOCK_EXPIRED));
        assert_no_err(tx_commit(&t->w));
        assert_int_equal(shop_reserved(t, v), 2);
    }
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM stock_movement WHERE kind = 'expire' "
                                      "AND order_id = 82"),
                     1);
    assert_proven(t);
}

static void
a_warehouse_that_is_not_active_sells_nothing(void **state)
{
    struct dbtest *t = *state;
    struct vendor_id shop = shop_open(t, "closed");
    struct warehouse_id h = shop_warehouse(t, shop, "w");
    struct variant_id v = shop_variant(t, shop, "C1");
    struct stock_level level;
    shop_count(t, v, h, "", 5);
    dbtest_sql(t, "UPDATE warehouse SET active = false WHERE id = %lld", (long long)h.n);
    assert_err(shop_reserve(&t->w, 1, v, 1), ERR_CONFLICT, "stock.short");
    tx_open(&t->w, TX_READ);
    assert_no_err(stock_of_variants(&t->w, &v, 1, &level));
    assert_true(level.tracked);
    assert_int_equal(level.available, 0);
}

static void
the_low_mark_is_told_once_when_it_is_reached(void **state)
{
    struct dbtest *t = *state;
    struct vendor_id shop = shop_open(t, "low");
    struct warehouse_id h = shop_warehouse(t, shop, "w");
    struct variant_id v = shop_variant(t, shop, "LOW");
    struct stock_outcome_of outcome;
    const struct stock_change c = {
        .variant = v, .warehouse = h, .pieces = 5, .expected = -1, .has_low_at = true, .low_at = 3
    };
    dbtest_sql(t,
               "INSERT INTO hook_endpoint (vendor_id, address, events, salt) VALUES (%lld, "
               "'https://x.example/', '{stock.low}', substr(sha256('x'), 1, 16))",
               (long long)shop.n);
    tx_open(&t->w, TX_WRITE);
    assert_no_err(stock_set_many(&t->w, &c, 1, STOCK_COUNT, "", &outcome));
    assert_no_err(tx_commit(&t->w));
    assert_no_err(shop_reserve(&t->w, 1, v, 1)); /* 4 */
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM hook_delivery"), 0);
    assert_no_err(shop_reserve(&t->w, 1, v, 1)); /* 3 */
    assert_no_err(shop_reserve(&t->w, 1, v, 1)); /* 2 */
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM hook_delivery"), 1);
    assert_string_equal(dbtest_sql(t, "SELECT data::json->>'available' FROM hook_delivery"), "3");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        DBTEST(lines_are_laid_along_warehouses_and_bins_in_the_order_of_the_shop),
        DBTEST(all_lines_are_reserved_or_none),
        DBTEST(what_is_not_tracked_is_always_there),
        DBTEST(a_variant_of_another_shop_is_none),
        DBTEST(what_may_be_sold_beyond_what_is_there_says_how_much_that_is_and_ships_when_it_came),
        DBTEST(an_order_is_shipped_in_parts_and_what_comes_back_lies_where_it_lay),
        DBTEST(what_is_over_is_listed_and_given_back_once),
        DBTEST(a_warehouse_that_is_not_active_sells_nothing),
        DBTEST(the_low_mark_is_told_once_when_it_is_reached),
    };
    return cmocka_run_group_tests(tests, dbtest_start, dbtest_stop);
}
