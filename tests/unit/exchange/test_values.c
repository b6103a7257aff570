#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "exchange/values.h"

static struct arena *
begin(void)
{
    return arena_new((size_t)1 << 20);
}

static void
amounts_are_read_or_refused_and_never_guessed(void **state)
{
    static const struct {
        const char *text;
        char point;
        enum currency cur;
        int64_t minor;
        const char *code;
    } rows[] = {
        { "49.95", 0, CUR_EUR, 4995 },
        { "49,95", 0, CUR_EUR, 4995 },
        { "0,75", 0, CUR_EUR, 75 },
        { "0,750", 0, CUR_EUR, 75 },
        { ".5", 0, CUR_EUR, 50 },
        { "5", 0, CUR_EUR, 500 },
        { "5.", 0, CUR_EUR, 500 },
        { "5,-", 0, CUR_EUR, 500 },
        { "12.5000", 0, CUR_EUR, 1250 },
        { "1.234,50", 0, CUR_EUR, 123450 },
        { "1,234.50", 0, CUR_EUR, 123450 },
        { "1'234.50 CHF", 0, CUR_CHF, 123450 },
        { "1\xe2\x80\x99"
          "234.50",
          0, CUR_CHF, 123450 },
        { "1\xc2\xa0"
          "234,50 \xe2\x82\xac",
          0, CUR_EUR, 123450 },
        { "\xe2\x82\xac 5", 0, CUR_EUR, 500 },
        { "EUR 5", 0, CUR_EUR, 500 },
        { "5 eur", 0, CUR_EUR, 500 },
        { "$5.00", 0, CUR_CAD, 500 },
        { "1,234,567", 0, CUR_EUR, 123456700 },
        { "1234,567", 0, CUR_EUR, 0, "import.price_decimals" },
        { "1,234", 0, CUR_EUR, 0, "import.price_ambiguous" },
        { "1,234", '.', CUR_EUR, 123400 },
        { "1,234", ',', CUR_EUR, 0, "import.price_decimals" },
        { "1.234", ',', CUR_EUR, 123400 },
        { "1050", 0, CUR_JPY, 1050 },
        { "1050.5", 0, CUR_JPY, 0, "import.price_decimals" },
        { "-5", 0, CUR_EUR, 0, "import.price_negative" },
        { "--5", 0, CUR_EUR, 0, "import.price_format" },
        { "$5", 0, CUR_EUR, 0, "import.currency" },
        { "5 USD", 0, CUR_EUR, 0, "import.currency" },
        { "free", 0, CUR_EUR, 0, "import.price_format" },
        { "12.34.56", 0, CUR_EUR, 0, "import.price_format" },
        { "1,23,456", 0, CUR_EUR, 0, "import.price_format" },
        { ".", 0, CUR_EUR, 0, "import.price_format" },
        { "EUR", 0, CUR_EUR, 0, "import.price_format" },
        { "9.78E+12", 0, CUR_EUR, 0, "import.wreck" },
        { "99999999999999999", 0, CUR_EUR, 0, "import.price_large" },
        { "9999999999999999999", 0, CUR_EUR, 0, "import.price_format" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct money m = { 0 };
        const char *code = value_money(rows[i].text, rows[i].point, rows[i].cur, &m);
        if (!text_is(code, rows[i].code) || m.minor != rows[i].minor)
            fail_msg("%s: %s %d", rows[i].text, code ? code : "-", (int)m.minor);
    }
}

static void
weights_become_grams(void **state)
{
    static const struct {
        const char *text, *unit;
        char point;
        int64_t grams;
        const char *code;
    } rows[] = {
        { ".5", "lbs", 0, 227 },
        { "1.5", "lbs", 0, 680 },
        { "0,250", "kg", 0, 250 },
        { "1.234", "kg", 0, 1234 },
        { "1.234", "kg", ',', 1234000 },
        { "10 kg", NULL, 0, 10000 },
        { "8 OZ", "kg", 0, 227 },
        { "2", NULL, 0, 2000 },
        { "500", "g", 0, 500 },
        { "0", "g", 0, 0 },
        { "heavy", "kg", 0, 0, "import.weight_format" },
        { "5 stone", "kg", 0, 0, "import.weight_unit" },
        { "5", "st", 0, 0, "import.weight_unit" },
        { "-5", "kg", 0, 0, "import.weight_format" },
        { "99999999", "t", 0, 0, "import.weight_format" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t grams = 0;
        const char *code = value_grams(rows[i].text, rows[i].point, rows[i].unit, &grams);
        if (!text_is(code, rows[i].code) || grams != rows[i].grams)
            fail_msg("%s: %s %d", rows[i].text, code ? code : "-", (int)grams);
    }
}

static void
pieces_are_whole(void **state)
{
    static const struct {
        const char *text;
        int64_t n;
        const char *code;
    } rows[] = {
        { "5", 5 },
        { "5.0", 5 },
        { "-3", -3 },
        { "1,000", 0, "import.quantity_ambiguous" },
        { "2.5", 0, "import.quantity_format" },
        { "many", 0, "import.quantity_format" },
        { "3000000000", 0, "import.quantity_format" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t n = 0;
        const char *code = value_quantity(rows[i].text, 0, &n);
        if (!text_is(code, rows[i].code) || n != rows[i].n)
            fail_msg("%s: %s %d", rows[i].text, code ? code : "-", (int)n);
    }
}

static void
amounts_times_pieces_are_rounded_once(void **state)
{
    struct money m;
    (void)state;
    assert_true(amount_times((struct decimal){ 1, 3 }, 4, CUR_GBP, &m)); /* 0.001 × 4 */
    assert_int_equal(m.minor, 0);
    assert_true(amount_times((struct decimal){ 1, 3 }, 5, CUR_GBP, &m));
    assert_int_equal(m.minor, 1);
    assert_true(amount_times((struct decimal){ 15, 3 }, -1, CUR_GBP, &m)); /* away from zero */
    assert_int_equal(m.minor, -2);
    assert_false(amount_times((struct decimal){ INT64_C(999999999999999999), 0 }, 5, CUR_GBP, &m));
}

static void
codes_of_goods_get_their_zeros_back_only_when_they_fit(void **state)
{
    static const struct {
        const char *text, *digits;
        bool zeros;
        const char *code;
    } rows[] = {
        { "4006381333931", "4006381333931", false },
        { "400-6381 333931", "4006381333931", false },
        { "74603005922", "074603005922", true },
        { "74603005923", NULL, false, "gtin.length" },
        { "4006381333932", NULL, false, "gtin.check" },
        { "9.78E+12", NULL, false, "gtin.spreadsheet" },
        { "9.78043902348e+12", NULL, false, "gtin.spreadsheet" },
        { "n/a", NULL, false, "gtin.digits" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char digits[15] = "";
        bool zeros;
        const char *code = value_gtin(rows[i].text, digits, &zeros);
        assert_true(text_is(code, rows[i].code));
        assert_int_equal(zeros, rows[i].zeros);
        if (rows[i].digits)
            assert_string_equal(digits, rows[i].digits);
    }
}

static void
languages_are_spelled_as_usual(void **state)
{
    static const struct {
        const char *text, *spelled;
    } rows[] = {
        { "en", "en" },           { "DE", "de" },        { "pt_br", "pt-BR" },
        { "zh-hant", "zh-Hant" }, { "lb", "lb" },        { "zh_Hant_TW", "zh-Hant-TW" },
        { "es-419", "es-419" },   { "german", NULL },    { "e", NULL },
        { "en-", NULL },          { "de-DE-x-y", NULL }, { "", NULL },
        { "12", NULL },
    };
    struct arena *a = begin();
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *spelled = NULL;
        const char *code = value_language(a, rows[i].text, &spelled);
        if (!text_is(spelled, rows[i].spelled) || !code != !!rows[i].spelled)
            fail_msg("%s: %s", rows[i].text, spelled ? spelled : "-");
    }
    arena_free(a);
}

static void
times_are_read_where_they_can_mean_one_thing(void **state)
{
    static const struct {
        const char *text, *at, *code;
    } rows[] = {
        { "2010-12-01 08:26:00", "2010-12-01T08:26:00Z" },
        { "2010-12-01", "2010-12-01T00:00:00Z" },
        { "2010-12-01T08:26:00+01:00", "2010-12-01T07:26:00Z" },
        { "1.12.2010 8:26", "2010-12-01T08:26:00Z" },
        { "12/13/2010 8:26", "2010-12-13T08:26:00Z" },
        { "13/12/2010", "2010-12-13T00:00:00Z" },
        { "5/5/2010", "2010-05-05T00:00:00Z" },
        { "12/1/2010", NULL, "import.time_ambiguous" },
        { "31.2.2010", NULL, "import.time_format" },
        { "1.12.10", NULL, "import.time_format" },
        { "yesterday", NULL, "import.time_format" },
        { "2010", NULL, "import.time_format" },
        { "20101201082600", NULL, "import.time_format" },
    };
    struct arena *a = begin();
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t at;
        const char *code = value_time(rows[i].text, &at);
        if (!text_is(code, rows[i].code) || (!code && !text_is(clock_rfc3339(a, at), rows[i].at)))
            fail_msg("%s: %s", rows[i].text, code ? code : clock_rfc3339(a, at));
    }
    arena_free(a);
}

static void
what_a_spreadsheet_left_is_seen(void **state)
{
    static const char *const wrecks[] = { "9.78E+12", "9,78e+12", "#####", "#NAME?", "1E+5" };
    static const char *const sound[] = { "E+12", "1E12", "A-1", "9.78E+", "4006381333931", "" };
    static const char *const dated[] = { "2-Mar",  "02. Feb",       "1. M\xc3\xa4r",
                                         "Mar-24", "3-ao\xc3\xbbt", "1-janv." };
    static const char *const sizes[] = { "2-3",     "M-Large", "Marine",   "2-Marine", "May",
                                         "100-Mar", "1.5",     "Dec-2024", "10 Sepia" };
    (void)state;
    for (size_t i = 0; i < COUNT(wrecks); i++)
        assert_true(value_is_wreck(wrecks[i]));
    for (size_t i = 0; i < COUNT(sound); i++)
        assert_false(value_is_wreck(sound[i]));
    for (size_t i = 0; i < COUNT(dated); i++)
        assert_true(value_looks_dated(dated[i]));
    for (size_t i = 0; i < COUNT(sizes); i++)
        assert_false(value_looks_dated(sizes[i]));
}

static void
addresses_flags_and_rates(void **state)
{
    static const char *const fit[] = { "https://a.example/x,y.jpg?z=1", "HTTP://a.example",
                                       "https://b.example/a@2x.jpg" };
    static const char *const unfit[] = { "1.webp",
                                         "ftp://a.example",
                                         "https://",
                                         "https:///x",
                                         "https://u:p@a.example",
                                         "https://a.example/a b",
                                         "javascript:alert(1)" };
    bool yes = false;
    int64_t rate;
    (void)state;
    for (size_t i = 0; i < COUNT(fit); i++)
        assert_null(value_address(fit[i]));
    for (size_t i = 0; i < COUNT(unfit); i++)
        assert_non_null(value_address(unfit[i]));
    assert_null(value_flag("TRUE", &yes));
    assert_true(yes);
    assert_null(value_flag("-1", &yes));
    assert_false(yes);
    assert_non_null(value_flag("maybe", &yes));
    assert_null(value_percent("7,7 %", 0, &rate));
    assert_int_equal(rate, 770);
    assert_non_null(value_percent("101", 0, &rate));
    assert_non_null(value_percent("-1", 0, &rate));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(amounts_are_read_or_refused_and_never_guessed),
        cmocka_unit_test(weights_become_grams),
        cmocka_unit_test(pieces_are_whole),
        cmocka_unit_test(amounts_times_pieces_are_rounded_once),
        cmocka_unit_test(codes_of_goods_get_their_zeros_back_only_when_they_fit),
        cmocka_unit_test(languages_are_spelled_as_usual),
        cmocka_unit_test(times_are_read_where_they_can_mean_one_thing),
        cmocka_unit_test(what_a_spreadsheet_left_is_seen),
        cmocka_unit_test(addresses_flags_and_rates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
