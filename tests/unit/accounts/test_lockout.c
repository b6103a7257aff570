/* How long who guesses has to wait, against the table of the rule; codes of the second factor,
 * against RFC 6238; what browsers and networks are called. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above first */
#include <cmocka.h>

#include "accounts/device.h"
#include "accounts/lockout.h"
#include "accounts/login.h"
#include "accounts/place.h"
#include "accounts/totp.h"
#include "base/clock.h"
#include "base/text.h"

#define NOW_US (INT64_C(1795530904) * SECOND_US)

static const struct lockout_rule rule = { LOCKOUT_FREE, LOCKOUT_ROW };

static int
start(void **state)
{
    *state = arena_new((size_t)1 << 20);
    return 0;
}

static int
stop(void **state)
{
    arena_free(*state);
    return 0;
}

/* ---- Waits ---- */

/* Each wrong try as soon as it may be made: the wait behind it. */
static void
waits_double_from_the_fifth_wrong_try_up_to_a_quarter_of_an_hour(void **state)
{
    (void)state;
    static const int64_t waits[] = { 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900 };
    struct lockout l = { 0 };
    int64_t now_us = NOW_US;
    for (size_t i = 0; i < COUNT(waits); i++) {
        assert_int_equal(lockout_wait_s(&l, now_us), 0);
        l = lockout_count(l, &rule, now_us);
        assert_int_equal(lockout_wait_s(&l, now_us), waits[i]);
        now_us += waits[i] * SECOND_US;
    }
}

static void
a_wait_is_told_in_whole_seconds_and_is_over_with_its_time(void **state)
{
    (void)state;
    struct lockout l = { .wrong = 7, .began_us = NOW_US, .until_us = NOW_US + 4 * SECOND_US };
    assert_int_equal(lockout_wait_s(&l, NOW_US + 1), 4);
    assert_int_equal(lockout_wait_s(&l, NOW_US + 4 * SECOND_US - 1), 1);
    assert_int_equal(lockout_wait_s(&l, NOW_US + 4 * SECOND_US), 0);
}

static void
a_window_without_a_wait_is_over_after_a_quarter_of_an_hour(void **state)
{
    (void)state;
    struct lockout l = { 0 };
    for (int i = 0; i < 4; i++)
        l = lockout_count(l, &rule, NOW_US + i * SECOND_US);
    struct lockout in_time = lockout_count(l, &rule, NOW_US + (LOCKOUT_WINDOW_S - 1) * SECOND_US);
    struct lockout late = lockout_count(l, &rule, NOW_US + LOCKOUT_WINDOW_S * SECOND_US);
    assert_int_equal(in_time.wrong, 5);
    assert_int_equal(late.wrong, 1);
    assert_int_equal(late.in_a_row, 5);
}

static void
the_hundredth_wrong_try_in_a_row_locks_however_slowly_they_come(void **state)
{
    (void)state;
    struct lockout l = { 0 };
    for (int i = 1; i <= LOCKOUT_ROW; i++) {
        assert_false(l.locked);
        l = lockout_count(l, &rule, NOW_US + i * 2 * LOCKOUT_WINDOW_S * SECOND_US);
    }
    assert_true(l.locked);
    assert_int_equal(lockout_wait_s(&l, NOW_US + INT64_C(1000000) * SECOND_US), LOCKOUT_WINDOW_S);
}

static void
a_network_waits_and_is_never_locked(void **state)
{
    (void)state;
    static const struct lockout_rule network = { 100, 0 };
    struct lockout l = { 0 };
    for (int i = 0; i < 99; i++)
        l = lockout_count(l, &network, NOW_US);
    assert_int_equal(lockout_wait_s(&l, NOW_US), 0);
    for (int i = 0; i < 200; i++)
        l = lockout_count(l, &network, NOW_US);
    assert_false(l.locked);
    assert_int_equal(lockout_wait_s(&l, NOW_US), LOCKOUT_WINDOW_S);
}

static void
what_is_taken_back_forgives_nothing_else(void **state)
{
    (void)state;
    struct lockout l = { .wrong = 8, .in_a_row = 40, .began_us = NOW_US - 3600 * SECOND_US };
    l.until_us = NOW_US - SECOND_US;
    struct lockout back = lockout_uncount(lockout_count(l, &rule, NOW_US), NOW_US);
    assert_int_equal(back.wrong, 8);
    assert_int_equal(back.in_a_row, 40);
    assert_int_equal(lockout_wait_s(&back, NOW_US), 0);
    assert_int_equal(lockout_count(back, &rule, NOW_US).wrong, 9);
}

/* ---- Codes ---- */

static const uint8_t rfc_secret[TOTP_SECRET] = "12345678901234567890";

