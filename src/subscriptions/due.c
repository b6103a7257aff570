/* Everything that time alone brings about: trials end, periods are renewed, invoices fall overdue.
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "base/text.h"
#include "db/db.h"
#include "subscriptions/book.h"
#include "subscriptions/inside.h"

#define BATCH       100
#define ROUND_ARENA ((size_t)64 << 20)
#define PARKED_US   (3600 * SECOND_US)

struct run {
    int64_t after; /* the vendor before */
    int64_t done, failed;
};

static struct err *
one(struct work *w, const struct entitle_offers *offers)
{
    struct book book;
    tx_open(w, TX_OPERATOR_WRITE);
    struct err *e = book_open_next(w, offers, &book);
    if (!e) {
        book.ends = true;
        e = book_save(w, &book);
    }
    return tx_end(w, e);
}

/* One account that cannot be billed is looked at again in an hour, and the operator is told. */
static struct err *
park(struct work *w, const struct err *why)
{
    log_warn("subscriptions.parked", "vendor", text_i64(w->arena, w->vendor.n), "code", why->code,
             "why", why->log ? why->log : why->say, NULL);
    tx_open(w, TX_OPERATOR_WRITE);
    return tx_end(w,
                  db_exec(w, Q_subscriptions_park,
                          ARGS(arg_i64(w, w->vendor.n), arg_time(w, w->now_us + PARKED_US)), NULL));
}

static struct err *
turn(void *arg, struct work *w, bool *more)
{
    struct run *run = arg;
    struct rows rows;
    struct entitle_offers offers;
    tx_open(w, TX_OPERATOR_READ);
    struct err *failed =
        db_many(w, Q_subscriptions_due,
                ARGS(arg_time(w, w->now_us), arg_i64(w, run->after), arg_i64(w, BATCH)), &rows);
    if (!failed)
        failed = entitle_offers(w, w->now_us / SECOND_US, &offers);
    TRY(tx_end(w, failed));
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        w->vendor.n = run->after = scan_i64(&s);
        struct err *e = one(w, &offers);
        if (e && (e->kind == ERR_BUSY || e->kind == ERR_FULL))
            return e;
        if (e)
            TRY(park(w, e));
        run->done += !e;
        run->failed += e != NULL;
    }
    *more = rows.count == BATCH;
    return NULL;
}

struct err *
subscriptions_bill_due(struct work *w, const struct job *j)
{
    struct run run = { 0 };
    TRY(work_rounds(w, ROUND_ARENA, turn, &run));
    tx_open(w, TX_OPERATOR_WRITE);
    return tx_end(w, job_finish(w, j,
                                text_printf(w->arena, "{\"accounts\":%lld,\"failed\":%lld}",
                                            (long long)run.done, (long long)run.failed)));
}
