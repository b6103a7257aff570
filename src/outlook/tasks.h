/* For main: the jobs of this room. */
#pragma once
#include "queue/queue.h"

extern const struct job_kind outlook_jobs[];
extern const size_t outlook_job_count;
