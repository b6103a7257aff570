/* Figures of the image store for the operator: counted by a job, kept as the report "images". */
#pragma once
#include "http/json.h"
#include "queue/queue.h"

#define IMAGE_SHOPS_SHOWN 50

struct images_stats {
    int64_t contents, pending,
        unused;                      /* uploads as stored once; without original yet; without use */
    int64_t files;                   /* variants served */
    int64_t bytes, bytes_by_size[3]; /* of the variants, by enum image_size */
    int64_t average_bytes;           /* of one file */
    int64_t fullest_files;           /* in the fullest leaf directory */
    const char *fullest;
    int64_t scanned_us; /* when the store was walked; 0: never */
    int64_t orphans, removed;
    size_t shop_count;
    struct images_shop {
        struct vendor_id id;
        const char *slug, *name;
        int64_t images, bytes;
    } shops[IMAGE_SHOPS_SHOWN];
};

/* Thresholds on files in one directory (SPEC section 3). */
enum images_grade { GRADE_EXCELLENT = 1, GRADE_GOOD, GRADE_DEGRADED, GRADE_SHARD };
enum images_grade images_grade_of(int64_t files);
const char *images_grade_name(
    enum images_grade grade); /* "excellent", "good", "degraded", "shard" */

/* Inside an operator read: the newest report; *found false before the first. */
struct err *images_stats_load(struct work *w, bool *found, int64_t *taken_us,
                              struct images_stats *out) MUST_CHECK;

/* The shops with the most, as an array: in the report and in the API's answer alike. */
void images_put_shops(struct json *j, const char *name, const struct images_stats *st);

/* The jobs. Scans take {"dry_run": true} as arguments and become a part of the next statistics. */
struct err *images_take_stats(struct work *w, const struct job *j);
struct err *images_scan_orphans(struct work *w, const struct job *j);
