/* What a form or a JSON body says of a product, read into what is there of it already. Whether it
 * makes a right product is check.c's business. */
#include "base/slug.h"
#include "base/text.h"
#include "catalog/gtin.h"
#include "catalog/inside.h"
#include "catalog/tongue.h"
#include "http/form.h"

#include <string.h>

const char *const product_status_names[PRODUCT_STATUSES] = { "draft", "active", "archived" };

struct product
product_blank(enum currency currency)
{
    struct product p = {
        .sku = "", .gtin = "", .brand = "", .mpn = "", .category = "", .google_category = ""
    };
    p.condition = "new";
    p.price.cur = p.compare_at.cur = currency;
    p.tax_bp = p.weight_g = -1;
    return p;
}

struct product_variant
variant_blank(enum currency currency)
{
    struct product_variant v = { .sku = "", .gtin = "", .weight_g = -1 };
    v.price.cur = v.compare_at.cur = currency;
    for (size_t i = 0; i < PRODUCT_OPTIONS_MAX; i++)
        v.values[i] = "";
    return v;
}

struct product_text *
product_text_in(const struct product *p, const char *language)
{
    for (size_t i = 0; i < p->text_count; i++)
        if (text_is(p->texts[i].language, language))
            return &p->texts[i];
    return NULL;
}

struct product_text *
product_text_for(struct arena *a, struct product *p, const char *language)
{
    struct product_text *there = product_text_in(p, language);
    if (there || p->text_count == PRODUCT_TEXTS_MAX)
        return there;
    struct product_text *more = NEW_ARRAY(a, struct product_text, p->text_count + 1);
    if (p->text_count)
        memcpy(more, p->texts, p->text_count * sizeof(*more));
    more[p->text_count] = (struct product_text){ language, "", "", "" };
    p->texts = more;
    return &p->texts[p->text_count++];
}

void
product_own(struct arena *a, struct product *p)
{
    struct product_text *texts = NEW_ARRAY(a, struct product_text, p->text_count + 1);
    struct product_variant *variants = NEW_ARRAY(a, struct product_variant, p->variant_count + 1);
    if (p->text_count)
        memcpy(texts, p->texts, p->text_count * sizeof(*texts));
    if (p->variant_count)
        memcpy(variants, p->variants, p->variant_count * sizeof(*variants));
    p->texts = texts;
    p->variants = variants;
}

const char *
product_title(const struct product *p, const char *language, const char **found)
{
    const struct product_text *best = NULL;
    for (size_t i = 0; i < p->text_count; i++) {
        const struct product_text *t = &p->texts[i];
        if (*t->title && (!best || text_is(t->language, language)))
            best = t;
    }
    if (found)
        *found = best ? best->language : "";
    return best ? best->title : "";
}

/* ---- Members that a product and a variant share ---- */

static const char *
in(struct form *f, const char *prefix, const char *name)
{
    return *prefix ? text_join(f->r->work->arena, prefix, name, NULL) : name;
}

static const char *
read_gtin(struct form *f, const char *name)
{
    char digits[15];
    enum gtin_verdict verdict = gtin_read(form_text(f, name, 0, 40), digits);
    if (verdict == GTIN_OK)
        return text_copy(f->r->work->arena, digits);
    if (verdict != GTIN_EMPTY)
        form_fail(f, name, gtin_code(verdict), gtin_say(verdict));
    return "";
}

static bool
has_money(struct form *f, const char *name)
{
    return form_has(f, name) || form_has(f, text_join(f->r->work->arena, name, ".amount", NULL));
}

static int64_t
read_weight(struct form *f, const char *name)
{
    return form_i64(f, name, 0, INT32_MAX, -1);
}

/* ---- The product's own ---- */

