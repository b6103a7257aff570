/* Jobs of the hooks room. */
#pragma once
#include "queue/queue.h"

#define HOOKS_SEND  "hooks_send"
#define HOOKS_QUEUE "hooks" /* of its own: other people's servers are slow */

extern const struct job_kind hooks_jobs[];
extern const size_t hooks_job_count;
