/* Buying without script and without an account: the basket is a cookie, the checkout one form whose
 * bytes are its key (it carries a random one), so a double click is one order. Prices are looked up
 * when the page is made and again when the order is; where they differ the page asks anew. */
#include <string.h>

#include "base/random.h"
#include "base/text.h"
#include "orders/basket.h"
#include "orders/buy.h"
#include "orders/model.h"
#include "orders/routes.h"

static const char *
shop_path(struct req *r, const char *below)
{
    struct arena *a = r->work->arena;
    return text_printf(a, "/shops/%s%s", url_part(a, r->params[0]), below);
}

static void
add_shop(struct req *r, struct val *m, const struct terms *t)
{
    struct val *shop = val_set_map(m, "shop");
    val_set_text(shop, "name", t->name);
    val_set_text(shop, "path", shop_path(r, ""));
    val_set_text(m, "pay_by", t->pay_by);
    val_set_text(m, "path", shop_path(r, "/orders"));
    val_set_text(m, "basket_path", shop_path(r, "/basket"));
}

/* ---- The basket ---- */

/* The amounts typed beside the lines: q.12=3. */
static void
take_amounts(struct form *f, struct basket *b)
{
    for (size_t i = 0; i < f->count; i++) {
        struct variant_id variant;
        if (text_starts(f->at[i].name, "q.") && text_to_id(f->at[i].name + 2, &variant.n))
            basket_set(b, variant, form_i64(f, f->at[i].name, 0, ORDER_PIECES, 1));
    }
}

struct err *
orders_post_basket(struct req *r)
{
    struct terms terms;
    struct basket b;
    struct form f;
    TRY(terms_load(r->work, &terms)); /* is it a shop? */
    TRY(form_read(r, &f));
    basket_read(r, &b);
    int64_t variant = form_i64(&f, "variant", 1, INT64_MAX, 0);
    int64_t quantity = form_i64(&f, "quantity", 1, ORDER_PIECES, 1);
    bool fits = !variant || basket_add(&b, (struct variant_id){ variant }, quantity);
    take_amounts(&f, &b);
    TRY(form_done(&f));
    basket_write(r, &b);
    return see_other(r, shop_path(r, fits ? "/orders" : "/orders?failed=orders.basket_full"));
}

/* ---- The checkout ---- */

static void
add_goods(struct req *r, struct val *m, const struct order_quote *q)
{
    struct val *list = val_set_list(m, "items");
    for (size_t i = 0; i < q->n; i++) {
        const struct order_good *g = &q->goods[i];
        struct val *row = val_add_map(list);
        val_set_i64(row, "place", (int64_t)i);
        val_set_i64(row, "variant_id", g->variant.n);
        val_set_i64(row, "quantity", g->quantity);
        val_set_text(row, "title", g->title);
        val_set_text(row, "title_lang", g->title_language);
        val_set_text(row, "options", options_text(r->work->arena, g->options));
        val_set_money(row, "price", g->price);
        val_set_money(row, "total", g->total);
        val_set_text(
            row, "path",
            shop_path(r, text_printf(r->work->arena, "/products/%lld", (long long)g->product.n)));
    }
}

static void
add_sums(struct req *r, struct val *m, const struct order_quote *q)
{
    const struct order_sums *s = &q->sums;
    struct val *list = val_set_list(m, "taxes");
    for (size_t i = 0; i < s->tax_count; i++) {
        if (!s->taxes[i].bp)
            continue;
        struct val *row = val_add_map(list);
        val_set_text(row, "rate", model_rate(r, s->taxes[i].bp));
        val_set_money(row, "tax", s->taxes[i].tax);
    }
    val_set_bool(m, "with_tax", q->terms.with_tax);
    val_set_money(m, "items_total", s->items);
    if (s->shipping.minor)
        val_set_money(m, "shipping", s->shipping);
    val_set_money(m, "total", s->total);
    val_set_text(m, "expected", money_decimal(r->work->arena, s->total));
}

