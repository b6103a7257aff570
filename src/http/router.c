/* Paths as a tree of segments. A node has named children and at most one child that takes any
 * segment as a parameter; a literal wins over a parameter. At the end of a path stand the rows by
 * method, so that a path without the method still says what it allows. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "http/route.h"

struct place {
    const char *segment; /* NULL: a parameter */
    struct place *below, *beside;
    const struct route *rows[METHODS];
};

struct router {
    struct place root;
    const struct route_table *tables;
    size_t count;
};

static const char *const method_names[METHODS] = {
    [GET] = "GET", [POST] = "POST", [PUT] = "PUT", [PATCH] = "PATCH", [DELETE] = "DELETE"
};

static bool
is_same(const char *segment, const char *path, size_t length)
{
    return strlen(segment) == length && memcmp(segment, path, length) == 0;
}

/* ---- Building ---- */

static struct err *
bad_row(struct arena *a, const struct route *row, const char *what)
{
    return FAIL(a, ERR_INVALID, "route.row",
                text_printf(a, "%s %s: %s",
                            row->method < METHODS && method_names[row->method]
                                ? method_names[row->method]
                                : "?",
                            row->path ? row->path : "?", what));
}

static struct err *
check_row(struct arena *a, const struct route *row)
{
    bool reads = row->method == GET;
    if (!row->method || row->method >= METHODS || !row->path || row->path[0] != '/' || !row->body ||
        row->body >= BODY_KINDS || !row->who || !row->rate || !row->may || row->may >= MAY_KINDS ||
        !row->csrf || !row->tx || !row->handler)
        return bad_row(a, row, "a column is missing");
    if (reads && row->body != NO_BODY)
        return bad_row(a, row, "a read has no body");
    bool by_cookie = row->who == WHO_LOGIN || row->who == WHO_VENDOR || row->who == WHO_ADMIN;
    if (!reads && by_cookie && row->csrf != CSRF_TOKEN)
        return bad_row(a, row, "a write by cookie needs CSRF_TOKEN");
    bool operator_tx = row->tx == TX_OPERATOR_READ || row->tx == TX_OPERATOR_WRITE;
    if (operator_tx && row->who != WHO_ADMIN)
        return bad_row(a, row, "only the operator may cross tenants");
    if (reads && (row->tx == TX_WRITE || row->tx == TX_SHOP_WRITE || row->tx == TX_OPERATOR_WRITE))
        return bad_row(a, row, "a read does not write");
    return NULL;
}

static struct place *
child(struct arena *a, struct place *of, const char *segment, size_t length)
{
    bool is_param = segment[0] == '{';
    struct place **last = &of->below;
    for (; *last; last = &(*last)->beside)
        if (is_param ? !(*last)->segment
                     : (*last)->segment && is_same((*last)->segment, segment, length))
            return *last;
    struct place *p = NEW(a, struct place);
    p->segment = is_param ? NULL : text_copy_n(a, segment, length);
    /* Literals before the parameter: they are tried first. */
    if (!is_param && of->below) {
        p->beside = of->below;
        of->below = p;
    } else {
        *last = p;
    }
    return p;
}

static struct err *
add_row(struct arena *a, struct router *router, const struct route *row)
{
    TRY(check_row(a, row));
    struct place *p = &router->root;
    int params = 0;
    for (const char *s = row->path + 1; *s;) {
        size_t n = strcspn(s, "/");
        params += s[0] == '{';
        p = child(a, p, s, n);
        s += n;
        if (*s == '/') {
            s++;
            if (!*s)
                p = child(a, p, "", 0); /* "/vendor/" is not "/vendor" */
        }
    }
    if (params > PATH_PARAMS_MAX)
        return bad_row(a, row, "too many parameters");
    if (p->rows[row->method])
        return bad_row(a, row, "stands twice");
    p->rows[row->method] = row;
    return NULL;
}

struct err *
router_build(struct arena *process, const struct route_table *tables, size_t n, struct router **out)
{
    struct router *router = NEW(process, struct router);
    router->tables = tables;
    router->count = n;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < tables[i].count; k++)
            TRY(add_row(process, router, &tables[i].rows[k]));
    *out = router;
    return NULL;
}

/* ---- Finding ---- */

struct search {
    struct req *r;
    int params;
    const struct place *other_method; /* the path is there, but not with this method */
};

