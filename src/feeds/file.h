/* A feed's file while it is written, and how it takes the place of the one before. nginx serves
 * both the file and its gzip and makes their ETags of time and size, so: what holds the same again
 * is not put in place at all, what holds something else has a later second than the one before, and
 * a file and its gzip differ in one of both. */
#pragma once
#include "base/digest.h"
#include "base/err.h"
#include "base/text.h"

/* Lives in the arena; the half-made file goes with it. */
struct feed_file {
    struct buf lines; /* write here, then call feed_file_pass() */
    int64_t rows, bytes;
    struct sha256 digest; /* once it has ended */
    int64_t packed_bytes; /* once it is in place */
    /* private */
    struct arena *arena;
    struct sha256_run *run;
    char *path, *beside; /* where it will lie, and lies until then */
    int fd;
};

/* BROKEN, FULL file.* as in base/file.h, here and below. */
struct err *feed_file_begin(struct arena *a, const char *path, struct feed_file **out) MUST_CHECK;
/* A row is whole: what has gathered is written now and then. */
struct err *feed_file_pass(struct feed_file *f) MUST_CHECK;
struct err *feed_file_end(struct feed_file *f) MUST_CHECK;
/* Makes its gzip and puts both in place, durably. `now_us`: its time, or a second after that of the
 * file before. */
struct err *feed_file_publish(struct feed_file *f, int64_t now_us) MUST_CHECK;
