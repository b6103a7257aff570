/* Which texts can be an address to send to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above first */
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "mail/mail.h"

static void
usual_addresses_are_taken(void **state)
{
    static const char *const good[] = {
        "a@b.lu",
        "anna.m@example.org",
        "anna+souk@mail.example.org",
        "o'hara@example.ie",
        "x_y-z@a-b.museum",
        "1@1.example",
        "!#$%&'*/=?^`{|}~@example.org",
        "info@xn--bcher-kva.example",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(good); i++)
        if (!mail_address_is_one(good[i]))
            fail_msg("%s is refused", good[i]);
}

static void
what_would_need_escaping_or_is_no_address_is_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "anna",
        "@example.org",
        "anna@",
        "anna@example",
        "anna@example.",
        "anna@.example.org",
        "anna@example..org",
        "anna@-example.org",
        "anna@example-.org",
        "anna@10.0.0.1",
        "anna@[10.0.0.1]",
        ".anna@example.org",
        "anna.@example.org",
        "an..na@example.org",
        "an na@example.org",
        "\"anna\"@example.org",
        "anna@b@example.org",
        "anna@example.org\r\nRCPT TO:<eve@example.org>",
        "anna\n@example.org",
        "<anna@example.org>",
        "anna@example.org,eve@example.org",
        "anna;@example.org",
        "ann\xc3\xa9@example.org",
        "anna@ex\xc3\xa4mple.org",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        if (mail_address_is_one(bad[i]))
            fail_msg("%s is taken", bad[i]);
    assert_false(mail_address_is_one(NULL));
}

static void
lengths_have_a_ceiling(void **state)
{
    char local[66], label[65], address[300];
    (void)state;
    memset(local, 'a', 65);
    memset(label, 'b', 64);
    local[64] = label[63] = 0;
    snprintf(address, sizeof(address), "%s@%s.lu", local, label);
    assert_true(mail_address_is_one(address));
    local[64] = 'a';
    local[65] = 0;
    snprintf(address, sizeof(address), "%s@example.lu", local);
    assert_false(mail_address_is_one(address));
    label[63] = 'b';
    label[64] = 0;
    snprintf(address, sizeof(address), "a@%s.lu", label);
    assert_false(mail_address_is_one(address));
    label[62] = 0;
    snprintf(address, sizeof(address), "a@%s.%s.%s.%s.lu", label, label, label, label);
    assert_int_equal(strlen(address), 2 + 4 * 63 + 2);
    assert_false(mail_address_is_one(address));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usual_addresses_are_taken),
        cmocka_unit_test(what_would_need_escaping_or_is_no_address_is_refused),
        cmocka_unit_test(lengths_have_a_ceiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
