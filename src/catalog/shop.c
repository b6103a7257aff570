/* The shop window: pages that anyone may see, in the shop's own languages. An address with a
 * product's slug says its language too; one of before leads on to the one of now. */
#include <string.h>

#include "base/settings.h"
#include "base/text.h"
#include "catalog/category.h"
#include "catalog/filter.h"
#include "catalog/inside.h"
#include "catalog/routes.h"
#include "catalog/terms.h"
#include "catalog/tongue.h"
#include "db/db.h"
#include "http/cursor.h"
#include "images/images.h"
#include "view/value.h"

#define PAGE 60

/* ---- The shop ---- */

static struct err *
load_shop(struct req *r, struct val *m, struct shop_terms *terms)
{
    TRY(shop_terms_load(r->work, terms));
    struct val *shop = val_set_map(m, "shop");
    val_set_text(shop, "slug", terms->slug);
    val_set_text(shop, "path", text_printf(r->work->arena, "/shops/%s", terms->slug));
    val_set_text(shop, "name", terms->name);
    val_set_bool(shop, "with_tax", terms->prices_with_tax);
    return NULL;
}

/* The language of what is on show: asked for by `in`, else the reader's, else the shop's usual. */
static const char *
language_of(struct req *r, const struct shop_terms *terms)
{
    const char *wanted[] = { query_text(r, "in"), r->work->language };
    for (size_t w = 0; w < COUNT(wanted); w++)
        for (size_t i = 0; i < terms->language_count; i++)
            if (text_is(wanted[w], terms->languages[i]))
                return terms->languages[i];
    return terms->languages[0];
}

static struct val *
add_language(struct val *list, const char *code, const char *current, const char *href)
{
    struct val *row = val_add_map(list);
    val_set_text(row, "code", code);
    val_set_text(row, "name", tongue_name(code));
    val_set_text(row, "dir", tongue_direction(code));
    val_set_text(row, "href", href);
    val_set_bool(row, "current", text_is(code, current));
    return row;
}

/* What is said of the language of the answer, to browsers and search engines. */
static void
set_language(struct req *r, struct val *m, const char *code)
{
    val_set_text(m, "text_lang", code);
    val_set_text(m, "text_dir", tongue_direction(code));
    resp_header(r, "Content-Language", code);
}

static const char *
absolute(struct req *r, const char *path)
{
    return text_join(r->work->arena, r->work->settings->public_url, path, NULL);
}

/* ---- Categories ---- */

/* In the words of the language where there are some. */
static const char *
name_in(const struct rows *names, const struct category *c)
{
    for (int i = 0; i < names->count; i++) {
        struct scan s = rows_at(names, i);
        if (scan_i64(&s) == c->id.n)
            return scan_text(&s);
    }
    return c->name;
}

static void
add_category(struct req *r, struct val *list, const struct rows *names, const struct category *c)
{
    struct val *row = val_add_map(list);
    val_set_text(row, "name", name_in(names, c));
    val_set_text(row, "href", query_with(r, "category", text_i64(r->work->arena, c->id.n)));
}

/* Where one is in the tree, and what is below. */
static struct err *
add_categories(struct req *r, struct val *m, const char *language, struct category_id here)
{
    struct categories all;
    struct rows names;
    TRY(categories_load(r->work, false, &all));
    TRY(db_many(r->work, Q_category_names, ARGS(arg_text(language)), &names));
    struct val *below = val_set_list(m, "below"), *above = val_set_list(m, "above");
    for (size_t i = 0; i < all.count; i++) {
        const struct category *c = &all.at[i];
        if (c->parent.n == here.n)
            add_category(r, below, &names, c);
        if (here.n && category_is_below(&all, here, c->id))
            add_category(r, above, &names, c);
    }
    const struct category *c = category_in(&all, here);
    if (here.n && !c)
        return FAIL(r->work->arena, ERR_NOT_FOUND, "category.unknown",
                    "There is no such category.");
    if (c)
        val_set_text(m, "category_name", name_in(&names, c));
    return NULL;
}

/* ---- The list ---- */

static void
set_picture(struct req *r, struct val *row, struct scan *s)
{
    struct arena *a = r->work->arena;
    bool has_image = !scan_null(s);
    struct bytes hash = scan_bytes(r->work, s);
    struct sha256 h;
    if (!has_image || hash.length != sizeof(h.bytes))
        return;
    memcpy(h.bytes, hash.at, sizeof(h.bytes));
    val_set_text(row, "thumb", text_printf(a, "/media/%s", image_name(a, &h, "200")));
    val_set_text(row, "medium", text_printf(a, "/media/%s", image_name(a, &h, "800")));
}

