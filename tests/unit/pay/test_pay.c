/* What is said to a card provider, and in which order what it says counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above first */
#include <cmocka.h>

#include "base/must.h"
#include "base/text.h"
#include "pay/amount.h"
#include "pay/event_order.h"
#include "pay/form.h"

#define CREATED "customer.subscription.created"
#define UPDATED "customer.subscription.updated"
#define DELETED "customer.subscription.deleted"

static struct arena *arena;

/* ---- Amounts ---- */

static void
an_amount_is_read_exactly_and_written_back(void **state)
{
    static const struct {
        const char *text, *currency;
        int64_t minor;
        const char *back;
        int64_t sent;
    } rows[] = {
        { "7", "USD", 700, "7.00", 700 },
        { "007.5", "CHF", 750, "7.50", 750 },
        { "-0.01", "PLN", -1, "-0.01", -1 },
        { "-0", "EUR", 0, "0.00", 0 },
        { "1200", "KRW", 1200, "1200", 1200 },
        { "-3", "XOF", -3, "-3", -3 },
        { "0.004", "BHD", 4, "0.004", 0 },
        { "0.005", "BHD", 5, "0.005", 10 }, /* a tie, away from zero */
        { "-0.005", "TND", -5, "-0.005", -10 },
        { "-2.344", "OMR", -2344, "-2.344", -2340 },
        { "2.5", "JOD", 2500, "2.500", 2500 },
        { "5", "ISK", 5, "5", 500 },
        { "-12", "UGX", -12, "-12", -1200 },
        { "92233720368547758.07", "EUR", INT64_MAX, "92233720368547758.07", INT64_MAX },
        { "-92233720368547758.08", "EUR", INT64_MIN, "-92233720368547758.08", INT64_MIN },
        { "-9223372036854775808", "JPY", INT64_MIN, "-9223372036854775808", INT64_MIN },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t minor = -77;
        assert_int_equal(amount_read(rows[i].text, rows[i].currency, &minor), AMOUNT_OK);
        assert_int_equal(minor, rows[i].minor);
        assert_string_equal(amount_text(arena, minor, rows[i].currency), rows[i].back);
        assert_int_equal(amount_for_provider(minor, rows[i].currency), rows[i].sent);
    }
}

static void
what_is_no_amount_is_refused_and_writes_nothing(void **state)
{
    static const struct {
        const char *text, *currency;
        enum amount_verdict verdict;
    } rows[] = {
        { "", "EUR", AMOUNT_BAD },
        { "-", "EUR", AMOUNT_BAD },
        { ".5", "EUR", AMOUNT_BAD },
        { "5.", "JPY", AMOUNT_BAD },
        { "+5", "EUR", AMOUNT_BAD },
        { "--5", "EUR", AMOUNT_BAD },
        { " 5", "EUR", AMOUNT_BAD },
        { "5\n", "EUR", AMOUNT_BAD },
        { "5,00", "EUR", AMOUNT_BAD },
        { "1.2.3", "EUR", AMOUNT_BAD },
        { "1.234x", "EUR", AMOUNT_BAD }, /* no amount at all comes before too many decimals */
        { "1e3", "EUR", AMOUNT_BAD },
        { "1.000", "EUR", AMOUNT_TOO_MANY_DECIMALS }, /* digits are counted, also zeros */
        { "1.0", "JPY", AMOUNT_TOO_MANY_DECIMALS },
        { "1.2345", "KWD", AMOUNT_TOO_MANY_DECIMALS },
        { "92233720368547758.08", "EUR", AMOUNT_BAD },
        { "-92233720368547758.09", "EUR", AMOUNT_BAD },
        { "99999999999999999999999999", "JPY", AMOUNT_BAD },
        { "99999999999999999", "ISK", AMOUNT_BAD },    /* times 100 it does not fit */
        { "9223372036854775.807", "KWD", AMOUNT_BAD }, /* rounded up it does not fit */
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t minor = -77;
        assert_int_equal(amount_read(rows[i].text, rows[i].currency, &minor), rows[i].verdict);
        assert_int_equal(minor, -77);
    }
}

