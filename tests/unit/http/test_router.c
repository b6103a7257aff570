/* The table of routes: which rows the program refuses to start with, and which row a path finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "http/route.h"

static struct err *
handler(struct req *r)
{
    (void)r;
    return NULL;
}

#define READ .who = WHO_ANYONE, .rate = "none", .may = MAY_ALL, .tx = TX_NONE, .handler = handler
#define ROW(m, p)                                                                                  \
    {                                                                                              \
        .method = m, .path = p, .body = m == GET ? NO_BODY : FORM_8K, .csrf = CSRF_NONE, READ      \
    }

static const struct route rows[] = {
    ROW(GET, "/"),
    ROW(GET, "/things"),
    ROW(POST, "/things"),
    ROW(GET, "/things/new"),
    ROW(GET, "/things/{thing}"),
    ROW(DELETE, "/things/{thing}"),
    ROW(GET, "/things/{thing}/parts/{part}"),
    ROW(GET, "/folder/"),
};

/* NULL: no row of that path and method. */
static const char *
found(struct arena *a, enum method method, const char *path, struct req *r, const char **allow)
{
    const struct route_table table = { rows, COUNT(rows) };
    struct work *w = NEW(a, struct work);
    struct router *router;
    w->arena = a;
    *r = (struct req){ .work = w, .method = method, .path = path };
    assert_null(router_build(a, &table, 1, &router));
    return router_find(router, r, allow) ? NULL : r->route->path;
}

static void
a_path_finds_its_row_and_a_word_wins_over_a_parameter(void **state)
{
    static const struct {
        const char *path, *row, *first, *second;
    } paths[] = {
        { "/", "/", NULL, NULL },
        { "/things", "/things", NULL, NULL },
        { "/things/new", "/things/new", NULL, NULL },
        { "/things/7", "/things/{thing}", "7", NULL },
        { "/things/a%20b+c", "/things/{thing}", "a b+c", NULL },
        { "/things/new/parts/2", "/things/{thing}/parts/{part}", "new", "2" },
        { "/things/%2F/parts/%C3%A9", "/things/{thing}/parts/{part}", "/", "\u00e9" },
        { "/folder/", "/folder/", NULL, NULL },
        { "/folder", NULL, NULL, NULL },
        { "/things/", NULL, NULL, NULL },
        { "//things", NULL, NULL, NULL },
        { "/things//parts/2", NULL, NULL, NULL },
        { "/things/%ff", NULL, NULL, NULL },
        { "/things/%00", NULL, NULL, NULL },
        { "/things/%4", NULL, NULL, NULL },
        { "/things/a=b", NULL, NULL, NULL },
        { "/nothing", NULL, NULL, NULL },
        { "things", NULL, NULL, NULL },
    };
    struct arena *a = arena_new((size_t)1 << 20);
    (void)state;
    for (size_t i = 0; i < COUNT(paths); i++) {
        struct req r;
        const char *allow, *row = found(a, GET, paths[i].path, &r, &allow);
        if (!text_is(row, paths[i].row))
            fail_msg("%s found %s", paths[i].path, row ? row : "nothing");
        assert_true(!row || text_is(r.params[0], paths[i].first));
        assert_true(!row || text_is(r.params[1], paths[i].second));
        arena_reset(a);
    }
    arena_free(a);
}

static void
a_path_without_the_method_says_what_it_allows(void **state)
{
    struct arena *a = arena_new((size_t)1 << 20);
    const char *allow;
    struct req r;
    (void)state;
    assert_null(found(a, PUT, "/things", &r, &allow));
    assert_string_equal(allow, "GET, HEAD, POST");
    assert_null(found(a, POST, "/things/7", &r, &allow));
    assert_string_equal(allow, "GET, HEAD, DELETE");
    assert_null(found(a, POST, "/nothing", &r, &allow));
    assert_null(allow);
    arena_free(a);
}

static void
refuse(const struct route *table, size_t n, const char *say)
{
    struct arena *a = arena_new((size_t)1 << 20);
    const struct route_table tables = { table, n };
    struct router *router;
    struct err *e = router_build(a, &tables, 1, &router);
    if (!e || !strstr(e->say, say))
        fail_msg("%s: expected \"%s\", not \"%s\"", table->path, say, e ? e->say : "");
    assert_string_equal(e->code, "route.row");
    arena_free(a);
}

static void
a_row_that_forgot_something_stops_the_start(void **state)
{
    const struct route whole = ROW(POST, "/x");
    struct route row;
    (void)state;
#define WITHOUT(column)                                                                            \
    row = whole;                                                                                   \
    row.column = 0;                                                                                \
    refuse(&row, 1, "a column is missing")
    WITHOUT(method);
    WITHOUT(path);
    WITHOUT(body);
    WITHOUT(who);
    WITHOUT(rate);
    WITHOUT(may);
    WITHOUT(csrf);
    WITHOUT(tx);
    WITHOUT(handler);
#undef WITHOUT
}

static void
a_row_that_would_be_a_hole_stops_the_start(void **state)
{
    struct route row = ROW(POST, "/x");
    (void)state;
    row.who = WHO_LOGIN;
    refuse(&row, 1, "needs CSRF_TOKEN");
    row.who = WHO_VENDOR;
    refuse(&row, 1, "needs CSRF_TOKEN");
    row.who = WHO_ADMIN;
    refuse(&row, 1, "needs CSRF_TOKEN");
    row.who = WHO_VENDOR;
    row.csrf = CSRF_TOKEN;
    row.tx = TX_OPERATOR_WRITE;
    refuse(&row, 1, "only the operator");
    row = (struct route)ROW(GET, "/x");
    row.tx = TX_WRITE;
    refuse(&row, 1, "a read does not write");
    row.tx = TX_READ;
    row.body = FORM_8K;
    refuse(&row, 1, "a read has no body");
}

static void
two_rows_for_one_path_stop_the_start(void **state)
{
    const struct route two[] = { ROW(GET, "/a/{x}"), ROW(GET, "/a/{y}") };
    const struct route many[] = { ROW(GET, "/{a}/{b}/{c}/{d}/{e}") };
    (void)state;
    refuse(two, 2, "stands twice");
    refuse(many, 1, "too many parameters");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_finds_its_row_and_a_word_wins_over_a_parameter),
        cmocka_unit_test(a_path_without_the_method_says_what_it_allows),
        cmocka_unit_test(a_row_that_forgot_something_stops_the_start),
        cmocka_unit_test(a_row_that_would_be_a_hole_stops_the_start),
        cmocka_unit_test(two_rows_for_one_path_stop_the_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
