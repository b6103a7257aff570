/* multipart/form-data, read as it comes: file parts go to files of the uploads directory while
 * their SHA-256 is taken, small parts stay in memory. The files end with the request's arena unless
 * taken; a worker killed in the middle leaves files that the sweep removes. */
#pragma once
#include "base/digest.h"
#include "http/request.h"

#define UPLOAD_FILES_MAX 50

struct upload_file {
    const char *field; /* "image" */
    const char *name;  /* as the client says; for showing only */
    const char *path;  /* of the file on disk; NULL when refused */
    uint64_t bytes;
    struct sha256 hash;
    struct err *refused; /* TOO_LARGE upload.too_large: its rest was skipped; the others go on */
};

struct upload {
    struct upload_file *files;
    size_t count;
    struct pairs fields; /* the small parts: ≤ 64 KiB in all */
};

/* Reads the whole body once. MALFORMED upload.* names the place; TOO_LARGE upload.too_many;
 * UNSUPPORTED request.content_type; FULL file.no_room. `most_bytes` is of one file. */
struct err *upload_read(struct req *r, uint64_t most_bytes, struct upload *out) MUST_CHECK;
