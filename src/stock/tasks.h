/* Rows of the job table. */
#pragma once
#include "queue/queue.h"

extern const struct job_kind stock_jobs[];
extern const size_t stock_job_count;