static void
read_prices(struct form *f, struct product *p)
{
    enum currency cur = p->price.cur;
    bool given;
    if (has_money(f, "price")) {
        p->price = form_money(f, "price", cur, &given);
        if (!given)
            form_fail(f, "price", "field.needed", "This is needed.");
        p->given |= 1u << PRODUCT_HAS_PRICE;
    }
    if (has_money(f, "compare_at_price"))
        p->compare_at = form_money(f, "compare_at_price", cur, &p->has_compare_at);
}

static void
read_status(struct form *f, struct product *p)
{
    if (form_has(f, "status")) {
        const char *word = form_word(f, "status", 1, 20);
        for (int i = 0; i < PRODUCT_STATUSES; i++)
            if (text_is(word, product_status_names[i])) {
                p->status = (enum product_status)i;
                return;
            }
        form_fail(f, "status", "product.status", "draft, active or archived.");
    } else if (form_has(f, "active")) {
        bool active = form_flag(f, "active");
        if (active)
            p->status = PRODUCT_ACTIVE;
        else if (p->status == PRODUCT_ACTIVE)
            p->status = PRODUCT_DRAFT;
    }
}

/* "19.5" or "19,5" per cent, or hundredths of one as `tax_bp`. */
static void
read_tax(struct form *f, struct product *p)
{
    if (form_has(f, "tax_bp"))
        p->tax_bp = form_i64(f, "tax_bp", 0, 10000, -1);
    else if (form_has(f, "tax_rate"))
        p->tax_bp = percent_read(f, "tax_rate", -1);
}

/* An array, or in one text with commas between. */
static const char **
read_list(struct form *f, const char *name, size_t most, size_t longest, size_t *n)
{
    struct arena *a = f->r->work->arena;
    const char **list = NEW_ARRAY(a, const char *, most + 1);
    *n = 0;
    if (form_raw(f, name) && !form_is_nested(f, name)) {
        const char *text = form_text(f, name, 0, most * (longest + 2));
        while (*text && *n < most) {
            size_t part = strcspn(text, ",");
            char *one = text_trim(a, text_copy_n(a, text, part));
            if (*one)
                list[(*n)++] = one;
            text += part + (text[part] == ',');
        }
        return list;
    }
    for (size_t i = 0;; i++) {
        const char *at = text_printf(a, "%s.%zu", name, i);
        if (!form_has(f, at))
            return list;
        const char *one = form_text(f, at, 0, longest);
        if (*n == most) {
            form_fail(f, name, "field.too_many", text_printf(a, "At most %zu.", most));
            return list;
        }
        if (*one)
            list[(*n)++] = one;
    }
}

/* Where the values of an option stand now: by its name, or by its place where it was renamed. */
static void
align_values(struct product *p, const char *const *before, size_t count)
{
    for (size_t v = 0; v < p->variant_count; v++) {
        const char *old[PRODUCT_OPTIONS_MAX];
        memcpy(old, p->variants[v].values, sizeof(old));
        for (size_t i = 0; i < PRODUCT_OPTIONS_MAX; i++) {
            size_t from = count == p->option_count ? i : PRODUCT_OPTIONS_MAX;
            for (size_t k = 0; i < p->option_count && k < count; k++)
                if (text_is(p->options[i], before[k]))
                    from = k;
            p->variants[v].values[i] =
                i < p->option_count && from < PRODUCT_OPTIONS_MAX ? old[from] : "";
        }
    }
}

static void
read_options(struct form *f, struct product *p)
{
    const char *before[PRODUCT_OPTIONS_MAX];
    size_t count = p->option_count;
    memcpy(before, p->options, sizeof(before));
    const char **names = read_list(f, "options", PRODUCT_OPTIONS_MAX, 100, &p->option_count);
    memcpy(p->options, names, p->option_count * sizeof(*names));
    align_values(p, before, count);
}

/* ---- Texts ---- */

