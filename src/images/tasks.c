#include "images/tasks.h"

#include "images/stats.h"
#include "images/sweep.h"

/* clang-format off */
const struct job_kind images_jobs[] = {
    /* name                      when          tries  run */
    { "images_finish_original",  ON_DEMAND,    12,    images_finish_original, .queue = "images" },
    { IMAGES_FETCH,              EVERY(30),    0,     .queue = "fetch", .limit_s = 240, .batch = 100, .run_many = images_fetch },
    { "images_take_stats",       EVERY(60),    1,     images_take_stats },
    { "images_scan_orphans",     EVERY(86400), 3,     images_scan_orphans,    .queue = "slow", .limit_s = 7200 },
    { "images_sweep",            EVERY(3600),  3,     images_sweep,           .queue = "slow", .limit_s = 3600 },
};
/* clang-format on */
const size_t images_job_count = COUNT(images_jobs);
