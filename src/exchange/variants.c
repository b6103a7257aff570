/* Variants out of rows: options, SKU, GTIN, weight; prices.c and supply.c have the rest. */
#include <string.h>
#include <strings.h>

#include "base/must.h"
#include "base/slug.h"
#include "base/text.h"
#include "exchange/build.h"
#include "exchange/values.h"

#define SKU_MOST   64 /* characters, as the catalogue has them */
#define VALUE_MOST 255

/* A variant's values by option, while options are still being met. */
struct making {
    struct build *b;
    const char **names; /* of options, by column of their values */
    struct {
        const char *values[IMPORT_OPTIONS_MOST];
        const struct row *row;
        const char *language;
    } * made;
    bool any; /* an option of the product's that its variations leave open */
};

/* --- options --- */

/* What the product calls the option of each column of values: the first row that says it counts. */
static void
take_names(struct making *m)
{
    const struct columns *c = m->b->setup->columns;
    m->names = NEW_ARRAY(m->b->arena, const char *, c->mapping->count + 1);
    for (int at = c->first[FIELD_OPTION_VALUE]; at >= 0; at = c->next[at]) {
        for (size_t i = 0; i < m->b->count && c->partner[at] >= 0 && !m->names[at]; i++) {
            const char *name = build_cell(m->b, &m->b->rows[i], c->partner[at]);
            if (*name && build_speaks(m->b, i))
                m->names[at] = name;
        }
        if (!m->names[at])
            m->names[at] = c->mapping->columns[at].of;
    }
}

/* The option of that name, from 0; −1: too many. */
static int
option_named(struct build *b, const char *name)
{
    struct import_product *p = b->p;
    for (size_t i = 0; i < p->option_count; i++)
        if (!strcasecmp(p->options[i], name))
            return (int)i;
    if (p->option_count == IMPORT_OPTIONS_MOST)
        return -1;
    p->options[p->option_count] = name;
    return (int)p->option_count++;
}

/* Files of ours are not looked at for dates: their sizes are as the shop has them. */
static void
check_wreck(struct build *b, const struct row *r, int at, const char *text)
{
    if (value_is_wreck(text))
        build_finding(b, r, at, "import.wreck", text, NULL);
    else if (!b->setup->verbatim && value_looks_dated(text))
        build_finding(b, r, at, "import.looks_dated", text, NULL);
}

/* What a pair of name and value says of the product, where it is no option: its code or its brand.
 */
static const struct {
    const char *name;
    enum import_field field;
} facts[] = {
    { "upcs", FIELD_GTIN }, { "upc", FIELD_GTIN },  { "ean", FIELD_GTIN },
    { "gtin", FIELD_GTIN }, { "isbn", FIELD_GTIN }, { "brand", FIELD_BRAND },
};

/* FIELD_ASIDE: nothing but how such things are. */
static enum import_field
fact_named(const char *name)
{
    for (size_t i = 0; i < COUNT(facts); i++)
        if (!strcasecmp(facts[i].name, name))
            return facts[i].field;
    return FIELD_ASIDE;
}

/* Where pairs describe as well as tell apart, those of a file that names no variants only describe.
 */
static bool
is_option(const struct build *b, const char *name)
{
    return !b->setup->described ||
           (fact_named(name) == FIELD_ASIDE && columns_have(b->setup->columns, FIELD_SKU));
}

static void
take_value(struct making *m, const struct row *r, int at, const char **values)
{
    struct build *b = m->b;
    const char *value = build_cell(b, r, at);
    const char *name = build_cell(b, r, b->setup->columns->partner[at]);
    if (!*name)
        name = m->names[at];
    if (!*value) {
        m->any = m->any || (name && *name && b->setup->grouping == GROUP_PARENTS);
        return;
    }
    if (!name || !*name) {
        build_finding(b, r, at, "import.option_name_missing", value, NULL);
        return;
    }
    if (!is_option(b, name))
        return;
    if (!strcasecmp(name, "Title") && !strcasecmp(value, "Default Title"))
        return; /* Shopify's word for none */
    if (text_characters(value) > VALUE_MOST || text_characters(name) > VALUE_MOST)
        build_finding(b, r, at, "import.option_value_long", value, text_i64(b->arena, VALUE_MOST));
    check_wreck(b, r, at, value);
    int option = option_named(b, name);
    if (option < 0)
        build_finding(b, r, at, "import.options_many", name,
                      text_i64(b->arena, IMPORT_OPTIONS_MOST));
    else
        values[option] = value;
}

