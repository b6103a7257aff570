/* Who may pass. Roles and permissions are a table; a write by cookie shows that it comes from our
 * own page: by where the browser says it comes from, and by a token bound to the session. */
#include <string.h>

#include "base/digest.h"
#include "base/random.h"
#include "base/settings.h"
#include "base/text.h"
#include "http/form.h"
#include "http/site.h"
#include "http/upload.h"

#define TOKEN_BYTES 32

/* clang-format off */
static const bool permissions[MAY_KINDS][ROLE_ADMIN + 1] = {
    /*                       none   staff  manager owner admin */
    [MAY_ALL]           = {  true,  true,  true,   true, true },
    [MAY_SEE_SHOP]      = {  false, true,  true,   true, false },
    [MAY_EDIT_PRODUCTS] = {  false, true,  true,   true, false },
    [MAY_EDIT_STOCK]    = {  false, true,  true,   true, false },
    [MAY_SEE_TEAM]      = {  false, true,  true,   true, false },
    [MAY_LEAVE_TEAM]    = {  false, true,  true,   true, false },
    [MAY_MANAGE_TEAM]   = {  false, false, true,   true, false },
    [MAY_MANAGE_KEYS]   = {  false, false, true,   true, false },
    [MAY_EDIT_SETTINGS] = {  false, false, true,   true, false },
    [MAY_SEE_ORDERS]    = {  false, true,  true,   true, false },
    [MAY_EDIT_ORDERS]   = {  false, true,  true,   true, false },
    [MAY_ERASE_PERSONS] = {  false, false, true,   true, false },
    [MAY_SEE_BILLING]   = {  false, false, true,   true, false },
    [MAY_BUY]           = {  false, false, false,  true, false },
    [MAY_OPERATE]       = {  false, false, false, false, true },
};

/* What the operator may while acting as a shop: nothing that outlives it. What is not here is not
 * allowed. */
static const enum may_kind acting_may[] = { MAY_SEE_SHOP, MAY_EDIT_PRODUCTS, MAY_EDIT_STOCK, MAY_SEE_TEAM,
                                            MAY_SEE_ORDERS, MAY_EDIT_ORDERS };

/* What an API key may be made for. The longest path that a route begins with decides, among the rows
 * that read or those that write; a route that no row names is for no key. */
static const struct scope {
    const char *name, *path;
    bool writes;
    enum may_kind may;
} scopes[] = {
    { "products.read",  "/api/v1/vendor/products",                  false, MAY_SEE_SHOP },
    { "products.write", "/api/v1/vendor/products",                  true,  MAY_EDIT_PRODUCTS },
    { "imports.write",  "/api/v1/vendor/imports",                   true,  MAY_EDIT_PRODUCTS },
    { "imports.read",   "/api/v1/vendor/imports",                   false, MAY_EDIT_PRODUCTS },
    { "exports.write",  "/api/v1/vendor/exports",                   true,  MAY_EDIT_PRODUCTS },
    { "exports.read",   "/api/v1/vendor/exports",                   false, MAY_EDIT_PRODUCTS },
    { "categories.read",  "/api/v1/vendor/categories",              false, MAY_SEE_SHOP },
    { "categories.write", "/api/v1/vendor/categories",              true,  MAY_EDIT_PRODUCTS },
    { "images.write",   "/api/v1/vendor/products/{product}/images", true,  MAY_EDIT_PRODUCTS },
    { "feeds.read",     "/api/v1/vendor/feeds",                     false, MAY_SEE_SHOP },
    { "orders.read",    "/api/v1/vendor/orders",                    false, MAY_SEE_ORDERS },
    { "orders.write",   "/api/v1/vendor/orders",                    true,  MAY_EDIT_ORDERS },
    { "customers.read", "/api/v1/vendor/customers",                 false, MAY_SEE_ORDERS },
    { "customers.write", "/api/v1/vendor/customers",                true,  MAY_EDIT_ORDERS },
    { "webhooks.read",  "/api/v1/vendor/webhooks",                  false, MAY_EDIT_SETTINGS },
    { "webhooks.write", "/api/v1/vendor/webhooks",                  true,  MAY_EDIT_SETTINGS },
    { "stock.read",     "/api/v1/vendor/inventory",                 false, MAY_SEE_SHOP },
    { "stock.write",    "/api/v1/vendor/inventory",                 true,  MAY_EDIT_STOCK },
    { "warehouses.read", "/api/v1/vendor/warehouses",               false, MAY_SEE_SHOP },
};

