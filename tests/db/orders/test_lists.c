/* Lists of orders go along an index from their place on: nothing is sorted, and no more is read
 * than is shown, however many orders a shop has. The plans are read, at a size where a wrong one
 * shows. */
#include "dbtest.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "db/query.h"

#define MANY 20000

static struct vendor_id shop;
static PGconn *app;

static void
run(const char *statement)
{
    PGresult *res = PQexec(app, statement);
    ExecStatusType s = PQresultStatus(res);
    if (s != PGRES_TUPLES_OK && s != PGRES_COMMAND_OK)
        fail_msg("%s in: %s", PQerrorMessage(app), statement);
    PQclear(res);
}

/* A shop with many orders, nearly all completed; another one beside it. */
static void
fill(struct dbtest *t, struct vendor_id v)
{
    long long id = v.n;
    dbtest_sql(t,
               "INSERT INTO customer (vendor_id, email, name) SELECT %lld, 'c' || n || "
               "'@example.org', 'Customer ' || n FROM generate_series(1, 20000) AS n",
               id);
    dbtest_sql(t,
               "INSERT INTO orders (vendor_id, number, customer_id, state, items_minor, "
               "total_minor, currency, placed_at) SELECT %lld, n, (SELECT min(id) FROM customer "
               "WHERE vendor_id = %lld) + n %% 1000, (CASE WHEN n %% 1000 = 0 THEN 'pending' ELSE "
               "'completed' END)::order_state, 100, 100, 'EUR', now() - make_interval(mins => n) "
               "FROM generate_series(1, %d) AS n",
               id, id, MANY);
    dbtest_sql(t,
               "INSERT INTO order_item (vendor_id, order_id, line, sku, title, quantity, "
               "price_minor, total_minor, placed_at) SELECT vendor_id, id, 1, 'SKU-' || number %% "
               "50, 'T', 1, 100, 100, placed_at FROM orders WHERE vendor_id = %lld",
               id);
}

static int
start(void **state)
{
    int failed = dbtest_start(state);
    if (failed)
        return failed;
    struct dbtest *t = *state;
    shop = dbtest_vendor(t, "many");
    fill(t, shop);
    fill(t, dbtest_vendor(t, "beside"));
    dbtest_sql(t, "ANALYZE");
    app = PQconnectdb(t->app_url);
    run(text_printf(t->process, "SELECT set_config('souk.vendor', '%lld', false)",
                    (long long)shop.n));
    return 0;
}

static int
stop(void **state)
{
    PQfinish(app);
    return dbtest_stop(state);
}

/* The plan of a statement with these values, as text. */
static const char *
plan(struct dbtest *t, enum query q, const char *const *values, int n)
{
    const char *statement =
        text_printf(t->w.arena, "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) %s",
                    query_texts[q].text);
    PGresult *res = PQexecParams(app, statement, n, NULL, values, NULL, NULL, 0);
    if (PQresultStatus(res) != PGRES_TUPLES_OK)
        fail_msg("%s: %s", query_texts[q].name, PQerrorMessage(app));
    struct buf b = buf_new(t->w.arena, 4096);
    for (int i = 0; i < PQntuples(res); i++)
        buf_printf(&b, "%s\n", PQgetvalue(res, i, 0));
    PQclear(res);
    return b.at;
}

/* No node gives more rows than a page and a few, and nothing goes through a table from end to end.
 */
static void
assert_reads_a_page(const char *name, const char *text)
{
    for (const char *at = text; (at = strstr(at, "rows="));) {
        long long rows = strtoll(at += strlen("rows="), NULL, 10);
        if (rows > 1100) /* 20 customers' pages at most */
            fail_msg("%s reads %lld rows:\n%s", name, rows, text);
    }
    if (strstr(text, "Seq Scan on order") || strstr(text, "Seq Scan on customer"))
        fail_msg("%s goes through a table:\n%s", name, text);
    const char *removed = strstr(text, "Rows Removed by Filter: ");
    if (removed && strtoll(removed + strlen("Rows Removed by Filter: "), NULL, 10) > 100)
        fail_msg("%s throws rows away:\n%s", name, text);
}

static void
every_list_reads_what_it_shows(void **state)
{
    struct dbtest *t = *state;
    const char *customer = dbtest_sql(
        t, "SELECT max(id)::text FROM customer WHERE vendor_id = %lld", (long long)shop.n);
    const char *middle =
        dbtest_sql(t, "SELECT (now() - make_interval(mins => %d))::text", MANY / 2);
    const struct {
        enum query q;
        const char *values[7];
        int n;
    } rows[] = {
#define FIRST "-infinity", "infinity", "0", "51"
        { Q_orders_list, { FIRST }, 4 },
        { Q_orders_list, { "-infinity", middle, "0", "51" }, 4 },
        { Q_orders_list_in, { "-infinity", middle, "0", "51", "3" }, 5 },
        { Q_orders_list_sku, { "-infinity", middle, "0", "51", "SKU-7" }, 5 },
        { Q_orders_list_in, { FIRST, "0" }, 5 },
        { Q_orders_list_in, { FIRST, "3" }, 5 },
        { Q_orders_list_of, { FIRST, customer }, 5 },
        { Q_orders_list_mail, { FIRST, "c1" }, 5 },
        { Q_orders_list_sku, { FIRST, "SKU-7" }, 5 },
        { Q_orders_list_number, { FIRST, "77", "77" }, 6 },
        { Q_customers_list, { "0", "51" }, 2 },
        { Q_customers_found, { "customer 9", "50" }, 2 },
        { Q_customers_addresses, { customer }, 1 },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_reads_a_page(query_texts[rows[i].q].name,
                            plan(t, rows[i].q, rows[i].values, rows[i].n));
}

static void
lists_by_time_are_not_sorted(void **state)
{
    struct dbtest *t = *state;
    const char *first[] = { FIRST, "3" };
    assert_null(strstr(plan(t, Q_orders_list, first, 4), "Sort"));
    assert_null(strstr(plan(t, Q_orders_list_in, first, 5), "Sort"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        DBTEST(every_list_reads_what_it_shows),
        DBTEST(lists_by_time_are_not_sorted),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
