/* Text from outside: what is UTF-8, what is a number, what is an id. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/must.h"
#include "base/text.h"
#include "testdata.h"

static void
an_integer_is_plain_digits_that_fit(void **state)
{
    static const struct {
        const char *text;
        bool good;
        int64_t n;
    } rows[] = {
        { "0", true, 0 },
        { "-0", true, 0 },
        { "007", true, 7 },
        { "-5", true, -5 },
        { "9223372036854775807", true, INT64_MAX },
        { "-9223372036854775808", true, INT64_MIN },
        { "9223372036854775808", false, 0 },
        { "-9223372036854775809", false, 0 },
        { "", false, 0 },
        { "-", false, 0 },
        { "+1", false, 0 },
        { " 1", false, 0 },
        { "1 ", false, 0 },
        { "1.0", false, 0 },
        { "0x1", false, 0 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t n = 42;
        assert_int_equal(text_to_i64(rows[i].text, &n), rows[i].good);
        assert_int_equal(n, rows[i].good ? rows[i].n : 42); /* results only on success */
    }
}

static void
check_id(const json_t *line, void *arg)
{
    const json_t *expect = json_object_get(line, "expect");
    int64_t n = 0;
    (void)arg;
    bool good = text_to_id(testdata_text(line, "text"), &n);
    if (json_is_integer(expect))
        assert_true(good && n == json_integer_value(expect));
    else if (strcmp(json_string_value(expect), "reject") == 0)
        assert_false(good);
}

static void
ids_are_as_the_vectors_say(void **state)
{
    (void)state;
    if (!testdata_each("security/vectors/integer-id.jsonl", check_id, NULL))
        skip();
}

static void
check_utf8(const json_t *line, void *arg)
{
    struct arena *a = arg;
    struct bytes b = testdata_bytes(a, line, "b64");
    bool nul = b.length && memchr(b.at, 0, b.length); /* UTF-8, but no text of ours */
    bool valid = json_is_true(json_object_get(line, "valid")) && !nul;
    size_t bad_at = b.length;
    assert_int_equal(text_is_utf8(b, &bad_at), valid);
    assert_true(valid || bad_at < b.length);
}

static void
utf8_is_as_the_vectors_say(void **state)
{
    struct arena *a = arena_new((size_t)1 << 20);
    (void)state;
    bool there = testdata_each("security/vectors/utf8.jsonl", check_utf8, a);
    arena_free(a);
    if (!there)
        skip();
}

static void
the_first_byte_that_is_not_utf8_is_named(void **state)
{
    static const struct {
        const char *text;
        size_t length, bad_at;
    } rows[] = {
        { "ab\xff", 3, 2 }, { "\xc3", 1, 0 }, { "a\0b", 3, 1 }, { "\xc3\xa9\xed\xa0\x80", 5, 2 }
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t bad_at = 99;
        assert_false(text_is_utf8(BYTES(rows[i].text, rows[i].length), &bad_at));
        assert_int_equal(bad_at, rows[i].bad_at);
    }
    assert_true(text_is_utf8(BYTES("", 0), NULL));
}

static void
a_buffer_grows_and_ends_with_a_nul(void **state)
{
    struct arena *a = arena_new((size_t)1 << 20);
    struct buf b = buf_new(a, 0);
    (void)state;
    for (int i = 0; i < 5000; i++) {
        buf_char(&b, 'x');
        assert_int_equal(b.at[b.length], 0);
    }
    buf_printf(&b, "%d%s", 12, "end");
    assert_int_equal(b.length, 5005);
    assert_string_equal(b.at + 5000, "12end");
    arena_free(a);
}

static void
numbers_are_written_as_they_are_read(void **state)
{
    static const int64_t rows[] = { 0, 1, -1, 10, -99, INT64_MAX, INT64_MIN };
    struct arena *a = arena_new(65536);
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf b = buf_new(a, 4);
        int64_t back;
        buf_i64(&b, rows[i]);
        assert_true(text_to_i64(b.at, &back));
        assert_int_equal(back, rows[i]);
        assert_string_equal(text_i64(a, rows[i]), b.at);
    }
    arena_free(a);
}

static void
texts_are_joined_however_long_they_are(void **state)
{
    struct arena *a = arena_new(65536);
    char part[101] = { 0 };
    (void)state;
    memset(part, 'x', sizeof(part) - 1);
    assert_string_equal(text_join(a, "a", "", "bc", NULL), "abc");
    assert_string_equal(text_join(a, NULL), "");
    assert_int_equal(strlen(text_join(a, part, part, part, NULL)), 300);
    arena_free(a);
}

static void
comparing_trimming_and_folding_keep_to_ascii(void **state)
{
    struct arena *a = arena_new(65536);
    (void)state;
    assert_true(text_is(NULL, NULL) && !text_is(NULL, "") && text_is("a", "a"));
    assert_true(text_starts("/api/v1", "/api/") && !text_starts("/ap", "/api/"));
    assert_true(text_ends("a.webp", ".webp") && !text_ends("p", ".webp"));
    assert_string_equal(text_trim(a, " \t\r\n a b \f\v"), "a b");
    assert_string_equal(text_trim(a, "  "), "");
    assert_string_equal(text_lower(a, "AbZ\u00c9"), "abz\u00c9");
    assert_int_equal(text_characters("h\u00e9\u20ac\U0001f600"), 4);
    arena_free(a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_integer_is_plain_digits_that_fit),
        cmocka_unit_test(ids_are_as_the_vectors_say),
        cmocka_unit_test(utf8_is_as_the_vectors_say),
        cmocka_unit_test(the_first_byte_that_is_not_utf8_is_named),
        cmocka_unit_test(a_buffer_grows_and_ends_with_a_nul),
        cmocka_unit_test(numbers_are_written_as_they_are_read),
        cmocka_unit_test(texts_are_joined_however_long_they_are),
        cmocka_unit_test(comparing_trimming_and_folding_keep_to_ascii),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
