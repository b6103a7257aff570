/* Rows put by in an unnamed file, to come back by group whatever their order was. In memory a row
 * is 16 bytes. */
#pragma once
#include "base/table.h"

#define SPOOL_GROUP_MOST ((size_t)16 << 20) /* bytes of one group's rows */

struct spool;

/* An unnamed file in the folder, which ends with the arena. `about`: how many rows are expected.
 * FULL import.no_room; BROKEN import.spool. */
struct err *spool_new(struct arena *a, const char *folder, int64_t about,
                      struct spool **out) MUST_CHECK;

/* Puts a row to a group; groups are numbered from 1, in the order in which they shall come back. */
struct err *spool_put(struct spool *s, uint32_t group, const struct row *r) MUST_CHECK;
/* Group `from` is one with `to`, which is the smaller number; before spool_rewind. */
void spool_join(struct spool *s, uint32_t from, uint32_t to);
/* All rows are put: from here on they come back. */
struct err *spool_rewind(struct spool *s) MUST_CHECK;

/* The rows of the next group, in the order in which they were put; *count 0 at the end. At most
 * `most` of them and SPOOL_GROUP_MOST bytes, the others are left out and *left says how many those
 * were. All in arena `a`. */
struct err *spool_next(struct spool *s, struct arena *a, size_t most, struct row **rows,
                       size_t *count, size_t *left) MUST_CHECK;
int64_t spool_rows(const struct spool *s);      /* put */
int64_t spool_rows_back(const struct spool *s); /* come back so far */

uint32_t row_bytes(const struct row *r); /* of its cells, a NUL behind each */

/* A copy of a row in the arena. */
struct row row_copy(struct arena *a, const struct row *r);
