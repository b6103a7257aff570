/* Reading what a request says beside its body: query, cookies, path parameters. */
#include "http/request.h"

#include <string.h>

#include "base/text.h"

#define PAIRS_MAX 1000

static int
hex_value(unsigned char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static struct err *
bad_encoding(struct arena *a, size_t at)
{
    return FAIL(a, ERR_MALFORMED, "request.encoding",
                text_printf(a, "The request is not well-formed at byte %zu.", at + 1));
}

/* One name or value: b[from, to). */
static struct err *
decode_part(struct arena *a, struct bytes b, size_t from, size_t to, const char **out)
{
    unsigned char *text = arena_alloc_raw(a, to - from + 1);
    size_t n = 0, bad;
    for (size_t i = from; i < to; i++) {
        if (b.at[i] == '+') {
            text[n++] = ' ';
        } else if (b.at[i] == '%') {
            int h = to - i < 3 ? -1 : hex_value(b.at[i + 1]);
            int l = to - i < 3 ? -1 : hex_value(b.at[i + 2]);
            if (h < 0 || l < 0)
                return bad_encoding(a, i);
            text[n++] = (unsigned char)(h << 4 | l);
            i += 2;
        } else {
            text[n++] = b.at[i];
        }
    }
    text[n] = 0;
    if (!text_is_utf8(BYTES(text, n), &bad))
        return bad_encoding(a, from + bad);
    *out = (const char *)text;
    return NULL;
}

struct err *
pairs_decode(struct arena *a, struct bytes b, struct pairs *out)
{
    size_t most = b.length ? 1 : 0;
    for (size_t i = 0; i < b.length; i++)
        most += b.at[i] == '&';
    if (most > PAIRS_MAX)
        return FAIL(a, ERR_MALFORMED, "request.too_many_fields",
                    "The request has more than 1,000 fields.");

    struct pairs pairs = { .at = NEW_ARRAY(a, struct pair, most + 1) };
    for (size_t i = 0; i < b.length;) {
        const unsigned char *amp = memchr(b.at + i, '&', b.length - i);
        size_t end = amp ? (size_t)(amp - b.at) : b.length;
        const unsigned char *eq = memchr(b.at + i, '=', end - i);
        size_t middle = eq ? (size_t)(eq - b.at) : end;
        if (end > i) {
            struct pair *pair = &pairs.at[pairs.count++];
            TRY(decode_part(a, b, i, middle, &pair->name));
            TRY(decode_part(a, b, eq ? middle + 1 : end, end, &pair->value));
        }
        i = end + 1;
    }
    *out = pairs;
    return NULL;
}

const char *
pairs_text(const struct pairs *p, const char *name)
{
    for (size_t i = 0; i < p->count; i++)
        if (text_is(p->at[i].name, name))
            return p->at[i].value;
    return NULL;
}

const char *
query_text(const struct req *r, const char *name)
{
    return pairs_text(&r->query, name);
}

const char *
url_part(struct arena *a, const char *text)
{
    struct buf b = buf_new(a, 64);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            strchr("-_.", c))
            buf_char(&b, (char)c);
        else
            buf_printf(&b, "%%%02X", c);
    }
    return b.at;
}

static void
add_pair(struct arena *a, struct buf *b, const char *name, const char *value)
{
    buf_printf(b, "%s%s=%s", b->length > 1 ? "&" : "", url_part(a, name), url_part(a, value));
}

const char *
query_with(const struct req *r, const char *name, const char *value)
{
    struct arena *a = r->work->arena;
    struct buf b = buf_new(a, 64);
    buf_char(&b, '?');
    for (size_t i = 0; i < r->query.count; i++) {
        const struct pair *p = &r->query.at[i];
        if (!text_is(p->name, name) && !text_is(p->name, "done") && !text_is(p->name, "failed"))
            add_pair(a, &b, p->name, p->value);
    }
    if (value)
        add_pair(a, &b, name, value);
    return b.at;
}

struct err *
query_limit(struct req *r, int64_t normal, int64_t most, int64_t *out)
{
    const char *text = query_text(r, "limit");
    int64_t n = normal;
    if (text && (!text_to_i64(text, &n) || n < 1 || n > most))
        return FAIL_FIELD(
            r->work->arena, ERR_MALFORMED, "request.limit", "limit",
            text_printf(r->work->arena, "limit must be a number from 1 to %lld.", (long long)most));
    *out = n;
    return NULL;
}

static bool
is_one_of(const char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (text_is(names[i], name))
            return true;
    return false;
}

struct err *
query_only(struct req *r, const char *const *names, size_t n)
{
    static const char *const always[] = { "lang", "done", "failed" };
    for (size_t i = 0; i < r->query.count; i++) {
        const char *name = r->query.at[i].name;
        if (!is_one_of(names, n, name) && !is_one_of(always, COUNT(always), name))
            return FAIL_FIELD(
                r->work->arena, ERR_MALFORMED, "request.parameter", name,
                text_printf(r->work->arena, "There is no parameter \"%s\" here.", name));
    }
    return NULL;
}

const char *
cookie_text(const struct req *r, const char *name)
{
    return pairs_text(&r->cookies, name);
}

const char *
header_text(const struct req *r, const char *cgi_name)
{
    return r->source->param(r->source->arg, cgi_name);
}

struct err *
param_id(struct req *r, int i, int64_t *out)
{
    must(i >= 0 && i < PATH_PARAMS_MAX && r->params[i]);
    if (!text_to_id(r->params[i], out))
        return FAIL(r->work->arena, ERR_NOT_FOUND, "request.no_such_id",
                    "There is nothing at this address.");
    return NULL;
}
