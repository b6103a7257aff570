/* Imports for programs: what the pages do, by the same functions. */
#include <jansson.h>
#include <string.h>

#include "base/text.h"
#include "db/db.h"
#include "exchange/import_shown.h"
#include "exchange/routes.h"
#include "http/cursor.h"
#include "http/form.h"
#include "http/json.h"
#include "http/site.h"
#include "view/views.h"

#define PAGE      50
#define PAGE_MOST 200

/* ---- Shapes ---- */

static void
put_counts(struct json *j, const char *name, const struct import_counts *c)
{
    json_put_object(j, name);
    json_put_i64(j, "through", c->through);
    json_put_i64(j, "created", c->created);
    json_put_i64(j, "changed", c->changed);
    json_put_i64(j, "unchanged", c->unchanged);
    json_put_i64(j, "refused", c->refused);
    json_put_i64(j, "warnings", c->warnings);
    json_put_i64(j, "images", c->images);
    json_put_end(j);
}

static void
put_json(struct json *j, const char *name, const char *json)
{
    if (json && *json)
        json_put_raw(j, name, BYTES(json, strlen(json)));
    else
        json_put_null(j, name);
}

/* Left open: one import says more. */
static void
put_import(struct req *r, struct json *j, const struct import *i)
{
    struct arena *a = r->work->arena;
    json_put_object(j, NULL);
    json_put_id(j, "id", i->id.n);
    json_put_text(j, "name", i->name);
    json_put_i64(j, "bytes", i->bytes);
    json_put_text(j, "state", import_state_names[i->state]);
    json_put_text(j, "failure", i->failure);
    put_counts(j, "counts", &i->counts);
    put_json(j, "checked", i->checked);
    json_put_object(j, "progress");
    json_put_i64(j, "done_bytes", i->done_bytes);
    json_put_i64(j, "of_bytes", i->of_bytes);
    json_put_end(j);
    json_put_bool(j, "stop_on_errors", i->stop_on_errors);
    json_put_bool(j, "lenient", i->lenient);
    if (i->retry_of.n)
        json_put_id(j, "retry_of", i->retry_of.n);
    else
        json_put_null(j, "retry_of");
    json_put_text(j, "errors_csv",
                  i->errors_path
                      ? text_printf(a, "/api/v1/vendor/imports/%lld/errors.csv", (long long)i->id.n)
                      : NULL);
    json_put_time(j, "created_at", i->added_us);
    json_put_time_or_null(j, "started_at", i->started_us);
    json_put_time_or_null(j, "ended_at", i->ended_us);
}

static void
put_findings(struct req *r, struct json *j, const char *name, const struct import_findings *all)
{
    const struct language *l = views_language(r->site->views, r->work->language);
    json_put_array(j, name);
    for (size_t i = 0; i < all->count; i++) {
        const struct finding *f = &all->at[i].finding;
        json_put_object(j, NULL);
        json_put_i64(j, "line", f->line);
        json_put_i64(j, "row", f->row);
        if (f->column)
            json_put_i64(j, "column", f->column);
        else
            json_put_null(j, "column");
        json_put_text(j, "header", *f->header ? f->header : NULL);
        json_put_text(j, "code", f->code);
        json_put_bool(j, "refuses", f->refuses);
        json_put_text(j, "value", f->value);
        json_put_text(j, "message", finding_say(r->work->arena, l, f));
        json_put_end(j);
    }
    json_put_end(j);
}

static struct err *
answer(struct req *r, int status, struct import_id id)
{
    struct import i;
    struct import_findings first;
    TRY(import_load(r->work, id, &i));
    TRY(import_list_findings(r->work, id, NULL, 0, PAGE, &first));
    struct json j = json_begin(r->work->arena);
    put_import(r, &j, &i);
    put_json(&j, "plan", i.plan);
    put_json(&j, "fixed", i.fixed);
    put_findings(r, &j, "errors", &first);
    json_put_bool(&j, "more_errors", first.more);
    json_put_end(&j);
    return json_answer(r, status, &j.out);
}

static struct err *
load(struct req *r, struct import *out)
{
    struct import_id id;
    TRY(param_id(r, 0, &id.n));
    return import_load(r->work, id, out);
}

/* ---- Reading ---- */

