/* The wall between tenants, proven on every table that has a vendor: tables that come later are
 * found in the catalogue and held to the same. A new tenant table needs a row for each of the two
 * shops in two_shops below, or its test fails. */
#include "dbtest.h"

#include <libpq-fe.h>

#include "base/text.h"

/* A row for each shop in each tenant table; :v is the shop's id. */
static const char two_shops[] =
    "INSERT INTO account (email, password_hash) VALUES ('a@example.org', 'x') ON CONFLICT DO "
    "NOTHING;"
    "INSERT INTO membership SELECT :v, id, 'owner' FROM account;"
    "INSERT INTO vendor_limit (vendor_id, api_per_day) VALUES (:v, 1000);"
    "INSERT INTO invitation (vendor_id, email, role, token_hash, expires_at)"
    "  VALUES (:v, 'i@example.org', 'staff', sha256(:v::text::bytea), now());"
    "INSERT INTO api_key (vendor_id, account_id, name, hint, token_hash, scopes)"
    "  SELECT :v, account_id, 'k', 'souk_', sha256(:v::text::bytea), '{s}' FROM membership"
    "   WHERE vendor_id = :v LIMIT 1;"
    "INSERT INTO product (vendor_id, sku, price_minor, currency) VALUES (:v, 'S', 1, 'EUR');"
    "INSERT INTO product_text (vendor_id, product_id, language, title, slug)"
    "  SELECT vendor_id, id, 'en', 'T', 't' FROM product WHERE vendor_id = :v;"
    "INSERT INTO image_file (hash, upload_bytes, width, height, width_800, height_800, width_200, "
    "height_200, bytes_800, bytes_200)"
    "  VALUES (sha256('x'), 1, 1, 1, 1, 1, 1, 1, 1, 1) ON CONFLICT DO NOTHING;"
    "INSERT INTO product_image (vendor_id, product_id, hash, position)"
    "  SELECT vendor_id, id, sha256('x'), 1 FROM product WHERE vendor_id = :v;"
    "INSERT INTO category (vendor_id, name, path) VALUES (:v, 'C', 'C');"
    "INSERT INTO category_text (vendor_id, category_id, language, name)"
    "  SELECT vendor_id, id, 'de', 'K' FROM category WHERE vendor_id = :v;"
    "INSERT INTO product_old_slug (vendor_id, language, slug, product_id)"
    "  SELECT vendor_id, 'en', 'before', id FROM product WHERE vendor_id = :v;"
    "INSERT INTO product_variant (vendor_id, product_id, sku)"
    "  SELECT vendor_id, id, sku FROM product WHERE vendor_id = :v;"
    "INSERT INTO search_word (vendor_id, word, key) VALUES (:v, 'w', :v);"
    "INSERT INTO product_change (vendor_id, product_id, way, changes)"
    "  SELECT vendor_id, id, 'api', '[]' FROM product WHERE vendor_id = :v;"
    "INSERT INTO warehouse (vendor_id, code, name) VALUES (:v, 'W', 'W');"
    "INSERT INTO stock (vendor_id, variant_id, warehouse_id, on_hand, reserved)"
    "  SELECT v.vendor_id, v.id, w.id, 1, 1 FROM product_variant v JOIN warehouse w"
    "   USING (vendor_id) WHERE vendor_id = :v;"
    "INSERT INTO stock_movement (vendor_id, variant_id, warehouse_id, sku, kind, on_hand, reserved)"
    "  SELECT vendor_id, variant_id, warehouse_id, 'S', 'count', 1, 1 FROM stock"
    "   WHERE vendor_id = :v;"
    "INSERT INTO reservation (vendor_id, order_id, line, variant_id, warehouse_id, bin, quantity)"
    "  SELECT vendor_id, 1, 1, variant_id, warehouse_id, bin, 1 FROM stock WHERE vendor_id = :v;"
    "INSERT INTO feed_shop (vendor_id) VALUES (:v);"
    "INSERT INTO feed VALUES (:v, 'en', 'meta', 1, 1, 1, sha256('x'), now(), now(), 1, 0, "
    "sha256('x'));"
    "INSERT INTO feed_item_verdict (vendor_id, language, channel, variant_id, reasons)"
    "  SELECT vendor_id, 'en', 'meta', id, '{image.missing}' FROM product_variant"
    "   WHERE vendor_id = :v;"
    "INSERT INTO import (vendor_id, name, bytes, hash, plan) VALUES (:v, 'f.csv', 1, sha256('x'), "
    "'{}');"
    "INSERT INTO import_finding (vendor_id, import_id, line, row_number, column_number, header, "
    "code, refuses, value, other)"
    "  SELECT vendor_id, id, 1, 1, 1, 'h', 'c', true, 'v', 'o' FROM import WHERE vendor_id = :v;"
    "INSERT INTO import_refused (vendor_id, import_id, row_number)"
    "  SELECT vendor_id, id, 1 FROM import WHERE vendor_id = :v;"
    "INSERT INTO import_change (vendor_id, import_id, n, line, sku, differences)"
    "  SELECT vendor_id, id, 1, 1, 'S', '[]' FROM import WHERE vendor_id = :v;"
    "INSERT INTO import_name (vendor_id, name_key, product_id)"
    "  SELECT vendor_id, 'n', id FROM product WHERE vendor_id = :v;"
    "INSERT INTO export (vendor_id, format, languages) VALUES (:v, 'own', '{en}');"
    "INSERT INTO customer (vendor_id, email) VALUES (:v, 'c@example.org');"
    "INSERT INTO orders (vendor_id, number, customer_id, items_minor, total_minor, currency)"
    "  SELECT vendor_id, 1, id, 1, 1, 'EUR' FROM customer WHERE vendor_id = :v;"
    "INSERT INTO order_event (vendor_id, order_id, what)"
    "  SELECT vendor_id, id, 'placed' FROM orders WHERE vendor_id = :v;"
    "INSERT INTO order_terms (vendor_id) VALUES (:v);"
    "INSERT INTO order_item (vendor_id, order_id, line, sku, title, quantity, price_minor)"
    "  SELECT vendor_id, id, 1, 'S', 'T', 1, 1 FROM orders WHERE vendor_id = :v;"
    "INSERT INTO image_address (vendor_id, product_id, url)"
    "  SELECT vendor_id, id, 'https://example.org/a.jpg' FROM product WHERE vendor_id = :v;"
    "INSERT INTO hook_endpoint (vendor_id, address, events, salt)"
    "  VALUES (:v, 'https://example.org/', '{order.paid}', '0123456789abcdef');"
    "INSERT INTO hook_sequence VALUES (:v, 'order', 1, 1);"
    "INSERT INTO hook_delivery (vendor_id, endpoint_id, event_id, event, kind, object_id, "
    "sequence, data)"
    "  SELECT :v, id, gen_random_uuid(), 'order.paid', 'order', 1, 1, '{}' FROM hook_endpoint"
    "   WHERE vendor_id = :v;"
    "INSERT INTO usage_counter (vendor_id, window_from) VALUES (:v, now());"
    "INSERT INTO entitlement (vendor_id, tier, usage_from, usage_to) VALUES (:v, 't', now(), "
    "now());"
    "INSERT INTO subscription (vendor_id, number, state, months, period, started_at)"
    "  VALUES (:v, 1, 'active', 1, tstzrange(now(), now() + '1 month'), now());"
    "INSERT INTO subscription_item (vendor_id, number, code, rank, unit, quantity, next_unit)"
    "  VALUES (:v, 1, 't', 0, 1, 1, 1);"
    "INSERT INTO billing_document (vendor_id, n, number, subscription, credit_note, reason, "
    "currency, "
    "issued_at, net, tax, total, due, parties, state, remaining)"
    "  VALUES (:v, 1, 'INV-' || :v, 1, false, 'subscription_create', 'EUR', now(), 1, 0, 1, 1, "
    "'{}', "
    "'open', 1);"
    "INSERT INTO billing_line (vendor_id, document, line, subscription, item, rank, kind, "
    "quantity, "
    "unit, period_from, period_to, basis_amount, basis_seconds, amount, vat_category, vat_bp, "
    "covered_until)"
    "  VALUES (:v, 1, 1, 1, 't', 0, 'charge', 1, 1, now(), now() + '1 month', 1, 1, 1, 'S', 0, "
    "now() + '1 month');"
    "INSERT INTO ledger_posting (vendor_id, entry, line, account, amount, currency, at)"
    "  VALUES (:v, 1, 1, 'AR', 1, 'EUR', now()), (:v, 1, 2, 'REV', -1, 'EUR', now());"
    "INSERT INTO billing_operation (vendor_id, kind, command, at, amount, currency, customer, "
    "method)"
    "  VALUES (:v, 'command', '{}', now(), 1, 'EUR', 'cus', 'pm');";

