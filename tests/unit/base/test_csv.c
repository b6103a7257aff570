#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/csv.h"
#include "testdata.h"

static const char *
cell(struct arena *a, const char *text)
{
    struct buf b = buf_new(a, 64);
    csv_cell(&b, text);
    return b.at;
}

static void
quotes_are_doubled_and_lines_stay(void **state)
{
    struct arena *a = arena_new((size_t)1 << 20);
    (void)state;
    assert_string_equal(cell(a, ""), "\"\"");
    assert_string_equal(cell(a, "a \"b\", c\nd"), "\"a \"\"b\"\", c\nd\"");
    assert_string_equal(cell(a, "{\"name\": \"=1\"}"), "\"{\"\"name\"\": \"\"=1\"\"}\"");
    arena_free(a);
}

static void
what_could_run_has_a_quote_in_front(void **state)
{
    struct arena *a = arena_new((size_t)1 << 20);
    (void)state;
    assert_string_equal(cell(a, "=1+\"1\""), "\"'=1+\"\"1\"\"\"");
    assert_string_equal(cell(a, "-5"), "\"'-5\"");
    assert_string_equal(cell(a, " %0d%0a\t@x"), "\"' %0d%0a\t@x\"");
    assert_string_equal(cell(a, "-"), "\"-\"");
    assert_string_equal(cell(a, "5 - 3 = 2"), "\"5 - 3 = 2\"");
    arena_free(a);
}

static void
the_guard_comes_off_where_it_is_one(void **state)
{
    (void)state;
    assert_string_equal(csv_unguarded("'=1"), "=1");
    assert_string_equal(csv_unguarded("''=1"), "'=1");
    assert_string_equal(csv_unguarded("' %0d@x"), " %0d@x");
    assert_string_equal(csv_unguarded("'tis"), "'tis");
    assert_string_equal(csv_unguarded("=1"), "=1");
    assert_string_equal(csv_unguarded(""), "");
}

static void
check_vector(const json_t *line, void *arg)
{
    struct arena *a = arena_new((size_t)1 << 20);
    const char *out = cell(a, testdata_text(line, "cell"));
    (void)arg;
    assert_true(out[0] == '"');
    if (json_is_true(json_object_get(line, "formula")) != (out[1] == '\''))
        fail_msg("%s: %s", testdata_text(line, "cell"), out);
    arena_free(a);
}

static void
cells_are_as_the_vectors_say(void **state)
{
    (void)state;
    if (!testdata_each("security/vectors/csv-cells.jsonl", check_vector, NULL))
        skip();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quotes_are_doubled_and_lines_stay),
        cmocka_unit_test(what_could_run_has_a_quote_in_front),
        cmocka_unit_test(the_guard_comes_off_where_it_is_one),
        cmocka_unit_test(cells_are_as_the_vectors_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
