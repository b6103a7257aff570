#include "exchange/import_shown.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/settings.h"
#include "base/text.h"
#include "http/cursor.h"
#include "http/form.h"
#include "http/site.h"
#include "view/value.h"
#include "view/views.h"

#define FINDINGS_SHOWN 100
#define COLUMNS_SHOWN  400

/* ---- Steps ---- */

static const char *const step_names[STEPS] = { "file", "columns", "check", "run", "result" };

static bool
is_busy(const struct import *i)
{
    return i->state == IMPORT_CHECKING || i->state == IMPORT_RUNNING ||
           i->state == IMPORT_CANCELLING;
}

static enum import_step
furthest(const struct import *i)
{
    switch (i->state) {
    case IMPORT_UPLOADED:
        return STEP_FILE;
    case IMPORT_CHECKING:
    case IMPORT_CHECKED:
        return STEP_CHECK;
    case IMPORT_CANCELLING:
    case IMPORT_FAILED:
        return i->checked ? (i->state == IMPORT_FAILED ? STEP_RESULT : STEP_RUN) : STEP_CHECK;
    case IMPORT_RUNNING:
        return STEP_RUN;
    default:
        return STEP_RESULT;
    }
}

/* Of one that is done nothing can be chosen any more; of one at work, not now. */
static bool
is_open(const struct import *i, enum import_step step)
{
    if (step == STEP_FILE || step == STEP_COLUMNS)
        return !is_busy(i) && i->path && i->state != IMPORT_DONE;
    return step == furthest(i);
}

enum import_step
import_step_of(const struct req *r, const struct import *i)
{
    const char *asked = query_text(r, "step");
    for (int s = 0; asked && s < STEPS; s++)
        if (text_is(asked, step_names[s]) && is_open(i, (enum import_step)s))
            return (enum import_step)s;
    return furthest(i);
}

static void
show_steps(struct arena *a, struct val *m, const struct import *i, enum import_step now)
{
    struct val *list = val_set_list(m, "steps");
    const char *path = text_printf(a, "/vendor/products/import/%lld", (long long)i->id.n);
    for (int s = 0; s < STEPS; s++) {
        struct val *row = val_add_map(list);
        val_set_word(row, "label", text_printf(a, "import.step.%s", step_names[s]));
        val_set_bool(row, "current", s == (int)now);
        val_set_text(row, "link",
                     s != (int)now && is_open(i, (enum import_step)s)
                         ? text_printf(a, "%s?step=%s", path, step_names[s])
                         : "");
    }
    val_set_bool(val_set_map(m, "step"), step_names[now], true);
}

/* ---- The import ---- */

static void
show_counts(struct val *m, const struct import_counts *c)
{
    val_set_count(m, "through", c->through);
    val_set_count(m, "created", c->created);
    val_set_count(m, "changed", c->changed);
    val_set_count(m, "unchanged", c->unchanged);
    val_set_count(m, "refused", c->refused);
    val_set_count(m, "warnings", c->warnings);
    val_set_count(m, "images", c->images);
    val_set_bool(m, "has_refused", c->refused > 0);
    val_set_bool(m, "has_images", c->images > 0);
    val_set_bool(m, "has_warnings", c->warnings > 0);
    val_set_bool(m, "writes", c->created + c->changed > 0);
}

/* How far, how fast, how long still; the last only when it is not a guess. */
static void
show_progress(struct val *m, const struct import *i)
{
    int64_t took_us = i->moved_us - i->started_us;
    val_set_i64(m, "done_bytes", i->done_bytes);
    val_set_i64(m, "of_bytes", i->of_bytes > 0 ? i->of_bytes : 1);
    val_set_bool(m, "measured", i->done_bytes > 0 && i->of_bytes > 0);
    if (took_us < SECOND_US || i->done_bytes <= 0)
        return;
    val_set_bool(m, "timed", true);
    val_set_count(m, "per_second", i->counts.through * SECOND_US / took_us);
    double left_s =
        (double)took_us / 1e6 * (double)(i->of_bytes - i->done_bytes) / (double)i->done_bytes;
    val_set_count(m, "count", left_s < 1 ? 1 : llround(ceil(left_s)));
}

