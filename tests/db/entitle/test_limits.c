/* What the database refuses above a limit, and what it says then. */
#include "dbtest.h"

#include <libpq-fe.h>
#include <pthread.h>

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "db/query_ids.h"
#include "entitle/entitle.h"
#include "http/request.h"
#include "http/route.h"

#define RACERS 20

/* A shop that holds these, from yesterday for a month; none held: without a subscription. */
static struct work *
shop_with(struct dbtest *t, const char *slug, const struct entitle_held *held, size_t n,
          enum entitle_stage stage)
{
    struct work *w = &t->w;
    struct entitle_offers offers;
    w->vendor = dbtest_vendor(t, slug);
    w->now_us = clock_now_us();
    int64_t now = w->now_us / SECOND_US;
    struct entitle_times times = { now - 86400, now + 29 * INT64_C(86400), 0 };
    tx_open(w, TX_WRITE);
    assert_no_err(entitle_offers(w, now, &offers));
    struct entitle_grant grant = { w->vendor, &offers, held, n, stage, times };
    if (n)
        assert_no_err(entitle_write(w, &grant, 1));
    assert_no_err(tx_commit(w));
    return w;
}

static struct work *
shop_of(struct dbtest *t, const char *slug, const char *tier)
{
    return shop_with(t, slug, &(struct entitle_held){ tier, 1 }, 1, STAGE_ALL);
}

/* The constraint that refuses the statement, or "done". */
static const char *
tried(struct dbtest *t, const char *statement)
{
    return dbtest_sql(
        t,
        "CREATE OR REPLACE FUNCTION pg_temp.tried(s text) RETURNS text LANGUAGE plpgsql AS $f$ "
        "DECLARE c text; BEGIN EXECUTE s; RETURN 'done'; EXCEPTION WHEN check_violation THEN "
        "GET STACKED DIAGNOSTICS c = CONSTRAINT_NAME; RETURN c; END $f$; "
        "SELECT pg_temp.tried($s$%s$s$)",
        statement);
}

/* So many products in one statement, as a file's rows come. */
static const char *
add_products(struct dbtest *t, const char *prefix, int n)
{
    return tried(t, text_printf(t->w.arena,
                                "INSERT INTO product (vendor_id, sku, price_minor, currency) "
                                "SELECT %lld, '%s-' || i, 1, 'EUR' FROM generate_series(1, %d) i",
                                (long long)t->w.vendor.n, prefix, n));
}

static const char *
add_variants(struct dbtest *t, const char *prefix, int n)
{
    return tried(t, text_printf(t->w.arena,
                                "INSERT INTO product_variant (vendor_id, product_id, position, "
                                "sku, option_values) SELECT p.vendor_id, p.id, i, '%s-V' || i, "
                                "ARRAY['%s-' || i] FROM generate_series(1, %d) i, (SELECT * FROM "
                                "product WHERE vendor_id = %lld ORDER BY id LIMIT 1) p",
                                prefix, prefix, n, (long long)t->w.vendor.n));
}

static const char *
add_orders(struct dbtest *t, const char *placed_at, int n)
{
    static int64_t number;
    number += 10000;
    return tried(t, text_printf(t->w.arena,
                                "INSERT INTO orders (vendor_id, number, state, total_minor, "
                                "items_minor, currency, placed_at) SELECT %lld, %lld + i, "
                                "'pending', 1, 1, 'EUR', %s FROM generate_series(1, %d) i",
                                (long long)t->w.vendor.n, (long long)number, placed_at, n));
}

static int64_t
counted(struct dbtest *t, const char *what)
{
    return dbtest_number(t, "SELECT %s FROM vendor_counter WHERE vendor_id = %lld", what,
                         (long long)t->w.vendor.n);
}

/* ---- Stock of things ---- */

static void
who_has_no_subscription_is_not_limited(void **state)
{
    struct dbtest *t = *state;
    shop_with(t, "free", NULL, 0, STAGE_ALL);
    assert_string_equal(add_products(t, "F", 1000), "done");
    assert_string_equal(add_variants(t, "F", 1000), "done");
    assert_string_equal(add_orders(t, "now()", 200), "done");
}

