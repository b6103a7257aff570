/* Pages of places, as lists show them. Inside of src/stock. */
#pragma once
#include "http/request.h"
#include "stock/stock.h"

enum place_state { PLACES_ALL, PLACES_LOW, PLACES_OUT, PLACES_UNCOUNTED };
extern const char *const place_state_names[4]; /* of the parameter `state`; "" is PLACES_ALL */

struct place {
    struct variant_id variant;
    struct product_id product;
    struct warehouse_id warehouse;      /* 0: a variant that is not counted */
    const char *bin, *sku, *options;    /* options "red / XL"; "" */
    const char *title, *title_language; /* "" when the product has none */
    const char *warehouse_code, *warehouse_name;
    bool warehouse_active;
    int64_t on_hand, reserved, low_at; /* low_at -1: none */
    int64_t level;                     /* 0 enough, 1 low, 2 none available */
    int64_t updated_us;
};

struct place_filter {
    const char *q; /* NULL: all */
    struct warehouse_id warehouse;
    enum place_state state;
    int64_t limit;
    /* Where the page begins: behind this place. */
    bool is_first;
    struct variant_id variant;
    struct warehouse_id behind_warehouse;
    const char *bin;
};

struct place_page {
    struct place *at;
    size_t count;
    const char *older; /* a cursor; NULL: this is the end */
};

/* Parameters q, warehouse (id), state, cursor, limit. MALFORMED request.parameter_value,
 * request.cursor, request.limit. */
struct err *places_read_filter(struct req *r, struct place_filter *out) MUST_CHECK;
struct err *places_load(struct req *r, const struct place_filter *f,
                        struct place_page *out) MUST_CHECK;

/* One variant with all its places. NOT_FOUND stock.variant. */
struct stocked {
    struct variant_id variant;
    struct product_id product;
    const char *sku, *options, *title, *title_language;
    bool tracked, backorder;
    struct place *at;
    size_t count;
};
struct err *stocked_load(struct work *w, struct variant_id variant, struct stocked *out) MUST_CHECK;
/* The i-th part of the address names a variant of the shop. NOT_FOUND stock.variant. */
struct err *variant_param(struct req *r, int i, struct variant_id *out) MUST_CHECK;
/* Nobody else changes its places until the transaction ends. */
struct err *stocked_lock(struct work *w, struct variant_id variant) MUST_CHECK;
