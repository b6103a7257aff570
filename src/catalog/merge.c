/* Two versions of a product: the one laid over the other, and what they do not have in common. */
#include <string.h>

#include "catalog/inside.h"

/* ---- Laying one over the other ---- */

static bool
gives(uint32_t given, int member)
{
    return given & 1u << member;
}

static void
lay_text(struct arena *a, struct product *p, const struct product_text *over)
{
    struct product_text *t = product_text_for(a, p, over->language);
    if (!t)
        return;
    if (over->title)
        t->title = over->title;
    if (over->description)
        t->description = over->description;
    if (over->slug)
        t->slug = over->slug;
    if (!*t->title && over->title)
        t->description = t->slug = "";
}

static void
lay_variant(struct product_variant *v, const struct product_variant *over)
{
    v->sku = over->sku;
    if (gives(over->given, PRODUCT_HAS_GTIN))
        v->gtin = over->gtin;
    if (gives(over->given, VARIANT_HAS_VALUES))
        for (size_t i = 0; i < PRODUCT_OPTIONS_MAX; i++)
            v->values[i] = over->values[i] ? over->values[i] : "";
    if (gives(over->given, PRODUCT_HAS_PRICE)) {
        v->has_price = over->has_price;
        v->price = over->price;
    }
    if (gives(over->given, PRODUCT_HAS_COMPARE_AT)) {
        v->has_compare_at = over->has_compare_at;
        v->compare_at = over->compare_at;
    }
    if (gives(over->given, PRODUCT_HAS_WEIGHT))
        v->weight_g = over->weight_g;
    if (gives(over->given, VARIANT_HAS_TRACKED))
        v->tracked = over->tracked;
    if (gives(over->given, VARIANT_HAS_BACKORDER))
        v->backorder = over->backorder;
    if (gives(over->given, VARIANT_HAS_POSITION))
        v->position = over->position;
}

/* The variant that is meant, with what is there of it; a new one for what is not. */
static struct product_variant *
find_variant(struct product_variant *all, size_t n, const struct product_variant *wanted)
{
    for (size_t i = 0; i < n; i++)
        if (wanted->id.n ? all[i].id.n == wanted->id.n : text_is_any_case(all[i].sku, wanted->sku))
            return &all[i];
    return NULL;
}

/* A product that gets its first options: its plain variant goes on as the first of the new ones, so
 * that its id and its stock stay, unless one of the new ones has its SKU. */
static struct product_variant *
take_plain(const struct product *stored, const struct product *change, size_t i)
{
    if (i || stored->option_count || stored->variant_count != 1)
        return NULL;
    for (size_t k = 0; k < change->variant_count; k++)
        if (text_is_any_case(change->variants[k].sku, stored->variants[0].sku))
            return NULL;
    return &stored->variants[0];
}

static void
lay_variants(struct arena *a, struct product *p, const struct product *stored,
             const struct product *change)
{
    bool whole = gives(change->given, PRODUCT_HAS_VARIANTS);
    bool grows = change->option_count && !stored->option_count;
    size_t kept = whole || grows ? 0 : stored->variant_count, n = kept;
    struct product_variant *all =
        NEW_ARRAY(a, struct product_variant, stored->variant_count + change->variant_count + 1);
    if (kept)
        memcpy(all, stored->variants, kept * sizeof(*all));
    for (size_t i = 0; i < change->variant_count; i++) {
        const struct product_variant *over = &change->variants[i];
        struct product_variant *v = find_variant(all, n, over);
        if (!v) {
            const struct product_variant *known =
                find_variant(stored->variants, stored->variant_count, over);
            if (!known)
                known = take_plain(stored, change, i);
            v = &all[n++];
            *v = known ? *known : variant_blank(p->price.cur);
            if (!known || whole)
                v->position = (int64_t)n;
        }
        lay_variant(v, over);
    }
    if (!n && stored->variant_count) { /* no variant is named: those that are there */
        memcpy(all, stored->variants, stored->variant_count * sizeof(*all));
        n = stored->variant_count;
    }
    p->variants = all;
    p->variant_count = n;
}

static void
lay_words(struct product *p, const struct product *change)
{
    uint32_t given = change->given;
    if (gives(given, PRODUCT_HAS_GTIN))
        p->gtin = change->gtin;
    if (gives(given, PRODUCT_HAS_BRAND))
        p->brand = change->brand;
    if (gives(given, PRODUCT_HAS_MPN))
        p->mpn = change->mpn;
    if (gives(given, PRODUCT_HAS_CATEGORY))
        p->category = change->category;
    if (gives(given, PRODUCT_HAS_CONDITION))
        p->condition = change->condition;
    if (gives(given, PRODUCT_HAS_GOOGLE_CATEGORY))
        p->google_category = change->google_category;
    if (gives(given, PRODUCT_HAS_TAGS)) {
        p->tags = change->tags;
        p->tag_count = change->tag_count;
    }
}

