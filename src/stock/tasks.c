/* The nightly proof that the ledger sums to the stock, and the reservations to what is reserved. A
 * difference is an alarm, not a failure to try again: it is logged as an error, stands in the
 * platform's audit log, and `souk doctor` says so from the report until a proof finds none. */
#include "stock/tasks.h"

#include "audit/audit.h"
#include "base/log.h"
#include "base/text.h"
#include "db/db.h"
#include "http/json.h"
#include "stock/stock.h"

#define SHOWN_MOST 10

static void
put_difference(struct json *j, const struct stock_difference *d)
{
    json_put_object(j, NULL);
    json_put_id(j, "vendor", d->vendor.n);
    json_put_id(j, "variant", d->variant.n);
    json_put_id(j, "warehouse", d->warehouse.n);
    json_put_text(j, "bin", d->bin);
    json_put_i64(j, "on_hand", d->on_hand);
    json_put_i64(j, "on_hand_by_ledger", d->ledger_on_hand);
    json_put_i64(j, "reserved", d->reserved);
    json_put_i64(j, "reserved_by_ledger", d->ledger_reserved);
    json_put_i64(j, "reserved_by_orders", d->held);
    json_put_end(j);
}

static const char *
report_of(struct work *w, const struct stock_difference *all, size_t n)
{
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    json_put_i64(&j, "differences", (int64_t)n);
    json_put_array(&j, "first");
    for (size_t i = 0; i < n && i < SHOWN_MOST; i++)
        put_difference(&j, &all[i]);
    json_put_end(&j);
    json_put_end(&j);
    return j.out.at;
}

static struct err *
raise_alarm(struct work *w, const char *report, size_t n)
{
    const struct audit_act act = { .what = "stock.differs", .object = "stock", .after = report };
    log_error("stock.differs", "places", text_i64(w->arena, (int64_t)n), "report", report, NULL);
    return audit_note(w, &act);
}

static struct err *
prove(struct work *w, const struct job *job)
{
    struct stock_difference *all;
    size_t n;
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(stock_prove(w, &all, &n));
    const char *report = report_of(w, all, n);
    TRY(report_save(w, "stock", report));
    if (n)
        TRY(raise_alarm(w, report, n));
    TRY(job_finish(w, job, report));
    return tx_commit(w);
}

/* clang-format off */
const struct job_kind stock_jobs[] = {
    /* name          when             tries  run */
    { "stock_prove", DAILY_AT(3, 40), 5,     prove },
};
/* clang-format on */
const size_t stock_job_count = COUNT(stock_jobs);