/* Functions that run as the owner, who sees every tenant. Each is small, takes what it needs as
 * arguments, and is looked at when it is added here. */
/* clang-format off */
static const char *const owners_functions[] = {
    "api_key_of",
    "audit_add",
    "count_image_reference",
    "count_product",
    "count_variant",
    "free_slug",
    "vendor_has_account",
    "mail_put",
    "open_shop",
    "invitation_of",
    "mail_put",
    "membership_keeps_owner",
    "partitions_tend",
    "product_list",
    "product_list_of", "product_page",
    "product_sku_changed",
    "product_sku_checked",
    "product_variant_sku_checked",
    "search_code",
    "search_rows",
    "search_words",
    "shop_acted_in",
    "shop_id",
    "shops_of",
    "tables_measured",
};
/* clang-format on */

static const char tenant_tables[] =
    "SELECT c.oid, c.relname, c.relrowsecurity AND c.relforcerowsecurity, "
    "       (SELECT a.attname FROM pg_index i "
    "          JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] "
    "         WHERE i.indrelid = c.oid AND i.indisprimary), "
    "       (SELECT string_agg(format('%s:%s:%s:%s', p.polname, p.polroles::regrole[]::text, "
    "                                 pg_get_expr(p.polqual, p.polrelid), "
    "                                 pg_get_expr(p.polwithcheck, p.polrelid)), ' | ' ORDER BY "
    "p.polname) "
    "          FROM pg_policy p WHERE p.polrelid = c.oid) "
    "  FROM pg_class c JOIN pg_attribute v ON v.attrelid = c.oid AND v.attname = 'vendor_id' "
    " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') "
    "   AND NOT c.relispartition ORDER BY c.relname";

