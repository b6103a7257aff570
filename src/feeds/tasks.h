/* The jobs of this room, for main. */
#pragma once
#include "queue/queue.h"

extern const struct job_kind feeds_jobs[];
extern const size_t feeds_job_count;
