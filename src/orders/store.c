/* Rows of orders, their lines and timelines. */
#include <jansson.h>
#include <string.h>

#include "base/digest.h"
#include "base/text.h"
#include "http/json.h"
#include "orders/order.h"

/* ---- One order ---- */

static struct err *
unknown(struct work *w)
{
    return FAIL(w->arena, ERR_NOT_FOUND, "order.unknown", "There is no such order.");
}

static void
scan_amounts(struct scan *s, struct order *o)
{
    enum currency cur = CUR_NONE;
    must(currency_read(scan_text(s), &cur));
    o->items = (struct money){ scan_i64(s), cur };
    o->shipping = (struct money){ scan_i64(s), cur };
    o->discount = (struct money){ scan_i64(s), cur };
    o->tax = (struct money){ scan_i64(s), cur };
    o->total = (struct money){ scan_i64(s), cur };
}

static void
scan_order(struct scan *s, struct order *o)
{
    o->id.n = scan_i64(s);
    o->number = scan_i64(s);
    o->external = scan_text(s);
    o->state = (enum order_state)scan_enum(s, order_state_names, ORDER_STATES);
    o->source = scan_text(s);
    o->language = scan_text(s);
    o->placed_us = scan_time(s);
    o->updated_us = scan_time(s);
    o->expires_us = scan_time(s);
    o->version = scan_i64(s);
    o->customer.n = scan_i64(s);
    o->email = scan_text(s);
    o->name = scan_text(s);
    o->with_tax = scan_bool(s);
    scan_amounts(s, o);
    o->taxes = scan_text(s);
    o->ship_to = scan_text(s);
    o->bill_to = scan_text(s);
    o->note = scan_text(s);
    o->payment = scan_text(s);
    scan_end(s);
}

struct err *
order_load(struct work *w, struct order_id id, struct order *out)
{
    struct order o;
    struct scan s;
    bool found;
    TRY(db_maybe(w, Q_orders_one, ARGS(arg_i64(w, id.n)), &found, &s));
    if (!found)
        return unknown(w);
    scan_order(&s, &o);
    *out = o;
    return NULL;
}

struct sha256
order_token_hash(const char *token)
{
    return sha256_of(BYTES(token, strlen(token)));
}

struct err *
order_by_token(struct work *w, const char *token, struct order *out)
{
    struct sha256 hash = order_token_hash(token);
    struct scan s;
    bool found;
    TRY(db_maybe(w, Q_orders_by_token, ARGS(arg_bytes(w, BYTES(hash.bytes, sizeof(hash.bytes)))),
                 &found, &s));
    if (!found)
        return unknown(w);
    return order_load(w, (struct order_id){ scan_i64(&s) }, out);
}

struct err *
order_lines(struct work *w, const struct order *o, struct order_line **out, size_t *n)
{
    enum currency cur = o->total.cur;
    struct rows rows;
    TRY(db_many(w, Q_orders_lines, ARGS(arg_i64(w, o->id.n)), &rows));
    struct order_line *lines = NEW_ARRAY(w->arena, struct order_line, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        lines[i].line = scan_i64(&s);
        lines[i].product.n = scan_i64(&s);
        lines[i].variant.n = scan_i64(&s);
        lines[i].sku = scan_text(&s);
        lines[i].title = scan_text(&s);
        lines[i].options = scan_text(&s);
        lines[i].quantity = scan_i64(&s);
        lines[i].price = (struct money){ scan_i64(&s), cur };
        lines[i].total = (struct money){ scan_i64(&s), cur };
        lines[i].tax_bp = scan_i64(&s);
        scan_end(&s);
    }
    *out = lines;
    *n = (size_t)rows.count;
    return NULL;
}

struct err *
order_events(struct work *w, struct order_id id, struct order_event **out, size_t *n)
{
    struct rows rows;
    TRY(db_many(w, Q_orders_events, ARGS(arg_i64(w, id.n)), &rows));
    struct order_event *events = NEW_ARRAY(w->arena, struct order_event, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        events[i].at_us = scan_time(&s);
        events[i].what = scan_text(&s);
        events[i].who = scan_text(&s);
        events[i].note = scan_text(&s);
        events[i].by_nobody = scan_bool(&s);
        scan_end(&s);
    }
    *out = events;
    *n = (size_t)rows.count;
    return NULL;
}

const char *
order_called(struct arena *a, int64_t number, const char *external)
{
    return number ? text_i64(a, number) : external;
}

/* ---- What is kept as JSON ---- */

static void
release(void *json)
{
    json_decref(json);
}