static struct vendor_id shops[2];
static PGconn *admin, *app; /* superuser; souk_app, as a worker is */

static PGresult *
ask(PGconn *conn, const char *statement)
{
    PGresult *res = PQexec(conn, statement);
    ExecStatusType s = PQresultStatus(res);
    if (s != PGRES_TUPLES_OK && s != PGRES_COMMAND_OK)
        fail_msg("%s in: %s", PQerrorMessage(conn), statement);
    return res;
}

static void
run(PGconn *conn, const char *statement)
{
    PQclear(ask(conn, statement));
}

static void
be_tenant(struct vendor_id v)
{
    char statement[96];
    snprintf(statement, sizeof(statement), "SELECT set_config('souk.vendor', '%lld', false)",
             (long long)v.n);
    run(app, v.n ? statement : "SELECT set_config('souk.vendor', '', false)");
}

static int64_t
number(PGconn *conn, const char *statement)
{
    PGresult *res = ask(conn, statement);
    int64_t n = -1;
    assert_true(text_to_i64(PQgetvalue(res, 0, 0), &n));
    PQclear(res);
    return n;
}

static void
fill(struct dbtest *t, struct vendor_id v)
{
    struct buf b = buf_new(t->process, sizeof(two_shops) * 2);
    for (const char *p = two_shops; *p; p++) {
        if (p[0] == ':' && p[1] == 'v') {
            buf_i64(&b, v.n);
            p++;
        } else {
            buf_char(&b, *p);
        }
    }
    run(admin, b.at);
}

static int
start(void **state)
{
    int failed = dbtest_start(state);
    if (failed)
        return failed;
    struct dbtest *t = *state;
    admin = PQconnectdb(t->admin_url);
    app = PQconnectdb(t->app_url);
    shops[0] = dbtest_vendor(t, "first");
    shops[1] = dbtest_vendor(t, "second");
    fill(t, shops[0]);
    fill(t, shops[1]);
    return 0;
}

static int
stop(void **state)
{
    PQfinish(admin);
    PQfinish(app);
    return dbtest_stop(state);
}

