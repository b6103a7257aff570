#include "shop.h"

#include "base/text.h"

struct vendor_id
shop_open(struct dbtest *t, const char *slug)
{
    t->w.vendor = dbtest_vendor(t, slug);
    return t->w.vendor;
}

struct warehouse_id
shop_warehouse(struct dbtest *t, struct vendor_id shop, const char *code)
{
    return (struct warehouse_id){ dbtest_number(
        t,
        "INSERT INTO warehouse (vendor_id, code, name, position) SELECT %lld, '%s', '%s', "
        "count(*) + 1 FROM warehouse WHERE vendor_id = %lld RETURNING id",
        (long long)shop.n, code, code, (long long)shop.n) };
}

struct variant_id
shop_variant(struct dbtest *t, struct vendor_id shop, const char *sku)
{
    return (struct variant_id){ dbtest_number(
        t,
        "WITH p AS (INSERT INTO product (vendor_id, sku, price_minor, currency) "
        "VALUES (%lld, '%s', 100, 'EUR') RETURNING vendor_id, id, sku) "
        "INSERT INTO product_variant (vendor_id, product_id, sku) SELECT vendor_id, id, sku FROM p "
        "RETURNING id",
        (long long)shop.n, sku) };
}

void
shop_count(struct dbtest *t, struct variant_id v, struct warehouse_id h, const char *bin,
           int64_t pieces)
{
    struct stock_outcome_of outcome;
    const struct stock_change c = {
        .variant = v, .warehouse = h, .bin = bin, .pieces = pieces, .expected = -1
    };
    tx_open(&t->w, TX_WRITE);
    assert_no_err(stock_set_many(&t->w, &c, 1, STOCK_COUNT, "", &outcome));
    assert_in_range(outcome.outcome, STOCK_CHANGED, STOCK_SAME);
    assert_no_err(tx_commit(&t->w));
}

struct err *
shop_reserve(struct work *w, int64_t order, struct variant_id v, int64_t quantity)
{
    struct stock_held held;
    const struct stock_line line = { 1, v, quantity };
    tx_open(w, TX_WRITE);
    struct err *e = stock_reserve(w, (struct order_id){ order }, &line, 1, 0, &held);
    if (!e)
        return tx_commit(w);
    tx_rollback(w);
    return e;
}

int64_t
shop_on_hand(struct dbtest *t, struct variant_id v)
{
    return dbtest_number(t, "SELECT coalesce(sum(on_hand), 0) FROM stock WHERE variant_id = %lld",
                         (long long)v.n);
}

int64_t
shop_reserved(struct dbtest *t, struct variant_id v)
{
    return dbtest_number(t, "SELECT coalesce(sum(reserved), 0) FROM stock WHERE variant_id = %lld",
                         (long long)v.n);
}

void
assert_proven(struct dbtest *t)
{
    struct stock_difference *all;
    size_t n;
    tx_open(&t->w, TX_OPERATOR_READ);
    assert_no_err(stock_prove(&t->w, &all, &n));
    tx_rollback(&t->w);
    if (n)
        fail_msg("%zu places differ; variant %lld: on hand %lld, by ledger %lld; reserved %lld, by "
                 "ledger %lld, by orders %lld",
                 n, (long long)all[0].variant.n, (long long)all[0].on_hand,
                 (long long)all[0].ledger_on_hand, (long long)all[0].reserved,
                 (long long)all[0].ledger_reserved, (long long)all[0].held);
}
