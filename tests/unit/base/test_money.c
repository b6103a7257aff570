/* Amounts as people and programs write them, in whole minor units and never anything else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/money.h"
#include "base/must.h"
#include "base/text.h"
#include "testdata.h"

static void
an_amount_is_read_to_the_cent_or_not_at_all(void **state)
{
    static const struct {
        const char *text;
        enum currency cur;
        bool good;
        int64_t minor;
    } rows[] = {
        { "49.95", CUR_EUR, true, 4995 },
        { "49,95", CUR_EUR, true, 4995 },
        { "49.9", CUR_EUR, true, 4990 },
        { "0", CUR_EUR, true, 0 },
        { "1500", CUR_JPY, true, 1500 },
        { "1500.0", CUR_JPY, false, 0 },
        { "49.955", CUR_EUR, false, 0 },
        { "1.2.3", CUR_EUR, false, 0 },
        { "1,2,3", CUR_EUR, false, 0 },
        { "", CUR_EUR, false, 0 },
        { ".", CUR_EUR, false, 0 },
        { "-1", CUR_EUR, false, 0 },
        { "1 000", CUR_EUR, false, 0 },
        { "9223372036854775807", CUR_JPY, true, INT64_MAX },
        { "92233720368547759", CUR_EUR, false, 0 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct money m = { 42, CUR_NONE };
        assert_int_equal(money_read(rows[i].text, rows[i].cur, &m), rows[i].good);
        assert_int_equal(m.minor, rows[i].good ? rows[i].minor : 42);
        assert_int_equal(m.cur, rows[i].good ? rows[i].cur : CUR_NONE);
    }
}

static void
check_vector(const json_t *line, void *arg)
{
    const char *cents = testdata_text(line, "cents");
    struct money m;
    int64_t minor;
    (void)arg;
    bool good = money_read(testdata_text(line, "text"), CUR_EUR, &m);
    if (text_to_i64(cents, &minor))
        assert_true(good && m.minor == minor);
    else
        assert_false(good);
}

static void
amounts_are_as_the_vectors_say(void **state)
{
    (void)state;
    if (!testdata_each("security/vectors/money-amount.jsonl", check_vector, NULL))
        skip();
}

static void
an_amount_is_written_as_its_language_does(void **state)
{
    static const struct {
        int64_t minor;
        enum currency cur;
        const char *decimal, *en, *fr, *de;
    } rows[] = {
        { 4995, CUR_EUR, "49.95", "€49.95", "49,95\u00a0€", "49,95\u00a0€" },
        { 123456789, CUR_EUR, "1234567.89", "€1,234,567.89", "1\u202f234\u202f567,89\u00a0€",
          "1.234.567,89\u00a0€" },
        { 5, CUR_EUR, "0.05", "€0.05", "0,05\u00a0€", "0,05\u00a0€" },
        { -150, CUR_EUR, "-1.50", "-€1.50", "-1,50\u00a0€", "-1,50\u00a0€" },
        { 1500, CUR_JPY, "1500", "¥1,500", "1\u202f500\u00a0¥", "1.500\u00a0¥" },
        { 1000, CUR_CHF, "10.00", "CHF\u00a010.00", "10,00\u00a0CHF", "10,00\u00a0CHF" },
        { INT64_MIN, CUR_JPY, "-9223372036854775808", "-¥9,223,372,036,854,775,808",
          "-9\u202f223\u202f372\u202f036\u202f854\u202f775\u202f808\u00a0¥",
          "-9.223.372.036.854.775.808\u00a0¥" },
    };
    struct arena *a = arena_new(65536);
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct money m = { rows[i].minor, rows[i].cur };
        assert_string_equal(money_decimal(a, m), rows[i].decimal);
        assert_string_equal(money_words(a, m, "en"), rows[i].en);
        assert_string_equal(money_words(a, m, "fr"), rows[i].fr);
        assert_string_equal(money_words(a, m, "de"), rows[i].de);
        assert_string_equal(money_words(a, m, "lb"), rows[i].de);
        arena_reset(a);
    }
    arena_free(a);
}

static void
each_currency_is_found_by_its_code(void **state)
{
    (void)state;
    for (enum currency c = CUR_EUR; c < CURRENCIES; c++) {
        enum currency back;
        assert_true(currency_read(currency_code(c), &back));
        assert_int_equal(back, c);
        assert_in_range(currency_decimals(c), 0, 2);
    }
    enum currency none = CUR_CHF;
    assert_false(currency_read("eur", &none) || currency_read("", &none) ||
                 currency_read("---", &none));
    assert_int_equal(none, CUR_CHF);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_amount_is_read_to_the_cent_or_not_at_all),
        cmocka_unit_test(amounts_are_as_the_vectors_say),
        cmocka_unit_test(an_amount_is_written_as_its_language_does),
        cmocka_unit_test(each_currency_is_found_by_its_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
