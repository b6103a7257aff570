/* The daily check of all chains. A chain that is broken is an alarm, not a failure to try again: it
 * is logged as an error, and the report shows it on the log's page until somebody has looked. */
#include "audit/tasks.h"

#include "audit/audit.h"
#include "base/log.h"
#include "base/text.h"
#include "db/db.h"
#include "http/json.h"

static const char *
report_of(struct work *w, const struct audit_break *breaks, size_t n)
{
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    json_put_i64(&j, "broken", (int64_t)n);
    json_put_array(&j, "first");
    for (size_t i = 0; i < n && i < 10; i++) {
        json_put_object(&j, NULL);
        json_put_id(&j, "vendor", breaks[i].chain);
        json_put_id(&j, "seq", breaks[i].seq);
        json_put_text(&j, "what", breaks[i].what);
        json_put_end(&j);
    }
    json_put_end(&j);
    json_put_end(&j);
    return j.out.at;
}

static struct err *
verify(struct work *w, const struct job *job)
{
    struct audit_break *breaks;
    size_t n;
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(audit_verify(w, &breaks, &n));
    if (n)
        log_error("audit.broken", "rows", text_printf(w->arena, "%zu", n), "chain",
                  text_printf(w->arena, "%lld", (long long)breaks[0].chain), "seq",
                  text_printf(w->arena, "%lld", (long long)breaks[0].seq), NULL);
    const char *report = report_of(w, breaks, n);
    TRY(report_save(w, "audit", report));
    TRY(job_finish(w, job, report));
    return tx_commit(w);
}

/* clang-format off */
const struct job_kind audit_jobs[] = {
    /* name            when             tries  run */
    { "audit_verify",  DAILY_AT(3, 20), 5,     verify },
};
/* clang-format on */
const size_t audit_job_count = COUNT(audit_jobs);
