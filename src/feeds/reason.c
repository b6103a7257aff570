#include "feeds/reason.h"

const char *const feed_channel_names[FEED_CHANNELS] = { "meta", "google" };
const char *const feed_channel_types[FEED_CHANNELS] = { "csv", "tsv" };

/* clang-format off */
const struct feed_reason_row feed_reason_rows[FEED_REASONS] = {
    [FEED_NOT_ACTIVE]        = { "status.not_active",     "status",          true  },
    [FEED_NO_TITLE]          = { "title.missing",         "title",           true  },
    [FEED_NO_DESCRIPTION]    = { "description.missing",   "description",     true  },
    [FEED_SHORT_DESCRIPTION] = { "description.short",     "description",     true  },
    [FEED_NO_PRICE]          = { "price.missing",         "price",           true  },
    [FEED_NO_IMAGE]          = { "image.missing",         "images",          true  },
    [FEED_IMAGE_SMALL]       = { "image.small",           "images",          true  },
    [FEED_IMAGE_BROKEN]      = { "image.broken",          "images",          true  },
    [FEED_IMAGE_WAITS]       = { "image.waits",           "images",          true  },
    [FEED_OPTION_EMPTY]      = { "option.empty",          "variants",        true  },
    [FEED_TITLE_CUT]         = { "title.cut",             "title",           false },
    [FEED_DESCRIPTION_CUT]   = { "description.cut",       "description",     false },
    [FEED_CAPITALS]          = { "text.capitals",         "title",           false },
    [FEED_GTIN_WRONG]        = { "gtin.wrong",            "gtin",            false },
    [FEED_CATEGORY_FLAT]     = { "google_category.flat",  "google_category", false },
    [FEED_OTHER_LANGUAGE]    = { "title.other_language",  "title",           false },
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
