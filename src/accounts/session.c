#include "accounts/session.h"

#include "accounts/apikey.h"
#include "accounts/jwt.h"
#include "accounts/place.h"

#include <string.h>
#include <strings.h>

#include "base/digest.h"
#include "base/random.h"
#include "base/text.h"
#include "cache/cache.h"
#include "db/db.h"
#include "http/cookie.h"
#include "http/site.h"
#include "limits/limits.h"

#define COPY_S       60
#define IDLE_S       (12 * 3600)
#define LIFE_S       (30 * 86400)
#define ADMIN_IDLE_S (30 * 60)
#define ADMIN_LIFE_S (12 * 3600)
#define FRESH_S      600
#define GONE_S       "10" /* longer than a request that has read a row takes to write its copy */
#define FIELDS       17   /* of a copy */
#define SEPARATOR    '\x1f'

static const char *const roles[] = { "", "staff", "manager", "owner", "admin" };

const char *
role_name(enum role role)
{
    return roles[role];
}

bool
role_read(const char *name, enum role *out)
{
    for (enum role role = ROLE_STAFF; role <= ROLE_OWNER; role++)
        if (text_is(name, roles[role])) {
            *out = role;
            return true;
        }
    return false;
}

/* ---- What a credential stands for ---- */

/* Between asking Redis and reading its reply. */
struct who_call {
    const char *token;  /* of the cookie; NULL for a bearer token */
    struct sha256 hash; /* of it, or of the API key */
    int64_t api_key;    /* its id; 0: it is none */
    struct jwt_claims bearer;
    const char *key; /* in Redis */
    bool queued;
    const char *fresh; /* a copy that Redis did not have */
};

static const char *
bearer_token(const struct req *r)
{
    const char *header = header_text(r, "HTTP_AUTHORIZATION");
    return header && strncasecmp(header, "Bearer ", 7) == 0 ? header + 7 : NULL;
}

static const char *
session_token(const struct req *r)
{
    const char *token = cookie_text(r, cookie_name(r, "session"));
    return token && strlen(token) == 43 ? token : NULL;
}

struct bytes
accounts_credential(const struct req *r)
{
    const char *token = bearer_token(r);
    if (!token)
        token = session_token(r);
    return token ? BYTES(token, strlen(token)) : BYTES("", 0);
}

static const char *
copy_key(struct arena *a, const struct sha256 *hash)
{
    return text_join(a, "who:", hex_text(a, BYTES(hash->bytes, sizeof(hash->bytes))), NULL);
}

static const char *
bearer_key(struct arena *a, struct user_id user, struct vendor_id vendor)
{
    return text_join(a, "who:", text_i64(a, user.n), ":", text_i64(a, vendor.n), NULL);
}

static void
queue_get(struct cache *c, const char *key)
{
    const struct bytes argv[] = { BYTES("GET", 3), BYTES(key, strlen(key)) };
    cache_queue(c, 2, argv);
}

void
accounts_who_ask(struct req *r)
{
    struct arena *a = r->work->arena;
    struct who_call *call = NEW(a, struct who_call);
    const char *bearer = bearer_token(r);
    r->who_call = call;
    if (bearer && apikey_is_one(bearer, &call->api_key)) {
        call->hash = sha256_of(BYTES(bearer, strlen(bearer)));
        call->key = copy_key(a, &call->hash);
    } else if (bearer) {
        if (!jwt_read(r->work, bearer, &call->bearer))
            return;
        call->key = bearer_key(a, call->bearer.user, call->bearer.vendor);
    } else {
        call->token = session_token(r);
        if (!call->token)
            return;
        call->hash = sha256_of(BYTES(call->token, 43));
        call->key = copy_key(a, &call->hash);
    }
    call->queued = r->work->cache != NULL;
    if (call->queued)
        queue_get(r->work->cache, call->key);
}

struct found {
    struct visitor visitor;
    const char *language;
    int64_t version;
};

/* The copy: the texts and numbers of a visitor, one after the other. */
static char *
write_copy(struct arena *a, const struct found *f)
{
    const struct visitor *v = &f->visitor;
    return text_printf(
        a, "%lld%c%lld%c%s%c%lld%c%lld%c%s%c%s%c%s%c%s%c%s%c%s%c%s%c%lld%c%lld%c%lld%c%s%c",
        (long long)v->user.n, SEPARATOR, (long long)v->session_id.n, SEPARATOR, roles[v->role],
        SEPARATOR, (long long)f->version, SEPARATOR, (long long)v->vendor.n, SEPARATOR, v->email,
        SEPARATOR, v->name, SEPARATOR, v->theme, SEPARATOR, f->language, SEPARATOR, v->shop_slug,
        SEPARATOR, v->shop_name, SEPARATOR, v->currency, SEPARATOR, (long long)v->shops, SEPARATOR,
        (long long)v->acting.n, SEPARATOR, (long long)v->acting_until_us, SEPARATOR,
        v->scopes ? v->scopes : "", SEPARATOR);
}