static void
a_statement_fills_a_limit_and_none_passes_it(void **state)
{
    struct dbtest *t = *state;
    shop_of(t, "full", "essential");
    assert_string_equal(add_products(t, "A", 201), "limit_products");
    assert_int_equal(counted(t, "products"), 0);
    assert_string_equal(add_products(t, "B", 200), "done");
    assert_string_equal(add_products(t, "C", 1), "limit_products");
    assert_string_equal(add_variants(t, "A", 241), "limit_variants");
    assert_string_equal(add_variants(t, "B", 240), "done");
    assert_string_equal(add_variants(t, "C", 1), "limit_variants");
    assert_int_equal(counted(t, "products * 1000 + variants"), 200240);
}

static void
the_highest_tier_has_no_limit(void **state)
{
    struct dbtest *t = *state;
    shop_of(t, "endless", "enterprise");
    assert_string_equal(add_products(t, "E", 2500), "done");
    assert_string_equal(add_orders(t, "now()", 2500), "done");
}

static void
an_addon_adds_what_it_says_by_the_piece(void **state)
{
    struct dbtest *t = *state;
    const struct entitle_held held[] = {
        { "essential", 1 }, { "extra_products", 2 }, { "extra_images", 1 }, { "extra_member", 3 }
    };
    struct work *w = shop_with(t, "more", held, COUNT(held), STAGE_ALL);
    assert_string_equal(add_products(t, "M", 600), "done");
    assert_string_equal(add_products(t, "N", 1), "limit_products");
    assert_int_equal(dbtest_number(t,
                                   "SELECT images_per_product * 100 + team_limit FROM vendor "
                                   "WHERE id = %lld",
                                   (long long)w->vendor.n),
                     504);
}

static void
a_smaller_tier_freezes_and_deletes_nothing(void **state)
{
    struct dbtest *t = *state;
    struct work *w = shop_of(t, "smaller", "professional");
    long long v = (long long)w->vendor.n;
    assert_string_equal(add_products(t, "S", 300), "done");
    dbtest_sql(t, "UPDATE entitlement SET products = 200 WHERE vendor_id = %lld", v);
    assert_int_equal(counted(t, "products"), 300);
    assert_string_equal(add_products(t, "T", 1), "limit_products");
    assert_string_equal(
        tried(t, text_printf(w->arena, "UPDATE product SET brand = 'x' WHERE vendor_id = %lld", v)),
        "done");
    assert_string_equal(
        tried(t, text_printf(w->arena,
                             "DELETE FROM product WHERE vendor_id = %lld AND id IN (SELECT id FROM "
                             "product WHERE vendor_id = %lld ORDER BY id LIMIT 101)",
                             v, v)),
        "done");
    assert_string_equal(add_products(t, "U", 1), "done");
    assert_string_equal(add_products(t, "V", 1), "limit_products");
}

static void
in_arrears_for_long_nothing_is_added_and_selling_goes_on(void **state)
{
    struct dbtest *t = *state;
    const struct entitle_held held = { "business", 1 };
    shop_with(t, "overdue", &held, 1, STAGE_OVERDUE);
    assert_string_equal(add_products(t, "O", 1), "done");
    shop_with(t, "restricted", &held, 1, STAGE_RESTRICTED);
    assert_string_equal(add_products(t, "R", 1), "limit_arrears");
    assert_string_equal(add_orders(t, "now()", 1), "done");
}

/* ---- A race for the last place ---- */

struct racer {
    const char *url, *insert;
    pthread_barrier_t *gate;
    bool in;
};

static void *
race(void *arg)
{
    struct racer *r = arg;
    PGconn *c = PQconnectdb(r->url);
    pthread_barrier_wait(r->gate);
    PGresult *res = PQexec(c, r->insert);
    r->in = PQresultStatus(res) == PGRES_COMMAND_OK;
    PQclear(res);
    PQfinish(c);
    return NULL;
}