/* Their words in the table of roles ("team.may.see_shop"); NULL: not of a shop. */
static const char *const may_words[MAY_KINDS] = {
    [MAY_SEE_SHOP]      = "team.may.see_shop",
    [MAY_EDIT_PRODUCTS] = "team.may.edit_products",
    [MAY_EDIT_STOCK]    = "team.may.edit_stock",
    [MAY_SEE_TEAM]      = "team.may.see_team",
    [MAY_LEAVE_TEAM]    = "team.may.leave_team",
    [MAY_MANAGE_TEAM]   = "team.may.manage_team",
    [MAY_MANAGE_KEYS]   = "team.may.manage_keys",
    [MAY_EDIT_SETTINGS] = "team.may.edit_settings",
    [MAY_SEE_ORDERS]    = "team.may.see_orders",
    [MAY_EDIT_ORDERS]   = "team.may.edit_orders",
    [MAY_ERASE_PERSONS] = "team.may.erase_persons",
    [MAY_SEE_BILLING]   = "team.may.see_billing",
    [MAY_BUY]           = "team.may.buy",
};
/* clang-format on */

bool
guard_may(enum role role, enum may_kind may)
{
    return permissions[may][role];
}

const char *
guard_may_word(enum may_kind may)
{
    return may_words[may];
}

/* ---- Keys, and the operator in a shop ---- */

const char *
guard_scope_named(size_t i)
{
    return i < COUNT(scopes) ? scopes[i].name : NULL;
}

static bool
is_below(const char *path, const char *above)
{
    size_t n = strlen(above);
    return strncmp(path, above, n) == 0 && (path[n] == 0 || path[n] == '/');
}

const char *
guard_scope_of(const struct route *row)
{
    const struct scope *best = NULL;
    bool writes = row->method != GET;
    for (size_t i = 0; i < COUNT(scopes); i++)
        if (scopes[i].writes == writes && is_below(row->path, scopes[i].path) &&
            (!best || strlen(scopes[i].path) > strlen(best->path)))
            best = &scopes[i];
    return best && row->who == WHO_VENDOR && row->may == best->may ? best->name : NULL;
}

/* Is `word` one of those in `list`, which blanks keep apart? */
static bool
has_word(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = list; (at = strstr(at, word)); at += n)
        if ((at == list || at[-1] == ' ') && (at[n] == 0 || at[n] == ' '))
            return true;
    return false;
}

static struct err *
check_scope(struct req *r)
{
    const char *scope;
    if (!r->visitor.scopes || r->route->who == WHO_ANYONE)
        return NULL;
    scope = guard_scope_of(r->route);
    if (scope && has_word(r->visitor.scopes, scope))
        return NULL;
    return FAIL(r->work->arena, ERR_DENIED, "guard.scope",
                scope ? text_printf(r->work->arena, "This API key has not the scope %s.", scope)
                      : "This cannot be done with an API key.");
}

bool
guard_acting_may(enum may_kind may)
{
    for (size_t i = 0; i < COUNT(acting_may); i++)
        if (acting_may[i] == may)
            return true;
    return false;
}

static struct err *
check_acting(struct req *r)
{
    if (!r->visitor.acted_by.n || guard_acting_may(r->route->may))
        return NULL;
    return FAIL(r->work->arena, ERR_DENIED, "guard.acting",
                "Not while you act for a shop: this would outlive it.");
}

static struct err *
check_who(struct req *r)
{
    struct arena *a = r->work->arena;
    bool known = r->visitor.user.n != 0;
    switch (r->route->who) {
    case WHO_ANYONE:
        return NULL;
    case WHO_LOCAL:
        if (text_starts(r->work->address, "127.") || text_is(r->work->address, "::1"))
            return NULL;
        return FAIL(a, ERR_DENIED, "guard.local", "This is answered on the machine itself only.");
    default:
        if (!known)
            return FAIL(a, ERR_NO_LOGIN, "guard.login", "Please log in first.");
    }
    if ((r->route->who == WHO_ADMIN && r->visitor.role != ROLE_ADMIN) ||
        (r->route->who == WHO_VENDOR && !r->visitor.vendor.n))
        return FAIL(a, ERR_DENIED, "guard.role", "Your role does not include this.");
    return NULL;
}

