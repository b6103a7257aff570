/* Fields of a write, from a form and from JSON: one set of names, all failures together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "http/form.h"
#include "reqtest.h"
#include "testdata.h"

static const struct route form_route = { .method = POST, .path = "/x", .body = FORM_64K };
static const struct route json_route = { .method = POST, .path = "/api/v1/x", .body = JSON_1M };

static struct err *
read_json(struct arena *a, struct bytes body, struct form *out)
{
    return form_read(reqtest(a, &json_route, "application/json", body, 0), out);
}

static struct form
form_of(struct arena *a, const char *body)
{
    struct form f;
    assert_null(form_read(
        reqtest(a, &form_route, "application/x-www-form-urlencoded", BYTES(body, strlen(body)), 0),
        &f));
    return f;
}

static struct form
json_of(struct arena *a, const char *body)
{
    struct form f;
    assert_null(read_json(a, BYTES(body, strlen(body)), &f));
    return f;
}

/* Each text stands as it is, where only objects are taken, and as the member of one. */
static void
check_json(const json_t *line, void *arg)
{
    const char *expect = testdata_text(line, "expect");
    struct arena *a = arena_new((size_t)64 << 20);
    struct bytes text = testdata_bytes(a, line, "b64");
    struct buf member = buf_new(a, text.length + 16);
    struct form f;
    int *seen = arg;
    buf_text(&member, "{\"x\":");
    buf_add(&member, text.at, text.length);
    buf_char(&member, '}');
    struct err *whole = read_json(a, text, &f),
               *inside = read_json(a, BYTES(member.at, member.length), &f);
    if (text_is(expect, "reject") && (!whole || !inside))
        fail_msg("%s was accepted", testdata_text(line, "name"));
    /* Two members of one name and nothing, not even U+0000, are refused on purpose. */
    if (text_is(expect, "accept") && inside &&
        !strstr(testdata_text(line, "name"), "duplicated_key") && !strstr(inside->say, "\\u0000") &&
        !strstr(inside->say, "NUL"))
        fail_msg("%s: %s", testdata_text(line, "name"), inside->say);
    assert_true(!whole || whole->kind == ERR_MALFORMED);
    assert_true(!inside || inside->kind == ERR_MALFORMED);
    ++*seen;
    arena_free(a);
}

static void
json_is_read_as_the_suite_says(void **state)
{
    int seen = 0;
    (void)state;
    if (!testdata_each("security/json-parsing.jsonl", check_json, &seen))
        skip();
    assert_int_equal(seen, 318);
}

static void
json_that_cannot_be_read_is_refused_with_its_place(void **state)
{
    static const struct {
        const char *body, *code, *say;
    } rows[] = {
        { "", "request.json", "line 1, column" },
        { "{\"a\":\n 1,}", "request.json", "line 2, column" },
        { "[1]", "request.json", "must be an object" },
        { "{\"a\":1,\"a\":2}", "request.json", "line 1" },
        { "{\"a\":\"\\ud800\"}", "request.json", "line 1" },
        { "{\"a\":1} x", "request.json", "line 1" },
        { "{\"a\":\"\xff\"}", "request.json", "at byte 7" },
    };
    struct arena *a = arena_new((size_t)4 << 20);
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct form f;
        struct err *e = read_json(a, BYTES(rows[i].body, strlen(rows[i].body)), &f);
        assert_non_null(e);
        assert_string_equal(e->code, rows[i].code);
        if (!strstr(e->say, rows[i].say))
            fail_msg("%s: %s", rows[i].body, e->say);
    }
    arena_free(a);
}

static void
another_content_type_is_refused(void **state)
{
    static const char *const bad[] = { NULL, "", "text/plain", "application/jsonx",
                                       "multipart/form-data; boundary=x" };
    static const char *const good[] = { "application/json", "Application/JSON",
                                        "application/json; charset=utf-8" };
    struct arena *a = arena_new((size_t)4 << 20);
    struct form f;
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct err *e = form_read(reqtest(a, &json_route, bad[i], BYTES("{}", 2), 0), &f);
        assert_non_null(e);
        assert_int_equal(e->kind, ERR_UNSUPPORTED);
    }
    for (size_t i = 0; i < COUNT(good); i++)
        assert_null(form_read(reqtest(a, &json_route, good[i], BYTES("{}", 2), 0), &f));
    arena_free(a);
}

static void
a_form_and_json_have_the_same_names(void **state)
{
    struct arena *a = arena_new((size_t)4 << 20);
    struct form forms[] = {
        form_of(a, "translations.en.title=A+lamp&tags.0=x&active=on&count=7&price=49.95"),
        json_of(a, "{\"translations\":{\"en\":{\"title\":\" A lamp \"}},\"tags\":[\"x\"],"
                   "\"active\":true,\"count\":7,\"price\":{\"amount\":4995,\"currency\":\"EUR\"}}"),
    };
    (void)state;
    for (size_t i = 0; i < COUNT(forms); i++) {
        struct form *f = &forms[i];
        bool given;
        assert_string_equal(form_text(f, "translations.en.title", 1, 20), "A lamp");
        assert_string_equal(form_word(f, "tags.0", 1, 1), "x");
        assert_true(form_flag(f, "active") && !form_flag(f, "missing"));
        assert_int_equal(form_i64(f, "count", 1, 9, 0), 7);
        assert_int_equal(form_i64(f, "missing", 1, 9, 5), 5);
        assert_int_equal(form_money(f, "price", CUR_EUR, &given).minor, 4995);
        assert_true(given && form_has(f, "count") && !form_has(f, "missing"));
        assert_null(form_done(f));
    }
    arena_free(a);
}

static void
all_that_is_wrong_is_said_together(void **state)
{
    static const struct {
        const char *field, *code;
    } wanted[] = {
        { "none", "field.needed" },   { "long", "field.too_long" }, { "short", "field.too_short" },
        { "spaces", "field.spaces" }, { "flag", "field.flag" },     { "number", "field.number" },
        { "price", "field.money" },   { "other", "field.money" },   { "map", "field.text" },
    };
    struct arena *a = arena_new((size_t)4 << 20);
    struct form f =
        json_of(a, "{\"long\":\"\u00e9\u00e9\u00e9\",\"short\":\"x\",\"spaces\":\"a b\","
                   "\"flag\":\"maybe\",\"number\":1e3,\"price\":\"1.001\","
                   "\"other\":{\"amount\":1,\"currency\":\"USD\"},\"map\":{\"a\":1}}");
    bool given;
    size_t n = 0;
    (void)state;
    form_text(&f, "none", 1, 2);
    form_text(&f, "long", 1, 2);
    form_text(&f, "short", 2, 5);
    form_word(&f, "spaces", 1, 9);
    form_flag(&f, "flag");
    form_i64(&f, "number", 1, 9, 0);
    form_money(&f, "price", CUR_EUR, &given);
    form_money(&f, "other", CUR_EUR, &given);
    form_text(&f, "map", 0, 9);
    for (const struct err *e = form_done(&f); e; e = e->next, n++) {
        assert_true(n < COUNT(wanted));
        assert_string_equal(e->field, wanted[n].field);
        assert_string_equal(e->code, wanted[n].code);
        assert_int_equal(e->kind, ERR_INVALID);
    }
    assert_int_equal(n, COUNT(wanted));
    arena_free(a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_is_read_as_the_suite_says),
        cmocka_unit_test(json_that_cannot_be_read_is_refused_with_its_place),
        cmocka_unit_test(another_content_type_is_refused),
        cmocka_unit_test(a_form_and_json_have_the_same_names),
        cmocka_unit_test(all_that_is_wrong_is_said_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
