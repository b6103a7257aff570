/* Orders that nobody paid end by themselves, a shop at a time, each shop in a transaction of its
 * own with its goods, timeline and webhooks. And nightly the figures by state are held against the
 * orders: they are changed by triggers, so a difference is a mistake of ours and is told as one. */
#include "orders/tasks.h"

#include "base/log.h"
#include "base/text.h"
#include "db/db.h"
#include "hooks/hooks.h"
#include "http/json.h"
#include "orders/orders.h"
#include "stock/stock.h"

#define ROUND 1000

struct overdue {
    struct vendor_id vendor;
    int64_t order;
};

static struct err *
load_overdue(struct work *w, struct overdue **out, size_t *n)
{
    struct rows rows;
    tx_open(w, TX_OPERATOR_READ);
    TRY(db_many(w, Q_orders_overdue, ARGS(arg_i64(w, ROUND)), &rows));
    struct overdue *all = NEW_ARRAY(w->arena, struct overdue, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        all[i].vendor.n = scan_i64(&s);
        all[i].order = scan_i64(&s);
        scan_end(&s);
    }
    tx_rollback(w);
    *out = all;
    *n = (size_t)rows.count;
    return NULL;
}

/* Locks those that still are overdue; gives them in `ids`. */
static struct err *
lock_overdue(struct work *w, int64_t *ids, size_t *n)
{
    struct rows rows;
    TRY(db_many(w, Q_orders_overdue_lock, ARGS(arg_i64s(w, ids, *n)), &rows));
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        ids[i] = scan_i64(&s);
        scan_end(&s);
    }
    *n = (size_t)rows.count;
    return NULL;
}

static struct err *
end_orders(struct work *w, struct vendor_id vendor, int64_t *ids, size_t n, int64_t *ended)
{
    w->vendor = vendor;
    tx_open(w, TX_WRITE);
    TRY(lock_overdue(w, ids, &n));
    if (n) {
        struct order_id *orders = NEW_ARRAY(w->arena, struct order_id, n);
        for (size_t i = 0; i < n; i++)
            orders[i].n = ids[i];
        TRY(stock_release(w, orders, n, STOCK_EXPIRED));
        TRY(db_exec(w, Q_orders_expire, ARGS(arg_i64s(w, ids, n)), NULL));
        TRY(hooks_emit_many(w, HOOK_ORDER_CANCELLED, ids, NULL, n));
    }
    TRY(tx_commit(w));
    *ended += (int64_t)n;
    return NULL;
}

/* The orders of `vendor` among those from `at` on; they become nobody's. */
static size_t
take_of(struct overdue *all, size_t n, struct vendor_id vendor, int64_t *ids)
{
    size_t taken = 0;
    for (size_t i = 0; i < n; i++)
        if (all[i].vendor.n == vendor.n) {
            ids[taken++] = all[i].order;
            all[i].vendor.n = 0;
        }
    return taken;
}

static struct err *
expire(struct work *w, const struct job *job)
{
    struct overdue *all;
    int64_t ended = 0;
    size_t n;
    TRY(load_overdue(w, &all, &n));
    int64_t *ids = NEW_ARRAY(w->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++)
        if (all[i].vendor.n) {
            struct vendor_id vendor = all[i].vendor;
            TRY(end_orders(w, vendor, ids, take_of(all, n, vendor, ids), &ended));
        }
    w->vendor.n = 0;
    tx_open(w, TX_OPERATOR_WRITE);
    if (n == ROUND)
        TRY(queue_add(w, "orders_expire", "more", "{}", NULL));
    TRY(job_finish(w, job, text_printf(w->arena, "{\"ended\": %lld}", (long long)ended)));
    return tx_commit(w);
}

static struct err *
prove(struct work *w, const struct job *job)
{
    struct json j = json_begin(w->arena);
    struct rows rows;
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(db_many(w, Q_orders_miscounted, NO_ARGS, &rows));
    json_put_object(&j, NULL);
    json_put_array(&j, "miscounted");
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        int64_t vendor = scan_i64(&s);
        scan_end(&s);
        json_put_id(&j, NULL, vendor);
        log_error("orders.miscounted", "vendor", text_i64(w->arena, vendor), NULL);
    }
    json_put_end(&j);
    json_put_end(&j);
    TRY(report_save(w, "orders", j.out.at));
    TRY(job_finish(w, job, j.out.at));
    return tx_commit(w);
}

/* clang-format off */
const struct job_kind orders_jobs[] = {
    /* name             when             tries  run */
    { "orders_expire",  EVERY(60),       0,     expire },
    { "orders_prove",   DAILY_AT(3, 50), 5,     prove },
};
/* clang-format on */
const size_t orders_job_count = COUNT(orders_jobs);
