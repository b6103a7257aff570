/* Past orders out of a file (UCI's online-retail columns, or a mapping to them): one row a line,
 * lines of an order anywhere in the file. Nothing is sold, reserved or mailed by these. */
#pragma once
#include "exchange/reader.h"

enum past_line_kind {
    PAST_GOODS = 1,
    PAST_SHIPPING, /* POST, DOT, C2; in other files SHIPPING and the like */
    PAST_DISCOUNT, /* D */
    PAST_MANUAL,   /* M, B: an amount someone entered by hand */
    PAST_FEE,      /* BANK CHARGES, AMAZONFEE */
};

struct past_line {
    int64_t line, row;
    enum past_line_kind kind;
    const char *sku, *title; /* title "" when the file has none */
    int64_t quantity;        /* below zero: taken back */
    struct money unit_price; /* rounded to the cent where the file is finer */
    struct money total;      /* quantity × the file's price, rounded once */
};

enum past_order_kind {
    PAST_SALE = 1,
    PAST_CANCELLATION, /* its number begins with C: amounts are below zero and reduce */
    PAST_ADJUSTMENT    /* only pieces taken away at price 0 (damaged, lost): stock, not an order */
};

/* Lives in the arena that past_orders_next was given. */
struct past_order {
    int64_t number; /* 1, 2, … in the file; as import_product.number */
    int64_t line, row;
    int64_t *rows; /* all of its rows, in the file's order */
    size_t row_count;
    enum past_order_kind kind;
    const char *name; /* its number in the file, "C536379" */
    int64_t at_us;
    const char *customer; /* their number of the customer; NULL: none */
    const char *email;    /* NULL: none */
    const char *country;  /* as in the file; "" */
    size_t line_count;
    struct past_line *lines;
    struct money total; /* the sum of the lines' totals */
    struct findings findings;
    bool refused;
};

struct past_orders;

/* As import_open and import_next. */
struct err *past_orders_open(struct arena *a, int fd, const struct import_plan *plan,
                             const struct import_settings *settings,
                             struct past_orders **out) MUST_CHECK;
struct err *past_orders_next(struct past_orders *r, struct arena *a,
                             struct past_order **out) MUST_CHECK;
void past_orders_progress(const struct past_orders *r, int64_t *done, int64_t *of);
