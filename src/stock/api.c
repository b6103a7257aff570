/* The inventory for programs. */
#include <stdlib.h>

#include "base/digest.h"
#include "base/text.h"
#include "http/json.h"
#include "stock/edit.h"
#include "stock/movements.h"
#include "stock/places.h"
#include "stock/routes.h"

#define MOVEMENTS      50
#define MOVEMENTS_MOST 200
#define CHANGES_MOST   1000

/* ---- Places ---- */

static void
put_place(struct json *j, const struct place *p)
{
    json_put_object(j, "warehouse");
    json_put_id(j, "id", p->warehouse.n);
    json_put_text(j, "code", p->warehouse_code);
    json_put_bool(j, "active", p->warehouse_active);
    json_put_end(j);
    json_put_text(j, "bin", p->bin);
    json_put_i64(j, "on_hand", p->on_hand);
    json_put_i64(j, "reserved", p->reserved);
    json_put_i64(j, "available", p->on_hand - p->reserved);
    if (p->low_at >= 0)
        json_put_i64(j, "low_at", p->low_at);
    else
        json_put_null(j, "low_at");
    json_put_time(j, "updated_at", p->updated_us);
}

static void
put_row(struct json *j, const struct place *p)
{
    json_put_object(j, NULL);
    json_put_object(j, "variant");
    json_put_id(j, "id", p->variant.n);
    json_put_id(j, "product", p->product.n);
    json_put_text(j, "sku", p->sku);
    json_put_text(j, "options", p->options);
    json_put_text(j, "title", *p->title ? p->title : NULL);
    json_put_end(j);
    if (p->warehouse.n)
        put_place(j, p);
    json_put_end(j);
}

