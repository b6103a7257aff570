/* The shop's pages of orders. */
#include <string.h>

#include "base/text.h"
#include "orders/draft.h"
#include "orders/filter.h"
#include "orders/model.h"
#include "orders/routes.h"
#include "orders/state.h"

#define PAGE 50

/* ---- The list ---- */

static const char *
order_path(struct req *r, struct order_id id)
{
    return text_printf(r->work->arena, "/vendor/orders/%lld", (long long)id.n);
}

static struct err *
add_tabs(struct req *r, struct val *m, int chosen)
{
    static const char *const words[ORDER_STATES] = {
        "orders.tab.pending",   "orders.tab.paid",      "orders.tab.fulfilled",
        "orders.tab.completed", "orders.tab.cancelled", "orders.tab.refunded"
    };
    int64_t counts[ORDER_STATES], all = 0;
    TRY(orders_count(r->work, counts));
    for (int i = 0; i < ORDER_STATES; i++)
        all += counts[i];
    struct val *list = val_set_list(m, "tabs"), *tab = val_add_map(list);
    val_set_text(tab, "path", "/vendor/orders");
    val_set_word(tab, "label", "orders.tab.all");
    val_set_count(tab, "count", all);
    val_set_bool(tab, "current", chosen < 0);
    for (int i = 0; i < ORDER_STATES; i++) {
        tab = val_add_map(list);
        val_set_text(tab, "path",
                     text_printf(r->work->arena, "/vendor/orders?state=%s", order_state_names[i]));
        val_set_word(tab, "label", words[i]);
        val_set_count(tab, "count", counts[i]);
        val_set_bool(tab, "current", chosen == i);
    }
    val_set_bool(m, "has_orders", all > 0);
    return NULL;
}

static void
add_row(struct req *r, struct val *list, const struct order_row *row)
{
    struct val *v = val_add_map(list);
    val_set_i64(v, "id", row->id.n);
    val_set_text(v, "path", order_path(r, row->id));
    val_set_text(v, "called", order_called(r->work->arena, row->number, row->external));
    val_set_bool(v, "imported", !row->number);
    val_set_time(v, "placed", row->placed_us);
    val_set_text(v, "buyer", *row->name ? row->name : row->email);
    val_set_count(v, "pieces", row->pieces);
    val_set_money(v, "total", row->total);
    model_state(v, row->state);
}

static bool
is_number(const char *q)
{
    int64_t n;
    return text_to_id(q, &n);
}

/* One box searches by number, address or SKU: what was typed says which. A number that no order has
 * may be a SKU, and the other way round. */
static struct err *
search(struct req *r, const char *q, struct order_filter *f, struct order_row **rows, size_t *n)
{
    bool number = is_number(q);
    if (strchr(q, '@')) {
        f->email = q;
        return orders_find(r->work, f, rows, n);
    }
    f->number = number ? q : NULL;
    f->sku = number ? NULL : q;
    TRY(orders_find(r->work, f, rows, n));
    if (*n || f->behind)
        return NULL;
    f->number = number ? NULL : q;
    f->sku = number ? q : NULL;
    return orders_find(r->work, f, rows, n);
}

static struct err *
find_rows(struct req *r, const char *q, struct order_filter *f, struct order_row **rows, size_t *n)
{
    f->limit = PAGE + 1;
    if (*q) {
        f->state = -1;
        return search(r, q, f, rows, n);
    }
    return orders_find(r->work, f, rows, n);
}

static const char *
typed(struct req *r, const char *name)
{
    const char *text = query_text(r, name);
    return text ? text_trim(r->work->arena, text) : "";
}

