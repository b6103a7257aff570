/* The sender against the outbox, with a server that answers as the test says (smtp_send is
 * replaced; tests/http/mail.test.mjs has real ones). */
#include "dbtest.h"

#include <string.h>

#include "base/text.h"
#include "mail/mail.h"
#include "mail/tasks.h"
#include "net/smtp.h"
#include "view/views.h"

void __wrap_smtp_send(struct smtp *s, const char *from, const char *to, struct bytes message,
                      struct smtp_reply *out);

/* What the server says to an address that begins with `with`; others are taken. */
static struct {
    const char *with;
    struct smtp_reply reply;
    void (*meanwhile)(void); /* once, while the first mail is on its way */
    struct buf seen;         /* addresses in their order, a blank behind each */
    const char *message;     /* the last one */
} server;

void
__wrap_smtp_send(struct smtp *s, const char *from, const char *to, struct bytes message,
                 struct smtp_reply *out)
{
    void (*meanwhile)(void) = server.meanwhile;
    (void)s;
    (void)from;
    server.meanwhile = NULL;
    if (meanwhile)
        meanwhile();
    buf_printf(&server.seen, "%.*s ", (int)strcspn(to, "@"), to);
    server.message = text_copy_n(server.seen.arena, message.at, message.length);
    bool said = server.with && text_starts(to, server.with);
    *out = said ? server.reply : (struct smtp_reply){ SMTP_SENT, 250, "2.0.0 OK" };
}

static struct work *second;

static int
start(void **state)
{
    struct views *views;
    int failed = dbtest_start(state);
    if (failed)
        return failed;
    struct dbtest *t = *state;
    t->settings.smtp_url = "smtp://127.0.0.1:1";
    t->settings.mail_rate = 10000;
    assert_no_err(views_load(t->process, SOUK_SRCDIR "/templates", &views));
    mail_use(views);
    dbtest_before(state);
    second = dbtest_second(t);
    return 0;
}

static int
begin(void **state)
{
    struct dbtest *t = *state;
    dbtest_before(state);
    dbtest_sql(t,
               "DELETE FROM mail; DELETE FROM mail_suppression; UPDATE mail_relay SET failures = "
               "0, down_since = NULL, next_at = now(), probe_at = now()");
    memset(&server, 0, sizeof(server));
    server.seen = buf_new(t->w.arena, 256);
    return 0;
}

#define SENDTEST(fn) cmocka_unit_test_setup_teardown(fn, begin, dbtest_after)

static void
add(struct dbtest *t, const char *name)
{
    struct mail_draft m = { .kind = "reset",
                            .to = text_printf(t->w.arena, "%s@example.org", name),
                            .args = "{\"until_at\": \"2026-11-25T10:15:00Z\"}",
                            .secret = "{\"link\": \"https://souk.example/r/1\"}" };
    tx_open(&t->w, TX_WRITE);
    assert_no_err(mail_add(&t->w, &m));
    assert_no_err(tx_commit(&t->w));
}

static void
send_with(struct work *w)
{
    struct job j = { .kind = MAIL_SEND, .key = "", .args = "{}", .attempt = 1 };
    assert_no_err(mail_jobs[0].run(w, &j));
}

static void
says(const char *with, enum smtp_end end, int code, const char *answer)
{
    server.with = with;
    server.reply = (struct smtp_reply){ .end = end, .code = code };
    strncpy(server.reply.answer, answer, sizeof(server.reply.answer) - 1);
}

/* state, attempts made, and answers kept of the one mail to this name */
static const char *
state_of(struct dbtest *t, const char *name)
{
    return dbtest_sql(t,
                      "SELECT format('%%s %%s %%s', state, attempt, jsonb_array_length(answers)) "
                      "  FROM mail WHERE address = '%s@example.org'",
                      name);
}

