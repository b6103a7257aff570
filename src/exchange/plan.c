/* The plan of an import: proposed, corrected by a person, kept as JSON with the job. */
#include <jansson.h>
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "exchange/columns.h"
#include "exchange/input.h"
#include "http/json.h"

#define SAMPLE_ROWS  200
#define SAMPLE_MOST  80 /* characters */
#define COLUMNS_MOST TABLE_CELLS_MOST

/* --- proposing --- */

/* At most so many characters, never half of one. */
static char *
cut(struct arena *a, const char *text, size_t most)
{
    size_t n = 0, at = 0;
    for (; text[at]; at++)
        if (((unsigned char)text[at] & 0xc0) != 0x80 && n++ == most)
            break;
    return text_copy_n(a, text, at);
}

static void
add_sample(struct arena *a, struct mapped_column *c, const char *value)
{
    if (!*value)
        return;
    char *sample = cut(a, value, SAMPLE_MOST);
    for (size_t i = 0; i < COLUMN_SAMPLES; i++) {
        if (!c->samples[i]) {
            c->samples[i] = sample;
            return;
        }
        if (text_is(c->samples[i], sample))
            return;
    }
}

/* The header row, and samples of what stands below it. */
static struct err *
read_columns(struct arena *a, int fd, struct import_plan *plan)
{
    struct input *in = input_new(a, fd, &plan->shape);
    struct table *t = table_new(a, input_source(in), plan->shape.separator);
    struct row r;
    bool more = true;
    plan->mapping = (struct mapping){ 0 };
    for (int64_t i = 0; i < plan->shape.header_row + SAMPLE_ROWS; i++) {
        TRY(table_next(t, &r, &more));
        if (!more)
            break;
        if (r.number == plan->shape.header_row)
            plan->mapping = mapping_of(a, &r, plan->shape.dialect);
        else if (r.number > plan->shape.header_row)
            for (size_t k = 0; k < plan->mapping.count; k++)
                add_sample(a, &plan->mapping.columns[k], row_text(&r, k));
    }
    return NULL;
}

struct err *
plan_remap(struct arena *a, int fd, struct import_plan *plan)
{
    struct import_plan made = *plan;
    TRY(read_columns(a, fd, &made));
    *plan = made;
    return NULL;
}

static bool
has_known(const struct mapping *m)
{
    for (size_t i = 0; i < m->count; i++)
        if (m->columns[i].field)
            return true;
    return false;
}

/* Unknown names may be mapped by a person; numbers are no names. */
static bool
looks_like_names(const struct mapping *m)
{
    for (size_t i = 0; i < m->count; i++)
        if (m->columns[i].header[strspn(m->columns[i].header, "0123456789.,-+ ")] == 0 &&
            m->columns[i].header[0])
            return false;
    return m->count > 1;
}

struct err *
plan_propose(struct arena *a, int fd, struct import_plan *out)
{
    struct import_plan plan = { 0 };
    TRY(sniff_file(a, fd, &plan.shape));
    TRY(read_columns(a, fd, &plan));
    if (!has_known(&plan.mapping) && !looks_like_names(&plan.mapping))
        return FAIL(a, ERR_INVALID, "import.no_header",
                    "The first row does not name columns that belong to products or orders.");
    *out = plan;
    return NULL;
}

/* --- checking --- */

static bool
maps(const struct import_plan *plan, enum import_field field)
{
    for (size_t i = 0; i < plan->mapping.count; i++)
        if (plan->mapping.columns[i].field == field)
            return true;
    return false;
}

static struct err *
refuse_twice(struct arena *a, const struct mapping *m)
{
    for (size_t i = 0; i < m->count; i++)
        for (size_t k = 0; k < i && !field_may_repeat(m->columns[i].field); k++)
            if (m->columns[i].field == m->columns[k].field && m->columns[i].n == m->columns[k].n &&
                text_is(m->columns[i].of, m->columns[k].of))
                return FAIL_FIELD(a, ERR_INVALID, "import.mapped_twice", m->columns[i].header,
                                  "Two columns are given to one field.");
    return NULL;
}

struct err *
plan_check(struct arena *a, const struct import_plan *plan)
{
    static const enum import_field keys[] = { FIELD_PRODUCT_SKU, FIELD_HANDLE, FIELD_SKU, FIELD_ID,
                                              FIELD_GTIN };
    bool has_key = false;
    TRY(refuse_twice(a, &plan->mapping));
    if (plan->shape.dialect == DIALECT_ORDERS) {
        if (!maps(plan, FIELD_ORDER_NUMBER) || !maps(plan, FIELD_SKU) ||
            !maps(plan, FIELD_ORDER_QUANTITY) || !maps(plan, FIELD_ORDER_UNIT_PRICE))
            return FAIL(a, ERR_INVALID, "import.no_order_key",
                        "Orders need columns for number, SKU, quantity and price.");
        return NULL;
    }
    for (size_t i = 0; i < COUNT(keys); i++)
        has_key = has_key || maps(plan, keys[i]);
    if (!has_key)
        return FAIL(a, ERR_INVALID, "import.no_key",
                    "No column says which product a row is: a SKU, a handle or a GTIN.");
    return NULL;
}

