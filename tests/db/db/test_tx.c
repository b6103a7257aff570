/* Transactions against a real server: what each mode sees, what it leaves behind, and what becomes
 * of a connection that is lost. */
#include "dbtest.h"

#include <libpq-fe.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "db/connection.h"

static struct vendor_id here, there;

static int
start(void **state)
{
    int failed = dbtest_start(state);
    if (failed)
        return failed;
    here = dbtest_vendor(*state, "here");
    there = dbtest_vendor(*state, "there");
    return 0;
}

/* How many active vendors the open transaction sees: the table has row-level security. */
static int64_t
vendors_seen(struct work *w)
{
    struct scan s;
    assert_no_err(db_one(w, Q_health_platform, NO_ARGS, &s));
    return scan_i64(&s);
}

static int64_t
vendors_seen_by(struct work *w, enum tx_mode mode)
{
    tx_open(w, mode);
    int64_t n = vendors_seen(w);
    tx_rollback(w);
    return n;
}

static struct err *
save(struct work *w, const char *name, const char *body)
{
    return db_exec(w, Q_report_save, ARGS(arg_text(name), arg_time(w, w->now_us), arg_text(body)),
                   NULL);
}

static bool
is_saved(struct work *w, const char *name)
{
    struct scan s;
    bool found;
    tx_open(w, TX_READ);
    assert_no_err(db_maybe(w, Q_report_load, ARGS(arg_text(name)), &found, &s));
    tx_rollback(w);
    return found;
}

static int
backend(struct work *w)
{
    return PQbackendPID(w->db->conn);
}

static void
cut_connection(struct dbtest *t, struct work *w)
{
    assert_string_equal(dbtest_sql(t, "SELECT pg_terminate_backend(%d, 5000)", backend(w)), "t");
}

/* ---- What is seen ---- */

static void
a_transaction_sees_its_tenant_and_no_other(void **state)
{
    struct work *w = &((struct dbtest *)*state)->w;
    assert_int_equal(vendors_seen_by(w, TX_READ), 0);
    assert_int_equal(vendors_seen_by(w, TX_WRITE), 0);
    w->vendor = here;
    assert_int_equal(vendors_seen_by(w, TX_READ), 1);
    assert_int_equal(vendors_seen_by(w, TX_WRITE), 1);
    w->vendor = (struct vendor_id){ there.n + 1000 };
    assert_int_equal(vendors_seen_by(w, TX_READ), 0);
}

static void
the_operator_sees_every_tenant(void **state)
{
    struct work *w = &((struct dbtest *)*state)->w;
    assert_int_equal(vendors_seen_by(w, TX_OPERATOR_READ), 2);
    assert_int_equal(vendors_seen_by(w, TX_OPERATOR_WRITE), 2);
}

static void
a_shops_visitor_sees_that_shop_while_it_is_open(void **state)
{
    struct dbtest *t = *state;
    t->w.shop = "here";
    assert_int_equal(vendors_seen_by(&t->w, TX_SHOP_READ), 1);
    t->w.shop = "nowhere'; --";
    assert_int_equal(vendors_seen_by(&t->w, TX_SHOP_READ), 0);
    dbtest_sql(t, "UPDATE vendor SET state = 'suspended' WHERE slug = 'here'");
    t->w.shop = "here";
    assert_int_equal(vendors_seen_by(&t->w, TX_SHOP_READ), 0);
    dbtest_sql(t, "UPDATE vendor SET state = 'active' WHERE slug = 'here'");
}

static void
a_transaction_can_change_its_tenant_on_the_way(void **state)
{
    struct work *w = &((struct dbtest *)*state)->w;
    tx_open(w, TX_WRITE);
    assert_int_equal(vendors_seen(w), 0);
    assert_no_err(tx_tenant(w, there));
    assert_int_equal(vendors_seen(w), 1);
    assert_int_equal(w->vendor.n, there.n);
    assert_no_err(tx_tenant(w, (struct vendor_id){ 0 }));
    assert_int_equal(vendors_seen(w), 0);
    tx_rollback(w);
}

