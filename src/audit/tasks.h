/* Jobs of the audit room. */
#pragma once
#include "queue/queue.h"

extern const struct job_kind audit_jobs[];
extern const size_t audit_job_count;
