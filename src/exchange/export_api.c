/* Exports for programs. */
#include "base/text.h"
#include "exchange/export.h"
#include "exchange/routes.h"
#include "http/cursor.h"
#include "http/form.h"
#include "http/json.h"

#define PAGE      50
#define PAGE_MOST 200

static void
put_export(struct req *r, struct json *j, const struct export *e)
{
    json_put_object(j, NULL);
    json_put_id(j, "id", e->id.n);
    json_put_text(j, "format", export_format_names[e->format]);
    json_put_text(j, "state", export_state_names[e->state]);
    json_put_text(j, "failure", e->failure);
    json_put_array(j, "languages");
    for (size_t i = 0; i < e->language_count; i++)
        json_put_text(j, NULL, e->languages[i]);
    json_put_end(j);
    json_put_object(j, "filter");
    json_put_text(j, "q", e->filter.q);
    json_put_text(j, "status", e->filter.status);
    json_put_text(j, "category", e->filter.category);
    json_put_end(j);
    json_put_i64(j, "products", e->products);
    json_put_i64(j, "of_products", e->of_products);
    json_put_i64(j, "bytes", e->bytes);
    json_put_text(j, "file",
                  e->path ? text_printf(r->work->arena, "/api/v1/vendor/exports/%lld/file",
                                        (long long)e->id.n)
                          : NULL);
    json_put_time(j, "created_at", e->added_us);
    json_put_time_or_null(j, "ended_at", e->ended_us);
    json_put_end(j);
}

static struct err *
answer(struct req *r, int status, struct export_id id)
{
    struct export e;
    struct json j = json_begin(r->work->arena);
    TRY(export_load(r->work, id, &e));
    put_export(r, &j, &e);
    return json_answer(r, status, &j.out);
}

struct err *
exchange_get_exports(struct req *r)
{
    struct exports all;
    int64_t behind, limit;
    TRY(query_limit(r, PAGE, PAGE_MOST, &limit));
    TRY(cursor_read_id(r, &behind));
    TRY(exports_list(r->work, behind, limit, &all));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_array(&j, "data");
    for (size_t i = 0; i < all.count; i++)
        put_export(r, &j, &all.at[i]);
    json_put_end(&j);
    json_put_text(&j, "next_cursor",
                  all.more ? cursor_make_id(r, all.at[all.count - 1].id.n) : NULL);
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

/* `languages` is an array: languages.0, languages.1 … */
static const char *
joined_languages(struct form *f)
{
    struct arena *a = f->r->work->arena;
    struct buf b = buf_new(a, 32);
    for (int i = 0; form_has(f, text_printf(a, "languages.%d", i)); i++) {
        buf_text(&b, i ? " " : "");
        buf_text(&b, form_word(f, text_printf(a, "languages.%d", i), 1, 20));
    }
    return b.at;
}

static const char *
or_null(const char *text)
{
    return *text ? text : NULL;
}

struct err *
exchange_post_export_json(struct req *r)
{
    struct form f;
    struct export_id id;
    TRY(form_read(r, &f));
    struct export_draft draft = { .format = form_word(&f, "format", 0, 40) };
    if (!*draft.format)
        draft.format = export_format_names[EXPORT_OWN];
    draft.languages = joined_languages(&f);
    draft.filter.q = or_null(form_text(&f, "filter.q", 0, 200));
    draft.filter.status = or_null(form_word(&f, "filter.status", 0, 20));
    draft.filter.category = or_null(form_text(&f, "filter.category", 0, 1000));
    TRY(form_done(&f));
    TRY(export_add(r->work, &draft, &id));
    resp_header(r, "Location",
                text_printf(r->work->arena, "/api/v1/vendor/exports/%lld", (long long)id.n));
    return answer(r, 201, id);
}

struct err *
exchange_get_export(struct req *r)
{
    struct export_id id;
    TRY(param_id(r, 0, &id.n));
    return answer(r, 200, id);
}
