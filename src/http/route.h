/* Routes: one row each, guards included. A request meets the columns from left to right; a handler
 * never checks what its row declares. Zero is not a value of any column. */
#pragma once
#include "base/err.h"
#include "db/db.h"
#include "http/request.h"

enum body_kind { /* what a body may be, and its ceiling; more is 413, another type 415 */
                 NO_BODY = 1,
                 FORM_8K, /* application/x-www-form-urlencoded */
                 FORM_64K,
                 JSON_8K, /* application/json */
                 JSON_1M,
                 RAW_256K,    /* any bytes, exactly as they came: what is signed */
                 UPLOAD,      /* multipart/form-data, read part by part to files: upload_read() */
                 UPLOAD_FILE, /* the same for one large file: tables */
                 BODY_KINDS
};

enum who_kind {
    WHO_ANYONE = 1, /* also logged in: the visitor is filled when a valid credential came */
    WHO_LOGIN,      /* anyone logged in */
    WHO_VENDOR,     /* logged in, with a shop chosen: sets w->vendor */
    WHO_ADMIN,      /* the operator */
    WHO_LOCAL,      /* loopback peers only */
};

enum may_kind { /* permissions; which role has which is a table in guard.c */
                MAY_ALL = 1,
                MAY_SEE_SHOP,
                MAY_EDIT_PRODUCTS,
                MAY_EDIT_STOCK,
                MAY_SEE_TEAM,
                MAY_LEAVE_TEAM,
                MAY_MANAGE_TEAM,
                MAY_MANAGE_KEYS,
                MAY_EDIT_SETTINGS,
                MAY_SEE_ORDERS,
                MAY_EDIT_ORDERS,
                MAY_ERASE_PERSONS,
                MAY_SEE_BILLING,
                MAY_BUY,
                MAY_OPERATE,
                MAY_KINDS
};

enum csrf_kind {
    CSRF_NONE = 1, /* reads, and calls that carry no cookie's power */
    CSRF_ORIGIN,   /* log-in: no session yet, but not from another site */
    CSRF_TOKEN,    /* a write by cookie: token in the form's field `csrf` or in X-CSRF-Token, and
                      Origin */
};

struct route {
    enum method method;
    const char *path; /* "/vendor/products/{product}": up to PATH_PARAMS_MAX parameters */
    enum body_kind body;
    enum who_kind who;
    const char *rate; /* class of limit rules, "none" for health and static answers */
    enum may_kind may;
    enum csrf_kind csrf;
    enum tx_mode tx;
    struct err *(*handler)(struct req *r);
    bool copied; /* may be left out: one answer for everybody, kept in Redis (copy.h) */
};

struct route_table {
    const struct route *rows;
    size_t count;
};

/* Checks every row at start: a zero column, two rows for one path and method, a write by cookie
 * without CSRF_TOKEN, WHO_VENDOR with an operator transaction … INVALID route.*, naming the row. */
struct router;
struct err *router_build(struct arena *process, const struct route_table *tables, size_t n,
                         struct router **out) MUST_CHECK;

/* Fills r->route and r->params. NOT_FOUND route.unknown; METHOD route.method when the path exists
 * with other methods, and *allow is the text of Allow. */
struct err *router_find(const struct router *router, struct req *r, const char **allow) MUST_CHECK;

/* The tables it was built of, for what walks every row. */
const struct route_table *router_tables(const struct router *router, size_t *count);

/* `souk routes`: one line a row, its columns apart by tabs: method, path, who, rate, may, csrf,
 * body.
 */
void router_print(const struct router *router);