static void
of_twenty_at_once_one_gets_the_last_place(void **state)
{
    struct dbtest *t = *state;
    struct racer racers[RACERS];
    pthread_t threads[RACERS];
    pthread_barrier_t gate;
    shop_of(t, "race", "essential");
    assert_string_equal(add_products(t, "R", 199), "done");
    pthread_barrier_init(&gate, NULL, RACERS);
    for (int i = 0; i < RACERS; i++) {
        const char *insert =
            text_printf(t->process,
                        "INSERT INTO product (vendor_id, sku, price_minor, currency) VALUES "
                        "(%lld, 'RACE-%d', 1, 'EUR')",
                        (long long)t->w.vendor.n, i);
        racers[i] = (struct racer){ t->admin_url, insert, &gate, false };
        assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    }
    int in = 0;
    for (int i = 0; i < RACERS; i++) {
        pthread_join(threads[i], NULL);
        in += racers[i].in;
    }
    pthread_barrier_destroy(&gate);
    assert_int_equal(in, 1);
    assert_int_equal(counted(t, "products"), 200);
}

/* ---- Orders of a month ---- */

static void
a_tenth_more_orders_are_taken_and_past_ones_do_not_count(void **state)
{
    struct dbtest *t = *state;
    shop_of(t, "orders", "essential");
    assert_string_equal(add_orders(t, "now() - interval '60 days'", 500), "done");
    assert_string_equal(add_orders(t, "now()", 110), "done");
    assert_string_equal(add_orders(t, "now()", 1), "limit_orders_per_month");
    long long v = (long long)t->w.vendor.n;
    dbtest_sql(t, "UPDATE entitlement SET usage_from = now() WHERE vendor_id = %lld", v);
    assert_string_equal(add_orders(t, "now()", 110), "done"); /* a new month, by its key */
}

static void
three_days_after_the_end_a_shop_takes_no_orders(void **state)
{
    struct dbtest *t = *state;
    shop_of(t, "ended", "essential");
    long long v = (long long)t->w.vendor.n;
    dbtest_sql(t, "UPDATE entitlement SET closed_from = now() + '1 h' WHERE vendor_id = %lld", v);
    assert_string_equal(add_orders(t, "now()", 1), "done");
    dbtest_sql(t, "UPDATE entitlement SET closed_from = now() WHERE vendor_id = %lld", v);
    assert_string_equal(add_orders(t, "now()", 1), "limit_closed");
}

/* ---- What is said ---- */

static void
a_refusal_names_limit_use_and_the_tier_that_lifts_it(void **state)
{
    struct dbtest *t = *state;
    struct work *w = shop_of(t, "said", "essential");
    assert_string_equal(add_products(t, "S", 200), "done");
    struct err *e =
        entitle_refusal(w, FAIL(w->arena, ERR_INVALID, "db.limit_products", "No more."));
    assert_err(e, ERR_DENIED, "limit_exceeded");
    assert_string_equal(e->about, "products");
    assert_int_equal(e->used, 200);
    assert_int_equal(e->limit, 200);
    assert_string_equal(e->allowed, "professional");
    assert_string_equal(add_orders(t, "now()", 110), "done");
    e = entitle_refusal(w, FAIL(w->arena, ERR_INVALID, "db.limit_orders_per_month", "No more."));
    assert_string_equal(e->about, "orders_per_month");
    assert_int_equal(e->used, 110);
    struct err *other = FAIL(w->arena, ERR_INVALID, "db.product_sku_length", "Too long.");
    assert_ptr_equal(entitle_refusal(w, other), other);
    assert_null(entitle_refusal(w, NULL));
}