/* RFC 6238, appendix B, the last six digits. */
static void
codes_are_those_of_the_standard(void **state)
{
    static const struct {
        int64_t at_s;
        int code;
    } rows[] = {
        { 59, 287082 },       { 1111111109, 81804 },  { 1111111111, 50471 },
        { 1234567890, 5924 }, { 2000000000, 279037 }, { 20000000000, 353130 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t step = rows[i].at_s / TOTP_STEP_S, matched;
        assert_int_equal(totp_code(rfc_secret, step), rows[i].code);
        char *text = text_printf(*state, "%06d", rows[i].code);
        for (int64_t off = -2; off <= 2; off++) {
            bool near = off >= -1 && off <= 1;
            int64_t now_us = (rows[i].at_s + off * TOTP_STEP_S) * SECOND_US;
            if (now_us < 0)
                continue;
            assert_int_equal(totp_match(rfc_secret, text, now_us, &matched), near);
            if (near)
                assert_int_equal(matched, step);
        }
    }
}

static void
a_code_is_six_digits_however_they_are_set_apart(void **state)
{
    (void)state;
    int64_t step;
    assert_true(totp_match(rfc_secret, "287 082", 59 * SECOND_US, &step));
    assert_true(totp_match(rfc_secret, " 287082 ", 59 * SECOND_US, &step));
    static const char *const others[] = { "", "28708", "2870820", "+87082", "28708x", "287.082" };
    for (size_t i = 0; i < COUNT(others); i++)
        assert_false(totp_match(rfc_secret, others[i], 59 * SECOND_US, &step));
}

static void
a_key_is_shown_in_groups_and_as_an_address(void **state)
{
    assert_string_equal(totp_key_text(*state, rfc_secret),
                        "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
    assert_string_equal(totp_address(*state, rfc_secret, "anna@tea.example"),
                        "otpauth://totp/souk:anna%40tea.example?secret="
                        "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=souk");
}

/* ---- Names ---- */

static void
browsers_are_called_by_their_names(void **state)
{
#define LIKE "Mozilla/5.0 "
    static const struct {
        const char *agent, *words;
    } rows[] = {
        { LIKE "(X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux" },
        { LIKE "(Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
               "Chrome/131.0 Safari/537.36",
          "Chrome, Windows" },
        { LIKE "(Windows NT 10.0) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0",
          "Edge, Windows" },
        { LIKE "(iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 "
               "Mobile/15E148 Safari/604.1",
          "Safari, iPhone" },
        { LIKE "(Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36",
          "Chrome, Android" },
        { LIKE "(Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15 Version/17.6 Safari/605.1",
          "Safari, macOS" },
        { "curl/8.5.0", "curl" },
        { "till-printer", "till-printer" },
        { "\xff\xfe", "" },
        { "\x01x", "" },
        { "", "" },
        { NULL, "" },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_string_equal(device_words(*state, rows[i].agent), rows[i].words);
}

static void
networks_are_kept_without_their_last_part(void **state)
{
    static const struct {
        const char *address, *place;
        bool own;
    } rows[] = {
        { "203.0.113.77", "203.0.113.0/24", false },
        { "::ffff:203.0.113.77", "203.0.113.0/24", false },
        { "2001:db8:7:8::1", "2001:db8:7::/48", false },
        { "127.0.0.1", "127.0.0.0/24", true },
        { "172.20.1.1", "172.20.1.0/24", true },
        { "172.32.1.1", "172.32.1.0/24", false },
        { "172.2.1.1", "172.2.1.0/24", false },
        { "fd00:1:2::9", "fd00:1:2::/48", true },
        { "::1", "::/48", true },
        { "nowhere", "", false },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_string_equal(place_of(*state, rows[i].address), rows[i].place);
        assert_int_equal(place_is_private(rows[i].place), rows[i].own);
    }
}

static void
a_log_in_leads_to_plain_paths_of_ours_only(void **state)
{
    (void)state;
    static const char *const good[] = { "/vendor/", "/vendor/products?q=a%20b", "/a", "/9-_/x" };
    static const char *const bad[] = { "",        "/",         "//evil.example", "/\\evil",
                                       "https:/", "/vendor/.", "/a:b",           "/a?b\\c",
                                       "/a?b c",  "/a%2e",     "/login?x=y",     "/logout",
                                       "/-a",     "/@evil",    "/a?\x7f",        "vendor" };
    for (size_t i = 0; i < COUNT(good); i++)
        assert_ptr_equal(login_safe_next(good[i]), good[i]);
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_null(login_safe_next(bad[i]));
    assert_null(login_safe_next(NULL));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_double_from_the_fifth_wrong_try_up_to_a_quarter_of_an_hour),
        cmocka_unit_test(a_wait_is_told_in_whole_seconds_and_is_over_with_its_time),
        cmocka_unit_test(a_window_without_a_wait_is_over_after_a_quarter_of_an_hour),
        cmocka_unit_test(the_hundredth_wrong_try_in_a_row_locks_however_slowly_they_come),
        cmocka_unit_test(a_network_waits_and_is_never_locked),
        cmocka_unit_test(what_is_taken_back_forgives_nothing_else),
        cmocka_unit_test(codes_are_those_of_the_standard),
        cmocka_unit_test(a_code_is_six_digits_however_they_are_set_apart),
        cmocka_unit_test(a_key_is_shown_in_groups_and_as_an_address),
        cmocka_unit_test(browsers_are_called_by_their_names),
        cmocka_unit_test(networks_are_kept_without_their_last_part),
        cmocka_unit_test(a_log_in_leads_to_plain_paths_of_ours_only),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
