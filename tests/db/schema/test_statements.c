/* Every statement of sql/queries against the migrated schema, as the workers' role: it prepares,
 * and its plan has an index for what it looks up in a table that grows. */
#include "dbtest.h"

#include <libpq-fe.h>
#include <string.h>

#include "base/text.h"
#include "db/query.h"

/* Tables that grow with shops, products, people or time. */
static const char *const growing[] = { "account",           "account_totp",
                                       "audit_log",         "customer",
                                       "image_file",        "job",
                                       "job_slot",          "login_attempt",
                                       "login_device",      "login_guard",
                                       "login_unlock",      "mail_key",
                                       "mail_suppression",  "membership",
                                       "order_item",        "orders",
                                       "product",           "product_image",
                                       "product_text",      "recovery_code",
                                       "refresh_token",     "session",
                                       "category",          "product_variant",
                                       "product_old_slug",  "product_search",
                                       "search_word",       "stock",
                                       "stock_movement",    "reservation",
                                       "feed_item_verdict", "product_change" };

/* Statements that go through a whole table, and why that is right. */
static const struct {
    const char *name, *why;
} scans[] = {
    { "accounts_factor_coverage", "a share of everybody, on a page of the operator's" },
    { "audit_broken", "a daily job's check of every row" },
    { "images_totals", "a nightly job's sums" },
    { "images_by_vendor", "a nightly job's sums" },
    { "queue_prune", "a daily job" },
    { "stock_differences", "a nightly job's proof of every row" },
};

static PGconn *app;

static int
start(void **state)
{
    int failed = dbtest_start(state);
    if (!failed)
        app = PQconnectdb(((struct dbtest *)*state)->app_url);
    return failed;
}

static int
stop(void **state)
{
    PQfinish(app);
    return dbtest_stop(state);
}

static void
every_statement_prepares(void **state)
{
    (void)state;
    for (int q = 0; q < QUERIES; q++) {
        const struct query_text *t = &query_texts[q];
        PGresult *res = PQprepare(app, t->name, t->text, 0, NULL);
        if (PQresultStatus(res) != PGRES_COMMAND_OK)
            fail_msg("%s:%d %s: %s", t->file, t->line, t->name, PQerrorMessage(app));
        PQclear(res);
        res = PQdescribePrepared(app, t->name);
        if (PQnparams(res) != t->nargs)
            fail_msg("%s:%d %s: %d parameters, not %d", t->file, t->line, t->name, PQnparams(res),
                     t->nargs);
        bool answers = PQnfields(res) > 0;
        if (answers != (t->shape != SHAPE_EXEC) && t->shape != SHAPE_MANY)
            fail_msg("%s:%d %s: gives %s rows, against its shape", t->file, t->line, t->name,
                     answers ? "" : "no");
        PQclear(res);
    }
}

/* EXPLAIN takes no transactions, no roles, no tables to be made; migrations are the owner's. */
static bool
has_a_plan(const struct query_text *t)
{
    if (text_starts(t->name, "migrate_"))
        return false;
    static const char *const plain[] = { "SELECT", "INSERT", "UPDATE", "DELETE", "WITH" };
    for (size_t i = 0; i < COUNT(plain); i++)
        if (text_starts(t->text, plain[i]))
            return true;
    return false;
}

/* As a worker; what only the operator's role may see, as that. */
static PGresult *
explain(const char *call)
{
    PGresult *res = PQexec(app, call);
    const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    if (!state || !text_is(state, "42501"))
        return res;
    PQclear(res);
    PQclear(PQexec(app, "SET ROLE souk_system"));
    res = PQexec(app, call);
    PQclear(PQexec(app, "RESET ROLE"));
    return res;
}

static char *
plan_of(struct arena *a, const struct query_text *t)
{
    struct buf b = buf_new(a, 4096), call = buf_new(a, 256);
    buf_printf(&call, "EXPLAIN EXECUTE %s", t->name);
    for (int i = 0; i < t->nargs; i++)
        buf_printf(&call, "%sNULL", i ? ", " : " (");
    buf_text(&call, t->nargs ? ")" : "");
    PGresult *res = explain(call.at);
    if (PQresultStatus(res) != PGRES_TUPLES_OK)
        fail_msg("%s: %s", t->name, PQerrorMessage(app));
    for (int i = 0; i < PQntuples(res); i++)
        buf_printf(&b, "%s\n", PQgetvalue(res, i, 0));
    PQclear(res);
    return b.at;
}

static bool
may_scan(const struct query_text *t)
{
    for (size_t i = 0; i < COUNT(scans); i++)
        if (text_is(scans[i].name, t->name))
            return true;
    return false;
}

static bool
scans_table(struct arena *a, const char *plan, const char *table)
{
    const char *found = strstr(plan, text_printf(a, "Seq Scan on %s", table));
    return found && strchr(" \n", found[strlen("Seq Scan on ") + strlen(table)]);
}

/* Sequential scans cost so much here that one is left only where there is no index to use. */
static void
no_statement_reads_a_growing_table_from_end_to_end(void **state)
{
    struct dbtest *t = *state;
    PQclear(PQexec(app, "SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan; "
                        "SET souk.vendor = '1'"));
    for (int q = 0; q < QUERIES; q++) {
        const struct query_text *s = &query_texts[q];
        if (!has_a_plan(s) || may_scan(s))
            continue;
        const char *plan = plan_of(t->w.arena, s);
        for (size_t i = 0; i < COUNT(growing); i++)
            if (scans_table(t->w.arena, plan, growing[i]))
                fail_msg("%s:%d %s reads all of %s:\n%s", s->file, s->line, s->name, growing[i],
                         plan);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        DBTEST(every_statement_prepares),
        DBTEST(no_statement_reads_a_growing_table_from_end_to_end),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
