#include "feeds/tasks.h"

#include "base/text.h"
#include "db/db.h"
#include "feeds/feeds.h"
#include "feeds/store.h"
#include "http/json.h"

#define BETWEEN_S 120 /* two builds of a shop, however often it changes */
#define SHOPS     500 /* that are queued at once */
#define ROUNDS    3   /* of one job, while people ask for more */

static const char *
result_json(struct work *w, const struct feeds_result *result)
{
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    json_put_i64(&j, "files", result->files);
    json_put_i64(&j, "rows", result->rows);
    json_put_i64(&j, "rejected", result->rejected);
    json_put_i64(&j, "held", result->held);
    json_put_end(&j);
    return j.out.at;
}

/* Asked for while it ran, by somebody who changed something that it had read by then. */
static struct err *
was_asked_again(struct work *w, bool *asked)
{
    struct feed_shop shop;
    tx_open(w, TX_READ);
    TRY(feeds_load_shop(w, &shop));
    *asked = !shop.begun_us;
    return tx_commit(w);
}

static struct err *
build(struct work *w, const struct job *j)
{
    struct feeds_result result;
    bool again = true;
    for (int i = 0; again && i < ROUNDS; i++) {
        TRY(feeds_build(w, &result));
        TRY(was_asked_again(w, &again));
    }
    tx_open(w, TX_WRITE);
    TRY(job_finish(w, j, result_json(w, &result)));
    return tx_commit(w);
}

static struct err *
add(struct work *w, int priority)
{
    const struct job_draft draft = { .kind = "feeds_build",
                                     .key = text_i64(w->arena, w->vendor.n),
                                     .priority = priority };
    return queue_add_with(w, &draft, NULL);
}

struct err *
feeds_build_soon(struct work *w)
{
    TRY(db_exec(w, Q_feeds_ask, NO_ARGS, NULL));
    return add(w, 1);
}

/* Adds a build for each shop where something changed, or that nobody looked at for a day. */
static struct err *
find_due(struct work *w, const struct job *j)
{
    struct rows rows;
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(db_many(w, Q_feeds_due, ARGS(arg_i64(w, BETWEEN_S), arg_i64(w, SHOPS)), &rows));
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        w->vendor.n = scan_i64(&s);
        scan_end(&s);
        TRY(add(w, 0));
    }
    w->vendor.n = 0;
    TRY(job_finish(w, j, text_printf(w->arena, "{\"shops\": %d}", rows.count)));
    return tx_commit(w);
}

/* clang-format off */
const struct job_kind feeds_jobs[] = {
    /* name          when        tries  run */
    { "feeds_due",   EVERY(60),  3,     find_due },
    { "feeds_build", ON_DEMAND,  8,     build, .queue = "feeds", .limit_s = 900 },
};
/* clang-format on */
const size_t feeds_job_count = COUNT(feeds_jobs);