/* A language is given by any of its members; an empty title takes it away. */
static void
read_text(struct form *f, struct product *p, const char *language)
{
    struct arena *a = f->r->work->arena;
    const char *all = text_join(a, "translations.", language, NULL);
    const char *title = text_join(a, all, ".title", NULL),
               *description = text_join(a, all, ".description", NULL),
               *slug = text_join(a, all, ".slug", NULL);
    if (!tongue_is_valid(language)) {
        form_fail(f, all, "product.language", "There is no such language.");
        return;
    }
    struct product_text *t = product_text_for(a, p, language);
    if (!t) {
        form_fail(f, all, "product.languages_most", "Texts in 40 languages at most.");
        return;
    }
    if (form_has(f, title))
        t->title = form_text(f, title, 0, 200);
    else if (form_has(f, all) && !form_raw(f, all))
        *t = (struct product_text){ language, "", "", "" };
    if (form_has(f, description))
        t->description = form_text(f, description, 0, 9999);
    if (form_has(f, slug))
        t->slug = form_text(f, slug, 0, 200);
}

static void
read_texts(struct form *f, struct product *p)
{
    static const char prefix[] = "translations.";
    struct arena *a = f->r->work->arena;
    const char *last = "";
    for (size_t i = 0; i < f->count; i++) {
        const char *name = f->at[i].name;
        if (!text_starts(name, prefix))
            continue;
        name += strlen(prefix);
        size_t n = strcspn(name, ".");
        if (strlen(last) == n && strncmp(name, last, n) == 0)
            continue; /* its members follow each other */
        last = text_copy_n(a, name, n);
        read_text(f, p, last);
    }
}

/* ---- Variants ---- */

static struct product_variant *
variant_known(const struct product *p, struct variant_id id, const char *sku)
{
    for (size_t i = 0; i < p->variant_count; i++) {
        struct product_variant *v = &p->variants[i];
        if (id.n ? v->id.n == id.n : *sku && text_is_any_case(v->sku, sku))
            return v;
    }
    return NULL;
}

void
variant_read(struct form *f, const struct product *p, const char *prefix, struct product_variant *v)
{
    struct arena *a = f->r->work->arena;
    enum currency cur = p->price.cur;
    if (form_has(f, in(f, prefix, "sku")))
        v->sku = form_text(f, in(f, prefix, "sku"), 0, 64);
    if (form_has(f, in(f, prefix, "gtin")))
        v->gtin = read_gtin(f, in(f, prefix, "gtin"));
    for (size_t i = 0; i < p->option_count; i++) {
        const char *name = text_join(a, in(f, prefix, "options."), p->options[i], NULL);
        if (form_has(f, name))
            v->values[i] = form_text(f, name, 0, 100);
    }
    if (has_money(f, in(f, prefix, "price")))
        v->price = form_money(f, in(f, prefix, "price"), cur, &v->has_price);
    if (has_money(f, in(f, prefix, "compare_at_price")))
        v->compare_at = form_money(f, in(f, prefix, "compare_at_price"), cur, &v->has_compare_at);
    if (form_has(f, in(f, prefix, "weight_g")))
        v->weight_g = read_weight(f, in(f, prefix, "weight_g"));
    if (form_has(f, in(f, prefix, "tracked")))
        v->tracked = form_flag(f, in(f, prefix, "tracked"));
    if (form_has(f, in(f, prefix, "backorder")))
        v->backorder = form_flag(f, in(f, prefix, "backorder"));
    if (form_has(f, in(f, prefix, "position")))
        v->position = form_i64(f, in(f, prefix, "position"), 1, PRODUCT_VARIANTS_MAX, v->position);
}

/* An id of none of the product's variants is refused: nothing is moved between products. */
static struct variant_id
read_variant_id(struct form *f, const struct product *p, const char *name)
{
    struct variant_id id = { form_i64(f, name, 1, INT64_MAX, 0) };
    if (id.n && !variant_known(p, id, "")) {
        form_fail(f, name, "product.variant_unknown", "This product has no such variant.");
        id.n = 0;
    }
    return id;
}

