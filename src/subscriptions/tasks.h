/* Jobs of the subscriptions room. */
#pragma once
#include "queue/queue.h"

extern const struct job_kind subscriptions_jobs[];
extern const size_t subscriptions_job_count;
