/* Statements of exports. */
#pragma once
#include "exchange/export.h"
#include "exchange/own.h"

struct err *export_store_add(struct work *w, enum export_format format, const char *filter,
                             const char *const *languages, size_t n,
                             struct export_id *out) MUST_CHECK;
struct err *export_store_begin(struct work *w, struct export_id id, int64_t of) MUST_CHECK;
struct err *export_store_move(struct work *w, struct export_id id, int64_t done) MUST_CHECK;
struct err *export_store_end(struct work *w, struct export_id id, const char *path, int64_t bytes,
                             const char *failure) MUST_CHECK;

/* How wide the file must be, and how many products it has. */
struct err *export_store_layout(struct work *w, const struct export *e, int64_t *products,
                                struct own_layout *out) MUST_CHECK;

/* The next products behind an id, with all that a file says of them; in the arena of the work. The
 * last one's id is *behind. */
struct err *export_store_products(struct work *w, const struct export *e,
                                  const struct own_layout *layout, int64_t *behind, int64_t limit,
                                  struct import_product **out, size_t *count) MUST_CHECK;
