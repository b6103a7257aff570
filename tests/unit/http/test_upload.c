/* multipart/form-data, whole and in the pieces of a slow network. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/text.h"
#include "http/upload.h"
#include "reqtest.h"
#include "testdata.h"

#define MOST ((uint64_t)1 << 20)

static const struct route route = { .method = POST, .path = "/files", .body = UPLOAD };

static struct err *
read_upload(struct arena *a, const char *type, struct bytes body, size_t step, struct upload *out)
{
    return upload_read(reqtest(a, &route, type, body, step), MOST, out);
}

static void
check_part(struct arena *a, const struct upload *u, const json_t *part)
{
    const char *name = testdata_text(part, "name"), *data = testdata_text(part, "data");
    if (!json_object_get(part, "filename")) {
        assert_string_equal(pairs_text(&u->fields, name), data);
        return;
    }
    struct bytes content;
    assert_int_equal(u->count, 1);
    assert_string_equal(u->files[0].field, name);
    assert_string_equal(u->files[0].name, testdata_text(part, "filename"));
    assert_null(file_read(a, u->files[0].path, MOST, &content));
    assert_int_equal(content.length, strlen(data));
    assert_memory_equal(content.at, data, content.length);
}

/* A name that a client gives a file is for showing: the file itself lies where we say. */
static void
check_places(const struct upload *u)
{
    for (size_t i = 0; i < u->count; i++)
        assert_true(!u->files[i].path || (text_starts(u->files[i].path, "/tmp/souk-req-") &&
                                          !strstr(u->files[i].path, "..")));
}

static void
check_vector(const json_t *line, void *arg)
{
    static const size_t steps[] = { 0, 1, 7, 4096 };
    const json_t *expect = json_object_get(line, "expect"), *part;
    const char *type = testdata_text(line, "content_type");
    size_t i;
    (void)arg;
    for (size_t s = 0; s < COUNT(steps); s++) {
        struct arena *a = arena_new((size_t)64 << 20);
        struct upload u = { 0 };
        struct err *e = read_upload(a, type, testdata_bytes(a, line, "b64"), steps[s], &u);
        if (json_is_array(expect) && e)
            fail_msg("%s: %s", testdata_text(line, "name"), e->say);
        if (text_is(json_string_value(expect), "reject") && !e)
            fail_msg("%s was accepted", testdata_text(line, "name"));
        assert_true(!e || e->kind == ERR_MALFORMED || e->kind == ERR_UNSUPPORTED ||
                    e->kind == ERR_TOO_LARGE);
        if (!e)
            check_places(&u);
        json_array_foreach(expect, i, part) check_part(a, &u, part);
        arena_free(a);
    }
}

static void
parts_are_as_the_vectors_say(void **state)
{
    (void)state;
    if (!testdata_each("security/vectors/multipart.jsonl", check_vector, NULL))
        skip();
}

static void
a_file_above_its_ceiling_is_refused_and_the_others_go_on(void **state)
{
    struct arena *a = arena_new((size_t)64 << 20);
    struct buf b = buf_new(a, 4 << 20);
    struct upload u;
    (void)state;
    buf_text(&b, "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"big\"\r\n\r\n");
    for (uint64_t i = 0; i <= MOST; i++)
        buf_char(&b, 'a');
    buf_text(&b, "\r\n--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"small\"\r\n\r\n"
                 "abc\r\n--x--\r\n");
    assert_null(read_upload(a, "multipart/form-data; boundary=x", BYTES(b.at, b.length), 4096, &u));
    assert_int_equal(u.count, 2);
    assert_null(u.files[0].path);
    assert_string_equal(u.files[0].refused->code, "upload.too_large");
    assert_null(u.files[1].refused);
    struct sha256 abc = sha256_of(BYTES("abc", 3));
    assert_true(sha256_equal(&u.files[1].hash, &abc));
    arena_free(a);
}

static void
files_end_with_the_request(void **state)
{
    static const char body[] = "--x\r\nContent-Disposition: form-data; name=\"f\"; "
                               "filename=\"n\"\r\n\r\nabc\r\n--x--\r\n";
    struct arena *a = arena_new((size_t)1 << 20);
    struct file_facts facts;
    struct upload u;
    char path[256];
    (void)state;
    assert_null(
        read_upload(a, "multipart/form-data; boundary=x", BYTES(body, sizeof(body) - 1), 0, &u));
    assert_in_range(strlen(u.files[0].path), 1, sizeof(path) - 1);
    memcpy(path, u.files[0].path, strlen(u.files[0].path) + 1);
    assert_true(file_facts(path, &facts));
    arena_free(a);
    assert_false(file_facts(path, &facts));
}

static int
end(void **state)
{
    (void)state;
    reqtest_end();
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_as_the_vectors_say),
        cmocka_unit_test(a_file_above_its_ceiling_is_refused_and_the_others_go_on),
        cmocka_unit_test(files_end_with_the_request),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
