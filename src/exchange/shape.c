/* The names of what a file can be, for JSON and words. */
#include "base/must.h"
#include "base/text.h"
#include "exchange/sniff.h"

/* clang-format off */
static const char *const encodings[ENCODINGS] = {
    [ENCODING_UTF8]        = "utf-8",
    [ENCODING_UTF16LE]     = "utf-16le",
    [ENCODING_UTF16BE]     = "utf-16be",
    [ENCODING_WINDOWS1252] = "windows-1252",
};
static const char *const line_ends[LINE_ENDS] = {
    [LINE_END_LF]   = "lf",
    [LINE_END_CRLF] = "crlf",
    [LINE_END_CR]   = "cr",
};
static const char *const dialects[DIALECTS] = {
    [DIALECT_OWN]          = "own",
    [DIALECT_SHOPIFY]      = "shopify",
    [DIALECT_SHOPIFY_2024] = "shopify_2024",
    [DIALECT_WOOCOMMERCE]  = "woocommerce",
    [DIALECT_SPRYKER]      = "spryker",
    [DIALECT_TRANSLATIONS] = "translations",
    [DIALECT_ORDERS]       = "orders",
    [DIALECT_OTHER]        = "other",
};
/* clang-format on */

/* Where the name stands in the table; 0: nowhere. */
static int
place_of(const char *const *names, int n, const char *name)
{
    for (int i = 1; i < n; i++)
        if (text_is(names[i], name))
            return i;
    return 0;
}

static const char *
name_at(const char *const *names, int n, int at)
{
    return at > 0 && at < n ? names[at] : NULL;
}

const char *
encoding_name(enum encoding encoding)
{
    return name_at(encodings, ENCODINGS, (int)encoding);
}

const char *
line_end_name(enum line_end line_end)
{
    return name_at(line_ends, LINE_ENDS, (int)line_end);
}

const char *
dialect_name(enum dialect dialect)
{
    return name_at(dialects, DIALECTS, (int)dialect);
}

bool
encoding_read(const char *name, enum encoding *out)
{
    int at = place_of(encodings, ENCODINGS, name);
    if (at)
        *out = (enum encoding)at;
    return at;
}

bool
line_end_read(const char *name, enum line_end *out)
{
    int at = place_of(line_ends, LINE_ENDS, name);
    if (at)
        *out = (enum line_end)at;
    return at;
}

bool
dialect_read(const char *name, enum dialect *out)
{
    int at = place_of(dialects, DIALECTS, name);
    if (at)
        *out = (enum dialect)at;
    return at;
}
