/* Which column of a file is which of our fields. A known dialect has its table in columns.c; an
 * unknown header is matched by what such columns are called in English, German and French. What
 * matches nothing is kept aside and listed. A person may change each assignment: shape and mapping
 * together are an import_plan, which travels as JSON. */
#pragma once
#include "base/table.h"
#include "exchange/sniff.h"

enum import_field {
    FIELD_ASIDE, /* not ours: kept aside with its name (metafields and the like) */
    /* which row belongs to which product */
    FIELD_PRODUCT_SKU, /* own: the product's SKU, on each of its rows */
    FIELD_HANDLE,      /* rows of the same handle are one product; its slug, too */
    FIELD_ID,          /* their id: what "id:44" points to; the SKU where there is no other */
    FIELD_PARENT,      /* a variation's product: its SKU or "id:44" */
    FIELD_TYPE,        /* simple, variable, variation, grouped, external; configurable … */
    FIELD_LANGUAGE,    /* of the row's texts */
    /* the product */
    FIELD_TITLE, /* of: language or NULL for the shop's; the next three too */
    FIELD_DESCRIPTION,
    FIELD_SUMMARY, /* goes before the description */
    FIELD_SLUG,
    FIELD_BRAND,
    FIELD_CATEGORY,        /* one path: "A > B", "A / B", "A -> B" */
    FIELD_CATEGORIES,      /* several, comma-joined: "A > B, C" */
    FIELD_GOOGLE_CATEGORY, /* id or path */
    FIELD_TAGS,            /* comma-joined */
    FIELD_STATUS,          /* active, draft, archived, … */
    FIELD_PUBLISHED,       /* true/false, 1/0/-1 */
    FIELD_TAX_RATE,        /* per cent */
    FIELD_CONDITION,       /* new, refurbished, used */
    FIELD_OPTION_NAME,     /* n: from 1; the next two too */
    FIELD_OPTION_VALUE,    /* of: the option's name, where no column says it */
    FIELD_IMAGES,          /* several addresses, comma- or blank-joined */
    FIELD_IMAGE,           /* n: 0 for the row's own, else the product's nth */
    FIELD_IMAGE_ALT,       /* n: as above */
    FIELD_IMAGE_POSITION,
    /* the variant */
    FIELD_SKU,
    FIELD_GTIN,
    FIELD_MPN,
    FIELD_PRICE,       /* of: currency or NULL for the shop's */
    FIELD_PRICE_MINOR, /* in cents */
    FIELD_SALE_PRICE,  /* if set it is the price, and FIELD_PRICE what it was */
    FIELD_SALE_DATES,  /* n: 1 from, 2 to; only told, for a price here has none */
    FIELD_COMPARE_AT,
    FIELD_CURRENCY,
    FIELD_PRICE_TYPE, /* of the row's amount: DEFAULT is the price, ORIGINAL what it was before */
    FIELD_STOCK,      /* of: warehouse or NULL for the row's, else the shop's first */
    FIELD_WAREHOUSE,  /* of the row's stock: then a variant may have several rows */
    FIELD_IN_STOCK,   /* yes/no; counts only where there is no number */
    FIELD_TRACKED,    /* whether its stock is counted */
    FIELD_BACKORDER,  /* continue, yes, notify, 1 */
    FIELD_WEIGHT,     /* of: g, kg, lb, oz; NULL: FIELD_WEIGHT_UNIT says, else kg */
    FIELD_WEIGHT_UNIT,
    FIELD_VARIANT_IMAGE,
    /* past orders */
    FIELD_ORDER_NUMBER,
    FIELD_ORDER_AT,
    FIELD_ORDER_QUANTITY,
    FIELD_ORDER_UNIT_PRICE,
    FIELD_ORDER_ITEM, /* what the line was called */
    FIELD_CUSTOMER,   /* their number or name of the customer */
    FIELD_CUSTOMER_EMAIL,
    FIELD_COUNTRY,
    FIELDS
};

/* "price", for JSON, select boxes and words (`exchange.field.price`). */
const char *field_name(enum import_field field);
bool field_read(const char *name, enum import_field *out);
/* For orders or for products: which ones a select box offers. FIELD_ASIDE is in both. */
bool field_is_of_orders(enum import_field field);
bool field_is_of_products(enum import_field field);

/* Whether several columns may be given to it: images, tags and the like are drawn together. */
bool field_may_repeat(enum import_field field);

#define COLUMN_SAMPLES 3

struct mapped_column {
    const char *header; /* as in the file, trimmed; "" when it has none */
    enum import_field field;
    int n;          /* of options and images, else 0 */
    const char *of; /* language, warehouse, currency, unit; NULL */
    const char
        *samples[COLUMN_SAMPLES]; /* the first different values, cut at 80 characters; NULL */
};

/* One for each column, in the file's order. */
struct mapping {
    size_t count;
    struct mapped_column *columns;
};

/* How a file is to be read: all that a job needs to know beside the file itself. */
struct import_plan {
    struct file_shape shape;
    struct mapping mapping;
};

/* Looks at the file (sniff.h, with its failures) and proposes how to read it. INVALID
 * import.no_header: none of its first rows looks like names of columns. */
struct err *plan_propose(struct arena *a, int fd, struct import_plan *out) MUST_CHECK;

/* Again, after a person has corrected plan->shape (encoding, separator, header row, dialect): the
 * mapping is made anew from it. */
struct err *plan_remap(struct arena *a, int fd, struct import_plan *plan) MUST_CHECK;

/* What stands against reading by it: INVALID import.no_key (no column says which product a row is),
 * import.no_order_key (orders: a column is missing), import.mapped_twice (`field` is the header).
 */
struct err *plan_check(struct arena *a, const struct import_plan *plan) MUST_CHECK;

/* {"shape": {…}, "columns": [{"header": …, "field": "price", "n": 1, "of": "de", "samples": […]}]}
 * INVALID import.plan: not such a JSON, or a value that there is not. */
char *plan_to_json(struct arena *a, const struct import_plan *plan);
struct err *plan_from_json(struct arena *a, const char *json, struct import_plan *out) MUST_CHECK;

/* The columns of a header row in a dialect: what plan_propose does with it. */
struct mapping mapping_of(struct arena *a, const struct row *header, enum dialect dialect);
bool mapping_has(const struct mapping *m, enum import_field field);
/* The dialect that a header row speaks; DIALECT_OTHER when it is none we know. */
enum dialect dialect_of(const struct row *header);
/* How many of a row's cells are called like a column in one of the dialects: what tells a header.
 */
size_t columns_known(const struct row *row);