static bool
read_copy(struct arena *a, struct bytes copy, struct found *out)
{
    const char *at[FIELDS] = { 0 };
    char *text = text_copy_n(a, copy.at, copy.length);
    int n = 0;
    for (char *end; n < FIELDS - 1 && (end = strchr(text, SEPARATOR)); text = end + 1) {
        *end = 0;
        at[n++] = text;
    }
    struct found f = { .language = at[8] };
    struct visitor *v = &f.visitor;
    if (n != FIELDS - 1 || !text_to_i64(at[0], &v->user.n) ||
        !text_to_i64(at[1], &v->session_id.n) || !text_to_i64(at[3], &f.version) ||
        !text_to_i64(at[4], &v->vendor.n) || !text_to_i64(at[12], &v->shops) ||
        !text_to_i64(at[13], &v->acting.n) || !text_to_i64(at[14], &v->acting_until_us))
        return false;
    if (text_is(at[2], roles[ROLE_ADMIN]))
        v->role = ROLE_ADMIN;
    else if (*at[2] && !role_read(at[2], &v->role))
        return false;
    v->email = at[5];
    v->name = at[6];
    v->theme = at[7];
    v->shop_slug = at[9];
    v->shop_name = at[10];
    v->currency = at[11];
    v->scopes = at[15];
    *out = f;
    return true;
}

static void
scan_person(struct scan *s, struct found *f, bool *stale)
{
    struct visitor *v = &f->visitor;
    v->user.n = scan_i64(s);
    v->session_id.n = scan_i64(s);
    bool admin = scan_bool(s);
    f->version = scan_i64(s);
    v->vendor.n = scan_i64(s);
    const char *role = scan_text(s);
    v->role = admin ? ROLE_ADMIN : ROLE_NONE;
    if (!admin && !role_read(role, &v->role))
        v->vendor.n = 0;
    v->email = scan_text(s);
    v->name = scan_text(s);
    v->theme = scan_text(s);
    f->language = scan_text(s);
    v->shop_slug = scan_text(s);
    v->shop_name = scan_text(s);
    v->currency = scan_text(s);
    *stale = scan_bool(s);
    v->shops = scan_i64(s);
    v->acting.n = scan_i64(s);
    if (scan_null(s))
        scan_skip(s);
    else
        v->acting_until_us = scan_time(s);
    v->scopes = scan_text(s);
    scan_end(s);
}

static struct err *
touch_session(struct work *w, const struct sha256 *hash)
{
    tx_open(w, TX_WRITE);
    TRY(db_exec(w, Q_accounts_touch_session, ARGS(arg_bytes(w, BYTES(hash->bytes, 32))), NULL));
    return tx_commit(w);
}

static struct err *
load_person(struct work *w, const struct who_call *call, bool *known, struct found *out)
{
    struct scan s;
    bool stale = false;
    tx_open(w, TX_READ);
    if (call->api_key)
        TRY(db_maybe(w, Q_accounts_key,
                     ARGS(arg_i64(w, call->api_key), arg_bytes(w, BYTES(call->hash.bytes, 32))),
                     known, &s));
    else if (call->token)
        TRY(db_maybe(w, Q_accounts_session,
                     ARGS(arg_bytes(w, BYTES(call->hash.bytes, 32)), arg_i64(w, IDLE_S),
                          arg_i64(w, ADMIN_IDLE_S), arg_bool(w->settings->admin_totp)),
                     known, &s));
    else
        TRY(db_maybe(w, Q_accounts_person,
                     ARGS(arg_i64(w, call->bearer.user.n), arg_i64(w, call->bearer.vendor.n),
                          arg_bool(w->settings->admin_totp)),
                     known, &s));
    if (*known)
        scan_person(&s, out, &stale);
    tx_rollback(w);
    if (!*known || !stale)
        return NULL;
    return call->api_key ? apikey_touch(w, out->visitor.vendor, call->api_key)
                         : touch_session(w, &call->hash);
}

