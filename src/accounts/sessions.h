/* Where somebody is logged in. Inside of src/accounts. */
#pragma once
#include "accounts/session.h"

struct session_row {
    struct session_id id;
    const char *device, *place;
    int64_t created_us, seen_us;
    bool current; /* the one that asks */
};
/* The person's own, the newest used first. Inside a transaction. */
struct err *sessions_load(struct work *w, struct session_id current, struct session_row **out,
                          int *n) MUST_CHECK;
/* Both open a transaction of their own. NOT_FOUND accounts.no_session. */
struct err *sessions_end_one(struct req *r, struct session_id id) MUST_CHECK;
struct err *sessions_end_others(struct req *r) MUST_CHECK;
