/* What a server's answer means for the mail, for its address, and for all others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above first */
#include <cmocka.h>

#include "base/must.h"
#include "net/smtp.h"

static void
an_answer_is_judged_by_the_command_it_answers(void **state)
{
    static const struct {
        const char *command;
        int code;
        const char *answer;
        enum smtp_end end;
    } rows[] = {
        { "", 0, "Connection refused", SMTP_AWAY },
        { "", 554, "No service", SMTP_AWAY },
        { "", 535, "5.7.8 Authentication failed", SMTP_AWAY },
        { "MAIL", 0, "", SMTP_DROPPED },
        { "MAIL", 451, "4.3.2 Not now", SMTP_AWAY },
        { "MAIL", 530, "5.7.0 Authentication required", SMTP_AWAY },
        { "MAIL", 550, "5.1.8 Sender unknown", SMTP_AWAY },
        { "MAIL", 552, "5.3.4 Message too large", SMTP_REFUSED },
        { "RCPT", 0, "", SMTP_DROPPED },
        { "RCPT", 250, "2.1.5 OK", SMTP_DROPPED },
        { "RCPT", 450, "4.2.0 Greylisted", SMTP_LATER },
        { "RCPT", 421, "4.3.2 Shutting down", SMTP_AWAY },
        { "RCPT", 550, "5.1.1 No such user", SMTP_REFUSED_ADDRESS },
        { "RCPT", 553, "No such mailbox", SMTP_REFUSED_ADDRESS },
        { "RCPT", 550, "5.7.1 Blocked by policy", SMTP_REFUSED },
        { "RCPT", 530, "5.7.0 Authentication required", SMTP_AWAY },
        { "DATA", 354, "Go on", SMTP_DROPPED },
        { "DATA", 452, "4.3.1 No room", SMTP_LATER },
        { "DATA", 554, "5.6.0 Looks like spam", SMTP_REFUSED },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (smtp_judge(rows[i].command, rows[i].code, rows[i].answer) != rows[i].end)
            fail_msg("row %zu: %s %d %s", i, rows[i].command, rows[i].code, rows[i].answer);
}

static void
nobody_listening_is_away_with_a_reason(void **state)
{
    struct arena *a = arena_new((size_t)1 << 20);
    struct smtp_reply reply;
    (void)state;
    struct smtp *s = smtp_open(a, &(struct smtp_server){ .url = "smtp://127.0.0.1:1",
                                                         .hello = "souk.example",
                                                         .tls = SMTP_TLS_NONE,
                                                         .user = "",
                                                         .password = "",
                                                         .ca_file = "",
                                                         .seconds = 5 });
    smtp_send(s, "a@souk.example", "b@example.org", BYTES("Subject: x\r\n\r\n", 14), &reply);
    assert_int_equal(reply.end, SMTP_AWAY);
    assert_int_equal(reply.code, 0);
    assert_true(reply.answer[0]);
    arena_free(a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_judged_by_the_command_it_answers),
        cmocka_unit_test(nobody_listening_is_away_with_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
