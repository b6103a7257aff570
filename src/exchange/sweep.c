/* Rows forget their files first and the files go then, so that no row ever names a file that is
 * gone; what a crash leaves between the two, or beside an upload that was never finished, goes by
 * its age. */
#include "exchange/sweep.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/settings.h"
#include "base/text.h"
#include "db/db.h"
#include "exchange/import.h"
#include "exchange/tasks.h"

#define DAY_US   (INT64_C(86400) * SECOND_US)
#define OLD_DAYS (IMPORT_KEPT_DAYS + 1)

static void
drop(struct work *w, const char *name)
{
    if (*name)
        unlink(exchange_path(w, name));
}

/* *n: how many rows forgot their files; they go after the commit. */
static struct err *
forget(struct work *w, enum query q, int columns, int64_t days, int *n)
{
    struct rows rows;
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(db_many(w, q, ARGS(arg_time(w, w->now_us - days * DAY_US)), &rows));
    TRY(tx_commit(w));
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        for (int k = 0; k < columns; k++)
            drop(w, scan_text(&s));
    }
    *n = rows.count;
    return NULL;
}

static struct err *
forget_all(struct work *w, enum query q, int columns, int64_t days)
{
    int n = 0;
    do
        TRY(forget(w, q, columns, days, &n));
    while (n);
    return NULL;
}

static struct err *
drop_old(void *arg, const char *path, const char *name)
{
    struct work *w = arg;
    struct file_facts facts;
    (void)name;
    if (!file_facts(path, &facts))
        return NULL;
    if (facts.is_directory)
        return file_each(w->arena, path, drop_old, w);
    if (w->now_us - facts.written_us > OLD_DAYS * DAY_US)
        unlink(path);
    return NULL;
}

struct err *
exchange_sweep(struct work *w, const struct job *j)
{
    static const char *const passes[] = { EXCHANGE_CHECK, EXCHANGE_RUN };
    TRY(forget_all(w, Q_exchange_import_forget, 2, IMPORT_KEPT_DAYS));
    TRY(forget_all(w, Q_exchange_export_forget, 1, EXPORT_KEPT_DAYS));
    struct err *e = file_each(w->arena, w->settings->exchange, drop_old, w);
    if (e && e->kind != ERR_NOT_FOUND)
        return e;
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(db_exec(w, Q_exchange_import_lost, ARGS(arg_texts(w, passes, COUNT(passes))), NULL));
    TRY(job_finish(w, j, "{}"));
    return tx_commit(w);
}
