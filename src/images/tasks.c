#include "images/tasks.h"

#include "images/stats.h"
#include "images/sweep.h"

/* clang-format off */
const struct job_kind images_jobs[] = {
    /* name                      every  tries  run */
    { "images_finish_original",  0,     12,    images_finish_original },
    { "images_take_stats",       60,    1,     images_take_stats },
    { "images_scan_orphans",     86400, 3,     images_scan_orphans },
    { "images_sweep",            3600,  3,     images_sweep },
};
/* clang-format on */
const size_t images_job_count = COUNT(images_jobs);
