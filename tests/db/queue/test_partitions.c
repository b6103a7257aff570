/* Tables cut by time: what is made ahead, what goes behind, and who may ask for it. */
#include "dbtest.h"

#include "base/text.h"

static const char partitions[] =
    "SELECT string_agg(c.relname, ' ' ORDER BY c.relname) FROM pg_inherits i "
    "  JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'event'::regclass";

static int
make_table(void **state)
{
    dbtest_before(state);
    dbtest_sql(*state, "DROP TABLE IF EXISTS event; DROP TABLE IF EXISTS archive.event_2026_01; "
                       "DELETE FROM time_partition WHERE parent = 'event';"
                       "CREATE TABLE event (at timestamptz NOT NULL, what text DEFAULT 'x') "
                       "  PARTITION BY RANGE (at);"
                       "ALTER TABLE event OWNER TO souk_owner; CALL shared_table('event')");
    return 0;
}

static void
a_step_is_one_of_utc_and_those_ahead_are_made_once(void **state)
{
    struct dbtest *t = *state;
    for (int i = 0; i < 2; i++)
        dbtest_sql(t, "SET timezone = 'Europe/Luxembourg';"
                      "CALL ensure_partitions('event', 'month', 2, '2026-01-31 23:30:00+00')");
    assert_string_equal(dbtest_sql(t, "%s", partitions),
                        "event_2026_01 event_2026_02 event_2026_03");
    dbtest_sql(t,
               "INSERT INTO event VALUES ('2026-01-31 23:59:59+00'), ('2026-02-01 00:00:00+00')");
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM event_2026_01"), 1);
}

static void
what_is_kept_no_more_goes_or_is_put_away(void **state)
{
    struct dbtest *t = *state;
    dbtest_sql(t, "CALL ensure_partitions('event', 'month', 2, '2026-01-15 00:00:00+00');"
                  "INSERT INTO event VALUES ('2026-01-20 00:00:00+00');"
                  "CALL drop_partitions_before('event', '30 days', '2026-03-03 00:00:00+00', "
                  "'archive')");
    assert_string_equal(dbtest_sql(t, "%s", partitions), "event_2026_02 event_2026_03");
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM archive.event_2026_01"), 1);
    dbtest_sql(t, "CALL drop_partitions_before('event', '30 days', '2026-03-30 23:59:59+00')");
    assert_string_equal(dbtest_sql(t, "%s", partitions), "event_2026_02 event_2026_03");
    dbtest_sql(t, "CALL drop_partitions_before('event', '30 days', '2026-03-31 00:00:00+00')");
    assert_string_equal(dbtest_sql(t, "%s", partitions), "event_2026_03");
}

static void
workers_tend_what_migrations_named_and_nothing_else(void **state)
{
    struct dbtest *t = *state;
    struct scan s;
    dbtest_sql(t, "SET ROLE souk_owner; CALL partition_by_time('event', 'day', ahead => 2, "
                  "keep => '2 days', since => now() - interval '5 days'); RESET ROLE");
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM pg_inherits "
                                      " WHERE inhparent = 'event'::regclass"),
                     8);
    tx_open(&t->w, TX_OPERATOR_WRITE);
    assert_no_err(db_one(&t->w, Q_partitions_tend, NO_ARGS, &s));
    assert_true(scan_i64(&s) >= 2);
    scan_end(&s);
    assert_no_err(tx_commit(&t->w));
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM pg_inherits "
                                      " WHERE inhparent = 'event'::regclass"),
                     5);
    assert_string_equal(dbtest_sql(t, "SELECT has_table_privilege('souk_app', 'time_partition', "
                                      "'INSERT, UPDATE, DELETE')"),
                        "f");
}

#define PARTITIONTEST(fn) cmocka_unit_test_setup_teardown(fn, make_table, dbtest_after)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        PARTITIONTEST(a_step_is_one_of_utc_and_those_ahead_are_made_once),
        PARTITIONTEST(what_is_kept_no_more_goes_or_is_put_away),
        PARTITIONTEST(workers_tend_what_migrations_named_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, dbtest_start, dbtest_stop);
}