static void
a_pace_says_nothing_of_a_young_shop(void **state)
{
    struct dbtest *t = *state;
    struct work *w = shop_of(t, "pace", "essential");
    struct entitle_use uses[ENTITLE_LIMITS];
    int64_t now = w->now_us / SECOND_US;
    bool known;
    assert_string_equal(add_products(t, "P", 100), "done");
    for (int days = 0; days < 20; days += 10) {
        dbtest_sql(t, "UPDATE vendor SET created_at = now() - interval '%d days' WHERE id = %lld",
                   days, (long long)w->vendor.n);
        tx_open(w, TX_READ);
        assert_no_err(entitle_usage(w, now - 86400, now + 86400, &known, uses));
        tx_rollback(w);
        assert_true(known);
        assert_int_equal(uses[ENTITLE_PRODUCTS].expected, days > 0);
    }
    /* A hundred in ten days: the other hundred in ten more. */
    assert_int_equal((uses[ENTITLE_PRODUCTS].reached_at - now) / 86400, 10);
}

/* ---- Counters ---- */

static void
a_counter_that_is_off_is_found(void **state)
{
    struct dbtest *t = *state;
    struct rows rows;
    struct work *w = shop_of(t, "miscounted", "professional");
    long long v = (long long)w->vendor.n;
    assert_string_equal(add_products(t, "M", 3), "done");
    assert_string_equal(add_variants(t, "M", 2), "done");
    for (int off = 0; off < 2; off++) {
        dbtest_sql(t, "UPDATE vendor_counter SET variants = 2 + %d WHERE vendor_id = %lld", off, v);
        tx_open(w, TX_OPERATOR_READ);
        assert_no_err(db_many(w, Q_entitle_miscounted, NO_ARGS, &rows));
        assert_int_equal(rows.count, off);
        if (off) {
            struct scan s = rows_at(&rows, 0);
            assert_int_equal(scan_i64(&s), v);
        }
        tx_rollback(w);
    }
    dbtest_sql(t, "UPDATE vendor_counter SET variants = 2 WHERE vendor_id = %lld", v);
}

/* ---- Who may only look ---- */

/* "" when the write passes, or the code of the refusal. */
static const char *
asked(struct work *w, enum method method, const char *path, enum may_kind may)
{
    const struct route row = { .method = method, .path = path, .who = WHO_VENDOR, .may = may };
    struct req r = { .work = w, .method = method, .route = &row };
    struct err *e = entitle_admit(&r);
    assert_false(tx_is_open(w));
    if (e)
        assert_int_equal(e->kind, ERR_DENIED);
    return e ? e->code : "";
}

static void
after_the_end_a_shop_is_read_exported_and_billed(void **state)
{
    struct dbtest *t = *state;
    const struct entitle_held held = { "business", 1 };
    struct work *w = shop_with(t, "over", &held, 1, STAGE_READ_ONLY);
    long long v = (long long)w->vendor.n;
    dbtest_sql(t, "UPDATE entitlement SET closed_from = now() + '3 d' WHERE vendor_id = %lld", v);
    static const struct {
        enum method method;
        const char *path;
        enum may_kind may;
        bool passes;
    } rows[] = {
        { GET, "/vendor/products", MAY_EDIT_PRODUCTS, true },
        { POST, "/vendor/products", MAY_EDIT_PRODUCTS, false },
        { DELETE, "/api/v1/vendor/products/{product}", MAY_EDIT_PRODUCTS, false },
        { POST, "/api/v1/vendor/inventory", MAY_EDIT_STOCK, false },
        { POST, "/vendor/orders/bulk", MAY_EDIT_ORDERS, false },
        { POST, "/vendor/settings", MAY_EDIT_SETTINGS, false },
        { POST, "/vendor/team/invitations", MAY_MANAGE_TEAM, false },
        { POST, "/api/v1/vendor/api-keys", MAY_MANAGE_KEYS, false },
        { POST, "/api/v1/vendor/exports", MAY_EDIT_PRODUCTS, true },
        { POST, "/vendor/products/export", MAY_EDIT_PRODUCTS, true },
        { POST, "/vendor/products/import", MAY_EDIT_PRODUCTS, false },
        { DELETE, "/api/v1/vendor/api-keys/{key}", MAY_MANAGE_KEYS, true },
        { DELETE, "/api/v1/vendor/team/{member}", MAY_MANAGE_TEAM, true },
        { PATCH, "/api/v1/vendor/team/{member}", MAY_MANAGE_TEAM, false },
        { POST, "/vendor/team/leave", MAY_LEAVE_TEAM, true },
        { POST, "/vendor/customers/{customer}/erase", MAY_ERASE_PERSONS, true },
        { POST, "/vendor/billing/change/{tier}", MAY_BUY, true },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *code = asked(w, rows[i].method, rows[i].path, rows[i].may);
        if (!text_is(code, rows[i].passes ? "" : "entitle.ended"))
            fail_msg("%s: \"%s\"", rows[i].path, code);
    }
    assert_string_equal(add_products(t, "X", 1), "limit_ended");
    shop_with(t, "goes-on", &held, 1, STAGE_RESTRICTED);
    assert_string_equal(asked(w, POST, "/vendor/products", MAY_EDIT_PRODUCTS), "");
    shop_with(t, "never-began", NULL, 0, STAGE_ALL);
    assert_string_equal(asked(w, POST, "/vendor/products", MAY_EDIT_PRODUCTS), "");
}

