/* JSON that we write is read back by another's reader as what was meant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>

#include "base/must.h"
#include "http/json.h"

static void
every_kind_of_value_comes_back(void **state)
{
    struct arena *a = arena_new((size_t)1 << 20);
    struct json j = json_begin(a);
    (void)state;
    json_put_object(&j, NULL);
    json_put_text(&j, "text", "a");
    json_put_text(&j, "nothing", NULL);
    json_put_i64(&j, "least", INT64_MIN);
    json_put_id(&j, "id", INT64_MAX);
    json_put_double(&j, "half", 0.5);
    json_put_double(&j, "nan", NAN);
    json_put_double(&j, "far", INFINITY);
    json_put_bool(&j, "yes", true);
    json_put_null(&j, "null");
    json_put_time(&j, "at", INT64_C(1795515304123000));
    json_put_money(&j, "price", (struct money){ 4995, CUR_EUR });
    json_put_array(&j, "list");
    json_put_i64(&j, NULL, 1);
    json_put_object(&j, NULL);
    json_put_end(&j);
    json_put_array(&j, NULL);
    json_put_end(&j);
    json_put_end(&j);
    json_put_raw(&j, "raw", BYTES("[1]", 3));
    json_put_end(&j);
    assert_string_equal(j.out.at,
                        "{\"text\":\"a\",\"nothing\":null,\"least\":-9223372036854775808,"
                        "\"id\":\"9223372036854775807\",\"half\":0.5,\"nan\":null,\"far\":null,"
                        "\"yes\":true,\"null\":null,\"at\":\"2026-11-24T10:15:04.123Z\","
                        "\"price\":{\"amount\":4995,\"currency\":\"EUR\"},\"list\":[1,{},[]],"
                        "\"raw\":[1]}");
    arena_free(a);
}

static void
any_text_comes_back_as_it_was(void **state)
{
    static const char *const texts[] = {
        "",
        "\"",
        "\\",
        "/",
        "</script>",
        "\b\f\n\r\t",
        "\x01\x1f\x7f",
        "h\u00e9\u20ac\U0001f600",
        "\u2028\u2029",
        "a\"b\\c\nd",
    };
    struct arena *a = arena_new((size_t)1 << 20);
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct json j = json_begin(a);
        json_put_object(&j, NULL);
        json_put_text(&j, texts[i], texts[i]);
        json_put_end(&j);
        json_t *back = json_loadb(j.out.at, j.out.length, 0, NULL);
        assert_non_null(back);
        assert_string_equal(json_string_value(json_object_get(back, texts[i])), texts[i]);
        json_decref(back);
    }
    arena_free(a);
}

static void
figures_are_short_and_read_back_to_fifteen_digits(void **state)
{
    static const double figures[] = { 0, -0.0, 1, 0.1, 1.0 / 3, 1e21, 1e-7, 123456.789, 5e-324 };
    struct arena *a = arena_new((size_t)1 << 20);
    (void)state;
    for (size_t i = 0; i < COUNT(figures); i++) {
        struct json j = json_begin(a);
        json_put_array(&j, NULL);
        json_put_double(&j, NULL, figures[i]);
        json_put_end(&j);
        json_t *back = json_loadb(j.out.at, j.out.length, 0, NULL);
        assert_non_null(back);
        double read = json_number_value(json_array_get(back, 0));
        assert_true(fabs(read - figures[i]) <= fabs(figures[i]) * 1e-14);
        assert_true(j.out.length < 30);
        json_decref(back);
    }
    arena_free(a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_value_comes_back),
        cmocka_unit_test(any_text_comes_back_as_it_was),
        cmocka_unit_test(figures_are_short_and_read_back_to_fifteen_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