static void
take_values(struct making *m, const struct row *r, const char **values)
{
    const struct columns *c = m->b->setup->columns;
    for (int at = c->first[FIELD_OPTION_VALUE]; at >= 0; at = c->next[at])
        take_value(m, r, at, values);
}

static bool
same_values(const struct build *b, const struct import_variant *x, const struct import_variant *y)
{
    for (size_t i = 0; i < b->p->option_count; i++)
        if (!text_is(x->values[i], y->values[i]))
            return false;
    return true;
}

/* A fingerprint of a variant's values, so that only equal ones are compared. */
static char *
values_joined(const struct build *b, const struct import_variant *v)
{
    struct buf all = buf_new(b->arena, 64);
    for (size_t i = 0; i < b->p->option_count; i++) {
        buf_text(&all, v->values[i]);
        buf_char(&all, '\n');
    }
    return all.at;
}

/* Every variant has a value for each option, and no two have the same. */
static void
check_values(struct making *m)
{
    struct build *b = m->b;
    struct import_product *p = b->p;
    bool several = p->variant_count > 1 && (p->has_options || !b->setup->verbatim);
    struct keys *seen = several ? keys_new(b->arena, (int64_t)p->variant_count) : NULL;
    for (size_t i = 0; i < p->variant_count; i++) {
        struct import_variant *v = &p->variants[i];
        v->values = NEW_ARRAY(b->arena, const char *, p->option_count + 1);
        for (size_t k = 0; k < p->option_count; k++) {
            v->values[k] = m->made[i].values[k];
            if (!v->values[k]) {
                build_finding(b, m->made[i].row, -1, "import.option_value_missing", "",
                              p->options[k]);
                v->values[k] = "";
            }
        }
        uint32_t other = seen ? keys_put(seen, 'o', values_joined(b, v), (uint32_t)i + 1) : 0;
        bool told = other && v->sku && p->variants[other - 1].sku &&
                    !strcasecmp(v->sku, p->variants[other - 1].sku); /* the SKU is */
        if (other && !told && same_values(b, v, &p->variants[other - 1]))
            build_finding(b, m->made[i].row, -1, "import.options_twice", v->sku,
                          build_line(b, p->variants[other - 1].line));
    }
    if (m->any && p->variant_count)
        build_finding(b, m->made[0].row, -1, "import.option_any", "", NULL);
}

/* --- the rest of a variant --- */

static bool
take_gtin(struct build *b, const struct row *r, int at, const char *text, struct import_variant *v)
{
    char digits[16];
    bool zeros;
    const char *code = value_gtin(text, digits, &zeros);
    if (code) {
        if (text_is(code, "gtin.ok"))
            return false;
        build_finding(b, r, at, code, text, NULL);
        return false;
    }
    v->gtin = text_copy(b->arena, digits);
    if (zeros)
        build_finding(b, r, at, "import.gtin_zeros", text, v->gtin);
    return true;
}

/* Of several codes the first that is one. */
static void
take_codes(struct build *b, const struct row *r, int at, const char *text, struct import_variant *v)
{
    size_t n = strcspn(text, "|,;");
    if (!text[n]) {
        take_gtin(b, r, at, text, v);
        return;
    }
    for (const char *one = text;; one += n + 1) {
        char digits[16];
        bool zeros;
        n = strcspn(one, "|,;");
        const char *code = text_trim(b->arena, text_copy_n(b->arena, one, n));
        if (!value_gtin(code, digits, &zeros)) {
            take_gtin(b, r, at, code, v);
            build_finding(b, r, at, "import.gtin_several", text, v->gtin);
            return;
        }
        if (!one[n])
            break;
    }
    build_finding(b, r, at, "gtin.check", text, NULL);
}

static void
take_gtins(struct build *b, const struct row *r, struct import_variant *v)
{
    int at;
    const char *text = build_field(b, r, FIELD_GTIN, &at);
    if (columns_have(b->setup->columns, FIELD_GTIN))
        v->gtin = "";
    if (*text)
        take_codes(b, r, at, text, v);
}

static void
take_facts(struct build *b, const struct row *r, struct import_variant *v)
{
    const struct columns *c = b->setup->columns;
    for (int at = c->first[FIELD_OPTION_VALUE]; at >= 0 && b->setup->described; at = c->next[at]) {
        const char *value = build_cell(b, r, at);
        enum import_field field = fact_named(build_cell(b, r, c->partner[at]));
        if (*value && field == FIELD_GTIN && !v->gtin)
            take_codes(b, r, at, value, v);
        else if (*value && field == FIELD_BRAND && !b->p->brand)
            b->p->brand = build_cut(b, r, at, value, BRAND_MOST);
    }
}

