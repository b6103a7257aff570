/* Cursors of lists: what they carry, and whom they refuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above first */
#include <cmocka.h>

#include <string.h>

#include "base/digest.h"
#include "base/text.h"
#include "http/cursor.h"
#include "reqtest.h"

static struct arena *arena;

/* A request for this list; the query as it stands behind '?'. */
static struct req *
asked(int64_t vendor, const char *path, const char *query)
{
    static const struct route route = { .method = GET, .body = NO_BODY };
    struct req *r = reqtest(arena, &route, NULL, BYTES("", 0), 0);
    r->method = GET;
    r->path = path;
    r->work->vendor.n = vendor;
    assert_null(pairs_decode(arena, BYTES(query, strlen(query)), &r->query));
    return r;
}

static const char *
with(const char *query, const char *cursor)
{
    return text_printf(arena, "%s&cursor=%s", query, cursor);
}

static void
assert_refused(struct req *r)
{
    int64_t behind = 77;
    struct err *e = cursor_read_id(r, &behind);
    assert_non_null(e);
    assert_int_equal(e->kind, ERR_MALFORMED);
    assert_string_equal(e->code, "request.cursor");
    assert_string_equal(e->field, "cursor");
    assert_int_equal(behind, 77);
}

static void
the_keys_come_back_as_they_were(void **state)
{
    static const char *const keys[] = { "1250", "", "Crème brûlée & Co", "42" };
    const char *query = "sort=title&q=cr%C3%A8me", *found[COUNT(keys)];
    bool given;
    (void)state;
    const char *cursor = cursor_make(asked(7, "/vendor/products", query), keys, COUNT(keys));
    assert_null(
        cursor_read(asked(7, "/vendor/products", with(query, cursor)), found, COUNT(keys), &given));
    assert_true(given);
    for (size_t i = 0; i < COUNT(keys); i++)
        assert_string_equal(found[i], keys[i]);
}

static void
without_one_it_is_the_first_page(void **state)
{
    int64_t behind;
    (void)state;
    assert_null(cursor_read_id(asked(7, "/vendor/products", "q=tea"), &behind));
    assert_int_equal(behind, 0);
    assert_null(cursor_read_id(asked(7, "/vendor/products", "q=tea&cursor="), &behind));
    assert_int_equal(behind, 0);
}

static void
another_list_order_filter_or_shop_refuses_it(void **state)
{
    (void)state;
    const char *cursor = cursor_make_id(asked(7, "/vendor/products", "q=tea&sort=price"), 42);
    int64_t behind;
    const struct {
        int64_t vendor;
        const char *path, *query;
    } others[] = {
        { 8, "/vendor/products", "q=tea&sort=price" },
        { 7, "/vendor/orders", "q=tea&sort=price" },
        { 7, "/vendor/products", "q=tea&sort=-price" },
        { 7, "/vendor/products", "q=teas&sort=price" },
        { 7, "/vendor/products", "sort=price" },
        { 7, "/vendor/products", "q=tea&sort=price&active=true" },
    };
    assert_null(
        cursor_read_id(asked(7, "/vendor/products", with("q=tea&sort=price", cursor)), &behind));
    assert_int_equal(behind, 42);
    for (size_t i = 0; i < COUNT(others); i++)
        assert_refused(asked(others[i].vendor, others[i].path, with(others[i].query, cursor)));
}

static void
order_of_parameters_empty_ones_and_the_limit_do_not_matter(void **state)
{
    int64_t behind;
    (void)state;
    const char *cursor = cursor_make_id(asked(7, "/vendor/products", "q=tea&sort=price"), 42);
    assert_null(cursor_read_id(
        asked(7, "/vendor/products", with("limit=9&sort=price&status=&q=tea&done=x", cursor)),
        &behind));
    assert_int_equal(behind, 42);
}

static void
a_changed_byte_anywhere_refuses_it(void **state)
{
    (void)state;
    const char *cursor = cursor_make_id(asked(7, "/vendor/products", ""), 42);
    for (size_t i = 0; cursor[i]; i++) {
        char *changed = text_copy(arena, cursor);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        assert_refused(asked(7, "/vendor/products", with("", changed)));
    }
}

static void
what_is_no_cursor_is_refused(void **state)
{
    static const char *const texts[] = { "1",
                                         "42",
                                         "-1",
                                         "A",
                                         "%F0%9F%98%80",
                                         "AAAA",
                                         "AAAAAAAAAAAAAAAAAAAAAA",
                                         "AAAAAAAAAAAAAAAAAAAAAAAAAAAA" };
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_refused(asked(7, "/vendor/products", with("", texts[i])));
    char *longest = arena_alloc(arena, 9001);
    memset(longest, 'A', 9000);
    assert_refused(asked(7, "/vendor/products", with("", longest)));
}

static void
a_list_that_has_other_keys_now_refuses_it(void **state)
{
    static const char *const two[] = { "1250", "42" }, *const word[] = { "tea" };
    (void)state;
    assert_refused(asked(7, "/p", with("", cursor_make(asked(7, "/p", ""), two, 2))));
    assert_refused(asked(7, "/p", with("", cursor_make(asked(7, "/p", ""), word, 1))));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_keys_come_back_as_they_were),
        cmocka_unit_test(without_one_it_is_the_first_page),
        cmocka_unit_test(another_list_order_filter_or_shop_refuses_it),
        cmocka_unit_test(order_of_parameters_empty_ones_and_the_limit_do_not_matter),
        cmocka_unit_test(a_changed_byte_anywhere_refuses_it),
        cmocka_unit_test(what_is_no_cursor_is_refused),
        cmocka_unit_test(a_list_that_has_other_keys_now_refuses_it),
    };
    arena = arena_new((size_t)16 << 20);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