struct err *
orders_show_list(struct req *r)
{
    struct val *m = val_map(r->work->arena);
    const char *q = typed(r, "q");
    struct order_filter f;
    struct order_row *rows;
    size_t n;
    TRY(filter_read(r, &f));
    TRY(find_rows(r, q, &f, &rows, &n));
    TRY(add_tabs(r, m, f.state));
    struct val *list = val_set_list(m, "orders");
    for (size_t i = 0; i < n && i < PAGE; i++)
        add_row(r, list, &rows[i]);
    val_set_text(m, "q", q);
    val_set_text(m, "from", typed(r, "placed_from"));
    val_set_text(m, "before", typed(r, "placed_before"));
    val_set_text(m, "state_name", f.state >= 0 ? order_state_names[f.state] : "");
    val_set_bool(m, "can_ship", f.state == ORDER_PAID);
    val_set_bool(m, "may_set", r->visitor.role >= ROLE_MANAGER && !r->visitor.acted_by.n);
    val_set_bool(m, "found", n > 0);
    val_set_bool(m, "filtered",
                 *q || f.from_us != INT64_MIN || f.before_us != INT64_MAX || f.customer.n);
    if (f.behind)
        val_set_text(m, "newer", query_with(r, "cursor", NULL));
    if (n > PAGE)
        val_set_text(m, "older", query_with(r, "cursor", filter_next(r, &rows[PAGE - 1])));
    return page(r, "vendor/orders/list", m);
}

/* ---- One order ---- */

static struct err *
load_param(struct req *r, struct order *out)
{
    struct order_id id;
    TRY(param_id(r, 0, &id.n));
    return order_load(r->work, id, out);
}

static struct err *
add_timeline(struct req *r, struct val *m, struct order_id id)
{
    struct order_event *events;
    size_t n;
    TRY(order_events(r->work, id, &events, &n));
    struct val *list = val_set_list(m, "timeline");
    for (size_t i = 0; i < n; i++) {
        struct val *row = val_add_map(list);
        val_set_time(row, "at", events[i].at_us);
        val_set_word(row, "what", text_printf(r->work->arena, "orders.event.%s", events[i].what));
        val_set_text(row, "who", events[i].who);
        val_set_text(row, "note", events[i].note);
    }
    return NULL;
}

/* The steps open to it: the usual one as `next`, the others as `steps`. One that has more to say
 * than that it happened `asks` first. */
static void
add_steps(struct req *r, struct val *m, const struct order *o)
{
    struct arena *a = r->work->arena;
    const struct order_step *next = order_step_next(o->state);
    struct val *list = val_set_list(m, "steps");
    for (size_t i = 0; i < order_step_count; i++) {
        const struct order_step *s = &order_steps[i];
        if (s->from != o->state)
            continue;
        struct val *v = s == next ? val_set_map(m, "next") : val_add_map(list);
        val_set_text(v, "path",
                     text_printf(a, "/vendor/orders/%lld/%s", (long long)o->id.n, s->act));
        val_set_word(v, "label", text_printf(a, "orders.act.%s", s->act));
        val_set_bool(v, "asks", s->to == ORDER_PAID || s->to == ORDER_FULFILLED);
    }
}

struct err *
orders_show_one(struct req *r)
{
    struct val *m = val_map(r->work->arena);
    struct order o;
    TRY(load_param(r, &o));
    TRY(model_order(r, m, &o));
    TRY(add_timeline(r, m, o.id));
    add_steps(r, m, &o);
    return page(r, "vendor/orders/show", m);
}

/* What goes into the parcel: goods and where they go, no prices. */
struct err *
orders_show_slip(struct req *r)
{
    struct val *m = val_map(r->work->arena);
    struct order o;
    TRY(load_param(r, &o));
    TRY(model_order(r, m, &o));
    val_set_text(m, "shop", r->visitor.shop_name);
    return page(r, "vendor/orders/packing-slip", m);
}

/* ---- Steps ---- */

/* The page that asks before a step that cannot be taken back; also where a refused one is said. */
static struct err *
ask_step(struct req *r, int status, const struct order *o, const struct form *f,
         const struct err *e)
{
    struct val *m = val_map(r->work->arena);
    const char *act = r->params[1];
    TRY(model_order(r, m, o));
    if (f)
        form_show(f, e, m);
    val_set_text(m, "act", act);
    val_set_bool(m, act, true);
    val_set_word(m, "question", text_printf(r->work->arena, "orders.ask.%s", act));
    val_set_word(m, "consequence", text_printf(r->work->arena, "orders.ask.%s_say", act));
    val_set_word(m, "button", text_printf(r->work->arena, "orders.act.%s", act));
    val_set_bool(m, "was_sent", o->state == ORDER_FULFILLED || o->state == ORDER_COMPLETED);
    return page_status(r, status, "vendor/orders/step", m);
}

