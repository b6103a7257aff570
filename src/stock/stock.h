/* What lies where, and what of it is promised. A shop has warehouses, a warehouse has bins, a bin
 * holds pieces of a variant: `on_hand`, of which `reserved` belong to orders; the rest is
 * available. A variant that is not tracked is always there; the first stock written to it makes it
 * tracked. Stock in a warehouse that is not active counts for nothing but its own orders.
 *
 * Nothing is sold that is not there: each change takes its rows in the order of their keys, looks
 * at what they hold then, and the table's CHECK has the last word. Each change writes its
 * movements in the same statement, and their sums are the stock. When what is available falls to a
 * place's low mark the event stock.low leaves with the transaction, once until it rises again.
 *
 * All of it inside the caller's transaction of the tenant: TX_WRITE for what changes. Rows stay
 * locked until that ends, so what everybody wants (the last pieces of something) is reserved as
 * late in it as can be. BUSY db.retry as ever. */
#pragma once
#include "base/ids.h"
#include "base/work.h"

#define STOCK_MOST     INT64_C(1000000000) /* pieces in one place */
#define STOCK_BIN_MOST 40                  /* characters */

/* ---- What orders do ---- */

/* A line of an order. Several lines may name one variant. */
struct stock_line {
    int64_t line; /* its number in the order */
    struct variant_id variant;
    int64_t quantity; /* > 0 */
};

struct stock_held {
    const char *sku;
    int64_t reserved;    /* lies there for this order now */
    int64_t backordered; /* sold beyond what is there; 0 unless the variant may be */
    bool tracked;        /* false: nothing was counted, reserved is 0 */
};

/* All lines or none. Warehouses are asked in the order of their positions, and a line may come from
 * several bins. `held` has one row a line, in their order. `expires_us` 0: until it is shipped or
 * released.
 * CONFLICT stock.short: one failure for each variant that falls short, its field "lines.N" (N from
 * 0), its words naming SKU, wanted and available, which are in used and limit too; nothing was
 * changed, and the transaction may go on. NOT_FOUND stock.variant: a line names no variant of the
 * shop. */
struct err *stock_reserve(struct work *w, struct order_id order, const struct stock_line *lines,
                          size_t n, int64_t expires_us, struct stock_held *held) MUST_CHECK;

/* Paid: what it holds stays until it is shipped or released. *pieces is how many it holds; 0 when
 * its time was over already (or nothing of it is tracked). */
struct err *stock_confirm(struct work *w, struct order_id order, int64_t *pieces) MUST_CHECK;

/* Given back, whatever is held still. Once or often: the second time there is nothing to do. */
enum stock_why { STOCK_RELEASED = 1, STOCK_EXPIRED };
struct err *stock_release(struct work *w, const struct order_id *orders, size_t n,
                          enum stock_why why) MUST_CHECK;

/* Leaves the house. `lines` NULL: all that is reserved. Else so many of each line: what is reserved
 * for it first, then, where it was sold beyond what was there, from what is available by now.
 * CONFLICT stock.short as above: what is not there cannot be shipped. */
struct err *stock_ship(struct work *w, struct order_id order, const struct stock_line *lines,
                       size_t n) MUST_CHECK;

/* Comes back, into the place it was shipped from, or the first warehouse when nobody knows that.
 * The line's number says nothing here. What is not tracked is passed over. */
struct err *stock_return(struct work *w, struct order_id order, const struct stock_line *lines,
                         size_t n, const char *reason) MUST_CHECK;

/* In an operator's reading transaction: orders that hold something past its time, oldest first, at
 * most so many. Who cancels orders asks this every minute, and for each shop, in a transaction of
 * it: locks those orders that nobody else is at (SKIP LOCKED) and that are not paid, gives back by
 * stock_release(…, STOCK_EXPIRED), and cancels them. */
struct stock_overdue {
    struct vendor_id vendor;
    struct order_id order;
};
struct err *stock_overdue(struct work *w, size_t most, struct stock_overdue **out,
                          size_t *n) MUST_CHECK;

/* ---- What counts and deliveries do ---- */

enum stock_kind { STOCK_COUNT = 1, STOCK_RECEIVE, STOCK_CORRECT, STOCK_IMPORT };

