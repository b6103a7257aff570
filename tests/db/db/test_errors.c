/* What a refusal of PostgreSQL becomes, from real refusals. */
#include "dbtest.h"

#include <libpq-fe.h>
#include <string.h>

#include "base/text.h"
#include "db/connection.h"

static PGconn *conn;

static int
start(void **state)
{
    int failed = dbtest_start(state);
    if (failed)
        return failed;
    conn = PQconnectdb(((struct dbtest *)*state)->admin_url);
    dbtest_sql(*state,
               "CREATE EXTENSION IF NOT EXISTS btree_gist; "
               "CREATE TABLE one (n integer PRIMARY KEY CONSTRAINT one_small CHECK (n < 10), "
               "                  t text NOT NULL DEFAULT 'x', CONSTRAINT one_t_once UNIQUE (t)); "
               "CREATE TABLE two (n integer CONSTRAINT two_of_one REFERENCES one (n), "
               "                  CONSTRAINT two_apart EXCLUDE USING gist (n WITH =)); "
               "CREATE TABLE three (n integer CONSTRAINT three_late UNIQUE DEFERRABLE INITIALLY "
               "DEFERRED); "
               "INSERT INTO one VALUES (1); INSERT INTO two VALUES (1)");
    return 0;
}

static int
stop(void **state)
{
    PQfinish(conn);
    return dbtest_stop(state);
}

static struct err *
refusal_of(struct work *w, const char *statement)
{
    PGresult *res = PQexec(conn, statement);
    assert_int_equal(PQresultStatus(res), PGRES_FATAL_ERROR);
    struct err *e = db_error(w, Q_db_ping, res);
    PQclear(res);
    return e;
}

static void
each_refusal_has_a_kind_and_a_code(void **state)
{
    static const struct {
        const char *statement;
        enum err_kind kind;
        const char *code;
    } rows[] = {
        { "INSERT INTO one VALUES (1, 'y')", ERR_CONFLICT, "db.one_pkey" },
        { "INSERT INTO one VALUES (2, 'x')", ERR_CONFLICT, "db.one_t_once" },
        { "INSERT INTO two VALUES (1)", ERR_CONFLICT, "db.two_apart" },
        { "INSERT INTO one VALUES (11, 'z')", ERR_INVALID, "db.one_small" },
        { "INSERT INTO two VALUES (9)", ERR_INVALID, "db.two_of_one" },
        { "DELETE FROM one", ERR_INVALID, "db.two_of_one" },
        { "INSERT INTO one VALUES (3, NULL)", ERR_INVALID, "db.one_t_missing" },
        { "DO $$ BEGIN RAISE SQLSTATE '40001'; END $$", ERR_BUSY, "db.retry" },
        { "DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$", ERR_BUSY, "db.retry" },
        { "DO $$ BEGIN RAISE SQLSTATE '55P03'; END $$", ERR_BUSY, "db.timeout" },
        { "DO $$ BEGIN RAISE SQLSTATE '57P03'; END $$", ERR_BUSY, "db.away" },
        { "DO $$ BEGIN RAISE SQLSTATE '08006'; END $$", ERR_BUSY, "db.away" },
        { "DO $$ BEGIN RAISE SQLSTATE '53100'; END $$", ERR_FULL, "db.no_room" },
        { "SET statement_timeout = 1; SELECT pg_sleep(1)", ERR_BUSY, "db.timeout" },
        { "SELECT 1 / 0", ERR_BROKEN, "db.broken" },
        { "SELECT no_such_column", ERR_BROKEN, "db.broken" },
    };
    struct work *w = &((struct dbtest *)*state)->w;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err *e = refusal_of(w, rows[i].statement);
        assert_err(e, rows[i].kind, rows[i].code);
        assert_int_equal(e->retry_after_s, rows[i].kind == ERR_BUSY ? 1 : 0);
    }
}

static void
the_operator_reads_where_it_happened_and_the_person_does_not(void **state)
{
    struct work *w = &((struct dbtest *)*state)->w;
    struct err *e = refusal_of(w, "SELECT 1 / 0");
    assert_non_null(strstr(e->log, "sql/queries/db.sql:"));
    assert_non_null(strstr(e->log, "db_ping"));
    assert_non_null(strstr(e->log, "22012 division by zero"));
    assert_null(strstr(e->say, "division"));
}

static void
peoples_data_stay_out_of_the_log(void **state)
{
    struct work *w = &((struct dbtest *)*state)->w;
    dbtest_sql(*state, "INSERT INTO one VALUES (5, 'someone@example.org')");
    struct err *e = refusal_of(w, "INSERT INTO one VALUES (6, 'someone@example.org')");
    assert_null(strstr(e->log, "someone@"));
}

static void
a_room_turns_a_constraint_into_its_own_field_error(void **state)
{
    static const struct db_refusal table[] = {
        { "one_small", "one.too_large", "n", "This is too large." },
        { "one_t_once", "one.taken", "t", "This is taken." },
    };
    struct work *w = &((struct dbtest *)*state)->w;
    struct err *e = refusal_of(w, "INSERT INTO one VALUES (2, 'x')");
    struct err *own = db_refusal(w, e, table, COUNT(table));
    assert_err(own, ERR_CONFLICT, "one.taken");
    assert_string_equal(own->field, "t");
    assert_string_equal(own->say, "This is taken.");
    assert_ptr_equal(own->log, e->log);

    struct err *other = refusal_of(w, "INSERT INTO two VALUES (1)");
    assert_ptr_equal(db_refusal(w, other, table, COUNT(table)), other);
    assert_null(db_refusal(w, NULL, table, COUNT(table)));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        DBTEST(each_refusal_has_a_kind_and_a_code),
        DBTEST(the_operator_reads_where_it_happened_and_the_person_does_not),
        DBTEST(peoples_data_stay_out_of_the_log),
        DBTEST(a_room_turns_a_constraint_into_its_own_field_error),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
