#include "entitle/tasks.h"

#include "base/log.h"
#include "base/must.h"
#include "base/text.h"
#include "db/db.h"
#include "http/json.h"

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

/* Limits go by counters: each night they are held against what there is. */
static struct err *
prove_counters(struct work *w, const struct job *job)
{
    struct json j = json_begin(w->arena);
    struct rows rows;
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(db_many(w, Q_entitle_miscounted, NO_ARGS, &rows));
    json_put_object(&j, NULL);
    json_put_array(&j, "miscounted");
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        int64_t vendor = scan_i64(&s);
        scan_end(&s);
        json_put_id(&j, NULL, vendor);
        log_error("entitle.miscounted", "vendor", text_i64(w->arena, vendor), NULL);
    }
    json_put_end(&j);
    json_put_end(&j);
    TRY(job_finish(w, job, j.out.at));
    return tx_commit(w);
}

/* clang-format off */
const struct job_kind entitle_jobs[] = {
    /* name                     when         tries  run */
    { "reset_period_counters",  EVERY(3600), 3,     reset_period_counters, .queue = "billing" },
    { "prove_counters",         DAILY_AT(3, 30), 5, prove_counters, .limit_s = 3600 },
};
/* clang-format on */
const size_t entitle_job_count = COUNT(entitle_jobs);