static void
lay_figures(struct product *p, const struct product *change)
{
    uint32_t given = change->given;
    if (gives(given, PRODUCT_HAS_PRICE))
        p->price = change->price;
    if (gives(given, PRODUCT_HAS_COMPARE_AT)) {
        p->has_compare_at = change->has_compare_at;
        p->compare_at = change->compare_at;
    }
    if (gives(given, PRODUCT_HAS_STATUS))
        p->status = change->status;
    if (gives(given, PRODUCT_HAS_TAX))
        p->tax_bp = change->tax_bp;
    if (gives(given, PRODUCT_HAS_WEIGHT))
        p->weight_g = change->weight_g;
}

struct product
product_merge(struct arena *a, const struct product *stored, const struct product *change)
{
    struct product p = *stored;
    if (!p.id.n)
        p.sku = change->sku;
    p.given |= change->given;
    lay_words(&p, change);
    lay_figures(&p, change);
    p.texts = NEW_ARRAY(a, struct product_text, stored->text_count + 1);
    if (stored->text_count)
        memcpy(p.texts, stored->texts, stored->text_count * sizeof(*p.texts));
    for (size_t i = 0; i < change->text_count; i++)
        lay_text(a, &p, &change->texts[i]);
    if (gives(change->given, PRODUCT_HAS_OPTIONS)) {
        memcpy(p.options, change->options, sizeof(p.options));
        p.option_count = change->option_count;
    }
    lay_variants(a, &p, stored, change);
    return p;
}

/* ---- What they do not have in common ---- */

struct list {
    struct arena *arena;
    struct product_difference *at;
    size_t count, room;
};

static void
differ(struct list *list, const char *field, const char *before, const char *after)
{
    if (text_is(before, after))
        return;
    if (list->count == list->room) {
        struct product_difference *more =
            NEW_ARRAY(list->arena, struct product_difference, list->room * 2 + 8);
        if (list->count)
            memcpy(more, list->at, list->count * sizeof(*more));
        list->at = more;
        list->room = list->room * 2 + 8;
    }
    list->at[list->count++] = (struct product_difference){ field, before, after };
}

static const char *
money_or_none(struct arena *a, bool has, struct money m)
{
    return has ? money_decimal(a, m) : "";
}

static const char *
number_or_none(struct arena *a, int64_t n)
{
    return n < 0 ? "" : text_i64(a, n);
}

static const char *
joined(struct arena *a, const char *const *list, size_t n)
{
    struct buf b = buf_new(a, 64);
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "%s%s", i ? ", " : "", list[i]);
    return b.at;
}

static bool
same_list(const char *const *one, size_t n, const char *const *other, size_t m)
{
    bool same = n == m;
    for (size_t i = 0; same && i < n; i++)
        same = text_is(one[i], other[i]);
    return same;
}

static void
differ_lists(struct list *list, const char *field, const char *const *one, size_t n,
             const char *const *other, size_t m)
{
    if (!same_list(one, n, other, m))
        differ(list, field, joined(list->arena, one, n), joined(list->arena, other, m));
}

static void
differ_texts(struct list *list, const struct product *before, const struct product *after)
{
    static const struct product_text none = { "", "", "", "" };
    struct arena *a = list->arena;
    for (int turn = 0; turn < 2; turn++) {
        const struct product *of = turn ? before : after;
        for (size_t i = 0; i < of->text_count; i++) {
            const char *language = of->texts[i].language;
            const struct product_text *old = product_text_in(before, language),
                                      *new = product_text_in(after, language);
            if (turn && new)
                continue; /* the first turn had it */
            old = old && *old->title ? old : &none;
            new = new &&*new->title ? new : &none;
            const char *prefix = text_join(a, "translations.", language, ".", NULL);
            differ(list, text_join(a, prefix, "title", NULL), old->title, new->title);
            differ(list, text_join(a, prefix, "description", NULL), old->description,
                   new->description);
            differ(list, text_join(a, prefix, "slug", NULL), old->slug, new->slug);
        }
    }
}

