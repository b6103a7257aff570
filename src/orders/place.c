/* Placing an order. What others of the shop wait for comes last: the goods are reserved when all
 * else is known, and the shop's next number is drawn after that, so two orders wait for each other
 * no longer than the end of a transaction takes. */
#include "orders/place.h"

#include <string.h>

#include "base/digest.h"
#include "base/random.h"
#include "base/settings.h"
#include "base/text.h"
#include "hooks/hooks.h"
#include "http/json.h"
#include "orders/letters.h"
#include "orders/tell.h"
#include "stock/stock.h"

#define TOKEN_BYTES 32
#define HOUR_US     (INT64_C(3600) * 1000000)

/* ---- What it costs ---- */

static struct err *
refuse(struct work *w, size_t place, const char *code, const char *say)
{
    return FAIL_FIELD(w->arena, ERR_INVALID, code, text_printf(w->arena, "items.%zu", place), say);
}

static struct err *
ask_goods(struct work *w, const struct order_draft *d, struct rows *out)
{
    int64_t *variants = NEW_ARRAY(w->arena, int64_t, d->n);
    int64_t *products = NEW_ARRAY(w->arena, int64_t, d->n);
    const char **skus = NEW_ARRAY(w->arena, const char *, d->n);
    for (size_t i = 0; i < d->n; i++) {
        variants[i] = d->wants[i].variant.n;
        products[i] = d->wants[i].product.n;
        skus[i] = d->wants[i].sku ? d->wants[i].sku : "";
    }
    return db_many(w, Q_orders_goods,
                   ARGS(arg_i64s(w, variants, d->n), arg_i64s(w, products, d->n),
                        arg_texts(w, skus, d->n), arg_text(d->language)),
                   out);
}

/* One row of orders_goods. *place counts from 0. */
static struct err *
scan_good(struct work *w, struct scan *s, const struct order_draft *d, enum currency cur,
          size_t *place, struct order_good *g)
{
    *place = (size_t)scan_i64(s) - 1;
    g->variant.n = scan_i64(s);
    g->product.n = scan_i64(s);
    g->sku = scan_text(s);
    g->title = scan_text(s);
    g->title_language = scan_text(s);
    g->options = scan_text(s);
    g->price = (struct money){ scan_i64(s), cur };
    const char *currency = scan_text(s);
    g->tax_bp = (int)scan_i64(s);
    bool active = scan_bool(s);
    scan_end(s);
    if (!g->variant.n)
        return refuse(w, *place, "order.unknown_item", "There is no such product in this shop.");
    if (!active && d->for_sale_only)
        return refuse(w, *place, "order.not_for_sale", "This is not for sale now.");
    if (!text_is(currency, currency_code(cur)))
        return refuse(w, *place, "order.currency", "This has a price in another currency.");
    return NULL;
}

static struct err *
load_goods(struct work *w, const struct order_draft *d, struct order_quote *q)
{
    struct rows rows;
    size_t place = 0;
    TRY(ask_goods(w, d, &rows));
    q->goods = NEW_ARRAY(w->arena, struct order_good, d->n);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        struct order_good g;
        TRY(scan_good(w, &s, d, q->terms.currency, &place, &g));
        if (place < q->n)
            return refuse(w, place, "order.several",
                          "This product has several variants: say which by variant_id or sku.");
        g.quantity = d->wants[place].quantity;
        q->goods[q->n++] = g;
    }
    must(q->n == d->n);
    return NULL;
}

static struct money
shipping_of(const struct terms *t, const struct order_draft *d, struct money items)
{
    if (d->has_shipping)
        return d->shipping;
    if (t->has_free_from && items.minor >= t->free_from.minor)
        return (struct money){ 0, t->currency };
    return t->shipping;
}

static struct err *
add_sums(struct work *w, const struct order_draft *d, struct order_quote *q)
{
    struct money none = { 0, q->terms.currency };
    struct order_priced *lines = NEW_ARRAY(w->arena, struct order_priced, q->n);
    for (size_t i = 0; i < q->n; i++)
        lines[i] =
            (struct order_priced){ q->goods[i].quantity, q->goods[i].price, q->goods[i].tax_bp };
    TRY(order_totals(w->arena, lines, q->n, q->terms.with_tax, none, none, &q->sums));
    for (size_t i = 0; i < q->n; i++)
        must(order_line_total(&lines[i], &q->goods[i].total));
    return order_totals(w->arena, lines, q->n, q->terms.with_tax,
                        shipping_of(&q->terms, d, q->sums.items),
                        d->has_discount ? d->discount : none, &q->sums);
}

struct err *
order_quote(struct work *w, const struct order_draft *d, struct order_quote *out)
{
    struct order_quote q = { .terms = d->terms };
    must(d->n && d->n <= ORDER_LINES_MOST);
    TRY(load_goods(w, d, &q));
    TRY(add_sums(w, d, &q));
    *out = q;
    return NULL;
}

/* ---- Placing it ---- */

static struct err *
check_expected(struct work *w, const struct order_draft *d, struct money total)
{
    if (!d->has_expected || d->expected.minor == total.minor)
        return NULL;
    return FAIL_FIELD(w->arena, ERR_CONFLICT, "order.total_changed", "expected_total",
                      text_printf(w->arena, "The order costs %s %s now.",
                                  money_decimal(w->arena, total), currency_code(total.cur)));
}

