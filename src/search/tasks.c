/* Counting shops' words: how many products have each decides how much it says, and which of two
 * words that look alike was meant. A count that is a quarter of an hour old does as well. */
#include "search/tasks.h"

#include "base/text.h"
#include "db/db.h"

#define MINUTE_US (INT64_C(60) * 1000000)
#define EVERY_MIN 10
#define ALL_OF_IT 0

/* One transaction a shop: the words of others are counted when one cannot be. */
static struct err *
count_shop(struct work *w, int64_t shop)
{
    struct scan s;
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(db_one(w, Q_search_count, ARGS(arg_i64(w, shop)), &s));
    scan_skip(&s);
    scan_end(&s);
    return tx_commit(w);
}

static struct err *
count_since(struct work *w, const struct job *job, int64_t since_us)
{
    struct rows rows;
    tx_open(w, TX_OPERATOR_READ);
    TRY(db_many(w, Q_search_shops, ARGS(arg_time(w, since_us)), &rows));
    TRY(tx_commit(w));
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        TRY(count_shop(w, scan_i64(&s)));
    }
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(job_finish(w, job, text_printf(w->arena, "{\"shops\": %d}", rows.count)));
    return tx_commit(w);
}

static struct err *
count_changed(struct work *w, const struct job *job)
{
    return count_since(w, job, w->now_us - (EVERY_MIN + 5) * MINUTE_US);
}

static struct err *
count_all(struct work *w, const struct job *job)
{
    return count_since(w, job, ALL_OF_IT);
}

/* clang-format off */
const struct job_kind search_jobs[] = {
    /* name                when                   tries  run */
    { "search_count",      EVERY(EVERY_MIN * 60), 5,     count_changed },
    { "search_count_all",  DAILY_AT(2, 40),       5,     count_all },
};
/* clang-format on */
const size_t search_job_count = COUNT(search_jobs);
