/* Jobs of the health room. */
#pragma once
#include "queue/queue.h"

extern const struct job_kind health_jobs[];
extern const size_t health_job_count;
