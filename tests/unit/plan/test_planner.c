/* Every number of the target scale and of the mixed case, by name. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
/* after those it needs */
#include <cmocka.h>

#include "plan/planner.h"

#define GB INT64_C(1000000000)
#define TB (1000 * GB)

static int
make_arena(void **state)
{
    *state = arena_new((size_t)16 << 20);
    return 0;
}

static int
end_arena(void **state)
{
    arena_free(*state);
    return 0;
}

/* 1,000 clients, each with 500 products and 300 orders a month, for €149. */
static struct planner_mix
target(void)
{
    struct planner_mix mix = planner_normal;
    mix.groups[mix.count++] = (struct planner_group){ 1000, 500, 300, 14900 };
    mix.infrastructure = (struct planner_range){ 70000, 90000 };
    mix.support = 300000;
    mix.development = 500000;
    mix.host_requests_s = 400;
    return mix;
}

static struct planner_mix
mixed(void)
{
    struct planner_mix mix = planner_normal;
    mix.groups[mix.count++] = (struct planner_group){ 500, 100, 100, 4900 };
    mix.groups[mix.count++] = (struct planner_group){ 300, 300, 500, 9900 };
    mix.groups[mix.count++] = (struct planner_group){ 150, 1000, 2000, 19900 };
    mix.groups[mix.count++] = (struct planner_group){ 50, 3000, 4000, 39900 };
    return mix;
}

static struct planner_answer
reckoned(struct arena *a, struct planner_mix mix)
{
    struct planner_answer answer;
    assert_null(planner_reckon(a, &mix, &answer));
    return answer;
}

#define NAMED(answer, member, value)                                                               \
    {                                                                                              \
#member, (answer).member, (value)                                                          \
    }