/* Every mode is followed by every other on one connection, ended well, badly, or by a failure. */
static void
nothing_of_tenant_or_role_is_left_for_the_next_transaction(void **state)
{
    static const enum tx_mode before[] = { TX_READ, TX_WRITE, TX_SHOP_READ, TX_OPERATOR_READ,
                                           TX_OPERATOR_WRITE };
    enum { COMMITTED, ROLLED_BACK, FAILED, ENDS };
    struct work *w = &((struct dbtest *)*state)->w;
    for (size_t i = 0; i < COUNT(before); i++)
        for (int end = 0; end < ENDS; end++) {
            w->vendor = here;
            w->shop = "here";
            tx_open(w, before[i]);
            assert_true(vendors_seen(w) > 0);
            if (end == FAILED)
                assert_non_null(save(w, NULL, "{}"));
            if (end == COMMITTED)
                assert_no_err(tx_commit(w));
            else
                tx_rollback(w);
            assert_int_equal(PQtransactionStatus(w->db->conn), PQTRANS_IDLE);
            w->vendor = (struct vendor_id){ 0 };
            assert_int_equal(vendors_seen_by(w, TX_READ), 0);
            assert_int_equal(vendors_seen_by(w, TX_WRITE), 0);
        }
}

/* ---- What is written ---- */

static void
a_write_is_there_after_commit_and_gone_after_rollback(void **state)
{
    struct work *w = &((struct dbtest *)*state)->w;
    tx_open(w, TX_WRITE);
    assert_no_err(save(w, "kept", "{}"));
    assert_no_err(tx_commit(w));
    assert_true(is_saved(w, "kept"));
    tx_open(w, TX_WRITE);
    assert_no_err(save(w, "dropped", "{}"));
    tx_rollback(w);
    assert_false(is_saved(w, "dropped"));
    assert_false(tx_is_open(w));
}

static void
a_transaction_for_reading_refuses_to_write(void **state)
{
    struct work *w = &((struct dbtest *)*state)->w;
    static const enum tx_mode modes[] = { TX_READ, TX_OPERATOR_READ, TX_SHOP_READ };
    w->shop = "here";
    for (size_t i = 0; i < COUNT(modes); i++) {
        tx_open(w, modes[i]);
        assert_err(save(w, "sneaked", "{}"), ERR_BROKEN, "db.broken");
        tx_rollback(w);
        assert_false(is_saved(w, "sneaked"));
    }
}

static void
a_commit_of_nothing_works_and_of_a_failed_statement_does_not(void **state)
{
    struct work *w = &((struct dbtest *)*state)->w;
    tx_open(w, TX_WRITE);
    assert_no_err(tx_commit(w));
    tx_open(w, TX_WRITE);
    assert_no_err(save(w, "first", "{}"));
    assert_err(save(w, NULL, "{}"), ERR_INVALID, "db.report_name_missing");
    assert_err(tx_commit(w), ERR_BROKEN, "db.commit");
    assert_false(tx_is_open(w));
    assert_false(is_saved(w, "first"));
}

/* The server ends the connection in the middle of COMMIT, at a constraint that is looked at then.
 */
static void
a_commit_that_is_lost_on_its_way_is_not_called_our_fault(void **state)
{
    struct dbtest *t = *state;
    struct work *w = &t->w;
    dbtest_sql(t, "CREATE FUNCTION end_it() RETURNS trigger LANGUAGE plpgsql AS "
                  "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$; "
                  "CREATE CONSTRAINT TRIGGER end_it AFTER INSERT ON report DEFERRABLE INITIALLY "
                  "DEFERRED FOR EACH ROW EXECUTE FUNCTION end_it()");
    tx_open(w, TX_WRITE);
    assert_no_err(save(w, "lost", "{}"));
    struct err *e = tx_commit(w);
    assert_err(e, ERR_BUSY, "db.unknown");
    assert_true(e->retry_after_s > 0);
    dbtest_sql(t, "DROP TRIGGER end_it ON report; DROP FUNCTION end_it()");
    assert_false(is_saved(w, "lost"));
}

/* ---- Statements ---- */

