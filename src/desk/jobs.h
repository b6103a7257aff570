/* Inside of src/desk: what the pages and the API of jobs have in common. */
#pragma once
#include "http/request.h"
#include "queue/manage.h"

/* Query: state (a tab's name; the first tab without), queue, kind, cursor, limit. INVALID
 * queue.filter with the parameter. */
struct err *desk_read_filter(struct req *r, struct job_filter *out) MUST_CHECK;
/* The job that the address names. */
struct err *desk_load_job(struct req *r, struct job_row *out) MUST_CHECK;

/* The acts, each noted in the log of acts. */
struct err *desk_retry(struct req *r) MUST_CHECK;
struct err *desk_discard(struct req *r) MUST_CHECK;
/* A schedule's or queue's act: `what` is "schedule.paused" and the like; its object is the first
 * path parameter. */
struct err *desk_note(struct req *r, const char *kind, const char *what) MUST_CHECK;