/* Calls fn for each tenant table, by its name. */
static void
each_table(struct dbtest *t, void (*fn)(struct dbtest *t, const char *table))
{
    PGresult *tables = ask(admin, tenant_tables);
    assert_true(PQntuples(tables) >= 8);
    for (int i = 0; i < PQntuples(tables); i++)
        fn(t, PQgetvalue(tables, i, 1));
    PQclear(tables);
}

static void
every_table_with_a_vendor_is_behind_the_wall(void **state)
{
    static const char policies[] =
        "operator:{souk_system}:true:true | owner:{souk_owner}:true:true | "
        "tenant:{souk_app}:(vendor_id = ( SELECT current_vendor() AS current_vendor)):"
        "(vendor_id = ( SELECT current_vendor() AS current_vendor))";
    (void)state;
    PGresult *tables = ask(admin, tenant_tables);
    for (int i = 0; i < PQntuples(tables); i++) {
        const char *name = PQgetvalue(tables, i, 1);
        if (!text_is(PQgetvalue(tables, i, 2), "t"))
            fail_msg("%s: row-level security is not enabled and forced", name);
        if (!text_is(PQgetvalue(tables, i, 3), "vendor_id"))
            fail_msg("%s: the primary key does not begin with vendor_id", name);
        if (!text_is(PQgetvalue(tables, i, 4), policies))
            fail_msg("%s: other policies: %s", name, PQgetvalue(tables, i, 4));
    }
    PQclear(tables);
}

static void
every_reference_between_tenant_tables_names_the_vendor_first(void **state)
{
    (void)state;
    PGresult *res =
        ask(admin, "SELECT conrelid::regclass, conname FROM pg_constraint k "
                   "  JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1] "
                   " WHERE contype = 'f' AND a.attname <> 'vendor_id' "
                   "   AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = k.conrelid AND "
                   "attname = 'vendor_id') "
                   "   AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = k.confrelid AND "
                   "attname = 'vendor_id')");
    for (int i = 0; i < PQntuples(res); i++)
        fail_msg("%s: %s does not begin with vendor_id", PQgetvalue(res, i, 0),
                 PQgetvalue(res, i, 1));
    PQclear(res);
}

static void
nobody_sees(struct dbtest *t, const char *table)
{
    const char *count = text_printf(t->w.arena, "SELECT count(*) FROM %s", table);
    if (!number(admin, count))
        fail_msg("%s has no row in this test: add one to two_shops", table);
    if (number(app, count))
        fail_msg("%s shows rows without a tenant", table);
}

static void
a_query_without_tenant_sees_no_row_of_any(void **state)
{
    be_tenant((struct vendor_id){ 0 });
    each_table(*state, nobody_sees);
}

static void
one_sees_its_own(struct dbtest *t, const char *table)
{
    int64_t all = number(app, text_printf(t->w.arena, "SELECT count(*) FROM %s", table));
    int64_t own =
        number(app, text_printf(t->w.arena, "SELECT count(*) FROM %s WHERE vendor_id = %lld", table,
                                (long long)shops[0].n));
    if (!own || own != all)
        fail_msg("%s shows %lld rows, of which the shop's own are %lld", table, (long long)all,
                 (long long)own);
}

static void
a_tenant_sees_its_own_rows_and_no_others(void **state)
{
    be_tenant(shops[0]);
    each_table(*state, one_sees_its_own);
}

static void
refuses_to_give_away(struct dbtest *t, const char *table)
{
    PGresult *res = PQexec(app, text_printf(t->w.arena, "UPDATE %s SET vendor_id = %lld", table,
                                            (long long)shops[1].n));
    const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    if (!text_is(state, "42501"))
        fail_msg("%s: a row can be written for another tenant (%s)", table, state ? state : "done");
    PQclear(res);
}

static void
cannot_be_emptied(struct dbtest *t, const char *table)
{
    const char *count = text_printf(t->w.arena, "SELECT count(*) FROM %s WHERE vendor_id = %lld",
                                    table, (long long)shops[1].n);
    int64_t before = number(admin, count);
    run(app, "BEGIN");
    PQclear(PQexec(app, text_printf(t->w.arena, "DELETE FROM %s WHERE vendor_id = %lld", table,
                                    (long long)shops[1].n)));
    run(app, "COMMIT");
    assert_int_equal(number(admin, count), before);
}

