/* Everything that time alone brings about: trials end, periods are renewed, invoices fall overdue.
 * A hundred accounts share a transaction, for what they cost is the statements and not the rows;
 * only when that fails has each one of its own, so that what is wrong with one stops no other. */
#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "base/text.h"
#include "db/db.h"
#include "subscriptions/book.h"
#include "subscriptions/inside.h"

#define BATCH       100
#define ROUND_ARENA ((size_t)128 << 20) /* a batch, and each of it alone */
#define PARKED_US   (3600 * SECOND_US)

struct run {
    int64_t after; /* the vendor before */
    int64_t done, failed;
};

/* Accounts in one transaction, all of them or none. It has no tenant: nothing that is kept of a
 * shop elsewhere (db_when_written) shows its billing. */
static struct err *
together(struct work *w, const struct entitle_offers *offers, const struct vendor_id *vendors,
         size_t n)
{
    struct book *books = NEW_ARRAY(w->arena, struct book, n);
    tx_open(w, TX_OPERATOR_WRITE);
    struct err *e = books_open(w, vendors, n, offers, books);
    if (!e)
        e = books_save(w, books, n);
    return tx_end(w, e);
}

/* One account that cannot be billed is looked at again in an hour, and the operator is told. */
static struct err *
park(struct work *w, struct vendor_id vendor, const struct err *why)
{
    log_warn("subscriptions.parked", "vendor", text_i64(w->arena, vendor.n), "code", why->code,
             "why", why->log ? why->log : why->say, NULL);
    tx_open(w, TX_OPERATOR_WRITE);
    return tx_end(w, db_exec(w, Q_subscriptions_park,
                             ARGS(arg_i64(w, vendor.n), arg_time(w, w->now_us + PARKED_US)), NULL));
}

/* A batch that failed has changed nothing; which account it was shows when each is tried alone. */
static struct err *
each_alone(struct work *w, const struct entitle_offers *offers, const struct vendor_id *vendors,
           size_t n, struct run *run)
{
    for (size_t i = 0; i < n; i++) {
        struct err *e = together(w, offers, &vendors[i], 1);
        if (e && (e->kind == ERR_BUSY || e->kind == ERR_FULL))
            return e;
        if (e)
            TRY(park(w, vendors[i], e));
        run->done += !e;
        run->failed += e != NULL;
    }
    return NULL;
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
    struct vendor_id vendors[BATCH];
    size_t n = (size_t)rows.count;
    for (size_t i = 0; i < n; i++) {
        struct scan s = rows_at(&rows, (int)i);
        vendors[i].n = run->after = scan_i64(&s);
    }
    *more = n == BATCH;
    if (!n)
        return NULL;
    if (together(w, &offers, vendors, n))
        return each_alone(w, &offers, vendors, n, run);
    run->done += (int64_t)n;
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
