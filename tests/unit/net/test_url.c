/* Addresses as people write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "net/url.h"

static const struct {
    const char *text;
    const char *code; /* NULL: taken */
    const char *host;
    int port;
    const char *asked; /* NULL: as it was written */
} rows[] = {
    { "https://example.org/a.jpg", NULL, "example.org", 443 },
    { "http://example.org/", NULL, "example.org", 80 },
    { "HTTPS://Example.ORG/A", NULL, "example.org", 443, "https://Example.ORG/A" },
    { "https://example.org", NULL, "example.org", 443, "https://example.org/" },
    { "https://example.org./x", NULL, "example.org", 443 },
    { "  https://example.org/x \t", NULL, "example.org", 443, "https://example.org/x" },
    { "https://example.org/my photo.jpg", NULL, "example.org", 443,
      "https://example.org/my%20photo.jpg" },
    { "https://example.org/\xc3\xa9.jpg", NULL, "example.org", 443,
      "https://example.org/%c3%a9.jpg" },
    { "https://example.org/x?a=1&b=2#part", NULL, "example.org", 443,
      "https://example.org/x?a=1&b=2" },
    { "https://example.org:8443/x", NULL, "example.org", 8443 },
    { "http://example.org:3000/", NULL, "example.org", 3000 },
    { "https://8.8.8.8/", NULL, "8.8.8.8", 443 },
    { "https://[2606:4700::1111]/x", NULL, "2606:4700::1111", 443 },
    { "https:///x", NULL, "x", 443, "https://x/" },
    { "", "fetch.url" },
    { " ", "fetch.url" },
    { "example.org/a.jpg", "fetch.url" },
    { "//example.org/a.jpg", "fetch.url" },
    { "https://", "fetch.url" },
    { "https://example.org:x/", "fetch.url" },
    { "https://example.org:99999/", "fetch.url" },
    { "https://exa\nmple.org/", "fetch.url" },
    { "https://example.org\\@127.0.0.1/", "fetch.url" },
    { "https://example.org/\xff", "fetch.url" },
    { "ftp://example.org/a.jpg", "fetch.scheme" },
    { "file:///etc/passwd", "fetch.scheme" },
    { "gopher://example.org/", "fetch.scheme" },
    { "javascript:alert(1)", "fetch.scheme" },
    { "data:image/png;base64,AAAA", "fetch.scheme" },
    { "https://me:secret@example.org/", "fetch.userinfo" },
    { "https://me@example.org/", "fetch.userinfo" },
    { "https://example.org@127.0.0.1/", "fetch.userinfo" },
    { "http://example.org:22/", "fetch.port" },
    { "http://example.org:25/", "fetch.port" },
    { "http://example.org:6379/", NULL, "example.org", 6379 },
    { "http://example.org:6667/", "fetch.port" },
    { "http://example.org:2049/", "fetch.port" },
    { "http://localhost/", "fetch.private" },
    { "http://LOCALHOST:8080/", "fetch.private" },
    { "http://localhost./", "fetch.private" },
    { "http://a.localhost/", "fetch.private" },
    { "http://127.0.0.1/", "fetch.private" },
    { "http://127.1/", "fetch.private" },
    { "http://2130706433/", "fetch.private" },
    { "http://0x7f000001/", "fetch.private" },
    { "http://0177.0.0.1/", "fetch.private" },
    { "http://0/", "fetch.private" },
    { "http://169.254.169.254/latest/meta-data/", "fetch.private" },
    { "http://10.0.0.1/", "fetch.private" },
    { "http://[::1]/", "fetch.private" },
    { "http://[::ffff:127.0.0.1]/", "fetch.private" },
    { "http://[::ffff:7f00:1]/", "fetch.private" },
    { "http://[fe80::1%25eth0]/", "fetch.private" },
    { "http://[64:ff9b::7f00:1]/", "fetch.private" },
    { "http://%31%32%37.0.0.1/", "fetch.private" },
};

static void
an_address_is_taken_or_refused_with_its_reason(void **state)
{
    struct arena *a = arena_new((size_t)1 << 20);
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct url url;
        struct err *e = url_read(a, rows[i].text, NULL, &url);
        if (!text_is(e ? e->code : NULL, rows[i].code))
            fail_msg("%s: %s", rows[i].text, e ? e->code : "taken");
        if (e)
            continue;
        assert_string_equal(url.host, rows[i].host);
        assert_int_equal(url.port, rows[i].port);
        assert_string_equal(url.text, rows[i].asked ? rows[i].asked : rows[i].text);
    }
    arena_free(a);
}

static void
an_address_has_an_end(void **state)
{
    struct arena *a = arena_new((size_t)1 << 20);
    char long_one[URL_MOST + 2];
    struct url url;
    (void)state;
    memset(long_one, 'a', sizeof(long_one));
    memcpy(long_one, "https://example.org/", 20);
    long_one[URL_MOST + 1] = 0;
    assert_string_equal(url_read(a, long_one, NULL, &url)->code, "fetch.url");
    long_one[URL_MOST] = 0;
    assert_null(url_read(a, long_one, NULL, &url));
    long_one[URL_MOST - 1] = ' ';
    long_one[URL_MOST - 2] = ' ';
    long_one[URL_MOST - 3] = 'a';
    assert_null(url_read(a, long_one, NULL, &url));
    long_one[100] = ' ';
    long_one[URL_MOST - 1] = long_one[URL_MOST - 2] = 'a';
    assert_string_equal(url_read(a, long_one, NULL, &url)->code, "fetch.url");
    arena_free(a);
}

static void
what_the_operator_allows_is_taken(void **state)
{
    struct arena *a = arena_new((size_t)1 << 20);
    struct reach reach;
    struct url url;
    (void)state;
    assert_null(reach_read(a, "127.0.0.1/32:9000,localhost:25", &reach));
    assert_null(url_read(a, "http://127.0.0.1:9000/x", &reach, &url));
    assert_false(url.named);
    assert_null(url_read(a, "http://localhost:25/x", &reach, &url));
    assert_true(url.named);
    assert_string_equal(url_read(a, "http://127.0.0.1:9001/x", &reach, &url)->code,
                        "fetch.private");
    assert_string_equal(url_read(a, "http://localhost:26/x", &reach, &url)->code, "fetch.private");
    arena_free(a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_taken_or_refused_with_its_reason),
        cmocka_unit_test(an_address_has_an_end),
        cmocka_unit_test(what_the_operator_allows_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
