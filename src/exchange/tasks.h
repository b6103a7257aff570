/* Jobs of the room: rows of the job table. */
#pragma once
#include "queue/queue.h"

#define EXCHANGE_CHECK  "exchange_check"
#define EXCHANGE_RUN    "exchange_run"
#define EXCHANGE_EXPORT "exchange_export"

extern const struct job_kind exchange_jobs[];
extern const size_t exchange_job_count;