static void
exports_end_ninety_days_after_the_subscription(void **state)
{
    struct dbtest *t = *state;
    const struct entitle_held held = { "business", 1 };
    struct work *w = shop_with(t, "long-over", &held, 1, STAGE_READ_ONLY);
    static const struct {
        const char *ended, *code;
    } rows[] = { { "89 days 23 hours", "" }, { "90 days", "entitle.exports_over" } };
    for (size_t i = 0; i < COUNT(rows); i++) {
        dbtest_sql(t,
                   "UPDATE entitlement SET closed_from = now() - interval '%s' + interval '3 days' "
                   "WHERE vendor_id = %lld",
                   rows[i].ended, (long long)w->vendor.n);
        w->now_us = clock_now_us();
        assert_string_equal(asked(w, POST, "/api/v1/vendor/exports", MAY_EDIT_PRODUCTS),
                            rows[i].code);
    }
}

static int64_t
joined(struct dbtest *t, const char *name, const char *role, int days_ago)
{
    return dbtest_number(t,
                         "WITH a AS (INSERT INTO account (email, name, password_hash) VALUES "
                         "('%s-%lld@example.org', '%s', '') RETURNING id) INSERT INTO membership "
                         "(vendor_id, account_id, role, created_at) SELECT %lld, id, '%s', now() - "
                         "interval '%d days' FROM a RETURNING account_id",
                         name, (long long)t->w.vendor.n, name, (long long)t->w.vendor.n, role,
                         days_ago);
}

static void
hold(struct work *w, const char *tier)
{
    struct entitle_offers offers;
    int64_t now = w->now_us / SECOND_US;
    struct entitle_times times = { now - 86400, now + 29 * INT64_C(86400), 0 };
    struct entitle_held held = { tier, 1 };
    tx_open(w, TX_WRITE);
    assert_no_err(entitle_offers(w, now, &offers));
    struct entitle_grant grant = { w->vendor, &offers, &held, 1, STAGE_ALL, times };
    assert_no_err(entitle_write(w, &grant, 1));
    assert_no_err(tx_commit(w));
}

static bool
may_work(struct work *w, int64_t person, int days_on)
{
    int64_t now_us = w->now_us;
    w->user.n = person;
    w->now_us += days_on * INT64_C(86400) * SECOND_US;
    const char *code = asked(w, POST, "/vendor/products", MAY_EDIT_PRODUCTS);
    w->now_us = now_us;
    w->user.n = 0;
    if (*code)
        assert_string_equal(code, "entitle.team_too_large");
    return !*code;
}

