#include "exchange/item.h"

#include <stdlib.h>
#include <strings.h>

#include "base/text.h"
#include "exchange/values.h"

/* ---- What is there ---- */

static int
by_sku(const void *a, const void *b)
{
    const struct stored_entry *x = a, *y = b;
    return strcasecmp(x->sku, y->sku);
}

struct stored_index
stored_index_new(struct arena *a, const struct product *products, size_t n)
{
    size_t all = n;
    for (size_t i = 0; i < n; i++)
        all += products[i].variant_count;
    struct stored_index index = { .at = NEW_ARRAY(a, struct stored_entry, all + 1) };
    for (size_t i = 0; i < n; i++) {
        index.at[index.count++] = (struct stored_entry){ products[i].sku, &products[i] };
        for (size_t k = 0; k < products[i].variant_count; k++)
            index.at[index.count++] =
                (struct stored_entry){ products[i].variants[k].sku, &products[i] };
    }
    qsort(index.at, index.count, sizeof(*index.at), by_sku);
    return index;
}

const struct product *
stored_find(const struct stored_index *index, const char *sku)
{
    const struct stored_entry wanted = { .sku = sku };
    const struct stored_entry *found =
        bsearch(&wanted, index->at, index->count, sizeof(*index->at), by_sku);
    return found ? found->product : NULL;
}

static const struct product_variant *
stored_variant(const struct item *g, const char *sku)
{
    for (size_t i = 0; g->stored && i < g->stored->variant_count; i++)
        if (text_is_any_case(g->stored->variants[i].sku, sku))
            return &g->stored->variants[i];
    return NULL;
}

bool
item_changes_only(const struct import_product *p)
{
    return p->texts_only || !p->text_count;
}

bool
item_needs_stored(const struct import_product *p)
{
    return p->option_count || p->variant_count > 1 || item_changes_only(p);
}

/* ---- The same for all ---- */

static void
fix_variants(struct item *g, const struct put_how *how, const struct import_fixed *fixed)
{
    struct money price = { 0, how->currency };
    int64_t pieces = 0;
    bool is_price = fixed->field == FIELD_PRICE;
    if (is_price ? value_money(fixed->value, 0, how->currency, &price) != NULL
                 : value_quantity(fixed->value, 0, &pieces) != NULL)
        return;
    for (size_t i = 0; i < g->from->variant_count; i++) {
        struct import_variant *v = &g->from->variants[i];
        if (is_price && !v->has_price) {
            v->has_price = true;
            v->price = price;
        } else if (!is_price && !v->stock_count) {
            v->stock = NEW(g->arena, struct import_stock);
            v->stock[0] = (struct import_stock){ NULL, pieces };
            v->stock_count = 1;
        }
    }
}

static void
fix_status(struct import_product *p, const char *value)
{
    if (p->status)
        return;
    if (text_is_any_case(value, "active"))
        p->status = IMPORT_ACTIVE;
    else if (text_is_any_case(value, "archived"))
        p->status = IMPORT_ARCHIVED;
    else
        p->status = IMPORT_DRAFT;
}

static void
fix_list(struct arena *a, const char *value, const char ***list, size_t *count, bool *said)
{
    if (*said)
        return;
    *list = NEW_ARRAY(a, const char *, 1);
    (*list)[0] = value;
    *count = 1;
    *said = true;
}

void
item_fix(struct item *g, const struct put_how *how)
{
    struct import_product *p = g->from;
    if (p->texts_only)
        return;
    for (size_t i = 0; i < how->fixed_count; i++) {
        const struct import_fixed *fixed = &how->fixed[i];
        int64_t rate;
        switch (fixed->field) {
        case FIELD_PRICE:
        case FIELD_STOCK:
            fix_variants(g, how, fixed);
            break;
        case FIELD_STATUS:
            fix_status(p, fixed->value);
            break;
        case FIELD_BRAND:
            p->brand = p->brand ? p->brand : fixed->value;
            break;
        case FIELD_GOOGLE_CATEGORY:
            p->google_category = p->google_category ? p->google_category : fixed->value;
            break;
        case FIELD_CATEGORY:
            fix_list(g->arena, fixed->value, &p->categories, &p->category_count,
                     &p->has_categories);
            break;
        case FIELD_TAGS:
            fix_list(g->arena, fixed->value, &p->tags, &p->tag_count, &p->has_tags);
            break;
        case FIELD_TAX_RATE:
            if (!p->has_tax_rate && !value_percent(fixed->value, 0, &rate)) {
                p->has_tax_rate = true;
                p->tax_rate_hundredths = rate;
            }
            break;
        default:
            break;
        }
    }
}

