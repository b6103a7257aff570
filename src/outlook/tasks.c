#include "outlook/tasks.h"

#include "base/must.h"
#include "outlook/inside.h"

/* clang-format off */
const struct job_kind outlook_jobs[] = {
    /* name                       when             tries  run */
    { "capture_capacity_snapshot", DAILY_AT(0, 5), 120,   outlook_capture, .limit_s = 600 },
};
/* clang-format on */
const size_t outlook_job_count = COUNT(outlook_jobs);
