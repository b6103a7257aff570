/* Past orders of a shop that moves in. All of them travel as one JSON text, so that a thousand
 * orders with their lines are a handful of statements: who bought, then the orders with their lines
 * and the first entry of their timelines. An order that is there already is not touched. */
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "db/db.h"
#include "http/json.h"
#include "orders/orders.h"
#include "orders/totals.h"

static bool
is_within(int64_t n, int64_t most)
{
    return n >= -most && n <= most;
}

static struct err *
put_line(struct work *w, struct json *j, const struct order_past_line *line, int64_t *sum)
{
    if (!is_within(line->quantity, 1000000000) || !is_within(line->price.minor, ORDER_MOST) ||
        !is_within(line->total.minor, ORDER_MOST) ||
        !is_within(*sum += line->total.minor, ORDER_MOST))
        return FAIL(w->arena, ERR_INVALID, "order.past_too_large",
                    "An amount of a past order is larger than an order can have.");
    json_put_object(j, NULL);
    json_put_text(j, "sku", line->sku);
    json_put_text(j, "title", line->title);
    json_put_i64(j, "quantity", line->quantity);
    json_put_i64(j, "price", line->price.minor);
    json_put_i64(j, "total", line->total.minor);
    json_put_end(j);
    return NULL;
}

static struct err *
put_order(struct work *w, struct json *j, const struct order_past *o, int64_t place)
{
    int64_t sum = 0;
    must(o->line_count && o->state != ORDER_PENDING);
    json_put_object(j, NULL);
    json_put_i64(j, "place", place);
    json_put_text(j, "number", o->number);
    json_put_text(j, "state", order_state_names[o->state]);
    json_put_time(j, "placed_at", o->placed_us);
    json_put_text(j, "customer", o->customer);
    json_put_text(j, "email", o->email);
    json_put_text(j, "name", o->name ? o->name : "");
    json_put_text(j, "country", o->country);
    json_put_text(j, "language", o->language ? o->language : "en");
    json_put_text(j, "currency", currency_code(o->currency));
    json_put_array(j, "lines");
    for (size_t i = 0; i < o->line_count; i++)
        TRY(put_line(w, j, &o->lines[i], &sum));
    json_put_end(j);
    json_put_i64(j, "total", sum);
    json_put_end(j);
    return NULL;
}

static enum order_past_outcome
outcome_named(const char *name)
{
    if (text_is(name, "added"))
        return ORDER_PAST_ADDED;
    return text_is(name, "same") ? ORDER_PAST_SAME : ORDER_PAST_DIFFERS;
}

struct err *
orders_put_many(struct work *w, const struct order_past *orders, size_t n,
                enum order_past_outcome *out)
{
    struct json j = json_begin(w->arena);
    struct rows rows;
    json_put_array(&j, NULL);
    for (size_t i = 0; i < n; i++)
        TRY(put_order(w, &j, &orders[i], (int64_t)i));
    json_put_end(&j);
    TRY(db_exec(w, Q_orders_past_people, ARGS(arg_text(j.out.at)), NULL));
    TRY(db_many(w, Q_orders_past_put, ARGS(arg_text(j.out.at)), &rows));
    must((size_t)rows.count == n);
    for (size_t i = 0; i < n; i++) {
        struct scan s = rows_at(&rows, (int)i);
        out[i] = outcome_named(scan_text(&s));
        scan_end(&s);
    }
    return NULL;
}
