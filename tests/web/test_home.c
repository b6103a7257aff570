/* A shop's first page: it says what to do, and what needs somebody. */
#include "webtest.h"

#include <string.h>

static struct reply
home(struct web *w)
{
    return web_get(w, as(&w->owner), "/vendor/");
}

static void
lacks(struct reply r, const char *text)
{
    assert_null(memmem(r.body, r.length, text, strlen(text)));
}

static void
a_new_shop_is_told_its_first_steps_until_it_has_enough_of_them(void **state)
{
    struct web *w = *state;
    assert_body_has(home(w), "First steps");
    assert_body_has(home(w), "1 of 7 done");
    dbtest_sql(w->db,
               "WITH p AS (INSERT INTO product (vendor_id, sku, price_minor, currency, status)"
               " VALUES (%lld, 'A', 100, 'EUR', 'active') RETURNING vendor_id, id, sku)"
               " INSERT INTO product_variant (vendor_id, product_id, sku)"
               " SELECT vendor_id, id, sku FROM p",
               (long long)w->mine.n);
    assert_body_has(home(w), "3 of 7 done"); /* it is there, and on sale */
    assert_status(web_post(w, as(&w->owner), "/vendor/todo/dismiss", ""), 303);
    lacks(home(w), "First steps");
}

static void
what_needs_somebody_is_said_with_its_number(void **state)
{
    struct web *w = *state;
    long long shop = w->mine.n;
    lacks(home(w), "Needs you");
    dbtest_sql(w->db, "INSERT INTO warehouse (vendor_id, code, name) VALUES (%lld, 'H', 'House')",
               shop);
    dbtest_sql(w->db,
               "WITH p AS (INSERT INTO product (vendor_id, sku, price_minor, currency)"
               " VALUES (%lld, 'B', 100, 'EUR') RETURNING vendor_id, id, sku), v AS ("
               " INSERT INTO product_variant (vendor_id, product_id, sku)"
               " SELECT vendor_id, id, sku FROM p RETURNING vendor_id, id)"
               " INSERT INTO stock (vendor_id, variant_id, warehouse_id)"
               " SELECT v.vendor_id, v.id, h.id FROM v JOIN warehouse h USING (vendor_id)",
               shop);
    dbtest_sql(w->db,
               "INSERT INTO feed (vendor_id, language, channel, rows, bytes, packed_bytes, digest,"
               " changed_at, built_at, build_us, rejected, verdicts, held_rows, held_at)"
               " VALUES (%lld, 'en', 'meta', 10, 1, 1, sha256('a'), now(), now(), 1, 0,"
               " sha256('b'), 2, now())",
               shop);
    dbtest_sql(w->db,
               "INSERT INTO import (vendor_id, name, bytes, hash, plan, state, refused, ended_at)"
               " VALUES (%lld, 'spring.csv', 1, sha256('c'), '{}', 'done', 3, now())",
               shop);
    assert_body_has(home(w), "1 variant is sold out.");
    assert_body_has(home(w), "1 feed is held back");
    assert_body_has(home(w), "The import of spring.csv left out 3 rows.");
    assert_body_has(home(w), "Held back");
}

static void
sales_are_of_today_this_week_and_the_last_without_what_was_cancelled(void **state)
{
    struct web *w = *state;
    long long shop = w->mine.n;
    assert_body_has(home(w), "No orders yet");
    dbtest_sql(w->db,
               "INSERT INTO orders (vendor_id, number, state, total_minor, items_minor, currency,"
               " placed_at) SELECT %lld, n, s::order_state, m, m, 'EUR', at FROM (VALUES"
               " (1, 'paid', 1234, now()), (2, 'cancelled', 77700, now()),"
               " (3, 'completed', 4321, date_trunc('week', now(), 'UTC') - interval '1 hour'))"
               " AS o (n, s, m, at)",
               shop);
    struct reply r = home(w);
    assert_body_has(r, "12.34");
    assert_body_has(r, "43.21");
    lacks(r, "777");
    assert_body_has(r, "1 paid order is to be sent.");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WEBTEST(a_new_shop_is_told_its_first_steps_until_it_has_enough_of_them),
        WEBTEST(what_needs_somebody_is_said_with_its_number),
        WEBTEST(sales_are_of_today_this_week_and_the_last_without_what_was_cancelled),
    };
    return cmocka_run_group_tests(tests, web_start, web_stop);
}
