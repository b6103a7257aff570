#include "feeds/reason.h"

const char *const feed_channel_names[FEED_CHANNELS] = { "meta", "google" };
const char *const feed_channel_types[FEED_CHANNELS] = { "csv", "tsv" };

/* clang-format off */
const struct feed_reason_row feed_reason_rows[FEED_REASONS] = {
    [FEED_NOT_ACTIVE]        = { "status.not_active",     "status",          "basics",        true  },
    [FEED_NO_TITLE]          = { "title.missing",         "title",           "texts",         true  },
    [FEED_NO_DESCRIPTION]    = { "description.missing",   "description",     "texts",         true  },
    [FEED_SHORT_DESCRIPTION] = { "description.short",     "description",     "texts",         true  },
    [FEED_NO_PRICE]          = { "price.missing",         "price",           "price-and-tax", true  },
    [FEED_NO_IMAGE]          = { "image.missing",         "images",          "images",        true  },
    [FEED_IMAGE_SMALL]       = { "image.small",           "images",          "images",        true  },
    [FEED_IMAGE_BROKEN]      = { "image.broken",          "images",          "images",        true  },
    [FEED_IMAGE_WAITS]       = { "image.waits",           "images",          "images",        true  },
    [FEED_OPTION_EMPTY]      = { "option.empty",          "variants",        "variants",      true  },
    [FEED_TITLE_CUT]         = { "title.cut",             "title",           "texts",         false },
    [FEED_DESCRIPTION_CUT]   = { "description.cut",       "description",     "texts",         false },
    [FEED_CAPITALS]          = { "text.capitals",         "title",           "texts",         false },
    [FEED_GTIN_WRONG]        = { "gtin.wrong",            "gtin",            "basics",        false },
    [FEED_CATEGORY_FLAT]     = { "google_category.flat",  "google_category", "basics",        false },
    [FEED_OTHER_LANGUAGE]    = { "title.other_language",  "title",           "texts",         false },
};
/* clang-format on */

bool
feed_refused(feed_reasons reasons)
{
    for (int i = 0; i < FEED_REASONS; i++)
        if (reasons & FEED_BIT(i) && feed_reason_rows[i].refuses)
            return true;
    return false;
}
