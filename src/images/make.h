/* Making the files of one content, in a child process: used by uploads, jobs and `souk images`. */
#pragma once
#include "base/settings.h"
#include "images/images.h"
#include "images/storage.h"

enum make_what { MAKE_SMALL = 1, MAKE_ORIGINAL = 2, MAKE_ALL = 3 };

struct make_result {
    int width, height; /* of the original, upright, as it is or will be stored */
    struct {
        int width, height;
        uint64_t bytes; /* 0: not made */
    } variants[IMAGE_SIZES];
};

/* The original of a large picture takes ten times what the small ones take, so it is made beside
 * them, in a process of its own that shares the decoded pixels; one such process a host goes on
 * when the small ones are done. It leaves its file in the store or nothing, and knows no rows:
 * those are the job's, which calls make_original.
 *
 * Reads the file at `path`, makes what is asked for, and puts it into the store under the content's
 * name, durable when it returns. `at_once_pixels`: a smaller picture's original is made in any
 * case. Failures as in convert.h, image.crashed, FULL file.no_room. */
struct err *make_files(struct arena *a, struct storage *store, const struct settings *s,
                       const char *path, const struct sha256 *hash, enum make_what what,
                       uint64_t at_once_pixels, struct make_result *out) MUST_CHECK;

/* The JPEG for feeds (feed.h), put into the store. Failures as above. */
struct make_feed {
    int width, height;
    uint64_t bytes;
};
struct err *make_feed_file(struct arena *a, struct storage *store, const struct settings *s,
                           const char *path, const struct sha256 *hash,
                           struct make_feed *out) MUST_CHECK;

/* The original's bytes: of the file that was made beside the small ones, which is waited for while
 * it is being made on this host, or made now. Failures as above. */
struct err *make_original(struct arena *a, struct storage *store, const struct settings *s,
                          const char *path, const struct sha256 *hash, uint64_t *bytes) MUST_CHECK;
