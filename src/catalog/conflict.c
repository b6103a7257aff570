/* The choice is made by the names of differences, so that whatever can differ can be chosen. */
#include "catalog/conflict.h"

#include <string.h>

#include "catalog/label.h"
#include "view/value.h"

/* ---- Taking theirs ---- */

static void
take_text(struct arena *a, const struct product *stored, struct product *typed, const char *field)
{
    static const struct product_text none = { "", "", "", "" };
    const char *code = text_copy_n(a, field, strcspn(field, "."));
    const char *member = field + strlen(code);
    const struct product_text *old = product_text_in(stored, code);
    struct product_text *t = product_text_for(a, typed, code);
    if (!t)
        return;
    old = old ? old : &none;
    if (text_is(member, ".title"))
        t->title = old->title;
    else if (text_is(member, ".description"))
        t->description = old->description;
    else if (text_is(member, ".slug"))
        t->slug = old->slug;
}

/* One that was added goes again; one that went comes back. */
static void
take_whole(struct arena *a, const struct product *stored, struct product *typed, const char *sku)
{
    size_t kept = 0;
    bool was_there = false;
    for (size_t i = 0; i < typed->variant_count; i++) {
        if (text_is(typed->variants[i].sku, sku))
            was_there = true;
        else
            typed->variants[kept++] = typed->variants[i];
    }
    typed->variant_count = kept;
    for (size_t i = 0; i < stored->variant_count && !was_there; i++) {
        if (!text_is(stored->variants[i].sku, sku))
            continue;
        struct product_variant *more = NEW_ARRAY(a, struct product_variant, kept + 1);
        memcpy(more, typed->variants, kept * sizeof(*more));
        more[kept] = stored->variants[i];
        typed->variants = more;
        typed->variant_count = kept + 1;
    }
}

static bool
take_member(const struct product_variant *old, struct product_variant *v, const char *member)
{
    if (text_is(member, "sku"))
        v->sku = old->sku;
    else if (text_is(member, "gtin"))
        v->gtin = old->gtin;
    else if (text_is(member, "options"))
        memcpy(v->values, old->values, sizeof(v->values));
    else if (text_is(member, "price"))
        v->has_price = old->has_price, v->price = old->price;
    else if (text_is(member, "compare_at_price"))
        v->has_compare_at = old->has_compare_at, v->compare_at = old->compare_at;
    else if (text_is(member, "weight_g"))
        v->weight_g = old->weight_g;
    else if (text_is(member, "tracked"))
        v->tracked = old->tracked;
    else if (text_is(member, "backorder"))
        v->backorder = old->backorder;
    else if (text_is(member, "position"))
        v->position = old->position;
    else
        return false;
    return true;
}

static void
take_variant(struct arena *a, const struct product *stored, struct product *typed,
             const char *field)
{
    const char *dot = strrchr(field, '.');
    const char *sku = dot ? text_copy_n(a, field, (size_t)(dot - field)) : field;
    for (size_t i = 0; dot && i < typed->variant_count; i++) {
        struct product_variant *v = &typed->variants[i];
        const struct product_variant *old =
            text_is(v->sku, sku) && v->id.n ? variant_of(stored, v->id, i) : NULL;
        if (old && take_member(old, v, dot + 1))
            return;
    }
    take_whole(a, stored, typed, field);
}

static void
take_plain(const struct product *stored, struct product *typed, const char *field)
{
    if (text_is(field, "status"))
        typed->status = stored->status;
    else if (text_is(field, "sku"))
        typed->sku = stored->sku;
    else if (text_is(field, "gtin"))
        typed->gtin = stored->gtin;
    else if (text_is(field, "brand"))
        typed->brand = stored->brand;
    else if (text_is(field, "mpn"))
        typed->mpn = stored->mpn;
    else if (text_is(field, "category"))
        typed->category = stored->category;
    else if (text_is(field, "google_category"))
        typed->google_category = stored->google_category;
    else if (text_is(field, "condition"))
        typed->condition = stored->condition;
    else if (text_is(field, "tags"))
        typed->tags = stored->tags, typed->tag_count = stored->tag_count;
    else if (text_is(field, "price"))
        typed->price = stored->price;
    else if (text_is(field, "compare_at_price"))
        typed->has_compare_at = stored->has_compare_at, typed->compare_at = stored->compare_at;
    else if (text_is(field, "tax_rate"))
        typed->tax_bp = stored->tax_bp;
    else if (text_is(field, "weight_g"))
        typed->weight_g = stored->weight_g;
}

void
conflict_take(const struct form *f, const struct product *stored, struct product *typed)
{
    static const char take[] = "take.", texts[] = "translations.", variants[] = "variants.";
    struct arena *a = f->r->work->arena;
    for (size_t i = 0; i < f->count; i++) {
        const char *field = f->at[i].name;
        if (!text_starts(field, take) || !text_is(f->at[i].value, "theirs"))
            continue;
        field += strlen(take);
        if (text_starts(field, texts))
            take_text(a, stored, typed, field + strlen(texts));
        else if (text_starts(field, variants))
            take_variant(a, stored, typed, field + strlen(variants));
        else
            take_plain(stored, typed, field);
    }
}

/* ---- The page ---- */

struct err *
conflict_show(struct req *r, const struct product *stored, const struct product *typed,
              const struct form *f)
{
    struct arena *a = r->work->arena;
    struct product_difference *d;
    size_t n;
    struct val *m = val_map(a), *list = val_set_list(m, "differences"),
               *kept = val_set_list(m, "kept");
    product_differences(a, stored, typed, &d, &n);
    for (size_t i = 0; i < n; i++) {
        struct val *row = val_add_map(list);
        label_set(a, row, d[i].field);
        val_set_text(row, "name", text_join(a, "take.", d[i].field, NULL));
        val_set_text(row, "theirs", d[i].before);
        val_set_text(row, "yours", d[i].after);
    }
    for (size_t i = 0; i < f->count; i++) {
        const char *name = f->at[i].name;
        if (text_is(name, "csrf") || text_is(name, "version") || text_is(name, "-") ||
            text_starts(name, "take.") || !f->at[i].value)
            continue;
        struct val *one = val_add_map(kept);
        val_set_text(one, "name", name);
        val_set_text(one, "value", f->at[i].value);
    }
    val_set_bool(m, "has_differences", n > 0);
    val_set_text(m, "path", text_printf(a, "/vendor/products/%lld", (long long)stored->id.n));
    val_set_i64(m, "version", stored->version);
    val_set_time(m, "updated", stored->updated_us);
    return page_status(r, 409, "vendor/products/conflict", m);
}
