/* Jobs of the queue itself. */
#pragma once
#include "queue/queue.h"

extern const struct job_kind queue_jobs[];
extern const size_t queue_job_count;
