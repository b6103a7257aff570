#include "orders/model.h"

#include "base/text.h"

static const struct {
    const char *word, *kind;
} states[ORDER_STATES] = {
    [ORDER_PENDING] = { "orders.state.pending", "warning" },
    [ORDER_PAID] = { "orders.state.paid", "running" },
    [ORDER_FULFILLED] = { "orders.state.fulfilled", "ok" },
    [ORDER_COMPLETED] = { "orders.state.completed", "ok" },
    [ORDER_CANCELLED] = { "orders.state.cancelled", "off" },
    [ORDER_REFUNDED] = { "orders.state.refunded", "off" },
};

void
model_state(struct val *m, enum order_state state)
{
    struct val *s = val_set_map(m, "state");
    val_set_word(s, "word", states[state].word);
    val_set_bool(s, states[state].kind, true);
    val_set_bool(s, order_state_names[state], true);
}

const char *
model_rate(struct req *r, int64_t bp)
{
    struct arena *a = r->work->arena;
    const char *point = text_is(r->work->language, "en") ? "." : ",";
    if (bp % 100 == 0)
        return text_printf(a, "%lld", (long long)(bp / 100));
    if (bp % 10 == 0)
        return text_printf(a, "%lld%s%lld", (long long)(bp / 100), point,
                           (long long)(bp % 100 / 10));
    return text_printf(a, "%lld%s%02lld", (long long)(bp / 100), point, (long long)(bp % 100));
}

void
model_address(struct req *r, struct val *m, const char *name, const char *json)
{
    if (!*json)
        return;
    struct address a = address_of(r->work->arena, json);
    struct val *v = val_set_map(m, name);
    val_set_text(v, "name", a.name);
    val_set_text(v, "street", a.street);
    val_set_text(v, "more", a.more);
    val_set_text(v, "postcode", a.postcode);
    val_set_text(v, "city", a.city);
    val_set_text(v, "country", a.country);
}

static struct err *
add_lines(struct req *r, struct val *m, const struct order *o)
{
    struct order_line *lines;
    size_t n;
    TRY(order_lines(r->work, o, &lines, &n));
    struct val *list = val_set_list(m, "items");
    for (size_t i = 0; i < n; i++) {
        struct val *row = val_add_map(list);
        val_set_text(row, "sku", lines[i].sku);
        val_set_text(row, "title", *lines[i].title ? lines[i].title : lines[i].sku);
        val_set_text(row, "options", options_text(r->work->arena, lines[i].options));
        val_set_count(row, "quantity", lines[i].quantity);
        val_set_money(row, "price", lines[i].price);
        val_set_money(row, "total", lines[i].total);
        val_set_text(row, "rate", model_rate(r, lines[i].tax_bp));
        if (lines[i].product.n)
            val_set_text(row, "path",
                         text_printf(r->work->arena, "/vendor/products/%lld",
                                     (long long)lines[i].product.n));
    }
    return NULL;
}

static void
add_sums(struct req *r, struct val *m, const struct order *o)
{
    struct order_tax taxes[ORDER_RATES_MAX];
    size_t n = order_taxes(r->work->arena, o, taxes);
    struct val *list = val_set_list(m, "taxes");
    for (size_t i = 0; i < n; i++) {
        if (!taxes[i].bp)
            continue;
        struct val *row = val_add_map(list);
        val_set_text(row, "rate", model_rate(r, taxes[i].bp));
        val_set_money(row, "base", taxes[i].base);
        val_set_money(row, "tax", taxes[i].tax);
    }
    val_set_bool(m, "with_tax", o->with_tax);
    val_set_money(m, "items_total", o->items);
    if (o->shipping.minor)
        val_set_money(m, "shipping", o->shipping);
    if (o->discount.minor)
        val_set_money(m, "discount", o->discount);
    val_set_money(m, "total", o->total);
}

struct err *
model_order(struct req *r, struct val *m, const struct order *o)
{
    struct arena *a = r->work->arena;
    val_set_text(m, "called", order_called(a, o->number, o->external));
    val_set_bool(m, "imported", !o->number);
    val_set_text(m, "path", text_printf(a, "/vendor/orders/%lld", (long long)o->id.n));
    model_state(m, o->state);
    val_set_time(m, "placed", o->placed_us);
    if (o->expires_us)
        val_set_time(m, "expires", o->expires_us);
    val_set_text(m, "buyer", o->name);
    val_set_text(m, "email", o->email);
    if (o->customer.n)
        val_set_text(m, "customer_path",
                     text_printf(a, "/vendor/customers/%lld", (long long)o->customer.n));
    val_set_text(m, "note", o->note);
    val_set_text(m, "payment", o->payment);
    model_address(r, m, "ship_to", o->ship_to);
    model_address(r, m, "bill_to", o->bill_to);
    add_sums(r, m, o);
    return add_lines(r, m, o);
}