/* %XX in a segment is decoded; what does not decode matches no row. */
static const char *
decoded(struct arena *a, const char *segment, size_t length)
{
    struct pairs pairs;
    struct buf b = buf_new(a, length + 16);
    for (size_t i = 0; i < length; i++) {
        if (segment[i] == '+')
            buf_text(&b, "%2B");
        else if (segment[i] == '&' || segment[i] == '=')
            return NULL;
        else
            buf_char(&b, segment[i]);
    }
    if (!length || pairs_decode(a, BYTES(b.at, b.length), &pairs))
        return NULL;
    return pairs.count == 1 ? pairs.at[0].name : NULL;
}

static const struct route *
descend(struct search *s, const struct place *p, const char *path)
{
    if (!path) {
        const struct route *row = p->rows[s->r->method];
        for (int m = GET; m < METHODS && !row && !s->other_method; m++)
            if (p->rows[m])
                s->other_method = p;
        return row;
    }
    size_t n = strcspn(path, "/");
    const char *rest = path[n] ? path + n + 1 : NULL;
    for (const struct place *c = p->below; c; c = c->beside) {
        if (c->segment && !is_same(c->segment, path, n))
            continue;
        int params = s->params;
        if (!c->segment) {
            const char *value = decoded(s->r->work->arena, path, n);
            if (!value || params == PATH_PARAMS_MAX)
                continue;
            s->r->params[s->params++] = value;
        }
        const struct route *row = descend(s, c, rest);
        if (row)
            return row;
        s->params = params;
    }
    return NULL;
}

static const char *
allowed(struct arena *a, const struct place *p)
{
    struct buf b = buf_new(a, 64);
    for (int m = GET; m < METHODS; m++) {
        if (!p->rows[m])
            continue;
        buf_printf(&b, "%s%s", b.length ? ", " : "", m == GET ? "GET, HEAD" : method_names[m]);
    }
    return b.at;
}

struct err *
router_find(const struct router *router, struct req *r, const char **allow)
{
    struct search s = { .r = r };
    *allow = NULL;
    r->route =
        r->path[0] == '/' ? descend(&s, &router->root, r->path[1] ? r->path + 1 : NULL) : NULL;
    if (r->route)
        return NULL;
    if (!s.other_method)
        return FAIL(r->work->arena, ERR_NOT_FOUND, "route.unknown",
                    "There is nothing at this address.");
    *allow = allowed(r->work->arena, s.other_method);
    return FAIL(r->work->arena, ERR_METHOD, "route.method",
                "This address cannot be used that way.");
}

const struct route_table *
router_tables(const struct router *router, size_t *count)
{
    *count = router->count;
    return router->tables;
}

void
router_print(const struct router *router)
{
    static const char *const body[BODY_KINDS] = { "?",        "none",    "form 8K",
                                                  "form 64K", "json 8K", "json 1M",
                                                  "raw 256K", "upload",  "upload of one file" };
    static const char *const who[] = { "?", "anyone", "login", "vendor", "admin", "local" };
    /* clang-format off */
    static const char *const may[MAY_KINDS] = {
        [0] = "?",
        [MAY_ALL] = "all",
        [MAY_SEE_SHOP] = "see_shop",
        [MAY_EDIT_PRODUCTS] = "edit_products",
        [MAY_EDIT_STOCK] = "edit_stock",
        [MAY_SEE_TEAM] = "see_team",
        [MAY_LEAVE_TEAM] = "leave_team",
        [MAY_MANAGE_TEAM] = "manage_team",
        [MAY_MANAGE_KEYS] = "manage_keys",
        [MAY_EDIT_SETTINGS] = "edit_settings",
        [MAY_OPERATE] = "operate",
        [MAY_SEE_ORDERS] = "see_orders",
        [MAY_EDIT_ORDERS] = "edit_orders",
        [MAY_ERASE_PERSONS] = "erase_persons",
        [MAY_SEE_BILLING] = "see_billing",
        [MAY_BUY] = "buy",
    };
    /* clang-format on */
    static const char *const csrf[] = { "?", "none", "origin", "token" };
    for (size_t i = 0; i < router->count; i++)
        for (size_t k = 0; k < router->tables[i].count; k++) {
            const struct route *row = &router->tables[i].rows[k];
            printf("%s\t%s\t%s\t%s\t%s\t%s\t%s\n", method_names[row->method], row->path,
                   who[row->who], row->rate, may[row->may], csrf[row->csrf], body[row->body]);
        }
}
