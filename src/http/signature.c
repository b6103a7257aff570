#include "http/signature.h"

#include <string.h>

#include "base/digest.h"
#include "base/text.h"

const char *const signature_verdict_names[SIGNATURE_VERDICTS] = { "ok", "bad_header",
                                                                  "bad_signature", "stale" };

struct claim {
    const char *time; /* as it was written: that is what was signed */
    int64_t at_s;
    struct sha256 signatures[SIGNATURES_MOST]; /* those that can be read */
    size_t count;
    bool any; /* also those that cannot */
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
    c->any = true;
    if (c->count == SIGNATURES_MOST)
        return false;
    c->count += hex_bytes(part + 3, c->signatures[c->count].bytes, sizeof(struct sha256));
    return true;
}

static bool
read_header(struct arena *a, const char *header, struct claim *out)
{
    char *rest = text_copy(a, header), *part;
    while ((part = strsep(&rest, ",")))
        if (!read_part(out, part))
            return false;
    return out->time && out->any && text_to_i64(out->time, &out->at_s);
}

static bool
is_fresh(int64_t at_s, int64_t now_s, int64_t tolerance_s)
{
    return at_s > 0 && at_s >= now_s - tolerance_s && at_s <= now_s + tolerance_s;
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

enum signature_verdict
signature_check(struct arena *a, const char *header, struct bytes body, const char *const *secrets,
                size_t n, int64_t now_s, int64_t tolerance_s)
{
    struct claim c = { .time = NULL };
    bool right = false;
    if (!read_header(a, header, &c))
        return SIGNATURE_BAD_HEADER;
    for (size_t i = 0; i < n; i++)
        if (*secrets[i])
            right |= signed_by(a, &c, body, secrets[i]);
    if (!right)
        return SIGNATURE_WRONG;
    return is_fresh(c.at_s, now_s, tolerance_s) ? SIGNATURE_OK : SIGNATURE_STALE;
}

bool
signature_holds(struct arena *a, const char *header, struct bytes body, const char *const *secrets,
                size_t n, int64_t now_s, int64_t tolerance_s)
{
    return signature_check(a, header, body, secrets, n, now_s, tolerance_s) == SIGNATURE_OK;
}