struct err *
orders_show_step(struct req *r)
{
    struct order o;
    TRY(load_param(r, &o));
    if (!order_step_find(o.state, r->params[1])) {
        struct err *e = order_step_refused(r->work->arena, o.state, r->params[1]);
        if (e->kind == ERR_INVALID)
            return FAIL(r->work->arena, ERR_NOT_FOUND, "route.unknown",
                        "There is nothing at this address.");
        return e;
    }
    return ask_step(r, 200, &o, NULL, NULL);
}

static struct err *
read_move(struct req *r, struct form *f, struct order_move *out)
{
    TRY(form_read(r, f));
    *out = (struct order_move){
        .act = r->params[1],
        .payment =
            form_has(f, "payment_reference") ? form_text(f, "payment_reference", 0, 200) : NULL,
        .note = form_text(f, "note", 0, 1000),
        .restock = form_flag(f, "restock"),
        .notify = form_flag(f, "notify"),
        .tracking = form_text(f, "tracking", 0, 200),
    };
    return form_done(f);
}

struct err *
orders_post_step_page(struct req *r)
{
    struct order_move m;
    struct order o;
    struct form f;
    TRY(load_param(r, &o));
    struct err *e = read_move(r, &f, &m);
    if (!e)
        e = order_step(r->work, o.id, &m, order_actor(r));
    if (e && order_step_find(o.state, r->params[1]) &&
        (e->kind == ERR_INVALID || text_starts(e->code, "stock.")))
        return ask_step(r, e->kind == ERR_INVALID ? 422 : 409, &o, &f, e);
    TRY(e);
    return see_other(r,
                     text_printf(r->work->arena, "%s?done=orders.%s", order_path(r, o.id), m.act));
}

struct err *
orders_post_note_page(struct req *r)
{
    struct order o;
    struct form f;
    TRY(load_param(r, &o));
    TRY(form_read(r, &f));
    const char *note = form_text(&f, "note", 0, 1000);
    TRY(form_done(&f));
    if (!*note)
        return see_other(
            r, text_printf(r->work->arena, "%s?failed=orders.no_note", order_path(r, o.id)));
    TRY(order_note(r->work, o.id, note, order_actor(r)));
    return see_other(r, text_printf(r->work->arena, "%s?done=orders.noted", order_path(r, o.id)));
}

/* ---- Several at once ---- */

/* Sends what can be sent; an order that is not paid, or whose goods are not there, stays as it is.
 */
static struct err *
ship_ticked(struct req *r, const struct form *f, int64_t *sent, int64_t *left)
{
    *sent = *left = 0;
    for (size_t i = 0; i < f->count && *sent + *left < PAGE; i++) {
        struct order_id id;
        if (!text_is(f->at[i].name, "id") || !text_to_id(f->at[i].value, &id.n))
            continue;
        struct err *e = order_step(
            r->work, id, &(struct order_move){ .act = "ship", .notify = true }, order_actor(r));
        if (e && e->kind != ERR_CONFLICT && e->kind != ERR_NOT_FOUND)
            return e;
        ++*(e ? left : sent);
    }
    return NULL;
}

struct err *
orders_post_bulk(struct req *r)
{
    struct form f;
    int64_t sent, left;
    TRY(form_read(r, &f));
    const char *act = form_word(&f, "do", 1, 20);
    TRY(form_done(&f));
    if (!text_is(act, "ship"))
        return FAIL(r->work->arena, ERR_MALFORMED, "order.bulk",
                    "This cannot be done with several orders.");
    TRY(ship_ticked(r, &f, &sent, &left));
    if (!sent && !left)
        return see_other(r, "/vendor/orders?state=paid&failed=orders.none_chosen");
    return see_other(r, left ? "/vendor/orders?state=paid&failed=orders.bulk_left"
                             : "/vendor/orders?state=paid&done=orders.bulk_ship");
}
