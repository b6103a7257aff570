/* A tree of at most some thousand rows: rules look at all of it in memory, writes go by id. */
#include "catalog/category.h"

#include <string.h>

#include "base/text.h"
#include "db/db.h"
#include "hooks/hooks.h"
#include "view/value.h"

static const struct db_refusal refusals[] = {
    { "category_path_once", "category.taken", "name", "There is a category of this name here." },
    { "category_name_form", "category.name", "name", "1 to 100 characters, without \">\"." },
    { "category_path_length", "category.name", "name", "The whole path is too long." },
};

static struct err *
refused(struct work *w, struct err *e)
{
    return db_refusal(w, e, refusals, COUNT(refusals));
}

/* ---- Reading ---- */

static struct err *
count_products(struct work *w, struct categories *all)
{
    struct rows rows;
    TRY(db_many(w, Q_category_counts, NO_ARGS, &rows));
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        int64_t id = scan_i64(&s), n = scan_i64(&s);
        scan_end(&s);
        for (size_t k = 0; k < all->count; k++)
            if (all->at[k].id.n == id)
                all->at[k].products = n;
    }
    return NULL;
}

static int64_t
depth_of(const char *path)
{
    int64_t depth = 0;
    for (const char *at = path; (at = strstr(at, " > ")); at += 3)
        depth++;
    return depth;
}

struct err *
categories_load(struct work *w, bool counted, struct categories *out)
{
    struct rows rows;
    TRY(db_many(w, Q_category_list, NO_ARGS, &rows));
    struct categories all = { NEW_ARRAY(w->arena, struct category, (size_t)rows.count + 1),
                              (size_t)rows.count };
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        struct category *c = &all.at[i];
        c->id.n = scan_i64(&s);
        c->parent.n = scan_i64(&s);
        c->name = scan_text(&s);
        c->path = scan_text(&s);
        c->google_id = scan_i64(&s);
        const char *texts = scan_text(&s);
        c->texts = *texts ? texts : "{}";
        c->depth = depth_of(c->path);
        scan_end(&s);
    }
    if (counted)
        TRY(count_products(w, &all));
    *out = all;
    return NULL;
}

const struct category *
category_in(const struct categories *all, struct category_id id)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->at[i].id.n == id.n)
            return &all->at[i];
    return NULL;
}

bool
category_is_below(const struct categories *all, struct category_id below, struct category_id id)
{
    for (size_t steps = 0; below.n && steps <= all->count; steps++) {
        const struct category *c = category_in(all, below);
        if (below.n == id.n)
            return true;
        below = c ? c->parent : (struct category_id){ 0 };
    }
    return false;
}

struct err *
categories_model(struct work *w, struct val *model, int64_t selected, const char *path)
{
    struct categories all;
    TRY(categories_load(w, false, &all));
    struct val *list = val_set_list(model, "categories");
    val_set_bool(model, "has_categories", all.count > 0);
    for (size_t i = 0; i < all.count; i++) {
        const struct category *c = &all.at[i];
        struct val *row = val_add_map(list);
        val_set_i64(row, "id", c->id.n);
        val_set_text(row, "path", c->path);
        val_set_text(row, "name", c->name);
        val_set_bool(row, "selected", path ? text_is_any_case(path, c->path) : c->id.n == selected);
    }
    return NULL;
}

struct err *
category_texts_load(struct work *w, struct category_id id, struct category_text **out, size_t *n)
{
    struct rows rows;
    TRY(db_many(w, Q_category_texts, ARGS(arg_i64(w, id.n)), &rows));
    struct category_text *all = NEW_ARRAY(w->arena, struct category_text, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        all[i].language = scan_text(&s);
        all[i].name = scan_text(&s);
        scan_end(&s);
    }
    *out = all;
    *n = (size_t)rows.count;
    return NULL;
}

/* ---- Writing ---- */

static struct err *
check_name(struct work *w, const char *name)
{
    size_t n = text_characters(name);
    if (n >= 1 && n <= 100 && !strchr(name, '>'))
        return NULL;
    return FAIL_FIELD(w->arena, ERR_INVALID, "category.name", "name",
                      "1 to 100 characters, without \">\".");
}

static struct arg
arg_category(struct work *w, struct category_id id)
{
    return id.n ? arg_i64(w, id.n) : arg_null();
}