/* A page of a long sheet: variants that it does not show stay where they are. */
static struct product_variant *
with_others(struct arena *a, const struct product *p, const struct product_variant *some, size_t *n)
{
    struct product_variant *all = NEW_ARRAY(a, struct product_variant, p->variant_count + *n + 1);
    size_t count = 0;
    for (size_t i = 0; i < p->variant_count; i++) {
        all[count] = p->variants[i];
        for (size_t k = 0; k < *n; k++)
            if (some[k].id.n == p->variants[i].id.n) {
                all[count] = some[k];
                all[count].position = p->variants[i].position;
            }
        count++;
    }
    for (size_t k = 0; k < *n; k++)
        if (!some[k].id.n)
            all[count++] = some[k];
    *n = count;
    return all;
}

/* The array says which variants there are; each is what it was, and what is said of it. */
static void
read_variants(struct form *f, struct product *p)
{
    struct arena *a = f->r->work->arena;
    struct product_variant *all = NULL;
    size_t n = 0, room = 0;
    for (;; n++) {
        const char *element = text_printf(a, "variants.%zu", n),
                   *prefix = text_join(a, element, ".", NULL), *sku = in(f, prefix, "sku");
        if (!form_has(f, element) && !form_has(f, sku))
            break;
        if (n == PRODUCT_VARIANTS_MAX) {
            form_fail(f, "variants", "product.variants_most", "2,000 variants at most.");
            break;
        }
        if (n == room) {
            struct product_variant *more = NEW_ARRAY(a, struct product_variant, room * 2 + 8);
            if (n)
                memcpy(more, all, n * sizeof(*all));
            all = more;
            room = room * 2 + 8;
        }
        struct variant_id id = read_variant_id(f, p, in(f, prefix, "id"));
        const struct product_variant *known = variant_known(p, id, form_text(f, sku, 0, 64));
        all[n] = known ? *known : variant_blank(p->price.cur);
        all[n].position = (int64_t)n + 1;
        variant_read(f, p, prefix, &all[n]);
    }
    p->variants = form_flag(f, "variants_partial") ? with_others(a, p, all, &n) : all;
    p->variant_count = n;
}

/* ---- All of it ---- */

void
product_read(struct form *f, struct product *p)
{
    if (form_has(f, "sku") || !p->id.n)
        p->sku = form_text(f, "sku", 1, 64);
    if (form_has(f, "gtin"))
        p->gtin = read_gtin(f, "gtin");
    if (form_has(f, "brand"))
        p->brand = form_text(f, "brand", 0, 200);
    if (form_has(f, "mpn"))
        p->mpn = form_text(f, "mpn", 0, 100);
    if (form_has(f, "category"))
        p->category = form_text(f, "category", 0, PRODUCT_CATEGORY_MOST);
    if (form_has(f, "condition"))
        p->condition = form_word(f, "condition", 1, 20);
    if (form_has(f, "google_category"))
        p->google_category = form_text(f, "google_category", 0, 750);
    read_prices(f, p);
    read_status(f, p);
    read_tax(f, p);
    if (form_has(f, "weight_g"))
        p->weight_g = read_weight(f, "weight_g");
    if (form_has(f, "tags") || form_has(f, "tags.0"))
        p->tags = read_list(f, "tags", PRODUCT_TAGS_MAX, 100, &p->tag_count);
    if (form_has(f, "options") || form_has(f, "options.0"))
        read_options(f, p);
    read_texts(f, p);
    if (form_has(f, "variants") || form_has(f, "variants.0.sku"))
        read_variants(f, p);
}

static bool
has_failed(const struct form *f, const char *field)
{
    for (const struct err *e = f->errors; e; e = e->next)
        if (text_is(e->field, field))
            return true;
    return false;
}

void
product_check_form(struct form *f, struct product *p)
{
    for (struct err *e = product_check(f->r->work->arena, p); e; e = e->next)
        if (!has_failed(f, e->field))
            form_fail(f, e->field, e->code, e->say);
}
