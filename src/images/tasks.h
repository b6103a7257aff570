/* Jobs of the images room. */
#pragma once
#include "queue/queue.h"

#define IMAGES_FETCH "images_fetch"

/* fetch_job.c */
struct err *images_fetch(struct work *w, const struct job *jobs, size_t n) MUST_CHECK;

extern const struct job_kind images_jobs[];
extern const size_t images_job_count;