static void
differ_variant(struct list *list, const struct product *before, const struct product *after,
               const struct product_variant *old, const struct product_variant *new)
{
    struct arena *a = list->arena;
    const char *prefix = text_join(a, "variants.", new->sku, ".", NULL);
    differ(list, text_join(a, prefix, "sku", NULL), old->sku, new->sku);
    differ(list, text_join(a, prefix, "gtin", NULL), old->gtin, new->gtin);
    differ_lists(list, text_join(a, prefix, "options", NULL), old->values, before->option_count,
                 new->values, after->option_count);
    differ(list, text_join(a, prefix, "price", NULL), money_or_none(a, old->has_price, old->price),
           money_or_none(a, new->has_price, new->price));
    differ(list, text_join(a, prefix, "compare_at_price", NULL),
           money_or_none(a, old->has_compare_at, old->compare_at),
           money_or_none(a, new->has_compare_at, new->compare_at));
    differ(list, text_join(a, prefix, "weight_g", NULL), number_or_none(a, old->weight_g),
           number_or_none(a, new->weight_g));
    differ(list, text_join(a, prefix, "tracked", NULL), old->tracked ? "true" : "false",
           new->tracked ? "true" : "false");
    differ(list, text_join(a, prefix, "backorder", NULL), old->backorder ? "true" : "false",
           new->backorder ? "true" : "false");
    differ(list, text_join(a, prefix, "position", NULL), text_i64(a, old->position),
           text_i64(a, new->position));
}

bool
variant_is_same(const struct product *before, const struct product *after,
                const struct product_variant *old, const struct product_variant *new)
{
    return text_is(old->sku, new->sku) && text_is(old->gtin, new->gtin) &&
           same_list(old->values, before->option_count, new->values, after->option_count) &&
           old->has_price == new->has_price &&
           (!old->has_price || old->price.minor == new->price.minor) &&
           old->has_compare_at == new->has_compare_at &&
           (!old->has_compare_at || old->compare_at.minor == new->compare_at.minor) &&
           old->weight_g == new->weight_g && old->tracked == new->tracked &&
           old->backorder == new->backorder && old->position == new->position;
}

const struct product_variant *
variant_of(const struct product *p, struct variant_id id, size_t near)
{
    if (near < p->variant_count && p->variants[near].id.n == id.n)
        return &p->variants[near]; /* mostly they stand where they stood */
    for (size_t i = 0; i < p->variant_count; i++)
        if (p->variants[i].id.n == id.n)
            return &p->variants[i];
    return NULL;
}

static void
differ_variants(struct list *list, const struct product *before, const struct product *after)
{
    struct arena *a = list->arena;
    for (size_t i = 0; i < after->variant_count; i++) {
        const struct product_variant *new = &after->variants[i];
        const struct product_variant *old = new->id.n ? variant_of(before, new->id, i) : NULL;
        if (!old)
            differ(list, text_join(a, "variants.", new->sku, NULL), "",
                   *new->values[0] ? joined(a, new->values, after->option_count) : new->sku);
        else if (!variant_is_same(before, after, old, new))
            differ_variant(list, before, after, old, new);
    }
    for (size_t i = 0; i < before->variant_count; i++) {
        const struct product_variant *old = &before->variants[i];
        if (!variant_of(after, old->id, i))
            differ(list, text_join(a, "variants.", old->sku, NULL),
                   *old->values[0] ? joined(a, old->values, before->option_count) : old->sku, "");
    }
}

void
product_differences(struct arena *a, const struct product *before, const struct product *after,
                    struct product_difference **out, size_t *n)
{
    struct list list = { .arena = a };
    differ(&list, "status", product_status_names[before->status],
           product_status_names[after->status]);
    differ(&list, "sku", before->sku, after->sku);
    differ(&list, "gtin", before->gtin, after->gtin);
    differ(&list, "brand", before->brand, after->brand);
    differ(&list, "mpn", before->mpn, after->mpn);
    if (!text_is_any_case(before->category, after->category))
        differ(&list, "category", before->category, after->category);
    differ(&list, "google_category", before->google_category, after->google_category);
    differ(&list, "condition", before->condition, after->condition);
    differ_lists(&list, "tags", before->tags, before->tag_count, after->tags, after->tag_count);
    if (before->price.minor != after->price.minor)
        differ(&list, "price", money_decimal(a, before->price), money_decimal(a, after->price));
    differ(&list, "compare_at_price", money_or_none(a, before->has_compare_at, before->compare_at),
           money_or_none(a, after->has_compare_at, after->compare_at));
    differ(&list, "tax_rate", percent_text(a, before->tax_bp), percent_text(a, after->tax_bp));
    differ(&list, "weight_g", number_or_none(a, before->weight_g),
           number_or_none(a, after->weight_g));
    differ_lists(&list, "options", before->options, before->option_count, after->options,
                 after->option_count);
    differ_texts(&list, before, after);
    differ_variants(&list, before, after);
    *out = list.at;
    *n = list.count;
}
