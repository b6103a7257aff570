#include "http/cookie.h"

#include <string.h>

#include "base/text.h"
#include "http/site.h"

#define COOKIES_MAX 50

struct pairs
cookies_read(struct arena *a, const char *header)
{
    struct pairs pairs = { .at = NEW_ARRAY(a, struct pair, COOKIES_MAX) };
    while (header && *header && pairs.count < COOKIES_MAX) {
        size_t n = strcspn(header, ";");
        const char *equals = memchr(header, '=', n);
        if (equals && text_is_utf8(BYTES(header, n), NULL)) {
            char *name = text_trim(a, text_copy_n(a, header, (size_t)(equals - header)));
            char *value =
                text_trim(a, text_copy_n(a, equals + 1, n - (size_t)(equals + 1 - header)));
            if (*name)
                pairs.at[pairs.count++] = (struct pair){ name, value };
        }
        header += n + (header[n] == ';');
    }
    return pairs;
}

const char *
cookie_name(const struct req *r, const char *name)
{
    return r->site->secure ? text_printf(r->work->arena, "__Host-%s", name) : name;
}

void
cookie_set(struct req *r, const char *name, const char *value, int64_t max_age_s)
{
    struct buf b = buf_new(r->work->arena, 256);
    buf_printf(&b, "%s=%s; Path=/; HttpOnly; SameSite=Lax", cookie_name(r, name), value);
    if (r->site->secure)
        buf_text(&b, "; Secure");
    if (max_age_s)
        buf_printf(&b, "; Max-Age=%lld", (long long)(max_age_s < 0 ? 0 : max_age_s));
    resp_header(r, "Set-Cookie", b.at);
}
