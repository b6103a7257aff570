/* One formula a line, in whole numbers: what is shown beside a result can be reckoned again to the
 * last digit. A sum that does not fit is carried as a mark until the end. */
#include "plan/planner.h"

#include <math.h>
#include <stdbool.h>

#include "base/money.h"
#include "base/text.h"

#define KB            INT64_C(1000)
#define MB            (1000 * KB)
#define TB            (1000000 * MB)
#define MONTH_DAYS    30
#define MONTH_S       (MONTH_DAYS * 86400)
#define PRODUCT_BYTES (30 * KB) /* of the database; orders of the month likewise */
#define ORDER_BYTES   (20 * KB)
#define HOST_PERCENT  70 /* of what was measured is what we count on */

const struct planner_mix planner_normal = {
    .languages = 4,
    .images = 5,
    .image_bytes = 200 * KB,
    .items_of_10 = 25,
    .client_requests = 10000,
    .views_of_100 = 40,
    .view_bytes = 500 * KB,
    .peak_of_10 = 30,
};

/* clang-format off */
static const struct planner_range variants[] = {
    { 10 * KB,  20 * KB },  /* 200 */
    { 80 * KB,  150 * KB }, /* 800 */
    { 200 * KB, 500 * KB }, /* original */
};

const struct planner_part planner_parts[] = {
    { "products",     1000 },
    { "translations", 4000 }, /* four languages */
    { "orders",       5000 },
    { "order_items",  2000 },
    { "inventory",    500 },
    { "indexes",      3000 },
};
const size_t planner_part_count = COUNT(planner_parts);

const struct planner_egress planner_egresses[] = {
    { "hetzner",      "EUR", 20 * TB,   100,  100 },
    { "aws",          "USD", 0,         9000, 8500 },
    { "digitalocean", "USD", 1 * TB,    1000, 1000 },
    { "cloudflare",   "USD", INT64_MAX, 0,    0 },
};
const size_t planner_egress_count = COUNT(planner_egresses);

const struct planner_load planner_loads[] = {
    { "concurrent_users",        10000 },
    { "database_queries_minute", 100000 },
    { "requests_minute",         75000 }, /* the three that follow */
    { "login_requests_minute",   5000 },
    { "search_requests_minute",  20000 },
    { "api_requests_minute",     50000 },
    { "cache_operations_minute", 65000 },
    { "mails_day",               6600 },
    { "sessions",                500000 },
    { "login_attempts",          10000000 },
    { "locks",                   50000 },
};
const size_t planner_load_count = COUNT(planner_loads);
/* clang-format on */

/* ---- Whole numbers that know when they were too large ---- */

struct sum {
    int64_t n;
    bool over;
};

static struct sum
times(struct sum s, int64_t by)
{
    struct sum to = { .over = s.over };
    if (__builtin_mul_overflow(s.n, by, &to.n))
        to.over = true;
    return to;
}

static struct sum
plus(struct sum s, struct sum more)
{
    struct sum to = { .over = s.over || more.over };
    if (__builtin_add_overflow(s.n, more.n, &to.n))
        to.over = true;
    return to;
}

static struct sum
over(struct sum s, int64_t by)
{
    return (struct sum){ .n = s.n / by, .over = s.over };
}

/* ---- What may come in ---- */

struct bound {
    const char *field;
    size_t at;
    int64_t least, most;
};

#define MOST INT64_C(1000000000000000)

/* clang-format off */
#define OF_GROUP(name, least, most) { #name, offsetof(struct planner_group, name), least, most }
static const struct bound group_bounds[] = {
    OF_GROUP(clients,   0, 10000000),
    OF_GROUP(products,  0, 1000000000),
    OF_GROUP(orders,    0, 1000000000),
    OF_GROUP(fee_minor, 0, 1000000000),
};
#define OF_MIX(name, least, most) { #name, offsetof(struct planner_mix, name), least, most }
static const struct bound mix_bounds[] = {
    OF_MIX(languages,            1, 200),
    OF_MIX(images,               0, 1000),
    OF_MIX(image_bytes,          0, 1000 * MB),
    OF_MIX(items_of_10,          0, 100000),
    OF_MIX(client_requests,      0, 1000000000),
    OF_MIX(views_of_100,         0, 100000000),
    OF_MIX(view_bytes,           0, 1000 * MB),
    OF_MIX(peak_of_10,           10, 10000),
    OF_MIX(host_requests_s,      0, 10000000),
    OF_MIX(infrastructure.low,   0, MOST),
    OF_MIX(infrastructure.high,  0, MOST),
    OF_MIX(support,              0, MOST),
    OF_MIX(development,          0, MOST),
};
/* clang-format on */

static struct err *
check(struct arena *a, const void *of, const struct bound *bounds, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int64_t value = *(const int64_t *)((const char *)of + bounds[i].at);
        if (value < bounds[i].least || value > bounds[i].most)
            return FAIL_FIELD(a, ERR_INVALID, "planner.out_of_range", bounds[i].field,
                              text_printf(a, "%s must be from %lld to %lld.", bounds[i].field,
                                          (long long)bounds[i].least, (long long)bounds[i].most));
    }
    return NULL;
}