/* The stock's "lines.N" is our "items.N". */
static struct err *
by_our_names(struct work *w, struct err *e)
{
    for (struct err *one = e; one; one = one->next)
        if (one->field && text_starts(one->field, "lines."))
            one->field = text_printf(w->arena, "items.%s", one->field + strlen("lines."));
    return e;
}

static struct err *
reserve(struct work *w, struct order_id id, const struct order_quote *q, int64_t expires_us)
{
    struct stock_line *lines = NEW_ARRAY(w->arena, struct stock_line, q->n);
    struct stock_held *held = NEW_ARRAY(w->arena, struct stock_held, q->n);
    for (size_t i = 0; i < q->n; i++)
        lines[i] = (struct stock_line){ (int64_t)i + 1, q->goods[i].variant, q->goods[i].quantity };
    return by_our_names(w, stock_reserve(w, id, lines, q->n, expires_us, held));
}

static const char *
taxes_json(struct arena *a, const struct order_sums *s)
{
    struct json j = json_begin(a);
    json_put_array(&j, NULL);
    for (size_t i = 0; i < s->tax_count; i++) {
        json_put_object(&j, NULL);
        json_put_i64(&j, "bp", s->taxes[i].bp);
        json_put_i64(&j, "base", s->taxes[i].base.minor);
        json_put_i64(&j, "tax", s->taxes[i].tax.minor);
        json_put_end(&j);
    }
    json_put_end(&j);
    return j.out.at;
}

static const char *
lines_json(struct arena *a, const struct order_quote *q)
{
    struct json j = json_begin(a);
    json_put_array(&j, NULL);
    for (size_t i = 0; i < q->n; i++) {
        const struct order_good *g = &q->goods[i];
        json_put_object(&j, NULL);
        json_put_i64(&j, "line", (int64_t)i + 1);
        json_put_i64(&j, "product", g->product.n);
        json_put_i64(&j, "variant", g->variant.n);
        json_put_text(&j, "sku", g->sku);
        json_put_text(&j, "title", g->title);
        json_put_raw(&j, "options", BYTES(g->options, strlen(g->options)));
        json_put_i64(&j, "quantity", g->quantity);
        json_put_i64(&j, "price", g->price.minor);
        json_put_i64(&j, "total", g->total.minor);
        json_put_i64(&j, "tax_bp", g->tax_bp);
        json_put_end(&j);
    }
    json_put_end(&j);
    return j.out.at;
}

struct ids {
    struct order_id order;
    struct customer_id customer;
};

static struct err *
meet_buyer(struct work *w, const struct order_draft *d, struct ids *out)
{
    struct scan s;
    TRY(db_one(
        w, Q_orders_buyer,
        ARGS(arg_text(d->email), arg_text(d->name), arg_text(d->language), arg_bool(d->news)), &s));
    out->customer.n = scan_i64(&s);
    out->order.n = scan_i64(&s);
    scan_end(&s);
    return NULL;
}

static struct err *
put(struct work *w, const struct order_draft *d, const struct order_quote *q, const struct ids *ids,
    int64_t expires_us, struct order_placed *out)
{
    const struct order_sums *sums = &q->sums;
    struct arena *a = w->arena;
    struct scan s;
    const char *token = random_token(a, TOKEN_BYTES);
    struct sha256 hash = order_token_hash(token);
    TRY(db_one(w, Q_orders_put,
               ARGS(arg_i64(w, ids->order.n), arg_i64(w, ids->customer.n), arg_text(d->source),
                    arg_text(d->language), arg_time(w, expires_us), arg_bool(q->terms.with_tax),
                    arg_i64(w, sums->items.minor), arg_i64(w, sums->shipping.minor),
                    arg_i64(w, sums->discount.minor), arg_i64(w, sums->tax.minor),
                    arg_i64(w, sums->total.minor), arg_text(currency_code(q->terms.currency)),
                    arg_text(taxes_json(a, sums)), arg_text(d->email), arg_text(d->name),
                    arg_text(d->has_ship_to ? address_json(a, &d->ship_to) : NULL),
                    arg_text(d->has_bill_to ? address_json(a, &d->bill_to) : NULL),
                    arg_text(d->note), arg_bytes(w, BYTES(hash.bytes, sizeof(hash.bytes))),
                    arg_text(lines_json(a, q)), w->user.n ? arg_i64(w, w->user.n) : arg_null(),
                    arg_text(d->who)),
               &s));
    *out = (struct order_placed){ ids->order, scan_i64(&s), token };
    scan_end(&s);
    return NULL;
}

struct err *
order_place(struct work *w, const struct order_draft *d, struct order_placed *out,
            struct order_quote *quote)
{
    struct order_placed placed;
    struct order_quote q;
    struct ids ids;
    TRY(order_quote(w, d, &q));
    TRY(check_expected(w, d, q.sums.total));
    TRY(meet_buyer(w, d, &ids));
    int64_t hours = q.terms.hours ? q.terms.hours : w->settings->order_hours;
    int64_t expires_us = w->now_us + hours * HOUR_US;
    TRY(reserve(w, ids.order, &q, expires_us));
    TRY(put(w, d, &q, &ids, expires_us, &placed));
    TRY(letters_placed(w, d, &q, &placed));
    TRY(tell_order(w, HOOK_ORDER_CREATED,
                   &(struct told){ placed.id, placed.number, ORDER_PENDING, q.sums.total }));
    *out = placed;
    *quote = q;
    return NULL;
}
