/* Proving who one is, by page and by API alike. Inside of src/accounts. */
#pragma once
#include "accounts/store.h"
#include "http/request.h"

/* What somebody brings. Texts as they came; the address in small letters. */
struct login_try {
    const char *email, *password;
    const char *code;   /* of the second factor; "": none */
    const char *device; /* the device cookie's token; NULL: none */
    const char *agent;  /* User-Agent; NULL: none */
    bool inside;        /* has shown who it is before: no log-in of the day is taken for it */
};

enum login_answer {
    LOGIN_WRONG,       /* unknown or wrong, which look alike in answer and time */
    LOGIN_CODE_NEEDED, /* the password is right, and a second factor is on */
    LOGIN_CODE_WRONG,
    LOGIN_RIGHT,
};

/* Reads device cookie and User-Agent of the request. */
struct login_try login_try_of(const struct req *r, const char *email, const char *password);

/* No transaction may be open. LIMIT limit.login-account, login.wait; BUSY accounts.busy. */
struct err *login_check(struct work *w, const struct login_try *t, enum login_answer *answer,
                        struct account *out) MUST_CHECK;
/* The second step, for whose password was right: CODE_WRONG or RIGHT. */
struct err *login_check_code(struct work *w, const struct login_try *t, enum login_answer *answer,
                             struct account *out) MUST_CHECK;

/* After a right log-in by page, in a transaction that writes: the session, the device's cookie, and
 * a mail when nobody came from there or with that before. `stays`: beyond the browser's end. */
struct err *login_begin(struct req *r, const struct account *account, bool stays) MUST_CHECK;
/* The same mail for log-ins by API, which have no cookies. */
struct err *login_tell_device(struct req *r, const struct account *account, bool known) MUST_CHECK;

/* Only a page of ours, so that the log-in cannot send people elsewhere: a plain path with its own
 * query; NULL for all else. */
const char *login_safe_next(const char *next);
/* Where a log-in leads when nothing else was asked for. */
const char *login_home(const struct req *r, const struct account *account);
