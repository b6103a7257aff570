/* A product with its variants as a file says it, checked and in our terms. The same struct goes the
 * other way: own.h writes it.
 *
 * What a file does not speak of stays as it is in the shop. So each member can be "not said": NULL
 * for texts (where "" means: emptied), `has_…` false for numbers, 0 for enums, count 0 for lists.
 */
#pragma once
#include "base/money.h"
#include "exchange/check.h"

#define IMPORT_OPTIONS_MOST  10
#define IMPORT_VARIANTS_MOST 2000
#define IMPORT_IMAGES_MOST   250
#define IMPORT_TAGS_MOST     250

enum import_status { IMPORT_ACTIVE = 1, IMPORT_DRAFT, IMPORT_ARCHIVED };
enum import_condition { IMPORT_NEW = 1, IMPORT_REFURBISHED, IMPORT_USED };

struct import_text {
    const char *language; /* BCP 47 */
    const char *title;
    const char *description; /* plain text: paragraphs are lines (view/html.h, html_plain) */
    const char *html;        /* the same in safe HTML; NULL when the file had plain text */
    const char *slug;
};

struct import_image {
    const char *address; /* http or https, to be fetched by a job; never fetched here */
    const char *alt;
};

struct import_stock {
    const char *warehouse; /* code or name; NULL: the shop's first */
    int64_t quantity;
};

struct import_variant {
    int64_t line, row;
    const char *sku; /* never NULL or "" */
    const char *gtin;
    const char **values; /* one for each of the product's options, never NULL */
    bool has_price, has_compare_at, no_compare_at; /* no_…: said to have none */
    struct money price, compare_at;
    size_t stock_count;
    struct import_stock *stock;
    bool has_tracked, tracked;     /* its stock is counted; else it is always there */
    bool has_backorder, backorder; /* may be sold below zero */
    bool has_weight;
    int64_t weight_g;
    int image; /* of the product's images, from 1; 0: none */
};

/* What was kept aside: a column of ours has no place for it. */
struct import_aside {
    const char *header, *value;
};

/* Lives in the arena that import_next was given. */
struct import_product {
    int64_t
        number; /* 1, 2, … in the file; the same at every reading, so a job can go on behind it */
    int64_t line, row; /* where it begins */
    size_t row_count;  /* its rows in the file, ascending, for the file of errors */
    const int64_t *rows;

    const char *sku; /* the product's: identity within the shop. NULL only for by_slug. A product
                      * with one variant has that one's, unless the file says another */
    const char *by_slug; /* translations that name the product by its slug */
    bool texts_only;     /* translations: says nothing but texts of a product that must be there */

    size_t text_count;
    struct import_text *texts; /* one a language, the shop's language first where it is said */
    const char *brand;
    size_t category_count;
    const char **categories; /* "A > B", the main one first */
    bool has_categories;     /* said, even if none */
    const char *google_category;
    size_t tag_count;
    const char **tags;
    bool has_tags;
    enum import_status status;
    enum import_condition condition;
    const char *mpn;
    bool has_tax_rate;
    int64_t tax_rate_hundredths; /* of a per cent: 19 % is 1900 */

    bool has_options; /* said, even if none; else its variants, if several, must be in the shop */
    size_t option_count;
    const char **options; /* names, in order */
    size_t variant_count; /* at least 1 unless texts_only or refused */
    struct import_variant *variants;
    size_t image_count;
    struct import_image *images; /* in the order in which they are shown */
    bool has_images;
    size_t aside_count;
    struct import_aside *asides; /* of its first row */

    struct findings findings;
    bool refused; /* a finding refuses it: nothing of it is written, never half */
};
