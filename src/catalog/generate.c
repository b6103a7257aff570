/* Variants from options: one for each combination of their values. Those that are there keep what
 * they are. */
#include "catalog/generate.h"

#include <string.h>

#include "base/slug.h"

size_t
axes_combinations(const struct axis *axes, size_t n)
{
    size_t all = n ? 1 : 0;
    for (size_t i = 0; i < n; i++)
        all = all > PRODUCT_VARIANTS_MAX ? all : all * axes[i].count;
    return all;
}

size_t
axes_of(struct arena *a, const struct product *p, struct axis *out)
{
    for (size_t k = 0; k < p->option_count; k++) {
        struct axis *axis = &out[k];
        *axis = (struct axis){ .name = p->options[k] };
        axis->values = NEW_ARRAY(a, const char *, p->variant_count + 1);
        for (size_t i = 0; i < p->variant_count; i++) {
            const char *value = p->variants[i].values[k];
            bool known = !*value;
            for (size_t j = 0; j < axis->count && !known; j++)
                known = text_is(axis->values[j], value);
            if (!known)
                axis->values[axis->count++] = value;
        }
    }
    return p->option_count;
}

/* The variant whose options, as far as it has them, are these: by their names. */
static const struct product_variant *
find(const struct product *p, const struct axis *axes, size_t n, const char *const *values)
{
    for (size_t i = 0; i < p->variant_count; i++) {
        bool same = p->option_count == n;
        for (size_t k = 0; k < n && same; k++)
            same = text_is(p->options[k], axes[k].name) &&
                   text_is(p->variants[i].values[k], values[k]);
        if (same)
            return &p->variants[i];
    }
    return NULL;
}

/* "LAMP-M-RED" */
static const char *
sku_of(struct arena *a, const char *sku, const char *const *values, size_t n)
{
    struct buf b = buf_new(a, 64);
    buf_text(&b, sku);
    for (size_t k = 0; k < n; k++) {
        char *part = slug_of(a, values[k], 20, "x");
        for (char *c = part; *c; c++)
            *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 32 : *c);
        buf_printf(&b, "-%s", part);
    }
    if (b.length > 64)
        b.at[64] = 0;
    return b.at;
}

static bool
has_sku(const struct product_variant *all, size_t n, const char *sku)
{
    for (size_t i = 0; i < n; i++)
        if (text_is_any_case(all[i].sku, sku))
            return true;
    return false;
}

static const char *
free_sku(struct arena *a, const struct product *p, const struct product_variant *all, size_t n,
         const char *sku)
{
    const char *free = sku;
    for (int i = 2; has_sku(all, n, free) || has_sku(p->variants, p->variant_count, free); i++)
        free = text_printf(a, "%.58s-%d", sku, i);
    return free;
}

void
product_generate(struct arena *a, struct product *p, const struct axis *axes, size_t n)
{
    size_t count = axes_combinations(axes, n);
    bool was_plain = !p->option_count && p->variant_count == 1;
    must(count <= PRODUCT_VARIANTS_MAX);
    struct product_variant *all = NEW_ARRAY(a, struct product_variant, count + 1);
    for (size_t i = 0; i < count; i++) {
        const char *values[PRODUCT_OPTIONS_MAX];
        size_t rest = i; /* the last option changes fastest */
        for (size_t k = n; k-- > 0; rest /= axes[k].count)
            values[k] = axes[k].values[rest % axes[k].count];
        const struct product_variant *old = find(p, axes, n, values);
        all[i] = old ? *old : variant_blank(p->price.cur);
        if (!old && was_plain && i == 0)
            all[i] = p->variants[0]; /* goes on, with its stock */
        else if (!old)
            all[i].sku = free_sku(a, p, all, i, sku_of(a, p->sku, values, n));
        for (size_t k = 0; k < n; k++)
            all[i].values[k] = values[k];
        all[i].position = (int64_t)i + 1;
    }
    for (size_t k = 0; k < n; k++)
        p->options[k] = axes[k].name;
    p->option_count = n;
    p->variants = all;
    p->variant_count = count;
}
