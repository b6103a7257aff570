/* What a request says beside its body: pairs, addresses, ids, cookies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "http/cookie.h"
#include "reqtest.h"
#include "testdata.h"

static const struct route route = { .method = POST, .path = "/x/{x}", .body = FORM_64K };

static struct bytes
b(const char *text)
{
    return BYTES(text, strlen(text));
}

static void
check_pairs(const json_t *line, void *arg)
{
    const json_t *expect = json_object_get(line, "expect");
    struct arena *a = arg;
    struct pairs pairs;
    struct err *e = pairs_decode(a, testdata_bytes(a, line, "b64"), &pairs);
    if (json_is_array(expect)) {
        assert_null(e);
        assert_int_equal(pairs.count, json_array_size(expect));
        for (size_t i = 0; i < pairs.count; i++) {
            const json_t *pair = json_array_get(expect, i);
            assert_string_equal(pairs.at[i].name, json_string_value(json_array_get(pair, 0)));
            assert_string_equal(pairs.at[i].value, json_string_value(json_array_get(pair, 1)));
        }
    } else if (text_is(json_string_value(expect), "reject")) {
        assert_non_null(e);
        assert_int_equal(e->kind, ERR_MALFORMED);
    }
}

static void
pairs_are_as_the_vectors_say(void **state)
{
    struct arena *a = arena_new((size_t)64 << 20);
    (void)state;
    bool there = testdata_each("security/vectors/urlencoded.jsonl", check_pairs, a);
    arena_free(a);
    if (!there)
        skip();
}

static void
a_garbled_pair_is_refused_with_its_place(void **state)
{
    static const struct {
        const char *text, *say;
    } rows[] = {
        { "a=%", "at byte 3" },     { "a=%4", "at byte 3" },  { "ok=1&b=%zz", "at byte 8" },
        { "a=x\xff", "at byte 4" }, { "a=%00", "at byte 3" },
    };
    struct arena *a = arena_new(65536);
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct pairs pairs;
        struct err *e = pairs_decode(a, b(rows[i].text), &pairs);
        assert_non_null(e);
        if (!strstr(e->say, rows[i].say))
            fail_msg("%s: %s", rows[i].text, e->say);
    }
    arena_free(a);
}

static void
a_body_that_ends_early_is_no_body(void **state)
{
    struct arena *a = arena_new((size_t)1 << 20);
    struct bytes body;
    (void)state;
    for (size_t step = 0; step < 4; step++) {
        struct req *r = reqtest(a, &route, "text/plain", b("four"), step);
        assert_null(body_read(r, &body));
        assert_int_equal(body.length, 4);
        assert_memory_equal(body.at, "four", 4);
        assert_null(body_read(r, &body)); /* once read it stays */
        assert_int_equal(body.length, 4);
    }
    struct req *r = reqtest(a, &route, "text/plain", b("four"), 0);
    char rest[4];
    assert_int_equal(r->source->read(r->source->arg, rest, 2), 2); /* half of it is gone */
    struct err *e = body_read(r, &body);
    assert_non_null(e);
    assert_string_equal(e->code, "request.body_short");
    arena_free(a);
}

static void
an_id_in_a_path_is_one_or_nothing_is_there(void **state)
{
    static const char *const bad[] = { "0", "-1", "01", "1x", "", "9223372036854775808", "one" };
    struct arena *a = arena_new((size_t)1 << 20);
    struct req *r = reqtest(a, &route, NULL, b(""), 0);
    int64_t id = 0;
    (void)state;
    r->params[0] = "12";
    assert_null(param_id(r, 0, &id));
    assert_int_equal(id, 12);
    for (size_t i = 0; i < COUNT(bad); i++) {
        r->params[0] = bad[i];
        struct err *e = param_id(r, 0, &id);
        assert_non_null(e);
        assert_int_equal(e->kind, ERR_NOT_FOUND);
    }
    assert_int_equal(id, 12);
    arena_free(a);
}

static void
an_address_keeps_its_query_but_for_one_parameter(void **state)
{
    struct arena *a = arena_new((size_t)1 << 20);
    struct req *r = reqtest(a, &route, NULL, b(""), 0);
    (void)state;
    assert_null(pairs_decode(a, b("q=a+b%26&page=2&done=x.y&failed=z"), &r->query));
    assert_string_equal(query_with(r, "page", "3"), "?q=a%20b%26&page=3");
    assert_string_equal(query_with(r, "page", NULL), "?q=a%20b%26");
    assert_string_equal(query_with(r, "lang", "fr"), "?q=a%20b%26&page=2&lang=fr");
    assert_string_equal(query_text(r, "q"), "a b&");
    assert_null(query_text(r, "none"));
    assert_string_equal(url_part(a, "a/b?\u00e9 \"<"), "a%2Fb%3F%C3%A9%20%22%3C");
    arena_free(a);
}

static void
a_limit_is_within_its_bounds(void **state)
{
    static const struct {
        const char *query;
        int64_t limit; /* 0: refused */
    } rows[] = { { "", 20 },       { "limit=1", 1 }, { "limit=200", 200 }, { "limit=201", 0 },
                 { "limit=0", 0 }, { "limit=x", 0 }, { "limit=-5", 0 } };
    struct arena *a = arena_new((size_t)1 << 20);
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct req *r = reqtest(a, &route, NULL, b(""), 0);
        int64_t limit = 0;
        assert_null(pairs_decode(a, b(rows[i].query), &r->query));
        struct err *e = query_limit(r, 20, 200, &limit);
        assert_int_equal(e == NULL, rows[i].limit != 0);
        assert_int_equal(limit, rows[i].limit);
    }
    arena_free(a);
}

static void
cookies_that_are_none_are_left_out(void **state)
{
    struct arena *a = arena_new((size_t)1 << 20);
    struct pairs p = cookies_read(a, "a=1; =x; nothing; b = 2 ;c=\xff; d=x=y;;a=second");
    (void)state;
    assert_string_equal(pairs_text(&p, "a"), "1");
    assert_string_equal(pairs_text(&p, "b"), "2");
    assert_string_equal(pairs_text(&p, "d"), "x=y");
    assert_null(pairs_text(&p, "c"));
    assert_null(pairs_text(&p, "nothing"));
    assert_int_equal(cookies_read(a, NULL).count, 0);
    struct buf many = buf_new(a, 4096);
    for (int i = 0; i < 1000; i++)
        buf_printf(&many, "c%d=%d; ", i, i);
    assert_in_range(cookies_read(a, many.at).count, 1, 100);
    arena_free(a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_are_as_the_vectors_say),
        cmocka_unit_test(a_garbled_pair_is_refused_with_its_place),
        cmocka_unit_test(a_body_that_ends_early_is_no_body),
        cmocka_unit_test(an_id_in_a_path_is_one_or_nothing_is_there),
        cmocka_unit_test(an_address_keeps_its_query_but_for_one_parameter),
        cmocka_unit_test(a_limit_is_within_its_bounds),
        cmocka_unit_test(cookies_that_are_none_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