/* Elsewhere than on the shop's own pages the operator stays the operator. */
static void
act(const struct req *r, struct visitor *v)
{
    if (v->role != ROLE_ADMIN || v->acting_until_us <= r->work->now_us)
        v->acting.n = 0;
    if (!v->acting.n || r->route->who != WHO_VENDOR)
        return;
    v->role = ROLE_OWNER;
    v->vendor = v->acting;
    v->acted_by = v->user;
}

struct err *
accounts_who_answer(struct req *r)
{
    struct who_call *call = r->who_call;
    struct work *w = r->work;
    struct found f = { 0 };
    bool known = false;

    if (!call->key)
        return NULL;
    if (call->queued) {
        struct cache_reply reply = cache_reply(w->cache, w->arena);
        known = reply.ok && !reply.null && read_copy(w->arena, reply.text, &f);
    }
    if (!known) {
        TRY(load_person(w, call, &known, &f));
        if (known && call->queued)
            call->fresh = write_copy(w->arena, &f);
    }
    if (!known || (!call->token && !call->api_key && f.version != call->bearer.token_version))
        return NULL;
    f.visitor.session = call->token;
    f.visitor.by_token = !call->token;
    if (!call->api_key)
        f.visitor.scopes = NULL;
    act(r, &f.visitor);
    r->visitor = f.visitor;
    bool asked = cookie_text(r, "language") || query_text(r, "lang") ||
                 (f.visitor.by_token && header_text(r, "HTTP_ACCEPT_LANGUAGE"));
    if (*f.language && !asked)
        w->language = f.language;
    return NULL;
}

void
accounts_who_keep(struct req *r)
{
    const struct who_call *call = r->who_call;
    if (!call->fresh)
        return;
    struct work *w = r->work;
    char *life = text_printf(w->arena, "%d", COPY_S);
    const struct bytes argv[] = { BYTES("SET", 3),
                                  BYTES(call->key, strlen(call->key)),
                                  BYTES(call->fresh, strlen(call->fresh)),
                                  BYTES("EX", 2),
                                  BYTES(life, strlen(life)),
                                  BYTES("NX", 2) };
    cache_command(w->cache, w->arena, 6, argv);
}

/* ---- Beginning and ending ---- */

static struct arg
arg_vendor(struct work *w, struct vendor_id vendor)
{
    return vendor.n ? arg_i64(w, vendor.n) : arg_null();
}

struct err *
session_begin(struct req *r, const struct account *account, struct vendor_id shop, bool stays)
{
    struct work *w = r->work;
    struct scan s;
    char *token = random_token(w->arena, 32);
    const char *device = header_text(r, "HTTP_USER_AGENT");
    bool readable = device && text_is_utf8(BYTES(device, strlen(device)), NULL);
    int64_t life_s = account->admin ? ADMIN_LIFE_S : LIFE_S;

    TRY(db_one(w, Q_accounts_add_session,
               ARGS(arg_hash(w, token), arg_i64(w, account->id.n), arg_vendor(w, shop),
                    arg_text(readable ? text_copy_n(w->arena, device, strnlen(device, 200)) : ""),
                    arg_text(place_of(w->arena, w->address)), arg_i64(w, life_s), arg_bool(stays)),
               &s));
    cookie_set(r, "session", token, stays ? life_s : 0);
    return NULL;
}

/* A word in its place for a moment, which is no copy: a request that read the row before it went
 * cannot put its own there any more (who_keep writes only where nothing is). */
void
session_forget(struct work *w, const struct ended *ended)
{
    for (size_t i = 0; w->cache && i < ended->n; i++) {
        const struct bytes argv[] = { BYTES("SET", 3),
                                      BYTES(ended->keys[i], strlen(ended->keys[i])), BYTES("-", 1),
                                      BYTES("EX", 2), BYTES(GONE_S, sizeof(GONE_S) - 1) };
        cache_command(w->cache, w->arena, 5, argv);
    }
}

static const char *
own_key(const struct req *r)
{
    struct sha256 hash = sha256_of(BYTES(r->visitor.session, strlen(r->visitor.session)));
    return copy_key(r->work->arena, &hash);
}

static struct ended
one_key(struct arena *a, const char *key)
{
    const char **keys = NEW(a, const char *);
    *keys = key;
    return (struct ended){ keys, 1 };
}

void
session_forget_own(struct req *r)
{
    if (!r->visitor.session)
        return;
    struct ended own = one_key(r->work->arena, own_key(r));
    session_forget(r->work, &own);
}

