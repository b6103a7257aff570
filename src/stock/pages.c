/* /vendor/inventory: what lies where, each place changed in its row; one variant with its places,
 * deliveries, moves and movements. */
#include "base/text.h"
#include "http/site.h"
#include "stock/edit.h"
#include "stock/movements.h"
#include "stock/places.h"
#include "stock/routes.h"
#include "view/language.h"
#include "view/value.h"

#define MOVEMENTS      30
#define MOVEMENTS_MOST 200

/* A row that was refused: which, what was typed, and why. NULL: none was. */
struct refused_row {
    struct variant_id variant;
    const struct stock_edit *edit;
    const struct form *form;
    const struct err *e;
};

/* ---- Rows ---- */

static void
set_thing(struct arena *a, struct val *row, const struct place *p)
{
    val_set_text(row, "path", text_printf(a, "/vendor/inventory/%lld", (long long)p->variant.n));
    val_set_i64(row, "variant", p->variant.n);
    val_set_text(row, "sku", p->sku);
    val_set_text(row, "options", p->options);
    val_set_text(row, "title", p->title);
    val_set_text(row, "title_lang", p->title_language);
}

static void
set_figures(struct val *row, const struct place *p)
{
    static const char *const levels[] = { "enough", "low", "out" };
    val_set_i64(row, "warehouse", p->warehouse.n);
    val_set_text(row, "warehouse_name", p->warehouse_name);
    val_set_bool(row, "closed", !p->warehouse_active);
    val_set_text(row, "bin", p->bin);
    val_set_i64(row, "on_hand", p->on_hand);
    val_set_i64(row, "expected", p->on_hand);
    val_set_count(row, "reserved", p->reserved);
    val_set_count(row, "available", p->on_hand - p->reserved);
    if (p->low_at >= 0)
        val_set_i64(row, "low_at", p->low_at);
    val_set_bool(val_set_map(row, "is"), levels[p->level], true);
}

static bool
is_refused(const struct refused_row *bad, const struct place *p)
{
    return bad && bad->variant.n == p->variant.n &&
           bad->edit->change.warehouse.n == p->warehouse.n &&
           text_is(bad->edit->change.bin, p->bin);
}

/* What was typed stays; the figure it is held against is the one that lies there now. */
static void
set_refusal(struct req *r, struct val *m, struct val *row, size_t n, const struct refused_row *bad)
{
    struct val *error = val_add_map(val_set_list(m, "errors"));
    val_set_text(row, "error", problem_say(r, bad->e));
    val_set_text(row, "on_hand", form_raw(bad->form, "on_hand"));
    val_set_text(row, "low_at", form_raw(bad->form, "low_at"));
    val_set_bool(m, "has_errors", true);
    val_set_text(error, "field", text_printf(r->work->arena, "on_hand-%zu", n));
    val_set_text(error, "say", problem_say(r, bad->e));
}

static void
set_rows(struct req *r, struct val *m, const struct place *at, size_t n,
         const struct refused_row *bad)
{
    struct arena *a = r->work->arena;
    struct val *list = val_set_list(m, "places");
    for (size_t i = 0; i < n; i++) {
        struct val *row = val_add_map(list);
        set_thing(a, row, &at[i]);
        val_set_i64(row, "n", (int64_t)i);
        if (at[i].warehouse.n)
            set_figures(row, &at[i]);
        if (is_refused(bad, &at[i]))
            set_refusal(r, m, row, i, bad);
    }
    val_set_bool(m, "has_places", n > 0);
}

static void
set_reasons(struct req *r, struct val *m, const char *chosen)
{
    struct val *list = val_set_list(m, "reasons");
    for (size_t i = 0; i < stock_reason_count; i++) {
        struct val *one = val_add_map(list);
        val_set_text(one, "code", stock_reasons[i]);
        val_set_word(one, "word", text_printf(r->work->arena, "stock.reason.%s", stock_reasons[i]));
        val_set_bool(one, "selected", text_is(chosen, stock_reasons[i]));
    }
}

static struct err *
set_warehouses(struct req *r, struct val *m, int64_t chosen)
{
    struct warehouse *all;
    size_t n;
    struct val *list = val_set_list(m, "warehouses");
    TRY(stock_warehouses(r->work, &all, &n));
    for (size_t i = 0; i < n; i++) {
        struct val *one = val_add_map(list);
        val_set_i64(one, "id", all[i].id.n);
        val_set_text(one, "name", all[i].name);
        val_set_bool(one, "selected", all[i].id.n == chosen);
    }
    val_set_bool(m, "several", n > 1);
    val_set_bool(m, "has_warehouses", n > 0);
    return NULL;
}

/* What a person may hear and mend; the rest is passed on. */
static bool
is_for_the_form(const struct err *e)
{
    return e && (e->kind == ERR_INVALID || e->kind == ERR_CONFLICT || e->kind == ERR_STALE);
}

/* ---- The list ---- */

