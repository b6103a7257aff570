/* A shop's file as UTF-8 bytes: unpacked when it is gzip, decoded from its encoding, without byte
 * order mark. A source for base/table.h that needs 128 KiB whatever the size of the file. */
#pragma once
#include "base/table.h"
#include "exchange/sniff.h"

#define INPUT_BYTES_MOST                                                                           \
    INT64_C(1073741824)      /* unpacked; a file above is refused where it gets there */
#define INPUT_RATIO_MOST 200 /* unpacked : packed, once above 16 MiB */

struct input;

/* Reads the descriptor from its beginning (pread; it must be a file, and stays the caller's). Of
 * `shape` it looks at gzip and encoding. Ends with the arena. Reading fails with TOO_LARGE
 * import.too_large, INVALID import.gzip (damaged, cut off), BROKEN import.read. */
struct input *input_new(struct arena *a, int fd, const struct file_shape *shape);
struct table_source input_source(struct input *in);

int64_t input_read(const struct input *in); /* bytes of the file read so far, for progress */
int64_t input_size(const struct input *in); /* bytes of the file */