static void
a_currency_is_known_by_its_code_in_capitals(void **state)
{
    static const char *const known[] = { "EUR", "ZWG", "AED", "JPY", "KWD", "UGX" };
    static const char *const not [] = { NULL,  "",    "E",   "EU",   "eur", "EURO",
                                        "XYZ", "ED ", " AE", "D AF", "IQD", "CLF" };
    (void)state;
    for (size_t i = 0; i < COUNT(known); i++)
        assert_true(amount_currency_known(known[i]));
    for (size_t i = 0; i < COUNT(not ); i++)
        assert_false(amount_currency_known(not [i]));
}

/* ---- Parameters ---- */

static const char *
encoded(const char *json)
{
    json_t *params = json_loads(json, JSON_DECODE_ANY, NULL);
    assert_non_null(params);
    const char *text = form_encoded(arena, params);
    json_decref(params);
    return text;
}

static void
parameters_nest_in_brackets(void **state)
{
    static const struct {
        const char *json, *form;
    } rows[] = {
        { "{}", "" },
        { "{\"a\": 1, \"b\": -2}", "a=1&b=-2" },
        { "{\"a\": true, \"b\": false, \"c\": null, \"d\": \"\"}", "a=true&b=false&c=&d=" },
        { "{\"a\": {\"b\": {\"c\": [\"x\", {\"d\": 1}]}}}", "a[b][c][0]=x&a[b][c][1][d]=1" },
        { "{\"a\": [[1], [2, 3]]}", "a[0][0]=1&a[1][0]=2&a[1][1]=3" },
        { "{\"a\": [], \"b\": {}, \"c\": 1, \"d\": [{}]}", "c=1" },
        { "{\"a\": \"-._~ *+/&=%[]\"}", "a=-._~%20%2A%2B%2F%26%3D%25%5B%5D" },
        { "{\"a\": \"\\u20ac \\ud83d\\ude00\\n\"}", "a=%E2%82%AC%20%F0%9F%98%80%0A" },
        { "{\"a b\": {\"c]&\": 1}}", "a%20b[c%5D%26]=1" },
        { "{\"a\": 9223372036854775807}", "a=9223372036854775807" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_string_equal(encoded(rows[i].json), rows[i].form);
}

/* "a=" would unset what the provider has: that must not come of a value we cannot say. */
static void
what_cannot_be_said_refuses_the_whole(void **state)
{
    static const char *const rows[] = { "{\"a\": 1.5}", "{\"b\": 1, \"a\": [{\"c\": 0.0}]}", "[1]",
                                        "\"a\"", "null" };
    struct buf deep = buf_new(arena, 256);
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_null(encoded(rows[i]));
    for (int i = 0; i < 20; i++)
        buf_text(&deep, "{\"a\":");
    buf_text(&deep, "1");
    for (int i = 0; i < 20; i++)
        buf_char(&deep, '}');
    assert_null(encoded(deep.at));
    assert_null(form_encoded(arena, NULL));
}

/* ---- Events ---- */

struct delivery {
    const char *id, *type, *status, *reason;
    int64_t created;
    enum event_decision decision;
};

static void
deliver(const struct delivery *rows, size_t n, struct event_order *order)
{
    for (size_t i = 0; i < n; i++) {
        struct provider_event event = { .id = rows[i].id,
                                        .type = rows[i].type,
                                        .status = rows[i].status,
                                        .reason = rows[i].reason,
                                        .created = rows[i].created };
        if (event_next(arena, order, &event) != rows[i].decision)
            fail_msg("%s: not %s", rows[i].id, event_decision_names[rows[i].decision]);
    }
}

static void
an_event_counts_when_none_later_did(void **state)
{
    static const struct delivery rows[] = {
        { "e5", UPDATED, "active", NULL, 50, EVENT_APPLIED },
        { "e4", UPDATED, "past_due", NULL, 49, EVENT_STALE },
        { "e3", CREATED, "trialing", NULL, 50, EVENT_STALE },   /* the same second, a lower rank */
        { "e6", UPDATED, "past_due", NULL, 50, EVENT_APPLIED }, /* both alike: the later to come */
        { "e4", UPDATED, "past_due", NULL, 49,
          EVENT_DUPLICATE }, /* what was stale is handled too */
        { "e6", UPDATED, "active", NULL, 99, EVENT_DUPLICATE },
        { "e7", CREATED, "trialing", NULL, 51, EVENT_APPLIED }, /* time comes before rank */
    };
    struct event_order order = { 0 };
    (void)state;
    deliver(rows, COUNT(rows), &order);
    assert_int_equal(order.state, SUB_TRIAL);
}

static void
after_a_deletion_nothing_counts(void **state)
{
    static const struct delivery rows[] = {
        { "d1", DELETED, "canceled", "payment_disputed", 10, EVENT_APPLIED },
        { "d2", DELETED, "canceled", NULL, 11, EVENT_TERMINAL },
        { "u1", UPDATED, "active", NULL, 12, EVENT_TERMINAL },
        { "u0", UPDATED, "active", NULL, 9, EVENT_TERMINAL },
        { "i1", "invoice.paid", NULL, NULL, 13, EVENT_OTHER_TYPE },
        { "d1", DELETED, "canceled", NULL, 10, EVENT_DUPLICATE },
    };
    struct event_order order = { 0 };
    (void)state;
    deliver(rows, COUNT(rows), &order);
    assert_int_equal(order.state, SUB_EXPIRED);
}

static void
a_stale_deletion_is_not_final(void **state)
{
    static const struct delivery rows[] = {
        { "u2", UPDATED, "active", NULL, 20, EVENT_APPLIED },
        { "d1", DELETED, "canceled", NULL, 19, EVENT_STALE },
        { "u3", UPDATED, "unpaid", NULL, 21, EVENT_APPLIED },
    };
    struct event_order order = { 0 };
    (void)state;
    deliver(rows, COUNT(rows), &order);
    assert_int_equal(order.state, SUB_EXPIRED);
}

static void
other_types_and_unknown_states_change_nothing(void **state)
{
    static const struct delivery rows[] = {
        { "i1", "invoice.paid", "paid", NULL, 90, EVENT_OTHER_TYPE },
        { "i1", "invoice.paid", "paid", NULL, 90, EVENT_DUPLICATE },
        { "t1", "customer.subscription.trial_will_end", "trialing", NULL, 91, EVENT_OTHER_TYPE },
        { "x1", UPDATED, "dancing", NULL, 92, EVENT_OTHER_TYPE },
        { "x2", UPDATED, NULL, NULL, 92, EVENT_OTHER_TYPE },
    };
    static const struct delivery first[] = {
        { "c1", CREATED, "incomplete", NULL, -5, EVENT_APPLIED }, /* they left no mark either */
    };
    struct event_order order = { 0 };
    (void)state;
    deliver(rows, COUNT(rows), &order);
    assert_int_equal(order.rank, 0);
    deliver(first, COUNT(first), &order);
    assert_int_equal(order.state, SUB_PAST_DUE);
}

/* More than fit at first, and from a buffer that the caller writes over. */
static void
ids_are_kept_however_many_they_are(void **state)
{
    struct event_order order = { 0 };
    char id[] = "evt_AA";
    struct provider_event event = { .id = id, .type = UPDATED, .status = "active" };
    (void)state;
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 100; i++) {
            id[4] = (char)('A' + i / 10);
            id[5] = (char)('A' + i % 10);
            assert_int_equal(event_next(arena, &order, &event),
                             round ? EVENT_DUPLICATE : EVENT_APPLIED);
        }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_amount_is_read_exactly_and_written_back),
        cmocka_unit_test(what_is_no_amount_is_refused_and_writes_nothing),
        cmocka_unit_test(a_currency_is_known_by_its_code_in_capitals),
        cmocka_unit_test(parameters_nest_in_brackets),
        cmocka_unit_test(what_cannot_be_said_refuses_the_whole),
        cmocka_unit_test(an_event_counts_when_none_later_did),
        cmocka_unit_test(after_a_deletion_nothing_counts),
        cmocka_unit_test(a_stale_deletion_is_not_final),
        cmocka_unit_test(other_types_and_unknown_states_change_nothing),
        cmocka_unit_test(ids_are_kept_however_many_they_are),
    };
    arena = arena_new((size_t)4 << 20);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