/* A place by ids or by what a file calls it; then what becomes of it. */
struct stock_change {
    struct variant_id variant; /* 0: by SKU, whatever its case */
    const char *sku;
    struct warehouse_id warehouse; /* 0: by code, whatever its case; NULL or "": the first */
    const char *code;
    const char *bin; /* NULL or "": none */
    bool by;         /* pieces are added (taken away when negative); else so many lie there now */
    int64_t pieces;
    int64_t expected; /* how many lay there for who asks; -1: never mind */
    bool has_low_at;  /* the mark is changed too; … */
    int64_t low_at;   /* … -1: to none */
};

enum stock_outcome {
    STOCK_CHANGED = 1,
    STOCK_SAME,       /* as it was: nothing was written, no movement either */
    STOCK_NO_VARIANT, /* no such SKU in this shop */
    STOCK_NO_WAREHOUSE,
    STOCK_STALE,    /* not `expected` any more; on_hand is what lies there */
    STOCK_PROMISED, /* fewer than orders hold, or fewer than none; reserved is how many they do */
    STOCK_TOO_MANY  /* more than STOCK_MOST */
};

struct stock_outcome_of {
    enum stock_outcome outcome;
    struct variant_id variant;
    struct warehouse_id warehouse;
    int64_t on_hand, reserved; /* after it; where it was refused, as it is */
};

/* Set-based: two or three statements, however many rows (10,000 at most). Rows that are refused
 * change nothing and say why, the others are written; who wants all or none fails then, and the
 * transaction is undone. Of two rows about one place the last counts. A place that is not there yet
 * is made. `reason` may be "". */
struct err *stock_set_many(struct work *w, const struct stock_change *changes, size_t n,
                           enum stock_kind kind, const char *reason,
                           struct stock_outcome_of *out) MUST_CHECK;

/* From one place to another of the same variant. Only what is available moves. CONFLICT
 * stock.promised (used: wanted, limit: available); INVALID stock.same_place; NOT_FOUND
 * stock.variant, stock.warehouse, stock.place. */
struct stock_move {
    struct variant_id variant;
    struct warehouse_id from, to;
    const char *from_bin, *to_bin;
    int64_t pieces; /* > 0 */
    const char *reason;
};
struct err *stock_move(struct work *w, const struct stock_move *m) MUST_CHECK;

/* ---- What lists show ---- In reading transactions too. */

struct stock_level {
    bool tracked, backorder;
    int64_t on_hand, reserved, available; /* of active warehouses */
};
/* One row a variant, in their order; one that is not there: all zero. */
struct err *stock_of_variants(struct work *w, const struct variant_id *variants, size_t n,
                              struct stock_level *out) MUST_CHECK;

/* Of all variants of a product: "2 of 5 variants out". */
struct stock_of_product {
    int64_t variants, out; /* out: tracked, and nothing available */
    int64_t tracked;       /* how many variants are */
    int64_t available;
};
struct err *stock_of_products(struct work *w, const struct product_id *products, size_t n,
                              struct stock_of_product *out) MUST_CHECK;

/* ---- Warehouses ---- */

struct warehouse {
    struct warehouse_id id;
    const char *code, *name;
    bool active;
    int64_t position;
};
/* All, those served from first in front. Empty for a shop that never had stock. */
struct err *stock_warehouses(struct work *w, struct warehouse **out, size_t *n) MUST_CHECK;

/* The one of that code, whatever its case, made when there is none; "" or NULL: the first, "main"
 * for a shop that has none. The name is for one that is made; NULL: its code. INVALID
 * warehouse.code: 1 to 40 letters of A-Z, digits and _ . -, beginning with a letter or digit. */
struct err *stock_warehouse_named(struct work *w, const char *code, const char *name,
                                  struct warehouse_id *out) MUST_CHECK;

/* ---- Proof ---- */

/* A place whose figures do not agree: as it stands, as its movements sum, as orders hold it. */
struct stock_difference {
    struct vendor_id vendor;
    struct variant_id variant;
    struct warehouse_id warehouse;
    const char *bin;
    int64_t on_hand, ledger_on_hand, reserved, ledger_reserved, held;
};
/* In an operator's transaction: of all shops, the first 100; *n 0 is how it should be. */
struct err *stock_prove(struct work *w, struct stock_difference **out, size_t *n) MUST_CHECK;
