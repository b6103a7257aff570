/* A file written in pieces, of any size: beside its place first, so that after a crash it is there
 * whole or not at all. Left unfinished, it is gone with the arena. */
#pragma once
#include <stdint.h>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/err.h"

struct outfile;

/* Missing directories are made. FULL file.no_room; BROKEN file.write. So the next two. */
struct err *outfile_open(struct arena *a, const char *path, struct outfile **out) MUST_CHECK;
struct err *outfile_add(struct outfile *f, struct bytes b) MUST_CHECK;

/* Puts it in its place. `hash` may be NULL. */
struct err *outfile_close(struct outfile *f, int64_t *bytes, struct sha256 *hash) MUST_CHECK;
