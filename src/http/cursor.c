/* A cursor is base64url of the first half of an HMAC-SHA-256 and of the keys, each followed by a
 * NUL. What the MAC is over says which list it belongs to; nothing of that is sent. */
#include "http/cursor.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/text.h"
#include "http/site.h"

#define MAC_BYTES   16
#define TEXT_LENGTH 4096 /* the longest that is looked at */

static bool
chooses_rows(const struct pair *p)
{
    static const char *const others[] = { "cursor", "limit", "done", "failed" };
    for (size_t i = 0; i < COUNT(others); i++)
        if (text_is(p->name, others[i]))
            return false;
    return *p->value != '\0';
}

static int
compare_pairs(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    int by_name = strcmp(x->name, y->name);
    return by_name ? by_name : strcmp(x->value, y->value);
}

/* Texts hold no NUL, so what follows each keeps ("a", "bc") apart from ("ab", "c"). */
static void
add_part(struct buf *b, const char *text)
{
    buf_add(b, text, strlen(text) + 1);
}

static void
add_query(struct buf *b, const struct req *r)
{
    struct pair *kept = NEW_ARRAY(r->work->arena, struct pair, r->query.count + 1);
    size_t n = 0;
    for (size_t i = 0; i < r->query.count; i++)
        if (chooses_rows(&r->query.at[i]))
            kept[n++] = r->query.at[i];
    qsort(kept, n, sizeof(*kept), compare_pairs);
    for (size_t i = 0; i < n; i++) {
        add_part(b, kept[i].name);
        add_part(b, kept[i].value);
    }
}

static struct sha256
mac_of(const struct req *r, struct bytes keys)
{
    struct buf b = buf_new(r->work->arena, 256);
    must(r->site->cursor_key.length == sizeof(struct sha256));
    buf_i64(&b, r->work->vendor.n);
    add_part(&b, "");
    add_part(&b, r->path);
    buf_add(&b, keys.at, keys.length);
    add_part(&b, "");
    add_query(&b, r);
    return hmac_sha256(r->site->cursor_key, BYTES(b.at, b.length));
}

const char *
cursor_make(const struct req *r, const char *const *keys, size_t n)
{
    struct buf b = buf_new(r->work->arena, 128), whole = buf_new(r->work->arena, 160);
    must(n && n <= CURSOR_KEYS_MAX);
    for (size_t i = 0; i < n; i++)
        add_part(&b, keys[i]);
    struct sha256 mac = mac_of(r, BYTES(b.at, b.length));
    buf_add(&whole, mac.bytes, MAC_BYTES);
    buf_add(&whole, b.at, b.length);
    return base64url(r->work->arena, BYTES(whole.at, whole.length));
}

struct err *
cursor_refused(const struct req *r)
{
    return FAIL_FIELD(r->work->arena, ERR_MALFORMED, "request.cursor", "cursor",
                      "This cursor is not one of ours.");
}

static bool
is_ours(const struct req *r, struct bytes b)
{
    if (b.length <= MAC_BYTES)
        return false;
    struct sha256 wanted = mac_of(r, BYTES(b.at + MAC_BYTES, b.length - MAC_BYTES)), came = wanted;
    memcpy(came.bytes, b.at, MAC_BYTES);
    return sha256_equal(&came, &wanted);
}

/* Exactly n texts: the MAC held, so this fails only when the list itself has changed since. */
static bool
split_keys(struct bytes b, const char **keys, size_t n)
{
    const char *at = (const char *)b.at, *end = at + b.length, *found[CURSOR_KEYS_MAX];
    for (size_t i = 0; i < n; i++) {
        const char *nul = at < end ? memchr(at, 0, (size_t)(end - at)) : NULL;
        if (!nul)
            return false;
        found[i] = at;
        at = nul + 1;
    }
    if (at != end)
        return false;
    memcpy(keys, found, n * sizeof(*keys));
    return true;
}

struct err *
cursor_read(const struct req *r, const char **keys, size_t n, bool *given)
{
    const char *text = query_text(r, "cursor");
    struct bytes b;
    must(n && n <= CURSOR_KEYS_MAX);
    if (!text || !*text) {
        *given = false;
        return NULL;
    }
    if (strlen(text) > TEXT_LENGTH || !base64url_bytes(r->work->arena, text, &b) ||
        !is_ours(r, b) || !split_keys(BYTES(b.at + MAC_BYTES, b.length - MAC_BYTES), keys, n))
        return cursor_refused(r);
    *given = true;
    return NULL;
}

const char *
cursor_make_id(const struct req *r, int64_t id)
{
    const char *key = text_i64(r->work->arena, id);
    return cursor_make(r, &key, 1);
}

struct err *
cursor_read_id(const struct req *r, int64_t *behind)
{
    const char *key;
    bool given;
    int64_t id = 0;
    TRY(cursor_read(r, &key, 1, &given));
    if (given && !text_to_id(key, &id))
        return cursor_refused(r);
    *behind = id;
    return NULL;
}
