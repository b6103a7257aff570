/* How a mail is written down, byte by byte, and that nothing in it can leave its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above first */
#include <cmocka.h>
#include <string.h>

#include "base/must.h"
#include "mail/message.h"

static const struct message plain = { .id = 12,
                                      .created_us = INT64_C(1795530904000000),
                                      .host = "souk.example",
                                      .from = "no-reply@souk.example",
                                      .from_name = "souk",
                                      .to = "anna@example.org",
                                      .to_name = "Anna Muster",
                                      .language = "en",
                                      .subject = "Confirm your e-mail address",
                                      .text = "Hello,\n\nplease confirm.\n",
                                      .html = "<p>Hello</p>\n" };

static int
start(void **state)
{
    *state = arena_new((size_t)16 << 20);
    return 0;
}

static int
stop(void **state)
{
    arena_free(*state);
    return 0;
}

static const char *
written(struct arena *a, const struct message *m)
{
    struct bytes b = message_write(a, m);
    assert_int_equal(strlen((const char *)b.at), b.length);
    return (const char *)b.at;
}

static void
assert_holds(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("%s\nis not in:\n%s", part, text);
}

static void
a_plain_mail_is_written_as_it_stands_here(void **state)
{
    assert_string_equal(written(*state, &plain),
                        "Date: Tue, 24 Nov 2026 14:35:04 +0000\r\n"
                        "From: \"souk\"\r\n <no-reply@souk.example>\r\n"
                        "To: \"Anna Muster\"\r\n <anna@example.org>\r\n"
                        "Subject: Confirm your e-mail address\r\n"
                        "Message-ID: <mail.12.0.1795530904@souk.example>\r\n"
                        "MIME-Version: 1.0\r\n"
                        "Auto-Submitted: auto-generated\r\n"
                        "Content-Language: en\r\n"
                        "Content-Type: multipart/alternative; boundary=\"=_souk12\"\r\n"
                        "\r\n"
                        "--=_souk12\r\n"
                        "Content-Type: text/plain; charset=utf-8\r\n"
                        "Content-Transfer-Encoding: quoted-printable\r\n"
                        "\r\n"
                        "Hello,\r\n\r\nplease confirm.\r\n"
                        "--=_souk12\r\n"
                        "Content-Type: text/html; charset=utf-8\r\n"
                        "Content-Transfer-Encoding: quoted-printable\r\n"
                        "\r\n"
                        "<p>Hello</p>\r\n"
                        "--=_souk12--\r\n");
}

static void
the_same_row_gives_the_same_bytes_again(void **state)
{
    assert_string_equal(written(*state, &plain), written(*state, &plain));
}

static void
a_subject_beyond_ascii_is_encoded_in_words_of_whole_characters(void **state)
{
    struct message m = plain;
    m.subject = "Bestätigen Sie";
    assert_holds(written(*state, &m), "Subject: =?UTF-8?B?QmVzdMOkdGlnZW4gU2ll?=\r\n");
    m.subject = "€€€€€€€€€€€€€€€€€€€€"; /* three bytes each: 14 fit into a word */
    assert_holds(written(*state, &m),
                 "Subject: =?UTF-8?B?4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs?=\r\n"
                 " =?UTF-8?B?4oKs4oKs4oKs4oKs4oKs4oKs?=\r\n");
}

static void
what_looks_encoded_is_encoded(void **state)
{
    struct message m = plain;
    m.subject = "=?UTF-8?Q?x?=";
    assert_holds(written(*state, &m), "Subject: =?UTF-8?B?PT9VVEYtOD9RP3g/PQ==?=\r\n");
}

static void
quotes_in_a_name_do_not_end_it(void **state)
{
    struct message m = plain;
    m.to_name = "Anna \"A\\B\" <eve@example.org>";
    assert_holds(written(*state, &m),
                 "To: \"Anna \\\"A\\\\B\\\" <eve@example.org>\"\r\n <anna@example.org>\r\n");
    m.to_name = "Zoë";
    assert_holds(written(*state, &m), "To: =?UTF-8?B?Wm/Dqw==?=\r\n <anna@example.org>\r\n");
    m.to_name = "";
    assert_holds(written(*state, &m), "To: <anna@example.org>\r\n");
}

static void
line_ends_in_a_value_do_not_end_its_field(void **state)
{
    struct message m = plain;
    m.subject = "Hello\r\nBcc: eve@example.org\n\nbody";
    assert_holds(written(*state, &m), "Subject: Hello  Bcc: eve@example.org  body\r\n");
    m.to_name = "Anna\r\nBcc: eve@example.org";
    assert_holds(written(*state, &m), "To: \"Anna  Bcc: eve@example.org\"\r\n");
    m.to_name = "Zoë\nBcc: eve@example.org";
    assert_null(strstr(written(*state, &m), "\r\nBcc"));
}

static void
bodies_are_quoted_where_they_must_be(void **state)
{
    static const struct {
        const char *body, *written;
    } rows[] = {
        { "caf\xc3\xa9 = 1", "caf=C3=A9 =3D 1\r\n" },
        { "blank at end \nnext", "blank at end=20\r\nnext\r\n" },
        { "tab\t\n", "tab=09\r\n" },
        { "one\r\ntwo\n", "one\r\ntwo\r\n" },
        { "bare\rcr\n", "bare=0Dcr\r\n" },
        { "--=_souk12--\n", "--=3D_souk12--\r\n" },
        { ".\n", ".\r\n" },
        { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa="
          "\r\naaa\r\n" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct message m = plain;
        m.text = rows[i].body;
        assert_holds(written(*state, &m),
                     text_printf(*state, "\r\n\r\n%s--=_souk12\r\n", rows[i].written));
    }
}

static void
dates_are_right_around_leap_days_and_year_ends(void **state)
{
    static const struct {
        int64_t at_s;
        const char *date;
    } rows[] = {
        { 0, "Date: Thu, 1 Jan 1970 00:00:00 +0000\r\n" },
        { 951782399, "Date: Mon, 28 Feb 2000 23:59:59 +0000\r\n" },
        { 951782400, "Date: Tue, 29 Feb 2000 00:00:00 +0000\r\n" },
        { 1798761599, "Date: Thu, 31 Dec 2026 23:59:59 +0000\r\n" },
        { 1798761600, "Date: Fri, 1 Jan 2027 00:00:00 +0000\r\n" },
        { 4107542400, "Date: Mon, 1 Mar 2100 00:00:00 +0000\r\n" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct message m = plain;
        m.created_us = rows[i].at_s * 1000000;
        assert_holds(written(*state, &m), rows[i].date);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_mail_is_written_as_it_stands_here),
        cmocka_unit_test(the_same_row_gives_the_same_bytes_again),
        cmocka_unit_test(a_subject_beyond_ascii_is_encoded_in_words_of_whole_characters),
        cmocka_unit_test(what_looks_encoded_is_encoded),
        cmocka_unit_test(quotes_in_a_name_do_not_end_it),
        cmocka_unit_test(line_ends_in_a_value_do_not_end_its_field),
        cmocka_unit_test(bodies_are_quoted_where_they_must_be),
        cmocka_unit_test(dates_are_right_around_leap_days_and_year_ends),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