static void
add_goods(struct req *r, struct val *list, const struct shop_terms *terms, struct scan *s)
{
    struct val *row = val_add_map(list);
    scan_skip(s); /* its id */
    val_set_text(row, "title", scan_text(s));
    const char *language = scan_text(s);
    val_set_text(row, "title_lang", language);
    val_set_text(row, "title_dir", tongue_direction(language));
    val_set_text(row, "path",
                 text_printf(r->work->arena, "/shops/%s/products/%s", terms->slug, scan_text(s)));
    scan_skip(s); /* the currency is the shop's */
    struct money least = { scan_i64(s), terms->currency }, most = { scan_i64(s), terms->currency };
    val_set_money(row, "price", least);
    val_set_bool(row, "from", most.minor != least.minor);
    set_picture(r, row, s);
    scan_end(s);
}

/* Where in the window an address is. */
struct place {
    struct product_filter filter;
    const char *key; /* of the row it begins behind, */
    int64_t behind;  /* and that; 0: the first page */
};

/* In what order goods are shown; the first is usual. */
static const char *const window_sorts[] = { "newest", "price", "-price", "title" };

static struct err *
read_place(struct req *r, struct place *out)
{
    struct place p = { .filter = product_filter_read(&r->query), .key = "" };
    const char *keys[2], *sort = p.filter.sort;
    bool further;
    p.filter.status = product_status_names[PRODUCT_ACTIVE];
    p.filter.stock = p.filter.missing = NULL;
    p.filter.sort = window_sorts[0];
    for (size_t i = 0; i < COUNT(window_sorts); i++)
        if (text_is(window_sorts[i], sort))
            p.filter.sort = sort;
    TRY(cursor_read(r, keys, COUNT(keys), &further));
    if (further && !text_to_id(keys[1], &p.behind))
        return cursor_refused(r);
    if (further)
        p.key = keys[0];
    *out = p;
    return NULL;
}

static void
add_sorts(struct val *m, const char *sort, bool answers)
{
    val_set_bool(val_set_map(m, "sort_is"), sort, true);
    val_set_bool(m, "answers", answers);
}

static void
add_list_languages(struct req *r, struct val *m, const struct shop_terms *terms,
                   const char *language)
{
    struct val *list = val_set_list(m, "tongues");
    for (size_t i = 0; i < terms->language_count; i++)
        add_language(list, terms->languages[i], language, query_with(r, "in", terms->languages[i]));
    val_set_bool(m, "several_tongues", terms->language_count > 1);
}

struct err *
catalog_show_shop(struct req *r)
{
    struct arena *a = r->work->arena;
    struct val *m = val_map(a);
    struct shop_terms terms;
    struct place place = { .key = "" };
    struct product_page found;
    struct rows rows;
    TRY(load_shop(r, m, &terms));
    TRY(read_place(r, &place));
    const struct product_filter f = place.filter;
    const char *language = language_of(r, &terms);
    TRY(add_categories(r, m, language, (struct category_id){ f.category }));
    TRY(product_page_load(r->work, &f, place.key, place.behind, PAGE + 1, &found));
    size_t n = found.ids.count < PAGE ? found.ids.count : PAGE;
    TRY(db_many(r->work, Q_catalog_window,
                ARGS(arg_text(language), arg_i64s(r->work, found.ids.at, n)), &rows));
    struct val *list = val_set_list(m, "products");
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        add_goods(r, list, &terms, &s);
    }
    add_list_languages(r, m, &terms, language);
    set_language(r, m, language);
    val_set_bool(m, "has_products", rows.count > 0);
    val_set_text(m, "q", f.q ? f.q : "");
    val_set_bool(m, "filtered", f.q || f.category);
    add_sorts(m, f.sort, f.q != NULL);
    if (found.corrected)
        val_set_text(m, "corrected", found.corrected);
    if (f.category)
        val_set_i64(m, "category_id", f.category);
    if (place.behind)
        val_set_text(m, "newer", query_with(r, "cursor", NULL));
    if (found.ids.count > PAGE) {
        const char *last[] = { found.keys[PAGE - 1], text_i64(a, found.ids.at[PAGE - 1]) };
        val_set_text(m, "older", query_with(r, "cursor", cursor_make(r, last, COUNT(last))));
    }
    resp_header(r, "Cache-Control", "private, max-age=60");
    return page(r, "shop/list", m);
}

/* ---- One product ---- */

