/* The codes of what can be wrong, and whether it refuses. What is optional of a product (a GTIN, a
 * weight) may be left out instead, where the shop asks for that. */
#include "exchange/check.h"

#include <string.h>

#include "base/must.h"
#include "view/language.h"
#include "view/value.h"

#define VALUE_MOST    200 /* characters */
#define FINDINGS_MOST 100 /* of one product: the first ones tell enough */

enum weight { NOTES, REFUSES, OPTIONAL };

/* clang-format off */
static const struct {
    const char *code;
    enum weight weight;
} codes[] = {
    /* the table: base/table.h */
    { "table.quote",                REFUSES },
    { "table.open",                 REFUSES },
    { "table.nul",                  REFUSES },
    { "table.utf8",                 REFUSES },
    { "table.cell",                 REFUSES },
    { "table.row",                  REFUSES },
    { "table.cells",                REFUSES },
    /* rows */
    { "import.cells_many",          REFUSES },
    { "import.rows_many",           REFUSES },
    { "import.row_no_key",          REFUSES },
    { "import.rows_apart",          REFUSES },
    { "import.sku_twice",           REFUSES },
    { "import.sku_long",            REFUSES },
    { "import.sku_made",            NOTES },
    { "import.parent_unknown",      REFUSES },
    { "import.type_not_ours",       REFUSES },
    { "import.type_unknown",        REFUSES },
    { "import.wreck",               REFUSES },
    { "import.looks_dated",         NOTES },
    /* texts */
    { "import.title_missing",       REFUSES },
    { "import.text_cut",            NOTES },
    { "import.slug_long",           NOTES },
    { "import.language_format",     REFUSES },
    { "import.language_missing",    REFUSES },
    /* the product */
    { "import.status_unknown",      REFUSES },
    { "import.flag_format",         OPTIONAL },
    { "import.condition_unknown",   OPTIONAL },
    { "import.category_form",       OPTIONAL },
    { "import.categories_more",     NOTES },
    { "import.tags_many",           NOTES },
    { "import.percent_format",      OPTIONAL },
    { "import.address",             NOTES },
    { "import.images_many",         NOTES },
    /* options and variants */
    { "import.options_many",        REFUSES },
    { "import.option_name_missing", REFUSES },
    { "import.option_value_missing", REFUSES },
    { "import.option_value_long",   REFUSES },
    { "import.options_twice",       REFUSES },
    { "import.variants_many",       REFUSES },
    { "import.variants_none",       REFUSES },
    { "import.option_any",          NOTES },
    /* codes of goods */
    { "gtin.digits",                OPTIONAL },
    { "gtin.length",                OPTIONAL },
    { "gtin.check",                 OPTIONAL },
    { "gtin.spreadsheet",           OPTIONAL },
    { "import.gtin_zeros",          NOTES },
    { "import.gtin_several",        NOTES },
    /* numbers */
    { "import.number_format",       REFUSES },
    { "import.number_ambiguous",    REFUSES },
    { "import.price_format",        REFUSES },
    { "import.price_ambiguous",     REFUSES },
    { "import.price_decimals",      REFUSES },
    { "import.price_negative",      REFUSES },
    { "import.price_large",         REFUSES },
    { "import.price_empty",         NOTES },
    { "import.currency",            REFUSES },
    { "import.currency_unknown",    REFUSES },
    { "import.compare_at_low",      NOTES },
    { "import.sale_dated",          NOTES },
    { "import.price_type_unknown",  NOTES },
    { "import.quantity_format",     OPTIONAL },
    { "import.quantity_ambiguous",  OPTIONAL },
    { "import.quantity_negative",   NOTES },
    { "import.weight_format",       OPTIONAL },
    { "import.weight_unit",         OPTIONAL },
    /* the file as a whole */
    { "import.no_price_column",     NOTES },
    { "import.no_title_column",     NOTES },
    { "import.columns_aside",       NOTES },
    /* past orders */
    { "import.time_format",         REFUSES },
    { "import.time_ambiguous",      REFUSES },
    { "import.order_rows_differ",   NOTES },
    { "import.order_rounded",       NOTES },
    { "import.order_lines_many",    REFUSES },
    { "import.email_format",        NOTES },
};
/* clang-format on */

static size_t
place_of(const char *code)
{
    for (size_t i = 0; i < COUNT(codes); i++)
        if (codes[i].code == code || text_is(codes[i].code, code))
            return i;
    must(false); /* a code without a row */
    return 0;
}

size_t
finding_codes(const char *const **out)
{
    static const char *list[COUNT(codes)];
    for (size_t i = 0; i < COUNT(codes); i++)
        list[i] = codes[i].code;
    *out = list;
    return COUNT(codes);
}

/* At most so many characters, never half of one. */
static const char *
kept(struct arena *a, const char *text)
{
    size_t n = 0, at = 0;
    if (!text)
        return "";
    for (; text[at]; at++)
        if (((unsigned char)text[at] & 0xc0) != 0x80 && n++ == VALUE_MOST)
            break;
    return text_copy_n(a, text, at);
}

void
finding_add(struct findings *fs, struct finding f, bool lenient)
{
    enum weight weight = codes[place_of(f.code)].weight;
    f.refuses = weight == REFUSES || (weight == OPTIONAL && !lenient);
    fs->refused = fs->refused || f.refuses;
    if (fs->count == FINDINGS_MOST)
        return;
    if (fs->count == fs->room) {
        size_t room = fs->room ? fs->room * 2 : 4;
        struct finding *at = NEW_ARRAY(fs->arena, struct finding, room);
        for (size_t i = 0; i < fs->count; i++)
            at[i] = fs->at[i];
        fs->at = at;
        fs->room = room;
    }
    f.header = kept(fs->arena, f.header);
    f.value = kept(fs->arena, f.value);
    f.other = kept(fs->arena, f.other);
    fs->at[fs->count++] = f;
}

const char *
finding_say(struct arena *a, const struct language *l, const struct finding *f)
{
    struct val *v = val_map(a);
    val_set_text(v, "value", f->value);
    val_set_text(v, "column", f->header);
    val_set_text(v, "other", f->other);
    const char *say = language_fill(l, a, text_join(a, "err.", f->code, NULL), v, 0);
    return say ? say : f->code;
}