static void
take_weight(struct build *b, const struct row *r, struct import_variant *v)
{
    int at, unit_at;
    const char *text = build_field(b, r, FIELD_WEIGHT, &at);
    if (!*text)
        return;
    const char *unit = b->setup->plan->mapping.columns[at].of;
    if (!unit)
        unit = build_field(b, r, FIELD_WEIGHT_UNIT, &unit_at);
    const char *code = value_grams(text, b->setup->plan->shape.decimal, unit, &v->weight_g);
    if (code)
        build_finding(b, r, at, code, text, unit);
    else
        v->has_weight = v->weight_g > 0 || b->setup->verbatim; /* elsewhere 0 is "not known" */
}

static void
take_image(struct build *b, const struct row *r, struct import_variant *v)
{
    const struct columns *c = b->setup->columns;
    int at;
    const char *address = build_field(b, r, FIELD_VARIANT_IMAGE, &at);
    if (*address) {
        v->image = build_image(b, r, at, address);
        return;
    }
    if (b->setup->gallery || b->setup->verbatim || b->count < 2)
        return;
    for (at = c->first[FIELD_IMAGE]; at >= 0 && !v->image; at = c->next[at]) {
        address = build_cell(b, r, at);
        if (c->mapping->columns[at].n <= 1 && *address)
            v->image = build_image(b, r, at, address);
    }
    address = build_field(b, r, FIELD_IMAGES, &at);
    if (!v->image && *address && b->setup->grouping == GROUP_PARENTS)
        v->image = build_image(b, r, at, picture_next(b->arena, &address));
}

/* --- SKUs --- */

/* The SKU that the row says; where there is no column for it, their id. */
static const char *
given_sku(struct build *b, const struct row *r)
{
    int at;
    const char *sku = build_field(b, r, FIELD_SKU, &at);
    if (!columns_have(b->setup->columns, FIELD_SKU) && b->setup->grouping != GROUP_PARENTS)
        sku = build_field(b, r, FIELD_ID, &at);
    if (!*sku)
        return NULL;
    check_wreck(b, r, at, sku);
    if (text_characters(sku) > SKU_MOST)
        build_finding(b, r, at, "import.sku_long", sku, text_i64(b->arena, SKU_MOST));
    return sku;
}

/* What a variant without a SKU is called: the same at each import, so that it is found again. */
static const char *
made_sku(const struct build *b, const struct import_variant *v, const char *base)
{
    struct buf all = buf_new(b->arena, 100);
    if (!b->p->option_count)
        return base;
    for (size_t i = 0; i < b->p->option_count; i++) {
        buf_text(&all, i ? " " : "");
        buf_text(&all, v->values[i]);
    }
    const char *slug = slug_of(b->arena, all.at, 80, "");
    if (!*slug) /* values without a Latin letter: the row's place in the product */
        slug = text_i64(b->arena, (int64_t)(v - b->p->variants) + 1);
    const char *sku = text_join(b->arena, base, "-", slug, NULL);
    if (text_characters(sku) <= SKU_MOST)
        return sku;
    uint32_t hash = 2166136261u;
    for (const char *p = sku; *p; p++)
        hash = (hash ^ (unsigned char)*p) * 16777619u;
    size_t keep = 0; /* whole characters of the first 48 bytes */
    while (keep < 48 && sku[keep])
        keep++;
    while (keep && ((unsigned char)sku[keep] & 0xc0) == 0x80)
        keep--;
    return text_printf(b->arena, "%.*s-%08x", (int)keep, sku, hash);
}

static void
name_variants(struct making *m, const char *base)
{
    struct build *b = m->b;
    for (size_t i = 0; i < b->p->variant_count; i++) {
        struct import_variant *v = &b->p->variants[i];
        if (v->sku)
            continue;
        v->sku = b->p->variant_count == 1 ? base : made_sku(b, v, base);
        if (text_characters(v->sku) > SKU_MOST)
            build_finding(b, m->made[i].row, -1, "import.sku_long", v->sku,
                          text_i64(b->arena, SKU_MOST));
        else if (!text_is(v->sku, base))
            build_finding(b, m->made[i].row, -1, "import.sku_made", v->sku, NULL);
    }
}

