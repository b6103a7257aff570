/* The log of acts: what is written stays as it was, and what was tampered with shows. */
#include "dbtest.h"

#include "audit/audit.h"

static const struct audit_act act = { .what = "rate_limit.changed",
                                      .object = "rate_limit:login-ip",
                                      .before = "{\"requests\": 20}",
                                      .after = "{\"requests\": 50}",
                                      .reason = "an office of many" };

static void
note(struct dbtest *t, int times)
{
    for (int i = 0; i < times; i++) {
        tx_open(&t->w, TX_WRITE);
        assert_no_err(audit_note(&t->w, &act));
        assert_no_err(tx_commit(&t->w));
    }
}

static size_t
breaks(struct dbtest *t)
{
    struct audit_break *all;
    size_t n;
    tx_open(&t->w, TX_OPERATOR_READ);
    assert_no_err(audit_verify(&t->w, &all, &n));
    tx_rollback(&t->w);
    return n;
}

static void
clear(struct dbtest *t)
{
    dbtest_sql(t, "DELETE FROM audit_log");
    dbtest_sql(t, "DELETE FROM audit_head");
}

static void
an_act_is_kept_with_who_what_and_why(void **state)
{
    struct dbtest *t = *state;
    clear(t);
    t->w.user.n = dbtest_number(t, "INSERT INTO account (email, password_hash) "
                                   "VALUES ('op@example.org', 'x') RETURNING id");
    t->w.id = "request-1";
    note(t, 1);
    assert_string_equal(dbtest_sql(t,
                                   "SELECT actor_email || ' ' || what || ' ' || object || ' ' || "
                                   "(before->>'requests') || ' ' || (after->>'requests') || ' ' "
                                   "|| reason || ' ' || request FROM audit_log"),
                        "op@example.org rate_limit.changed rate_limit:login-ip 20 50 an office of "
                        "many request-1");
    t->w.user.n = 0;
}

static void
an_act_that_is_rolled_back_was_not_done(void **state)
{
    struct dbtest *t = *state;
    clear(t);
    tx_open(&t->w, TX_WRITE);
    assert_no_err(audit_note(&t->w, &act));
    tx_rollback(&t->w);
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM audit_log"), 0);
    assert_int_equal(breaks(t), 0);
}

static void
a_whole_chain_has_no_breaks(void **state)
{
    struct dbtest *t = *state;
    clear(t);
    note(t, 5);
    t->w.vendor = dbtest_vendor(t, "chained");
    note(t, 3);
    t->w.vendor.n = 0;
    assert_int_equal(dbtest_number(t, "SELECT count(DISTINCT chain) FROM audit_log"), 2);
    assert_int_equal(breaks(t), 0);
}

/* What somebody with the database in hand might do. */
static void
tampering_shows(void **state)
{
    static const char *const deeds[] = {
        "UPDATE audit_log SET after = '{\"requests\": 21}' WHERE seq = 3",
        "UPDATE audit_log SET at = at - interval '1 second' WHERE seq = 3",
        "UPDATE audit_log SET actor_email = 'else@example.org' WHERE seq = 1",
        "DELETE FROM audit_log WHERE seq = 3",
        "DELETE FROM audit_log WHERE seq = 5",
        "DELETE FROM audit_log",
        "UPDATE audit_log SET reason = 'none' WHERE seq = 2;"
        "UPDATE audit_log l SET hash = audit_hash(l) WHERE seq = 2",
    };
    struct dbtest *t = *state;
    for (size_t i = 0; i < COUNT(deeds); i++) {
        clear(t);
        note(t, 5);
        dbtest_sql(t, "%s", deeds[i]);
        if (!breaks(t))
            fail_msg("not seen: %s", deeds[i]);
    }
}

static void
workers_can_neither_change_nor_read_nor_delete_it(void **state)
{
    struct dbtest *t = *state;
    assert_string_equal(dbtest_sql(t, "SELECT string_agg(grantee || ' ' || privilege_type, ', ' "
                                      "ORDER BY 1) FROM information_schema.role_table_grants "
                                      "WHERE table_name IN ('audit_log', 'audit_head') AND "
                                      "grantee NOT IN ('souk_owner', 'postgres')"),
                        "souk_system SELECT, souk_system SELECT");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        DBTEST(an_act_is_kept_with_who_what_and_why),
        DBTEST(an_act_that_is_rolled_back_was_not_done),
        DBTEST(a_whole_chain_has_no_breaks),
        DBTEST(tampering_shows),
        DBTEST(workers_can_neither_change_nor_read_nor_delete_it),
    };
    return cmocka_run_group_tests(tests, dbtest_start, dbtest_stop);
}
