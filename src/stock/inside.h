/* What the files of this room share. Inside of src/stock. */
#pragma once
#include "db/db.h"
#include "stock/stock.h"

/* ---- low.c: places that fell to their mark ---- */

struct fallen {
    struct variant_id variant;
    const char *sku;
    struct warehouse_id warehouse;
    const char *bin;
    int64_t available, low_at;
};
struct fallen_list {
    struct arena *arena;
    struct fallen *at;
    size_t count, room;
};
void fallen_add(struct fallen_list *list, const struct fallen *one);
/* Sends stock.low of each; nothing for an empty list. */
struct err *fallen_tell(struct work *w, const struct fallen_list *list) MUST_CHECK;

/* ---- change.c ---- */

/* As stock_set_many(), with a kind of movement by its name, and the order it is about (0: none). */
struct err *stock_apply(struct work *w, const struct stock_change *changes, size_t n,
                        const char *kind, struct order_id order, const char *reason,
                        struct stock_outcome_of *out) MUST_CHECK;

/* Who acts, as an argument: NULL for the program. */
struct arg stock_who(struct work *w);
/* NOT_FOUND stock.variant. */
struct err *stock_no_variant(struct work *w) MUST_CHECK;
