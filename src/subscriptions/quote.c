/* A quote needs no row: it says its instant, the account's version and its end, sealed together
 * with the vendor and the change it is for. */
#include <string.h>

#include "base/digest.h"
#include "base/must.h"
#include "base/text.h"
#include "subscriptions/act.h"
#include "subscriptions/inside.h"

static struct bytes key_in_use;

void
subscriptions_use(struct bytes key)
{
    key_in_use = key;
}

static struct sha256
seal(const struct book *b, const struct change *wanted, int64_t at, int64_t version, int64_t until)
{
    must(key_in_use.length);
    const char *text =
        text_printf(b->acc.arena, "quote|%s|%s|%d|%s|%lld|%d|%lld|%lld|%lld", b->slug,
                    wanted->tier ? wanted->tier : "", (int)wanted->interval,
                    wanted->addon ? wanted->addon : "", (long long)wanted->quantity,
                    (int)wanted->when, (long long)at, (long long)version, (long long)until);
    return hmac_sha256(key_in_use, BYTES(text, strlen(text)));
}

const char *
quote_make(const struct book *b, const struct change *wanted, int64_t until)
{
    struct arena *a = b->acc.arena;
    struct sha256 mac = seal(b, wanted, b->now, b->version, until);
    return text_printf(a, "%lld-%lld-%lld-%s", (long long)b->now, (long long)b->version,
                       (long long)until, hex_text(a, BYTES(mac.bytes, sizeof(mac.bytes))));
}

static bool
next_number(const char **at, int64_t *out)
{
    char digits[24];
    size_t n = strcspn(*at, "-");
    if (!n || n >= sizeof(digits) || (*at)[n] != '-')
        return false;
    memcpy(digits, *at, n);
    digits[n] = 0;
    *at += n + 1;
    return text_to_i64(digits, out);
}

bool
quote_holds(const struct book *b, const struct change *wanted, const char *quote, int64_t *at)
{
    int64_t version = 0, until = 0, then = 0;
    const char *rest = quote;
    if (!next_number(&rest, &then) || !next_number(&rest, &version) || !next_number(&rest, &until))
        return false;
    struct sha256 right = seal(b, wanted, then, version, until), given;
    if (!hex_bytes(rest, given.bytes, sizeof(given.bytes)) || !sha256_equal(&right, &given))
        return false;
    *at = then;
    return version == b->version && then <= b->now && b->now <= until;
}