static void
a_first_statement_that_is_refused_leaves_nothing_behind(void **state)
{
    struct dbtest *t = *state;
    struct work *w = &t->w;
    tx_open(w, TX_WRITE);
    assert_non_null(save(w, "refused first", "not json"));
    tx_rollback(w);
    assert_int_equal(vendors_seen_by(w, TX_READ), 0);
    tx_open(w, TX_WRITE);
    assert_non_null(save(w, "refused first", "not json"));
    assert_err(tx_commit(w), ERR_BROKEN, "db.commit");
    tx_open(w, TX_WRITE);
    assert_no_err(save(w, "after the refusal", "{}"));
    assert_no_err(tx_commit(w));
    assert_true(is_saved(w, "after the refusal"));
}

static void
no_rows_are_an_answer_too(void **state)
{
    struct work *w = &((struct dbtest *)*state)->w;
    struct scan s;
    struct rows r;
    int64_t affected = -1;
    tx_open(w, TX_WRITE);
    assert_no_err(db_many(w, Q_images_by_vendor, NO_ARGS, &r));
    assert_int_equal(r.count, 0);
    const int64_t one = 1;
    assert_no_err(
        db_exec(w, Q_queue_renew, ARGS(arg_i64s(w, &one, 1), arg_i64s(w, &one, 1)), &affected));
    assert_int_equal(affected, 0);
    bool found = true;
    assert_no_err(db_maybe(w, Q_report_load, ARGS(arg_text("nothing")), &found, &s));
    assert_false(found);
    tx_rollback(w);
}

struct walk {
    int rows, stop_at;
    struct work *w;
};

static struct err *
take_row(void *arg, struct scan *row)
{
    struct walk *walk = arg;
    assert_true(*scan_text(row));
    scan_end(row);
    if (++walk->rows == walk->stop_at)
        return FAIL(walk->w->arena, ERR_CONFLICT, "walk.stopped", "Enough.");
    return NULL;
}

static void
rows_are_walked_one_by_one_until_one_fails(void **state)
{
    struct work *w = &((struct dbtest *)*state)->w;
    const char *names[500];
    struct walk all = { .w = w }, some = { .w = w, .stop_at = 7 };
    for (size_t i = 0; i < COUNT(names); i++)
        names[i] = text_printf(w->arena, "%064zx", i);
    tx_open(w, TX_READ);
    assert_no_err(
        db_each(w, Q_images_unknown, ARGS(arg_texts(w, names, COUNT(names))), take_row, &all));
    assert_int_equal(all.rows, COUNT(names));
    assert_err(
        db_each(w, Q_images_unknown, ARGS(arg_texts(w, names, COUNT(names))), take_row, &some),
        ERR_CONFLICT, "walk.stopped");
    assert_int_equal(some.rows, 7);
    assert_int_equal(vendors_seen(w), 0); /* the connection is free again */
    tx_rollback(w);
}

static void
a_large_argument_and_a_large_result_pass(void **state)
{
    struct work *w = &((struct dbtest *)*state)->w;
    size_t length = (size_t)8 << 20;
    char *body = arena_alloc_raw(w->arena, length + 3);
    body[0] = '"';
    memset(body + 1, 'x', length);
    memcpy(body + 1 + length, "\"", 2);
    tx_open(w, TX_WRITE);
    assert_no_err(save(w, "large", body));
    struct scan s;
    bool found;
    assert_no_err(db_maybe(w, Q_report_load, ARGS(arg_text("large")), &found, &s));
    assert_int_equal(scan_time(&s), w->now_us);
    assert_int_equal(strlen(scan_text(&s)), length + 2);
    tx_rollback(w);
}

static void
without_preparing_it_is_all_the_same(void **state)
{
    struct dbtest *t = *state;
    struct work *w = dbtest_second_by(t, t->app_url, false);
    w->vendor = here;
    assert_int_equal(vendors_seen_by(w, TX_READ), 1);
    assert_int_equal(vendors_seen_by(w, TX_OPERATOR_WRITE), 2);
    tx_open(w, TX_WRITE);
    assert_no_err(save(w, "unprepared", "{}"));
    assert_no_err(tx_commit(w));
    assert_true(is_saved(&t->w, "unprepared"));
}

