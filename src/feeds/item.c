/* The rules of COMMERCE.md's feed section, one function a cell or a few that belong together. */
#include "feeds/item.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "catalog/gtin.h"
#include "feeds/prose.h"
#include "view/language.h"

#define DESCRIPTION_LEAST 30   /* Meta refuses shorter ones */
#define IMAGES_BYTES_MOST 2000 /* of all further addresses together */
#define IMAGES_MOST       20
#define OPTIONS_MOST      16

static void
note(struct feed_shaped *out, enum feed_reason reason)
{
    for (int i = 0; i < FEED_CHANNELS; i++)
        out->reasons[i] |= FEED_BIT(reason);
}

static size_t
most_of(enum feed_channel channel, enum feed_cell cell)
{
    for (size_t i = 0; i < feed_column_counts[channel]; i++)
        if (feed_columns[channel][i].cell == cell)
            return feed_columns[channel][i].most;
    return 0;
}

/* ---- Lists ---- */

/* Cuts the copy at the separators. */
static size_t
list_parts(struct arena *a, const char *list, const char **parts, size_t most)
{
    static const char separator[] = { FEED_SEPARATOR, 0 };
    size_t n = 0;
    if (!*list)
        return 0;
    for (char *at = text_copy(a, list), *part; n < most && (part = strsep(&at, separator));)
        parts[n++] = part;
    return n;
}

/* ---- Texts ---- */

static const char *
calmed(struct arena *a, const char *text, struct feed_shaped *out)
{
    if (!prose_shouts(text))
        return text;
    note(out, FEED_CAPITALS);
    return prose_calm(a, text);
}

static void
note_cut(struct feed_shaped *out, enum feed_cell cell, enum feed_reason reason)
{
    for (enum feed_channel i = 0; i < FEED_CHANNELS; i++) {
        size_t most = most_of(i, cell);
        if (strlen(out->cells[cell]) > most && prose_length(out->cells[cell]) > most)
            out->reasons[i] |= FEED_BIT(reason);
    }
}

static void
shape_description(struct arena *a, const struct feed_item *item, struct feed_shaped *out)
{
    const char *text = calmed(a, prose_plain(a, item->description, true), out);
    if (!*text)
        note(out, FEED_NO_DESCRIPTION);
    else if (text_characters(text) < DESCRIPTION_LEAST)
        text = calmed(a, text_join(a, out->cells[FEED_TITLE], ". ", text, NULL), out);
    if (*text && text_characters(text) < DESCRIPTION_LEAST)
        out->reasons[FEED_META] |= FEED_BIT(FEED_SHORT_DESCRIPTION);
    out->cells[FEED_DESCRIPTION] = text;
    note_cut(out, FEED_DESCRIPTION, FEED_DESCRIPTION_CUT);
}

/* ---- Options ---- */

static const char *
attribute_value(struct arena *a, enum feed_attribute attribute, const char *value)
{
    if (attribute == FEED_GENDER)
        return option_gender(a, value);
    return attribute == FEED_AGE_GROUP ? option_age_group(a, value) : value;
}

/* Each value goes to its attribute; what channels have no column for is said in the title, so that
 * no two variants are called the same. Gives what the title ends with. */
static const char *
shape_options(struct arena *a, const struct feed_item *item, struct feed_shaped *out)
{
    static const enum feed_cell cells[FEED_ATTRIBUTES] = {
        [FEED_COLOR] = FEED_CELL_COLOR,       [FEED_SIZE] = FEED_CELL_SIZE,
        [FEED_MATERIAL] = FEED_CELL_MATERIAL, [FEED_PATTERN] = FEED_CELL_PATTERN,
        [FEED_GENDER] = FEED_CELL_GENDER,     [FEED_AGE_GROUP] = FEED_CELL_AGE_GROUP,
    };
    const char *names[OPTIONS_MOST], *values[OPTIONS_MOST], *rest = "";
    size_t n = list_parts(a, item->option_names, names, OPTIONS_MOST),
           given = list_parts(a, item->option_values, values, OPTIONS_MOST);
    if (!n)
        return rest;
    out->cells[FEED_GROUP] = text_join(a, "p", text_i64(a, item->product), NULL);
    for (size_t i = 0; i < n; i++) {
        const char *value = i < given ? prose_plain(a, values[i], false) : "";
        enum feed_attribute attribute = option_attribute(a, names[i]);
        const char *word =
            attribute < FEED_ATTRIBUTES ? attribute_value(a, attribute, value) : NULL;
        if (!*value)
            note(out, FEED_OPTION_EMPTY);
        else if (word && !*out->cells[cells[attribute]])
            out->cells[cells[attribute]] = word;
        else
            rest = text_join(a, rest, ", ", value, NULL);
    }
    return rest;
}

