/* Migrations: several at once, edited ones, and one that ends in the middle. */
#include "dbtest.h"

#include <libpq-fe.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "db/migrate.h"

static PGconn *
open_database(const char *conninfo)
{
    PGconn *conn = PQconnectdb(conninfo);
    assert_int_equal(PQstatus(conn), CONNECTION_OK);
    return conn;
}

static int64_t
ask(PGconn *conn, const char *statement)
{
    PGresult *res = PQexec(conn, statement);
    int64_t n = 0;
    if (PQresultStatus(res) != PGRES_TUPLES_OK && PQresultStatus(res) != PGRES_COMMAND_OK)
        fail_msg("%s", PQerrorMessage(conn));
    if (PQntuples(res))
        assert_true(text_to_i64(PQgetvalue(res, 0, 0), &n));
    PQclear(res);
    return n;
}

static pid_t
migrate_in_child(const char *conninfo)
{
    pid_t child = fork();
    if (child == 0) {
        int ran = 0;
        struct arena *a = arena_new(1 << 24);
        _exit(migrate_run(a, conninfo, &ran) ? 100 : ran);
    }
    assert_true(child > 0);
    return child;
}

static int
end_of(pid_t child)
{
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
two_at_once_take_turns_and_each_migration_runs_once(void **state)
{
    struct dbtest *t = *state;
    const char *url = dbtest_empty_database(t);
    pid_t children[3];
    int ran = 0, all;
    for (size_t i = 0; i < COUNT(children); i++)
        children[i] = migrate_in_child(url);
    for (size_t i = 0; i < COUNT(children); i++) {
        int n = end_of(children[i]);
        assert_in_range(n, 0, 99);
        ran += n;
    }
    PGconn *conn = open_database(url);
    all = (int)ask(conn, "SELECT count(*) FROM schema_migration");
    assert_int_equal(ran, all);
    assert_true(all > 0);
    PQfinish(conn);
    assert_no_err(migrate_run(t->w.arena, url, &ran));
    assert_int_equal(ran, 0);
}

static void
a_migration_that_was_edited_after_it_ran_is_refused(void **state)
{
    struct dbtest *t = *state;
    const char *url = dbtest_empty_database(t);
    int ran;
    assert_no_err(migrate_run(t->w.arena, url, &ran));
    PGconn *conn = open_database(url);
    ask(conn, "UPDATE schema_migration SET checksum = repeat('0', 64) WHERE name LIKE '0002%'");
    struct err *e = migrate_run(t->w.arena, url, &ran);
    assert_err(e, ERR_CONFLICT, "migrate.changed");
    assert_non_null(strstr(e->say, "0002_"));
    PQfinish(conn);
}

static void
a_database_ahead_of_the_program_is_left_alone(void **state)
{
    struct dbtest *t = *state;
    const char *url = dbtest_empty_database(t);
    int ran;
    assert_no_err(migrate_run(t->w.arena, url, &ran));
    PGconn *conn = open_database(url);
    ask(conn, "INSERT INTO schema_migration VALUES ('9999_future.sql', 'x')");
    assert_err(migrate_run(t->w.arena, url, &ran), ERR_CONFLICT, "migrate.ahead");
    PQfinish(conn);
}

static void
a_failing_migration_names_its_place_and_leaves_nothing_of_itself(void **state)
{
    struct dbtest *t = *state;
    const char *url = dbtest_empty_database(t);
    PGconn *conn = open_database(url);
    int ran;
    ask(conn, "CREATE TABLE order_item ()"); /* in the way of the last table of 0005 */
    struct err *e = migrate_run(t->w.arena, url, &ran);
    assert_err(e, ERR_BROKEN, "migrate.failed");
    assert_non_null(strstr(e->log, "sql/migrations/0005_orders.sql:"));
    assert_non_null(strstr(e->log, "order_item"));
    assert_int_equal(ask(conn, "SELECT count(*) FROM schema_migration"), 4);
    assert_int_equal(ask(conn, "SELECT count(*) FROM pg_class WHERE relname = 'customer'"), 0);
    ask(conn, "DROP TABLE order_item");
    assert_no_err(migrate_run(t->w.arena, url, &ran));
    PQfinish(conn);
}

/* Until someone in this database waits for a lock. */
static void
await_lock(struct dbtest *t, const char *database)
{
    for (int i = 0; i < 800; i++) {
        if (dbtest_number(t,
                          "SELECT count(*) FROM pg_stat_activity WHERE datname = '%s' AND "
                          "wait_event_type = 'Lock'",
                          database))
            return;
        usleep(5000);
    }
    fail_msg("nobody waits");
}

static void
a_migrator_that_is_killed_in_the_middle_leaves_the_way_free(void **state)
{
    struct dbtest *t = *state;
    const char *url = dbtest_empty_database(t);
    PGconn *conn = open_database(url);
    int ran;
    ask(conn, "BEGIN");
    ask(conn, "CREATE TABLE orders ()"); /* not committed: 0005 has to wait for it */
    pid_t child = migrate_in_child(url);
    await_lock(t, PQdb(conn));
    kill(child, SIGKILL);
    assert_int_equal(end_of(child), -1);
    ask(conn, "ROLLBACK");
    assert_no_err(migrate_run(t->w.arena, url, &ran));
    assert_true(ran >= 2);
    assert_int_equal(ask(conn, "SELECT count(*) FROM pg_class WHERE relname = 'orders'"), 1);
    PQfinish(conn);
}

static void
a_worker_is_told_how_many_are_missing(void **state)
{
    struct dbtest *t = *state;
    int missing = -1;
    assert_no_err(migrate_missing(&t->w, &missing));
    assert_int_equal(missing, 0);
    dbtest_sql(t, "DELETE FROM schema_migration WHERE name LIKE '0001%%'");
    assert_no_err(migrate_missing(&t->w, &missing));
    assert_int_equal(missing, 1);
}

static void
a_worker_on_an_empty_database_misses_all(void **state)
{
    struct dbtest *t = *state;
    const char *url = text_printf(t->process, "%s user=souk_app", dbtest_empty_database(t));
    struct work *w = dbtest_second_by(t, url, true);
    int missing = 0;
    assert_no_err(migrate_missing(w, &missing));
    assert_true(missing >= 6);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        DBTEST(two_at_once_take_turns_and_each_migration_runs_once),
        DBTEST(a_migration_that_was_edited_after_it_ran_is_refused),
        DBTEST(a_database_ahead_of_the_program_is_left_alone),
        DBTEST(a_failing_migration_names_its_place_and_leaves_nothing_of_itself),
        DBTEST(a_migrator_that_is_killed_in_the_middle_leaves_the_way_free),
        DBTEST(a_worker_is_told_how_many_are_missing),
        DBTEST(a_worker_on_an_empty_database_misses_all),
    };
    return cmocka_run_group_tests(tests, dbtest_start, dbtest_stop);
}
