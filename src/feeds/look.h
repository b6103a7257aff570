/* What pages and API show of feeds: which one an address names, and what the last build left out.
 */
#pragma once
#include "feeds/store.h"
#include "http/request.h"

/* The {language} and {channel} of the address, the first two parameters. NOT_FOUND feed.unknown:
 * the shop has no such language, or there is no such channel. */
struct err *look_named(struct req *r, const struct feed_shop *shop, const char **language,
                       enum feed_channel *channel) MUST_CHECK;

/* The form of the settings; what is missing of it is as the shop has it. */
struct form;
struct feed_choice;
void look_choice(struct form *f, struct feed_choice *choice);

/* How many items each reason keeps out, most first. */
struct reason_count {
    const char *name;
    int64_t items;
};
struct err *look_reasons(struct work *w, const char *language, enum feed_channel channel,
                         struct reason_count **out, size_t *n) MUST_CHECK;

struct rejected_item {
    int64_t variant, product;
    const char *sku, *title, *language; /* title "" when it has none in any language */
    const char *reasons[FEED_REASONS];
    size_t count;
};
/* Behind that variant, those with that reason (NULL: any), at most so many; *more: there are others
 * behind them. */
struct err *look_rejected(struct work *w, const char *language, enum feed_channel channel,
                          const char *reason, int64_t behind, int64_t most,
                          struct rejected_item **out, size_t *n, bool *more) MUST_CHECK;

/* One product now, not when the feed was built: how many of its variants each reason is about.
 * NOT_FOUND product.unknown. */
struct product_check {
    const char *language;
    int64_t variants;
    int64_t counts[FEED_CHANNELS][FEED_REASONS];
    int64_t ready[FEED_CHANNELS]; /* variants */
};
struct err *look_product(struct work *w, struct product_id product, const char **sku,
                         const char **title, const char **title_language,
                         struct product_check **out, size_t *n) MUST_CHECK;
