/* The shop's pages of customers. */
#include "base/text.h"
#include "http/cursor.h"
#include "http/form.h"
#include "orders/customers.h"
#include "orders/model.h"
#include "orders/routes.h"

#define PAGE   50
#define ORDERS 20

/* ---- The list ---- */

static const char *
customer_path(struct req *r, struct customer_id id)
{
    return text_printf(r->work->arena, "/vendor/customers/%lld", (long long)id.n);
}

/* What a person is called here: by name, address, or the number of the old books. */
static void
add_customer(struct req *r, struct val *m, const struct customer *c)
{
    val_set_i64(m, "customer_id", c->id.n);
    val_set_text(m, "customer_path", customer_path(r, c->id));
    val_set_text(m, "called", *c->name ? c->name : *c->email ? c->email : c->external);
    val_set_text(m, "person", c->name);
    val_set_text(m, "email", c->email);
    val_set_text(m, "external", c->external);
    val_set_count(m, "orders_count", c->orders);
    val_set_time(m, "since", c->created_us);
    if (c->last_order_us)
        val_set_time(m, "last_order", c->last_order_us);
    if (c->news_since_us)
        val_set_time(m, "news_since", c->news_since_us);
    if (c->erased_us)
        val_set_time(m, "erased", c->erased_us);
}

struct err *
customers_show_list(struct req *r)
{
    struct val *m = val_map(r->work->arena);
    const char *q = query_text(r, "q");
    struct customer *all;
    int64_t behind;
    size_t n;
    q = q ? text_trim(r->work->arena, q) : "";
    TRY(cursor_read_id(r, &behind));
    if (*q)
        TRY(customers_find(r->work, q, PAGE, &all, &n));
    else
        TRY(customers_list(r->work, behind, PAGE + 1, &all, &n));
    struct val *list = val_set_list(m, "customers");
    for (size_t i = 0; i < n && i < PAGE; i++)
        add_customer(r, val_add_map(list), &all[i]);
    val_set_bool(m, "found", n > 0);
    val_set_bool(m, "filtered", *q != 0);
    val_set_text(m, "q", q);
    val_set_bool(m, "too_many", *q && n == PAGE);
    if (behind && !*q)
        val_set_text(m, "newer", query_with(r, "cursor", NULL));
    if (n > PAGE)
        val_set_text(m, "older", query_with(r, "cursor", cursor_make_id(r, all[PAGE - 1].id.n)));
    return page(r, "vendor/customers/list", m);
}

/* ---- One customer ---- */

static struct err *
load_param(struct req *r, struct customer *out)
{
    struct customer_id id;
    TRY(param_id(r, 0, &id.n));
    return customer_load(r->work, id, out);
}

static struct err *
add_orders(struct req *r, struct val *m, const struct customer *c)
{
    struct order_filter f = { .state = -1,
                              .from_us = INT64_MIN,
                              .before_us = INT64_MAX,
                              .customer = c->id,
                              .limit = ORDERS };
    struct order_row *rows;
    size_t n;
    TRY(orders_find(r->work, &f, &rows, &n));
    struct val *list = val_set_list(m, "orders");
    for (size_t i = 0; i < n; i++) {
        struct val *row = val_add_map(list);
        val_set_text(row, "path",
                     text_printf(r->work->arena, "/vendor/orders/%lld", (long long)rows[i].id.n));
        val_set_text(row, "called", order_called(r->work->arena, rows[i].number, rows[i].external));
        val_set_time(row, "placed", rows[i].placed_us);
        val_set_money(row, "total", rows[i].total);
        model_state(row, rows[i].state);
    }
    val_set_bool(m, "has_orders", n > 0);
    if ((int64_t)n < c->orders)
        val_set_text(
            m, "all_path",
            text_printf(r->work->arena, "/vendor/orders?customer_id=%lld", (long long)c->id.n));
    return NULL;
}

static struct err *
add_sums(struct req *r, struct val *m, struct customer_id id)
{
    struct money *sums;
    size_t n;
    TRY(customer_sums(r->work, id, &sums, &n));
    struct val *list = val_set_list(m, "sums");
    for (size_t i = 0; i < n; i++)
        val_set_money(val_add_map(list), "paid", sums[i]);
    return NULL;
}

static struct err *
add_addresses(struct req *r, struct val *m, struct customer_id id)
{
    const char **all;
    size_t n;
    TRY(customer_addresses(r->work, id, &all, &n));
    struct val *list = val_set_list(m, "addresses");
    for (size_t i = 0; i < n; i++)
        model_address(r, val_add_map(list), "address", all[i]);
    val_set_bool(m, "has_addresses", n > 0);
    return NULL;
}

struct err *
customers_show_one(struct req *r)
{
    struct val *m = val_map(r->work->arena);
    struct customer c;
    TRY(load_param(r, &c));
    add_customer(r, m, &c);
    TRY(add_orders(r, m, &c));
    TRY(add_sums(r, m, c.id));
    TRY(add_addresses(r, m, c.id));
    val_set_bool(m, "may_erase", r->visitor.role >= ROLE_MANAGER && !r->visitor.acted_by.n);
    return page(r, "vendor/customers/show", m);
}

struct err *
customers_post_news(struct req *r)
{
    struct customer_id id;
    struct form f;
    TRY(param_id(r, 0, &id.n));
    TRY(form_read(r, &f));
    bool news = form_flag(&f, "news");
    TRY(form_done(&f));
    TRY(customer_set_news(r->work, id, news));
    return see_other(r,
                     text_printf(r->work->arena, "%s?done=customers.news", customer_path(r, id)));
}

/* ---- What a person may ask for ---- */

struct err *
customers_show_export(struct req *r)
{
    struct customer_id id;
    const char *json;
    TRY(param_id(r, 0, &id.n));
    TRY(customer_export(r->work, id, &json));
    resp_header(r, "Content-Disposition",
                text_printf(r->work->arena, "attachment; filename=\"customer-%lld.json\"",
                            (long long)id.n));
    return text_answer(r, 200, "application/json", json);
}

/* What has to be typed: it is seen on the page, and no slip of the hand. */
static const char *
word_of(struct req *r, const struct customer *c)
{
    return *c->email ? c->email : text_i64(r->work->arena, c->id.n);
}

static struct err *
ask_erase(struct req *r, int status, const struct customer *c, const struct form *f,
          const struct err *e)
{
    struct val *m = val_map(r->work->arena);
    add_customer(r, m, c);
    if (f)
        form_show(f, e, m);
    val_set_text(m, "typed", word_of(r, c));
    return page_status(r, status, "vendor/customers/erase", m);
}

struct err *
customers_show_erase(struct req *r)
{
    struct customer c;
    TRY(load_param(r, &c));
    return ask_erase(r, 200, &c, NULL, NULL);
}

struct err *
customers_post_erase_page(struct req *r)
{
    struct customer c;
    struct form f;
    TRY(load_param(r, &c));
    TRY(form_read(r, &f));
    const char *typed = form_text(&f, "confirm", 1, 254);
    if (*typed && !text_is_any_case(typed, word_of(r, &c)))
        form_fail(&f, "confirm", "customer.confirm", "This is not what stands above.");
    struct err *e = form_done(&f);
    if (!e)
        e = customer_erase(r->work, c.id);
    if (e && (e->kind == ERR_INVALID || text_is(e->code, "customer.open_orders")))
        return ask_erase(r, e->kind == ERR_INVALID ? 422 : 409, &c, &f, e);
    TRY(e);
    return see_other(
        r, text_printf(r->work->arena, "%s?done=customers.erased", customer_path(r, c.id)));
}
