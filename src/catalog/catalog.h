/* Products: what a shop sells, in any number of languages, each in one variant or in many.
 *
 * A variant is what is bought, stocked and fed; a product has one at least. A product without
 * options has just one, the plain one, which has the product's SKU, GTIN and price. A SKU is one
 * thing of a shop, however it is written: no two variants have it, and no product has the SKU of
 * another's variant.
 *
 * One set of rules for pages, the API, jobs and files: read into a struct product what is meant,
 * product_check() says what is wrong with it, product_add(), product_save() or products_put_many()
 * write it. */
#pragma once
#include "base/money.h"
#include "base/work.h"

struct form;

#define PRODUCT_SLUG_MOST     80
#define PRODUCT_TEXTS_MAX     40
#define PRODUCT_OPTIONS_MAX   10
#define PRODUCT_VARIANTS_MAX  2000
#define PRODUCT_TAGS_MAX      250
#define PRODUCT_CATEGORY_MOST 1000

struct category_id {
    int64_t n;
};

enum product_status { PRODUCT_DRAFT, PRODUCT_ACTIVE, PRODUCT_ARCHIVED, PRODUCT_STATUSES };
extern const char *const product_status_names[PRODUCT_STATUSES]; /* "draft" */

/* Which members are meant, as bits `1u << PRODUCT_HAS_…` of `given`. What was loaded has all. */
enum product_member {
    PRODUCT_HAS_GTIN,
    PRODUCT_HAS_BRAND,
    PRODUCT_HAS_MPN,
    PRODUCT_HAS_CATEGORY,
    PRODUCT_HAS_PRICE,
    PRODUCT_HAS_COMPARE_AT,
    PRODUCT_HAS_STATUS,
    PRODUCT_HAS_TAGS,
    PRODUCT_HAS_TAX,
    PRODUCT_HAS_WEIGHT,
    PRODUCT_HAS_CONDITION,
    PRODUCT_HAS_GOOGLE_CATEGORY,
    PRODUCT_HAS_OPTIONS,  /* their names; the variants then have a value for each */
    PRODUCT_HAS_VARIANTS, /* they are all there are: others go. Without it, others stay */
    /* of a variant only */
    VARIANT_HAS_VALUES,
    VARIANT_HAS_TRACKED,
    VARIANT_HAS_BACKORDER,
    VARIANT_HAS_POSITION
};
#define PRODUCT_ALL_GIVEN UINT32_MAX

/* Where not all of it is given, NULL is what is not. */
struct product_text {
    const char *language;    /* "en", "pt-BR", "zh-Hant" */
    const char *title,       /* "": no text in this language */
        *description, *slug; /* slug "": made of the title */
};

struct product_variant {
    struct variant_id id; /* 0: known by its SKU, or new */
    uint32_t given;       /* of PRODUCT_HAS_GTIN, _PRICE, _COMPARE_AT, _WEIGHT, VARIANT_HAS_… */
    const char *sku, *gtin;
    const char *values[PRODUCT_OPTIONS_MAX]; /* one for each option of the product */
    bool has_price, has_compare_at;          /* false: as the product has it */
    struct money price, compare_at;
    int64_t weight_g;  /* -1: as the product has it */
    int64_t position;  /* 1 …; 0: behind the others */
    bool tracked;      /* its stock is counted; else it is always there */
    bool backorder;    /* may be sold beyond what is there */
    int64_t available; /* what can be sold now, of a tracked one; read only */
};

/* Lives in the arena of the work that loaded it. */
struct product {
    struct product_id id; /* 0: known by its SKU, or new */
    uint32_t given;
    const char *sku, *gtin, *brand, *mpn; /* gtin "" when there is none */
    const char *category;                 /* "A > B > C"; made when it is not there */
    const char *condition;                /* "new", "refurbished", "used" */
    const char *google_category;          /* id or path of Google's taxonomy, "" when not known */
    struct money price, compare_at;
    bool has_compare_at;
    bool price_later; /* of a row for products_put_many: a new product may come without a price,
                         as a draft at 0 */
    enum product_status status;
    int64_t tax_bp;   /* hundredths of a per cent; -1: the shop's */
    int64_t weight_g; /* -1: not known */
    const char **tags;
    size_t tag_count;
    const char *options[PRODUCT_OPTIONS_MAX]; /* names: "Size", "Colour" */
    size_t option_count;
    struct product_text *texts;
    size_t text_count;
    struct product_variant *variants;
    size_t variant_count;
    int64_t version, created_us, updated_us;
};

