/* How a function says that it could not: it returns a struct err, NULL when it worked.
 * Results go to `out` parameters, which come last, are written only on success and never on
 * failure. dispatch.c and the job runner turn a failure into an answer and a log line, once. */
#pragma once
#include <stdint.h>

#include "base/arena.h"
#include "base/must.h"

enum err_kind {                    /* the HTTP status that http/dispatch.c gives it */
                ERR_MALFORMED = 1, /* 400 the request cannot be read; `say` names the place */
                ERR_NO_LOGIN,      /* 401 */
                ERR_PAYMENT,       /* 402 the payment failed, or must be confirmed first */
                ERR_DENIED,        /* 403 */
                ERR_NOT_FOUND,     /* 404 also for what belongs to another tenant */
                ERR_METHOD,        /* 405 with Allow */
                ERR_CONFLICT,      /* 409 */
                ERR_STALE,         /* 412 If-Match no longer holds */
                ERR_TOO_LARGE,     /* 413 */
                ERR_UNSUPPORTED,   /* 415 */
                ERR_INVALID,       /* 422 readable, but a value will not do */
                ERR_NO_CONDITION,  /* 428 If-Match is needed */
                ERR_LIMIT,         /* 429 with retry_after_s */
                ERR_BROKEN,        /* 500 ours: passed on unchanged, details only in the log */
                ERR_BUSY,          /* 503 with retry_after_s */
                ERR_FULL,          /* 507 no room on disk */
                ERR_OUTSIDE,       /* none: what was written is committed, what waits for it outside
                                    * of any transaction is asked (w->outside), and the handler is
                                    * run again (http/dispatch.c) */
                ERR_KINDS
};

/* Lives in the arena it was made in. */
struct err {
    enum err_kind kind;
    const char *code;    /* for programs, stable: "product.sku_taken" */
    const char *say;     /* for the person, English; the language file may know `err.<code>` */
    const char *field;   /* the form field or JSON member it belongs to, or NULL */
    const char *log;     /* for the operator: statement, file, provider's answer; never shown */
    const char *at;      /* file:line where it began */
    int retry_after_s;   /* ERR_LIMIT, ERR_BUSY */
    int64_t used, limit; /* of a ceiling that was met, for its words; limit 0: not about one */
    const char *about;   /* what its words name besides: a SKU; NULL: nothing. Then `used` and
                          * `limit` are for them, 0 too */
    const char *allowed; /* what would do instead, words apart by blanks, or NULL */
    const char *url;     /* ERR_PAYMENT: where the person goes on, at the provider's; or NULL */
    const char *current; /* ERR_STALE: the object as it is now, as JSON; or NULL */
    struct err *next;    /* further field errors of the same answer, or NULL */
};

#define ERR_TEXT_(x) #x
#define ERR_TEXT(x)  ERR_TEXT_(x)
#define ERR_AT       __FILE__ ":" ERR_TEXT(__LINE__)

#define FAIL(a, kind, code, say) err_new((a), (kind), (code), NULL, (say), NULL, ERR_AT)
#define FAIL_FIELD(a, kind, code, field, say)                                                      \
    err_new((a), (kind), (code), (field), (say), NULL, ERR_AT)
#define BROKEN(a, code, log) err_new((a), ERR_BROKEN, (code), NULL, NULL, (log), ERR_AT)

/* Strings are kept as given, not copied: literals, or text of the same arena. */
struct err *err_new(struct arena *a, enum err_kind kind, const char *code, const char *field,
                    const char *say, const char *log, const char *at);

/* The same failure, in another arena: out of a round's arena that ends before the caller's. Its
 * texts are copied, `at` and `field` are literals. */
struct err *err_copy(struct arena *a, const struct err *e);

/* Passes a failure on. */
#define TRY(call)                                                                                  \
    do {                                                                                           \
        struct err *try_err_ = (call);                                                             \
        if (try_err_)                                                                              \
            return try_err_;                                                                       \
    } while (0)

int err_status(const struct err *e); /* HTTP status of its kind */
