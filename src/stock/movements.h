/* The ledger as pages, programs and spreadsheets see it. Inside of src/stock. */
#pragma once
#include "http/request.h"
#include "stock/stock.h"

struct movement {
    int64_t id;
    struct variant_id variant;
    const char *sku;
    struct warehouse_id warehouse;
    const char *warehouse_code, *warehouse_name, *bin;
    const char *kind;          /* "receive" */
    int64_t on_hand, reserved; /* by how much each changed */
    struct order_id order;     /* 0: of none */
    const char *reason, *who;  /* who "": the program */
    int64_t at_us;
};

struct movement_page {
    struct movement *at;
    size_t count;
    const char *older; /* a cursor; NULL: this is the end */
    bool is_first;
};

/* Newest first: of the variant, of the order, or (both 0) all. Parameters cursor, limit.
 * MALFORMED request.cursor, request.limit. */
struct err *movements_load(struct req *r, struct variant_id variant, struct order_id order,
                           int64_t usual, int64_t most, struct movement_page *out) MUST_CHECK;