/* What left the shop meanwhile leaves the basket: *gone says whether something did. */
static struct err *
quote_what_is_left(struct req *r, struct basket *b, struct order_draft *d, struct order_quote *q,
                   bool *gone)
{
    *gone = false;
    for (d->n = b->n; d->n; d->n = b->n) {
        struct err *e = order_quote(r->work, d, q);
        int64_t place;
        if (!e || !e->field || !text_starts(e->field, "items.") ||
            !text_to_i64(e->field + strlen("items."), &place))
            return e;
        basket_set(b, b->lines[place].variant, 0);
        *gone = true;
    }
    return NULL;
}

static struct err *
show_checkout(struct req *r, int status, const struct terms *t, struct basket *b,
              const struct form *f, const struct err *e)
{
    struct val *m = val_map(r->work->arena);
    struct order_draft d = {
        .terms = *t, .wants = b->lines, .language = r->work->language, .for_sale_only = true
    };
    struct order_quote q;
    bool gone;
    TRY(quote_what_is_left(r, b, &d, &q, &gone));
    if (gone)
        basket_write(r, b);
    if (f)
        form_show(f, e, m);
    add_shop(r, m, t);
    val_set_bool(m, "gone", gone);
    val_set_bool(m, "has_items", b->n > 0);
    val_set_text(m, "key", random_token(r->work->arena, 16));
    if (b->n) {
        add_goods(r, m, &q);
        add_sums(r, m, &q);
    }
    return page_status(r, status, "shop/checkout", m);
}

struct err *
orders_show_basket(struct req *r)
{
    struct terms t;
    struct basket b;
    TRY(terms_load(r->work, &t));
    basket_read(r, &b);
    return show_checkout(r, 200, &t, &b, NULL, NULL);
}

/* What a person can mend, or has to be asked again about. */
static bool
is_mendable(const struct err *e)
{
    return e->kind == ERR_INVALID || (e->kind == ERR_CONFLICT && !text_starts(e->code, "db."));
}

static struct err *
show_again(struct req *r, const struct order_draft *d, const struct form *f, const struct err *e)
{
    struct basket b = { .n = 0 };
    for (size_t i = 0; i < d->n; i++)
        if (d->wants[i].variant.n)
            basket_add(&b, d->wants[i].variant, d->wants[i].quantity);
    return show_checkout(r, e->kind == ERR_INVALID ? 422 : 409, &d->terms, &b, f, e);
}

struct err *
orders_post_checkout(struct req *r)
{
    struct order_placed placed;
    struct order_quote quote;
    struct order_draft d;
    struct terms terms;
    struct form f;
    TRY(form_read(r, &f));
    TRY(terms_load(r->work, &terms));
    order_read(&f, &terms, false, &d);
    if (!d.has_ship_to)
        form_fail(&f, "shipping_address.street", "field.needed", "This is needed.");
    struct err *e = form_done(&f);
    d.source = "shop";
    if (!e)
        e = buy(r, &d, &placed, &quote);
    if (e && is_mendable(e))
        return show_again(r, &d, &f, e);
    TRY(e);
    basket_write(r, &(struct basket){ .n = 0 });
    return see_other(
        r, text_printf(r->work->arena, "%s?done=orders.placed", bought_path(r, placed.token)));
}

/* ---- What was bought ---- */

/* Whoever has the address sees the order: it is told to nobody else, not even by a link away. */
struct err *
orders_show_bought(struct req *r)
{
    struct val *m = val_map(r->work->arena);
    struct terms t;
    struct order o;
    TRY(terms_load(r->work, &t));
    TRY(order_by_token(r->work, r->params[1], &o));
    TRY(model_order(r, m, &o));
    add_shop(r, m, &t);
    val_set_bool(m, "unpaid", o.state == ORDER_PENDING);
    resp_header(r, "Referrer-Policy", "no-referrer");
    resp_header(r, "X-Robots-Tag", "noindex");
    return page(r, "shop/order", m);
}
