/* What is process-long behind every request, wired by main. */
#pragma once
#include "base/settings.h"
#include "http/request.h"
#include "http/route.h"

struct views;
struct cache;

/* Who is logged in and how often may one ask: given by the rooms, as functions, so that http knows
 * no room. `ask` queues Redis commands, `answer` reads their replies: both guards share one round
 * trip. An answer may fall back to PostgreSQL by a transaction of its own. */
struct guards {
    void (*who_ask)(struct req *r);
    struct err *(*who_answer)(
        struct req *r);              /* fills r->visitor; a bad credential is just nobody */
    void (*who_keep)(struct req *r); /* when all replies are read: may write its copy */
    void (*rate_ask)(struct req *r); /* by r->route->rate */
    struct err *(*rate_answer)(
        struct req *r); /* LIMIT with retry_after_s; adds RateLimit headers */
    /* In a transaction that writes, after a write of the operator's in a shop's place. */
    struct err *(*note_acted)(struct req *r);
};

/* One entry of the navigation: shown when the visitor's role has `may`. */
struct menu_row {
    const char *area; /* "vendor", "admin" */
    const char *path, *word, *icon;
    enum may_kind may;
};

struct site {
    const struct settings *settings;
    const struct router *router;
    struct views *views;
    struct guards guards;
    const struct menu_row *menu;
    size_t menu_count;
    struct bytes csrf_key, cursor_key; /* 32 bytes each */
    bool secure;                       /* public_url is https: __Host- cookies, HSTS */
    const struct statics *statics;
    /* Before a write of WHO_VENDOR, in the handler's transaction or, where the handler opens its
     * own, without one: whether the shop lets it be done. NULL: always. */
    struct err *(*admit)(struct req *r);
    /* What a room knows of a failure: the same, or one that says more. Outside of a transaction;
     * NULL: nothing. */
    struct err *(*explain)(struct work *w, struct err *e);
    /* Between two runs of a handler that ended with ERR_OUTSIDE, outside of a transaction: asks
     * somebody else about w->outside and commits the answer, which the second run finds. */
    struct err *(*ask_outside)(struct work *w);
};

/* One request from its source to its answer: find the row, pass the guards, run the handler in its
 * transaction, commit, log one line. Never fails: a failure is an answer too. `w` has arena, db,
 * cache and settings set; the rest is filled here. r->resp is what to send. */
void dispatch(const struct site *site, struct work *w, const struct source *source, struct req *r);

/* Most bytes a body of this kind may have. */
uint64_t body_ceiling(const struct req *r);

/* Fingerprinted names of static files: "app.css" → "/static/app.0123456789ab.css". */
struct statics;
struct err *statics_load(struct arena *process, const char *directory,
                         struct statics **out) MUST_CHECK;
const char *statics_url(const struct statics *s, const char *name); /* NULL when not there */
/* All of them for a model: dots become underscores, so {{static.app_css}}. */
struct val;
void statics_model(const struct statics *s, struct val *model);

/* The FastCGI loop of a worker on descriptor 0, until SIGTERM; SIGHUP reloads templates and words.
 * `process` is the work every request starts from. Exit status. */
int fcgi_serve(const struct site *site, const struct work *process);

/* What a role may do; the table is in guard.c. */
bool guard_may(enum role role, enum may_kind may);
/* The key of its words, for a table of roles; NULL: nothing that a shop's people do. */
const char *guard_may_word(enum may_kind may);
/* And what of it the operator may while acting as a shop. */
bool guard_acting_may(enum may_kind may);

/* The i-th scope that an API key can have, "products.read"; NULL behind the last. */
const char *guard_scope_named(size_t i);
/* The scope that a key needs for this row; NULL: no key may, whatever its scopes. */
const char *guard_scope_of(const struct route *row);

/* The columns who, may and csrf, in that order, once the visitor is known. NO_LOGIN guard.login;
 * DENIED guard.role, guard.scope, guard.acting, guard.origin, guard.csrf, guard.local. */
struct err *guard_pass(struct req *r) MUST_CHECK;

/* CSRF token of this session, masked anew for each page; and the check. */
char *csrf_token(const struct req *r);
bool csrf_matches(const struct req *r, const char *token);
