/* Copies in Redis of answers that are the same for everybody: rows that say `copied`, asked without
 * a query. A copy travels with what the guards ask, so a request that finds one needs PostgreSQL
 * for nothing.
 *
 * A shop's copies are good while its mark is the one they were made under. Whoever commits a write
 * of the shop changes the mark (copies_drop), so the next request reads anew, and an answer that
 * was read before the commit and kept after it bears the mark of before. Marks are random: one that
 * Redis lost does not come again. A writer waits longer for Redis than a reader does
 * (cache_insist): one that is slow for a moment still learns of the write before it is
 * acknowledged. Should the writer die, or Redis be away for good, between commit and mark, a copy
 * lives its COPY_LIFE at most, which is what such answers say of themselves (max-age). */
#pragma once
#include "http/request.h"

#define COPY_LIFE   "60" /* seconds */
#define COPY_SHARED "public, max-age=" COPY_LIFE

/* Queues what finds the copy; for rows that are not copied nothing. */
void copy_ask(struct req *r);
/* Reads the replies to it, in its turn. */
void copy_read(struct req *r);
/* When the guards let the request pass: true, and the copy is the answer; false: there is none. */
bool copy_send(struct req *r);
/* After the row's own answer of 200 with an ETag: keeps it for those who come next. */
void copy_keep(struct req *r);

/* What is kept of the shop is good for nothing from now on. After the commit of what changed it. */
void copies_drop(struct work *w, struct vendor_id shop);