/* Each SKU once in the file. */
static void
check_once(struct making *m)
{
    struct build *b = m->b;
    int at = b->setup->columns->first[FIELD_SKU];
    for (size_t i = 0; i < b->p->variant_count; i++) {
        const struct import_variant *v = &b->p->variants[i];
        uint32_t line = keys_put(b->setup->skus, 'v', v->sku, (uint32_t)v->line);
        if (line)
            build_finding(b, m->made[i].row, at, "import.sku_twice", v->sku, build_line(b, line));
    }
}

/* --- rows --- */

static bool
has_stock_in(const struct import_variant *v, const char *warehouse)
{
    for (size_t i = 0; i < v->stock_count; i++)
        if (text_is(v->stock[i].warehouse, warehouse))
            return true;
    return false;
}

/* True: the row is a price of the variant's in another currency or of another kind, and taken. */
static bool
is_other_price(struct build *b, const struct row *r, const struct row *made,
               struct import_variant *v)
{
    int at;
    bool of_kind = *build_field(b, r, FIELD_PRICE_TYPE, &at) != 0, ours = build_in_currency(b, r);
    if (!of_kind &&
        (!*build_field(b, r, FIELD_CURRENCY, &at) || ours == build_in_currency(b, made)))
        return false;
    if (!ours)
        return true;
    if (of_kind) {
        enum price_kind kind = build_price_kind(b, r);
        if (kind == PRICE_OTHER)
            return true;
        if (kind == PRICE_NOW ? v->has_price : v->has_compare_at)
            return false;
    }
    build_prices(b, r, v);
    return true;
}

/* Whether the row speaks of this variant; where there are no options, rows that name none speak of
 * the product's one. */
static bool
is_same_variant(const struct build *b, const struct import_variant *v, const char *sku)
{
    if (!sku)
        return !v->sku && !columns_have(b->setup->columns, FIELD_OPTION_VALUE);
    return v->sku && !strcasecmp(v->sku, sku);
}

/* A row of a variant that the product already has: a text in another language, a price in another
 * currency, stock in another warehouse. True: it was that, and is done with. */
static bool
is_more_of(struct making *m, const struct row *r, const char *sku)
{
    struct build *b = m->b;
    int at;
    const char *language = build_field(b, r, FIELD_LANGUAGE, &at);
    for (size_t i = 0; i < b->p->variant_count; i++) {
        struct import_variant *v = &b->p->variants[i];
        if (!is_same_variant(b, v, sku))
            continue;
        if (*language && !text_is(m->made[i].language, language))
            return true;
        const char *warehouse = build_field(b, r, FIELD_WAREHOUSE, &at);
        if (*warehouse && !has_stock_in(v, warehouse)) {
            for (at = b->setup->columns->first[FIELD_STOCK]; at >= 0;
                 at = b->setup->columns->next[at])
                build_stock_cell(b, r, at, v);
            return true;
        }
        return is_other_price(b, r, m->made[i].row, v);
    }
    return false;
}

static void
add_variant(struct making *m, const struct row *r, bool simple)
{
    struct build *b = m->b;
    int at;
    const char *sku = given_sku(b, r);
    if (is_more_of(m, r, sku))
        return;
    if (b->p->variant_count == IMPORT_VARIANTS_MOST) {
        build_finding(b, r, -1, "import.variants_many", "",
                      text_i64(b->arena, IMPORT_VARIANTS_MOST));
        return;
    }
    size_t i = b->p->variant_count++;
    struct import_variant *v = &b->p->variants[i];
    m->made[i].row = r;
    m->made[i].language = build_field(b, r, FIELD_LANGUAGE, &at);
    v->line = r->line;
    v->row = r->number;
    v->sku = sku;
    if (!simple)
        take_values(m, r, m->made[i].values);
    take_gtins(b, r, v);
    take_facts(b, r, v);
    if (build_in_currency(b, r))
        build_prices(b, r, v);
    build_stock(b, r, v);
    take_weight(b, r, v);
    take_image(b, r, v);
}

/* Amounts that are in no row of the shop's currency. */
static void
check_currency(struct making *m)
{
    struct build *b = m->b;
    int at;
    for (size_t i = 0; i < b->p->variant_count; i++)
        if (!b->p->variants[i].has_price && !build_in_currency(b, m->made[i].row))
            build_finding(b, m->made[i].row, b->setup->columns->first[FIELD_CURRENCY],
                          "import.currency", build_field(b, m->made[i].row, FIELD_CURRENCY, &at),
                          currency_code(b->setup->settings->currency));
}

