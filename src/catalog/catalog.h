/* Products: what a shop sells, in any number of languages. */
#pragma once
#include "base/money.h"
#include "base/work.h"
#include "http/form.h"

#define PRODUCT_SLUG_MOST 80
#define CATALOG_TEXTS_MAX 4

struct product_text {
    const char *language, *title, *description,
        *slug; /* title "" means: no text in this language */
};

/* Lives in the arena of the work that loaded it. */
struct product {
    struct product_id id;
    const char *sku, *gtin, *brand, *category; /* gtin "" when there is none */
    struct money price, compare_at;
    bool has_compare_at, active;
    int64_t version, created_us, updated_us;
    struct product_text texts[CATALOG_TEXTS_MAX]; /* one for each language offered, in that order */
};

/* A product without anything, in the currency; texts empty. */
struct product product_blank(enum currency currency);

/* Reads what the form gives into `p`, leaving the rest as it is (a PATCH of a few members works as
 * a form of all). Failures are collected in the form: field.*, gtin.*, product.*. At least one
 * title is needed. */
void product_read(struct form *f, struct product *p);

/* Inside a transaction of the tenant. NOT_FOUND product.unknown. */
struct err *product_load(struct work *w, struct product_id id, struct product *out) MUST_CHECK;
/* Adds it, texts too. CONFLICT product.sku_taken with field sku. */
struct err *product_add(struct work *w, const struct product *p, struct product_id *out) MUST_CHECK;
/* Saves it if it still is at p->version. STALE product.stale; CONFLICT product.sku_taken. */
struct err *product_save(struct work *w, const struct product *p) MUST_CHECK;

/* The title for a reader of the language: that, else English, else any; "" when there is none.
 * *language (may be NULL) is the one it is in. */
const char *product_title(const struct product *p, const char *language, const char **found);

/* Several at once: *changed says how many. `ids` are plain digits separated by commas. */
struct err *products_delete(struct work *w, const char *ids, int64_t *changed) MUST_CHECK;
struct err *products_set_active(struct work *w, const char *ids, bool active,
                                int64_t *changed) MUST_CHECK;
