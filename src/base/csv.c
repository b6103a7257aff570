/* Spreadsheets run a cell that begins with = + - or @, and each has its own idea of what may stand
 * before: white space, a separator or a quote that splits the cell again, an escaped line feed, the
 * wide forms of the four that an input method writes. */
#include "base/csv.h"

#include <string.h>

#include "base/must.h"

static const char *const before[] = { " ", "\t",  "\r",  "\n",  "\"",  "'",   ";",
                                      ",", "%0A", "%0a", "%0D", "%0d", "%09", "%20" };
static const char *const signs[] = { "=",
                                     "+",
                                     "-",
                                     "@",
                                     "\xef\xbc\x9d",   /* ＝ */
                                     "\xef\xbc\x8b",   /* ＋ */
                                     "\xef\xbc\x8d",   /* － */
                                     "\xef\xbc\xa0" }; /* ＠ */

/* How many bytes of `text` one of the words takes. */
static size_t
one_of(const char *const *words, size_t n, const char *text)
{
    for (size_t i = 0; i < n; i++)
        if (text_starts(text, words[i]))
            return strlen(words[i]);
    return 0;
}

static bool
may_be_formula(const char *text)
{
    const char *at = text;
    size_t n;
    if (text_is(text, "-")) /* a dash for "nothing" */
        return false;
    while ((n = one_of(before, COUNT(before), at)))
        at += n;
    return *text == '\t' || *text == '\r' || one_of(signs, COUNT(signs), at);
}

void
csv_cell(struct buf *b, const char *text)
{
    buf_char(b, '"');
    if (may_be_formula(text))
        buf_char(b, '\'');
    for (; *text; text++) {
        if (*text == '"')
            buf_char(b, '"');
        buf_char(b, *text);
    }
    buf_char(b, '"');
}

const char *
csv_unguarded(const char *text)
{
    return *text == '\'' && may_be_formula(text + 1) ? text + 1 : text;
}