static void
shape_title(struct arena *a, const struct feed_terms *terms, const struct feed_item *item,
            const char *options, struct feed_shaped *out)
{
    const char *title = calmed(a, prose_plain(a, item->title, false), out);
    if (!*title)
        note(out, FEED_NO_TITLE);
    else if (!text_is(item->language, terms->language))
        note(out, FEED_OTHER_LANGUAGE);
    if (*options && *title)
        title = calmed(a, text_join(a, title, options, NULL), out);
    out->cells[FEED_TITLE] = title;
    note_cut(out, FEED_TITLE, FEED_TITLE_CUT);
}

/* ---- Price and stock ---- */

static const char *
price_text(struct arena *a, struct money m)
{
    return text_join(a, money_decimal(a, m), " ", currency_code(m.cur), NULL);
}

static void
shape_price(struct arena *a, const struct feed_item *item, struct feed_shaped *out)
{
    bool reduced = item->compare_at.minor > item->price.minor;
    if (item->price.minor <= 0)
        note(out, FEED_NO_PRICE);
    out->cells[FEED_PRICE] = price_text(a, reduced ? item->compare_at : item->price);
    if (reduced)
        out->cells[FEED_SALE_PRICE] = price_text(a, item->price);
}

static void
shape_availability(struct arena *a, const struct feed_terms *terms, const struct feed_item *item,
                   struct feed_shaped *out)
{
    bool in_stock = !item->tracked || item->there > 0;
    out->cells[FEED_AVAILABILITY_META] = in_stock          ? "in stock"
                                         : item->backorder ? "available for order"
                                                           : "out of stock";
    out->cells[FEED_AVAILABILITY_GOOGLE] = in_stock ? "in_stock" : "out_of_stock";
    if (!in_stock && item->backorder && terms->backorder_days) { /* Google wants a date with it */
        int64_t day = terms->now_us / (86400 * SECOND_US) + terms->backorder_days;
        char *midnight = clock_rfc3339(a, day * 86400 * SECOND_US);
        out->cells[FEED_AVAILABILITY_GOOGLE] = "backorder";
        out->cells[FEED_AVAILABILITY_DATE] =
            text_join(a, text_copy_n(a, midnight, strlen("2026-11-26T00:00")), "+0000", NULL);
    }
    if (item->tracked && item->there > 0)
        out->cells[FEED_QUANTITY] = text_i64(a, item->there);
}

/* ---- What it is ---- */

static void
shape_identity(struct arena *a, const struct feed_terms *terms, const struct feed_item *item,
               struct feed_shaped *out)
{
    char gtin[15];
    out->cells[FEED_ID] = text_join(a, "v", text_i64(a, item->variant), NULL);
    if (gtin_read(item->gtin, gtin) == GTIN_OK)
        out->cells[FEED_GTIN] = text_copy(a, gtin);
    else if (*item->gtin)
        note(out, FEED_GTIN_WRONG);
    const char *brand = prose_plain(a, item->brand, false);
    out->cells[FEED_MPN] = prose_plain(a, item->mpn, false);
    out->cells[FEED_IDENTIFIER_EXISTS] =
        *out->cells[FEED_GTIN] || (*out->cells[FEED_MPN] && *brand) ? "yes" : "no";
    out->cells[FEED_BRAND] = *brand ? brand : prose_plain(a, terms->name, false);
}

static bool
is_google_category(const char *text)
{
    int64_t id;
    return text_to_id(text, &id) || strchr(text, '>');
}

static void
shape_kind(struct arena *a, const struct feed_item *item, struct feed_shaped *out)
{
    const char *parts[2] = { "", "" };
    size_t tags = list_parts(a, item->tags, parts, COUNT(parts));
    out->cells[FEED_CONDITION] = item->condition;
    out->cells[FEED_PRODUCT_TYPE] = prose_plain(a, item->category, false);
    if (is_google_category(item->google_category))
        out->cells[FEED_GOOGLE_CATEGORY] = prose_plain(a, item->google_category, false);
    else if (*item->google_category)
        note(out, FEED_CATEGORY_FLAT);
    if (item->weight_g > 0)
        out->cells[FEED_WEIGHT] = text_join(a, text_i64(a, item->weight_g), " g", NULL);
    if (tags > 0)
        out->cells[FEED_TAG_1] = prose_plain(a, parts[0], false);
    if (tags > 1)
        out->cells[FEED_TAG_2] = prose_plain(a, parts[1], false);
}

