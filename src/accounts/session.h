/* A browser's log-in: 32 random bytes in a cookie, their SHA-256 in PostgreSQL, a copy of what they
 * stand for in Redis for a minute. Inside of src/accounts. */
#pragma once
#include "accounts/store.h"
#include "http/request.h"

/* Copies in Redis that have to go once the transaction that ended their log-ins is committed. */
struct ended {
    const char *const *keys;
    size_t n;
};
/* After the commit: each copy is gone everywhere, and none that was read before comes back. */
void session_forget(struct work *w, const struct ended *ended);
/* The same for the copy of the request's own session: what it says has changed. */
void session_forget_own(struct req *r);

/* Of the hashes that statements gave, the first column of each row; `more` may be NULL. */
struct ended *session_ended(struct work *w, const struct rows *rows, const struct rows *more);
/* And whoever comes with this person's access tokens for that shop. */
void session_ended_bearer(struct work *w, struct user_id user, struct vendor_id shop,
                          struct ended *ended);

/* All in the caller's transaction, which writes. */

/* A new session and its cookie. The operator's ends after 12 hours, others after 30 days; `stays`
 * beyond the browser's end. */
struct err *session_begin(struct req *r, const struct account *account, struct vendor_id shop,
                          bool stays) MUST_CHECK;
/* The one the request came with, row and cookie. */
struct err *session_end(struct req *r, struct ended *out) MUST_CHECK;
/* One of the person's own (w->user), by id. NOT_FOUND accounts.no_session. */
struct err *session_end_by_id(struct work *w, struct session_id id, struct ended *out) MUST_CHECK;
/* All of the person's but `keep` (0: all), and every token of programs: their version is raised. */
struct err *session_end_all(struct work *w, struct user_id user, struct session_id keep,
                            struct ended *out) MUST_CHECK;
/* The request's own session goes on under another token: what it may has changed. `proved`: the
 * password was typed just now. */
struct err *session_renew(struct req *r, bool proved, struct ended *out) MUST_CHECK;

/* Was the password typed in the last ten minutes? Inside a transaction. A program's token is proof
 * by itself: it lives no longer. */
struct err *session_is_fresh(struct req *r, bool *fresh) MUST_CHECK;
/* The same for handlers of money, mail and second factor: where it is not, the answer is a page
 * that asks for the password and then leads to `next`, and the handler ends. */
struct err *session_need_fresh(struct req *r, const char *next, bool *fresh) MUST_CHECK;