/* ---- Into the catalogue's terms ---- */

#define GIVEN(x) (1u << (x))

static void
convert_texts(struct item *g)
{
    const struct import_product *p = g->from;
    g->to.texts = NEW_ARRAY(g->arena, struct product_text, p->text_count + 1);
    for (size_t i = 0; i < p->text_count; i++)
        g->to.texts[i] = (struct product_text){ .language = p->texts[i].language,
                                                .title = p->texts[i].title,
                                                .description = p->texts[i].description,
                                                .slug = p->texts[i].slug };
    g->to.text_count = p->text_count;
}

static void
convert_facts(struct item *g)
{
    static const enum product_status statuses[] = {
        [IMPORT_ACTIVE] = PRODUCT_ACTIVE,
        [IMPORT_DRAFT] = PRODUCT_DRAFT,
        [IMPORT_ARCHIVED] = PRODUCT_ARCHIVED,
    };
    static const char *const conditions[] = {
        [IMPORT_NEW] = "new", [IMPORT_REFURBISHED] = "refurbished", [IMPORT_USED] = "used"
    };
    const struct import_product *p = g->from;
    struct product *to = &g->to;
    if (p->brand) {
        to->given |= GIVEN(PRODUCT_HAS_BRAND);
        to->brand = p->brand;
    }
    if (p->mpn) {
        to->given |= GIVEN(PRODUCT_HAS_MPN);
        to->mpn = p->mpn;
    }
    if (p->condition) {
        to->given |= GIVEN(PRODUCT_HAS_CONDITION);
        to->condition = conditions[p->condition];
    }
    if (p->has_categories) {
        to->given |= GIVEN(PRODUCT_HAS_CATEGORY);
        to->category = p->category_count ? p->categories[0] : "";
    }
    if (p->google_category) {
        to->given |= GIVEN(PRODUCT_HAS_GOOGLE_CATEGORY);
        to->google_category = p->google_category;
    }
    if (p->has_tags) {
        to->given |= GIVEN(PRODUCT_HAS_TAGS);
        to->tags = p->tags;
        to->tag_count = p->tag_count;
    }
    if (p->status) {
        to->given |= GIVEN(PRODUCT_HAS_STATUS);
        to->status = statuses[p->status];
    }
    if (p->has_tax_rate) {
        to->given |= GIVEN(PRODUCT_HAS_TAX);
        to->tax_bp = p->tax_rate_hundredths;
    }
}

static void
convert_selling(const struct import_variant *v, struct product_variant *to)
{
    if (v->has_tracked) {
        to->given |= GIVEN(VARIANT_HAS_TRACKED);
        to->tracked = v->tracked;
    }
    if (v->has_backorder) {
        to->given |= GIVEN(VARIANT_HAS_BACKORDER);
        to->backorder = v->backorder;
    }
}

/* The product is what is sold: what the file says of its one variant is the product's. */
static void
convert_plain(struct item *g, const struct import_variant *v)
{
    struct product *to = &g->to;
    if (v->gtin) {
        to->given |= GIVEN(PRODUCT_HAS_GTIN);
        to->gtin = v->gtin;
    }
    if (v->has_price) {
        to->given |= GIVEN(PRODUCT_HAS_PRICE);
        to->price = v->price;
    }
    if (v->has_compare_at || v->no_compare_at) {
        to->given |= GIVEN(PRODUCT_HAS_COMPARE_AT);
        to->has_compare_at = v->has_compare_at;
        to->compare_at = v->compare_at;
    }
    if (v->has_weight) {
        to->given |= GIVEN(PRODUCT_HAS_WEIGHT);
        to->weight_g = v->weight_g;
    }
    if (v->has_backorder || v->has_tracked) {
        to->variants = NEW(g->arena, struct product_variant);
        to->variants[0] = (struct product_variant){ .sku = to->sku, .weight_g = -1 };
        convert_selling(v, to->variants);
        to->variant_count = 1;
    }
}

static void
convert_price(const struct item *g, const struct import_variant *v,
              const struct product_variant *there, struct product_variant *to)
{
    bool known = g->stored != NULL;
    struct money of_product = known ? g->stored->price : g->to.price;
    if (!v->has_price)
        return;
    struct money now = there && there->has_price ? there->price : of_product;
    if (there && now.minor == v->price.minor && now.cur == v->price.cur)
        return;
    to->given |= GIVEN(PRODUCT_HAS_PRICE);
    to->has_price = v->price.minor != of_product.minor || v->price.cur != of_product.cur;
    to->price = v->price;
}

