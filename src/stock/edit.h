/* A change of one place as people and programs ask for it. Inside of src/stock. */
#pragma once
#include "http/form.h"
#include "stock/stock.h"

/* Why somebody changes a figure: a word of a list, and what they say besides. */
#define STOCK_NOTE_MOST 400
extern const char *const stock_reasons[];
extern const size_t stock_reason_count;
/* As the ledger keeps it: "damaged: fell off the shelf". */
const char *reason_join(struct arena *a, const char *reason, const char *note);
/* The word it begins with, NULL when it is none of the list; *note is the rest. */
const char *reason_split(const char *kept, const char **note);
/* Fields reason (needed) and note, as the ledger keeps them; failures are collected. */
const char *edit_reason(struct form *f);
enum stock_kind edit_kind(const char *kept);

/* Fields: warehouse (id or code), bin, on_hand or adjust, low_at ("" or null: none), expected,
 * reason (needed), note. Failures are collected. *reason is what the ledger keeps. */
struct stock_edit {
    struct stock_change change;
    enum stock_kind kind;
    const char *reason;
};
void edit_read(struct form *f, struct stock_edit *out);
/* Its outcome as a failure, NULL when there is none: NOT_FOUND stock.variant, stock.warehouse;
 * STALE stock.stale; CONFLICT stock.below_reserved; INVALID stock.too_many. `field` is on_hand or
 * adjust, with `prefix` ("changes.3.") in front. */
struct err *edit_refused(struct work *w, const struct stock_change *c,
                         const struct stock_outcome_of *o, const char *prefix);
/* Writes it, or fails as above. */
struct err *edit_apply(struct work *w, const struct stock_edit *edit) MUST_CHECK;

/* Fields: warehouse, bin, pieces, note. */
void receipt_read(struct form *f, struct stock_edit *out);
/* Fields: from, from_bin, to, to_bin, pieces, note. */
void move_read(struct form *f, struct stock_move *out);

/* An id as it is, 0 for a code, which *code is then. */
void warehouse_word(struct form *f, const char *name, struct warehouse_id *id, const char **code);
