#include "accounts/step.h"

#include <string.h>

#include "accounts/keys.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/text.h"
#include "http/cookie.h"

#define LIFE_S 300
#define PARTS  4

static char *
mac_of(struct arena *a, const char *text)
{
    struct sha256 mac = hmac_sha256(accounts_key(KEY_STEP), BYTES(text, strlen(text)));
    return base64url(a, BYTES(mac.bytes, sizeof(mac.bytes)));
}

void
step_begin(struct req *r, const struct account *account, bool stays)
{
    struct work *w = r->work;
    char *text = text_printf(w->arena, "%lld.%lld.%d.%lld", (long long)account->id.n,
                             (long long)account->token_version, stays,
                             (long long)(w->now_us / SECOND_US + LIFE_S));
    cookie_set(r, "step", text_printf(w->arena, "%s.%s", text, mac_of(w->arena, text)), LIFE_S);
}

static bool
same(struct arena *a, const char *given, const char *wanted)
{
    struct bytes g, b;
    if (!base64url_bytes(a, given, &g) || !base64url_bytes(a, wanted, &b) ||
        g.length != sizeof(struct sha256))
        return false;
    return sha256_equal((const struct sha256 *)g.at, (const struct sha256 *)b.at);
}

bool
step_read(const struct req *r, struct step *out)
{
    struct arena *a = r->work->arena;
    const char *cookie = cookie_text(r, cookie_name(r, "step"));
    char *text = cookie && strlen(cookie) < 200 ? text_copy(a, cookie) : NULL;
    char *mac = text ? strrchr(text, '.') : NULL;
    if (!mac)
        return false;
    *mac++ = 0;
    if (!same(a, mac, mac_of(a, text)))
        return false;
    int64_t numbers[PARTS];
    for (int i = 0; i < PARTS; i++) { /* ours to the byte, so all four are there */
        char *end = strchr(text, '.');
        if (end)
            *end = 0;
        must(text_to_i64(text, &numbers[i]));
        text = end ? end + 1 : text;
    }
    *out = (struct step){ { numbers[0] }, numbers[2] == 1, numbers[1] };
    return numbers[3] * SECOND_US > r->work->now_us;
}

void
step_end(struct req *r)
{
    cookie_set(r, "step", "", -1);
}
