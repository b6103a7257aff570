/* Statements of feeds; all but feeds_due in a transaction of the tenant. */
#pragma once
#include "base/digest.h"
#include "base/work.h"
#include "feeds/item.h"

#define FEED_LANGUAGES_MOST 40

struct feed_shop {
    const char *slug, *name;
    bool active;
    const char *language; /* the shop's own */
    const char *languages[FEED_LANGUAGES_MOST];
    size_t language_count;
    bool open, fallback, mail;
    const char *secret; /* NULL: no private address */
    int64_t backorder_days;
    int64_t begun_us; /* of the last build; 0: none yet, or another one is asked for */
};

/* The file that is served, and what came of the last build. */
struct feed {
    const char *language;
    enum feed_channel channel;
    int64_t rows, bytes, packed_bytes, changed_us, built_us, took_us, rejected;
    struct sha256 digest, verdicts;
    int64_t held_rows; /* -1: not held back */
    int64_t held_us;
    int64_t allowed_rows; /* -1: nobody said anything */
};

struct feeds {
    struct feed *at;
    size_t count;
};

/* NOT_FOUND vendor.unknown. */
struct err *feeds_load_shop(struct work *w, struct feed_shop *out) MUST_CHECK;
struct err *feeds_load(struct work *w, struct feeds *out) MUST_CHECK;
struct feed *feeds_find(const struct feeds *all, const char *language, enum feed_channel channel);
struct err *feeds_save(struct work *w, const struct feed *f) MUST_CHECK;

/* Calls fn for each variant, of the one product or (0) of all that are active. The item lives for
 * that call. */
struct err *feeds_each_item(struct work *w, const struct feed_shop *shop, const char *language,
                            struct product_id product,
                            struct err *(*fn)(void *arg, const struct feed_item *item),
                            void *arg) MUST_CHECK;

struct feed_rejected {
    int64_t variant;
    feed_reasons reasons;
};
/* In place of what was kept before. */
struct err *feeds_save_rejected(struct work *w, const char *language, enum feed_channel channel,
                                const struct feed_rejected *rejected, size_t n) MUST_CHECK;
