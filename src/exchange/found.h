/* What came of some products (or past orders) of a file, on its way to the import's row and lists.
 * Lives in the arena of the chunk. */
#pragma once
#include "exchange/import_store.h"

struct found {
    struct arena *arena;
    struct import_counts counts;
    struct buf findings; /* of const struct finding * */
    struct buf rows;     /* of int64_t: refused */
    struct buf changes;  /* of struct import_changed */
};

struct found found_new(struct arena *a);
void found_add(struct found *f, const struct finding *finding);
void found_refuse(struct found *f, const int64_t *rows, size_t n);
void found_change(struct found *f, const struct import_changed *change);

/* All of it, and how far the file is read, in the caller's transaction. */
struct err *found_write(struct work *w, struct import_id id, const struct found *f, int64_t done,
                        int64_t of) MUST_CHECK;