/* ---- Waiting ---- */

static void
a_statement_that_takes_too_long_is_ended(void **state)
{
    struct dbtest *t = *state;
    struct work *slow = dbtest_second_by(
        t, text_printf(t->process, "%s options='-c statement_timeout=100'", t->app_url), true);
    tx_open(&t->w, TX_WRITE);
    assert_no_err(save(&t->w, "contended", "{}"));
    tx_open(slow, TX_WRITE);
    assert_err(save(slow, "contended", "{}"), ERR_BUSY, "db.timeout");
    tx_rollback(slow);
    tx_rollback(&t->w);
}

static void
two_that_wait_for_each_other_do_not_wait_for_ever(void **state)
{
    struct dbtest *t = *state;
    struct work *second = dbtest_second(t);
    dbtest_sql(t, "ALTER ROLE souk_app SET deadlock_timeout = '10ms'");
    dbtest_sql(t, "INSERT INTO report VALUES ('a', 'epoch', '{}'), ('b', 'epoch', '{}')");
    tx_open(&t->w, TX_WRITE);
    assert_no_err(save(&t->w, "a", "{}"));
    pid_t child = fork();
    if (child == 0) { /* takes b, then waits for a */
        struct work other = *second;
        other.arena = arena_new(1 << 20);
        if (db_open(other.arena, t->app_url, true, &other.db))
            _exit(1);
        tx_open(&other, TX_WRITE);
        struct err *e = save(&other, "b", "{}");
        if (!e)
            e = save(&other, "a", "{}");
        if (!e)
            e = tx_commit(&other);
        _exit(!e || (e->kind == ERR_BUSY && text_is(e->code, "db.retry")) ? 0 : 1);
    }
    for (int i = 0;
         i < 4000 && !dbtest_number(t, "SELECT count(*) FROM pg_locks WHERE NOT granted"); i++)
        usleep(1000);
    struct err *e = save(&t->w, "b", "{}");
    if (e)
        assert_err(e, ERR_BUSY, "db.retry");
    tx_rollback(&t->w);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* The kernel still holds the connection, so no error tells: only the clock does. */
static void
a_server_that_falls_silent_costs_a_request_its_time_and_no_more(void **state)
{
    struct dbtest *t = *state;
    struct work *w = dbtest_second_by(
        t, text_printf(t->process, "%s options='-c statement_timeout=50'", t->app_url), true);
    struct scan s;
    w->vendor = here;
    assert_int_equal(vendors_seen_by(w, TX_READ), 1);
    pid_t silent = backend(w);
    assert_int_equal(kill(silent, SIGSTOP), 0);
    int64_t began = clock_mono_us();
    tx_open(w, TX_READ);
    assert_err(db_one(w, Q_health_platform, NO_ARGS, &s), ERR_BUSY, "db.timeout");
    assert_in_range(clock_mono_us() - began, 2900000, 5000000);
    tx_rollback(w);
    assert_int_equal(kill(silent, SIGCONT), 0);
    assert_int_equal(vendors_seen_by(w, TX_READ), 1); /* over a new connection */
}

/* ---- Lost connections ---- */

static void
a_connection_lost_between_requests_is_not_noticed(void **state)
{
    struct dbtest *t = *state;
    struct work *w = dbtest_second(t);
    w->vendor = here;
    assert_int_equal(vendors_seen_by(w, TX_READ), 1);
    cut_connection(t, w);
    assert_int_equal(vendors_seen_by(w, TX_READ), 1);
    cut_connection(t, w);
    const char *const name = "00";
    struct walk walk = { .w = w };
    tx_open(w, TX_READ);
    assert_no_err(db_each(w, Q_images_unknown, ARGS(arg_texts(w, &name, 1)), take_row, &walk));
    tx_rollback(w);
    assert_int_equal(walk.rows, 1);
    cut_connection(t, w);
    tx_open(w, TX_WRITE);
    assert_no_err(save(w, "after the cut", "{}"));
    assert_no_err(tx_commit(w));
    cut_connection(t, w);
    assert_true(db_ready(w->db));
    assert_int_equal(vendors_seen_by(w, TX_OPERATOR_READ), 2);
}

static void
a_connection_lost_inside_a_transaction_ends_it(void **state)
{
    struct dbtest *t = *state;
    struct work *w = dbtest_second(t);
    tx_open(w, TX_WRITE);
    assert_no_err(save(w, "half", "{}"));
    cut_connection(t, w);
    struct err *e = save(w, "other half", "{}");
    assert_err(e, ERR_BUSY, "db.away");
    assert_int_equal(e->retry_after_s, 1);
    assert_err(save(w, "third half", "{}"), ERR_BUSY, "db.retry");
    assert_err(tx_commit(w), ERR_BUSY, "db.retry");
    assert_false(is_saved(w, "half"));
    assert_false(is_saved(w, "other half"));
}

static void
a_connection_lost_before_the_commit_commits_nothing(void **state)
{
    struct dbtest *t = *state;
    struct work *w = dbtest_second(t);
    tx_open(w, TX_WRITE);
    assert_no_err(save(w, "uncommitted", "{}"));
    cut_connection(t, w);
    assert_err(tx_commit(w), ERR_BUSY, "db.retry");
    assert_false(is_saved(w, "uncommitted"));
    tx_rollback(w);
}

static void
while_the_server_is_away_requests_fail_at_once_and_then_it_is_back(void **state)
{
    struct dbtest *t = *state;
    struct work *w = dbtest_second(t);
    const char *name = PQdb(w->db->conn);
    const char *database = text_copy(t->process, name);
    dbtest_sql(t, "ALTER DATABASE %s CONNECTION LIMIT 0", database);
    cut_connection(t, w);
    tx_open(w, TX_READ);
    struct scan s;
    assert_err(db_one(w, Q_health_platform, NO_ARGS, &s), ERR_BUSY, "db.away");
    int64_t began = clock_mono_us();
    for (int i = 0; i < 100; i++)
        assert_err(db_one(w, Q_health_platform, NO_ARGS, &s), ERR_BUSY, "db.away");
    assert_true(clock_mono_us() - began < 100000);
    tx_rollback(w);
    assert_false(db_ready(w->db));
    dbtest_sql(t, "ALTER DATABASE %s CONNECTION LIMIT -1", database);
    usleep(1100 * 1000);
    assert_true(db_ready(w->db));
    w->vendor = here;
    assert_int_equal(vendors_seen_by(w, TX_READ), 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        DBTEST(a_transaction_sees_its_tenant_and_no_other),
        DBTEST(the_operator_sees_every_tenant),
        DBTEST(a_shops_visitor_sees_that_shop_while_it_is_open),
        DBTEST(a_transaction_can_change_its_tenant_on_the_way),
        DBTEST(nothing_of_tenant_or_role_is_left_for_the_next_transaction),
        DBTEST(a_write_is_there_after_commit_and_gone_after_rollback),
        DBTEST(a_transaction_for_reading_refuses_to_write),
        DBTEST(a_commit_of_nothing_works_and_of_a_failed_statement_does_not),
        DBTEST(a_commit_that_is_lost_on_its_way_is_not_called_our_fault),
        DBTEST(a_first_statement_that_is_refused_leaves_nothing_behind),
        DBTEST(no_rows_are_an_answer_too),
        DBTEST(rows_are_walked_one_by_one_until_one_fails),
        DBTEST(a_large_argument_and_a_large_result_pass),
        DBTEST(without_preparing_it_is_all_the_same),
        DBTEST(a_statement_that_takes_too_long_is_ended),
        DBTEST(two_that_wait_for_each_other_do_not_wait_for_ever),
        DBTEST(a_server_that_falls_silent_costs_a_request_its_time_and_no_more),
        DBTEST(a_connection_lost_between_requests_is_not_noticed),
        DBTEST(a_connection_lost_inside_a_transaction_ends_it),
        DBTEST(a_connection_lost_before_the_commit_commits_nothing),
        DBTEST(while_the_server_is_away_requests_fail_at_once_and_then_it_is_back),
    };
    return cmocka_run_group_tests(tests, start, dbtest_stop);
}
