/* Mail about billing, written with its cause: once each, however often the cause is looked at. */
#pragma once
#include "subscriptions/book.h"

/* Of what books_save() has just written: new invoices and credit notes, what fell overdue, what
 * came to its end. */
struct err *tell_changes(struct work *w, const struct book *books, size_t n) MUST_CHECK;
/* A try to charge this invoice failed; each is told. */
struct err *tell_payment_failed(struct work *w, const struct book *book, const struct document *d,
                                const char *decline) MUST_CHECK;
/* w->vendor's trial ends in so many days. */
struct err *tell_trial(struct work *w, const struct book *book, int days) MUST_CHECK;

/* Of a month's orders. */
struct near_limit {
    int64_t used, most, window_from;
    int level; /* 80, 100 or 110 % of `most` are taken */
};
/* Once a month and level. */
struct err *tell_near_limit(struct work *w, const struct book *book,
                            const struct near_limit *use) MUST_CHECK;
