/* Jobs of the images room. */
#pragma once
#include "queue/queue.h"

extern const struct job_kind images_jobs[];
extern const size_t images_job_count;