/* --- JSON --- */

static void
put_column(struct json *j, const struct mapped_column *c)
{
    json_put_object(j, NULL);
    json_put_text(j, "header", c->header);
    json_put_text(j, "field", field_name(c->field));
    if (c->n)
        json_put_i64(j, "n", c->n);
    if (c->of)
        json_put_text(j, "of", c->of);
    json_put_array(j, "samples");
    for (size_t i = 0; i < COLUMN_SAMPLES && c->samples[i]; i++)
        json_put_text(j, NULL, c->samples[i]);
    json_put_end(j);
    json_put_end(j);
}

char *
plan_to_json(struct arena *a, const struct import_plan *plan)
{
    const struct file_shape *s = &plan->shape;
    struct json j = json_begin(a);
    json_put_object(&j, NULL);
    json_put_object(&j, "shape");
    json_put_bool(&j, "gzip", s->gzip);
    json_put_bool(&j, "mark", s->mark);
    json_put_text(&j, "encoding", encoding_name(s->encoding));
    json_put_text(&j, "line_end", line_end_name(s->line_end));
    json_put_text(&j, "separator", (char[]){ s->separator, 0 });
    json_put_text(&j, "decimal", (char[]){ s->decimal, 0 });
    json_put_i64(&j, "header_row", s->header_row);
    json_put_text(&j, "dialect", dialect_name(s->dialect));
    json_put_i64(&j, "bytes", s->bytes);
    json_put_i64(&j, "rows", s->rows);
    json_put_end(&j);
    json_put_array(&j, "columns");
    for (size_t i = 0; i < plan->mapping.count; i++)
        put_column(&j, &plan->mapping.columns[i]);
    json_put_end(&j);
    json_put_end(&j);
    return j.out.at;
}

static void
let_go(void *json)
{
    json_decref(json);
}

static const char *
text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static int64_t
number_of(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static bool
read_shape(const json_t *json, struct file_shape *out)
{
    const char *separator = text_of(json, "separator"), *decimal = text_of(json, "decimal");
    out->gzip = json_is_true(json_object_get(json, "gzip"));
    out->mark = json_is_true(json_object_get(json, "mark"));
    out->header_row = number_of(json, "header_row");
    out->bytes = number_of(json, "bytes");
    out->rows = number_of(json, "rows");
    if (!separator || strlen(separator) != 1 || !strchr(",;\t|", *separator) || !decimal ||
        strlen(decimal) > 1 || (*decimal && !strchr(".,", *decimal)))
        return false;
    out->separator = *separator;
    out->decimal = *decimal;
    return out->header_row >= 1 && encoding_read(text_of(json, "encoding"), &out->encoding) &&
           line_end_read(text_of(json, "line_end"), &out->line_end) &&
           dialect_read(text_of(json, "dialect"), &out->dialect);
}

static bool
read_column(struct arena *a, const json_t *json, struct mapped_column *out)
{
    const char *header = text_of(json, "header"), *of = text_of(json, "of");
    const json_t *samples = json_object_get(json, "samples");
    int64_t n = number_of(json, "n");
    if (!header || !field_read(text_of(json, "field"), &out->field) || n < 0 || n > 999)
        return false;
    out->header = text_copy(a, header);
    out->n = (int)n;
    out->of = of && *of ? text_copy(a, of) : NULL;
    for (size_t i = 0; i < COLUMN_SAMPLES && i < json_array_size(samples); i++) {
        const char *sample = json_string_value(json_array_get(samples, i));
        out->samples[i] = sample ? text_copy(a, sample) : NULL;
    }
    return true;
}

struct err *
plan_from_json(struct arena *a, const char *text, struct import_plan *out)
{
    struct import_plan plan = { 0 };
    json_t *json = json_loads(text, 0, NULL);
    const json_t *columns = json_object_get(json, "columns");
    if (json)
        arena_defer(a, let_go, json);
    plan.mapping.count = json_array_size(columns);
    bool fits = json_is_array(columns) && plan.mapping.count <= COLUMNS_MOST &&
                read_shape(json_object_get(json, "shape"), &plan.shape);
    plan.mapping.columns = NEW_ARRAY(a, struct mapped_column, fits ? plan.mapping.count + 1 : 1);
    for (size_t i = 0; fits && i < plan.mapping.count; i++)
        fits = read_column(a, json_array_get(columns, i), &plan.mapping.columns[i]);
    if (!fits)
        return FAIL(a, ERR_INVALID, "import.plan", "How this file is to be read is not clear.");
    *out = plan;
    return NULL;
}
