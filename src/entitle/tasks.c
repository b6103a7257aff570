#include "entitle/tasks.h"

#include "base/must.h"
#include "base/text.h"
#include "db/db.h"

/* Closes the months of use that are over, and opens those that run. Once late does what often
 * would: a window is a row by its start. */
static struct err *
reset_period_counters(struct work *w, const struct job *j)
{
    struct scan s;
    tx_open(w, TX_OPERATOR_WRITE);
    struct err *e = db_one(w, Q_entitle_close_windows, NO_ARGS, &s);
    if (e)
        return tx_end(w, e);
    int64_t closed = scan_i64(&s), opened = scan_i64(&s);
    scan_end(&s);
    return tx_end(w, job_finish(w, j,
                                text_printf(w->arena, "{\"closed\":%lld,\"opened\":%lld}",
                                            (long long)closed, (long long)opened)));
}

/* clang-format off */
const struct job_kind entitle_jobs[] = {
    /* name                     when         tries  run */
    { "reset_period_counters",  EVERY(3600), 3,     reset_period_counters, .queue = "billing" },
};
/* clang-format on */
const size_t entitle_job_count = COUNT(entitle_jobs);
