/* A shop learns at 80, 100 and 110 % of its month's orders, once each: at the last of them it takes
 * none any more. */
#include "base/must.h"
#include "base/text.h"
#include "db/db.h"
#include "subscriptions/inside.h"
#include "subscriptions/tell.h"

#define BATCH       100
#define ROUND_ARENA ((size_t)64 << 20)

struct run {
    int64_t after, told;
};

struct near {
    struct vendor_id vendor;
    struct near_limit use;
};

static struct near
read_near(struct scan *s)
{
    static const int levels[] = { 110, 100, 80 };
    struct near near = { .vendor.n = scan_i64(s) };
    near.use.used = scan_i64(s);
    near.use.most = scan_i64(s);
    near.use.window_from = scan_i64(s);
    for (size_t i = 0; !near.use.level && i < COUNT(levels); i++)
        if (near.use.used * 100 >= near.use.most * levels[i])
            near.use.level = levels[i];
    scan_end(s);
    return near;
}

static struct err *
tell_one(struct work *w, struct run *run, const struct near_limit *use)
{
    struct book book;
    tx_open(w, TX_OPERATOR_WRITE);
    struct err *e = book_open(w, BOOK_LOOK, 0, &book);
    if (!e)
        e = tell_near_limit(w, &book, use);
    run->told += !e;
    return tx_end(w, e);
}

static struct err *
turn(void *arg, struct work *w, bool *more)
{
    struct run *run = arg;
    struct rows rows;
    tx_open(w, TX_OPERATOR_READ);
    TRY(tx_end(w, db_many(w, Q_subscriptions_near_limit,
                          ARGS(arg_i64(w, run->after), arg_i64(w, BATCH)), &rows)));
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        struct near near = read_near(&s);
        w->vendor = near.vendor;
        run->after = near.vendor.n;
        TRY(tell_one(w, run, &near.use));
    }
    *more = rows.count == BATCH;
    return NULL;
}

struct err *
subscriptions_alarm(struct work *w, const struct job *j)
{
    struct run run = { 0 };
    TRY(work_rounds(w, ROUND_ARENA, turn, &run));
    tx_open(w, TX_OPERATOR_WRITE);
    return tx_end(w,
                  job_finish(w, j, text_printf(w->arena, "{\"near\":%lld}", (long long)run.told)));
}
