/* Arguments as PostgreSQL reads them, and columns as it writes them; results are made by hand, so
 * that no server is needed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above first */
#include <cmocka.h>

#include <libpq-fe.h>
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "db/db.h"

static struct work work;

static void
clear(void *res)
{
    PQclear(res);
}

/* One row of these texts; NULL is SQL NULL. */
static struct scan
row_of(const char *const *texts, int n)
{
    PGresult *res = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    PGresAttDesc columns[8] = { { 0 } };
    char name[] = "x";

    assert_true(n <= (int)COUNT(columns));
    for (int i = 0; i < n; i++)
        columns[i].name = name;
    assert_true(PQsetResultAttrs(res, n, columns));
    for (int i = 0; i < n; i++) {
        char *text = texts[i] ? text_copy(work.arena, texts[i]) : NULL;
        assert_true(PQsetvalue(res, 0, i, text, text ? (int)strlen(text) : -1));
    }
    arena_defer(work.arena, clear, res);
    return (struct scan){ .res = res };
}

#define ROW(...)                                                                                   \
    row_of((const char *const[]){ __VA_ARGS__ },                                                   \
           (int)(sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *)))

static void
arguments_take_the_forms_that_postgresql_reads(void **state)
{
    const char *const texts[] = { "plain", "", "a \"b\" \\ c", NULL, "{x,y}", "NULL" };
    (void)state;
    assert_string_equal(arg_i64(&work, INT64_MIN).text, "-9223372036854775808");
    assert_string_equal(arg_bool(true).text, "t");
    assert_null(arg_null().text);
    assert_null(arg_text(NULL).text);
    assert_string_equal(arg_bytes(&work, BYTES("\0\x7f\xff", 3)).text, "\\x007fff");
    assert_string_equal(arg_bytes(&work, BYTES("", 0)).text, "\\x");
    assert_string_equal(arg_texts(&work, texts, COUNT(texts)).text,
                        "{\"plain\",\"\",\"a \\\"b\\\" \\\\ c\",NULL,\"{x,y}\",\"NULL\"}");
    assert_string_equal(arg_texts(&work, NULL, 0).text, "{}");
}

static void
columns_are_read_in_order_and_null_is_nothing(void **state)
{
    struct scan s = ROW("-42", "t", "2.5", "text", NULL, NULL, NULL, NULL);
    (void)state;
    assert_int_equal(scan_i64(&s), -42);
    assert_true(scan_bool(&s));
    assert_true(fabs(scan_double(&s) - 2.5) < 1e-12);
    assert_string_equal(scan_text(&s), "text");
    assert_true(scan_null(&s));
    assert_int_equal(scan_i64(&s), 0);
    assert_false(scan_bool(&s));
    assert_string_equal(scan_text(&s), "");
    assert_int_equal(scan_time(&s), 0);
    scan_end(&s);
}

static void
times_go_there_and_back_to_the_microsecond(void **state)
{
    static const struct {
        const char *text;
        int64_t at_us;
    } rows[] = {
        { "1970-01-01 00:00:00+00", 0 },
        { "1969-12-31 23:59:59.999999+00", -1 },
        { "2000-02-29 12:00:00.5+00", INT64_C(951825600500000) },
        { "2026-11-24 10:15:04.123456+00", INT64_C(1795515304123456) },
        { "2100-03-01 00:00:00+00", INT64_C(4107542400000000) },
        { "0001-01-01 00:00:00+00", INT64_C(-62135596800000000) },
        { "12026-01-01 00:00:00+00", INT64_C(317336745600000000) },
        { "infinity", INT64_MAX },
        { "-infinity", INT64_MIN },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scan s = ROW(rows[i].text);
        assert_int_equal(scan_time(&s), rows[i].at_us);
        if (rows[i].at_us == INT64_MAX || rows[i].at_us == INT64_MIN)
            continue;
        struct scan back = ROW(arg_time(&work, rows[i].at_us).text);
        assert_int_equal(scan_time(&back), rows[i].at_us);
    }
}

static void
bytes_money_and_enums_are_read(void **state)
{
    static const char *const names[] = { "staff", "manager", "owner" };
    struct scan s = ROW("\\x00ff41", NULL, "4995", "EUR", "manager");
    (void)state;
    struct bytes b = scan_bytes(&work, &s);
    assert_int_equal(b.length, 3);
    assert_memory_equal(b.at,
                        "\0\xff"
                        "A",
                        3);
    assert_int_equal(scan_bytes(&work, &s).length, 0);
    struct money m = scan_money(&s);
    assert_int_equal(m.minor, 4995);
    assert_int_equal(m.cur, CUR_EUR);
    assert_int_equal(scan_enum(&s, names, 3), 1);
    scan_end(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_take_the_forms_that_postgresql_reads),
        cmocka_unit_test(columns_are_read_in_order_and_null_is_nothing),
        cmocka_unit_test(times_go_there_and_back_to_the_microsecond),
        cmocka_unit_test(bytes_money_and_enums_are_read),
    };
    work.arena = arena_new(1 << 20);
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(work.arena);
    return failures;
}