static struct err *
show_list(struct req *r, int status, const struct refused_row *bad)
{
    struct place_filter f;
    struct place_page p;
    struct val *m = val_map(r->work->arena);
    TRY(places_read_filter(r, &f));
    TRY(places_load(r, &f, &p));
    set_rows(r, m, p.at, p.count, bad);
    set_reasons(r, m, bad ? form_raw(bad->form, "reason") : "counted");
    TRY(set_warehouses(r, m, f.warehouse.n));
    val_set_bool(m, "may_edit", guard_may(r->visitor.role, MAY_EDIT_STOCK));
    val_set_text(m, "q", f.q ? f.q : "");
    val_set_bool(val_set_map(m, "state_is"), f.state ? place_state_names[f.state] : "any", true);
    val_set_bool(m, "uncounted", f.state == PLACES_UNCOUNTED);
    val_set_bool(m, "filtered", f.q || f.state || f.warehouse.n);
    val_set_text(m, "here", query_with(r, "done", NULL));
    if (!f.is_first)
        val_set_text(m, "newer", query_with(r, "cursor", NULL));
    if (p.older)
        val_set_text(m, "older", query_with(r, "cursor", p.older));
    return page_status(r, status, "vendor/inventory/list", m);
}

struct err *
stock_show_list(struct req *r)
{
    return show_list(r, 200, NULL);
}

/* A row of whichever page: NULL when it was written, its failure in `bad` when a person can mend
 * it.
 */
static struct err *
post_row(struct req *r, struct form *f, struct stock_edit *edit, struct refused_row *bad)
{
    edit_read(f, edit);
    edit->change.variant = bad->variant;
    struct err *e = form_done(f);
    if (!e)
        e = edit_apply(r->work, edit);
    if (!is_for_the_form(e))
        return e;
    bad->edit = edit;
    bad->form = f;
    bad->e = e;
    return NULL;
}

struct err *
stock_post_list(struct req *r)
{
    struct form f;
    struct stock_edit edit;
    struct refused_row bad = { 0 };
    TRY(form_read(r, &f));
    bad.variant.n = form_i64(&f, "variant", 1, INT64_MAX, 0);
    TRY(post_row(r, &f, &edit, &bad));
    if (bad.e)
        return show_list(r, err_status(bad.e), &bad);
    return see_other(r, text_join(r->work->arena, "/vendor/inventory",
                                  query_with(r, "done", "stock.saved"), NULL));
}

/* ---- One variant ---- */

static void
set_movement(struct req *r, struct val *row, const struct movement *m)
{
    struct arena *a = r->work->arena;
    const char *note, *reason = reason_split(m->reason, &note);
    val_set_time(row, "at", m->at_us);
    val_set_word(row, "kind", text_printf(a, "stock.kind.%s", m->kind));
    val_set_text(row, "place", m->warehouse_name);
    val_set_text(row, "bin", m->bin);
    if (m->on_hand)
        val_set_text(row, "on_hand", text_printf(a, "%+lld", (long long)m->on_hand));
    if (m->reserved)
        val_set_text(row, "reserved", text_printf(a, "%+lld", (long long)m->reserved));
    if (reason && !text_is(m->kind, "count")) /* counted, because it was counted */
        val_set_word(row, "reason", text_printf(a, "stock.reason.%s", reason));
    val_set_text(row, "note", note);
    val_set_text(row, "who", m->who);
    if (m->order.n)
        val_set_text(row, "order", text_printf(a, "/vendor/orders/%lld", (long long)m->order.n));
}

static struct err *
set_movements(struct req *r, struct val *m, struct variant_id variant)
{
    struct movement_page p;
    struct val *list = val_set_list(m, "movements");
    TRY(movements_load(r, variant, (struct order_id){ 0 }, MOVEMENTS, MOVEMENTS_MOST, &p));
    for (size_t i = 0; i < p.count; i++)
        set_movement(r, val_add_map(list), &p.at[i]);
    val_set_bool(m, "has_movements", p.count > 0);
    if (!p.is_first)
        val_set_text(m, "newer", query_with(r, "cursor", NULL));
    if (p.older)
        val_set_text(m, "older", query_with(r, "cursor", p.older));
    return NULL;
}

/* "3:A1" names a place of this variant. */
static void
set_sources(struct req *r, struct val *m, const struct stocked *v, const char *chosen)
{
    struct arena *a = r->work->arena;
    struct val *list = val_set_list(m, "sources");
    for (size_t i = 0; i < v->count; i++) {
        const struct place *p = &v->at[i];
        if (p->on_hand == p->reserved)
            continue;
        struct val *one = val_add_map(list);
        const char *code = text_printf(a, "%lld:%s", (long long)p->warehouse.n, p->bin);
        val_set_text(one, "code", code);
        val_set_text(one, "name", p->warehouse_name);
        val_set_text(one, "bin", p->bin);
        val_set_count(one, "free", p->on_hand - p->reserved);
        val_set_bool(one, "selected", text_is(code, chosen));
        val_set_bool(m, "can_move", true);
    }
}