/* ---- Writes by cookie ---- */

/* Sec-Fetch-Site is set by the browser itself; Origin by nearly all. One of them must speak for us,
 * and none against; a client without both is no browser that a stranger's page could use. */
static struct err *
check_origin(struct req *r)
{
    const char *site = header_text(r, "HTTP_SEC_FETCH_SITE");
    const char *origin = header_text(r, "HTTP_ORIGIN");
    bool foreign = (site && !text_is(site, "same-origin") && !text_is(site, "none")) ||
                   (origin && !text_is(origin, r->site->settings->public_url));
    if (!foreign)
        return NULL;
    return FAIL(r->work->arena, ERR_DENIED, "guard.origin", "This request came from another site.");
}

static struct sha256
token_of(const struct req *r)
{
    char message[160];
    size_t n = strnlen(r->visitor.session, 128);
    memcpy(message, r->visitor.session, n);
    memcpy(message + n, " csrf", 5);
    return hmac_sha256(r->site->csrf_key, BYTES(message, n + 5));
}

/* Masked with a random pad, so that a compressed page does not tell it bit by bit. */
char *
csrf_token(const struct req *r)
{
    unsigned char both[2 * TOKEN_BYTES];
    must(r->visitor.session);
    struct sha256 token = token_of(r);
    random_fill(both, TOKEN_BYTES);
    for (size_t i = 0; i < TOKEN_BYTES; i++)
        both[TOKEN_BYTES + i] = both[i] ^ token.bytes[i];
    return base64url(r->work->arena, BYTES(both, sizeof(both)));
}

bool
csrf_matches(const struct req *r, const char *token)
{
    struct bytes both;
    struct sha256 given, wanted = token_of(r);
    if (!token || strlen(token) > 100 || !base64url_bytes(r->work->arena, token, &both) ||
        both.length != 2 * TOKEN_BYTES)
        return false;
    for (size_t i = 0; i < TOKEN_BYTES; i++)
        given.bytes[i] = both.at[i] ^ both.at[TOKEN_BYTES + i];
    return sha256_equal(&given, &wanted);
}

/* The token of a form is one of its fields, so the body is read here; its own failures come first.
 */
static struct err *
find_token(struct req *r, const char **out)
{
    struct form f;
    struct upload upload;
    *out = header_text(r, "HTTP_X_CSRF_TOKEN");
    if (*out || r->route->body == NO_BODY || r->route->body == JSON_8K || r->route->body == JSON_1M)
        return NULL;
    if (r->route->body == UPLOAD)
        TRY(upload_read(r, (uint64_t)r->site->settings->upload_bytes, &upload));
    if (r->route->body == UPLOAD_FILE)
        TRY(upload_read(r, (uint64_t)r->site->settings->import_bytes, &upload));
    TRY(form_read(r, &f));
    for (size_t i = 0; i < f.count; i++)
        if (text_is(f.at[i].name, "csrf"))
            *out = f.at[i].value;
    return NULL;
}

static struct err *
check_csrf(struct req *r)
{
    const char *token;
    if (r->route->csrf == CSRF_ORIGIN)
        return check_origin(r);
    if (r->route->csrf == CSRF_NONE || r->visitor.by_token || !r->visitor.session)
        return NULL;
    TRY(check_origin(r));
    TRY(find_token(r, &token));
    if (csrf_matches(r, token))
        return NULL;
    return FAIL(r->work->arena, ERR_DENIED, "guard.csrf",
                "This page is from before your log-in. Go back, reload it, and try again.");
}

struct err *
guard_pass(struct req *r)
{
    TRY(check_who(r));
    if (!guard_may(r->visitor.role, r->route->may))
        return FAIL(r->work->arena, ERR_DENIED, "guard.role", "Your role does not include this.");
    TRY(check_scope(r));
    TRY(check_acting(r));
    return check_csrf(r);
}
