#include "replay/read.h"

#include "base/clock.h"
#include "base/text.h"

/* 1900 … 2200: what is billed each month over more than that is no scenario. */
#define FIRST_S INT64_C(-2208988800)
#define LAST_S  INT64_C(7258118400)

bool
read_text(const json_t *from, const char *key, const char **out)
{
    *out = json_string_value(json_object_get(from, key));
    return *out != NULL;
}

bool
read_whole(const json_t *from, const char *key, int64_t least, int64_t most, int64_t *out)
{
    const json_t *value = json_object_get(from, key);
    *out = json_integer_value(value);
    return json_is_integer(value) && *out >= least && *out <= most;
}

bool
read_instant_of(const json_t *value, int64_t *out)
{
    const char *text = json_string_value(value);
    int64_t us = 0;
    if (!text || !clock_parse_rfc3339(text, &us))
        return false;
    *out = us >= 0 ? us / SECOND_US : -((SECOND_US - 1 - us) / SECOND_US);
    return *out >= FIRST_S && *out < LAST_S;
}

bool
read_instant(const json_t *from, const char *key, int64_t *out)
{
    return read_instant_of(json_object_get(from, key), out);
}

bool
read_interval(const json_t *from, bool may_lack, enum interval *out)
{
    const json_t *value = json_object_get(from, "interval");
    *out = 0;
    return (!value && may_lack) ||
           (json_is_string(value) && interval_read(json_string_value(value), out));
}

bool
read_vat(const json_t *from, struct vat *out)
{
    const char *category = NULL;
    int64_t rate = 0;
    if (!read_text(from, "category", &category) || !read_whole(from, "rate_bp", 0, 10000, &rate))
        return false;
    out->rate_bp = (int)rate;
    return vat_category_read(category, &out->category);
}