static void
mails_leave_oldest_first_and_their_secrets_are_gone(void **state)
{
    struct dbtest *t = *state;
    add(t, "a");
    add(t, "b");
    add(t, "c");
    send_with(&t->w);
    assert_string_equal(server.seen.at, "a b c ");
    assert_string_equal(state_of(t, "b"), "sent 1 1");
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM mail WHERE secret IS NOT NULL"), 0);
    assert_string_equal(dbtest_sql(t, "SELECT answers->0->>'answer' FROM mail LIMIT 1"),
                        "250 2.0.0 OK");
    send_with(&t->w);
    assert_string_equal(server.seen.at, "a b c ");
}

static void
run_second_sender(void)
{
    send_with(second);
}

static void
two_senders_never_send_one_mail_twice(void **state)
{
    struct dbtest *t = *state;
    for (int i = 0; i < 120; i++)
        add(t, text_printf(t->w.arena, "m%d", i));
    server.meanwhile = run_second_sender;
    send_with(&t->w);
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM mail WHERE state = 'sent'"), 120);
    int seen = 0;
    for (const char *p = server.seen.at; *p; p++)
        seen += *p == ' ';
    assert_int_equal(seen, 120);
}

static void
an_address_that_does_not_exist_is_not_written_to_again(void **state)
{
    struct dbtest *t = *state;
    says("gone", SMTP_REFUSED_ADDRESS, 550, "5.1.1 No such user");
    add(t, "gone");
    add(t, "here");
    send_with(&t->w);
    assert_string_equal(state_of(t, "gone"), "failed 1 1");
    assert_string_equal(state_of(t, "here"), "sent 1 1");
    assert_string_equal(dbtest_sql(t, "SELECT reason FROM mail_suppression WHERE bounced"),
                        "550 5.1.1 No such user");
    dbtest_sql(t, "DELETE FROM mail");
    add(t, "gone");
    send_with(&t->w);
    assert_string_equal(state_of(t, "gone"), "suppressed 0 0");
}

static void
a_mail_that_is_refused_says_nothing_about_its_address(void **state)
{
    struct dbtest *t = *state;
    says("spam", SMTP_REFUSED, 554, "5.6.0 Looks like spam");
    add(t, "spam");
    send_with(&t->w);
    assert_string_equal(state_of(t, "spam"), "failed 1 1");
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM mail_suppression"), 0);
}

static void
a_mail_that_is_put_off_lets_others_pass_and_is_tried_again(void **state)
{
    struct dbtest *t = *state;
    says("grey", SMTP_LATER, 450, "4.2.0 Greylisted");
    add(t, "grey");
    add(t, "here");
    send_with(&t->w);
    assert_string_equal(state_of(t, "grey"), "waiting 1 1");
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM mail WHERE due_at BETWEEN now() + "
                                      "interval '13 s' AND now() + interval '17 s'"),
                     1);
    dbtest_sql(t, "UPDATE mail SET due_at = now() WHERE state = 'waiting'");
    server.with = NULL;
    send_with(&t->w);
    assert_string_equal(state_of(t, "grey"), "sent 2 2");
}

static void
after_three_days_a_mail_has_failed(void **state)
{
    struct dbtest *t = *state;
    dbtest_sql(t, "CALL partition_make('mail', 'week', now() - interval '4 days')");
    says("grey", SMTP_LATER, 450, "4.2.0 Greylisted");
    add(t, "grey");
    dbtest_sql(t, "UPDATE mail SET created_at = now() - interval '73 hours'");
    send_with(&t->w);
    assert_string_equal(state_of(t, "grey"), "failed 1 1");
}

