/* The vendor's pages of categories: the tree, and one of them. */
#include "base/text.h"
#include "catalog/category.h"
#include "catalog/routes.h"
#include "catalog/terms.h"
#include "catalog/tongue.h"
#include "http/form.h"
#include "view/value.h"

static bool
is_mendable(const struct err *e)
{
    return e && e->field && (e->kind == ERR_INVALID || e->kind == ERR_CONFLICT);
}

/* The transaction is lost with a refused statement: what is shown comes from a new one. */
static void
read_again(struct req *r)
{
    tx_rollback(r->work);
    tx_open(r->work, TX_READ);
}

static struct val *
category_model(struct arena *a, struct val *row, const struct category *c)
{
    val_set_i64(row, "id", c->id.n);
    val_set_text(row, "href", text_printf(a, "/vendor/categories/%lld", (long long)c->id.n));
    val_set_text(row, "shown",
                 text_printf(a, "/vendor/products?category=%lld", (long long)c->id.n));
    val_set_text(row, "name", c->name);
    val_set_text(row, "path", c->path);
    val_set_count(row, "products", c->products);
    val_set_text(row, "google_id", c->google_id ? text_i64(a, c->google_id) : "");
    struct val *steps = val_set_list(row, "steps"); /* one for each step of the tree */
    for (int64_t i = 0; i < c->depth; i++)
        val_add_text(steps, "–");
    return row;
}

/* ---- The tree ---- */

static struct err *
show_tree(struct req *r, int status, const struct form *f, const struct err *e)
{
    struct val *m = val_map(r->work->arena);
    struct categories all;
    TRY(categories_load(r->work, true, &all));
    if (f)
        form_show(f, e, m);
    struct val *list = val_set_list(m, "categories");
    for (size_t i = 0; i < all.count; i++)
        category_model(r->work->arena, val_add_map(list), &all.at[i]);
    val_set_bool(m, "has_categories", all.count > 0);
    val_set_count(m, "count", (int64_t)all.count);
    return page_status(r, status, "vendor/categories/list", m);
}

struct err *
catalog_show_categories(struct req *r)
{
    return show_tree(r, 200, NULL, NULL);
}

struct err *
catalog_post_category_new(struct req *r)
{
    struct form f;
    struct category_id id;
    TRY(form_read(r, &f));
    struct category_id parent = { form_i64(&f, "parent", 1, INT64_MAX, 0) };
    const char *name = form_text(&f, "name", 1, 100);
    struct err *e = form_done(&f);
    if (!e)
        e = category_add(r->work, parent, name, &id);
    if (is_mendable(e)) {
        read_again(r);
        return show_tree(r, 422, &f, e);
    }
    TRY(e);
    return see_other(r, "/vendor/categories?done=category.added");
}

/* ---- One ---- */

static struct err *
load_one(struct req *r, struct categories *all, const struct category **out)
{
    struct category_id id;
    TRY(param_id(r, 0, &id.n));
    TRY(categories_load(r->work, true, all));
    *out = category_in(all, id);
    return *out ? NULL
                : FAIL(r->work->arena, ERR_NOT_FOUND, "category.unknown",
                       "There is no such category.");
}

static struct err *
add_names(struct req *r, struct val *m, struct category_id id)
{
    struct arena *a = r->work->arena;
    struct shop_terms terms;
    struct category_text *texts;
    size_t n;
    TRY(shop_terms_load(r->work, &terms));
    TRY(category_texts_load(r->work, id, &texts, &n));
    struct val *list = val_set_list(m, "texts");
    for (size_t i = 0; i < terms.language_count; i++) {
        const char *language = terms.languages[i];
        struct val *row = val_add_map(list);
        val_set_text(row, "code", language);
        val_set_text(row, "language", tongue_name(language));
        val_set_text(row, "field", text_printf(a, "translations.%s", language));
        val_set_text(row, "value", "");
        for (size_t k = 0; k < n; k++)
            if (text_is(texts[k].language, language))
                val_set_text(row, "value", texts[k].name);
    }
    return NULL;
}

static struct err *
show_one(struct req *r, int status, const struct form *f, const struct err *e)
{
    struct arena *a = r->work->arena;
    struct val *m = val_map(a);
    struct categories all;
    const struct category *c;
    TRY(load_one(r, &all, &c));
    form_prefill(m, "name", c->name);
    form_prefill(m, "google_id", c->google_id ? text_i64(a, c->google_id) : "");
    if (f)
        form_show(f, e, m);
    category_model(a, m, c);
    TRY(add_names(r, m, c->id));
    struct val *others = val_set_list(m, "others");
    for (size_t i = 0; i < all.count; i++) {
        if (category_is_below(&all, all.at[i].id, c->id))
            continue;
        struct val *row = category_model(a, val_add_map(others), &all.at[i]);
        val_set_bool(row, "selected", all.at[i].id.n == c->parent.n);
    }
    return page_status(r, status, "vendor/categories/edit", m);
}

struct err *
catalog_show_category(struct req *r)
{
    return show_one(r, 200, NULL, NULL);
}

static struct err *
save_names(struct req *r, struct form *f, struct category_id id)
{
    struct shop_terms terms;
    TRY(shop_terms_load(r->work, &terms));
    for (size_t i = 0; i < terms.language_count; i++) {
        const char *field = text_join(r->work->arena, "translations.", terms.languages[i], NULL);
        if (form_has(f, field))
            TRY(category_text_save(r->work, id, terms.languages[i], form_text(f, field, 0, 100)));
    }
    return NULL;
}

static struct err *
save_one(struct req *r, struct form *f, const struct category *c)
{
    struct category_id parent = { form_i64(f, "parent", 1, INT64_MAX, 0) };
    int64_t google = form_i64(f, "google_id", 1, INT32_MAX, 0);
    const char *name = form_text(f, "name", 1, 100);
    TRY(form_done(f));
    TRY(category_place(r->work, c->id, parent, name));
    TRY(category_set_google(r->work, c->id, google));
    return save_names(r, f, c->id);
}

/* POST …/{category}: save, or put together with another, or delete. */
struct err *
catalog_post_category(struct req *r)
{
    struct form f;
    struct categories all;
    const struct category *c;
    TRY(load_one(r, &all, &c));
    TRY(form_read(r, &f));
    const char *act = form_raw(&f, "do");
    struct category_id into = { form_i64(&f, "into", 1, INT64_MAX, 0) };
    struct err *e = text_is(act, "merge")    ? category_merge(r->work, c->id, into)
                    : text_is(act, "delete") ? category_delete(r->work, c->id)
                                             : save_one(r, &f, c);
    if (is_mendable(e)) {
        read_again(r);
        return show_one(r, 422, &f, e);
    }
    if (e && text_is(e->code, "category.in_use"))
        return see_other(r, text_printf(r->work->arena,
                                        "/vendor/categories/%lld?failed=category.in_use",
                                        (long long)c->id.n));
    TRY(e);
    return see_other(r, text_is(act, "merge") || text_is(act, "delete")
                            ? "/vendor/categories?done=category.gone"
                            : "/vendor/categories?done=category.saved");
}
