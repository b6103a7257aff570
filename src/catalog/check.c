/* What makes a product right, whoever wrote it: no SQL, no clock, no form. */
#include <stdlib.h>
#include <string.h>

#include "base/slug.h"
#include "catalog/gtin.h"
#include "catalog/inside.h"
#include "catalog/tongue.h"

/* ---- Failures ---- */

struct failures
failures_new(struct arena *a)
{
    return (struct failures){ .arena = a };
}

void
failures_add(struct failures *all, const char *field, const char *code, const char *say)
{
    struct err *e = FAIL_FIELD(all->arena, ERR_INVALID, code, field, say);
    if (!all->last)
        all->last = &all->first;
    *all->last = e;
    all->last = &e->next;
}

static void
check_length(struct failures *all, const char *field, const char *text, size_t least, size_t most)
{
    size_t n = text_characters(text);
    if (n < least)
        failures_add(all, field, "field.needed", "This is needed.");
    else if (n > most)
        failures_add(all, field, "field.too_long",
                     text_printf(all->arena, "At most %zu characters; this has %zu.", most, n));
}

/* Written as it is kept: digits only. */
static void
check_gtin(struct failures *all, const char *field, const char **gtin)
{
    char digits[15];
    enum gtin_verdict verdict = gtin_read(*gtin, digits);
    if (verdict == GTIN_OK)
        *gtin = text_is(*gtin, digits) ? *gtin : text_copy(all->arena, digits);
    else if (verdict == GTIN_EMPTY)
        *gtin = "";
    else
        failures_add(all, field, gtin_code(verdict), gtin_say(verdict));
}

/* ---- Categories ---- */

char *
category_path(struct arena *a, const char *path)
{
    struct buf b = buf_new(a, strlen(path) + 8);
    while (*path) {
        size_t n = strcspn(path, ">");
        const char *part = text_trim(a, text_copy_n(a, path, n));
        if (*part && b.length)
            buf_text(&b, " > ");
        buf_text(&b, part);
        path += n + (path[n] == '>');
    }
    return b.at;
}

static void
check_category(struct failures *all, struct product *p)
{
    p->category = category_path(all->arena, p->category);
    for (const char *at = p->category; at;) {
        const char *end = strstr(at, " > ");
        const char *part = end ? text_copy_n(all->arena, at, (size_t)(end - at)) : at;
        if (text_characters(part) > 100) {
            failures_add(all, "category", "product.category",
                         "Each part of a category has 100 characters at most.");
            return;
        }
        at = end ? end + 3 : NULL;
    }
    check_length(all, "category", p->category, 0, PRODUCT_CATEGORY_MOST);
}

/* ---- Texts ---- */

static void
check_text(struct failures *all, struct product_text *t)
{
    struct arena *a = all->arena;
    const char *prefix = text_join(a, "translations.", t->language, ".", NULL);
    const char *title = text_join(a, prefix, "title", NULL);
    if (!tongue_is_valid(t->language))
        failures_add(all, text_join(a, "translations.", t->language, NULL), "product.language",
                     "There is no such language.");
    if (!*t->title) {
        if (*t->description)
            failures_add(all, title, "product.title_needed", "A description needs a title.");
        return;
    }
    check_length(all, title, t->title, 0, 200);
    check_length(all, text_join(a, prefix, "description", NULL), t->description, 0, 9999);
    t->slug = slug_of(a, *t->slug ? t->slug : t->title, PRODUCT_SLUG_MOST, "product");
}

static void
check_texts(struct failures *all, struct product *p)
{
    bool told = false;
    for (size_t i = 0; i < p->text_count; i++) {
        check_text(all, &p->texts[i]);
        told |= *p->texts[i].title != 0;
    }
    if (told || all->first)
        return;
    const char *language = p->text_count ? p->texts[0].language : "en";
    failures_add(all, text_join(all->arena, "translations.", language, ".title", NULL),
                 "product.title_needed", "A title in one language at least.");
}

/* ---- Variants ---- */

static const char *
member(struct arena *a, size_t i, const char *name)
{
    return text_printf(a, "variants.%zu%s%s", i, *name ? "." : "", name);
}

/* Without options the product is its own and only variant. */
static void
check_plain(struct failures *all, struct product *p)
{
    if (p->variant_count > 1) {
        failures_add(all, "options", "product.options_needed",
                     "Several variants need options that tell them apart.");
        return;
    }
    struct product_variant *only = NEW(all->arena, struct product_variant);
    *only = p->variant_count ? p->variants[0] : variant_blank(p->price.cur);
    only->sku = p->sku;
    only->gtin = p->gtin;
    only->position = 1;
    only->has_price = only->has_compare_at = false;
    only->price.minor = only->compare_at.minor = 0;
    only->weight_g = -1;
    p->variants = only;
    p->variant_count = 1;
}

