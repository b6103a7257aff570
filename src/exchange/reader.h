/* Products out of a file, one after the other, checked. Memory does not grow with the file: rows of
 * a product that stand together are read in passing; where they may stand anywhere (WooCommerce's
 * variations, Shopify's handles) the rows are put by in an unnamed file, with some 40 bytes each in
 * memory, and come out by product in the order in which each was first met. */
#pragma once
#include "exchange/columns.h"
#include "exchange/record.h"

#define IMPORT_ROWS_MOST 1000000

struct import_settings {
    enum currency currency;       /* the shop's, for amounts that name none */
    const char *language;         /* the shop's, for texts that name none */
    const char *const *languages; /* all of the shop's: texts in "de-DE" are for its "de" */
    size_t language_count;
    const char *spool; /* folder for rows put by, on disk */
    bool lenient; /* what is optional and cannot be read (GTIN, compare-at price, weight, image,
                   * stock) is left out with a finding that does not refuse */
};

struct import_reader;

/* Ends with the arena `a`, which lives as long as the reading; the descriptor stays the caller's.
 * The failures of plan_check and input.h; FULL import.no_room. Rows that may stand anywhere are
 * put by here, so this may take a while. */
struct err *import_open(struct arena *a, int fd, const struct import_plan *plan,
                        const struct import_settings *settings,
                        struct import_reader **out) MUST_CHECK;

/* The next product; *out NULL at the end of the file. All of it in arena `a` (reset it between
 * products; 256 MiB hold the largest there can be). What is wrong with it is in its findings; a
 * table that cannot be read any further comes as a last product that is refused and has no
 * variants. Fails as import_open does. To go on behind a product after a crash, open again and pass
 * over as many. */
struct err *import_next(struct import_reader *r, struct arena *a,
                        struct import_product **out) MUST_CHECK;

/* About the file as a whole, once import_open is through: columns kept aside, no price column. */
const struct findings *import_notes(const struct import_reader *r);

/* For a bar of progress: how far, of how much. */
void import_progress(const struct import_reader *r, int64_t *done, int64_t *of);
