/* Jobs of orders. */
#pragma once
#include "queue/queue.h"

extern const struct job_kind orders_jobs[];
extern const size_t orders_job_count;
