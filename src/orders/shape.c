#include "orders/shape.h"

#include <string.h>

#include "base/text.h"
#include "orders/state.h"

static void
put_raw_or_null(struct json *j, const char *name, const char *json)
{
    if (*json)
        json_put_raw(j, name, BYTES(json, strlen(json)));
    else
        json_put_null(j, name);
}

static void
put_id_or_null(struct json *j, const char *name, int64_t id)
{
    if (id)
        json_put_id(j, name, id);
    else
        json_put_null(j, name);
}

static void
put_number(struct json *j, int64_t number, const char *external)
{
    if (number)
        json_put_i64(j, "number", number);
    else
        json_put_null(j, "number");
    json_put_text(j, "external_number", *external ? external : NULL);
}

static void
put_words(struct json *j, const char *name, const char *words)
{
    json_put_array(j, name);
    for (size_t n; *words; words += n + (words[n] == ' ')) {
        n = strcspn(words, " ");
        json_put_text(j, NULL, text_copy_n(j->out.arena, words, n));
    }
    json_put_end(j);
}

static void
put_line(struct json *j, const struct order_line *line)
{
    json_put_object(j, NULL);
    json_put_i64(j, "line", line->line);
    put_id_or_null(j, "product_id", line->product.n);
    put_id_or_null(j, "variant_id", line->variant.n);
    json_put_text(j, "sku", line->sku);
    json_put_text(j, "title", line->title);
    put_raw_or_null(j, "options", line->options);
    json_put_i64(j, "quantity", line->quantity);
    json_put_money(j, "price", line->price);
    json_put_money(j, "total", line->total);
    json_put_i64(j, "tax_bp", line->tax_bp);
    json_put_end(j);
}

static struct err *
put_lines(struct work *w, struct json *j, const struct order *o)
{
    struct order_line *lines;
    size_t n;
    TRY(order_lines(w, o, &lines, &n));
    json_put_array(j, "items");
    for (size_t i = 0; i < n; i++)
        put_line(j, &lines[i]);
    json_put_end(j);
    return NULL;
}

static void
put_sums(struct work *w, struct json *j, const struct order *o)
{
    struct order_tax taxes[ORDER_RATES_MAX];
    size_t n = order_taxes(w->arena, o, taxes);
    json_put_bool(j, "prices_include_tax", o->with_tax);
    json_put_money(j, "items_total", o->items);
    json_put_money(j, "shipping", o->shipping);
    json_put_money(j, "discount", o->discount);
    json_put_array(j, "taxes");
    for (size_t i = 0; i < n; i++) {
        json_put_object(j, NULL);
        json_put_i64(j, "tax_bp", taxes[i].bp);
        json_put_money(j, "base", taxes[i].base);
        json_put_money(j, "tax", taxes[i].tax);
        json_put_end(j);
    }
    json_put_end(j);
    json_put_money(j, "tax", o->tax);
    json_put_money(j, "total", o->total);
}

static struct err *
put_timeline(struct work *w, struct json *j, struct order_id id)
{
    struct order_event *events;
    size_t n;
    TRY(order_events(w, id, &events, &n));
    json_put_array(j, "timeline");
    for (size_t i = 0; i < n; i++) {
        json_put_object(j, NULL);
        json_put_time(j, "at", events[i].at_us);
        json_put_text(j, "what", events[i].what);
        json_put_text(j, "who", *events[i].who ? events[i].who : NULL);
        json_put_text(j, "note", events[i].note);
        json_put_end(j);
    }
    json_put_end(j);
    return NULL;
}

/* What everybody who may see an order sees of it. */
static struct err *
put_common(struct work *w, struct json *j, const struct order *o)
{
    put_number(j, o->number, o->external);
    json_put_text(j, "state", order_state_names[o->state]);
    json_put_text(j, "language", o->language);
    json_put_time(j, "placed_at", o->placed_us);
    json_put_time_or_null(j, "expires_at", o->expires_us);
    TRY(put_lines(w, j, o));
    put_sums(w, j, o);
    put_raw_or_null(j, "shipping_address", o->ship_to);
    put_raw_or_null(j, "billing_address", o->bill_to);
    json_put_text(j, "note", o->note);
    return NULL;
}

struct err *
shape_order(struct work *w, struct json *j, const struct order *o)
{
    json_put_object(j, NULL);
    json_put_id(j, "id", o->id.n);
    TRY(put_common(w, j, o));
    put_words(j, "allowed", order_steps_from(w->arena, o->state));
    json_put_text(j, "source", o->source);
    json_put_object(j, "customer");
    put_id_or_null(j, "id", o->customer.n);
    json_put_text(j, "email", *o->email ? o->email : NULL);
    json_put_text(j, "name", o->name);
    json_put_end(j);
    json_put_text(j, "payment_reference", o->payment);
    json_put_time(j, "updated_at", o->updated_us);
    TRY(put_timeline(w, j, o->id));
    json_put_end(j);
    return NULL;
}

struct err *
shape_bought(struct work *w, struct json *j, const struct order *o, const char *url,
             const char *token)
{
    json_put_object(j, NULL);
    TRY(put_common(w, j, o));
    json_put_text(j, "token", token);
    json_put_text(j, "url", url);
    json_put_end(j);
    return NULL;
}

void
shape_row(struct json *j, const struct order_row *row)
{
    json_put_object(j, NULL);
    json_put_id(j, "id", row->id.n);
    put_number(j, row->number, row->external);
    json_put_text(j, "state", order_state_names[row->state]);
    json_put_text(j, "source", row->source);
    put_id_or_null(j, "customer_id", row->customer.n);
    json_put_text(j, "name", row->name);
    json_put_text(j, "email", *row->email ? row->email : NULL);
    json_put_i64(j, "pieces", row->pieces);
    json_put_money(j, "total", row->total);
    json_put_time(j, "placed_at", row->placed_us);
    json_put_end(j);
}

void
shape_customer(struct json *j, const char *name, const struct customer *c)
{
    json_put_object(j, name);
    json_put_id(j, "id", c->id.n);
    json_put_text(j, "external_number", *c->external ? c->external : NULL);
    json_put_text(j, "email", *c->email ? c->email : NULL);
    json_put_text(j, "name", c->name);
    json_put_text(j, "language", c->language);
    json_put_time_or_null(j, "news_since", c->news_since_us);
    json_put_i64(j, "orders", c->orders);
    json_put_time_or_null(j, "last_order_at", c->last_order_us);
    json_put_time(j, "created_at", c->created_us);
    json_put_time_or_null(j, "erased_at", c->erased_us);
    json_put_end(j);
}