static void
convert_compare_at(const struct item *g, const struct import_variant *v,
                   const struct product_variant *there, struct product_variant *to)
{
    if (!v->has_compare_at && !v->no_compare_at)
        return;
    if (there) {
        bool has = there->has_compare_at || g->stored->has_compare_at;
        struct money now = there->has_compare_at ? there->compare_at : g->stored->compare_at;
        if (has == v->has_compare_at && (!has || now.minor == v->compare_at.minor))
            return;
    }
    to->given |= GIVEN(PRODUCT_HAS_COMPARE_AT);
    to->has_compare_at = v->has_compare_at;
    to->compare_at = v->compare_at;
}

static void
convert_weight(const struct item *g, const struct import_variant *v,
               const struct product_variant *there, struct product_variant *to)
{
    if (!v->has_weight)
        return;
    if (there && (there->weight_g >= 0 ? there->weight_g : g->stored->weight_g) == v->weight_g)
        return;
    to->given |= GIVEN(PRODUCT_HAS_WEIGHT);
    to->weight_g = v->weight_g;
}

static void
convert_variant(struct item *g, const struct import_variant *v, struct product_variant *to)
{
    const struct product_variant *there = stored_variant(g, v->sku);
    *to = (struct product_variant){ .sku = v->sku, .weight_g = -1 };
    if (v->gtin) {
        to->given |= GIVEN(PRODUCT_HAS_GTIN);
        to->gtin = v->gtin;
    }
    if (g->from->option_count) {
        to->given |= GIVEN(VARIANT_HAS_VALUES);
        for (size_t i = 0; i < g->from->option_count; i++)
            to->values[i] = v->values[i];
    }
    convert_selling(v, to);
    convert_price(g, v, there, to);
    convert_compare_at(g, v, there, to);
    convert_weight(g, v, there, to);
}

static void
convert_variants(struct item *g, enum currency currency)
{
    const struct import_product *p = g->from;
    struct product *to = &g->to;
    if (p->option_count) {
        to->given |= GIVEN(PRODUCT_HAS_OPTIONS);
        to->option_count = p->option_count;
        for (size_t i = 0; i < p->option_count; i++)
            to->options[i] = p->options[i];
    }
    to->price = (struct money){ 0, currency };
    for (size_t i = 0; i < p->variant_count && !g->stored; i++)
        if (p->variants[i].has_price) { /* a new product has the price of its first variant */
            to->given |= GIVEN(PRODUCT_HAS_PRICE);
            to->price = p->variants[i].price;
            break;
        }
    to->variants = NEW_ARRAY(g->arena, struct product_variant, p->variant_count);
    for (size_t i = 0; i < p->variant_count; i++)
        convert_variant(g, &p->variants[i], &to->variants[i]);
    to->variant_count = p->variant_count;
}

/* The figure beside "not tracked" says nothing; stock that is written would make it tracked. */
static bool
is_counted(const struct import_variant *v)
{
    return !v->has_tracked || v->tracked;
}

static void
convert_stock(struct item *g)
{
    const struct import_product *p = g->from;
    size_t n = 0;
    for (size_t i = 0; i < p->variant_count; i++)
        n += p->variants[i].stock_count;
    g->stock = NEW_ARRAY(g->arena, struct item_stock, n + 1);
    for (size_t i = 0; i < p->variant_count; i++)
        for (size_t k = 0; is_counted(&p->variants[i]) && k < p->variants[i].stock_count; k++)
            g->stock[g->stock_count++] =
                (struct item_stock){ .sku = p->variants[i].sku,
                                     .code = p->variants[i].stock[k].warehouse,
                                     .wanted = p->variants[i].stock[k].quantity };
}

/* One row that is the whole product; or, of one with options, the row that speaks of all of it. */
static bool
is_plain(const struct item *g)
{
    const struct import_product *p = g->from;
    if (p->option_count || p->variant_count != 1)
        return false;
    return !g->stored || !g->stored->option_count || !stored_variant(g, p->variants[0].sku);
}

void
item_convert(struct item *g, const struct put_how *how)
{
    const struct import_product *p = g->from;
    bool plain = is_plain(g);
    g->to = (struct product){ .tax_bp = -1,
                              .weight_g = -1,
                              .sku = p->sku,
                              .price = { 0, how->currency },
                              .price_later = !how->priced };
    if (g->stored)
        g->to.sku = g->stored->sku;
    else if (plain)
        g->to.sku = p->variants[0].sku;
    convert_texts(g);
    convert_facts(g);
    if (plain)
        convert_plain(g, &p->variants[0]);
    else if (p->variant_count)
        convert_variants(g, how->currency);
    convert_stock(g);
}