static void
the_target_scale_comes_out(void **state)
{
    struct planner_answer a = reckoned(*state, target());
    const struct {
        const char *name;
        int64_t got, want;
    } rows[] = {
        NAMED(a, clients, 1000),
        NAMED(a, products, 500000),
        NAMED(a, translations, 2000000),
        NAMED(a, image_files, 7500000),
        NAMED(a, storage_bytes, 1500 * GB),
        NAMED(a, database_bytes, 21 * GB), /* 15 … 25 */
        NAMED(a, orders, 300000),
        NAMED(a, items, 750000),
        NAMED(a, requests, 300000000),
        NAMED(a, egress_bytes, 3 * TB),
        NAMED(a, storage_range.low, 725 * GB),
        NAMED(a, storage_range.high, 1675 * GB),
        NAMED(a, hosts, 2), /* 347 a second at the peak, 280 a host */
        NAMED(a, revenue, 14900000),
        NAMED(a, cost.low, 870000),
        NAMED(a, cost.high, 890000),
        NAMED(a, margin.low, 14010000),
        NAMED(a, margin.high, 14030000),
        NAMED(a, cost_per_client.low, 70),
        NAMED(a, cost_per_client.high, 90),
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (rows[i].got != rows[i].want)
            fail_msg("%s: %lld", rows[i].name, (long long)rows[i].got);
    assert_true(fabs(a.requests_s - 115.7) < 0.1);
    assert_true(fabs(a.peak_requests_s - 347.2) < 0.1);
}

static void
the_mixed_case_comes_out(void **state)
{
    struct planner_answer a = reckoned(*state, mixed());
    static const int64_t products[] = { 50000, 90000, 150000, 150000 };
    static const int64_t orders[] = { 50000, 150000, 300000, 200000 };
    assert_int_equal(a.clients, 1000);
    assert_int_equal(a.products, 440000);
    assert_int_equal(a.orders, 700000);
    assert_int_equal(a.translations, 1760000);
    assert_int_equal(a.image_files, 6600000);
    assert_int_equal(a.storage_bytes, 1320 * GB);
    assert_int_equal(a.database_bytes, 272 * GB / 10);
    assert_int_equal(a.items, 1750000);
    assert_int_equal(a.revenue, 500 * 4900 + 300 * 9900 + 150 * 19900 + 50 * 39900);
    assert_int_equal(a.hosts, 0); /* nobody measured what one holds */
    for (size_t i = 0; i < COUNT(products); i++) {
        struct planner_mix one = planner_normal, all = mixed();
        one.groups[one.count++] = all.groups[i];
        struct planner_answer part = reckoned(*state, one);
        assert_int_equal(part.products, products[i]);
        assert_int_equal(part.orders, orders[i]);
    }
}

static void
a_client_costs_what_the_plan_says(void **state)
{
    static const struct {
        int64_t cost, clients, each;
    } rows[] = {
        { 3000, 25, 120 },  { 8000, 75, 107 },     { 15000, 200, 75 }, { 35000, 400, 88 },
        { 70000, 800, 88 }, { 180000, 1500, 120 }, { 3000, 0, 0 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(planner_cost_per_client(rows[i].cost, rows[i].clients), rows[i].each);
}

static void
a_hundred_thousand_products_fill_a_database_of_1_5_gb(void **state)
{
    static const struct {
        const char *name;
        int64_t mb;
    } rows[] = {
        { "products", 100 },    { "translations", 400 }, { "orders", 500 },
        { "order_items", 200 }, { "inventory", 50 },     { "indexes", 300 },
    };
    int64_t sum = 0;
    (void)state;
    assert_int_equal(planner_part_count, COUNT(rows));
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_string_equal(planner_parts[i].name, rows[i].name);
        assert_int_equal(planner_parts[i].product_bytes * 100000, rows[i].mb * 1000000);
        sum += planner_parts[i].product_bytes * 100000;
    }
    assert_true(sum >= 15 * GB / 10 && sum < 16 * GB / 10);
}

static const struct planner_egress *
provider(const char *name)
{
    for (size_t i = 0; i < planner_egress_count; i++)
        if (strcmp(planner_egresses[i].provider, name) == 0)
            return &planner_egresses[i];
    fail_msg("no provider %s", name);
    return NULL;
}

static void
what_goes_out_costs_what_each_provider_asks(void **state)
{
    static const struct {
        const char *name;
        int64_t bytes, minor;
    } rows[] = {
        { "hetzner", 3 * TB, 0 },         { "hetzner", 25 * TB, 500 },   { "aws", TB, 9000 },
        { "aws", 3 * TB, 26000 },         { "aws", TB / 2, 4500 },       { "digitalocean", TB, 0 },
        { "digitalocean", 3 * TB, 2000 }, { "cloudflare", 500 * TB, 0 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(planner_egress_cost(provider(rows[i].name), rows[i].bytes), rows[i].minor);
}

static void
a_hundred_thousand_users_bring_their_loads(void **state)
{
    static const struct {
        const char *name;
        int64_t at_100000, at_5000;
    } rows[] = {
        { "concurrent_users", 10000, 500 },
        { "database_queries_minute", 100000, 5000 },
        { "requests_minute", 75000, 3750 },
        { "login_requests_minute", 5000, 250 },
        { "search_requests_minute", 20000, 1000 },
        { "api_requests_minute", 50000, 2500 },
        { "cache_operations_minute", 65000, 3250 },
        { "mails_day", 6600, 330 },
        { "sessions", 500000, 25000 },
        { "login_attempts", 10000000, 500000 },
        { "locks", 50000, 2500 },
    };
    (void)state;
    assert_int_equal(planner_load_count, COUNT(rows));
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_string_equal(planner_loads[i].name, rows[i].name);
        assert_int_equal(planner_load_of(&planner_loads[i], 100000), rows[i].at_100000);
        assert_int_equal(planner_load_of(&planner_loads[i], 5000), rows[i].at_5000);
    }
}

static void
no_clients_need_nothing_but_one_host(void **state)
{
    struct planner_mix mix = planner_normal;
    mix.host_requests_s = 100;
    struct planner_answer a = reckoned(*state, mix);
    assert_int_equal(a.products, 0);
    assert_int_equal(a.storage_bytes, 0);
    assert_int_equal(a.cost_per_client.low, 0);
    assert_int_equal(a.hosts, 1);
}

static void
what_cannot_be_is_refused_by_its_field(void **state)
{
    struct planner_answer a;
    struct planner_mix mix = target();
    mix.groups[0].products = -1;
    struct err *e = planner_reckon(*state, &mix, &a);
    assert_non_null(e);
    assert_string_equal(e->field, "products");
    mix = target();
    mix.infrastructure.low = mix.infrastructure.high + 1;
    assert_string_equal(planner_reckon(*state, &mix, &a)->field, "infrastructure.high");
    mix = target();
    mix.groups[0] = (struct planner_group){ 10000000, 1000000000, 1000000000, 1000000000 };
    assert_string_equal(planner_reckon(*state, &mix, &a)->code, "planner.too_large");
}

#define WITH_ARENA(test) cmocka_unit_test_setup_teardown(test, make_arena, end_arena)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(the_target_scale_comes_out),
        WITH_ARENA(the_mixed_case_comes_out),
        cmocka_unit_test(a_client_costs_what_the_plan_says),
        cmocka_unit_test(a_hundred_thousand_products_fill_a_database_of_1_5_gb),
        cmocka_unit_test(what_goes_out_costs_what_each_provider_asks),
        cmocka_unit_test(a_hundred_thousand_users_bring_their_loads),
        WITH_ARENA(no_clients_need_nothing_but_one_host),
        WITH_ARENA(what_cannot_be_is_refused_by_its_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
