/* Three days and one day before a trial ends its shop is told. The end itself is due.c's. */
#include "base/clock.h"
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

/* Told once for each of them: a run that is late tells the nearest only. */
static int
days_left(const struct book *b)
{
    static const int days[] = { 1, 3 };
    int64_t left = b->acc.sub.trial_end - b->now;
    if (b->acc.sub.state != SUB_TRIAL || b->acc.sub.cancel_at_period_end || left <= 0)
        return 0;
    for (size_t i = 0; i < COUNT(days); i++)
        if (left <= days[i] * DAY_S)
            return days[i];
    return 0;
}

static struct err *
tell_one(struct work *w, struct run *run)
{
    struct book book;
    tx_open(w, TX_OPERATOR_WRITE);
    struct err *e = book_open(w, BOOK_LOOK, 0, &book);
    int days = e ? 0 : days_left(&book);
    if (days)
        e = tell_trial(w, &book, days);
    run->told += days && !e;
    return tx_end(w, e);
}

static struct err *
turn(void *arg, struct work *w, bool *more)
{
    struct run *run = arg;
    struct rows rows;
    tx_open(w, TX_OPERATOR_READ);
    TRY(tx_end(w, db_many(w, Q_subscriptions_trials,
                          ARGS(arg_time(w, w->now_us), arg_i64(w, run->after), arg_i64(w, BATCH)),
                          &rows)));
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        w->vendor.n = run->after = scan_i64(&s);
        TRY(tell_one(w, run));
    }
    *more = rows.count == BATCH;
    return NULL;
}

struct err *
subscriptions_check_trials(struct work *w, const struct job *j)
{
    struct run run = { 0 };
    TRY(work_rounds(w, ROUND_ARENA, turn, &run));
    tx_open(w, TX_OPERATOR_WRITE);
    return tx_end(w,
                  job_finish(w, j, text_printf(w->arena, "{\"told\":%lld}", (long long)run.told)));
}