static void
while_the_server_is_away_mails_keep_their_places_and_nobody_hammers_it(void **state)
{
    struct dbtest *t = *state;
    says("", SMTP_AWAY, 0, "Connection refused");
    add(t, "a");
    add(t, "b");
    add(t, "c");
    send_with(&t->w);
    send_with(&t->w);
    send_with(&t->w);
    assert_string_equal(server.seen.at, "a ");
    assert_string_equal(state_of(t, "a"), "waiting 0 0");
    assert_string_equal(state_of(t, "c"), "waiting 0 0");
    assert_string_equal(dbtest_sql(t, "SELECT failures || ' ' || answer FROM mail_relay"),
                        "1 Connection refused");
    dbtest_sql(t, "UPDATE mail_relay SET probe_at = now()");
    send_with(&t->w);
    assert_string_equal(server.seen.at, "a a ");
    server.with = NULL;
    dbtest_sql(t, "UPDATE mail_relay SET probe_at = now()");
    send_with(&t->w);
    assert_string_equal(server.seen.at, "a a a b c ");
    assert_int_equal(dbtest_number(t, "SELECT failures FROM mail_relay"), 0);
}

static void
a_server_that_drops_mail_after_mail_is_away(void **state)
{
    struct dbtest *t = *state;
    says("", SMTP_DROPPED, 0, "Recv failure");
    for (int i = 0; i < 5; i++)
        add(t, text_printf(t->w.arena, "m%d", i));
    send_with(&t->w);
    assert_string_equal(server.seen.at, "m0 m1 ");
    assert_string_equal(state_of(t, "m0"), "waiting 1 1");
    assert_string_equal(state_of(t, "m2"), "waiting 0 0");
    assert_int_equal(dbtest_number(t, "SELECT failures FROM mail_relay"), 1);
}

static void
what_a_dead_sender_had_in_hand_comes_again_as_the_same_mail(void **state)
{
    struct dbtest *t = *state;
    add(t, "a");
    add(t, "b");
    dbtest_sql(t, "UPDATE mail SET state = 'sending', attempt = 1, lease_until = now() + interval "
                  "'90 s' WHERE address LIKE 'a@%%'");
    send_with(&t->w);
    assert_string_equal(server.seen.at, "b ");
    dbtest_sql(t, "UPDATE mail SET lease_until = now() - interval '1 s' WHERE state = 'sending'");
    send_with(&t->w);
    assert_string_equal(server.seen.at, "b a ");
    const char *first = server.message;
    dbtest_sql(t, "UPDATE mail SET state = 'waiting', secret = '{\"link\": "
                  "\"https://souk.example/r/1\"}' WHERE address LIKE 'a@%%'");
    send_with(&t->w);
    assert_string_equal(server.message, first);
}

static void
a_mail_that_cannot_be_made_keeps_no_other_waiting(void **state)
{
    struct dbtest *t = *state;
    add(t, "odd");
    dbtest_sql(t, "UPDATE mail SET kind = 'of_a_newer_program'");
    add(t, "here");
    send_with(&t->w);
    assert_string_equal(server.seen.at, "here ");
    assert_string_equal(state_of(t, "odd"), "failed 1 1");
}

static void
without_a_server_in_the_settings_mail_waits(void **state)
{
    struct dbtest *t = *state;
    add(t, "a");
    t->settings.smtp_url = "";
    send_with(&t->w);
    t->settings.smtp_url = "smtp://127.0.0.1:1";
    assert_string_equal(state_of(t, "a"), "waiting 0 0");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        SENDTEST(mails_leave_oldest_first_and_their_secrets_are_gone),
        SENDTEST(two_senders_never_send_one_mail_twice),
        SENDTEST(an_address_that_does_not_exist_is_not_written_to_again),
        SENDTEST(a_mail_that_is_refused_says_nothing_about_its_address),
        SENDTEST(a_mail_that_is_put_off_lets_others_pass_and_is_tried_again),
        SENDTEST(after_three_days_a_mail_has_failed),
        SENDTEST(while_the_server_is_away_mails_keep_their_places_and_nobody_hammers_it),
        SENDTEST(a_server_that_drops_mail_after_mail_is_away),
        SENDTEST(what_a_dead_sender_had_in_hand_comes_again_as_the_same_mail),
        SENDTEST(a_mail_that_cannot_be_made_keeps_no_other_waiting),
        SENDTEST(without_a_server_in_the_settings_mail_waits),
    };
    return cmocka_run_group_tests(tests, start, dbtest_stop);
}
