/* The languages that a product can be written in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above first */
#include <cmocka.h>

#include "base/must.h"
#include "catalog/tongue.h"

static void
a_tag_is_a_registered_language_with_script_and_region_in_their_case(void **state)
{
    static const char *const right[] = { "en",     "lb",  "pt-BR",   "zh-Hant", "zh-Hant-TW",
                                         "es-419", "gsw", "sr-Latn", "ckb" };
    static const char *const wrong[] = { "",      "e",       "xx",  "xx-BR",   "EN",
                                         "en-gb", "zh-hant", "en-", "en-US-x", "e n",
                                         "en_US", "-en",     "eng", "en-1234" };
    (void)state;
    for (size_t i = 0; i < COUNT(right); i++)
        if (!tongue_is_valid(right[i]))
            fail_msg("%s is one", right[i]);
    for (size_t i = 0; i < COUNT(wrong); i++)
        if (tongue_is_valid(wrong[i]))
            fail_msg("\"%s\" is none", wrong[i]);
}

static void
arabic_and_hebrew_run_from_right_to_left(void **state)
{
    (void)state;
    assert_string_equal(tongue_direction("ar"), "rtl");
    assert_string_equal(tongue_direction("he"), "rtl");
    assert_string_equal(tongue_direction("ks-Arab"), "rtl");
    assert_string_equal(tongue_direction("ur-Latn"), "ltr");
    assert_string_equal(tongue_direction("de"), "ltr");
}

static void
every_language_on_offer_is_valid_and_has_a_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < tongue_count(); i++) {
        assert_true(tongue_is_valid(tongue_at(i)));
        assert_string_not_equal(tongue_name(tongue_at(i)), tongue_at(i));
    }
    assert_string_equal(tongue_name("wo"), "wo");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tag_is_a_registered_language_with_script_and_region_in_their_case),
        cmocka_unit_test(arabic_and_hebrew_run_from_right_to_left),
        cmocka_unit_test(every_language_on_offer_is_valid_and_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
