/* The mark and the copy are two keys of one slot, asked for by two GETs behind the limits' script.
 * They go by the shop's id, the address by its slug: a worker remembers which id a slug has, for
 * that never changes. */
#include "http/copy.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/must.h"
#include "base/random.h"
#include "base/settings.h"
#include "base/text.h"
#include "cache/cache.h"
#include "db/db.h"
#include "http/route.h"

#define COPY_MOST  (16 * 1024) /* bytes: more is not kept */
#define MARK_LIFE  "86400"     /* seconds */
#define SLUG_MOST  64
#define SHOPS_KEPT 1024 /* a power of two */

struct copy_call {
    const char *mark_key, *copy_key;
    struct bytes mark; /* "" while there is none */
    const char *tag;   /* of the copy that was found; NULL: none */
    struct bytes body;
};

/* ---- Which shop ---- Process-long; one place for each remainder of the slug's sum. */

static struct known {
    char slug[SLUG_MOST];
    struct vendor_id id;
} shops[SHOPS_KEPT];

static struct known *
place_of(const char *slug)
{
    uint32_t sum = 2166136261U; /* FNV-1a */
    for (const char *c = slug; *c; c++)
        sum = (sum ^ (uint8_t)*c) * 16777619U;
    return &shops[sum & (SHOPS_KEPT - 1)];
}

static struct vendor_id
shop_known(const char *slug)
{
    const struct known *k = place_of(slug);
    return text_is(k->slug, slug) ? k->id : (struct vendor_id){ 0 };
}

static void
shop_remember(struct work *w, const char *slug)
{
    struct scan s;
    bool found;
    struct known *k = place_of(slug);
    if (strlen(slug) >= SLUG_MOST)
        return;
    tx_open(w, TX_SHOP_READ);
    struct err *e = db_maybe(w, Q_http_shop, NO_ARGS, &found, &s);
    if (!e && found) {
        k->id.n = scan_i64(&s);
        snprintf(k->slug, sizeof(k->slug), "%s", slug);
    }
    tx_rollback(w);
}

/* ---- Asking ---- */

static void
queue_get(struct cache *c, const char *key)
{
    const struct bytes argv[] = { BYTES("GET", 3), BYTES(key, strlen(key)) };
    cache_queue(c, 2, argv);
}

static char *
mark_key(struct arena *a, struct vendor_id shop)
{
    return text_printf(a, "mark:{%lld}", (long long)shop.n);
}

void
copy_ask(struct req *r)
{
    struct work *w = r->work;
    if (!r->route->copied || !w->cache || !w->settings->copies || r->query.count)
        return;
    struct copy_call *call = NEW(w->arena, struct copy_call);
    struct vendor_id shop = shop_known(r->params[0]);
    r->copy_call = call;
    if (!shop.n)
        return;
    call->mark_key = mark_key(w->arena, shop);
    call->copy_key = text_printf(w->arena, "copy:{%lld}:%s", (long long)shop.n, r->path);
    queue_get(w->cache, call->mark_key);
    queue_get(w->cache, call->copy_key);
}

/* "mark etag\nbody" of this mark. */
static void
take(struct arena *a, struct copy_call *call, struct bytes copy)
{
    const char *at = (const char *)copy.at;
    size_t mark = call->mark.length;
    if (!mark || copy.length <= mark || at[mark] != ' ' || memcmp(at, call->mark.at, mark) != 0)
        return;
    const char *tag = at + mark + 1, *end = memchr(tag, '\n', copy.length - mark - 1);
    if (!end)
        return;
    call->tag = text_copy_n(a, tag, (size_t)(end - tag));
    call->body = BYTES(end + 1, copy.length - (size_t)(end + 1 - at));
}

void
copy_read(struct req *r)
{
    struct work *w = r->work;
    struct copy_call *call = r->copy_call;
    if (!call || !call->mark_key)
        return;
    struct cache_reply mark = cache_reply(w->cache, w->arena);
    struct cache_reply copy = cache_reply(w->cache, w->arena);
    if (mark.ok && !mark.null)
        call->mark = mark.text;
    else if (!mark.ok)
        call->mark_key = NULL; /* Redis is away: nothing is kept either */
    if (copy.ok && !copy.null)
        take(w->arena, call, copy.text);
}

bool
copy_send(struct req *r)
{
    const struct copy_call *call = r->copy_call;
    if (!call || !call->tag)
        return false;
    resp_header(r, "Cache-Control", COPY_SHARED);
    if (resp_unchanged(r, call->tag))
        return true;
    struct buf json = { .at = (char *)(uintptr_t)call->body.at, .length = call->body.length };
    struct err *none = json_answer(r, 200, &json);
    must(!none);
    return true;
}

/* ---- Keeping ---- */

/* `ask`: cache_command, or cache_insist. */
static bool
set(struct work *w, const char *key, struct bytes value, const char *life, const char *when,
    struct cache_reply (*ask)(struct cache *, struct arena *, int, const struct bytes *))
{
    const struct bytes argv[] = {
        BYTES("SET", 3), BYTES(key, strlen(key)),   value,
        BYTES("EX", 2),  BYTES(life, strlen(life)), BYTES(when, strlen(when))
    };
    return ask(w->cache, w->arena, *when ? 6 : 5, argv).ok;
}

static struct bytes
new_mark(struct arena *a)
{
    const char *mark = random_token(a, 12);
    return BYTES(mark, strlen(mark));
}

static const char *
tag_of(const struct resp *resp)
{
    for (int i = 0; i < resp->header_count; i++)
        if (text_is(resp->headers[i].name, "ETag"))
            return resp->headers[i].value;
    return NULL;
}

void
copy_keep(struct req *r)
{
    struct work *w = r->work;
    struct copy_call *call = r->copy_call;
    const char *tag = tag_of(&r->resp);
    size_t length = r->resp.body.length, quoted = tag ? strlen(tag) : 0;
    if (!call || r->resp.status != 200 || quoted < 3 || length > COPY_MOST)
        return;
    if (!shop_known(r->params[0]).n)
        shop_remember(w, r->params[0]);
    else if (call->mark_key && !call->mark.length)
        set(w, call->mark_key, new_mark(w->arena), MARK_LIFE, "NX", cache_command);
    else if (call->mark_key) {
        struct buf b = buf_new(w->arena, length + call->mark.length + quoted + 2);
        buf_add(&b, call->mark.at, call->mark.length);
        buf_printf(&b, " %.*s\n", (int)(quoted - 2), tag + 1);
        buf_add(&b, r->resp.body.at, r->resp.body.length);
        set(w, call->copy_key, BYTES(b.at, b.length), COPY_LIFE, "", cache_command);
    }
}

void
copies_drop(struct work *w, struct vendor_id shop)
{
    if (w->cache &&
        !set(w, mark_key(w->arena, shop), new_mark(w->arena), MARK_LIFE, "XX", cache_insist))
        log_warn("copies.not_dropped", NULL);
}
