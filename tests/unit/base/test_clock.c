/* Times as texts, and what chance gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/must.h"
#include "base/random.h"

static void
a_time_is_written_in_utc_and_read_back(void **state)
{
    static const struct {
        int64_t us;
        const char *text;
    } rows[] = {
        { 0, "1970-01-01T00:00:00Z" },
        { INT64_C(1795515304123000), "2026-11-24T10:15:04.123Z" },
        { INT64_C(951782400000000), "2000-02-29T00:00:00Z" },
        { INT64_C(4102444799000000), "2099-12-31T23:59:59Z" },
    };
    struct arena *a = arena_new(65536);
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t back;
        assert_string_equal(clock_rfc3339(a, rows[i].us), rows[i].text);
        assert_true(clock_parse_rfc3339(rows[i].text, &back));
        assert_int_equal(back, rows[i].us);
    }
    arena_free(a);
}

static void
milliseconds_are_cut_and_a_log_line_has_them_always(void **state)
{
    static const struct {
        int64_t us;
        const char *text;
    } rows[] = {
        { 0, "1970-01-01T00:00:00.000Z" },
        { -1, "1969-12-31T23:59:59.999Z" },
        { INT64_C(1709208000123999), "2024-02-29T12:00:00.123Z" },
        { INT64_C(253402300799000999), "9999-12-31T23:59:59.000Z" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[CLOCK_TEXT];
        clock_write(text, rows[i].us);
        assert_string_equal(text, rows[i].text);
    }
}

static void
offsets_and_fractions_are_read(void **state)
{
    static const struct {
        const char *text;
        int64_t us;
    } rows[] = {
        { "2026-11-24T10:15:04+01:00", INT64_C(1795511704000000) },
        { "2026-11-24T10:15:04-05:30", INT64_C(1795535104000000) },
        { "2026-11-24t10:15:04.5Z", INT64_C(1795515304500000) },
        { "2026-11-24 10:15:04.000001Z", INT64_C(1795515304000001) },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t us;
        assert_true(clock_parse_rfc3339(rows[i].text, &us));
        assert_int_equal(us, rows[i].us);
    }
}

static void
what_is_no_time_is_refused(void **state)
{
    static const char *const rows[] = {
        "",
        "2026-11-24",
        "2026-11-24T10:15:04",
        "2026-13-24T10:15:04Z",
        "2026-11-31T10:15:04Z",
        "2025-02-29T10:15:04Z",
        "2026-11-24T24:00:00Z",
        "2026-11-24T10:60:00Z",
        "2026-11-24T10:15:04Zx",
        "2026-11-24T10:15:04+25:00",
        "2026-11-24T10:15:04.Z",
        "2026-+1-24T10:15:04Z",
        "2026-1-24T10:15:04Z",
        "26-11-24T10:15:04Z",
        "2026-11-24T10:15:60Z",
        "yesterday",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t us = 42;
        if (clock_parse_rfc3339(rows[i], &us) || us != 42)
            fail_msg("\"%s\" was read as %lld", rows[i], (long long)us);
    }
}

static void
the_clock_for_durations_does_not_go_back(void **state)
{
    int64_t before = clock_mono_us();
    (void)state;
    for (int i = 0; i < 1000; i++) {
        int64_t now = clock_mono_us();
        assert_true(now >= before);
        before = now;
    }
}

static void
tokens_are_long_plain_and_never_the_same(void **state)
{
    struct arena *a = arena_new(65536);
    struct bytes raw;
    (void)state;
    char *one = random_token(a, 32), *other = random_token(a, 32);
    assert_int_equal(strlen(one), 43);
    assert_int_equal(
        strspn(one, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), 43);
    assert_true(base64url_bytes(a, one, &raw) && raw.length == 32);
    assert_string_not_equal(one, other);
    assert_true(random_u64() != random_u64());
    arena_free(a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_time_is_written_in_utc_and_read_back),
        cmocka_unit_test(milliseconds_are_cut_and_a_log_line_has_them_always),
        cmocka_unit_test(offsets_and_fractions_are_read),
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test(the_clock_for_durations_does_not_go_back),
        cmocka_unit_test(tokens_are_long_plain_and_never_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