void
show_import(struct req *r, struct val *m, const struct import *i, enum import_step step)
{
    struct arena *a = r->work->arena;
    val_set_i64(m, "id", i->id.n);
    val_set_text(m, "path", text_printf(a, "/vendor/products/import/%lld", (long long)i->id.n));
    val_set_text(m, "name", i->name);
    val_set_bytes(m, "bytes", i->bytes);
    val_set_bool(val_set_map(m, "is"), import_state_names[i->state], true);
    val_set_word(m, "state_word", text_printf(a, "import.state.%s", import_state_names[i->state]));
    val_set_bool(m, "busy", is_busy(i));
    val_set_bool(m, "ran", i->checked && i->state != IMPORT_CHECKED);
    val_set_time(m, "added", i->added_us);
    val_set_text(m, "added_by", i->added_by);
    val_set_time(m, "as_of", r->work->now_us);
    val_set_bool(m, "stop_on_errors", i->stop_on_errors);
    val_set_bool(m, "kept", i->path != NULL);
    val_set_bool(m, "has_errors_file", i->errors_path != NULL);
    if (i->retry_of.n)
        val_set_text(m, "retry_path",
                     text_printf(a, "/vendor/products/import/%lld", (long long)i->retry_of.n));
    if (i->ended_us)
        val_set_time(m, "ended", i->ended_us);
    if (i->failure)
        val_set_word(m, "failure", text_printf(a, "err.%s", i->failure));
    show_counts(m, &i->counts);
    show_progress(m, i);
    show_steps(a, m, i, step);
}

/* ---- Step 1: the file ---- */

static void
add_option(struct arena *a, struct val *list, const char *words, const char *value,
           const char *chosen)
{
    struct val *row = val_add_map(list);
    val_set_text(row, "value", value);
    val_set_word(row, "label", text_printf(a, "import.%s.%s", words, value));
    val_set_bool(row, "selected", text_is(value, chosen));
}

static const char *
separator_name(char separator)
{
    switch (separator) {
    case ';':
        return "semicolon";
    case '\t':
        return "tab";
    case '|':
        return "bar";
    default:
        return "comma";
    }
}

struct err *
show_shape(struct req *r, struct val *m, const struct import *i)
{
    static const char *const separators[] = { "comma", "semicolon", "tab", "bar" };
    struct arena *a = r->work->arena;
    struct import_plan plan;
    TRY(plan_from_json(a, i->plan, &plan));
    const struct file_shape *s = &plan.shape;
    struct val *dialects = val_set_list(m, "dialects"), *encodings = val_set_list(m, "encodings");
    for (int d = 1; d < DIALECTS; d++)
        add_option(a, dialects, "dialect", dialect_name((enum dialect)d), dialect_name(s->dialect));
    for (int e = 1; e < ENCODINGS; e++)
        add_option(a, encodings, "encoding", encoding_name((enum encoding)e),
                   encoding_name(s->encoding));
    struct val *list = val_set_list(m, "separators");
    for (size_t k = 0; k < COUNT(separators); k++)
        add_option(a, list, "separator", separators[k], separator_name(s->separator));
    form_prefill(m, "header_row", text_i64(a, s->header_row));
    val_set_word(m, "dialect", text_printf(a, "import.dialect.%s", dialect_name(s->dialect)));
    val_set_word(m, "encoding", text_printf(a, "import.encoding.%s", encoding_name(s->encoding)));
    val_set_word(m, "separator",
                 text_printf(a, "import.separator.%s", separator_name(s->separator)));
    val_set_word(m, "line_end", text_printf(a, "import.line_end.%s", line_end_name(s->line_end)));
    val_set_bool(m, "mark", s->mark);
    val_set_bool(m, "gzip", s->gzip);
    val_set_count(m, "rows", s->rows);
    val_set_count(m, "columns_count", (int64_t)plan.mapping.count);
    return NULL;
}

