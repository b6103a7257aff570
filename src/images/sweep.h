/* Freeing what is no longer used, and finding files that no row knows. */
#pragma once
#include "images/images.h"
#include "queue/queue.h"

struct images_scan {
    bool dry_run;
    int64_t files, bytes; /* in the store, all variants */
    int64_t orphans;      /* files that no row knows */
    int64_t removed;      /* of them: those a day old, unless dry_run */
    const char *fullest;  /* the leaf directory with most files */
    int64_t fullest_files;
};

/* Walks the whole store. Opens transactions of its own, and keeps the job's lease. */
struct err *images_walk(struct work *w, const struct job *j, bool dry_run,
                        struct images_scan *out) MUST_CHECK;

/* The job: frees contents unused for a day and bodies that a killed worker left. */
struct err *images_sweep(struct work *w, const struct job *j) MUST_CHECK;
struct err *images_drop_stale_uploads(struct work *w) MUST_CHECK;
struct err *images_drop_files(struct work *w, const struct sha256 *hash) MUST_CHECK;

/* The job that makes the original of a large upload (accept.c). */
struct err *images_finish_original(struct work *w, const struct job *j);