struct err *
exchange_get_imports(struct req *r)
{
    struct imports all;
    int64_t behind, limit;
    TRY(query_limit(r, PAGE, PAGE_MOST, &limit));
    TRY(cursor_read_id(r, &behind));
    TRY(imports_list(r->work, behind, limit, &all));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_array(&j, "data");
    for (size_t i = 0; i < all.count; i++) {
        put_import(r, &j, &all.at[i]);
        json_put_end(&j);
    }
    json_put_end(&j);
    json_put_text(&j, "next_cursor",
                  all.more ? cursor_make_id(r, all.at[all.count - 1].id.n) : NULL);
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

struct err *
exchange_get_import(struct req *r)
{
    struct import_id id;
    TRY(param_id(r, 0, &id.n));
    return answer(r, 200, id);
}

struct err *
exchange_get_errors(struct req *r)
{
    struct import i;
    struct import_findings all;
    int64_t behind, limit;
    const char *code = query_text(r, "code");
    TRY(load(r, &i));
    TRY(query_limit(r, PAGE, PAGE_MOST, &limit));
    TRY(cursor_read_id(r, &behind));
    TRY(import_list_findings(r->work, i.id, code && *code ? code : NULL, behind, limit, &all));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    put_findings(r, &j, "data", &all);
    json_put_text(&j, "next_cursor", all.more ? cursor_make_id(r, all.at[all.count - 1].id) : NULL);
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

/* ---- Acting ---- */

/* 201 as soon as the file is there and read so far that it can be checked. `check`: at once. */
struct err *
exchange_post_import_json(struct req *r)
{
    struct import_id id;
    struct import i;
    struct form f;
    TRY(take_upload(r, &id));
    TRY(form_read(r, &f));
    bool check = form_flag(&f, "check");
    TRY(form_done(&f));
    tx_open(r->work, TX_WRITE);
    TRY(import_load(r->work, id, &i));
    if (check)
        TRY(import_begin_check(r->work, &i));
    resp_header(r, "Location",
                text_printf(r->work->arena, "/api/v1/vendor/imports/%lld", (long long)id.n));
    return answer(r, 201, id);
}

static void
free_json(void *json)
{
    json_decref(json);
}

static const char *
dumped(struct arena *a, const json_t *value)
{
    if (!value)
        return NULL;
    size_t n = json_dumpb(value, NULL, 0, JSON_COMPACT | JSON_ENCODE_ANY);
    char *text = arena_alloc(a, n + 1);
    json_dumpb(value, text, n, JSON_COMPACT | JSON_ENCODE_ANY);
    return text;
}

/* The body's parts: `plan` and `fixed` as documents, the rest as flags. */
static struct err *
read_choice(struct req *r, struct import_choice *out, bool *stop, bool *lenient)
{
    struct arena *a = r->work->arena;
    struct bytes body;
    TRY(body_read(r, &body));
    json_error_t wrong;
    json_t *root = json_loadb((const char *)body.at, body.length, JSON_REJECT_DUPLICATES, &wrong);
    if (root)
        arena_defer(a, free_json, root);
    if (!json_is_object(root))
        return FAIL(a, ERR_MALFORMED, "request.json",
                    text_printf(a, "line %d, column %d: %s", wrong.line, wrong.column,
                                root ? "not an object" : wrong.text));
    const json_t *one;
    if ((one = json_object_get(root, "stop_on_errors"))) {
        *stop = json_is_true(one);
        out->stop_on_errors = stop;
    }
    if ((one = json_object_get(root, "lenient"))) {
        *lenient = json_is_true(one);
        out->lenient = lenient;
    }
    out->plan = dumped(a, json_object_get(root, "plan"));
    out->fixed = dumped(a, json_object_get(root, "fixed"));
    return NULL;
}

struct err *
exchange_patch_import(struct req *r)
{
    struct import i;
    struct import_choice choice = { 0 };
    bool stop = false, lenient = false;
    TRY(load(r, &i));
    TRY(read_choice(r, &choice, &stop, &lenient));
    TRY(import_choose(r->work, &i, &choice));
    return answer(r, 200, i.id);
}

static struct err *
act(struct req *r, struct err *(*fn)(struct work *w, const struct import *i))
{
    struct import i;
    TRY(load(r, &i));
    TRY(fn(r->work, &i));
    return answer(r, 202, i.id);
}

struct err *
exchange_post_check_json(struct req *r)
{
    return act(r, import_begin_check);
}

struct err *
exchange_post_run_json(struct req *r)
{
    return act(r, import_begin_run);
}

struct err *
exchange_post_cancel_json(struct req *r)
{
    return act(r, import_cancel);
}

struct err *
exchange_post_retry_json(struct req *r)
{
    struct import i;
    struct import_id again;
    TRY(load(r, &i));
    TRY(import_retry(r->work, &i, &again));
    TRY(import_load(r->work, again, &i));
    TRY(import_begin_check(r->work, &i));
    resp_header(r, "Location",
                text_printf(r->work->arena, "/api/v1/vendor/imports/%lld", (long long)again.n));
    return answer(r, 201, again);
}