/* ---- Step 2: the columns ---- */

static bool
is_needed(enum import_field field)
{
    return field == FIELD_SKU || field == FIELD_TITLE || field == FIELD_PRICE;
}

static void
add_fields(struct arena *a, struct val *row, const struct mapped_column *c, bool orders)
{
    struct val *list = val_set_list(row, "fields");
    for (int pass = 0; pass < 2; pass++) /* the needed ones first */
        for (int f = 0; f < FIELDS; f++) {
            enum import_field field = (enum import_field)f;
            bool fits = orders ? field_is_of_orders(field) : field_is_of_products(field);
            if (!fits && field != c->field)
                continue;
            if (is_needed(field) == (pass == 1) && field != FIELD_ASIDE)
                continue;
            if (field == FIELD_ASIDE && pass)
                continue;
            struct val *one = val_add_map(list);
            val_set_text(one, "value", field_name(field));
            val_set_word(one, "label", text_printf(a, "exchange.field.%s", field_name(field)));
            val_set_bool(one, "selected", field == c->field);
        }
}

static void
add_column(struct arena *a, struct val *list, size_t at, const struct mapped_column *c, bool orders)
{
    struct val *row = val_add_map(list), *samples = val_set_list(row, "samples");
    val_set_i64(row, "n", (int64_t)at);
    val_set_text(row, "header", c->header);
    val_set_bool(row, "named", *c->header != 0);
    val_set_text(row, "of", c->of ? c->of : "");
    val_set_text(row, "nth", c->n ? text_i64(a, c->n) : "");
    val_set_bool(row, "aside", c->field == FIELD_ASIDE);
    for (size_t k = 0; k < COLUMN_SAMPLES && c->samples[k]; k++)
        val_add_text(samples, c->samples[k]);
    add_fields(a, row, c, orders);
}

static void
show_fixed(struct arena *a, struct val *m, const struct import *i)
{
    struct import_fixed fixed[IMPORT_FIXED_MOST];
    size_t n;
    struct val *status = val_set_map(m, "fixed_status");
    if (import_read_fixed(a, i->fixed, fixed, &n))
        return;
    for (size_t k = 0; k < n; k++) {
        if (fixed[k].field == FIELD_STATUS)
            val_set_bool(status, fixed[k].value, true);
        if (!val_get(val_path(m, "field"), text_printf(a, "fixed_%s", field_name(fixed[k].field))))
            form_prefill(m, text_printf(a, "fixed_%s", field_name(fixed[k].field)), fixed[k].value);
    }
}

struct err *
show_columns(struct req *r, struct val *m, const struct import *i)
{
    struct arena *a = r->work->arena;
    struct import_plan plan;
    TRY(plan_from_json(a, i->plan, &plan));
    bool orders = plan.shape.dialect == DIALECT_ORDERS;
    struct val *list = val_set_list(m, "columns");
    for (size_t k = 0; k < plan.mapping.count && k < COLUMNS_SHOWN; k++)
        add_column(a, list, k, &plan.mapping.columns[k], orders);
    val_set_bool(m, "orders", orders);
    val_set_bool(m, "lenient", i->lenient);
    show_fixed(a, m, i);
    return NULL;
}

/* ---- What was found ---- */

static const struct language *
language_of(const struct req *r)
{
    return views_language(r->site->views, r->work->language);
}