/* A product without anything, in the currency. */
struct product product_blank(enum currency currency);
/* The text in that language; NULL when there is none. */
struct product_text *product_text_in(const struct product *p, const char *language);
/* The same, made when there is none and there is room for it: else NULL. */
struct product_text *product_text_for(struct arena *a, struct product *p, const char *language);

/* Reads what the form gives into `p`, leaving the rest as it is (a PATCH of a few members works as
 * a form of all). Failures are collected in the form: field.*, gtin.*, product.*. */
void product_read(struct form *f, struct product *p);

/* What is wrong with it as a whole: all failures in one chain (err->next), NULL when it is right.
 * Fields are named as in JSON: "sku", "translations.en.title", "variants.3.gtin". Puts in order
 * what needs no question: the plain variant, slugs that come from titles, positions, languages and
 * category paths in their usual form. INVALID field.*, gtin.*, product.*. */
struct err *product_check(struct arena *a, struct product *p) MUST_CHECK;

/* `change` laid over `stored`: what is given, over what is there. Variants are known by id, else by
 * SKU, and else are new. A copy: neither is changed. */
struct product product_merge(struct arena *a, const struct product *stored,
                             const struct product *change);

/* One thing that two versions of a product do not have in common. */
struct product_difference {
    const char *field;          /* "price", "translations.de.title", "variants.LAMP-M.price" */
    const char *before, *after; /* as text; "" for nothing */
};
/* All of them, in the order of the page. */
void product_differences(struct arena *a, const struct product *before, const struct product *after,
                         struct product_difference **out, size_t *n);

/* ---- In the database, inside a transaction of the tenant ---- */

/* NOT_FOUND product.unknown. */
struct err *product_load(struct work *w, struct product_id id, struct product *out) MUST_CHECK;
/* Those of the SKUs (in any case) that are there, in no order; a variant's SKU finds its product.
 * In a TX_WRITE they are locked until its end. */
struct err *products_load_by_sku(struct work *w, const char *const *skus, size_t n,
                                 struct product **out, size_t *found) MUST_CHECK;

/* What a change is noted as in the product's history. */
enum product_way { PRODUCT_BY_PERSON, PRODUCT_BY_API, PRODUCT_BY_IMPORT, PRODUCT_BY_BULK };

/* Adds it, checked before. CONFLICT product.sku_taken with field sku or variants.N.sku. */
struct err *product_add(struct work *w, const struct product *p, enum product_way way,
                        struct product_id *out) MUST_CHECK;
/* Saves it, checked before, if it still is at p->version; nothing is written where nothing differs.
 * STALE product.stale; CONFLICT product.sku_taken; CONFLICT product.reserved: open orders hold a
 * variant that would go. */
struct err *product_save(struct work *w, const struct product *p, enum product_way way) MUST_CHECK;

/* The title for a reader of the language: that, else the shop's first that has one; "" when there
 * is none. *found (may be NULL) is the language it is in. */
const char *product_title(const struct product *p, const char *language, const char **found);

/* ---- Many at once: what a file brings ---- */

enum product_outcome { PRODUCT_CREATED, PRODUCT_CHANGED, PRODUCT_UNCHANGED, PRODUCT_REFUSED };

struct product_result {
    enum product_outcome outcome;
    struct product_id id;                   /* 0: it would be created, or was refused */
    struct product_difference *differences; /* of CHANGED: old → new */
    size_t difference_count;
    const struct err *refused; /* of REFUSED: a chain, as of product_check() */
};

/* Adds or changes products by their SKUs, about 500 at a time: one statement reads what is there,
 * one writes what differs. What is not `given` stays; a product that is the same afterwards is not
 * touched. Ids stay what they are. A row that will not do is REFUSED, the others go on; of two rows
 * with one SKU in a batch the later is laid over the earlier.
 *
 * dry: nothing is written and all is answered as if; then any transaction will do, and each REFUSED
 * that only the database can tell (a SKU of another product's variant) is found too. */
struct err *products_put_many(struct work *w, const struct product *rows, size_t n, bool dry,
                              struct product_result *results) MUST_CHECK;

/* ---- Several at once, by a person ---- */

/* What came of it: how many did, how many did not and why. */
struct bulk_result {
    int64_t changed, unchanged, held; /* held: open orders hold them */
};