struct err *
stock_get_list(struct req *r)
{
    struct place_filter f;
    struct place_page p;
    TRY(QUERY_ONLY(r, "q", "warehouse", "state", "cursor", "limit"));
    TRY(places_read_filter(r, &f));
    TRY(places_load(r, &f, &p));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_array(&j, "data");
    for (size_t i = 0; i < p.count; i++)
        put_row(&j, &p.at[i]);
    json_put_end(&j);
    json_put_text(&j, "next_cursor", p.older);
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

/* ---- One variant ---- */

static struct buf
shape_of(struct arena *a, const struct stocked *v)
{
    int64_t available = 0;
    struct json j = json_begin(a);
    json_put_object(&j, NULL);
    json_put_id(&j, "id", v->variant.n);
    json_put_id(&j, "product", v->product.n);
    json_put_text(&j, "sku", v->sku);
    json_put_text(&j, "options", v->options);
    json_put_text(&j, "title", *v->title ? v->title : NULL);
    json_put_bool(&j, "tracked", v->tracked);
    json_put_bool(&j, "backorder", v->backorder);
    json_put_array(&j, "places");
    for (size_t i = 0; i < v->count; i++) {
        json_put_object(&j, NULL);
        put_place(&j, &v->at[i]);
        json_put_end(&j);
        if (v->at[i].warehouse_active)
            available += v->at[i].on_hand - v->at[i].reserved;
    }
    json_put_end(&j);
    json_put_i64(&j, "available", available);
    json_put_end(&j);
    return j.out;
}

/* Of its content: whatever a reader would see changed changes it. */
static const char *
tag_of(struct arena *a, const struct buf *shape)
{
    struct sha256 h = sha256_of(BYTES(shape->at, shape->length));
    return hex_text(a, BYTES(h.bytes, 12));
}

static struct err *
answer_one(struct req *r, int status, struct variant_id id)
{
    struct stocked v;
    TRY(stocked_load(r->work, id, &v));
    struct buf shape = shape_of(r->work->arena, &v);
    if (resp_unchanged(r, tag_of(r->work->arena, &shape)))
        return NULL;
    return json_answer(r, status, &shape);
}

struct err *
stock_get_one(struct req *r)
{
    struct variant_id id;
    TRY(param_id(r, 0, &id.n));
    return answer_one(r, 200, id);
}

/* A figure that is set says which one it takes the place of: by `expected`, or by If-Match. What is
 * added is right whatever lay there. */
static struct err *
check_condition(struct req *r, const struct stock_change *c)
{
    struct stocked v;
    if (!header_text(r, "HTTP_IF_MATCH") && (c->by || c->expected >= 0))
        return NULL;
    TRY(stocked_lock(r->work, c->variant));
    TRY(stocked_load(r->work, c->variant, &v));
    struct buf shape = shape_of(r->work->arena, &v);
    return require_match(r, tag_of(r->work->arena, &shape));
}

struct err *
stock_patch_one(struct req *r)
{
    struct form f;
    struct stock_edit edit;
    struct variant_id id;
    TRY(variant_param(r, 0, &id));
    TRY(form_read(r, &f));
    edit_read(&f, &edit);
    TRY(form_done(&f));
    edit.change.variant = id;
    TRY(check_condition(r, &edit.change));
    TRY(edit_apply(r->work, &edit));
    return answer_one(r, 200, id);
}

struct err *
stock_post_move_json(struct req *r)
{
    struct form f;
    struct stock_move m = { 0 };
    TRY(variant_param(r, 0, &m.variant));
    TRY(form_read(r, &f));
    move_read(&f, &m);
    TRY(form_done(&f));
    TRY(stock_move(r->work, &m));
    return answer_one(r, 200, m.variant);
}

/* ---- Many at once: all or none ---- */

/* "changes.17.sku": row 17, and the member's name. */
static bool
names_a_change(const char *name, size_t *row, const char **member)
{
    char *end;
    if (!text_starts(name, "changes.") || name[8] < '0' || name[8] > '9')
        return false;
    *row = strtoul(name + 8, &end, 10);
    *member = *end == '.' ? end + 1 : "";
    return true;
}

static void
change_number(struct form *f, const struct field *field, int64_t least, int64_t *out)
{
    int64_t n;
    if (!field->value)
        return;
    if (!text_to_i64(field->value, &n) || n < least || n > STOCK_MOST)
        form_fail(f, field->name, "field.number", "A whole number that fits.");
    else
        *out = n;
}

/* One member of one change. Unknown ones are refused: a misspelt "adjust" would change nothing. */
static void
take_member(struct form *f, const struct field *field, const char *member, struct stock_change *c,
            unsigned *given)
{
    const char *text = field->value ? field->value : "";
    if (text_is(member, "sku"))
        c->sku = text;
    else if (text_is(member, "variant"))
        change_number(f, field, 1, &c->variant.n);
    else if (text_is(member, "warehouse"))
        c->code = text_to_id(text, &c->warehouse.n) ? NULL : text;
    else if (text_is(member, "bin"))
        c->bin = text;
    else if (text_is(member, "on_hand")) {
        *given |= 1;
        change_number(f, field, 0, &c->pieces);
    } else if (text_is(member, "adjust")) {
        *given |= 2;
        c->by = true;
        change_number(f, field, -STOCK_MOST, &c->pieces);
    } else if (text_is(member, "low_at")) {
        c->has_low_at = true;
        change_number(f, field, 0, &c->low_at);
    } else if (text_is(member, "expected"))
        change_number(f, field, 0, &c->expected);
    else if (*member)
        form_fail(f, field->name, "field.unknown", "There is no such member.");
}

static void
check_change(struct form *f, size_t i, const struct stock_change *c, unsigned given)
{
    struct arena *a = f->r->work->arena;
    if (!c->variant.n && !(c->sku && *c->sku))
        form_fail(f, text_printf(a, "changes.%zu.sku", i), "field.needed", "This is needed.");
    if (given == 3 || (!given && !c->has_low_at))
        form_fail(f, text_printf(a, "changes.%zu.on_hand", i), "stock.one_of",
                  "Give on_hand or adjust, one of them.");
    if (c->bin && text_characters(c->bin) > STOCK_BIN_MOST)
        form_fail(f, text_printf(a, "changes.%zu.bin", i), "field.too_long",
                  "At most 40 characters.");
}

static struct err *
read_changes(struct form *f, struct stock_change **out, size_t *n)
{
    struct arena *a = f->r->work->arena;
    struct stock_change *all = NEW_ARRAY(a, struct stock_change, CHANGES_MOST);
    unsigned *given = NEW_ARRAY(a, unsigned, CHANGES_MOST);
    size_t count = 0, row;
    const char *member;
    for (size_t i = 0; i < f->count; i++) {
        if (!names_a_change(f->at[i].name, &row, &member))
            continue;
        if (row >= CHANGES_MOST)
            return FAIL_FIELD(a, ERR_INVALID, "stock.too_many_changes", "changes",
                              "At most 1,000 changes at once.");
        for (; count <= row; count++)
            all[count] = (struct stock_change){ .low_at = -1, .expected = -1 };
        take_member(f, &f->at[i], member, &all[row], &given[row]);
    }
    for (size_t i = 0; i < count; i++)
        check_change(f, i, &all[i], given[i]);
    if (!count)
        form_fail(f, "changes", "field.needed", "This is needed.");
    *out = all;
    *n = count;
    return NULL;
}

/* Nothing was done where one was refused: the failure undoes the others. */
static struct err *
refusals_of(struct req *r, const struct stock_change *changes, const struct stock_outcome_of *out,
            size_t n)
{
    struct err *first = NULL, **last = &first;
    for (size_t i = 0; i < n; i++) {
        struct err *e = edit_refused(r->work, &changes[i], &out[i],
                                     text_printf(r->work->arena, "changes.%zu.", i));
        if (!e)
            continue;
        *last = e;
        last = &e->next;
    }
    return first;
}

static struct err *
answer_changes(struct req *r, const struct stock_outcome_of *out, size_t n)
{
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_array(&j, "data");
    for (size_t i = 0; i < n; i++) {
        json_put_object(&j, NULL);
        json_put_id(&j, "variant", out[i].variant.n);
        json_put_id(&j, "warehouse", out[i].warehouse.n);
        json_put_bool(&j, "changed", out[i].outcome == STOCK_CHANGED);
        json_put_end(&j);
    }
    json_put_end(&j);
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

struct err *
stock_post_bulk(struct req *r)
{
    struct form f;
    struct stock_change *changes = NULL;
    size_t n = 0;
    TRY(form_read(r, &f));
    const char *reason = edit_reason(&f);
    TRY(read_changes(&f, &changes, &n));
    TRY(form_done(&f));
    struct stock_outcome_of *out = NEW_ARRAY(r->work->arena, struct stock_outcome_of, n);
    TRY(stock_set_many(r->work, changes, n, edit_kind(reason), reason, out));
    TRY(refusals_of(r, changes, out, n));
    return answer_changes(r, out, n);
}

/* ---- The ledger ---- */

static void
put_movement(struct json *j, const struct movement *m)
{
    json_put_object(j, NULL);
    json_put_id(j, "id", m->id);
    json_put_time(j, "at", m->at_us);
    json_put_text(j, "kind", m->kind);
    json_put_id(j, "variant", m->variant.n);
    json_put_text(j, "sku", m->sku);
    json_put_id(j, "warehouse", m->warehouse.n);
    json_put_text(j, "bin", m->bin);
    json_put_i64(j, "on_hand", m->on_hand);
    json_put_i64(j, "reserved", m->reserved);
    if (m->order.n)
        json_put_id(j, "order", m->order.n);
    else
        json_put_null(j, "order");
    json_put_text(j, "reason", m->reason);
    json_put_text(j, "who", *m->who ? m->who : NULL);
    json_put_end(j);
}

/* An id among the parameters; 0 when it is not given. */
static struct err *
query_id(struct req *r, const char *name, int64_t *out)
{
    const char *text = query_text(r, name);
    *out = 0;
    if (!text || text_to_id(text, out))
        return NULL;
    return FAIL_FIELD(r->work->arena, ERR_MALFORMED, "request.parameter_value", name,
                      text_printf(r->work->arena, "%s is an id.", name));
}

struct err *
stock_get_movements(struct req *r)
{
    struct movement_page p;
    struct variant_id variant;
    struct order_id order;
    TRY(QUERY_ONLY(r, "variant", "order", "cursor", "limit"));
    TRY(query_id(r, "variant", &variant.n));
    TRY(query_id(r, "order", &order.n));
    TRY(movements_load(r, variant, order, MOVEMENTS, MOVEMENTS_MOST, &p));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_array(&j, "data");
    for (size_t i = 0; i < p.count; i++)
        put_movement(&j, &p.at[i]);
    json_put_end(&j);
    json_put_text(&j, "next_cursor", p.older);
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}
