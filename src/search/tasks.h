/* Jobs of search. */
#pragma once
#include "queue/queue.h"

extern const struct job_kind search_jobs[];
extern const size_t search_job_count;
