/* /vendor/products/import: a file comes in, in five steps. The steps are kept by the import's
 * state; the address only asks for an earlier one. */
#include <fcntl.h>
#include <string.h>

#include "base/file.h"
#include "base/settings.h"
#include "base/text.h"
#include "db/db.h"
#include "exchange/export.h"
#include "exchange/import_shown.h"
#include "exchange/own.h"
#include "exchange/routes.h"
#include "exchange/sweep.h"
#include "exchange/values.h"
#include "http/cursor.h"
#include "http/form.h"
#include "http/json.h"
#include "http/upload.h"
#include "view/value.h"

#define PAGE 20

/* ---- The first page: a file, and those of before ---- */

static struct err *
show_history(struct req *r, struct val *m)
{
    struct imports all;
    int64_t behind;
    struct val *list = val_set_list(m, "imports");
    TRY(cursor_read_id(r, &behind));
    TRY(imports_list(r->work, behind, PAGE, &all));
    for (size_t i = 0; i < all.count; i++)
        show_import(r, val_add_map(list), &all.at[i], import_step_of(r, &all.at[i]));
    val_set_bool(m, "has_imports", all.count > 0);
    if (behind)
        val_set_text(m, "newer", query_with(r, "cursor", NULL));
    if (all.more)
        val_set_text(m, "older",
                     query_with(r, "cursor", cursor_make_id(r, all.at[all.count - 1].id.n)));
    return NULL;
}

/* `e`: why the file that was just sent is not taken. */
static struct err *
show_all(struct req *r, int status, const struct err *e)
{
    struct val *m = val_map(r->work->arena);
    val_set_count(m, "most_mib", r->work->settings->import_bytes >> 20);
    val_set_count(m, "kept_days", IMPORT_KEPT_DAYS);
    if (e)
        val_set_text(val_path(m, "field.file"), "error", problem_say(r, e));
    TRY(show_history(r, m));
    return page_status(r, status, "vendor/products/import/index", m);
}

struct err *
exchange_show_imports(struct req *r)
{
    return show_all(r, 200, NULL);
}

static bool
is_of_the_file(const struct err *e)
{
    return e->kind == ERR_INVALID || e->kind == ERR_TOO_LARGE || e->kind == ERR_UNSUPPORTED;
}

struct err *
exchange_post_import(struct req *r)
{
    struct import_id id;
    struct err *e = take_upload(r, &id);
    if (!e)
        return see_other(
            r, text_printf(r->work->arena, "/vendor/products/import/%lld", (long long)id.n));
    if (!is_of_the_file(e))
        return e;
    tx_rollback(r->work);
    tx_open(r->work, TX_READ);
    return show_all(r, err_status(e), e);
}

/* Our own format, empty: the names of its columns, in the shop's languages. */
struct err *
exchange_get_template(struct req *r)
{
    static const char *const warehouses[] = { "main" };
    struct own_layout l = { .option_count = 2,
                            .warehouse_count = COUNT(warehouses),
                            .warehouses = warehouses,
                            .image_count = 3 };
    const char **languages;
    struct buf b = buf_new(r->work->arena, 1024);
    TRY(export_languages(r->work, &languages, &l.language_count));
    l.languages = languages;
    own_write_header(&b, &l);
    resp_header(r, "Content-Disposition", "attachment; filename=\"products.csv\"");
    return text_answer(r, 200, "text/csv; charset=utf-8", b.at);
}

/* ---- One import ---- */

static struct err *
load(struct req *r, struct import *out)
{
    struct import_id id;
    TRY(param_id(r, 0, &id.n));
    return import_load(r->work, id, out);
}

static struct err *
show_one(struct req *r, int status, const struct import *i, enum import_step step,
         const struct form *f, const struct err *e)
{
    struct val *m = val_map(r->work->arena);
    if (f)
        form_show(f, e, m);
    show_import(r, m, i, step);
    switch (step) {
    case STEP_FILE:
        TRY(show_shape(r, m, i));
        break;
    case STEP_COLUMNS:
        TRY(show_columns(r, m, i));
        break;
    default:
        TRY(show_findings(r, m, i));
        TRY(show_changes(r, m, i));
    }
    return page_status(r, status, "vendor/products/import/show", m);
}

struct err *
exchange_show_import(struct req *r)
{
    struct import i;
    TRY(load(r, &i));
    return show_one(r, 200, &i, import_step_of(r, &i), NULL, NULL);
}

