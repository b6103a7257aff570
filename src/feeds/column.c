/* The columns of both files, and how a line of each is written. Meta reads CSV (RFC 4180); Google
 * reads text between tabs, where a field holds neither tab nor line end and is never quoted. */
#include <string.h>

#include "base/must.h"
#include "feeds/item.h"
#include "feeds/prose.h"

/* clang-format off */
static const struct feed_column meta[] = {
    { "id",                            FEED_ID,                0    },
    { "title",                         FEED_TITLE,             200  },
    { "description",                   FEED_DESCRIPTION,       9999 },
    { "availability",                  FEED_AVAILABILITY_META, 0    },
    { "condition",                     FEED_CONDITION,         0    },
    { "price",                         FEED_PRICE,             0    },
    { "link",                          FEED_LINK,              0    },
    { "image_link",                    FEED_IMAGE_LINK,        0    },
    { "brand",                         FEED_BRAND,             100  },
    { "google_product_category",       FEED_GOOGLE_CATEGORY,   0    },
    { "quantity_to_sell_on_facebook",  FEED_QUANTITY,          0    },
    { "sale_price",                    FEED_SALE_PRICE,        0    },
    { "item_group_id",                 FEED_GROUP,             0    },
    { "gender",                        FEED_CELL_GENDER,       0    },
    { "color",                         FEED_CELL_COLOR,        200  },
    { "size",                          FEED_CELL_SIZE,         200  },
    { "age_group",                     FEED_CELL_AGE_GROUP,    0    },
    { "material",                      FEED_CELL_MATERIAL,     200  },
    { "pattern",                       FEED_CELL_PATTERN,      100  },
    { "shipping_weight",               FEED_WEIGHT,            0    },
    { "gtin",                          FEED_GTIN,              0    },
    { "additional_image_link",         FEED_MORE_IMAGES,       0    },
    { "product_type",                  FEED_PRODUCT_TYPE,      750  },
    { "product_tags[0]",               FEED_TAG_1,             110  },
    { "product_tags[1]",               FEED_TAG_2,             110  },
}, google[] = {
    { "id",                            FEED_ID,                  0    },
    { "title",                         FEED_TITLE,               150  },
    { "description",                   FEED_DESCRIPTION,         5000 },
    { "availability",                  FEED_AVAILABILITY_GOOGLE, 0    },
    { "availability_date",             FEED_AVAILABILITY_DATE,   0    },
    { "condition",                     FEED_CONDITION,           0    },
    { "price",                         FEED_PRICE,               0    },
    { "sale_price",                    FEED_SALE_PRICE,          0    },
    { "link",                          FEED_LINK,                0    },
    { "image_link",                    FEED_IMAGE_LINK,          0    },
    { "additional_image_link",         FEED_MORE_IMAGES,         0    },
    { "brand",                         FEED_BRAND,               70   },
    { "gtin",                          FEED_GTIN,                0    },
    { "mpn",                           FEED_MPN,                 70   },
    { "identifier_exists",             FEED_IDENTIFIER_EXISTS,   0    },
    { "google_product_category",       FEED_GOOGLE_CATEGORY,     0    },
    { "product_type",                  FEED_PRODUCT_TYPE,        750  },
    { "item_group_id",                 FEED_GROUP,               0    },
    { "gender",                        FEED_CELL_GENDER,         0    },
    { "age_group",                     FEED_CELL_AGE_GROUP,      0    },
    { "color",                         FEED_CELL_COLOR,          100  },
    { "size",                          FEED_CELL_SIZE,           100  },
    { "material",                      FEED_CELL_MATERIAL,       200  },
    { "pattern",                       FEED_CELL_PATTERN,        100  },
    { "shipping_weight",               FEED_WEIGHT,              0    },
};
/* clang-format on */

const struct feed_column *const feed_columns[FEED_CHANNELS] = { meta, google };
const size_t feed_column_counts[FEED_CHANNELS] = { COUNT(meta), COUNT(google) };

/* As many of a list's addresses as the channel takes: Meta 20, Google 10. */
static size_t
images_length(const char *list, enum feed_channel channel)
{
    size_t most = channel == FEED_META ? 20 : 10, n = 0;
    for (const char *comma = list; (comma = strchr(comma, ',')); comma++)
        if (++n == most)
            return (size_t)(comma - list);
    return strlen(list);
}

static size_t
cell_length(const struct feed_column *column, enum feed_channel channel, const char *text)
{
    if (column->cell == FEED_MORE_IMAGES)
        return images_length(text, channel);
    size_t length = strlen(text);
    return column->most && length > column->most ? prose_cut(text, column->most) : length;
}

static void
put_quoted(struct buf *b, const char *text, size_t length)
{
    buf_char(b, '"');
    for (const char *quote; (quote = memchr(text, '"', length));) {
        size_t n = (size_t)(quote - text) + 1;
        buf_add(b, text, n);
        buf_char(b, '"');
        text += n;
        length -= n;
    }
    buf_add(b, text, length);
    buf_char(b, '"');
}

static bool
wants_quotes(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] == ',' || text[i] == '"' || text[i] == '\n')
            return true;
    return false;
}

static void
put_on_one_line(struct buf *b, const char *text, size_t length)
{
    char *to = buf_room(b, length);
    for (size_t i = 0; i < length; i++)
        to[i] = text[i] == '\n' || text[i] == '\t' ? ' ' : text[i];
    b->length += length;
    b->at[b->length] = 0;
}

static void
put_cell(struct buf *b, enum feed_channel channel, const char *text, size_t length)
{
    if (channel == FEED_GOOGLE)
        put_on_one_line(b, text, length);
    else if (wants_quotes(text, length))
        put_quoted(b, text, length);
    else
        buf_add(b, text, length);
}

void
feed_put_header(struct buf *b, enum feed_channel channel)
{
    for (size_t i = 0; i < feed_column_counts[channel]; i++) {
        if (i)
            buf_char(b, channel == FEED_META ? ',' : '\t');
        buf_text(b, feed_columns[channel][i].header);
    }
    buf_char(b, '\n');
}

void
feed_put_line(struct buf *b, enum feed_channel channel, const struct feed_shaped *item)
{
    for (size_t i = 0; i < feed_column_counts[channel]; i++) {
        const struct feed_column *column = &feed_columns[channel][i];
        const char *text = item->cells[column->cell];
        if (i)
            buf_char(b, channel == FEED_META ? ',' : '\t');
        put_cell(b, channel, text, cell_length(column, channel, text));
    }
    buf_char(b, '\n');
}
