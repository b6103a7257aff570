/* A day has one snapshot of every figure that is known; what was not taken is missing, not zero. */
#include "dbtest.h"

#include "base/clock.h"
#include "base/text.h"
#include "outlook/outlook.h"

#define DAY   (86400 * SECOND_US)
#define START (INT64_C(1767225600) * SECOND_US) /* 2026-01-01 */

static int64_t
take_on(struct dbtest *t, int64_t day)
{
    int64_t figures;
    t->w.now_us = START + day * DAY;
    assert_no_err(outlook_take(&t->w, &figures));
    return figures;
}

static void
a_day_has_one_snapshot_however_often_it_is_taken(void **state)
{
    struct dbtest *t = *state;
    dbtest_vendor(t, "first");
    int64_t figures = take_on(t, 0);
    assert_true(figures > 5);
    dbtest_vendor(t, "second");
    assert_int_equal(take_on(t, 0), figures);
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM capacity_snapshot"), figures);
    assert_int_equal(
        dbtest_number(t, "SELECT value FROM capacity_snapshot WHERE figure = 'vendors'"), 2);
}

static void
what_is_not_known_is_missing(void **state)
{
    struct dbtest *t = *state;
    take_on(t, 0);
    /* Nobody has sampled this host. */
    assert_int_equal(
        dbtest_number(t, "SELECT count(*) FROM capacity_snapshot WHERE figure IN ('cpu', 'disk')"),
        0);
}

static void
days_without_one_are_told_from_those_that_have_one(void **state)
{
    struct dbtest *t = *state;
    struct outlook_day *days;
    size_t n;
    dbtest_sql(t, "DELETE FROM capacity_snapshot");
    take_on(t, 0);
    take_on(t, 3);
    tx_open(&t->w, TX_OPERATOR_READ);
    assert_no_err(tx_end(&t->w, outlook_days(&t->w, 30, &days, &n)));
    assert_int_equal(n, 4);
    assert_string_equal(days[0].day, "2026-01-04");
    assert_true(days[0].taken_us && !days[1].taken_us && !days[2].taken_us && days[3].taken_us);
}

static void
what_tiers_allow_is_summed_beside_what_is_used(void **state)
{
    struct dbtest *t = *state;
    struct outlook_tiers tiers;
    bool found = false;
    for (int i = 0; i < 2; i++) {
        struct vendor_id v = dbtest_vendor(t, i ? "one-tier" : "other-tier");
        dbtest_sql(t,
                   "INSERT INTO entitlement (vendor_id, tier, products, usage_from, usage_to) "
                   "VALUES (%lld, 'business', 100, now(), now() + interval '1 month')",
                   (long long)v.n);
        dbtest_sql(t, "UPDATE vendor_counter SET products = 30 WHERE vendor_id = %lld",
                   (long long)v.n);
    }
    take_on(t, 5);
    tx_open(&t->w, TX_OPERATOR_READ);
    assert_no_err(tx_end(&t->w, outlook_tiers(&t->w, &tiers)));
    for (size_t i = 0; i < tiers.count; i++) {
        const struct outlook_use *u = &tiers.uses[i];
        if (!text_is(u->tier, "business") || !text_is(u->limit, "products"))
            continue;
        found = true;
        assert_true(u->limited && u->allowed == 200 && u->used == 60);
    }
    assert_true(found);
}

static void
trends_are_the_first_and_the_last_of_their_days(void **state)
{
    struct dbtest *t = *state;
    struct outlook_trend *trends;
    size_t n;
    dbtest_sql(t, "DELETE FROM capacity_snapshot");
    take_on(t, 0);
    int64_t before = dbtest_number(t, "SELECT count(*) FROM vendor WHERE state = 'active'");
    dbtest_vendor(t, "another");
    take_on(t, 9);
    tx_open(&t->w, TX_OPERATOR_READ);
    assert_no_err(tx_end(&t->w, outlook_trends(&t->w, 30, &trends, &n)));
    for (size_t i = 0; i < n; i++) {
        if (!text_is(trends[i].figure, "vendors"))
            continue;
        assert_int_equal(trends[i].days, 2);
        assert_string_equal(trends[i].from, "2026-01-01");
        assert_string_equal(trends[i].to, "2026-01-10");
        assert_true(trends[i].first == (double)before && trends[i].last == (double)before + 1);
        return;
    }
    fail_msg("the figure is not there");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        DBTEST(a_day_has_one_snapshot_however_often_it_is_taken),
        DBTEST(what_is_not_known_is_missing),
        DBTEST(days_without_one_are_told_from_those_that_have_one),
        DBTEST(what_tiers_allow_is_summed_beside_what_is_used),
        DBTEST(trends_are_the_first_and_the_last_of_their_days),
    };
    return cmocka_run_group_tests(tests, dbtest_start, dbtest_stop);
}
