/* /vendor/settings/warehouses. */
#include "base/text.h"
#include "http/form.h"
#include "http/site.h"
#include "stock/routes.h"
#include "stock/warehouse.h"
#include "view/value.h"

#define HOME "/vendor/settings/warehouses"

static bool
is_for_the_form(const struct err *e)
{
    return e && (e->kind == ERR_INVALID || e->kind == ERR_CONFLICT);
}

static void
warehouse_model(struct arena *a, struct val *m, const struct warehouse *h)
{
    val_set_i64(m, "id", h->id.n);
    val_set_text(m, "path", text_printf(a, HOME "/%lld", (long long)h->id.n));
    val_set_text(m, "code", h->code);
    val_set_text(m, "name", h->name);
    val_set_bool(m, "active", h->active);
}

static struct err *
set_holds(struct req *r, struct val *m, struct warehouse_id id)
{
    struct warehouse_holds holds;
    TRY(warehouse_count(r->work, id, &holds));
    val_set_count(m, "variants", holds.variants);
    val_set_count(m, "count", holds.on_hand);
    val_set_count(m, "reserved", holds.reserved);
    val_set_bool(m, "has_pieces", holds.on_hand > 0);
    val_set_bool(m, "has_reserved", holds.reserved > 0);
    return NULL;
}

static struct err *
show_all(struct req *r, int status, const struct form *f, const struct err *e)
{
    struct warehouse *all;
    size_t n, active = 0;
    struct arena *a = r->work->arena;
    struct val *m = val_map(a), *list = val_set_list(m, "warehouses");
    TRY(stock_warehouses(r->work, &all, &n));
    for (size_t i = 0; i < n; i++)
        active += all[i].active;
    for (size_t i = 0; i < n; i++) {
        struct val *row = val_add_map(list);
        warehouse_model(a, row, &all[i]);
        TRY(set_holds(r, row, all[i].id));
        val_set_bool(row, "first", i == 0);
        val_set_bool(row, "last", i + 1 >= active);
    }
    val_set_bool(m, "has_warehouses", n > 0);
    val_set_bool(m, "may_edit", guard_may(r->visitor.role, MAY_EDIT_SETTINGS));
    val_set_bool(val_set_map(m, "tab"), "warehouses", true);
    if (f)
        form_show(f, e, m);
    return page_status(r, status, "vendor/settings/warehouses/index", m);
}

struct err *
stock_show_warehouses(struct req *r)
{
    return show_all(r, 200, NULL, NULL);
}

struct err *
stock_post_warehouses(struct req *r)
{
    struct form f;
    struct warehouse h = { 0 };
    struct warehouse_id id;
    TRY(form_read(r, &f));
    warehouse_read(&f, &h);
    struct err *e = form_done(&f);
    if (!e)
        e = warehouse_add(r->work, &h, &id);
    if (is_for_the_form(e))
        return show_all(r, err_status(e), &f, e);
    TRY(e);
    return see_other(r, HOME "?done=warehouse.added");
}

/* ---- One ---- */

static struct err *
load(struct req *r, struct warehouse *out)
{
    struct warehouse_id id;
    TRY(param_id(r, 0, &id.n));
    return warehouse_load(r->work, id, out);
}

static struct err *
show_one(struct req *r, int status, const struct warehouse *h, const struct form *f,
         const struct err *e)
{
    struct val *m = val_map(r->work->arena);
    warehouse_model(r->work->arena, m, h);
    TRY(set_holds(r, m, h->id));
    form_prefill(m, "code", h->code);
    form_prefill(m, "name", h->name);
    if (f)
        form_show(f, e, m);
    return page_status(r, status, "vendor/settings/warehouses/show", m);
}

struct err *
stock_show_warehouse(struct req *r)
{
    struct warehouse h;
    TRY(load(r, &h));
    return show_one(r, 200, &h, NULL, NULL);
}

struct err *
stock_post_warehouse(struct req *r)
{
    struct form f;
    struct warehouse h, typed;
    TRY(load(r, &h));
    TRY(form_read(r, &f));
    typed = h;
    warehouse_read(&f, &typed);
    struct err *e = form_done(&f);
    if (!e)
        e = warehouse_save(r->work, &typed);
    if (is_for_the_form(e))
        return show_one(r, err_status(e), &h, &f, e);
    TRY(e);
    return see_other(r, HOME "?done=warehouse.saved");
}

/* ---- Their order, and which are active ---- */

static struct err *
shift(struct req *r, bool earlier)
{
    struct warehouse h;
    TRY(load(r, &h));
    TRY(warehouse_shift(r->work, h.id, earlier));
    return see_other(r, HOME "?done=warehouse.ordered");
}

struct err *
stock_post_earlier(struct req *r)
{
    return shift(r, true);
}

struct err *
stock_post_later(struct req *r)
{
    return shift(r, false);
}

struct err *
stock_show_deactivate(struct req *r)
{
    struct warehouse h;
    struct val *m = val_map(r->work->arena);
    TRY(load(r, &h));
    warehouse_model(r->work->arena, m, &h);
    TRY(set_holds(r, m, h.id));
    return page(r, "vendor/settings/warehouses/deactivate", m);
}

static struct err *
set_active(struct req *r, bool active, const char *done)
{
    struct warehouse h;
    TRY(load(r, &h));
    TRY(warehouse_set_active(r->work, h.id, active));
    return see_other(r, text_printf(r->work->arena, HOME "?done=%s", done));
}

struct err *
stock_post_deactivate(struct req *r)
{
    return set_active(r, false, "warehouse.deactivated");
}

struct err *
stock_post_activate(struct req *r)
{
    return set_active(r, true, "warehouse.activated");
}
