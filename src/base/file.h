/* Files: descriptors that close themselves, whole reads with a ceiling, and durable writes. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"

void close_fd(const int *fd); /* accepts -1 */
#define SCOPED(end) __attribute__((cleanup(end)))

/* The whole file, NUL added behind it. NOT_FOUND file.missing; TOO_LARGE file.too_large above
 * `most` bytes; BROKEN file.read. */
struct err *file_read(struct arena *a, const char *path, size_t most, struct bytes *out) MUST_CHECK;

/* The same for files without a size of their own (/proc): as much as there is, at most `most`. */
struct err *file_read_stream(struct arena *a, const char *path, size_t most,
                             struct bytes *out) MUST_CHECK;

/* Creates `path` with these bytes so that after a crash it is there whole or not at all: written
 * beside, fsynced, renamed, its directory fsynced; missing directories are made (and fsynced).
 * FULL file.no_room; BROKEN file.write. */
struct err *file_write_durably(struct arena *a, const char *path, struct bytes b) MUST_CHECK;

/* Moves a whole file to `path` so that after a crash it is there whole or still where it was:
 * fsync, rename, fsync of the directory. Both on one file system. FULL file.no_room; BROKEN
 * file.write. */
struct err *file_move_durably(struct arena *a, const char *from, const char *path) MUST_CHECK;

/* Makes the directory and those above it, mode 0755. BROKEN file.mkdir. */
struct err *file_make_dirs(struct arena *a, const char *path) MUST_CHECK;

/* Calls fn(arg, path, name) for each entry of the directory but "." and "..", in the order of
 * their names (bytes). NOT_FOUND file.missing; a failure of fn ends the walk and is passed on. */
struct err *file_each(struct arena *a, const char *directory,
                      struct err *(*fn)(void *arg, const char *path, const char *name),
                      void *arg) MUST_CHECK;

struct file_facts {
    bool is_file, is_directory;
    uint64_t bytes;
    int64_t written_us;
};
/* Of the entry itself, links not followed. False when it is not there. */
bool file_facts(const char *path, struct file_facts *out);
