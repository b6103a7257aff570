#include "http/signature.h"

#include <string.h>

#include "base/digest.h"
#include "base/text.h"

struct claim {
    const char *time; /* as it was written: that is what was signed */
    struct sha256 signatures[SIGNATURES_MOST];
    size_t count;
};

/* One `name=value`; names that are not ours are other schemes'. */
static bool
read_part(struct claim *c, const char *part)
{
    if (text_starts(part, "t=")) {
        bool first = !c->time;
        c->time = part + 2;
        return first;
    }
    if (!text_starts(part, "v1="))
        return true;
    return c->count < SIGNATURES_MOST &&
           hex_bytes(part + 3, c->signatures[c->count++].bytes, sizeof(struct sha256));
}

static bool
read_header(struct arena *a, const char *header, struct claim *out)
{
    char *rest = text_copy(a, header), *part;
    while ((part = strsep(&rest, ",")))
        if (!read_part(out, part))
            return false;
    return out->time && out->count;
}

static bool
is_fresh(const char *time, int64_t now_s, int64_t tolerance_s)
{
    int64_t t;
    return text_to_i64(time, &t) && t > 0 && t >= now_s - tolerance_s && t <= now_s + tolerance_s;
}

static struct sha256
sign(struct arena *a, const char *time, struct bytes body, const char *secret)
{
    struct buf message = buf_new(a, strlen(time) + 1 + body.length);
    buf_text(&message, time);
    buf_char(&message, '.');
    buf_add(&message, body.at, body.length);
    return hmac_sha256(BYTES(secret, strlen(secret)), BYTES(message.at, message.length));
}

static bool
signed_by(struct arena *a, const struct claim *c, struct bytes body, const char *secret)
{
    bool right = false;
    struct sha256 wanted = sign(a, c->time, body, secret);
    for (size_t i = 0; i < c->count; i++)
        right |= sha256_equal(&c->signatures[i], &wanted);
    return right;
}

char *
signature_make(struct arena *a, struct bytes body, const char *const *secrets, size_t n,
               int64_t now_s)
{
    const char *time = text_i64(a, now_s);
    struct buf header = buf_new(a, 160);
    buf_text(&header, "t=");
    buf_text(&header, time);
    for (size_t i = 0; i < n; i++) {
        if (!*secrets[i])
            continue;
        struct sha256 mac = sign(a, time, body, secrets[i]);
        buf_text(&header, ",v1=");
        buf_text(&header, hex_text(a, BYTES(mac.bytes, sizeof(mac.bytes))));
    }
    return header.at;
}

bool
signature_holds(struct arena *a, const char *header, struct bytes body, const char *const *secrets,
                size_t n, int64_t now_s, int64_t tolerance_s)
{
    struct claim c = { .time = NULL };
    bool right = false;
    if (!read_header(a, header, &c) || !is_fresh(c.time, now_s, tolerance_s))
        return false;
    for (size_t i = 0; i < n; i++)
        if (*secrets[i])
            right |= signed_by(a, &c, body, secrets[i]);
    return right;
}
