#include "base/err.h"

#include "base/text.h"

static const int statuses[ERR_KINDS] = {
    [ERR_MALFORMED] = 400, [ERR_NO_LOGIN] = 401,    [ERR_PAYMENT] = 402,  [ERR_DENIED] = 403,
    [ERR_NOT_FOUND] = 404, [ERR_METHOD] = 405,      [ERR_CONFLICT] = 409, [ERR_STALE] = 412,
    [ERR_TOO_LARGE] = 413, [ERR_UNSUPPORTED] = 415, [ERR_INVALID] = 422,  [ERR_NO_CONDITION] = 428,
    [ERR_LIMIT] = 429,     [ERR_BROKEN] = 500,      [ERR_BUSY] = 503,     [ERR_FULL] = 507,
};

struct err *
err_new(struct arena *a, enum err_kind kind, const char *code, const char *field, const char *say,
        const char *log, const char *at)
{
    struct err *e = NEW(a, struct err);
    e->kind = kind;
    e->code = code;
    e->field = field;
    e->say = say ? say : "Something went wrong on our side.";
    e->log = log;
    e->at = at;
    return e;
}

struct err *
err_copy(struct arena *a, const struct err *e)
{
    struct err *copy = NEW(a, struct err);
    *copy = *e;
    copy->code = text_copy(a, e->code);
    copy->say = text_copy(a, e->say);
    copy->log = e->log ? text_copy(a, e->log) : NULL;
    copy->about = e->about ? text_copy(a, e->about) : NULL;
    copy->allowed = e->allowed ? text_copy(a, e->allowed) : NULL;
    copy->url = e->url ? text_copy(a, e->url) : NULL;
    copy->next = e->next ? err_copy(a, e->next) : NULL;
    return copy;
}

int
err_status(const struct err *e)
{
    return statuses[e->kind];
}
