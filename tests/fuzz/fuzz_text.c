/* The small readers of words: ids, amounts, times, GTINs, titles, digests, addresses, hashes. One
 * text is given to all of them. */
#include <string.h>

#include "accounts/accounts.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/slug.h"
#include "base/text.h"
#include "catalog/gtin.h"
#include "fuzz.h"
#include "limits/limits.h"
#include "view/language.h"

static void
read_numbers(struct arena *a, const char *text)
{
    int64_t n, again, id;
    if (text_to_i64(text, &n))
        EXPECT(text_to_i64(text_printf(a, "%lld", (long long)n), &again) && again == n);
    if (text_to_id(text, &id))
        EXPECT(id > 0 && text_is(text, text_printf(a, "%lld", (long long)id)));
    for (enum currency cur = CUR_EUR; cur < CURRENCIES; cur++) {
        struct money m, same;
        if (!money_read(text, cur, &m))
            continue;
        EXPECT(m.minor >= 0 && m.cur == cur);
        EXPECT(money_read(money_decimal(a, m), cur, &same) && same.minor == m.minor);
        EXPECT(*money_words(a, m, "lb"));
    }
}

static void
read_time(struct arena *a, const char *text)
{
    int64_t at_us, again_us;
    if (!clock_parse_rfc3339(text, &at_us))
        return;
    const char *written = clock_rfc3339(a, at_us);
    EXPECT(clock_parse_rfc3339(written, &again_us));
    EXPECT(again_us <= at_us && at_us - again_us < 1000); /* milliseconds are written */
}

static void
read_digests(struct arena *a, const char *text)
{
    struct bytes raw;
    uint8_t hash[32];
    if (base64url_bytes(a, text, &raw))
        EXPECT(text_is(base64url(a, raw), text));
    if (hex_bytes(text, hash, sizeof(hash)))
        EXPECT(text_is(hex_text(a, BYTES(hash, sizeof(hash))), text));
    password_hash_is_bounded(text);
    struct work w = { .arena = a };
    struct password_owner of = { "owner@example.com", "The Tea Shop", "tea-shop" };
    struct err *why = password_refusal(&w, text, &of);
    EXPECT(!why || text_is(why->field, "password"));
}

static void
read_product_words(struct arena *a, const char *text)
{
    char digits[15], same[15];
    if (gtin_read(text, digits) == GTIN_OK)
        EXPECT(gtin_read(digits, same) == GTIN_OK && text_is(digits, same));
    if (!text_is_utf8(BYTES(text, strlen(text)), NULL))
        return;
    const char *slug = slug_of(a, text, 80, "product");
    size_t n = strlen(slug);
    EXPECT(n && n <= 80 && strspn(slug, "abcdefghijklmnopqrstuvwxyz0123456789-") == n);
    EXPECT(slug[0] != '-' && slug[n - 1] != '-' && !strstr(slug, "--"));
    EXPECT(text_is(slug, slug_of(a, slug, 80, "product")));
}

static void
read_network(struct arena *a, const char *text)
{
    const char *network = limits_network(a, text), *wide = limits_wide_network(a, text);
    EXPECT(!network || (*network && strlen(network) < 64));
    EXPECT(!wide || (network && strstr(wide, "/48")));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new((size_t)8 << 20);
    const char *text = text_copy_n(a, data, size);
    read_numbers(a, text);
    read_time(a, text);
    read_digests(a, text);
    read_product_words(a, text);
    read_network(a, text);
    EXPECT(language_known(language_pick(text)));
    arena_free(a);
    return 0;
}