/* Whoever listens is told of the products in these rows. */
static struct err *
tell(struct work *w, const struct rows *rows)
{
    int64_t *ids = NEW_ARRAY(w->arena, int64_t, (size_t)rows->count + 1);
    for (int i = 0; i < rows->count; i++) {
        struct scan s = rows_at(rows, i);
        ids[i] = scan_i64(&s);
    }
    return rows->count ? hooks_emit_many(w, HOOK_PRODUCT_CHANGED, ids, NULL, (size_t)rows->count)
                       : NULL;
}

struct err *
category_add(struct work *w, struct category_id parent, const char *name, struct category_id *out)
{
    struct scan s;
    TRY(check_name(w, name));
    TRY(refused(w, db_one(w, Q_category_add, ARGS(arg_category(w, parent), arg_text(name)), &s)));
    out->n = scan_i64(&s);
    scan_end(&s);
    return NULL;
}

static struct err *
place(struct work *w, struct category_id id, struct category_id parent, const char *name)
{
    struct rows moved, products;
    TRY(refused(w,
                db_many(w, Q_category_place,
                        ARGS(arg_i64(w, id.n), arg_category(w, parent), arg_text(name)), &moved)));
    int64_t *ids = NEW_ARRAY(w->arena, int64_t, (size_t)moved.count + 1);
    for (int i = 0; i < moved.count; i++) {
        struct scan s = rows_at(&moved, i);
        ids[i] = scan_i64(&s);
    }
    TRY(db_many(w, Q_category_products, ARGS(arg_i64s(w, ids, (size_t)moved.count)), &products));
    return tell(w, &products);
}

static struct err *
check_two(struct work *w, const struct categories *all, struct category_id id,
          struct category_id other)
{
    if (!category_in(all, id) || (other.n && !category_in(all, other)))
        return FAIL(w->arena, ERR_NOT_FOUND, "category.unknown", "There is no such category.");
    if (category_is_below(all, other, id))
        return FAIL_FIELD(w->arena, ERR_INVALID, "category.inside_itself", "parent",
                          "A category cannot be in itself.");
    return NULL;
}

struct err *
category_place(struct work *w, struct category_id id, struct category_id parent, const char *name)
{
    struct categories all;
    TRY(categories_load(w, false, &all));
    TRY(check_two(w, &all, id, parent));
    TRY(check_name(w, name));
    return place(w, id, parent, name);
}

struct err *
category_merge(struct work *w, struct category_id id, struct category_id into)
{
    struct categories all;
    struct rows products;
    TRY(categories_load(w, false, &all));
    TRY(check_two(w, &all, id, into));
    if (!into.n)
        return FAIL(w->arena, ERR_NOT_FOUND, "category.unknown", "There is no such category.");
    TRY(db_many(w, Q_category_hand_over, ARGS(arg_i64(w, id.n), arg_i64(w, into.n)), &products));
    TRY(tell(w, &products));
    for (size_t i = 0; i < all.count; i++)
        if (all.at[i].parent.n == id.n)
            TRY(place(w, all.at[i].id, into, all.at[i].name));
    return db_exec(w, Q_category_delete, ARGS(arg_i64(w, id.n)), NULL);
}

struct err *
category_delete(struct work *w, struct category_id id)
{
    struct categories all;
    TRY(categories_load(w, true, &all));
    const struct category *c = category_in(&all, id);
    TRY(check_two(w, &all, id, (struct category_id){ 0 }));
    bool in_use = c->products > 0;
    for (size_t i = 0; i < all.count; i++)
        in_use |= all.at[i].parent.n == id.n;
    if (in_use)
        return FAIL(w->arena, ERR_CONFLICT, "category.in_use",
                    "It holds products or categories. Put it together with another instead.");
    return db_exec(w, Q_category_delete, ARGS(arg_i64(w, id.n)), NULL);
}

struct err *
category_set_google(struct work *w, struct category_id id, int64_t google_id)
{
    return db_exec(w, Q_category_set_google,
                   ARGS(arg_i64(w, id.n), google_id ? arg_i64(w, google_id) : arg_null()), NULL);
}

struct err *
category_text_save(struct work *w, struct category_id id, const char *language, const char *name)
{
    if (!*name)
        return db_exec(w, Q_category_drop_text, ARGS(arg_i64(w, id.n), arg_text(language)), NULL);
    TRY(check_name(w, name));
    return db_exec(w, Q_category_set_text,
                   ARGS(arg_i64(w, id.n), arg_text(language), arg_text(name)), NULL);
}
