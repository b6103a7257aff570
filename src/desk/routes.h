/* The operator's desk: pages over rooms that know neither people nor the log of acts. */
#pragma once
#include "http/request.h"
#include "http/route.h"

extern const struct route desk_routes[];
extern const size_t desk_route_count;

struct err *desk_show_jobs(struct req *r);
struct err *desk_show_job(struct req *r);
struct err *desk_post_job_retry(struct req *r);
struct err *desk_show_job_discard(struct req *r);
struct err *desk_post_job_discard(struct req *r);
struct err *desk_post_queue_pause(struct req *r);
struct err *desk_post_queue_resume(struct req *r);
struct err *desk_show_schedules(struct req *r);
struct err *desk_post_schedule_run(struct req *r);
struct err *desk_post_schedule_pause(struct req *r);
struct err *desk_post_schedule_resume(struct req *r);

struct err *desk_get_jobs(struct req *r);
struct err *desk_get_job(struct req *r);
struct err *desk_retry_job(struct req *r);
struct err *desk_discard_job(struct req *r);