static void
check_options(struct failures *all, const struct product *p)
{
    for (size_t i = 0; i < p->option_count; i++) {
        const char *field = text_printf(all->arena, "options.%zu", i);
        check_length(all, field, p->options[i], 1, 100);
        for (size_t k = 0; k < i; k++)
            if (text_is_any_case(p->options[i], p->options[k]))
                failures_add(all, field, "product.option_twice", "Two options have the same name.");
    }
}

static void
check_variant(struct failures *all, const struct product *p, size_t i)
{
    struct arena *a = all->arena;
    struct product_variant *v = &p->variants[i];
    check_length(all, member(a, i, "sku"), v->sku, 1, 64);
    check_gtin(all, member(a, i, "gtin"), &v->gtin);
    for (size_t k = 0; k < p->option_count; k++)
        check_length(all, text_join(a, member(a, i, "options."), p->options[k], NULL), v->values[k],
                     1, 100);
    int64_t price = v->has_price ? v->price.minor : p->price.minor;
    if (v->has_compare_at && v->compare_at.minor <= price)
        failures_add(all, member(a, i, "compare_at_price"), "product.compare_at",
                     "This must be above the price.");
}

/* What may be there once only, in an order that brings equal ones together. */
struct once {
    const char *key;
    size_t i;
};

static int
by_key(const void *a, const void *b)
{
    const struct once *x = a, *y = b;
    int order = strcmp(x->key, y->key);
    return order ? order : (x->i > y->i) - (x->i < y->i);
}

static void
check_once(struct failures *all, struct once *keys, size_t n, const char *name, const char *code,
           const char *say)
{
    qsort(keys, n, sizeof(*keys), by_key);
    for (size_t i = 1; i < n; i++)
        if (*keys[i].key && text_is(keys[i].key, keys[i - 1].key))
            failures_add(all, member(all->arena, keys[i].i, name), code, say);
}

static const char *
values_key(struct arena *a, const struct product *p, const struct product_variant *v)
{
    struct buf b = buf_new(a, 32);
    for (size_t k = 0; k < p->option_count; k++)
        buf_printf(&b, "%s\n", v->values[k]);
    return b.at;
}

static void
check_variants(struct failures *all, struct product *p)
{
    struct arena *a = all->arena;
    if (!p->option_count) {
        check_plain(all, p);
        return;
    }
    check_options(all, p);
    if (!p->variant_count)
        failures_add(all, "variants", "product.variants_needed",
                     "A product with options needs its variants.");
    if (p->variant_count > PRODUCT_VARIANTS_MAX)
        failures_add(all, "variants", "product.variants_most", "2,000 variants at most.");
    struct once *skus = NEW_ARRAY(a, struct once, p->variant_count + 1),
                *values = NEW_ARRAY(a, struct once, p->variant_count + 1);
    for (size_t i = 0; i < p->variant_count; i++) {
        check_variant(all, p, i);
        if (!p->variants[i].position)
            p->variants[i].position = (int64_t)i + 1;
        skus[i] = (struct once){ text_lower(a, p->variants[i].sku), i };
        values[i] = (struct once){ values_key(a, p, &p->variants[i]), i };
    }
    check_once(all, skus, p->variant_count, "sku", "product.sku_taken",
               "Another variant has this SKU.");
    check_once(all, values, p->variant_count, "options", "product.variant_twice",
               "Another variant has the same options.");
}

/* ---- The product ---- */

static void
check_prices(struct failures *all, const struct product *p)
{
    if (!(p->given & 1u << PRODUCT_HAS_PRICE))
        failures_add(all, "price", "field.needed", "This is needed.");
    else if (p->price.minor < 0)
        failures_add(all, "price", "field.money", "An amount of money is not below zero.");
    else if (p->has_compare_at && p->compare_at.minor <= p->price.minor)
        failures_add(all, "compare_at_price", "product.compare_at",
                     "This must be above the price.");
}

static void
check_numbers(struct failures *all, const struct product *p)
{
    if (p->tax_bp > 10000)
        failures_add(all, "tax_rate", "field.percent", "From 0 to 100 per cent.");
    if (!text_is(p->condition, "new") && !text_is(p->condition, "used") &&
        !text_is(p->condition, "refurbished"))
        failures_add(all, "condition", "product.condition", "new, refurbished or used.");
    if (p->tag_count > PRODUCT_TAGS_MAX)
        failures_add(all, "tags", "field.too_many", "At most 250.");
}

struct err *
product_check(struct arena *a, struct product *p)
{
    struct failures all = failures_new(a);
    check_length(&all, "sku", p->sku, 1, 64);
    check_gtin(&all, "gtin", &p->gtin);
    check_length(&all, "brand", p->brand, 0, 200);
    check_length(&all, "mpn", p->mpn, 0, 100);
    check_length(&all, "google_category", p->google_category, 0, 750);
    check_category(&all, p);
    check_prices(&all, p);
    check_numbers(&all, p);
    check_variants(&all, p);
    check_texts(&all, p);
    return all.first;
}
