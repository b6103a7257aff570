/* For main: the jobs of this room. */
#pragma once
#include "queue/queue.h"

extern const struct job_kind collect_jobs[];
extern const size_t collect_job_count;