/* By its id, or by its address in a language. *moved: where the address leads now. */
static struct err *
find_product(struct req *r, const struct shop_terms *terms, struct product *p,
             const char **language, const char **moved)
{
    struct product_id id;
    struct scan s;
    bool found;
    *language = language_of(r, terms);
    *moved = NULL;
    if (text_to_id(r->params[1], &id.n))
        return product_load(r->work, id, p);
    TRY(db_maybe(r->work, Q_catalog_by_slug,
                 ARGS(arg_text(r->params[1]), arg_text(r->work->language)), &found, &s));
    if (!found)
        return FAIL(r->work->arena, ERR_NOT_FOUND, "product.unknown", "There is no such product.");
    id.n = scan_i64(&s);
    *language = scan_text(&s);
    const char *slug = scan_text(&s);
    if (!text_is(slug, r->params[1]))
        *moved = text_printf(r->work->arena, "/shops/%s/products/%s", terms->slug, slug);
    return product_load(r->work, id, p);
}

static void
add_variants(struct val *m, struct arena *a, const struct product *p)
{
    struct val *list = val_set_list(m, "variants");
    bool any = false;
    for (size_t i = 0; i < p->variant_count; i++) {
        const struct product_variant *v = &p->variants[i];
        struct val *row = val_add_map(list);
        struct buf name = buf_new(a, 64);
        bool out = v->tracked && !v->backorder && v->available <= 0;
        for (size_t k = 0; k < p->option_count; k++)
            buf_printf(&name, "%s%s", k ? ", " : "", v->values[k]);
        val_set_i64(row, "id", v->id.n);
        val_set_text(row, "name", name.at);
        val_set_text(row, "sku", v->sku);
        val_set_money(row, "price", v->has_price ? v->price : p->price);
        val_set_bool(row, "out", out);
        any |= !out;
    }
    val_set_bool(m, "can_buy", any);
    val_set_bool(m, "has_options", p->option_count > 0);
    if (!p->option_count && p->variant_count)
        val_set_i64(m, "variant", p->variants[0].id.n);
    struct buf names = buf_new(a, 64);
    for (size_t k = 0; k < p->option_count; k++)
        buf_printf(&names, "%s%s", k ? ", " : "", p->options[k]);
    val_set_text(m, "options", names.at);
}

/* The same product in its other languages, each by its own address. */
static void
add_product_languages(struct req *r, struct val *m, const struct shop_terms *terms,
                      const struct product *p, const char *language)
{
    struct val *list = val_set_list(m, "tongues");
    for (size_t i = 0; i < p->text_count; i++) {
        const struct product_text *t = &p->texts[i];
        const char *path =
            text_printf(r->work->arena, "/shops/%s/products/%s", terms->slug, t->slug);
        struct val *row = add_language(list, t->language, language, path);
        val_set_text(row, "url", absolute(r, path));
        if (text_is(t->language, language))
            val_set_text(m, "canonical", absolute(r, path));
    }
    val_set_bool(m, "several_tongues", p->text_count > 1);
}

static void
add_facts(struct val *m, const struct product *p)
{
    val_set_text(m, "brand", p->brand);
    val_set_text(m, "category", p->category);
    val_set_text(m, "sku", p->sku);
    val_set_text(m, "gtin", p->gtin);
    val_set_money(m, "price", p->price);
    if (p->has_compare_at)
        val_set_money(m, "compare_at", p->compare_at);
}

static struct err *
moved_to(struct req *r, const char *path)
{
    TRY(see_other(r, path));
    r->resp.status = 301;
    resp_header(r, "Cache-Control", "public, max-age=3600");
    return NULL;
}

struct err *
catalog_show_shop_product(struct req *r)
{
    struct val *m = val_map(r->work->arena);
    struct shop_terms terms;
    struct product p;
    struct images images;
    const char *language, *moved;
    TRY(load_shop(r, m, &terms));
    TRY(find_product(r, &terms, &p, &language, &moved));
    if (p.status != PRODUCT_ACTIVE)
        return FAIL(r->work->arena, ERR_NOT_FOUND, "product.unknown", "There is no such product.");
    if (moved)
        return moved_to(r, moved);
    TRY(images_of_product(r->work, p.id, &images));
    val_set_text(m, "title", product_title(&p, language, &language));
    const struct product_text *text = product_text_in(&p, language);
    val_set_text(m, "description", text ? text->description : "");
    set_language(r, m, language);
    add_facts(m, &p);
    add_variants(m, r->work->arena, &p);
    add_product_languages(r, m, &terms, &p, language);
    images_model(m, &images);
    resp_header(r, "Cache-Control", "private, max-age=60");
    return page(r, "shop/product", m);
}
