/* A browser's log-in: 32 random bytes in a cookie, their SHA-256 in PostgreSQL, a copy of what they
 * stand for in Redis for a minute. */
#pragma once
#include "accounts/accounts.h"

/* In a transaction that writes: a new session and its cookie. The operator's ends after 12 hours,
 * others after 30 days. */
struct err *session_begin(struct req *r, struct user_id user, struct vendor_id vendor,
                          bool admin) MUST_CHECK;
/* In a transaction that writes: the one the request came with, row, copy and cookie. */
struct err *session_end(struct req *r) MUST_CHECK;
/* One of the person's own, by id. NOT_FOUND accounts.no_session. */
struct err *session_end_by_id(struct req *r, struct session_id id) MUST_CHECK;
/* The copy of the request's own session is out of date: drop it. */
void session_forget_copy(struct req *r);
/* The same of any session, by its token's hash, and of who comes with bearer tokens. */
void session_drop_copy(struct work *w, struct bytes hash);
void session_drop_bearer(struct work *w, struct user_id user, struct vendor_id shop);
