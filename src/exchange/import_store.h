/* Statements of imports: for import.c and for a pass over a file. All inside the caller's
 * transaction of the shop. */
#pragma once
#include "exchange/import.h"

struct err *import_store_add(struct work *w, const struct import *i, const struct sha256 *hash,
                             struct import_id *out) MUST_CHECK;

/* *done false: it is in another state. */
struct err *import_store_choose(struct work *w, struct import_id id, const struct import_choice *c,
                                bool *done) MUST_CHECK;
struct err *import_store_begin(struct work *w, struct import_id id, enum import_state to,
                               const enum import_state *from, size_t n, bool *done) MUST_CHECK;
struct err *import_store_cancel(struct work *w, struct import_id id, bool *done) MUST_CHECK;

/* For one chunk. *ours false: somebody else has gone on meanwhile. */
struct import_hold {
    enum import_state state;
    bool limited; /* by the shop's tier */
    int64_t room; /* how many products more it may have then */
};
struct err *import_store_hold(struct work *w, struct import_id id, int64_t through, bool *ours,
                              struct import_hold *out) MUST_CHECK;
struct err *import_store_move(struct work *w, struct import_id id, const struct import_counts *more,
                              int64_t done, int64_t of) MUST_CHECK;
struct err *import_store_end(struct work *w, struct import_id id, enum import_state state,
                             const char *failure, const char *errors_path) MUST_CHECK;

struct err *import_store_findings(struct work *w, struct import_id id,
                                  const struct finding *const *at, size_t n) MUST_CHECK;
struct err *import_store_refused(struct work *w, struct import_id id, const int64_t *rows,
                                 size_t n) MUST_CHECK;
/* Only the first IMPORT_CHANGES_SHOWN are kept. */
struct import_changed {
    int64_t number, line;
    const char *sku, *differences;
};
struct err *import_store_changes(struct work *w, struct import_id id,
                                 const struct import_changed *at, size_t n) MUST_CHECK;

/* Refused rows in the order of the file; a row with several findings comes as often. Its code is
 * NULL when what is wrong stands at another row of its product. Always whole rows: `limit` counts
 * rows, not findings. */
struct import_refused {
    int64_t row;
    struct finding finding;
};
struct err *import_store_refused_rows(struct work *w, struct import_id id, int64_t behind,
                                      int64_t limit, struct import_refused **out,
                                      size_t *count) MUST_CHECK;
