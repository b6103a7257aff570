/* Rows of the route table, and the handlers they name. */
#pragma once
#include "http/route.h"
#include "queue/queue.h"

extern const struct route accounts_routes[];
extern const size_t accounts_route_count;
extern const struct job_kind accounts_jobs[];
extern const size_t accounts_job_count;

/* change.c */
struct err *accounts_show_password(struct req *r);
struct err *accounts_post_password(struct req *r);
struct err *accounts_show_email(struct req *r);
struct err *accounts_post_email(struct req *r);
struct err *accounts_show_confirm_email(struct req *r);
struct err *accounts_post_confirm_email(struct req *r);
struct err *accounts_show_undo_email(struct req *r);
struct err *accounts_post_undo_email(struct req *r);

/* reset.c */
#define ACCOUNTS_FORGOT "accounts_forgot"
struct err *accounts_show_forgot(struct req *r);
struct err *accounts_post_forgot(struct req *r);
struct err *accounts_show_reset(struct req *r);
struct err *accounts_post_reset(struct req *r);
struct err *accounts_run_forgot(struct work *w, const struct job *j);

/* login.c */
struct err *accounts_show_root(struct req *r);
struct err *accounts_show_login(struct req *r);
struct err *accounts_post_login(struct req *r);
struct err *accounts_post_logout(struct req *r);
struct err *accounts_post_look(struct req *r);
struct err *accounts_post_token(struct req *r);
struct err *accounts_post_refresh(struct req *r);
struct err *accounts_post_token_logout(struct req *r);
struct err *accounts_get_sessions(struct req *r);
struct err *accounts_delete_session(struct req *r);
