/* Orders as they are stored. Inside of src/orders. Texts live as long as the work. */
#pragma once
#include "base/bytes.h"
#include "db/db.h"
#include "orders/orders.h"
#include "orders/totals.h"

struct address {
    const char *name, *street, *more, *postcode, *city, *country; /* "" where there is none */
};

struct order_line {
    int64_t line;
    struct product_id product; /* 0: past orders, or gone */
    struct variant_id variant;
    const char *sku, *title;
    const char *options; /* JSON: [{"name", "value"}] */
    int64_t quantity;
    struct money price, total;
    int64_t tax_bp;
};

struct order {
    struct order_id id;
    int64_t number;       /* 0: a past order, which has `external` */
    const char *external; /* "" */
    enum order_state state;
    const char *source, *language;
    int64_t placed_us, updated_us, expires_us, version;
    struct customer_id customer; /* 0: nobody known */
    const char *email, *name;    /* as they were then */
    bool with_tax;
    struct money items, shipping, discount, tax, total;
    const char *taxes;             /* JSON: [{"bp", "base", "tax"}] */
    const char *ship_to, *bill_to; /* JSON; "" where there is none */
    const char *note, *payment;
};

struct order_event {
    int64_t at_us;
    const char *what, *who, *note;
    bool by_nobody; /* the buyer, or the program */
};

/* NOT_FOUND order.unknown. */
struct err *order_load(struct work *w, struct order_id id, struct order *out) MUST_CHECK;
struct err *order_by_token(struct work *w, const char *token, struct order *out) MUST_CHECK;
struct err *order_lines(struct work *w, const struct order *o, struct order_line **out,
                        size_t *n) MUST_CHECK;
struct err *order_events(struct work *w, struct order_id id, struct order_event **out,
                         size_t *n) MUST_CHECK;

/* "1042", or the number that a past order came with. */
const char *order_called(struct arena *a, int64_t number, const char *external);
/* The token as the database knows it. */
struct sha256;
struct sha256 order_token_hash(const char *token);

/* JSON text of an address, and back; NULL and "" are one without anything. */
const char *address_json(struct arena *a, const struct address *address);
struct address address_of(struct arena *a, const char *json);
/* "Size: M, Colour: red" of the JSON text of options; "" without any. */
const char *options_text(struct arena *a, const char *options);
/* The rates of `taxes`; at most ORDER_RATES_MAX. */
size_t order_taxes(struct arena *a, const struct order *o, struct order_tax *out);

/* ---- Steps ---- */

struct order_move {
    const char *act;      /* "pay" … */
    const char *payment;  /* reference, of pay and refund; NULL: none */
    const char *note;     /* for the timeline; NULL: none */
    bool restock;         /* of a refund: what was sent has come back and is for sale again */
    bool notify;          /* of shipping: the buyer gets a mail */
    const char *tracking; /* of shipping: a number or an address to follow it by, for the mail and
                             the timeline; NULL or "": none */
};

/* One step: state, goods, timeline, webhooks. CONFLICT as order_step_refused() says, stock.short
 * when what is to be sent is not there; INVALID order.act; NOT_FOUND order.unknown. */
struct err *order_step(struct work *w, struct order_id id, const struct order_move *m,
                       const char *who) MUST_CHECK;
/* A note of the shop's into the timeline. */
struct err *order_note(struct work *w, struct order_id id, const char *note,
                       const char *who) MUST_CHECK;

/* ---- Lists ---- */

struct order_filter {
    int state;                        /* -1: any; else alone */
    const char *number, *email, *sku; /* at most one of them is not NULL; email by its beginning */
    struct customer_id customer;      /* 0: any */
    int64_t from_us, before_us;       /* placed then; INT64_MIN and INT64_MAX: whenever */
    bool behind;                      /* a page after this order: */
    int64_t behind_us;
    struct order_id behind_id;
    int64_t limit;
};

struct order_row {
    struct order_id id;
    int64_t number;
    const char *external;
    enum order_state state;
    const char *source;
    struct customer_id customer;
    const char *name, *email;
    struct money total;
    int64_t placed_us, pieces;
};

struct err *orders_find(struct work *w, const struct order_filter *f, struct order_row **out,
                        size_t *n) MUST_CHECK;
struct err *orders_count(struct work *w, int64_t counts[ORDER_STATES]) MUST_CHECK;
