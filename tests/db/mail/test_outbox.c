/* How mail comes into the outbox: with its cause or not at all, once for a key, and unseen by
 * shops. */
#include "dbtest.h"

#include "base/text.h"
#include "mail/mail.h"

static const struct mail_draft welcome = { .kind = "verification",
                                           .to = "anna@example.org",
                                           .name = "Anna",
                                           .language = "de",
                                           .secret = "{\"link\": \"https://souk.example/x\"}" };

static int64_t
waiting_for(struct dbtest *t, const char *address)
{
    return dbtest_number(t, "SELECT count(*) FROM mail WHERE address = '%s' AND state = 'waiting'",
                         address);
}

static void
add(struct work *w, enum tx_mode mode, const struct mail_draft *m)
{
    tx_open(w, mode);
    assert_no_err(mail_add(w, m));
    assert_no_err(tx_commit(w));
}

static void
a_mail_is_there_with_its_cause_and_gone_without_it(void **state)
{
    struct dbtest *t = *state;
    tx_open(&t->w, TX_WRITE);
    assert_no_err(mail_add(&t->w, &welcome));
    tx_rollback(&t->w);
    assert_int_equal(waiting_for(t, welcome.to), 0);
    add(&t->w, TX_WRITE, &welcome);
    assert_int_equal(waiting_for(t, welcome.to), 1);
    assert_string_equal(dbtest_sql(t, "SELECT language || ' ' || name FROM mail"), "de Anna");
}

static void
one_job_is_there_for_all_that_waits(void **state)
{
    struct dbtest *t = *state;
    struct mail_draft m = welcome;
    m.to = "many@example.org";
    for (int i = 0; i < 3; i++)
        add(&t->w, TX_WRITE, &m);
    assert_int_equal(waiting_for(t, m.to), 3);
    assert_int_equal(
        dbtest_number(t,
                      "SELECT count(*) FROM job WHERE kind = 'mail_send' AND for_vendor IS NULL"),
        1);
}

static void
one_mail_is_there_for_a_kind_and_key(void **state)
{
    struct dbtest *t = *state;
    struct mail_draft m = welcome;
    m.to = "once@example.org";
    m.key = "account 7";
    for (int i = 0; i < 3; i++)
        add(&t->w, TX_WRITE, &m);
    assert_int_equal(waiting_for(t, m.to), 1);
    m.kind = "reset";
    add(&t->w, TX_WRITE, &m);
    assert_int_equal(waiting_for(t, m.to), 2);
}

static void
the_tenant_of_the_transaction_is_kept_with_it(void **state)
{
    struct dbtest *t = *state;
    struct mail_draft m = welcome;
    m.to = "tenant@example.org";
    t->w.vendor = dbtest_vendor(t, "post");
    add(&t->w, TX_WRITE, &m);
    add(&t->w, TX_OPERATOR_WRITE, &m);
    assert_int_equal(
        dbtest_number(t, "SELECT count(*) FROM mail WHERE address = '%s' AND for_vendor = %lld",
                      m.to, (long long)t->w.vendor.n),
        2);
}

static void
a_suppressed_address_gets_nothing_and_its_secret_is_not_kept(void **state)
{
    struct dbtest *t = *state;
    struct mail_draft m = welcome;
    m.to = "Gone@example.org";
    dbtest_sql(
        t, "INSERT INTO mail_suppression (address, reason) VALUES ('gone@example.org', 'bounced')");
    add(&t->w, TX_WRITE, &m);
    assert_string_equal(
        dbtest_sql(t, "SELECT state || coalesce(secret::text, '') FROM mail WHERE address = '%s'",
                   m.to),
        "suppressed");
}

static void
what_cannot_be_an_address_is_refused(void **state)
{
    struct dbtest *t = *state;
    struct mail_draft m = welcome;
    m.to = "anna@example.org\r\nBcc: eve@example.org";
    tx_open(&t->w, TX_WRITE);
    assert_err(mail_add(&t->w, &m), ERR_INVALID, "mail.address");
}

static void
a_shop_adds_mail_but_reads_and_changes_none(void **state)
{
    struct dbtest *t = *state;
    static const char *const tables[] = { "mail", "mail_key", "mail_suppression", "mail_relay" };
    for (size_t i = 0; i < COUNT(tables); i++)
        assert_int_equal(
            dbtest_number(
                t,
                "SELECT count(*) FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS p "
                " WHERE has_table_privilege('souk_app', '%s', p)",
                tables[i]),
            0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        DBTEST(a_mail_is_there_with_its_cause_and_gone_without_it),
        DBTEST(one_job_is_there_for_all_that_waits),
        DBTEST(one_mail_is_there_for_a_kind_and_key),
        DBTEST(the_tenant_of_the_transaction_is_kept_with_it),
        DBTEST(a_suppressed_address_gets_nothing_and_its_secret_is_not_kept),
        DBTEST(what_cannot_be_an_address_is_refused),
        DBTEST(a_shop_adds_mail_but_reads_and_changes_none),
    };
    return cmocka_run_group_tests(tests, dbtest_start, dbtest_stop);
}
