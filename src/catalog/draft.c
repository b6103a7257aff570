/* What makes a product right, for pages and programs alike: no SQL, no clock. */
#include <string.h>

#include "base/slug.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/gtin.h"
#include "view/language.h"

struct product
product_blank(enum currency currency)
{
    struct product p = { .sku = "", .gtin = "", .brand = "", .category = "" };
    const char *const *codes;
    size_t n = language_codes(&codes);
    must(n <= CATALOG_TEXTS_MAX);
    p.price.cur = p.compare_at.cur = currency;
    for (size_t i = 0; i < n; i++)
        p.texts[i] = (struct product_text){ codes[i], "", "", "" };
    return p;
}

const char *
product_title(const struct product *p, const char *language, const char **found)
{
    const struct product_text *best = NULL;
    for (size_t i = CATALOG_TEXTS_MAX; i-- > 0;) { /* English is the first, so it is seen last */
        const struct product_text *t = &p->texts[i];
        if (!*t->title)
            continue;
        if (!best || !text_is(best->language, language))
            best = t;
    }
    if (found)
        *found = best ? best->language : "";
    return best ? best->title : "";
}

static void
read_gtin(struct form *f, struct product *p)
{
    char digits[15];
    const char *text = form_text(f, "gtin", 0, 40);
    enum gtin_verdict verdict = gtin_read(text, digits);
    if (verdict == GTIN_OK)
        p->gtin = text_copy(f->r->work->arena, digits);
    else if (verdict == GTIN_EMPTY)
        p->gtin = "";
    else
        form_fail(f, "gtin", gtin_code(verdict), gtin_say(verdict));
}

static void
read_prices(struct form *f, struct product *p)
{
    enum currency cur = p->price.cur;
    bool given;
    if (form_has(f, "price") || form_has(f, "price.amount")) {
        p->price = form_money(f, "price", cur, &given);
        if (!given)
            form_fail(f, "price", "field.needed", "This is needed.");
    } else if (!p->id.n) {
        form_fail(f, "price", "field.needed", "This is needed.");
    }
    if (form_has(f, "compare_at_price") || form_has(f, "compare_at_price.amount"))
        p->compare_at = form_money(f, "compare_at_price", cur, &p->has_compare_at);
    if (p->has_compare_at && p->compare_at.minor <= p->price.minor)
        form_fail(f, "compare_at_price", "product.compare_at", "This must be above the price.");
}

static const char *
text_field(struct form *f, const char *language, const char *what)
{
    return text_printf(f->r->work->arena, "translations.%s.%s", language, what);
}

/* A language is given by any of its members; an empty title takes it away. */
static void
read_text(struct form *f, struct product_text *t)
{
    const char *all = text_printf(f->r->work->arena, "translations.%s", t->language);
    const char *title = text_field(f, t->language, "title");
    const char *description = text_field(f, t->language, "description");
    const char *slug = text_field(f, t->language, "slug");
    if (form_has(f, title))
        t->title = form_text(f, title, 0, 200);
    else if (form_has(f, all) && !form_raw(f, all))
        t->title = "";
    if (form_has(f, description))
        t->description = form_text(f, description, 0, 9999);
    if (form_has(f, slug))
        t->slug =
            slug_of(f->r->work->arena, form_text(f, slug, 0, 200), PRODUCT_SLUG_MOST, "product");
    if (!*t->title && *t->description)
        form_fail(f, title, "product.title_needed", "A description needs a title.");
    if (*t->title && (!*t->slug || (form_has(f, slug) && !*form_text(f, slug, 0, 200))))
        t->slug = slug_of(f->r->work->arena, t->title, PRODUCT_SLUG_MOST, "product");
}

static void
refuse_unknown_languages(struct form *f)
{
    for (size_t i = 0; i < f->count; i++) {
        const char *name = f->at[i].name;
        if (!text_starts(name, "translations."))
            continue;
        const char *code = name + strlen("translations.");
        char *language = text_copy_n(f->r->work->arena, code, strcspn(code, "."));
        if (!language_known(language))
            form_fail(f, name, "product.language", "This language is not offered.");
    }
}

void
product_read(struct form *f, struct product *p)
{
    const char *title;
    if (form_has(f, "sku") || !p->id.n)
        p->sku = form_text(f, "sku", 1, 64);
    if (form_has(f, "gtin"))
        read_gtin(f, p);
    if (form_has(f, "brand"))
        p->brand = form_text(f, "brand", 0, 200);
    if (form_has(f, "category"))
        p->category = form_text(f, "category", 0, 200);
    read_prices(f, p);
    if (form_has(f, "active"))
        p->active = form_flag(f, "active");
    for (size_t i = 0; i < CATALOG_TEXTS_MAX; i++)
        read_text(f, &p->texts[i]);
    refuse_unknown_languages(f);
    title = product_title(p, "en", NULL);
    if (!*title && !form_done(f))
        form_fail(f, "translations.en.title", "product.title_needed",
                  "A title in one language at least.");
}