static struct err *
back(struct req *r, const struct import *i, const char *query)
{
    return see_other(r, text_printf(r->work->arena, "/vendor/products/import/%lld%s",
                                    (long long)i->id.n, query));
}

/* ---- Step 1: corrected ---- */

static char
separator_named(const char *name)
{
    if (text_is(name, "semicolon"))
        return ';';
    if (text_is(name, "tab"))
        return '\t';
    return text_is(name, "bar") ? '|' : ',';
}

static struct err *
remap(struct req *r, const struct import *i, struct import_plan *plan)
{
    struct import_choice choice = { 0 };
    SCOPED(close_fd) int fd = -1;
    if (i->path)
        fd = open(exchange_path(r->work, i->path), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return FAIL(r->work->arena, ERR_CONFLICT, "import.swept", "Its file is kept no more.");
    TRY(plan_remap(r->work->arena, fd, plan));
    choice.plan = plan_to_json(r->work->arena, plan);
    return import_choose(r->work, i, &choice);
}

struct err *
exchange_post_shape(struct req *r)
{
    struct import i;
    struct import_plan plan;
    struct form f;
    TRY(load(r, &i));
    TRY(plan_from_json(r->work->arena, i.plan, &plan));
    TRY(form_read(r, &f));
    const char *dialect = form_word(&f, "dialect", 1, 40);
    const char *encoding = form_word(&f, "encoding", 1, 40);
    const char *separator = form_word(&f, "separator", 1, 40);
    plan.shape.header_row = form_i64(&f, "header_row", 1, 100, 1);
    if (!dialect_read(dialect, &plan.shape.dialect) ||
        !encoding_read(encoding, &plan.shape.encoding))
        form_fail(&f, "dialect", "import.shape", "Choose one of the list.");
    plan.shape.separator = separator_named(separator);
    struct err *e = form_done(&f);
    if (!e)
        e = remap(r, &i, &plan);
    if (e && is_of_the_file(e))
        return show_one(r, 422, &i, STEP_FILE, &f, e);
    TRY(e);
    return back(r, &i, "?step=columns&done=import.read_so");
}

/* ---- Step 2: columns ---- */

/* Fields that stand for several columns count them, unless the file's own number was kept. */
static void
number_columns(struct mapping *m)
{
    for (size_t i = 0; i < m->count; i++) {
        enum import_field field = m->columns[i].field;
        bool counted = field == FIELD_OPTION_NAME || field == FIELD_OPTION_VALUE;
        int n = 1;
        if (m->columns[i].n || !counted)
            continue;
        for (size_t k = 0; k < i; k++)
            n += m->columns[k].field == field;
        m->columns[i].n = n;
    }
}

static void
read_columns(struct form *f, struct arena *a, struct mapping *m)
{
    for (size_t i = 0; i < m->count; i++) {
        struct mapped_column *c = &m->columns[i];
        enum import_field field = c->field;
        const char *name = text_printf(a, "column.%zu.field", i);
        if (!form_has(f, name))
            continue;
        if (!field_read(form_word(f, name, 1, 40), &field))
            form_fail(f, name, "import.field", "Choose one of the list.");
        const char *of = form_text(f, text_printf(a, "column.%zu.of", i), 0, 100);
        if (field != c->field)
            c->n = 0;
        c->field = field;
        c->of = *of ? of : NULL;
    }
    number_columns(m);
}

/* clang-format off */
static const struct {
    const char *form, *field;
} fixable[] = {
    { "fixed_price",    "price" },
    { "fixed_status",   "status" },
    { "fixed_brand",    "brand" },
    { "fixed_category", "category" },
    { "fixed_stock",    "stock" },
    { "fixed_tax_rate", "tax_rate" },
    { "fixed_tags",     "tags" },
};
/* clang-format on */

static const char *
read_fixed(struct form *f, struct arena *a)
{
    struct json j = json_begin(a);
    struct money price;
    int64_t number;
    json_put_object(&j, NULL);
    for (size_t i = 0; i < COUNT(fixable); i++) {
        const char *value = form_text(f, fixable[i].form, 0, 1000);
        const char *wrong = NULL;
        if (!*value)
            continue;
        if (text_is(fixable[i].field, "price"))
            wrong = value_money(value, 0, CUR_EUR, &price);
        else if (text_is(fixable[i].field, "stock"))
            wrong = value_quantity(value, 0, &number);
        else if (text_is(fixable[i].field, "tax_rate"))
            wrong = value_percent(value, 0, &number);
        if (wrong)
            form_fail(f, fixable[i].form, wrong, "This cannot be read.");
        json_put_text(&j, fixable[i].field, value);
    }
    json_put_end(&j);
    return j.out.at;
}

static struct err *
choose_and_check(struct req *r, struct import *i, const struct import_choice *choice)
{
    TRY(import_choose(r->work, i, choice));
    TRY(import_load(r->work, i->id, i));
    return import_begin_check(r->work, i);
}

struct err *
exchange_post_columns(struct req *r)
{
    struct arena *a = r->work->arena;
    struct import i;
    struct import_plan plan;
    struct form f;
    TRY(load(r, &i));
    TRY(plan_from_json(a, i.plan, &plan));
    TRY(form_read(r, &f));
    read_columns(&f, a, &plan.mapping);
    bool lenient = form_flag(&f, "lenient");
    const struct import_choice choice = { .fixed = read_fixed(&f, a),
                                          .plan = plan_to_json(a, &plan),
                                          .lenient = &lenient };
    struct err *e = form_done(&f);
    if (!e)
        e = plan_check(a, &plan);
    if (e && is_of_the_file(e)) {
        i.plan = choice.plan;
        return show_one(r, 422, &i, STEP_COLUMNS, &f, e);
    }
    TRY(e);
    TRY(choose_and_check(r, &i, &choice));
    return back(r, &i, "");
}

/* ---- Steps 3 to 5 ---- */

struct err *
exchange_post_run(struct req *r)
{
    struct import i;
    struct form f;
    TRY(load(r, &i));
    TRY(form_read(r, &f));
    bool stop = form_flag(&f, "stop_on_errors");
    TRY(form_done(&f));
    TRY(import_choose(r->work, &i, &(struct import_choice){ .stop_on_errors = &stop }));
    i.stop_on_errors = stop;
    TRY(import_begin_run(r->work, &i));
    return back(r, &i, "");
}

struct err *
exchange_post_cancel(struct req *r)
{
    struct import i;
    TRY(load(r, &i));
    TRY(import_cancel(r->work, &i));
    return back(r, &i, "?done=import.cancelled");
}

struct err *
exchange_post_retry(struct req *r)
{
    struct import i;
    struct import_id again;
    TRY(load(r, &i));
    TRY(import_retry(r->work, &i, &again));
    TRY(import_load(r->work, again, &i));
    TRY(import_begin_check(r->work, &i));
    return back(r, &i, "");
}

struct err *
exchange_get_errors_csv(struct req *r)
{
    struct import i;
    TRY(load(r, &i));
    if (!i.errors_path)
        return FAIL(r->work->arena, ERR_NOT_FOUND, "import.no_errors", "No row was refused.");
    return answer_file(r, i.errors_path, text_join(r->work->arena, "errors-", i.name, NULL));
}

/* ---- Uploads ---- */

static struct err *
choose_given(struct req *r, struct import_id id, const struct import_choice *choice)
{
    struct import i;
    tx_open(r->work, TX_WRITE);
    TRY(import_load(r->work, id, &i));
    TRY(import_choose(r->work, &i, choice));
    return tx_commit(r->work);
}

struct err *
take_upload(struct req *r, struct import_id *out)
{
    struct work *w = r->work;
    struct upload upload;
    struct form f;
    const struct upload_file *file = NULL;
    TRY(upload_read(r, (uint64_t)w->settings->import_bytes, &upload));
    for (size_t i = 0; i < upload.count && !file; i++)
        if (text_is(upload.files[i].field, "file") &&
            (upload.files[i].bytes || *upload.files[i].name))
            file = &upload.files[i];
    if (!file)
        return FAIL_FIELD(w->arena, ERR_INVALID, "import.no_file", "file", "Choose a file.");
    if (file->refused)
        return file->refused;
    TRY(form_read(r, &f));
    bool stop = form_flag(&f, "stop_on_errors"), lenient = form_flag(&f, "lenient");
    bool given = stop || lenient;
    const char *fixed = form_raw(&f, "fixed");
    TRY(form_done(&f));
    TRY(import_add(w, file->path, file->name, (int64_t)file->bytes, &file->hash, out));
    if (!given && !fixed)
        return NULL;
    return choose_given(
        r, *out,
        &(struct import_choice){ .fixed = fixed, .stop_on_errors = &stop, .lenient = &lenient });
}
