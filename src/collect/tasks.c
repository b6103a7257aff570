#include "collect/tasks.h"

#include "base/must.h"
#include "collect/inside.h"

/* clang-format off */
const struct job_kind collect_jobs[] = {
    /* name                          when              tries  run */
    { COLLECT_JOB,                   EVERY(20),        3,     collect_payments, .queue = "billing", .limit_s = 3600 },
    { EVENTS_JOB,                    EVERY(60),        3,     collect_events,   .queue = "billing", .limit_s = 3600 },
    { "sync_stripe_status",          DAILY_AT(4, 10),  5,     collect_sync,     .queue = "billing", .limit_s = 3600 },
    { "cleanup_stale_subscriptions", EVERY(3600),      3,     collect_clean,    .queue = "billing", .limit_s = 3600 },
};
/* clang-format on */
const size_t collect_job_count = COUNT(collect_jobs);
