/* Proving who one is, by page and by API alike. */
#pragma once
#include "accounts/store.h"

/* No transaction may be open. *right false: unknown or wrong, which look alike in answer and time.
 * LIMIT limit.login-account; BUSY accounts.busy. */
struct err *login_check(struct work *w, const char *email, const char *password, bool *right,
                        struct account *out) MUST_CHECK;
