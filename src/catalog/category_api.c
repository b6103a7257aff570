/* Categories as JSON. */
#include <string.h>

#include "base/text.h"
#include "catalog/category.h"
#include "catalog/routes.h"
#include "http/form.h"
#include "http/json.h"

static void
put_category(struct json *j, const struct category *c)
{
    json_put_object(j, NULL);
    json_put_id(j, "id", c->id.n);
    json_put_text(j, "name", c->name);
    json_put_text(j, "path", c->path);
    if (c->parent.n)
        json_put_id(j, "parent", c->parent.n);
    else
        json_put_null(j, "parent");
    if (c->google_id)
        json_put_i64(j, "google_id", c->google_id);
    else
        json_put_null(j, "google_id");
    json_put_i64(j, "products", c->products);
    json_put_raw(j, "translations", BYTES(c->texts, strlen(c->texts)));
    json_put_end(j);
}

/* All of them: a tree is of use as a whole only, and is no longer than a page can be. */
struct err *
catalog_get_categories(struct req *r)
{
    struct categories all;
    struct json j = json_begin(r->work->arena);
    TRY(query_only(r, NULL, 0));
    TRY(categories_load(r->work, true, &all));
    json_put_object(&j, NULL);
    json_put_array(&j, "data");
    for (size_t i = 0; i < all.count; i++)
        put_category(&j, &all.at[i]);
    json_put_end(&j);
    json_put_null(&j, "next_cursor");
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

static struct err *
answer_one(struct req *r, int status, struct category_id id)
{
    struct categories all;
    struct json j = json_begin(r->work->arena);
    TRY(categories_load(r->work, true, &all));
    const struct category *c = category_in(&all, id);
    if (!c)
        return FAIL(r->work->arena, ERR_NOT_FOUND, "category.unknown",
                    "There is no such category.");
    put_category(&j, c);
    return json_answer(r, status, &j.out);
}

/* What of the form is about names in other languages and Google's taxonomy. */
static struct err *
save_more(struct req *r, struct form *f, struct category_id id)
{
    static const char prefix[] = "translations.";
    if (form_has(f, "google_id")) {
        int64_t google = form_i64(f, "google_id", 1, INT32_MAX, 0);
        TRY(form_done(f));
        TRY(category_set_google(r->work, id, google));
    }
    for (size_t i = 0; i < f->count; i++) {
        const char *name = f->at[i].name;
        if (text_starts(name, prefix))
            TRY(category_text_save(r->work, id, name + sizeof(prefix) - 1,
                                   form_text(f, name, 0, 100)));
    }
    return form_done(f);
}

struct err *
catalog_post_category_json(struct req *r)
{
    struct form f;
    struct category_id id;
    TRY(form_read(r, &f));
    struct category_id parent = { form_i64(&f, "parent", 1, INT64_MAX, 0) };
    const char *name = form_text(&f, "name", 1, 100);
    TRY(form_done(&f));
    TRY(category_add(r->work, parent, name, &id));
    TRY(save_more(r, &f, id));
    resp_header(r, "Location",
                text_printf(r->work->arena, "/api/v1/vendor/categories/%lld", (long long)id.n));
    return answer_one(r, 201, id);
}

struct err *
catalog_get_category(struct req *r)
{
    struct category_id id;
    TRY(param_id(r, 0, &id.n));
    return answer_one(r, 200, id);
}

struct err *
catalog_patch_category(struct req *r)
{
    struct form f;
    struct category_id id;
    struct categories all;
    TRY(param_id(r, 0, &id.n));
    TRY(categories_load(r->work, false, &all));
    const struct category *c = category_in(&all, id);
    if (!c)
        return FAIL(r->work->arena, ERR_NOT_FOUND, "category.unknown",
                    "There is no such category.");
    TRY(form_read(r, &f));
    struct category_id parent = c->parent;
    if (form_has(&f, "parent"))
        parent.n = form_i64(&f, "parent", 1, INT64_MAX, 0);
    const char *name = form_has(&f, "name") ? form_text(&f, "name", 1, 100) : c->name;
    TRY(form_done(&f));
    TRY(category_place(r->work, id, parent, name));
    TRY(save_more(r, &f, id));
    return answer_one(r, 200, id);
}

/* With `into` in the address its products and categories go there first. */
struct err *
catalog_delete_category(struct req *r)
{
    struct category_id id, into = { 0 };
    const char *text = query_text(r, "into");
    TRY(QUERY_ONLY(r, "into"));
    TRY(param_id(r, 0, &id.n));
    if (text && !text_to_id(text, &into.n))
        return FAIL_FIELD(r->work->arena, ERR_MALFORMED, "category.unknown", "into",
                          "into must be the id of a category.");
    TRY(text ? category_merge(r->work, id, into) : category_delete(r->work, id));
    return no_content(r);
}
