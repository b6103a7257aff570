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

/* pages_login.c */
struct err *accounts_show_root(struct req *r);
struct err *accounts_show_login(struct req *r);
struct err *accounts_post_login(struct req *r);
struct err *accounts_show_code(struct req *r);
struct err *accounts_post_code(struct req *r);
struct err *accounts_show_unlock(struct req *r);
struct err *accounts_post_unlock(struct req *r);
struct err *accounts_post_logout(struct req *r);
struct err *accounts_post_look(struct req *r);
/* pages_security.c */
struct err *accounts_show_security(struct req *r);
struct err *accounts_post_end_session(struct req *r);
struct err *accounts_post_end_others(struct req *r);
struct err *accounts_show_confirm(struct req *r);
struct err *accounts_post_confirm(struct req *r);
struct err *accounts_show_totp(struct req *r);
struct err *accounts_post_totp(struct req *r);
struct err *accounts_post_totp_on(struct req *r);
struct err *accounts_show_totp_off(struct req *r);
struct err *accounts_post_totp_off(struct req *r);
struct err *accounts_post_codes(struct req *r);
/* pages_guard.c */
struct err *accounts_show_guard(struct req *r);
struct err *accounts_post_unlock_account(struct req *r);
/* api_login.c */
struct err *accounts_post_token(struct req *r);
struct err *accounts_post_refresh(struct req *r);
struct err *accounts_post_token_logout(struct req *r);
/* sessions.c */
struct err *accounts_get_sessions(struct req *r);
struct err *accounts_delete_sessions(struct req *r);
struct err *accounts_delete_session(struct req *r);

/* pages_shop.c */
struct err *accounts_show_shops(struct req *r);
struct err *accounts_post_shop(struct req *r);

/* pages_apikey.c, api_apikey.c */
struct err *accounts_show_keys(struct req *r);
struct err *accounts_show_new_key(struct req *r);
struct err *accounts_post_key(struct req *r);
struct err *accounts_show_revoke_key(struct req *r);
struct err *accounts_post_revoke_key(struct req *r);
struct err *accounts_get_keys(struct req *r);
struct err *accounts_post_key_json(struct req *r);
struct err *accounts_delete_key(struct req *r);
