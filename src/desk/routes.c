#include "desk/routes.h"

#include "db/db.h"

/* clang-format off */
const struct route desk_routes[] = {
    /*      path                                       body     who        rate           may          csrf        tx                 handler */
    { GET,  "/admin/jobs",                             NO_BODY, WHO_ADMIN, "panel.read",  MAY_OPERATE, CSRF_NONE,  TX_OPERATOR_READ,  desk_show_jobs },
    { GET,  "/admin/jobs/schedules",                   NO_BODY, WHO_ADMIN, "panel.read",  MAY_OPERATE, CSRF_NONE,  TX_OPERATOR_READ,  desk_show_schedules },
    { POST, "/admin/jobs/schedules/{schedule}/run",    FORM_8K, WHO_ADMIN, "panel.write", MAY_OPERATE, CSRF_TOKEN, TX_OPERATOR_WRITE, desk_post_schedule_run },
    { POST, "/admin/jobs/schedules/{schedule}/pause",  FORM_8K, WHO_ADMIN, "panel.write", MAY_OPERATE, CSRF_TOKEN, TX_OPERATOR_WRITE, desk_post_schedule_pause },
    { POST, "/admin/jobs/schedules/{schedule}/resume", FORM_8K, WHO_ADMIN, "panel.write", MAY_OPERATE, CSRF_TOKEN, TX_OPERATOR_WRITE, desk_post_schedule_resume },
    { POST, "/admin/jobs/queues/{queue}/pause",        FORM_8K, WHO_ADMIN, "panel.write", MAY_OPERATE, CSRF_TOKEN, TX_OPERATOR_WRITE, desk_post_queue_pause },
    { POST, "/admin/jobs/queues/{queue}/resume",       FORM_8K, WHO_ADMIN, "panel.write", MAY_OPERATE, CSRF_TOKEN, TX_OPERATOR_WRITE, desk_post_queue_resume },
    { GET,  "/admin/jobs/{job}",                       NO_BODY, WHO_ADMIN, "panel.read",  MAY_OPERATE, CSRF_NONE,  TX_OPERATOR_READ,  desk_show_job },
    { POST, "/admin/jobs/{job}/retry",                 FORM_8K, WHO_ADMIN, "panel.write", MAY_OPERATE, CSRF_TOKEN, TX_OPERATOR_WRITE, desk_post_job_retry },
    { GET,  "/admin/jobs/{job}/discard",               NO_BODY, WHO_ADMIN, "panel.read",  MAY_OPERATE, CSRF_NONE,  TX_OPERATOR_READ,  desk_show_job_discard },
    { POST, "/admin/jobs/{job}/discard",               FORM_8K, WHO_ADMIN, "panel.write", MAY_OPERATE, CSRF_TOKEN, TX_OPERATOR_WRITE, desk_post_job_discard },
    { GET,  "/api/v1/admin/jobs",                      NO_BODY, WHO_ADMIN, "api",         MAY_OPERATE, CSRF_NONE,  TX_OPERATOR_READ,  desk_get_jobs },
    { GET,  "/api/v1/admin/jobs/{job}",                NO_BODY, WHO_ADMIN, "api",         MAY_OPERATE, CSRF_NONE,  TX_OPERATOR_READ,  desk_get_job },
    { POST, "/api/v1/admin/jobs/{job}/retry",          JSON_8K, WHO_ADMIN, "api",         MAY_OPERATE, CSRF_TOKEN, TX_OPERATOR_WRITE, desk_retry_job },
    { POST, "/api/v1/admin/jobs/{job}/discard",        JSON_8K, WHO_ADMIN, "api",         MAY_OPERATE, CSRF_TOKEN, TX_OPERATOR_WRITE, desk_discard_job },
};
/* clang-format on */
const size_t desk_route_count = COUNT(desk_routes);