static void
nothing_can_be_written_for_another_tenant(void **state)
{
    be_tenant(shops[0]);
    each_table(*state, refuses_to_give_away);
    each_table(*state, cannot_be_emptied);
}

static void
a_shop_itself_is_seen_by_no_other(void **state)
{
    (void)state;
    be_tenant((struct vendor_id){ 0 });
    assert_int_equal(number(app, "SELECT count(*) FROM vendor"), 0);
    be_tenant(shops[1]);
    assert_int_equal(number(app, "SELECT count(*) FROM vendor"), 1);
    assert_int_equal(number(app, "SELECT id FROM vendor"), shops[1].n);
}

static void
workers_own_nothing_and_bypass_nothing(void **state)
{
    (void)state;
    assert_int_equal(number(admin,
                            "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'souk_%' "
                            "AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)"),
                     0);
    assert_int_equal(number(admin, "SELECT count(*) FROM pg_roles WHERE rolname = 'souk_app' "
                                   "AND rolinherit"),
                     0);
    assert_int_equal(number(admin,
                            "SELECT count(*) FROM pg_class WHERE relowner IN "
                            "('souk_app'::regrole, 'souk_system'::regrole, 'souk_watch'::regrole)"),
                     0);
    assert_int_equal(number(admin, "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p') "
                                   "AND relnamespace = 'public'::regnamespace "
                                   "AND relowner <> 'souk_owner'::regrole"),
                     0);
}

/* A view asks as its owner otherwise, who sees every tenant. */
static void
every_view_asks_with_the_rights_of_who_reads_it(void **state)
{
    (void)state;
    PGresult *res =
        ask(admin, "SELECT relname FROM pg_class "
                   " WHERE relnamespace = 'public'::regnamespace "
                   "   AND (relkind = 'm' OR relkind = 'v' "
                   "        AND NOT coalesce('security_invoker=true' = ANY (reloptions), false))");
    for (int i = 0; i < PQntuples(res); i++)
        fail_msg("%s is a view without security_invoker, or a materialised one",
                 PQgetvalue(res, i, 0));
    PQclear(res);
}

/* Who could read one would read it past the policies of its table. */
static void
a_partition_is_reached_through_its_table_only(void **state)
{
    (void)state;
    assert_int_equal(number(admin, "SELECT count(*) FROM pg_class WHERE relispartition "
                                   "AND relkind = 'r' AND relacl IS NOT NULL"),
                     0);
    assert_true(number(admin, "SELECT count(*) FROM pg_class WHERE relispartition") > 0);
}

static void
functions_that_run_as_the_owner_are_known_by_name(void **state)
{
    (void)state;
    PGresult *res =
        ask(admin, "SELECT proname, coalesce(proconfig::text, '') ~ 'search_path=', "
                   "       prorettype = 'trigger'::regtype OR NOT has_function_privilege('public', "
                   "oid, 'EXECUTE') "
                   "  FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace "
                   " ORDER BY proname");
    for (int i = 0; i < PQntuples(res); i++) {
        const char *name = PQgetvalue(res, i, 0);
        bool known = false;
        for (size_t k = 0; k < COUNT(owners_functions); k++)
            known = known || text_is(owners_functions[k], name);
        if (!known)
            fail_msg("%s runs as the owner and is not in the list of this test", name);
        if (!text_is(PQgetvalue(res, i, 1), "t"))
            fail_msg("%s sets no search_path", name);
        if (!text_is(PQgetvalue(res, i, 2), "t"))
            fail_msg("%s may be called by everyone", name);
    }
    PQclear(res);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        DBTEST(every_table_with_a_vendor_is_behind_the_wall),
        DBTEST(every_reference_between_tenant_tables_names_the_vendor_first),
        DBTEST(a_query_without_tenant_sees_no_row_of_any),
        DBTEST(a_tenant_sees_its_own_rows_and_no_others),
        DBTEST(nothing_can_be_written_for_another_tenant),
        DBTEST(a_shop_itself_is_seen_by_no_other),
        DBTEST(workers_own_nothing_and_bypass_nothing),
        DBTEST(every_view_asks_with_the_rights_of_who_reads_it),
        DBTEST(a_partition_is_reached_through_its_table_only),
        DBTEST(functions_that_run_as_the_owner_are_known_by_name),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
