/* The answer is written in the transaction of its effect: either both are there or neither. The
 * advisory lock tells a second request that the first is at work instead of making it wait; where
 * both slip past it, the primary key refuses the later one together with its effect. */
#include "http/idempotency.h"

#include <string.h>

#include "base/digest.h"
#include "db/db.h"
#include "http/request.h"
#include "http/route.h"

struct key {
    const char *scope, *text;
    struct sha256 request;
    bool form;
};

static bool
is_visible(const char *text)
{
    size_t n = 0;
    for (; text[n]; n++)
        if (text[n] < '!' || text[n] > '~')
            return false;
    return n >= 1 && n <= 255;
}

/* The same key with another call or body is another request. */
static struct sha256
request_of(struct arena *a, const char *call, struct bytes body)
{
    struct buf all = buf_new(a, strlen(call) + 1 + body.length);
    buf_text(&all, call);
    buf_char(&all, '\n');
    buf_add(&all, body.at, body.length);
    return sha256_of(BYTES(all.at, all.length));
}

/* text is NULL when the request has no key. */
static struct err *
read_key(struct req *r, struct key *out)
{
    struct arena *a = r->work->arena;
    const char *given = header_text(r, "HTTP_IDEMPOTENCY_KEY");
    enum body_kind kind = r->route->body;
    bool buys = r->route->tx == TX_SHOP_WRITE; /* anybody's, kept under account 0 */
    bool writes = buys || r->route->tx == TX_WRITE || r->route->tx == TX_OPERATOR_WRITE;
    struct bytes body = BYTES("", 0);

    *out = (struct key){ .form = kind == FORM_8K || kind == FORM_64K };
    if (!writes || (!r->work->user.n && !buys) || (!given && !out->form))
        return NULL;
    if (given && !is_visible(given))
        return FAIL(a, ERR_MALFORMED, "idempotency.key",
                    "Idempotency-Key has 1 to 255 visible ASCII characters.");
    if (kind != NO_BODY)
        TRY(body_read(r, &body));
    const char *call = text_printf(a, "%s %s", header_text(r, "REQUEST_METHOD"), r->path);
    out->request = request_of(a, call, body);
    out->text = given ? given : hex_text(a, BYTES(out->request.bytes, sizeof(out->request.bytes)));
    /* The operator's handlers work as the shop that they were asked about, which stands in the call
     * already. */
    int64_t shop = r->route->who == WHO_ADMIN ? 0 : r->work->vendor.n;
    /* Whoever buys without an account shares theirs with everybody: the shop's address tells apart.
     */
    out->scope = text_printf(a, "%lld %s", (long long)shop, r->work->user.n ? "" : r->path);
    return NULL;
}

static void
header_again(struct req *r, const char *name, const char *value)
{
    if (*value)
        resp_header(r, name, value);
}

static struct err *
answer_again(struct req *r, const struct key *key, struct scan *s)
{
    struct arena *a = r->work->arena;
    struct bytes request = scan_bytes(r->work, s);
    if (request.length != sizeof(key->request.bytes) ||
        memcmp(request.at, key->request.bytes, request.length) != 0)
        return FAIL(a, ERR_INVALID, "idempotency.other_request",
                    "This Idempotency-Key was used for another request.");
    r->resp.status = (int)scan_i64(s);
    header_again(r, "Content-Type", scan_text(s));
    header_again(r, "Location", scan_text(s));
    header_again(r, "ETag", scan_text(s));
    if (scan_bool(s))
        return FAIL(a, ERR_CONFLICT, "idempotency.secret",
                    "This was done already; its answer held a secret, which is told once only.");
    r->resp.body = scan_bytes(r->work, s);
    resp_header(r, "Idempotent-Replayed", "true");
    return NULL;
}

#define KEY_ARGS(w, key)                                                                           \
    ARGS(arg_i64(w, (w)->user.n), arg_text((key)->scope), arg_text((key)->text))

static struct err *
is_running(struct req *r)
{
    struct err *e = FAIL(r->work->arena, ERR_CONFLICT, "idempotency.running",
                         "The first request with this key is still at work.");
    e->retry_after_s = 1;
    return e;
}

/* A person who clicks twice sees the answer to the second click: it waits for the first. A program
 * is told at once. */
static struct err *
find_answer(struct req *r, const struct key *key, struct scan *s)
{
    struct rows none;
    TRY(db_one(r->work, Q_idempotency_find, KEY_ARGS(r->work, key), s));
    struct scan look = *s;
    bool free = scan_bool(&look), done = !scan_null(&look);
    if (free || done)
        return NULL;
    if (!key->form)
        return is_running(r);
    TRY(db_many(r->work, Q_idempotency_wait, KEY_ARGS(r->work, key), &none));
    return db_one(r->work, Q_idempotency_find, KEY_ARGS(r->work, key), s);
}

struct err *
idempotency_find(struct req *r, bool *replayed)
{
    struct key key;
    struct scan s;
    *replayed = false;
    TRY(read_key(r, &key));
    if (!key.text)
        return NULL;
    TRY(find_answer(r, &key, &s));
    scan_skip(&s);
    if (scan_null(&s))
        return NULL;
    TRY(answer_again(r, &key, &s));
    *replayed = true;
    return NULL;
}

static struct arg
header_arg(const struct req *r, const char *name)
{
    for (int i = 0; i < r->resp.header_count; i++)
        if (strcmp(r->resp.headers[i].name, name) == 0)
            return arg_text(r->resp.headers[i].value);
    return arg_null();
}

struct err *
idempotency_keep(struct req *r)
{
    struct work *w = r->work;
    struct key key;
    TRY(read_key(r, &key));
    /* A page after a form's POST is a question, asked again at no harm; a secret is none. */
    if (!key.text || (key.form && r->resp.status != 303 && !r->resp.secret))
        return NULL;
    struct err *e = db_exec(w, Q_idempotency_keep,
                            ARGS(arg_i64(w, w->user.n), arg_text(key.scope), arg_text(key.text),
                                 arg_bytes(w, BYTES(key.request.bytes, sizeof(key.request.bytes))),
                                 arg_i64(w, r->resp.status), header_arg(r, "Content-Type"),
                                 header_arg(r, "Location"), header_arg(r, "ETag"),
                                 r->resp.secret ? arg_null() : arg_bytes(w, r->resp.body)),
                            NULL);
    if (e && text_is(e->code, "db.idempotency_once"))
        return err_new(w->arena, ERR_BUSY, "db.retry", NULL, "Try again.", NULL, ERR_AT);
    return e;
}
