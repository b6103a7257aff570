/* What a handler sees of a request. Lives in the request's arena, r->work->arena. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/work.h"
#include "http/response.h"

struct route;
struct copy_call;
struct site;

enum method { GET = 1, POST, PUT, PATCH, DELETE, METHODS };

/* Where a request comes from: FastCGI, or a test. `param` gives CGI variables (REQUEST_METHOD,
 * REQUEST_URI, HTTP_COOKIE, CONTENT_TYPE, CONTENT_LENGTH, REMOTE_ADDR, REQUEST_ID …), NULL when
 * missing; `read` the body: bytes read, 0 at its end, negative when the client is gone. */
struct source {
    const char *(*param)(void *arg, const char *name);
    ptrdiff_t (*read)(void *arg, void *to, size_t length);
    void *arg;
};

struct pair {
    const char *name, *value;
};
struct pairs {
    struct pair *at;
    size_t count;
};

/* Who asks, as the `who` guard found it. All texts "" when nobody is logged in. */
struct visitor {
    struct user_id user;
    enum role role;          /* in the chosen shop, or ROLE_ADMIN */
    struct vendor_id vendor; /* the chosen shop; 0 for the operator */
    const char *email, *name, *theme;
    const char *shop_slug, *shop_name, *currency;
    const char
        *session; /* the cookie's token, NULL for bearer tokens: what CSRF tokens are bound to */
    struct session_id session_id;
    struct user_id acted_by; /* the operator who does this in a shop's place; 0: nobody */
    bool by_token;           /* bearer token: no cookie, so no CSRF */
    const char *scopes;      /* of an API key: "products.read images.write"; NULL: it is none */
    int64_t shops;           /* how many the person works in, with a cookie */
    /* The operator acts as this shop until then: on its pages, and is the operator on all others.
     * 0: as none. shop_name is its name, wherever this is set. */
    struct vendor_id acting;
    int64_t acting_until_us;
};

#define PATH_PARAMS_MAX 4

struct req {
    struct work *work;
    const struct site *site;
    const struct source *source;
    enum method method;
    bool head; /* a HEAD request: handled as GET, sent without body */
    bool api;  /* path below /api/: failures are problem documents, not pages */
    const char *path;
    struct pairs query, cookies;
    const struct route *route;
    const char *params[PATH_PARAMS_MAX]; /* of {…} in the row's path, in order, decoded */
    struct visitor visitor;
    void *who_call, *rate_call;           /* of the guards, between asking and answering */
    struct copy_call *copy_call;          /* NULL: the row is not copied */
    const char *rate_policy, *rate_state; /* texts of the RateLimit headers; NULL: none */
    bool body_read;
    struct bytes body;     /* form and JSON bodies, once read */
    struct upload *upload; /* multipart bodies, once read */
    struct resp resp;
};

/* First value of the query parameter; NULL when missing. */
const char *query_text(const struct req *r, const char *name);
/* An address on this page: its own query with that parameter set to the value, or without it when
 * the value is NULL; without `done` and `failed`, which are said once. "?" when nothing is left. */
const char *query_with(const struct req *r, const char *name, const char *value);
/* A part of an address of ours: %XX for what is not plain. */
const char *url_part(struct arena *a, const char *text);
/* `limit` of a list: the parameter within 1 … most, `normal` when missing. MALFORMED request.limit.
 */
struct err *query_limit(struct req *r, int64_t normal, int64_t most, int64_t *out) MUST_CHECK;
/* A list's closed set of parameters: those of `names` and what every page takes (lang, done,
 * failed). MALFORMED request.parameter names another that came. */
struct err *query_only(struct req *r, const char *const *names, size_t n) MUST_CHECK;
#define QUERY_ONLY(r, ...)                                                                         \
    query_only((r), (const char *const[]){ __VA_ARGS__ },                                          \
               sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *))
const char *cookie_text(const struct req *r, const char *name);
const char *header_text(const struct req *r, const char *cgi_name); /* "HTTP_IF_MATCH" */

/* The body, up to the ceiling of the row's body kind, read once. TOO_LARGE request.too_large;
 * MALFORMED request.body_short: less came than Content-Length says. */
struct err *body_read(struct req *r, struct bytes *out) MUST_CHECK;

/* The i-th path parameter as an id; anything else is NOT_FOUND, like a row that is not there. */
struct err *param_id(struct req *r, int i, int64_t *out) MUST_CHECK;

/* Decodes %XX and '+' (application/x-www-form-urlencoded); ≤ 1,000 pairs; valid UTF-8 without NUL.
 * MALFORMED request.encoding names the place ("at byte 17"). */
struct err *pairs_decode(struct arena *a, struct bytes b, struct pairs *out) MUST_CHECK;
const char *pairs_text(const struct pairs *p, const char *name);