struct err *
session_end(struct req *r, struct ended *out)
{
    struct work *w = r->work;
    if (!r->visitor.session)
        return NULL;
    TRY(db_exec(w, Q_accounts_end_session, ARGS(arg_hash(w, r->visitor.session)), NULL));
    *out = one_key(w->arena, own_key(r));
    cookie_set(r, "session", "", -1);
    return NULL;
}

/* The keys of sessions that a statement has deleted, and room for more. */
static const char **
ended_keys(struct work *w, const struct rows *rows, size_t more)
{
    const char **keys = NEW_ARRAY(w->arena, const char *, (size_t)rows->count + more + 1);
    for (int i = 0; i < rows->count; i++) {
        struct scan s = rows_at(rows, i);
        struct bytes raw = scan_bytes(w, &s);
        struct sha256 hash;
        must(raw.length == sizeof(hash.bytes));
        memcpy(hash.bytes, raw.at, sizeof(hash.bytes));
        keys[i] = copy_key(w->arena, &hash);
    }
    return keys;
}

struct ended *
session_ended(struct work *w, const struct rows *rows, const struct rows *more)
{
    size_t n = (size_t)rows->count, m = more ? (size_t)more->count : 0;
    const char **keys = ended_keys(w, rows, m + 1);
    if (more)
        memcpy(keys + n, ended_keys(w, more, 0), m * sizeof(*keys));
    struct ended *ended = NEW(w->arena, struct ended);
    *ended = (struct ended){ keys, n + m };
    return ended;
}

void
session_ended_bearer(struct work *w, struct user_id user, struct vendor_id shop,
                     struct ended *ended)
{
    const char **keys = NEW_ARRAY(w->arena, const char *, ended->n + 1);
    memcpy(keys, ended->keys, ended->n * sizeof(*keys));
    keys[ended->n] = bearer_key(w->arena, user, shop);
    *ended = (struct ended){ keys, ended->n + 1 };
}

struct err *
session_end_by_id(struct work *w, struct session_id id, struct ended *out)
{
    struct rows rows;
    TRY(db_many(w, Q_accounts_end_session_by_id, ARGS(arg_i64(w, w->user.n), arg_i64(w, id.n)),
                &rows));
    if (!rows.count)
        return FAIL(w->arena, ERR_NOT_FOUND, "accounts.no_session", "There is no such session.");
    *out = (struct ended){ ended_keys(w, &rows, 0), (size_t)rows.count };
    return NULL;
}

struct err *
session_end_all(struct work *w, struct user_id user, struct session_id keep, struct ended *out)
{
    struct rows rows, shops;
    TRY(db_many(w, Q_accounts_end_other_sessions, ARGS(arg_i64(w, user.n), arg_i64(w, keep.n)),
                &rows));
    TRY(db_many(w, Q_accounts_shops, ARGS(arg_i64(w, user.n)), &shops));
    size_t n = (size_t)rows.count;
    const char **keys = ended_keys(w, &rows, (size_t)shops.count + 1);
    keys[n++] = bearer_key(w->arena, user, (struct vendor_id){ 0 });
    for (int i = 0; i < shops.count; i++) {
        struct scan s = rows_at(&shops, i);
        keys[n++] = bearer_key(w->arena, user, (struct vendor_id){ scan_i64(&s) });
    }
    *out = (struct ended){ keys, n };
    return NULL;
}

struct err *
session_renew(struct req *r, bool proved, struct ended *out)
{
    struct work *w = r->work;
    struct scan s;
    bool found;
    if (!r->visitor.session)
        return NULL;
    char *token = random_token(w->arena, 32);
    TRY(db_maybe(w, Q_accounts_renew_session,
                 ARGS(arg_hash(w, r->visitor.session), arg_hash(w, token), arg_bool(proved)),
                 &found, &s));
    if (!found)
        return FAIL(w->arena, ERR_NO_LOGIN, "guard.login", "Please log in first.");
    bool stays = scan_bool(&s);
    int64_t left_s = scan_i64(&s);
    scan_end(&s);
    *out = one_key(w->arena, own_key(r));
    cookie_set(r, "session", token, stays ? left_s : 0);
    r->visitor.session = token; /* what the answer's forms are bound to */
    return NULL;
}

struct err *
session_is_fresh(struct req *r, bool *fresh)
{
    struct scan s;
    bool found;
    *fresh = r->visitor.by_token;
    if (!r->visitor.session)
        return NULL;
    TRY(db_maybe(r->work, Q_accounts_session_is_fresh,
                 ARGS(arg_hash(r->work, r->visitor.session), arg_i64(r->work, FRESH_S)), &found,
                 &s));
    *fresh = found && scan_bool(&s);
    return NULL;
}