static void
fourteen_days_after_a_downgrade_the_newest_of_the_team_only_look(void **state)
{
    struct dbtest *t = *state;
    struct work *w = shop_of(t, "crowd", "business");
    int64_t oldest = joined(t, "oldest", "staff", 90), newest = joined(t, "newest", "manager", 2);
    int64_t middle = joined(t, "middle", "staff", 30), owner = joined(t, "owner", "owner", 1);
    hold(w, "business");
    assert_true(may_work(w, newest, 30));
    hold(w, "professional"); /* three places: the owner's is one of them */
    assert_true(may_work(w, newest, 13));
    assert_false(may_work(w, newest, 14));
    assert_true(may_work(w, middle, 14));
    w->now_us += 10 * INT64_C(86400) * SECOND_US;
    hold(w, "professional"); /* the day counts on which it went down, not the last renewal */
    assert_false(may_work(w, newest, 4));
    hold(w, "essential"); /* a further step has 14 days of its own */
    assert_true(may_work(w, middle, 13));
    assert_false(may_work(w, middle, 14));
    assert_false(may_work(w, oldest, 14));
    assert_true(may_work(w, owner, 400));
    hold(w, "enterprise"); /* no limit is none that could be passed */
    assert_true(may_work(w, newest, 400));
    hold(w, "business");
    assert_true(may_work(w, newest, 400));
    w->user.n = 0;
}

/* ---- What a smaller tier would be too small for ---- */

static void
the_newest_above_a_limit_are_named_ten_at_most(void **state)
{
    struct dbtest *t = *state;
    struct entitle_use uses[ENTITLE_LIMITS];
    struct entitle_over over[ENTITLE_LIMITS];
    bool known;
    struct work *w = shop_of(t, "named", "business");
    int64_t now = w->now_us / SECOND_US;
    joined(t, "ada", "owner", 1);
    joined(t, "ben", "staff", 9);
    joined(t, "cleo", "staff", 3);
    assert_string_equal(add_products(t, "N", 230), "done");
    dbtest_sql(t,
               "INSERT INTO product_text (vendor_id, product_id, language, title, slug) SELECT "
               "vendor_id, id, 'en', 'The last one', 'last' FROM product WHERE vendor_id = %lld "
               "ORDER BY id DESC LIMIT 1",
               (long long)w->vendor.n);
    w->language = "fr";
    tx_open(w, TX_READ);
    assert_no_err(entitle_usage(w, now, now, &known, uses));
    assert_no_err(entitle_newest(w, uses));
    tx_rollback(w);
    int64_t limits[ENTITLE_LIMITS] = { 200, 3, 100, 240, 2, 1000 };
    assert_int_equal(entitle_impact(uses, limits, over), 2);
    assert_int_equal(over[0].excess, 30);
    assert_int_equal(over[0].newest_count, NEWEST_MOST);
    assert_string_equal(over[0].newest[0].name, "The last one");
    assert_string_equal(over[0].newest[0].language, "en");
    assert_string_equal(over[0].newest[1].name, "N-229");
    assert_int_equal(over[1].limit, ENTITLE_TEAM_MEMBERS);
    assert_int_equal(over[1].newest_count, 1); /* no more of them than there are too many */
    assert_string_equal(over[1].newest[0].name, "cleo");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        DBTEST(who_has_no_subscription_is_not_limited),
        DBTEST(a_statement_fills_a_limit_and_none_passes_it),
        DBTEST(the_highest_tier_has_no_limit),
        DBTEST(an_addon_adds_what_it_says_by_the_piece),
        DBTEST(a_smaller_tier_freezes_and_deletes_nothing),
        DBTEST(in_arrears_for_long_nothing_is_added_and_selling_goes_on),
        DBTEST(of_twenty_at_once_one_gets_the_last_place),
        DBTEST(a_tenth_more_orders_are_taken_and_past_ones_do_not_count),
        DBTEST(three_days_after_the_end_a_shop_takes_no_orders),
        DBTEST(a_refusal_names_limit_use_and_the_tier_that_lifts_it),
        DBTEST(a_pace_says_nothing_of_a_young_shop),
        DBTEST(a_counter_that_is_off_is_found),
        DBTEST(after_the_end_a_shop_is_read_exported_and_billed),
        DBTEST(exports_end_ninety_days_after_the_subscription),
        DBTEST(fourteen_days_after_a_downgrade_the_newest_of_the_team_only_look),
        DBTEST(the_newest_above_a_limit_are_named_ten_at_most),
    };
    return cmocka_run_group_tests(tests, dbtest_start, dbtest_stop);
}