/* What the product's own row says holds for variants that do not say it. */
static void
inherit(struct making *m)
{
    struct build *b = m->b;
    for (size_t i = 0; i < b->count; i++) {
        struct import_variant of_product = { 0 };
        if (b->roles[i] != ROW_OTHER || b->setup->grouping != GROUP_PARENTS)
            continue;
        take_weight(b, &b->rows[i], &of_product);
        for (size_t k = 0; k < b->p->variant_count; k++)
            if (!b->p->variants[k].has_weight) {
                b->p->variants[k].has_weight = of_product.has_weight;
                b->p->variants[k].weight_g = of_product.weight_g;
            }
    }
}

/* What the product itself is called: by its own row, by its group, by its only variant. */
static const char *
product_sku(struct build *b)
{
    static const enum import_field names[] = { FIELD_PRODUCT_SKU, FIELD_HANDLE };
    const struct row *r;
    int at;
    for (size_t i = 0; i < b->count; i++)
        if (b->roles[i] == ROW_OTHER && build_speaks(b, i) && b->p->variant_count) {
            const char *sku = build_field(b, &b->rows[i], FIELD_SKU, &at);
            if (*sku)
                return sku;
        }
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *sku = build_first(b, names[i], &r, &at);
        bool only = b->p->variant_count == 1 && b->p->variants[0].sku;
        if (sku && !(only && names[i] == FIELD_HANDLE))
            return sku;
    }
    if (b->p->variant_count == 1 && b->p->variants[0].sku)
        return b->p->variants[0].sku;
    const char *sku = build_first(b, FIELD_SKU, &r, &at);
    if (!sku)
        sku = build_first(b, FIELD_ID, &r, &at);
    if (!sku && b->p->variant_count && b->p->variants[0].gtin && *b->p->variants[0].gtin)
        sku = b->p->variants[0].gtin;
    return sku;
}

/* False: it stood in the file before. */
static bool
check_product_sku(struct build *b)
{
    const char *sku = b->p->sku;
    const struct row *r = &b->rows[0];
    uint32_t line = keys_put(b->setup->skus, 'p', sku, (uint32_t)b->p->line);
    if (line)
        build_finding(b, r, b->setup->columns->first[FIELD_PRODUCT_SKU],
                      b->setup->grouping == GROUP_TOGETHER ? "import.rows_apart"
                                                           : "import.sku_twice",
                      sku, build_line(b, line));
    bool looked_at = b->p->variant_count && text_is(b->p->variants[0].sku, sku);
    if (!looked_at && text_characters(sku) > SKU_MOST)
        build_finding(b, r, -1, "import.sku_long", sku, text_i64(b->arena, SKU_MOST));
    if (!looked_at && value_is_wreck(sku))
        build_finding(b, r, -1, "import.wreck", sku, NULL);
    return !line;
}

void
build_variants(struct build *b)
{
    struct making *m = NEW(b->arena, struct making);
    size_t rows = 0;
    m->b = b;
    for (size_t i = 0; i < b->count; i++)
        rows += b->roles[i] != ROW_OTHER;
    b->p->has_options = columns_have(b->setup->columns, FIELD_OPTION_VALUE);
    b->p->options = NEW_ARRAY(b->arena, const char *, IMPORT_OPTIONS_MOST);
    b->p->variants = NEW_ARRAY(b->arena, struct import_variant, rows + 1);
    m->made = arena_alloc_array(b->arena, rows + 1, sizeof(*m->made));
    take_names(m);
    for (size_t i = 0; i < b->count; i++)
        if (b->roles[i] != ROW_OTHER)
            add_variant(m, &b->rows[i], b->roles[i] == ROW_SIMPLE);
    for (size_t i = 0; i < b->p->variant_count; i++)
        build_price_before(b, m->made[i].row, &b->p->variants[i]);
    check_currency(m);
    inherit(m);
    b->p->sku = product_sku(b);
    if (!b->p->sku) {
        if (!b->p->findings.refused) /* a GTIN that could not be read is told already */
            build_finding(b, &b->rows[0], -1, "import.row_no_key", "", NULL);
        b->p->variant_count = 0;
        return;
    }
    check_values(m);
    name_variants(m, b->p->sku);
    if (check_product_sku(b))
        check_once(m);
}
