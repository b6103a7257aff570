/* Jobs of the entitle room. */
#pragma once
#include "queue/queue.h"

extern const struct job_kind entitle_jobs[];
extern const size_t entitle_job_count;
