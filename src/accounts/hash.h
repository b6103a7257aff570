/* The hash of passwords: argon2id at OWASP's cost (m = 19 MiB, t = 2, p = 1; 11 ms), a bounded
 * number at a time. Inside of src/accounts. */
#pragma once
#include "base/digest.h"
#include "base/work.h"

#define HASH_WAITING 16 /* of a host, besides one a core that is at work */

/* A place in the queue, at once or not at all: a descriptor that gives it back when it closes
 * (SCOPED(close_fd)). BUSY accounts.busy with retry_after_s when all are taken. Taken before
 * anything is asked of the database, so that a flood costs little. */
struct err *hash_place(struct work *w, int *place) MUST_CHECK;

/* Both wait for a free core, two seconds at most: BUSY accounts.busy. `secret` is what is hashed
 * in place of the password (password.c). */
struct err *hash_make(struct work *w, const struct sha256 *secret, const char **out) MUST_CHECK;
/* `stored` NULL, or of a cost out of bounds: as much work is done, and *same is false. */
struct err *hash_verify(struct work *w, const struct sha256 *secret, const char *stored,
                        bool *same) MUST_CHECK;

/* Of today's cost? Another one is made anew at the next good log-in. */
bool hash_is_current(const char *stored);