static void
set_sums(struct val *m, const struct stocked *v)
{
    int64_t on_hand = 0, reserved = 0;
    for (size_t i = 0; i < v->count; i++)
        if (v->at[i].warehouse_active) {
            on_hand += v->at[i].on_hand;
            reserved += v->at[i].reserved;
        }
    struct val *sums = val_set_map(m, "sums");
    val_set_count(sums, "on_hand", on_hand);
    val_set_count(sums, "reserved", reserved);
    val_set_count(sums, "count", on_hand - reserved);
}

/* `f` and `e` are of a delivery or a move that was refused, `bad` of a row; all may be NULL. */
static struct err *
show_one(struct req *r, int status, struct variant_id id, const struct form *f, const struct err *e,
         const struct refused_row *bad)
{
    struct stocked v;
    struct arena *a = r->work->arena;
    struct val *m = val_map(a);
    TRY(stocked_load(r->work, id, &v));
    const struct place named = { .variant = v.variant,
                                 .sku = v.sku,
                                 .options = v.options,
                                 .title = v.title,
                                 .title_language = v.title_language };
    set_thing(a, m, &named);
    val_set_text(m, "product", text_printf(a, "/vendor/products/%lld", (long long)v.product.n));
    val_set_bool(m, "tracked", v.tracked);
    val_set_bool(m, "backorder", v.backorder);
    val_set_bool(m, "may_edit", guard_may(r->visitor.role, MAY_EDIT_STOCK));
    set_sums(m, &v);
    if (f)
        form_show(f, e, m);
    set_rows(r, m, v.at, v.count, bad);
    set_reasons(r, m, bad ? form_raw(bad->form, "reason") : "counted");
    set_sources(r, m, &v, f ? form_raw(f, "place") : "");
    TRY(set_warehouses(r, m, 0));
    TRY(set_movements(r, m, id));
    const char *here = text_printf(a, "/vendor/inventory/%lld", (long long)id.n);
    val_set_text(m, "here", here);
    val_set_text(m, "path", here); /* also where a form of it is shown again */
    val_set_text(m, "csv",
                 text_printf(a, "/vendor/inventory/movements.csv?variant=%lld", (long long)id.n));
    return page_status(r, status, "vendor/inventory/show", m);
}

struct err *
stock_show_one(struct req *r)
{
    struct variant_id id;
    TRY(param_id(r, 0, &id.n));
    return show_one(r, 200, id, NULL, NULL, NULL);
}

static struct err *
back_to(struct req *r, struct variant_id id, const char *done)
{
    return see_other(
        r, text_printf(r->work->arena, "/vendor/inventory/%lld?done=%s", (long long)id.n, done));
}

struct err *
stock_post_one(struct req *r)
{
    struct form f;
    struct stock_edit edit;
    struct refused_row bad = { 0 };
    TRY(variant_param(r, 0, &bad.variant));
    TRY(form_read(r, &f));
    TRY(post_row(r, &f, &edit, &bad));
    if (bad.e)
        return show_one(r, err_status(bad.e), bad.variant, NULL, NULL, &bad);
    return back_to(r, bad.variant, "stock.saved");
}

struct err *
stock_post_receive(struct req *r)
{
    struct form f;
    struct stock_edit edit;
    struct variant_id id;
    TRY(variant_param(r, 0, &id));
    TRY(form_read(r, &f));
    receipt_read(&f, &edit);
    edit.change.variant = id;
    struct err *e = form_done(&f);
    if (!e)
        e = edit_apply(r->work, &edit);
    if (is_for_the_form(e))
        return show_one(r, err_status(e), id, &f, e, NULL);
    TRY(e);
    return back_to(r, id, "stock.received");
}

/* Fields: place ("3:A1"), to, to_bin, moved, move_note. */
static void
read_move(struct form *f, struct stock_move *m)
{
    const char *place = form_text(f, "place", 1, 64), *colon = place;
    while (*colon && *colon != ':')
        colon++;
    if (*place &&
        (!*colon ||
         !text_to_id(text_copy_n(f->r->work->arena, place, (size_t)(colon - place)), &m->from.n)))
        form_fail(f, "place", "stock.place", "Nothing lies there.");
    m->from_bin = *colon ? colon + 1 : "";
    m->to.n = form_i64(f, "to", 1, INT64_MAX, 0);
    m->to_bin = form_text(f, "to_bin", 0, STOCK_BIN_MOST);
    m->pieces = form_i64(f, "moved", 1, STOCK_MOST, 0);
    m->reason = form_text(f, "move_note", 0, STOCK_NOTE_MOST);
    if (!m->pieces)
        form_fail(f, "moved", "field.needed", "This is needed.");
}

struct err *
stock_post_move(struct req *r)
{
    struct form f;
    struct stock_move m = { 0 };
    TRY(variant_param(r, 0, &m.variant));
    TRY(form_read(r, &f));
    read_move(&f, &m);
    struct err *e = form_done(&f);
    if (!e)
        e = stock_move(r->work, &m);
    if (e && e->field) /* the page's names of the fields */
        e->field = text_is(e->field, "pieces") ? "moved"
                   : text_is(e->field, "from") ? "place"
                                               : e->field;
    if (is_for_the_form(e))
        return show_one(r, err_status(e), m.variant, &f, e, NULL);
    TRY(e);
    return back_to(r, m.variant, "stock.moved");
}
