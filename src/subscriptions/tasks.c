#include "subscriptions/tasks.h"

#include "base/must.h"
#include "subscriptions/inside.h"

/* clang-format off */
const struct job_kind subscriptions_jobs[] = {
    /* name                       when       tries  run */
    { "bill_due_subscriptions",   EVERY(60), 3,     subscriptions_bill_due, .queue = "billing", .limit_s = 3600 },
    { "check_trial_expirations",  DAILY_AT(6, 10), 3, subscriptions_check_trials, .queue = "billing", .limit_s = 3600 },
    { "alarm_near_limits",        EVERY(600), 3,    subscriptions_alarm, .queue = "billing" },
    { "prove_ledger",             DAILY_AT(3, 40), 2, subscriptions_prove_ledger, .queue = "billing", .limit_s = 3600 },
};
/* clang-format on */
const size_t subscriptions_job_count = COUNT(subscriptions_jobs);
