/* A page of a list costs what the page costs, not what the shop has: counted in blocks read, which
 * do not depend on how busy the machine is. */
#include "dbtest.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define PRODUCTS  20000
#define PAGE_MOST 1000 /* blocks; all products and their index are over two thousand */
#define FILTERED_MOST                                                                              \
    3000 /* every second or fourth passes, each looked up in up to four tables; all are 100,000 */

static struct vendor_id shop;

static int
start(void **state)
{
    int failed = dbtest_start(state);
    if (failed)
        return failed;
    struct dbtest *t = *state;
    shop = dbtest_vendor(t, "big");
    struct vendor_id other = dbtest_vendor(t, "other");
    dbtest_sql(t, "ALTER TABLE product_text DISABLE TRIGGER USER; "
                  "ALTER TABLE product DISABLE TRIGGER USER");
    dbtest_sql(t,
               "INSERT INTO product (vendor_id, sku, price_minor, currency, status, updated_at) "
               "SELECT v, 'P' || i, (i * 7919) %% 100000, 'EUR', (CASE WHEN i %% 500 = 0 THEN "
               "'draft' ELSE 'active' END)::product_status, now() - (i %% 977) * interval '1 hour' "
               "FROM unnest(ARRAY[%lld, %lld]) v, generate_series(1, %d) i",
               (long long)shop.n, (long long)other.n, PRODUCTS);
    dbtest_sql(t, "INSERT INTO product_text (vendor_id, product_id, language, title, slug) SELECT "
                  "vendor_id, id, 'en', 'Thing ' || md5(id::text), 's' || id FROM product");
    dbtest_sql(t, "INSERT INTO product_variant (vendor_id, product_id, sku, tracked) SELECT "
                  "vendor_id, id, sku, true FROM product");
    dbtest_sql(t, "INSERT INTO warehouse (vendor_id, code, name) SELECT id, 'W', 'W' FROM vendor");
    dbtest_sql(t,
               "INSERT INTO stock (vendor_id, variant_id, warehouse_id, on_hand, low_at) SELECT "
               "v.vendor_id, v.id, w.id, v.id %% 4 * 5, 5 FROM product_variant v JOIN warehouse w "
               "USING (vendor_id)");
    dbtest_sql(t, "ANALYZE product, product_text, product_variant, stock, warehouse");
    return 0;
}

/* Blocks that the page touches. `call` stands inside a text of SQL: its own quotes are doubled. */
static int64_t
blocks_of(struct dbtest *t, const char *call)
{
    const char *plan = dbtest_sql(
        t,
        "SELECT set_config('souk.vendor', '%lld', false); "
        "CREATE OR REPLACE FUNCTION pg_temp.plan() RETURNS text LANGUAGE plpgsql AS $$ DECLARE x "
        "json; BEGIN EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT * FROM %s' INTO x; "
        "RETURN x->0->'Plan'->>'Shared Hit Blocks'; END $$; SELECT pg_temp.plan()",
        (long long)shop.n, call);
    return strtoll(plan, NULL, 10);
}

static void
a_page_of_any_order_reads_a_pages_worth(void **state)
{
    static const char *const sorts[] = { "price",   "-price",   "title",   "-title",
                                         "created", "-created", "-updated" };
    static const char *const filters[] = { "NULL", "''active''", "''draft''" };
    struct dbtest *t = *state;
    for (size_t i = 0; i < COUNT(sorts); i++)
        for (size_t k = 0; k < COUNT(filters); k++) {
            const char *call =
                text_printf(t->w.arena, "product_list(''%s'', %s, NULL, ''en'', 0, 0, '''', 0, 51)",
                            sorts[i], filters[k]);
            int64_t blocks = blocks_of(t, call);
            if (blocks > PAGE_MOST)
                fail_msg("%s reads %lld blocks", call, (long long)blocks);
        }
}

static void
a_page_of_the_shops_own_list_reads_a_pages_worth_whatever_it_is_filtered_by(void **state)
{
    static const char *const sorts[] = { "newest", "title", "sku", "price", "updated" };
    static const char *const filters[] = {
        /* status, category, supply, gap */
        "NULL, NULL, NULL, NULL",     "''active'', NULL, NULL, NULL",
        "NULL, NULL, ''in'', NULL",   "NULL, NULL, ''low'', NULL",
        "NULL, NULL, ''out'', NULL",  "NULL, NULL, NULL, ''image''",
        "NULL, NULL, NULL, ''gtin''", "NULL, NULL, NULL, ''translation''"
    };
    struct dbtest *t = *state;
    for (size_t i = 0; i < COUNT(sorts); i++)
        for (size_t k = 0; k < COUNT(filters); k++)
            for (int down = 0; down < 2; down++) {
                const char *call = text_printf(
                    t->w.arena, "product_page(''%s'', %s, ''en'', NULL, %s, NULL, NULL, 51)",
                    sorts[i], down ? "true" : "false", filters[k]);
                int64_t blocks = blocks_of(t, call);
                if (blocks > FILTERED_MOST)
                    fail_msg("%s reads %lld blocks", call, (long long)blocks);
            }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        DBTEST(a_page_of_any_order_reads_a_pages_worth),
        DBTEST(a_page_of_the_shops_own_list_reads_a_pages_worth_whatever_it_is_filtered_by),
    };
    return cmocka_run_group_tests(tests, start, dbtest_stop);
}
