/* One product on its way from a file into the shop. */
#pragma once
#include "catalog/catalog.h"
#include "exchange/put.h"

struct item_stock {
    const char *sku, *code; /* code NULL: the first warehouse */
    int64_t wanted;
    bool known, changes; /* something lies there; other than wanted */
    int64_t on_hand, reserved;
};

struct item {
    struct arena *arena;
    struct import_product *from;
    const struct product *stored; /* NULL: not there, or nothing depends on it */
    struct product to;
    struct product_result result;
    struct item_stock *stock;
    size_t stock_count;
    int64_t promised; /* pieces that orders hold, more than the file leaves; 0: none */
    int64_t images_new;
    bool refused;
};

/* Does what is written depend on what is there? Of a product with options, what a variant has of
 * its own and what it has from its product cannot be told in a file: what is the same in effect is
 * left alone. A row without a text may be of a variant that stands elsewhere. */
bool item_needs_stored(const struct import_product *p);
/* Says nothing by which a product could be made. */
bool item_changes_only(const struct import_product *p);

/* Puts in what holds for all products of which the file says nothing. */
void item_fix(struct item *g, const struct put_how *how);
/* Fills g->to and g->stock. */
void item_convert(struct item *g, const struct put_how *how);

/* Stored products by any of their SKUs. */
struct stored_index {
    struct stored_entry {
        const char *sku;
        const struct product *product;
    } * at;
    size_t count;
};
struct stored_index stored_index_new(struct arena *a, const struct product *products, size_t n);
const struct product *stored_find(const struct stored_index *index, const char *sku);
