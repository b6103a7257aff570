/* Why a channel does not take an item, or what was changed so that it does. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum feed_channel { FEED_META, FEED_GOOGLE, FEED_CHANNELS };

extern const char *const feed_channel_names[FEED_CHANNELS]; /* "meta", "google" */
extern const char *const feed_channel_types[FEED_CHANNELS]; /* "csv", "tsv": ends of file names */

enum feed_reason {
    /* it is left out */
    FEED_NOT_ACTIVE,
    FEED_NO_TITLE, /* in that language */
    FEED_NO_DESCRIPTION,
    FEED_SHORT_DESCRIPTION,
    FEED_NO_PRICE,
    FEED_NO_IMAGE,
    FEED_IMAGE_SMALL,
    FEED_IMAGE_BROKEN,
    FEED_IMAGE_WAITS, /* its JPEG is being made */
    FEED_OPTION_EMPTY,
    /* it goes, changed */
    FEED_TITLE_CUT,
    FEED_DESCRIPTION_CUT,
    FEED_CAPITALS,
    FEED_GTIN_WRONG,
    FEED_CATEGORY_FLAT,
    FEED_OTHER_LANGUAGE,
    FEED_REASONS
};

/* A set of them. */
typedef uint32_t feed_reasons;
#define FEED_BIT(reason) ((feed_reasons)1 << (reason))

struct feed_reason_row {
    const char *name;  /* "image.small", for programs and for words: `feeds.reason.image.small` */
    const char *field; /* of the product, which mends it: "images" */
    const char *place; /* where that stands on the product's page: an id */
    bool refuses;
};
extern const struct feed_reason_row feed_reason_rows[FEED_REASONS];

/* Is one of them a reason to leave it out? */
bool feed_refused(feed_reasons reasons);
