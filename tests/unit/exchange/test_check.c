#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/must.h"
#include "exchange/check.h"
#include "exchange/columns.h"
#include "view/language.h"

static struct arena *
begin(void)
{
    return arena_new((size_t)64 << 20);
}

static struct languages *
words(struct arena *a)
{
    struct languages *ls;
    assert_null(languages_load(a, SOUK_SRCDIR "/templates/language", &ls));
    return ls;
}

static void
every_code_and_field_has_words_in_every_language(void **state)
{
    static const char *const languages[] = { "en", "fr", "de", "lb" };
    struct arena *a = begin();
    struct languages *ls = words(a);
    const char *const *codes;
    size_t n = finding_codes(&codes);
    (void)state;
    for (size_t i = 0; i < COUNT(languages); i++) {
        const struct language *l = language_find(ls, languages[i]);
        for (size_t k = 0; k < n; k++)
            if (!language_knows(l, text_join(a, "err.", codes[k], NULL)))
                fail_msg("%s: err.%s", languages[i], codes[k]);
        for (int f = 0; f < FIELDS; f++)
            if (!language_knows(l, text_join(a, "exchange.field.", field_name(f), NULL)))
                fail_msg("%s: %s", languages[i], field_name(f));
    }
    arena_free(a);
}

static void
a_finding_is_said_with_its_value(void **state)
{
    struct arena *a = begin();
    struct languages *ls = words(a);
    struct findings fs = { .arena = a };
    (void)state;
    finding_add(
        &fs,
        (struct finding){ .code = "import.sku_twice", .line = 9, .value = "A<1>", .other = "4" },
        false);
    assert_true(fs.refused);
    assert_string_equal(finding_say(a, language_find(ls, "en"), &fs.at[0]),
                        "A<1> stands in line 4 already. Each product and variant needs its own.");
    arena_free(a);
}

static void
what_is_optional_refuses_only_where_it_shall(void **state)
{
    struct arena *a = begin();
    struct findings fs = { .arena = a };
    (void)state;
    finding_add(&fs, (struct finding){ .code = "gtin.check" }, true);
    finding_add(&fs, (struct finding){ .code = "import.text_cut" }, false);
    assert_false(fs.refused);
    finding_add(&fs, (struct finding){ .code = "gtin.check" }, false);
    assert_true(fs.refused);
    arena_free(a);
}

static void
values_are_cut_and_findings_end_somewhere(void **state)
{
    struct arena *a = begin();
    struct findings fs = { .arena = a };
    char value[2001];
    (void)state;
    memset(value, 'x', sizeof(value) - 1);
    value[2000] = 0;
    for (int i = 0; i < 1000; i++)
        finding_add(&fs, (struct finding){ .code = "import.wreck", .value = value }, false);
    assert_int_equal(fs.count, 100);
    assert_int_equal(strlen(fs.at[0].value), 200);
    assert_string_equal(fs.at[0].header, "");
    arena_free(a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_and_field_has_words_in_every_language),
        cmocka_unit_test(a_finding_is_said_with_its_value),
        cmocka_unit_test(what_is_optional_refuses_only_where_it_shall),
        cmocka_unit_test(values_are_cut_and_findings_end_somewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
