/* What all parts of a product are made with: cells, findings, texts cut to what they may be. */
#include "exchange/build.h"

#include <string.h>

#include "base/csv.h"
#include "base/text.h"
#include "exchange/faults.h"

const char *
build_cell(const struct build *b, const struct row *r, int at)
{
    if (at < 0 || (size_t)at >= r->count)
        return "";
    const char *text = r->cells[at].text;
    if (!b->setup->verbatim)
        text = text_trim(b->arena, text);
    return b->setup->guarded ? csv_unguarded(text) : text;
}

const char *
build_field(const struct build *b, const struct row *r, enum import_field field, int *at)
{
    const struct columns *c = b->setup->columns;
    for (*at = c->first[field]; *at >= 0; *at = c->next[*at]) {
        const char *text = build_cell(b, r, *at);
        if (*text)
            return text;
    }
    return "";
}

bool
build_speaks(const struct build *b, size_t row)
{
    return b->setup->grouping != GROUP_PARENTS || b->roles[row] != ROW_VARIANT;
}

const char *
build_first(const struct build *b, enum import_field field, const struct row **row, int *at)
{
    *at = -1;
    for (size_t i = 0; i < b->count && b->setup->columns->first[field] >= 0; i++) {
        const char *text = build_speaks(b, i) ? build_field(b, &b->rows[i], field, at) : "";
        if (*text) {
            *row = &b->rows[i];
            return text;
        }
    }
    return NULL;
}

void
build_finding(struct build *b, const struct row *r, int at, const char *code, const char *value,
              const char *other)
{
    struct finding f = row_finding(&b->setup->plan->mapping, r, at, code, value, other);
    finding_add(&b->p->findings, f, b->setup->settings->lenient);
}

/* Where the text is to be cut: behind the last word that ends within `most` characters, or within
 * a word that is longer than a quarter of that. */
static size_t
cut_at(const char *text, size_t most)
{
    size_t characters = 0, at = 0, word = 0;
    for (; text[at]; at++) {
        if (((unsigned char)text[at] & 0xc0) == 0x80)
            continue;
        if (text[at] == ' ' || text[at] == '\n')
            word = at;
        if (characters++ == most)
            break;
    }
    return word > at - at / 4 ? word : at;
}

const char *
build_cut(struct build *b, const struct row *r, int at, const char *text, size_t most)
{
    if (text_characters(text) <= most)
        return text;
    build_finding(b, r, at, "import.text_cut", text, text_i64(b->arena, (int64_t)most));
    return text_copy_n(b->arena, text, cut_at(text, most));
}

char *
build_line(const struct build *b, int64_t line)
{
    return text_i64(b->arena, line);
}
