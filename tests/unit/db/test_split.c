/* Cutting a migration into statements. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above first */
#include <cmocka.h>

#include "base/must.h"
#include "db/split.h"

static struct arena *arena;

/* Each row is a text of one statement and something behind it. */
static void
a_semicolon_inside_of_quotes_or_comments_ends_nothing(void **state)
{
    static const struct {
        const char *text, *first;
        int line;
    } rows[] = {
        { "SELECT 1; SELECT 2", "SELECT 1", 1 },
        { "\n-- why; so\n\nSELECT 1;x", "SELECT 1", 4 },
        { "SELECT ';'; x", "SELECT ';'", 1 },
        { "SELECT 'it''s; so'; x", "SELECT 'it''s; so'", 1 },
        { "SELECT \"a;b\"; x", "SELECT \"a;b\"", 1 },
        { "/* ; */ SELECT 1 /* ; */ + 1; x", "SELECT 1 /* ; */ + 1", 1 },
        { "DO $$ BEGIN; END $$; x", "DO $$ BEGIN; END $$", 1 },
        { "DO $f_1$ a; $$ b; $f_1$; x", "DO $f_1$ a; $$ b; $f_1$", 1 },
        { "SELECT $1; x", "SELECT $1", 1 },
        { "SELECT 1 -- the end; really\n; x", "SELECT 1 -- the end; really\n", 1 },
        { "SELECT 'open; x", "SELECT 'open; x", 1 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *at = rows[i].text;
        char *statement;
        int line = 1, statement_line;
        assert_true(split_next(arena, &at, &line, &statement, &statement_line));
        assert_string_equal(statement, rows[i].first);
        assert_int_equal(statement_line, rows[i].line);
    }
}

static void
lines_are_counted_over_all_statements(void **state)
{
    static const int lines[] = { 1, 3, 5 };
    const char *at = "SELECT 1;\n\nSELECT\n2; -- done\nSELECT 3\n";
    char *statement;
    int line = 1, statement_line;
    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        assert_true(split_next(arena, &at, &line, &statement, &statement_line));
        assert_int_equal(statement_line, lines[i]);
    }
    assert_false(split_next(arena, &at, &line, &statement, &statement_line));
}

static void
blanks_and_comments_alone_are_no_statement(void **state)
{
    const char *at = " \n;; -- nothing\n/* here */\n";
    char *statement;
    int line = 1, statement_line;
    (void)state;
    assert_false(split_next(arena, &at, &line, &statement, &statement_line));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_semicolon_inside_of_quotes_or_comments_ends_nothing),
        cmocka_unit_test(lines_are_counted_over_all_statements),
        cmocka_unit_test(blanks_and_comments_alone_are_no_statement),
    };
    arena = arena_new(1 << 20);
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failures;
}
