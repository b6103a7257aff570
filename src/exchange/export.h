/* An export: products of the shop as a file, made by a job and kept for a week. */
#pragma once
#include "base/work.h"
#include "exchange/record.h"

struct job;

struct export_id {
    int64_t n;
};

enum export_state { EXPORT_WAITING, EXPORT_RUNNING, EXPORT_DONE, EXPORT_FAILED, EXPORT_STATES };
extern const char *const export_state_names[EXPORT_STATES];

enum export_format {
    EXPORT_OWN, /* comes back unchanged, byte for byte */
    EXPORT_SHOPIFY_2024,
    EXPORT_WOOCOMMERCE,
    EXPORT_TRANSLATIONS, /* SKU, language and texts */
    EXPORT_FORMATS
};
extern const char *const export_format_names[EXPORT_FORMATS];

/* Which products: as on their list. NULL: all. */
struct export_filter {
    const char *q;        /* in title or SKU */
    const char *status;   /* draft, active, archived */
    const char *category; /* its path, and all below it */
};

struct export
{
    struct export_id id;
    enum export_format format;
    struct export_filter filter;
    const char **languages;
    size_t language_count;
    enum export_state state;
    const char *failure;
    int64_t products, of_products, bytes;
    const char *path; /* below SOUK_EXCHANGE; NULL: not made, or kept no more */
    int64_t added_us, started_us, ended_us;
    const char *added_by;
};

/* In the caller's transaction. The job goes with it. Languages: those of the shop that are asked
 * for; none: all. INVALID export.format, export.language, export.status. */
struct export_draft {
    const char *format; /* "own" */
    struct export_filter filter;
    const char *languages; /* "en de"; NULL or "": all */
};
struct err *export_add(struct work *w, const struct export_draft *draft,
                       struct export_id *out) MUST_CHECK;

/* NOT_FOUND export.unknown. */
struct err *export_load(struct work *w, struct export_id id, struct export *out) MUST_CHECK;
struct exports {
    struct export *at;
    size_t count;
    bool more;
};
struct err *exports_list(struct work *w, int64_t behind, int64_t limit,
                         struct exports *out) MUST_CHECK;

/* Makes the file; opens transactions of its own. Killed in the middle, it is made anew. */
struct err *export_make(struct work *w, struct export_id id, const struct job *j,
                        bool last_try) MUST_CHECK;

/* The languages of the shop, its own first. */
struct err *export_languages(struct work *w, const char ***out, size_t *count) MUST_CHECK;
