/* What the settings page does with warehouses. Inside of src/stock. */
#pragma once
#include "stock/stock.h"

struct form;

#define WAREHOUSES_MOST 200

/* NOT_FOUND stock.warehouse, here and below. */
struct err *warehouse_load(struct work *w, struct warehouse_id id,
                           struct warehouse *out) MUST_CHECK;
/* Reads `code` and `name`, those that are given; failures are collected: field.*, warehouse.code.
 */
void warehouse_read(struct form *f, struct warehouse *h);
/* CONFLICT warehouse.code_taken, warehouse.too_many. */
struct err *warehouse_add(struct work *w, const struct warehouse *h,
                          struct warehouse_id *out) MUST_CHECK;
struct err *warehouse_save(struct work *w, const struct warehouse *h) MUST_CHECK;
/* One earlier, or one later, among the active ones. At the end of the row it stays where it is. */
struct err *warehouse_shift(struct work *w, struct warehouse_id id, bool earlier) MUST_CHECK;
/* CONFLICT warehouse.last: the shop has no other active one. */
struct err *warehouse_set_active(struct work *w, struct warehouse_id id, bool active) MUST_CHECK;

struct warehouse_holds {
    int64_t variants, on_hand, reserved;
};
struct err *warehouse_count(struct work *w, struct warehouse_id id,
                            struct warehouse_holds *out) MUST_CHECK;
