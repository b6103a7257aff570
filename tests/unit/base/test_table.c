#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "piece.h"

static struct arena *
begin(void)
{
    return arena_new((size_t)64 << 20);
}

static struct table *
table_on(struct arena *a, struct bytes b, size_t step, char separator)
{
    struct piece *p = NEW(a, struct piece);
    *p = (struct piece){ .at = b.at, .left = b.length, .step = step };
    return table_new(a, (struct table_source){ read_piece, p }, separator);
}

/* "LINE:cell|cell" for each row, faults as "!code@line/cell". */
static const char *
shown(struct arena *a, struct bytes b, size_t step, char separator)
{
    struct table *t = table_on(a, b, step, separator);
    struct buf out = buf_new(a, 256);
    struct row r;
    bool more;
    while (!table_next(t, &r, &more) && more) {
        buf_printf(&out, "%d:", (int)r.line);
        for (size_t i = 0; i < r.count; i++)
            buf_printf(&out, "%s%s", i ? "|" : "", r.cells[i].text);
        if (r.fault)
            buf_printf(&out, " !%s@%d/%d", table_fault_code(r.fault), (int)r.fault_line,
                       r.fault_cell);
        buf_char(&out, '\n');
    }
    return out.at;
}

static void
expect(const char *text, size_t length, char separator, const char *rows)
{
    for (size_t step = 1; step < 8; step++) {
        struct arena *a = begin();
        assert_string_equal(shown(a, BYTES(text, length), step, separator), rows);
        arena_free(a);
    }
}

#define EXPECT_ROWS(text, rows) expect(text, sizeof(text) - 1, ',', rows)

static void
cells_are_read_as_rfc_4180_has_them(void **state)
{
    (void)state;
    EXPECT_ROWS("a,b\n1,2\n", "1:a|b\n2:1|2\n");
    EXPECT_ROWS("a,\"b, \"\"c\"\"\nd\",\r\ne", "1:a|b, \"c\"\nd|\n3:e\n");
    EXPECT_ROWS("\"\",\n,\"x\"", "1:|\n2:|x\n");
    EXPECT_ROWS("5\" pipe,a\"b\"\n", "1:5\" pipe|a\"b\"\n");
    EXPECT_ROWS("\"a\" ,b", "1:a|b\n");
    expect("a\tb;c\t\n", 7, '\t', "1:a|b;c|\n");
}

static void
line_ends_may_be_mixed_and_blank_lines_are_no_rows(void **state)
{
    (void)state;
    EXPECT_ROWS("a\rb\r\n\n\r\nc\n", "1:a\n2:b\n5:c\n");
    EXPECT_ROWS("\"a\r\nb\rc\"\nd", "1:a\r\nb\rc\n4:d\n");
    EXPECT_ROWS("", "");
}

static void
what_is_broken_is_told_with_its_place_and_the_rest_is_read(void **state)
{
    (void)state;
    EXPECT_ROWS("a,\"b\"c,d\ne\n", "1:a|bc|d !table.quote@1/2\n2:e\n");
    EXPECT_ROWS("a\nb,\0c\nd\n", "1:a\n2:b|c !table.nul@2/2\n3:d\n");
    EXPECT_ROWS("a,\"x\n\xff\",b\nd\n", "1:a|x\n?|b !table.utf8@2/2\n3:d\n");
    EXPECT_ROWS("ok\na,\"b\nc,d\ne", "1:ok\n2:a|b\nc,d\ne !table.open@2/2\n");
}

static void
ceilings_hold_and_say_so(void **state)
{
    struct arena *a = begin();
    struct buf b = buf_new(a, (size_t)8 << 20);
    struct row r;
    bool more;
    (void)state;

    for (size_t i = 0; i < TABLE_CELL_MOST + 5; i++)
        buf_char(&b, 'x');
    buf_text(&b, ",y\n");
    struct table *t = table_on(a, BYTES(b.at, b.length), 5000, ',');
    assert_null(table_next(t, &r, &more));
    assert_int_equal(r.fault, TABLE_FAULT_CELL);
    assert_int_equal(r.cells[0].length, TABLE_CELL_MOST);
    assert_string_equal(r.cells[1].text, "y");

    b.length = 0;
    for (size_t i = 0; i < TABLE_CELLS_MOST + 3; i++)
        buf_text(&b, "z,");
    buf_text(&b, "\nnext");
    t = table_on(a, BYTES(b.at, b.length), 5000, ',');
    assert_null(table_next(t, &r, &more));
    assert_int_equal(r.fault, TABLE_FAULT_CELLS);
    assert_int_equal(r.count, TABLE_CELLS_MOST);
    assert_null(table_next(t, &r, &more));
    assert_string_equal(row_text(&r, 0), "next");

    b.length = 0;
    for (size_t i = 0; i < 5 * TABLE_CELL_MOST; i++)
        buf_char(&b, i % 1000000 ? 'x' : ',');
    t = table_on(a, BYTES(b.at, b.length), 65536, ',');
    assert_null(table_next(t, &r, &more));
    assert_int_equal(r.fault, TABLE_FAULT_ROW);
    assert_null(table_next(t, &r, &more));
    assert_false(more);
    arena_free(a);
}

static struct err *
fails(void *arg, char *to, size_t most, size_t *got)
{
    (void)to;
    (void)most;
    (void)got;
    return FAIL(arg, ERR_INVALID, "test.broken", "broken");
}

static void
a_failure_of_the_source_is_passed_on(void **state)
{
    struct arena *a = begin();
    struct row r;
    bool more;
    (void)state;
    struct table *t = table_new(a, (struct table_source){ fails, a }, ',');
    struct err *e = table_next(t, &r, &more);
    assert_non_null(e);
    assert_string_equal(e->code, "test.broken");
    arena_free(a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_are_read_as_rfc_4180_has_them),
        cmocka_unit_test(line_ends_may_be_mixed_and_blank_lines_are_no_rows),
        cmocka_unit_test(what_is_broken_is_told_with_its_place_and_the_rest_is_read),
        cmocka_unit_test(ceilings_hold_and_say_so),
        cmocka_unit_test(a_failure_of_the_source_is_passed_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