static json_t *
read_json(struct arena *a, const char *text)
{
    json_t *json = *text ? json_loads(text, 0, NULL) : NULL;
    if (json)
        arena_defer(a, release, json);
    return json;
}

const char *
address_json(struct arena *a, const struct address *address)
{
    struct json j = json_begin(a);
    json_put_object(&j, NULL);
    json_put_text(&j, "name", address->name);
    json_put_text(&j, "street", address->street);
    json_put_text(&j, "more", address->more);
    json_put_text(&j, "postcode", address->postcode);
    json_put_text(&j, "city", address->city);
    json_put_text(&j, "country", address->country);
    json_put_end(&j);
    return j.out.at;
}

static const char *
member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

struct address
address_of(struct arena *a, const char *json)
{
    const json_t *object = read_json(a, json);
    return (struct address){ member(object, "name"), member(object, "street"),
                             member(object, "more"), member(object, "postcode"),
                             member(object, "city"), member(object, "country") };
}

const char *
options_text(struct arena *a, const char *options)
{
    const json_t *one, *list = read_json(a, options);
    struct buf b = buf_new(a, 64);
    size_t i;
    json_array_foreach(list, i, one)
        buf_printf(&b, "%s%s: %s", i ? ", " : "", member(one, "name"), member(one, "value"));
    return b.at;
}

size_t
order_taxes(struct arena *a, const struct order *o, struct order_tax *out)
{
    const json_t *one, *list = read_json(a, o->taxes);
    enum currency cur = o->total.cur;
    size_t i;
    json_array_foreach(list, i, one)
    {
        must(i < ORDER_RATES_MAX);
        out[i].bp = (int)json_integer_value(json_object_get(one, "bp"));
        out[i].base = (struct money){ json_integer_value(json_object_get(one, "base")), cur };
        out[i].tax = (struct money){ json_integer_value(json_object_get(one, "tax")), cur };
    }
    return json_array_size(list);
}

/* ---- Lists ---- */

static struct err *
ask(struct work *w, const struct order_filter *f, struct rows *out)
{
    struct arg from = f->from_us == INT64_MIN ? arg_text("-infinity") : arg_time(w, f->from_us);
    /* Placed before that time: behind any order of it. */
    int64_t behind_us = f->behind ? f->behind_us : f->before_us;
    struct arg at = behind_us == INT64_MAX ? arg_text("infinity") : arg_time(w, behind_us);
    struct arg id = arg_i64(w, f->behind ? f->behind_id.n : 0);
    struct arg limit = arg_i64(w, f->limit);
    int64_t n;

    if (f->number)
        return db_many(w, Q_orders_list_number,
                       ARGS(from, at, id, limit, arg_text(f->number),
                            text_to_id(f->number, &n) ? arg_i64(w, n) : arg_null()),
                       out);
    if (f->email)
        return db_many(w, Q_orders_list_mail, ARGS(from, at, id, limit, arg_text(f->email)), out);
    if (f->sku)
        return db_many(w, Q_orders_list_sku, ARGS(from, at, id, limit, arg_text(f->sku)), out);
    if (f->customer.n)
        return db_many(w, Q_orders_list_of, ARGS(from, at, id, limit, arg_i64(w, f->customer.n)),
                       out);
    if (f->state >= 0)
        return db_many(w, Q_orders_list_in, ARGS(from, at, id, limit, arg_i64(w, f->state)), out);
    return db_many(w, Q_orders_list, ARGS(from, at, id, limit), out);
}

struct err *
orders_find(struct work *w, const struct order_filter *f, struct order_row **out, size_t *n)
{
    struct rows rows;
    TRY(ask(w, f, &rows));
    struct order_row *all = NEW_ARRAY(w->arena, struct order_row, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        all[i].id.n = scan_i64(&s);
        all[i].number = scan_i64(&s);
        all[i].external = scan_text(&s);
        all[i].state = (enum order_state)scan_enum(&s, order_state_names, ORDER_STATES);
        all[i].source = scan_text(&s);
        all[i].customer.n = scan_i64(&s);
        all[i].name = scan_text(&s);
        all[i].email = scan_text(&s);
        all[i].total = scan_money(&s);
        all[i].placed_us = scan_time(&s);
        all[i].pieces = scan_i64(&s);
        scan_end(&s);
    }
    *out = all;
    *n = (size_t)rows.count;
    return NULL;
}

struct err *
orders_count(struct work *w, int64_t counts[ORDER_STATES])
{
    struct scan s;
    TRY(db_one(w, Q_orders_counts, NO_ARGS, &s));
    for (int i = 0; i < ORDER_STATES; i++)
        counts[i] = scan_i64(&s);
    scan_end(&s);
    return NULL;
}
