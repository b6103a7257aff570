/* Settings from the environment: every row has a default that will do, and bounds that hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/settings.h"
#include "base/text.h"

static int
clear(void **state)
{
    (void)state;
    for (size_t i = 0; i < setting_count; i++)
        unsetenv(setting_rows[i].name);
    return 0;
}

static void
without_an_environment_every_default_will_do(void **state)
{
    struct arena *a = arena_new((size_t)1 << 20);
    struct settings s;
    (void)state;
    assert_null(settings_read(a, &s));
    assert_string_equal(s.templates, "templates");
    assert_true(s.prepare && !s.demo);
    arena_free(a);
}

static void
a_row_is_whole_and_its_name_its_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < setting_count; i++) {
        const struct setting *s = &setting_rows[i];
        assert_true(text_starts(s->name, "SOUK_") && s->normal && *s->say);
        assert_true(s->kind != SETTING_NUMBER || s->least <= s->most);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(s->name, setting_rows[k].name);
    }
}

static void
refuse(const struct setting *s, const char *value, const char *code)
{
    struct arena *a = arena_new((size_t)1 << 20);
    struct settings out;
    setenv(s->name, value, 1);
    struct err *e = settings_read(a, &out);
    assert_non_null(e);
    assert_string_equal(e->code, code);
    assert_non_null(strstr(e->say, s->name));
    unsetenv(s->name);
    arena_free(a);
}

static void
a_value_that_will_not_do_is_refused_by_name(void **state)
{
    struct arena *a = arena_new(65536);
    (void)state;
    for (size_t i = 0; i < setting_count; i++) {
        const struct setting *s = &setting_rows[i];
        if (s->kind == SETTING_FLAG)
            refuse(s, "yes", "settings.flag");
        if (s->kind != SETTING_NUMBER)
            continue;
        refuse(s, text_printf(a, "%lld", (long long)s->least - 1), "settings.number");
        refuse(s, text_printf(a, "%lld", (long long)s->most + 1), "settings.number");
        refuse(s, "4x", "settings.number");
    }
    arena_free(a);
}

static void
an_empty_value_is_the_default(void **state)
{
    struct arena *a = arena_new((size_t)1 << 20);
    struct settings s;
    (void)state;
    setenv("SOUK_WORKERS", "", 1);
    assert_null(settings_read(a, &s));
    assert_int_equal(s.workers, 4);
    setenv("SOUK_WORKERS", "7", 1);
    assert_null(settings_read(a, &s));
    assert_int_equal(s.workers, 7);
    arena_free(a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(without_an_environment_every_default_will_do, clear),
        cmocka_unit_test(a_row_is_whole_and_its_name_its_own),
        cmocka_unit_test_setup(a_value_that_will_not_do_is_refused_by_name, clear),
        cmocka_unit_test_setup(an_empty_value_is_the_default, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
