/* A product being made out of its rows. Inside this room only: reader.c opens one for each group of
 * rows, and the files named below fill in their part of it. */
#pragma once
#include "exchange/groups.h"
#include "exchange/keys.h"
#include "exchange/reader.h"

/* As long as the reader. */
struct build_setup {
    const struct import_plan *plan;
    const struct import_settings *settings;
    const struct columns *columns;
    enum grouping grouping;
    bool verbatim;     /* own: texts are as they stand */
    bool guarded;      /* own, WooCommerce: a ' before what a spreadsheet could run */
    bool escaped;      /* WooCommerce: \n and \, in texts and lists */
    bool described;    /* Spryker: pairs of name and value are not all options */
    bool gallery;      /* Shopify: an image in a row is the product's, not the variant's */
    struct keys *skus; /* of the file so far: 'p' products, 'v' variants, with their lines */
};

#define BRAND_MOST 200 /* characters, as the catalogue has them */

enum row_role {
    ROW_OTHER = 1, /* the product's own, or an image, or a text */
    ROW_VARIANT,
    ROW_SIMPLE /* product and variant in one: without options */
};

/* As long as one product; all in its arena. */
struct build {
    struct arena *arena;
    const struct build_setup *setup;
    struct import_product *p;
    const struct row *rows;
    size_t count;
    enum row_role *roles;
    size_t variant_room, image_room, text_room;
};

/* --- build.c: cells and findings --- */

/* The text of a cell: trimmed and without its guard; "" when there is none. `at` from 0; −1 gives
 * "" too. */
const char *build_cell(const struct build *b, const struct row *r, int at);
/* The first of the field's columns that has a text in the row; *at its place, −1 when none has. */
const char *build_field(const struct build *b, const struct row *r, enum import_field field,
                        int *at);
/* Whether the row says what the product is; a variation that names its parent speaks of itself. */
bool build_speaks(const struct build *b, size_t row);
/* The same in the first of all rows that speak and have one; *row which. NULL when none has. */
const char *build_first(const struct build *b, enum import_field field, const struct row **row,
                        int *at);
/* `at`: column from 0, −1: the row. `other` may be NULL. */
void build_finding(struct build *b, const struct row *r, int at, const char *code,
                   const char *value, const char *other);
/* At most so many characters, cut at a word with import.text_cut. */
const char *build_cut(struct build *b, const struct row *r, int at, const char *text, size_t most);
char *build_line(const struct build *b, int64_t line); /* "17", for `other` */

/* --- texts.c, goods.c, roles.c, pictures.c, variants.c --- */

void build_texts(struct build *b);
void build_goods(struct build *b); /* brand, category, tags, status, tax … */
void build_roles(struct build *b); /* which rows are variants */
void build_variants(struct build *b);
void build_images(struct build *b); /* before variants */
/* The image of that address, added when it is new; from 1. 0: no address, or too many. */
int build_image(struct build *b, const struct row *r, int at, const char *address);
/* The next address of several, and past it. */
char *picture_next(struct arena *a, const char **list);

/* --- prices.c, supply.c: of a variant, by its row --- */

/* Whether the row's amounts are in the shop's currency; a finding when it names none that is. */
bool build_in_currency(struct build *b, const struct row *r);
/* What the row's amount is, where a column says that; a finding when it says a kind unknown. */
enum price_kind { PRICE_NOW = 1, PRICE_WAS, PRICE_OTHER };
enum price_kind build_price_kind(struct build *b, const struct row *r);
void build_prices(struct build *b, const struct row *r, struct import_variant *v);
/* When all rows are taken, for files that say kinds: `r` is one of the variant's. */
void build_price_before(struct build *b, const struct row *r, struct import_variant *v);
void build_stock(struct build *b, const struct row *r, struct import_variant *v);
/* A cell of pieces: "5", or "north=5,south=2" for several warehouses. */
void build_stock_cell(struct build *b, const struct row *r, int at, struct import_variant *v);
