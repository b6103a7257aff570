/* Which passwords will do, and which addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above first */
#include <cmocka.h>
#include <string.h>

#include "accounts/accounts.h"
#include "accounts/common.h"
#include "base/text.h"
#include "http/form.h"
#include "testdata.h"

static int
make_arena(void **state)
{
    *state = arena_new((size_t)1 << 20);
    return 0;
}

static int
end_arena(void **state)
{
    arena_free(*state);
    return 0;
}

static const struct password_owner anna = { "anna.weber@example.org", "Tea & Tins", "tea-tins" };

static void
assert_verdict(struct arena *a, const char *password, const char *code)
{
    struct work w = { .arena = a };
    struct err *e = password_refusal(&w, password, &anna);
    if (!text_is(e ? e->code : NULL, code))
        fail_msg("%s: %s", password, e ? e->code : "taken");
}

static void
a_password_is_long_enough_and_no_longer_than_can_be_hashed(void **state)
{
    struct arena *a = *state;
    char *longest = arena_alloc(a, 1026);
    memset(longest, 'x', 1025);
    assert_verdict(a, "", "password.short");
    assert_verdict(a, "kq8#tzm", "password.short");
    assert_verdict(a, "kq8#tzmw", NULL);
    assert_verdict(a, "häßlöwék", NULL);            /* characters, not bytes */
    assert_verdict(a, "häßlöw€", "password.short"); /* 7 of them in 11 bytes */
    assert_verdict(a, "\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8", "password.short");
    assert_verdict(a, longest, "password.long");
    longest[1024] = 0;
    assert_verdict(a, longest, NULL);
}

static void
no_rule_asks_for_capitals_digits_or_signs(void **state)
{
    assert_verdict(*state, "correct horse battery staple", NULL);
    assert_verdict(*state, "  spaces at both ends  ", NULL);
    assert_verdict(*state, "🚲🚲🚲🚲🚲🚲🚲🚲", NULL);
    assert_verdict(*state, "zvcwkqjx", NULL);
}

static void
what_everybody_tries_first_is_refused_however_it_is_capitalised(void **state)
{
    static const char *const known[] = { "password",   "PASSWORD",  "Passw0rd",   "12345678",
                                         "qwertyuiop", "iloveyou",  "1q2w3e4r",   "Password123",
                                         "sunshine",   "baseball1", "letmein123", "administrator" };
    for (size_t i = 0; i < COUNT(known); i++)
        assert_verdict(*state, known[i], "password.common");
    assert_false(password_is_common(""));
    assert_false(password_is_common("correct horse battery staple"));
    char *long_one = arena_alloc(*state, 300);
    memset(long_one, 'a', 299);
    assert_false(password_is_common(long_one));
}

static void
the_own_address_and_the_shops_name_are_refused_in_it(void **state)
{
    assert_verdict(*state, "Anna.Weber!92x", "password.holds_address");
    assert_verdict(*state, "my tea & tins 7", "password.holds_shop");
    assert_verdict(*state, "TeaTins-4711-q", "password.holds_shop");
    assert_verdict(*state, "x9tea-tins9x", "password.holds_shop");
    assert_verdict(*state, "kettle of tins", NULL);

    struct work w = { .arena = *state };
    struct password_owner short_ones = { "li@example.org", "Ö", "o" };
    assert_null(password_refusal(&w, "li lives on an isle", &short_ones));
    assert_null(password_refusal(&w, "anna.weber!92x", &(struct password_owner){ 0 }));
}

/* ---- Addresses ---- */

static const char *
code_of(struct arena *a, const char *text, const char **email)
{
    struct work w = { .arena = a };
    struct req r = { .work = &w };
    struct field field = { "email", text };
    struct form f = { .r = &r, .at = &field, .count = 1 };
    *email = accounts_read_email(&f, "email");
    struct err *e = form_done(&f);
    assert_true(!e == (**email != 0));
    return e ? e->code : NULL;
}

static void
an_address_is_taken_in_small_letters_and_says_why_it_is_not(void **state)
{
    static const struct {
        const char *text, *code, *email;
    } rows[] = {
        { "Anna@Example.ORG", NULL, "anna@example.org" },
        { "  anna@example.org\n", NULL, "anna@example.org" },
        { "anna@xn--mller-kva.example", NULL, "anna@xn--mller-kva.example" },
        { "anna@müller.example", "account.email_letters", "" },
        { "anna@example", "account.email", "" },
        { "anna@example.org\r\nBcc: eve@example.org", "field.spaces", "" },
        { "anna\x01@example.org", "account.email", "" },
        { "", "field.needed", "" },
        { NULL, "field.needed", "" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *email;
        assert_true(text_is(code_of(*state, rows[i].text, &email), rows[i].code));
        assert_string_equal(email, rows[i].email);
    }
}

/* Those of the shared list that can be sent to without any escaping; the list's own idea of which
 * are valid has quoted ones and letters beyond ASCII. */
static const char *const sendable[] = {
    "242498894c5f", "2a05c73ce4f6", "3e2d480ddcec", "4cf39f5fe5b0", "505cf5ab2369", "5e606657689f",
    "7c44d73f4ab4", "7e2e9de92b65", "86cc956b052d", "a0d01137e227", "d05568dbc291", "d07d101aa22e",
};

static void
check_shared(const json_t *line, void *arena)
{
    const char *id = json_string_value(json_object_get(line, "id"));
    const char *text = json_string_value(json_object_get(line, "text")), *email;
    bool wanted = false;
    for (size_t i = 0; i < COUNT(sendable); i++)
        wanted |= text_is(sendable[i], id);
    const char *code = code_of(arena, text, &email);
    if (wanted != !code)
        fail_msg("%s: %s", text, code ? code : "taken");
}

static void
the_shared_addresses_are_sorted_into_those_one_can_send_to_and_others(void **state)
{
    if (!testdata_each("security/payloads/email.jsonl", check_shared, *state))
        skip();
}

int
main(void)
{
#define IN_ARENA(fn) cmocka_unit_test_setup_teardown(fn, make_arena, end_arena)
    const struct CMUnitTest tests[] = {
        IN_ARENA(a_password_is_long_enough_and_no_longer_than_can_be_hashed),
        IN_ARENA(no_rule_asks_for_capitals_digits_or_signs),
        IN_ARENA(what_everybody_tries_first_is_refused_however_it_is_capitalised),
        IN_ARENA(the_own_address_and_the_shops_name_are_refused_in_it),
        IN_ARENA(an_address_is_taken_in_small_letters_and_says_why_it_is_not),
        IN_ARENA(the_shared_addresses_are_sorted_into_those_one_can_send_to_and_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
