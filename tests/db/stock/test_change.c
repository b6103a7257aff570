/* Counts, deliveries, imports, moves, and what happens to the stock of what is deleted. */
#include "shop.h"

#include "base/text.h"

static const struct stock_outcome_of NOTHING;

static struct stock_outcome_of
apply(struct dbtest *t, const struct stock_change *c)
{
    struct stock_outcome_of out = NOTHING;
    tx_open(&t->w, TX_WRITE);
    assert_no_err(stock_set_many(&t->w, c, 1, STOCK_CORRECT, "because", &out));
    assert_no_err(tx_commit(&t->w));
    return out;
}

static void
an_import_names_things_as_files_do_and_says_of_each_row_what_became_of_it(void **state)
{
    struct dbtest *t = *state;
    struct vendor_id shop = shop_open(t, "import");
    struct variant_id v = shop_variant(t, shop, "Sku-1"), w = shop_variant(t, shop, "Sku-2");
    shop_warehouse(t, shop, "North");
    const struct stock_change rows[] = {
        { .sku = "SKU-1", .code = "north", .bin = "A", .pieces = 7, .expected = -1 },
        { .sku = "sku-1", .pieces = 3, .expected = -1 },
        { .sku = "sku-9", .pieces = 3, .expected = -1 },
        { .sku = "sku-2", .code = "south", .pieces = 3, .expected = -1 },
        { .variant = w, .pieces = STOCK_MOST + 1, .expected = -1 },
        { .sku = "sku-1", .pieces = 4, .expected = -1 }, /* the last of two counts */
    };
    struct stock_outcome_of out[COUNT(rows)];
    static const enum stock_outcome first[] = { STOCK_CHANGED,    STOCK_SAME,
                                                STOCK_NO_VARIANT, STOCK_NO_WAREHOUSE,
                                                STOCK_TOO_MANY,   STOCK_CHANGED };
    for (int again = 0; again < 2; again++) {
        tx_open(&t->w, TX_WRITE);
        assert_no_err(stock_set_many(&t->w, rows, COUNT(rows), STOCK_IMPORT, "file.csv", out));
        assert_no_err(tx_commit(&t->w));
        for (size_t i = 0; i < COUNT(rows); i++)
            if (!again || first[i] != STOCK_CHANGED)
                assert_int_equal(out[i].outcome, first[i]);
            else
                assert_int_equal(out[i].outcome, STOCK_SAME); /* a second time changes nothing */
    }
    assert_int_equal(shop_on_hand(t, v), 11);
    assert_int_equal(
        dbtest_number(t, "SELECT count(*) FROM stock_movement WHERE reason = 'file.csv'"), 2);
    assert_string_equal(
        dbtest_sql(t, "SELECT tracked FROM product_variant WHERE id = %lld", (long long)v.n), "t");
    assert_proven(t);
}

static void
a_shop_gets_its_first_warehouse_when_it_needs_one(void **state)
{
    struct dbtest *t = *state;
    struct vendor_id shop = shop_open(t, "first");
    struct warehouse *all;
    size_t n;
    const struct stock_change c = { .variant = shop_variant(t, shop, "F1"),
                                    .pieces = 2,
                                    .expected = -1 };
    assert_int_equal(apply(t, &c).outcome, STOCK_CHANGED);
    tx_open(&t->w, TX_READ);
    assert_no_err(stock_warehouses(&t->w, &all, &n));
    assert_int_equal(n, 1);
    assert_string_equal(all[0].code, "main");
}

static void
who_saw_another_figure_changes_nothing(void **state)
{
    struct dbtest *t = *state;
    struct vendor_id shop = shop_open(t, "saw");
    struct variant_id v = shop_variant(t, shop, "S1");
    struct warehouse_id h = shop_warehouse(t, shop, "w");
    struct stock_change c = { .variant = v, .warehouse = h, .pieces = 9, .expected = 4 };
    shop_count(t, v, h, "", 5);
    assert_int_equal(apply(t, &c).outcome, STOCK_STALE);
    assert_int_equal(shop_on_hand(t, v), 5);
    c.expected = 5;
    assert_int_equal(apply(t, &c).outcome, STOCK_CHANGED);
    assert_int_equal(shop_on_hand(t, v), 9);
}

static void
less_than_none_and_less_than_orders_hold_are_refused(void **state)
{
    struct dbtest *t = *state;
    struct vendor_id shop = shop_open(t, "less");
    struct variant_id v = shop_variant(t, shop, "L1");
    struct warehouse_id h = shop_warehouse(t, shop, "w");
    struct stock_change c = {
        .variant = v, .warehouse = h, .by = true, .pieces = -6, .expected = -1
    };
    shop_count(t, v, h, "", 5);
    assert_int_equal(apply(t, &c).outcome, STOCK_PROMISED);
    assert_no_err(shop_reserve(&t->w, 1, v, 2));
    c.pieces = -4;
    struct stock_outcome_of out = apply(t, &c);
    assert_int_equal(out.outcome, STOCK_PROMISED);
    assert_int_equal(out.reserved, 2);
    c.pieces = -3;
    assert_int_equal(apply(t, &c).outcome, STOCK_CHANGED);
    assert_proven(t);
}