static struct err *
show_codes(struct req *r, struct val *m, const struct import *i, const char *chosen)
{
    struct arena *a = r->work->arena;
    struct import_code *codes;
    size_t n;
    struct val *list = val_set_list(m, "codes");
    TRY(import_count_codes(r->work, i->id, &codes, &n));
    for (size_t k = 0; k < n; k++) {
        struct val *row = val_add_map(list);
        val_set_text(row, "value", codes[k].code);
        val_set_text(
            row, "label",
            finding_say(a, language_of(r),
                        &(struct finding){
                            .code = codes[k].code, .header = "", .value = "…", .other = "…" }));
        val_set_count(row, "count", codes[k].count);
        val_set_bool(row, "selected", text_is(codes[k].code, chosen));
    }
    val_set_bool(m, "has_codes", n > 1);
    val_set_bool(m, "has_findings", n > 0);
    return NULL;
}

struct err *
show_findings(struct req *r, struct val *m, const struct import *i)
{
    struct arena *a = r->work->arena;
    struct import_findings all;
    const char *code = query_text(r, "code");
    int64_t behind;
    if (code && !*code)
        code = NULL;
    TRY(cursor_read_id(r, &behind));
    TRY(show_codes(r, m, i, code));
    TRY(import_list_findings(r->work, i->id, code, behind, FINDINGS_SHOWN, &all));
    struct val *list = val_set_list(m, "findings");
    for (size_t k = 0; k < all.count; k++) {
        const struct finding *f = &all.at[k].finding;
        struct val *row = val_add_map(list);
        val_set_count(row, "line", f->line);
        val_set_bool(row, "has_line", f->line > 0);
        val_set_text(row, "header", f->header);
        val_set_text(row, "value", f->value);
        val_set_text(row, "say", finding_say(a, language_of(r), f));
        val_set_bool(row, "refuses", f->refuses);
    }
    val_set_bool(m, "filtered", code != NULL);
    if (behind)
        val_set_text(m, "newer", query_with(r, "cursor", NULL));
    if (all.more)
        val_set_text(m, "older",
                     query_with(r, "cursor", cursor_make_id(r, all.at[all.count - 1].id)));
    return NULL;
}

static void
free_json(void *json)
{
    json_decref(json);
}

struct err *
show_changes(struct req *r, struct val *m, const struct import *i)
{
    struct arena *a = r->work->arena;
    struct import_change *changes;
    size_t n;
    struct val *list = val_set_list(m, "changes");
    TRY(import_list_changes(r->work, i->id, &changes, &n));
    for (size_t k = 0; k < n; k++) {
        struct val *row = val_add_map(list), *fields = val_set_list(row, "fields");
        val_set_count(row, "line", changes[k].line);
        val_set_text(row, "sku", changes[k].sku);
        json_t *all = json_loads(changes[k].differences, 0, NULL);
        if (all)
            arena_defer(a, free_json, all);
        for (size_t d = 0; d < json_array_size(all); d++) {
            const json_t *one = json_array_get(all, d);
            struct val *field = val_add_map(fields);
            val_set_text(field, "field", json_string_value(json_object_get(one, "field")));
            val_set_text(field, "old", json_string_value(json_object_get(one, "old")));
            val_set_text(field, "new", json_string_value(json_object_get(one, "new")));
        }
    }
    val_set_bool(m, "has_changes", n > 0);
    return NULL;
}

/* ---- Files ---- */

/* As RFC 6266 has it: letters of ASCII for all, the name itself for who knows. */
static const char *
disposition(struct arena *a, const char *name)
{
    struct buf plain = buf_new(a, 64);
    for (const char *at = name; *at; at++)
        buf_char(&plain, *at < ' ' || *at > '~' || *at == '"' || *at == '\\' ? '_' : *at);
    return text_printf(a, "attachment; filename=\"%s\"; filename*=UTF-8''%s", plain.at,
                       url_part(a, name));
}

struct err *
answer_file(struct req *r, const char *path, const char *name)
{
    struct arena *a = r->work->arena;
    resp_header(r, "X-Accel-Redirect", text_join(a, "/exchange-files/", path, NULL));
    resp_header(r, "Content-Disposition", disposition(a, name));
    resp_header(r, "Cache-Control", "private, no-store");
    return text_answer(r, 200, "text/csv; charset=utf-8", "");
}
