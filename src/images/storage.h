/* Where image files lie, behind one interface: the local disk today (storage_disk.c), an
 * S3-compatible store by the same functions. A name is a path of ours below the store's root:
 * "products/00/1a/001a…_800.webp". Every write is durable when it returns: after a crash the file
 * is there whole or not at all. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"

struct storage;

struct storage_file {
    const char *name;
    uint64_t bytes;
    int64_t written_us;
};

/* What a back end must do; failures as below. */
struct storage_ops {
    struct err *(*put)(void *self, struct arena *a, const char *name, struct bytes b);
    struct err *(*take)(void *self, struct arena *a, const char *name, const char *from_path);
    struct err *(*fetch)(void *self, struct arena *a, const char *name, const char *path);
    struct err *(*get)(void *self, struct arena *a, const char *name, size_t most,
                       struct bytes *out);
    struct err *(*size)(void *self, struct arena *a, const char *name, bool *there,
                        uint64_t *bytes);
    struct err *(*drop)(void *self, struct arena *a, const char *name);
    struct err *(*each)(void *self, struct arena *a,
                        struct err *(*fn)(void *arg, const struct storage_file *file), void *arg);
};

struct storage {
    const struct storage_ops *ops;
    void *self;
};

/* The local disk below `root`. Lives as long as `a`. */
struct storage *storage_disk(struct arena *a, const char *root);

/* FULL file.no_room; BROKEN storage.*. */
struct err *storage_put(struct storage *s, struct arena *a, const char *name,
                        struct bytes b) MUST_CHECK;
/* Moves a local file of the uploads directory into the store. */
struct err *storage_take(struct storage *s, struct arena *a, const char *name,
                         const char *from_path) MUST_CHECK;
/* A file of the store as a local one at `path`, which ends with the arena. NOT_FOUND file.missing.
 */
struct err *storage_fetch(struct storage *s, struct arena *a, const char *name,
                          const char *path) MUST_CHECK;
/* NOT_FOUND file.missing; TOO_LARGE file.too_large. */
struct err *storage_get(struct storage *s, struct arena *a, const char *name, size_t most,
                        struct bytes *out) MUST_CHECK;
struct err *storage_size(struct storage *s, struct arena *a, const char *name, bool *there,
                         uint64_t *bytes) MUST_CHECK;
struct err *storage_drop(struct storage *s, struct arena *a,
                         const char *name) MUST_CHECK; /* missing is fine */
/* Every file, leaf directory by leaf directory; the arena is the caller's for one leaf at a time.
 */
struct err *storage_each(struct storage *s, struct arena *a,
                         struct err *(*fn)(void *arg, const struct storage_file *file),
                         void *arg) MUST_CHECK;