static void
shape_link(struct arena *a, const struct feed_terms *terms, const struct feed_item *item,
           struct feed_shaped *out)
{
    const char *frame =
        language_known(terms->language) ? "&lang=" : ""; /* of the page's own words */
    out->cells[FEED_LINK] =
        text_join(a, terms->url, "/shops/", terms->slug, "/products/", text_i64(a, item->product),
                  "?in=", terms->language, frame, *frame ? terms->language : "", NULL);
}

/* ---- Pictures ---- */

struct picture {
    int64_t id;
    char state;
    const char *hash; /* 64 hex digits, more text behind them */
};

static size_t
read_pictures(const char *list, struct picture *out, size_t most)
{
    size_t n = 0;
    while (*list && n < most) {
        char *colon;
        struct picture *p = &out[n++];
        p->id = strtoll(list, &colon, 10);
        must(*colon == ':' && colon[1]);
        p->state = colon[1];
        p->hash = colon + 2;
        list = p->hash + strcspn(p->hash, " ");
        list += *list == ' ';
    }
    return n;
}

static const char *
picture_url(struct arena *a, const struct feed_terms *terms, const struct picture *p)
{
    char name[sizeof("xx/yy/") - 1 + 64 + 1];
    memcpy(name, p->hash, 2);
    memcpy(name + 3, p->hash + 2, 2);
    name[2] = name[5] = '/';
    memcpy(name + 6, p->hash, 64);
    name[sizeof(name) - 1] = 0;
    return text_join(a, terms->url, "/media/products/", name, "_feed.jpg", NULL);
}

/* The variant's own first, the others behind it. */
static void
prefer(struct picture *all, size_t n, int64_t id)
{
    for (size_t i = 1; i < n; i++)
        if (all[i].id == id) {
            struct picture own = all[i];
            memmove(&all[1], &all[0], i * sizeof(all[0]));
            all[0] = own;
            return;
        }
}

static enum feed_reason
why_no_picture(const struct picture *all, size_t n)
{
    if (!n)
        return FEED_NO_IMAGE;
    for (size_t i = 0; i < n; i++)
        if (all[i].state == 'w')
            return FEED_IMAGE_WAITS;
    return all[0].state == 's' ? FEED_IMAGE_SMALL : FEED_IMAGE_BROKEN;
}

static void
shape_pictures(struct arena *a, const struct feed_terms *terms, const struct feed_item *item,
               struct feed_shaped *out)
{
    struct picture all[IMAGES_MOST + 1];
    size_t n = read_pictures(item->images, all, COUNT(all)), bytes = 0;
    struct buf more = buf_new(a, 256);
    prefer(all, n, item->image);
    for (size_t i = 0; i < n; i++) {
        if (all[i].state != 'r')
            continue;
        const char *url = picture_url(a, terms, &all[i]);
        if (!*out->cells[FEED_IMAGE_LINK]) {
            out->cells[FEED_IMAGE_LINK] = url;
            continue;
        }
        bytes += strlen(url) + 1;
        if (bytes > IMAGES_BYTES_MOST)
            break;
        if (more.length)
            buf_char(&more, ',');
        buf_text(&more, url);
    }
    out->cells[FEED_MORE_IMAGES] = more.at;
    if (!*out->cells[FEED_IMAGE_LINK])
        note(out, why_no_picture(all, n));
}

void
feed_shape(struct arena *a, const struct feed_terms *terms, const struct feed_item *item,
           struct feed_shaped *out)
{
    *out = (struct feed_shaped){ 0 };
    for (int i = 0; i < FEED_CELLS; i++)
        out->cells[i] = "";
    if (!item->active)
        note(out, FEED_NOT_ACTIVE);
    shape_title(a, terms, item, shape_options(a, item, out), out);
    shape_description(a, item, out);
    shape_price(a, item, out);
    shape_availability(a, terms, item, out);
    shape_identity(a, terms, item, out);
    shape_kind(a, item, out);
    shape_link(a, terms, item, out);
    shape_pictures(a, terms, item, out);
}
