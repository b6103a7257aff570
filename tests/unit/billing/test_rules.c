/* Periods from an anchor, tax by rate, and the steps of subscriptions and invoices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "billing/period.h"
#include "billing/state.h"
#include "billing/vat.h"

static int64_t
at(const char *text)
{
    int64_t us = 0;
    assert_true(clock_parse_rfc3339(text, &us));
    return us / SECOND_US;
}

static void
a_boundary_keeps_the_anchors_day_or_the_months_last(void **state)
{
    static const struct {
        const char *anchor;
        int64_t months;
        const char *boundary;
    } rows[] = {
        { "2027-01-31T12:00:00Z", 1, "2027-02-28T12:00:00Z" },
        { "2027-01-31T12:00:00Z", 2, "2027-03-31T12:00:00Z" },
        { "2028-01-31T00:00:00Z", 1, "2028-02-29T00:00:00Z" },
        { "2024-02-29T23:59:59Z", -12, "2023-02-28T23:59:59Z" },
        { "2024-02-29T23:59:59Z", 48, "2028-02-29T23:59:59Z" },
        { "2026-11-30T08:30:00Z", 3, "2027-02-28T08:30:00Z" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(period_boundary(at(rows[i].anchor), rows[i].months), at(rows[i].boundary));
}

static void
an_instant_on_a_boundary_begins_the_next_period(void **state)
{
    int64_t anchor = at("2026-01-31T12:00:00Z"), end = at("2026-02-28T12:00:00Z");
    (void)state;
    assert_int_equal(period_index(anchor, INTERVAL_MONTH, end - 1), 0);
    assert_int_equal(period_index(anchor, INTERVAL_MONTH, end), 1);
    assert_int_equal(period_index(anchor, INTERVAL_MONTH, anchor - 1), -1);
    assert_int_equal(period_index(anchor, INTERVAL_YEAR, end), 0);

    struct span window =
        period_usage_window(at("2026-05-31T09:00:00Z"), at("2027-05-30T23:00:00Z"));
    assert_int_equal(window.from, at("2027-04-30T09:00:00Z"));
    assert_int_equal(window.to, at("2027-05-31T09:00:00Z"));
}

static void
tax_is_rounded_once_a_rate(void **state)
{
    struct arena *a = arena_new(1 << 20);
    struct vat normal = { VAT_S, 2000 }, reverse = { VAT_AE, 0 };
    struct vat_line lines[] = {
        { 333, normal }, { 333, normal }, { 334, normal }, { 1, normal }, { 1, normal }
    };
    static const int64_t parts[] = { 67, 66, 67, 0, 0 };
    int64_t shown[COUNT(lines)];
    (void)state;

    struct vat_sums sums = vat_sum(a, lines, COUNT(lines));
    assert_int_equal(sums.tax, 200);
    assert_int_equal(sums.total, 1202);
    assert_true(vat_show(a, &sums, lines, COUNT(lines), shown));
    assert_memory_equal(shown, parts, sizeof parts);

    struct vat_line mixed[] = { { -3277, normal }, { 6620, reverse } };
    sums = vat_sum(a, mixed, COUNT(mixed));
    assert_int_equal(sums.group_count, 2);
    assert_int_equal(sums.groups[0].vat.category, VAT_AE);
    assert_int_equal(sums.groups[1].tax, -655);
    assert_int_equal(sums.total, 2688);
    assert_false(vat_show(a, &sums, mixed, COUNT(mixed), shown));
    arena_free(a);
}

static void
the_treatment_follows_both_countries(void **state)
{
    static const struct {
        struct vat_parties who;
        struct vat want;
    } rows[] = {
        { { "LU", "LU", true, false, false, 1700, 1700 }, { VAT_S, 1700 } },
        { { "LU", "DE", true, false, true, 1700, 1900 }, { VAT_AE, 0 } },
        { { "LU", "DE", false, false, true, 1700, 1900 }, { VAT_S, 1900 } },
        { { "LU", "DE", false, false, false, 1700, 1900 }, { VAT_S, 1700 } },
        { { "LU", "CH", false, false, true, 1700, 810 }, { VAT_O, 0 } },
        { { "LU", "LU", false, true, false, 1700, 1700 }, { VAT_E, 0 } },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct vat got = vat_treatment(&rows[i].who);
        assert_int_equal(got.category, rows[i].want.category);
        assert_int_equal(got.rate_bp, rows[i].want.rate_bp);
    }
}

static void
only_the_steps_of_the_tables_exist(void **state)
{
    enum subscription_state sub = SUB_NONE;
    enum invoice_state invoice = INVOICE_DRAFT;
    (void)state;
    assert_true(subscription_step(SUB_TRIAL, "trial_end_payment_failed", &sub));
    assert_int_equal(sub, SUB_PAST_DUE);
    assert_false(subscription_step(SUB_EXPIRED, "all_overdue_paid", &sub));
    assert_int_equal(sub, SUB_PAST_DUE);
    assert_true(invoice_step(INVOICE_UNCOLLECTIBLE, "pay", &invoice));
    assert_int_equal(invoice, INVOICE_PAID);
    assert_false(invoice_step(INVOICE_PAID, "void", &invoice));

    assert_true(subscription_state_of_provider("canceled", "payment_failed", &sub));
    assert_int_equal(sub, SUB_EXPIRED);
    assert_true(subscription_state_of_provider("canceled", NULL, &sub));
    assert_int_equal(sub, SUB_CANCELLED);
    assert_false(subscription_state_of_provider("new", NULL, &sub));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_boundary_keeps_the_anchors_day_or_the_months_last),
        cmocka_unit_test(an_instant_on_a_boundary_begins_the_next_period),
        cmocka_unit_test(tax_is_rounded_once_a_rate),
        cmocka_unit_test(the_treatment_follows_both_countries),
        cmocka_unit_test(only_the_steps_of_the_tables_exist),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
