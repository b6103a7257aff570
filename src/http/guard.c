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
    [MAY_OPERATE]       = {  false, false, false, false, true },
};
/* clang-format on */

bool
guard_may(enum role role, enum may_kind may)
{
    return permissions[may][role];
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
    return check_csrf(r);
}