static void
a_move_takes_only_what_is_free_and_leaves_no_empty_bin(void **state)
{
    struct dbtest *t = *state;
    struct vendor_id shop = shop_open(t, "move");
    struct variant_id v = shop_variant(t, shop, "M1");
    struct warehouse_id here = shop_warehouse(t, shop, "here"),
                        there = shop_warehouse(t, shop, "there");
    struct stock_move m = { v, here, there, "A", "B", 4, "more room" };
    shop_count(t, v, here, "A", 5);
    assert_no_err(shop_reserve(&t->w, 1, v, 2));
    tx_open(&t->w, TX_WRITE);
    assert_err(stock_move(&t->w, &m), ERR_CONFLICT, "stock.promised");
    m.pieces = 3;
    assert_no_err(stock_move(&t->w, &m));
    const struct order_id order = { 1 };
    assert_no_err(stock_release(&t->w, &order, 1, STOCK_RELEASED));
    m.pieces = 2;
    assert_no_err(stock_move(&t->w, &m));
    m.to = here;
    m.to_bin = "A";
    assert_err(stock_move(&t->w, &m), ERR_INVALID, "stock.same_place");
    assert_no_err(tx_commit(&t->w));
    assert_string_equal(
        dbtest_sql(t, "SELECT string_agg(bin || on_hand, ' ') FROM stock WHERE variant_id = %lld",
                   (long long)v.n),
        "B5");
    assert_proven(t);
}

static void
what_is_deleted_leaves_its_movements_and_they_end_at_nothing(void **state)
{
    struct dbtest *t = *state;
    struct vendor_id shop = shop_open(t, "deleted");
    struct variant_id v = shop_variant(t, shop, "D1"), held = shop_variant(t, shop, "D2");
    struct warehouse_id h = shop_warehouse(t, shop, "w");
    shop_count(t, v, h, "", 5);
    shop_count(t, held, h, "", 5);
    assert_no_err(shop_reserve(&t->w, 1, held, 1));
    dbtest_sql(t, "DELETE FROM product WHERE sku = 'D1' AND vendor_id = %lld", (long long)shop.n);
    assert_string_equal(
        dbtest_sql(t,
                   "SELECT string_agg(sku || kind || on_hand, ' ' ORDER BY id) FROM stock_movement "
                   "WHERE variant_id = %lld",
                   (long long)v.n),
        "D1count5 D1remove-5");
    assert_string_equal(
        dbtest_sql(t,
                   "CREATE FUNCTION pg_temp.drop_it() RETURNS text LANGUAGE plpgsql AS $$ DECLARE "
                   "name text; BEGIN "
                   "DELETE FROM product WHERE sku = 'D2' AND vendor_id = %lld; RETURN 'deleted'; "
                   "EXCEPTION WHEN foreign_key_violation THEN GET STACKED DIAGNOSTICS name = "
                   "CONSTRAINT_NAME; "
                   "RETURN name; END $$; SELECT pg_temp.drop_it()",
                   (long long)shop.n),
        "reservation_holds_stock");
    assert_proven(t);
}

static void
a_change_behind_the_ledger_is_found(void **state)
{
    struct dbtest *t = *state;
    struct vendor_id shop = shop_open(t, "behind");
    struct variant_id v = shop_variant(t, shop, "X1");
    struct stock_difference *all;
    size_t n;
    shop_count(t, v, shop_warehouse(t, shop, "w"), "", 5);
    dbtest_sql(t, "UPDATE stock SET on_hand = 6 WHERE variant_id = %lld", (long long)v.n);
    tx_open(&t->w, TX_OPERATOR_READ);
    assert_no_err(stock_prove(&t->w, &all, &n));
    tx_rollback(&t->w);
    assert_int_equal(n, 1);
    assert_int_equal(all[0].vendor.n, shop.n);
    assert_int_equal(all[0].on_hand, 6);
    assert_int_equal(all[0].ledger_on_hand, 5);
    dbtest_sql(t, "UPDATE stock SET on_hand = 5 WHERE variant_id = %lld", (long long)v.n);
}

static void
lists_are_told_how_much_there_is_of_a_product(void **state)
{
    struct dbtest *t = *state;
    struct vendor_id shop = shop_open(t, "lists");
    struct variant_id v = shop_variant(t, shop, "P1");
    struct warehouse_id h = shop_warehouse(t, shop, "w");
    struct product_id p[2] = { { dbtest_number(
                                   t, "SELECT product_id FROM product_variant WHERE id = %lld",
                                   (long long)v.n) },
                               { 1 } };
    struct stock_of_product of[2];
    dbtest_sql(
        t,
        "INSERT INTO product_variant (vendor_id, product_id, sku, option_values, tracked) VALUES "
        "(%lld, %lld, 'P1-red', '{red}', true), (%lld, %lld, 'P1-blue', '{blue}', false)",
        (long long)shop.n, (long long)p[0].n, (long long)shop.n, (long long)p[0].n);
    shop_count(t, v, h, "", 5);
    assert_no_err(shop_reserve(&t->w, 1, v, 2));
    tx_open(&t->w, TX_READ);
    assert_no_err(stock_of_products(&t->w, p, 2, of));
    assert_int_equal(of[0].variants, 3);
    assert_int_equal(of[0].tracked, 2);
    assert_int_equal(of[0].out, 1);
    assert_int_equal(of[0].available, 3);
    assert_int_equal(of[1].variants, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        DBTEST(an_import_names_things_as_files_do_and_says_of_each_row_what_became_of_it),
        DBTEST(a_shop_gets_its_first_warehouse_when_it_needs_one),
        DBTEST(who_saw_another_figure_changes_nothing),
        DBTEST(less_than_none_and_less_than_orders_hold_are_refused),
        DBTEST(a_move_takes_only_what_is_free_and_leaves_no_empty_bin),
        DBTEST(what_is_deleted_leaves_its_movements_and_they_end_at_nothing),
        DBTEST(a_change_behind_the_ledger_is_found),
        DBTEST(lists_are_told_how_much_there_is_of_a_product),
    };
    return cmocka_run_group_tests(tests, dbtest_start, dbtest_stop);
}
