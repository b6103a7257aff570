/* A product's texts as channels get them: the input is title, description, brand and option value,
 * apart by a NUL. Whatever they are, a line has its cells, its text is UTF-8, and nothing in it is
 * longer than the channel takes. */
#include <string.h>

#include "base/text.h"
#include "feeds/item.h"
#include "feeds/prose.h"
#include "fuzz.h"

#define PARTS 4

static void
check_cells(struct arena *a, enum feed_channel channel, const struct feed_shaped *shaped)
{
    struct buf b = buf_new(a, 1024);
    feed_put_line(&b, channel, shaped);
    EXPECT(text_is_utf8(BYTES(b.at, b.length), NULL));
    EXPECT(b.length && b.at[b.length - 1] == '\n');
    if (channel == FEED_META)
        return;
    size_t cells = 1;
    EXPECT(strchr(b.at, '\n') == b.at + b.length - 1);
    for (char *cell = b.at, *tab; (tab = strchr(cell, '\t')); cell = tab + 1)
        cells++;
    EXPECT(cells == feed_column_counts[channel]);
}

static void
check_text(struct arena *a, const char *text)
{
    const char *plain = prose_plain(a, text, true), *calm = prose_calm(a, plain);
    EXPECT(text_is_utf8(BYTES(calm, strlen(calm)), NULL));
    EXPECT(!prose_shouts(calm));
    for (size_t most = 1; most < 300; most += 37) {
        size_t n = prose_cut(plain, most);
        const char *cut = text_copy_n(a, plain, n);
        EXPECT(n <= strlen(plain) && prose_length(cut) <= most);
        EXPECT(text_is_utf8(BYTES(cut, n), NULL));
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct feed_terms terms = {
        .url = "https://souk.example", .slug = "shop", .name = "Shop", .language = "en"
    };
    struct arena *a = arena_new((size_t)64 << 20);
    const char *parts[PARTS] = { "", "", "", "" }, *at = text_copy_n(a, data, size);
    for (size_t i = 0, left = size; i < PARTS; i++) {
        size_t n = strlen(at);
        parts[i] = text_is_utf8(BYTES(at, n), NULL) ? at : "";
        if (n >= left)
            break;
        left -= n + 1;
        at += n + 1;
    }
    struct feed_item item = { .variant = 1, .product = 1, .active = true, .language = "en" };
    item.title = parts[0];
    item.description = parts[1];
    item.brand = item.mpn = item.category = item.google_category = parts[2];
    item.option_names = *parts[3] ? "Size" : "";
    item.option_values = parts[3];
    item.gtin = item.images = item.tags = "";
    item.condition = "new";
    item.price = item.compare_at = (struct money){ 100, CUR_EUR };
    struct feed_shaped shaped;
    feed_shape(a, &terms, &item, &shaped);
    for (enum feed_channel c = 0; c < FEED_CHANNELS; c++)
        check_cells(a, c, &shaped);
    check_text(a, parts[1]);
    arena_free(a);
    return 0;
}
