/* What a model says is shown as people of each language write it, and escaped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/clock.h"
#include "view/language.h"
#include "view/mustache.h"

#define NOW_US INT64_C(1795530904000000) /* 2026-11-24 14:35:04 UTC */

static struct arena *a;
static struct languages *languages;

static int
start(void **state)
{
    (void)state;
    setenv("TZ", "UTC", 1);
    tzset();
    a = arena_new((size_t)4 << 20);
    languages = languages_new(a);
    assert_null(languages_add(languages, "en", "x.txt",
                              "cups[one] = {{count}} cup\ncups[other] = {{count}} cups\n"
                              "only = Only English\nhello = Hello {{name}} & all\n"
                              "time.today = today {{clock}}\n"
                              "time.date = {{day}} {{month}} {{year}}\n"
                              "time.full = {{day}} {{month}} {{year}}, {{clock}}\n"
                              "time.mon.11 = Nov\ntime.month.11 = November\n"));
    assert_null(languages_add(languages, "fr", "x.txt",
                              "cups[one] = {{count}} tasse\ncups[other] = {{count}} tasses\n"
                              "hello = Bonjour {{name}}\n"));
    return 0;
}

static int
end(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

static const char *
shown(const char *code, const char *text, const struct val *model)
{
    struct template_set *set = template_set_new(a);
    const struct render how = { set, code ? language_find(languages, code) : NULL, NOW_US };
    struct buf out = buf_new(a, 64);
    assert_null(template_add(set, "t", text, strlen(text), true));
    template_render(template_find(set, "t"), &how, model, &out);
    return out.at;
}

static void
figures_are_grouped_as_the_language_does(void **state)
{
    struct val *m = val_map(a);
    (void)state;
    val_set_count(m, "n", -1234567);
    val_set_i64(m, "plain", 1234567);
    val_set_money(m, "price", (struct money){ 123450, CUR_EUR });
    val_set_double(m, "tenth", 0.1);
    assert_string_equal(shown("en", "{{n}} {{plain}} {{price}} {{tenth}}", m),
                        "-1,234,567 1234567 €1,234.50 0.1");
    assert_string_equal(shown("fr", "{{price}}", m), "1\u202f234,50\u00a0€");
    assert_string_equal(shown("de", "{{price}}", m), "1.234,50\u00a0€");
    assert_string_equal(shown("en", "{{price.decimal}} {{price.currency}}", m), "1234.50 EUR");
}

static void
a_size_has_two_digits_or_three(void **state)
{
    static const struct {
        int64_t bytes;
        const char *text;
    } rows[] = {
        { 0, "0\u00a0B" },         { 999, "999\u00a0B" },         { 1000, "1.0\u00a0kB" },
        { 9949, "9.9\u00a0kB" },   { 9950, "10\u00a0kB" },        { 3200000, "3.2\u00a0MB" },
        { 999500, "1.0\u00a0MB" }, { 5000000000, "5.0\u00a0GB" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct val *m = val_map(a);
        val_set_bytes(m, "size", rows[i].bytes);
        assert_string_equal(shown("en", "{{size}}", m), rows[i].text);
    }
}

static void
a_time_is_today_or_a_date(void **state)
{
    struct val *m = val_map(a);
    (void)state;
    val_set_time(m, "now", NOW_US);
    val_set_time(m, "before", NOW_US - 86400 * SECOND_US);
    assert_string_equal(shown("en", "{{now}}, {{before}}", m), "today 14:35, 23 Nov 2026");
    assert_string_equal(shown("en", "{{now.iso}} {{now.full}} {{now.clock}}", m),
                        "2026-11-24T14:35:04Z 24 November 2026, 14:35 14:35:04");
}

static void
words_come_in_the_language_and_its_plural(void **state)
{
    static const struct {
        const char *code;
        int64_t count;
        const char *text;
    } rows[] = {
        { "en", 0, "0 cups" },  { "en", 1, "1 cup" },   { "en", 2, "2 cups" },
        { "fr", 0, "0 tasse" }, { "fr", 1, "1 tasse" }, { "fr", 2, "2 tasses" },
        { "lb", 1, "1 cup" },   { "xx", 2, "2 cups" },
    };
    struct val *m = val_map(a);
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        val_set_count(m, "count", rows[i].count);
        assert_string_equal(shown(rows[i].code, "{{t.cups}}", m), rows[i].text);
    }
    assert_string_equal(shown("fr", "{{t.only}} {{t.none}}", m), "Only English none");
}

static void
words_and_values_are_escaped_once(void **state)
{
    struct val *m = val_map(a);
    (void)state;
    val_set_text(m, "name", "<b> \"&' {{x}}");
    assert_string_equal(shown("en", "{{name}}", m), "&lt;b&gt; &quot;&amp;&#39; {{x}}");
    assert_string_equal(shown("en", "{{t.hello}}", m),
                        "Hello &lt;b&gt; &quot;&amp;&#39; {{x}} &amp; all");
}

static void
what_is_empty_is_false_and_zero_is_not(void **state)
{
    static const char text[] = "{{#v}}yes{{/v}}{{^v}}no{{/v}}";
    struct val *m = val_map(a);
    (void)state;
    assert_string_equal(shown("en", text, m), "no");
    val_set_text(m, "v", "");
    assert_string_equal(shown("en", text, m), "no");
    val_set_bool(m, "v", false);
    assert_string_equal(shown("en", text, m), "no");
    val_set_null(m, "v");
    assert_string_equal(shown("en", text, m), "no");
    struct val *list = val_set_list(m, "v");
    assert_string_equal(shown("en", text, m), "no");
    val_add_text(list, "");
    assert_string_equal(shown("en", text, m), "yes");
    val_set_i64(m, "v", 0);
    assert_string_equal(shown("en", text, m), "yes");
}

static void
a_dotted_path_makes_the_maps_it_needs(void **state)
{
    struct val *m = val_map(a);
    (void)state;
    val_set_text(val_path(m, "field.title.en"), "value", "A lamp");
    val_set_text(val_path(m, "field.title.fr"), "value", "Une lampe");
    assert_string_equal(shown("en", "{{field.title.en.value}}, {{field.title.fr.value}}", m),
                        "A lamp, Une lampe");
    assert_null(val_get(m, "other"));
    assert_null(val_get(val_text(a, "x"), "field"));
}

static void
a_browser_gets_the_best_language_it_asks_for(void **state)
{
    static const struct {
        const char *header, *code;
    } rows[] = {
        { NULL, "en" },           { "", "en" },
        { "fr", "fr" },           { "fr-CH, de;q=0.5", "fr" },
        { "de;q=0.5, fr", "fr" }, { "es, lb;q=0.8, en;q=0.1", "lb" },
        { "es", "en" },           { "*", "en" },
        { "fr;q=0, de", "de" },   { "FR", "fr" },
        { "fr;q=x", "en" },       { ",,;;==", "en" },
        { "fra", "en" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (strcmp(language_pick(rows[i].header), rows[i].code) != 0)
            fail_msg("\"%s\": %s", rows[i].header, language_pick(rows[i].header));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_are_grouped_as_the_language_does),
        cmocka_unit_test(a_size_has_two_digits_or_three),
        cmocka_unit_test(a_time_is_today_or_a_date),
        cmocka_unit_test(words_come_in_the_language_and_its_plural),
        cmocka_unit_test(words_and_values_are_escaped_once),
        cmocka_unit_test(what_is_empty_is_false_and_zero_is_not),
        cmocka_unit_test(a_dotted_path_makes_the_maps_it_needs),
        cmocka_unit_test(a_browser_gets_the_best_language_it_asks_for),
    };
    return cmocka_run_group_tests(tests, start, end);
}
