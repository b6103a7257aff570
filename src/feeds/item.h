/* One variant as channels get it. Pure: what the shop has goes in, cells and reasons come out, so
 * the file, the page of a product and the API say the same. */
#pragma once
#include "base/money.h"
#include "base/text.h"
#include "feeds/option.h"
#include "feeds/reason.h"

/* Of the shop; lives as long as the build. */
struct feed_terms {
    const char *url; /* of the site, without a slash at the end */
    const char *slug, *name;
    const char *language;   /* of the feed */
    int64_t backorder_days; /* 0: nobody knows when what is sold beyond the stock comes */
    int64_t now_us;
};

/* Parts of a list are apart by this, where PostgreSQL gives a list. */
#define FEED_SEPARATOR '\x1f'

/* As the database has it; texts "" where there is nothing. */
struct feed_item {
    int64_t variant, product;
    bool active;
    const char *title, *description, *language; /* language: of the texts; "": none were found */
    const char *gtin, *mpn, *brand, *category, *google_category;
    struct money price, compare_at; /* with tax where the channel wants it; compare_at 0: none */
    bool tracked, backorder;
    int64_t there, weight_g;
    const char *condition;
    const char *option_names, *option_values; /* lists */
    int64_t image;                            /* the variant's own; 0: none */
    const char
        *images; /* "12:r00ff… 13:w…": id, state (r ready, w waits, s small, b broken), hash */
    const char *tags; /* a list */
};

enum feed_cell {
    FEED_ID,
    FEED_TITLE,
    FEED_DESCRIPTION,
    FEED_AVAILABILITY_META,
    FEED_AVAILABILITY_GOOGLE,
    FEED_AVAILABILITY_DATE,
    FEED_CONDITION,
    FEED_PRICE,
    FEED_SALE_PRICE,
    FEED_LINK,
    FEED_IMAGE_LINK,
    FEED_MORE_IMAGES,
    FEED_BRAND,
    FEED_GTIN,
    FEED_MPN,
    FEED_IDENTIFIER_EXISTS,
    FEED_GOOGLE_CATEGORY,
    FEED_PRODUCT_TYPE,
    FEED_QUANTITY,
    FEED_GROUP,
    FEED_CELL_GENDER,
    FEED_CELL_AGE_GROUP,
    FEED_CELL_COLOR,
    FEED_CELL_SIZE,
    FEED_CELL_MATERIAL,
    FEED_CELL_PATTERN,
    FEED_WEIGHT,
    FEED_TAG_1,
    FEED_TAG_2,
    FEED_CELLS
};

/* Lives in the arena it was made in. Cells are never NULL and not cut yet. */
struct feed_shaped {
    const char *cells[FEED_CELLS];
    feed_reasons reasons[FEED_CHANNELS];
};

void feed_shape(struct arena *a, const struct feed_terms *terms, const struct feed_item *item,
                struct feed_shaped *out);

/* ---- Columns ---- */

struct feed_column {
    const char *header;
    enum feed_cell cell;
    size_t most; /* prose_length(); 0: our own, never too long */
};
extern const struct feed_column *const feed_columns[FEED_CHANNELS];
extern const size_t feed_column_counts[FEED_CHANNELS];

/* The header, and an item's line, as they stand in the file, line end included. */
void feed_put_header(struct buf *b, enum feed_channel channel);
void feed_put_line(struct buf *b, enum feed_channel channel, const struct feed_shaped *item);
