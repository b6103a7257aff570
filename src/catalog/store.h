/* Rows: reading many products, and the one way by which any are written. */
#pragma once
#include "catalog/inside.h"

/* Those of the ids that are there, in the order of their ids. lock: nobody else changes them before
 * the end of this transaction, which writes. */
struct err *products_load(struct work *w, const int64_t *ids, size_t count, bool lock,
                          struct product **out, size_t *n) MUST_CHECK;
/* ids[i]: the product that has the SKU, itself or as a variant's; 0: none. */
struct err *products_find(struct work *w, const char *const *skus, size_t count,
                          int64_t *ids) MUST_CHECK;

/* The texts of an array as PostgreSQL writes it; at most so many, the rest is left out. */
size_t array_texts(struct arena *a, const char *array, const char **out, size_t most);

/* One product as it was and as it is to be. */
struct product_write {
    const struct product *before; /* NULL: it is new */
    const struct product *after;
    const struct product_difference *differences; /* none: nothing is written of it */
    size_t difference_count;
    struct product_id id; /* written: whose it is; 0: it is not at before->version any more */
};

/* Writes all of them in one statement, with their history and what others are told. CONFLICT
 * product.sku_taken, product.reserved; INVALID product.*; BUSY db.retry (two took one slug at the
 * same moment): then the transaction is lost. */
struct err *products_write(struct work *w, struct product_write *all, size_t n,
                           enum product_way way) MUST_CHECK;
