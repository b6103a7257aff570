#include "shown.h"

#include "base/must.h"

static void
put_list(struct buf *b, const char *before, const char *const *at, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_printf(b, "%s%s", before, at[i]);
}

static void
put_variant(struct buf *b, const struct import_variant *v, size_t options)
{
    buf_printf(b, " [%s", v->sku ? v->sku : "-");
    put_list(b, " /", v->values, v->values ? options : 0);
    if (v->has_price)
        buf_printf(b, " %s", money_decimal(b->arena, v->price));
    if (v->has_compare_at)
        buf_printf(b, "<%s", money_decimal(b->arena, v->compare_at));
    for (size_t i = 0; i < v->stock_count; i++)
        buf_printf(b, " x%d%s%s", (int)v->stock[i].quantity, v->stock[i].warehouse ? "@" : "",
                   v->stock[i].warehouse ? v->stock[i].warehouse : "");
    if (v->has_tracked && !v->tracked)
        buf_text(b, " untracked");
    if (v->has_backorder && v->backorder)
        buf_text(b, " backorder");
    if (v->has_weight)
        buf_printf(b, " %dg", (int)v->weight_g);
    if (v->gtin && *v->gtin)
        buf_printf(b, " =%s", v->gtin);
    if (v->image)
        buf_printf(b, " image%d", v->image);
    buf_char(b, ']');
}

static void
put_texts(struct buf *b, const struct import_product *p)
{
    for (size_t i = 0; i < p->text_count; i++) {
        const struct import_text *t = &p->texts[i];
        buf_printf(b, " %s:%s", t->language, t->title ? t->title : "");
        if (t->slug)
            buf_printf(b, "(%s)", t->slug);
        if (t->description && *t->description)
            buf_printf(b, "{%s}", t->description);
    }
}

const char *
product_shown(struct arena *a, const struct import_product *p)
{
    static const char *const statuses[] = { "", " active", " draft", " archived" };
    static const char *const conditions[] = { "", " new", " refurbished", " used" };
    struct buf b = buf_new(a, 500);
    buf_text(&b, p->sku ? p->sku : p->by_slug ? p->by_slug : "-");
    put_texts(&b, p);
    if (p->brand && *p->brand)
        buf_printf(&b, " by %s", p->brand);
    put_list(&b, " in ", p->categories, p->category_count);
    put_list(&b, " #", p->tags, p->tag_count);
    buf_text(&b, statuses[p->status]);
    buf_text(&b, conditions[p->condition]);
    if (p->has_tax_rate)
        buf_printf(&b, " tax%d", (int)p->tax_rate_hundredths);
    put_list(&b, " ?", p->options, p->option_count);
    for (size_t i = 0; i < p->variant_count; i++)
        put_variant(&b, &p->variants[i], p->option_count);
    for (size_t i = 0; i < p->image_count; i++)
        buf_printf(&b, " <%s%s%s>", p->images[i].address, p->images[i].alt ? " " : "",
                   p->images[i].alt ? p->images[i].alt : "");
    return b.at;
}

const char *
findings_shown(struct arena *a, const struct findings *fs)
{
    struct buf b = buf_new(a, 100);
    for (size_t i = 0; i < fs->count; i++) {
        const struct finding *f = &fs->at[i];
        buf_printf(&b, " %s%s@%d/%d", f->refuses ? "!" : "~", f->code, (int)f->line, f->column);
        if (*f->value)
            buf_printf(&b, " \"%s\"", f->value);
        if (*f->other)
            buf_printf(&b, " (%s)", f->other);
    }
    return b.at;
}

struct import_reader *
file_opened(struct arena *a, int fd, const struct import_settings *settings)
{
    struct import_plan plan;
    struct import_reader *r;
    must(!plan_propose(a, fd, &plan));
    must(!import_open(a, fd, &plan, settings, &r));
    return r;
}

const char *
file_shown(struct arena *a, int fd, const struct import_settings *settings)
{
    struct import_reader *r = file_opened(a, fd, settings);
    struct import_product *p;
    struct buf b = buf_new(a, 1000);
    while (!import_next(r, a, &p) && p)
        buf_printf(&b, "%s%s\n", product_shown(a, p), findings_shown(a, &p->findings));
    return b.at;
}
