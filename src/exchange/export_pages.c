/* /vendor/products/export, and the same for programs. */
#include "base/text.h"
#include "exchange/export.h"
#include "exchange/import_shown.h"
#include "exchange/routes.h"
#include "exchange/sweep.h"
#include "http/cursor.h"
#include "http/form.h"
#include "view/value.h"

#define PAGE 20

static void
show(struct req *r, struct val *m, const struct export *e)
{
    struct arena *a = r->work->arena;
    val_set_i64(m, "id", e->id.n);
    val_set_text(m, "path", text_printf(a, "/vendor/products/export/%lld", (long long)e->id.n));
    val_set_word(m, "format", text_printf(a, "import.dialect.%s", export_format_names[e->format]));
    val_set_bool(val_set_map(m, "is"), export_state_names[e->state], true);
    val_set_bool(m, "busy", e->state == EXPORT_WAITING || e->state == EXPORT_RUNNING);
    val_set_bool(m, "ready", e->path != NULL);
    val_set_count(m, "products", e->products);
    val_set_count(m, "of_products", e->of_products);
    val_set_i64(m, "done", e->products);
    val_set_i64(m, "of", e->of_products > 0 ? e->of_products : 1);
    val_set_bool(m, "measured", e->of_products > 0);
    val_set_bytes(m, "bytes", e->bytes);
    val_set_time(m, "added", e->added_us);
    val_set_text(m, "added_by", e->added_by);
    val_set_time(m, "as_of", r->work->now_us);
    val_set_text(m, "q", e->filter.q);
    val_set_text(m, "category", e->filter.category);
    if (e->filter.status)
        val_set_word(m, "status", text_printf(a, "import.status.%s", e->filter.status));
    if (e->failure)
        val_set_word(m, "failure", text_printf(a, "err.%s", e->failure));
}

static struct err *
show_form(struct req *r, struct val *m)
{
    struct arena *a = r->work->arena;
    const char **languages;
    size_t n;
    struct val *list = val_set_list(m, "languages_of_shop"), *formats = val_set_list(m, "formats");
    TRY(export_languages(r->work, &languages, &n));
    for (size_t i = 0; i < n; i++)
        val_add_text(list, languages[i]);
    for (int f = 0; f < EXPORT_FORMATS; f++) {
        struct val *row = val_add_map(formats);
        val_set_text(row, "value", export_format_names[f]);
        val_set_word(row, "label", text_printf(a, "import.dialect.%s", export_format_names[f]));
        val_set_word(row, "hint", text_printf(a, "export.say.%s", export_format_names[f]));
        val_set_bool(row, "first", f == 0);
    }
    form_prefill(m, "q", query_text(r, "q"));
    form_prefill(m, "category", query_text(r, "category"));
    const char *status = query_text(r, "status");
    val_set_bool(val_set_map(m, "status_is"), status && *status ? status : "any", true);
    val_set_count(m, "kept_days", EXPORT_KEPT_DAYS);
    return NULL;
}

static struct err *
show_all(struct req *r, int status, const struct form *f, const struct err *e)
{
    struct val *m = val_map(r->work->arena), *list = val_set_list(m, "exports");
    struct exports all;
    int64_t behind;
    TRY(cursor_read_id(r, &behind));
    TRY(exports_list(r->work, behind, PAGE, &all));
    for (size_t i = 0; i < all.count; i++)
        show(r, val_add_map(list), &all.at[i]);
    val_set_bool(m, "has_exports", all.count > 0);
    if (behind)
        val_set_text(m, "newer", query_with(r, "cursor", NULL));
    if (all.more)
        val_set_text(m, "older",
                     query_with(r, "cursor", cursor_make_id(r, all.at[all.count - 1].id.n)));
    TRY(show_form(r, m));
    if (f)
        form_show(f, e, m);
    return page_status(r, status, "vendor/products/export/index", m);
}

struct err *
exchange_show_exports(struct req *r)
{
    return show_all(r, 200, NULL, NULL);
}

/* The ticked ones, apart by blanks. */
static const char *
ticked(const struct form *f, const char *name)
{
    struct buf b = buf_new(f->r->work->arena, 32);
    for (size_t i = 0; i < f->count; i++)
        if (text_is(f->at[i].name, name) && f->at[i].value) {
            buf_text(&b, b.length ? " " : "");
            buf_text(&b, f->at[i].value);
        }
    return b.at;
}

static const char *
or_null(const char *text)
{
    return *text ? text : NULL;
}

struct err *
exchange_post_export(struct req *r)
{
    struct form f;
    struct export_id id;
    TRY(form_read(r, &f));
    struct export_draft draft = { .format = form_word(&f, "format", 1, 40) };
    draft.languages = ticked(&f, "language");
    draft.filter.q = or_null(form_text(&f, "q", 0, 200));
    draft.filter.status = or_null(form_word(&f, "status", 0, 20));
    draft.filter.category = or_null(form_text(&f, "category", 0, 1000));
    struct err *e = form_done(&f);
    if (!e)
        e = export_add(r->work, &draft, &id);
    if (e && e->kind == ERR_INVALID)
        return show_all(r, 422, &f, e);
    TRY(e);
    return see_other(r,
                     text_printf(r->work->arena, "/vendor/products/export/%lld", (long long)id.n));
}

static struct err *
load(struct req *r, struct export *out)
{
    struct export_id id;
    TRY(param_id(r, 0, &id.n));
    return export_load(r->work, id, out);
}

struct err *
exchange_show_export(struct req *r)
{
    struct export e;
    struct val *m = val_map(r->work->arena);
    TRY(load(r, &e));
    show(r, m, &e);
    val_set_count(m, "kept_days", EXPORT_KEPT_DAYS);
    return page(r, "vendor/products/export/show", m);
}

struct err *
exchange_get_export_file(struct req *r)
{
    struct export e;
    TRY(load(r, &e));
    if (!e.path)
        return FAIL(r->work->arena, ERR_NOT_FOUND, "export.no_file",
                    "The file is not ready, or kept no more.");
    return answer_file(r, e.path,
                       text_printf(r->work->arena, "products-%s-%lld.csv",
                                   export_format_names[e.format], (long long)e.id.n));
}