static struct err *
check_mix(struct arena *a, const struct planner_mix *mix)
{
    must(mix->count <= PLANNER_GROUPS_MAX);
    TRY(check(a, mix, mix_bounds, COUNT(mix_bounds)));
    for (size_t i = 0; i < mix->count; i++)
        TRY(check(a, &mix->groups[i], group_bounds, COUNT(group_bounds)));
    if (mix->infrastructure.low > mix->infrastructure.high)
        return FAIL_FIELD(a, ERR_INVALID, "planner.out_of_range", "infrastructure.high",
                          "What it costs at most is less than what it costs at least.");
    return NULL;
}

/* ---- The formulas ---- */

int64_t
planner_cost_per_client(int64_t cost, int64_t clients)
{
    return clients > 0 ? minor_share(cost, 1, clients) : 0;
}

static int64_t
hosts_for(const struct planner_mix *mix, double peak_s)
{
    if (!mix->host_requests_s)
        return 0;
    double hosts = ceil(peak_s * 100 / (double)(mix->host_requests_s * HOST_PERCENT));
    return hosts > 1 ? (int64_t)hosts : 1;
}

static struct planner_range
per_client(struct planner_range cost, int64_t clients)
{
    return (struct planner_range){ .low = planner_cost_per_client(cost.low, clients),
                                   .high = planner_cost_per_client(cost.high, clients) };
}

/* The dearest month leaves the least. */
static void
reckon_money(const struct planner_mix *mix, struct planner_answer *to)
{
    int64_t people = mix->support + mix->development;
    to->cost_per_client = per_client(mix->infrastructure, to->clients);
    to->cost = (struct planner_range){ mix->infrastructure.low + people,
                                       mix->infrastructure.high + people };
    to->margin = (struct planner_range){ to->revenue - to->cost.high, to->revenue - to->cost.low };
}

struct totals {
    struct sum clients, products, orders, revenue;
};

static struct totals
add_up(const struct planner_mix *mix)
{
    struct totals all = { 0 };
    for (size_t i = 0; i < mix->count; i++) {
        const struct planner_group *group = &mix->groups[i];
        struct sum clients = { .n = group->clients };
        all.clients = plus(all.clients, clients);
        all.products = plus(all.products, times(clients, group->products));
        all.orders = plus(all.orders, times(clients, group->orders));
        all.revenue = plus(all.revenue, times(clients, group->fee_minor));
    }
    return all;
}

struct err *
planner_reckon(struct arena *a, const struct planner_mix *mix, struct planner_answer *out)
{
    TRY(check_mix(a, mix));
    struct totals all = add_up(mix);
    struct sum images = times(all.products, mix->images), low = { 0 }, high = { 0 };
    for (size_t i = 0; i < COUNT(variants); i++) {
        low = plus(low, times(images, variants[i].low));
        high = plus(high, times(images, variants[i].high));
    }
    struct sum translations = times(all.products, mix->languages);
    struct sum files = times(images, COUNT(variants));
    struct sum items = over(times(all.orders, mix->items_of_10), 10);
    struct sum storage = times(files, mix->image_bytes);
    struct sum database = plus(times(all.products, PRODUCT_BYTES), times(all.orders, ORDER_BYTES));
    struct sum requests = times(times(all.clients, mix->client_requests), MONTH_DAYS);
    struct sum views = over(times(all.products, mix->views_of_100), 100);
    struct sum egress = times(times(views, mix->view_bytes), MONTH_DAYS);
    if (translations.over || items.over || low.over || high.over || storage.over || database.over ||
        requests.over || egress.over || all.revenue.over || all.revenue.n > 1000 * MOST)
        return FAIL(a, ERR_INVALID, "planner.too_large", "So much cannot be reckoned with.");

    struct planner_answer to = {
        .clients = all.clients.n,
        .products = all.products.n,
        .translations = translations.n,
        .image_files = files.n,
        .orders = all.orders.n,
        .items = items.n,
        .storage_bytes = storage.n,
        .storage_range = { low.n, high.n },
        .database_bytes = database.n,
        .requests = requests.n,
        .requests_s = (double)requests.n / MONTH_S,
        .egress_bytes = egress.n,
        .revenue = all.revenue.n,
    };
    to.peak_requests_s = to.requests_s * (double)mix->peak_of_10 / 10;
    to.hosts = hosts_for(mix, to.peak_requests_s);
    reckon_money(mix, &to);
    *out = to;
    return NULL;
}

/* ---- Prices and loads ---- */

int64_t
planner_egress_cost(const struct planner_egress *egress, int64_t bytes)
{
    int64_t paid = bytes > egress->free_bytes ? bytes - egress->free_bytes : 0;
    int64_t first = paid < TB ? paid : TB;
    return minor_share(egress->first_minor, first, TB) +
           minor_share(egress->further_minor, paid - first, TB);
}

int64_t
planner_load_of(const struct planner_load *load, int64_t users)
{
    return minor_share(load->of_100000, users, 100000);
}
