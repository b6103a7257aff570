/* Orders and customers for programs of the shop. */
#include "accounts/accounts.h"
#include "base/text.h"
#include "http/cursor.h"
#include "orders/draft.h"
#include "orders/filter.h"
#include "orders/routes.h"
#include "orders/shape.h"
#include "orders/state.h"

#define LIST_NORMAL 50
#define LIST_MOST   200

/* ---- Orders ---- */

static void
put_next(struct json *j, const char *cursor)
{
    json_put_text(j, "next_cursor", cursor);
    json_put_end(j);
}

struct err *
orders_get_list(struct req *r)
{
    struct order_filter f;
    struct order_row *rows;
    int64_t limit;
    size_t n;
    TRY(QUERY_ONLY(r, "state", "number", "email", "sku", "customer_id", "placed_from",
                   "placed_before", "limit", "cursor"));
    TRY(filter_read(r, &f));
    TRY(query_limit(r, LIST_NORMAL, LIST_MOST, &limit));
    f.limit = limit + 1;
    TRY(orders_find(r->work, &f, &rows, &n));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_array(&j, "data");
    for (size_t i = 0; i < n && i < (size_t)limit; i++)
        shape_row(&j, &rows[i]);
    json_put_end(&j);
    put_next(&j, n > (size_t)limit ? filter_next(r, &rows[limit - 1]) : NULL);
    return json_answer(r, 200, &j.out);
}

static struct err *
answer_order(struct req *r, int status, struct order_id id)
{
    struct json j = json_begin(r->work->arena);
    struct order o;
    TRY(order_load(r->work, id, &o));
    if (status == 200 && resp_unchanged(r, text_i64(r->work->arena, o.version)))
        return NULL;
    TRY(shape_order(r->work, &j, &o));
    return json_answer(r, status, &j.out);
}

struct err *
orders_post(struct req *r)
{
    struct order_placed placed;
    struct order_quote quote;
    struct order_draft d;
    struct terms terms;
    struct form f;
    TRY(form_read(r, &f));
    TRY(terms_load(r->work, &terms));
    order_read(&f, &terms, true, &d);
    d.quiet = !form_flag(&f, "confirm");
    TRY(form_done(&f));
    d.source = "api";
    d.who = order_actor(r);
    TRY(order_place(r->work, &d, &placed, &quote));
    resp_header(r, "Location",
                text_printf(r->work->arena, "/api/v1/vendor/orders/%lld", (long long)placed.id.n));
    return answer_order(r, 201, placed.id);
}

struct err *
orders_get(struct req *r)
{
    struct order_id id;
    TRY(param_id(r, 0, &id.n));
    return answer_order(r, 200, id);
}

static struct err *
load_param(struct req *r, struct order *out)
{
    struct order_id id;
    TRY(param_id(r, 0, &id.n));
    return order_load(r->work, id, out);
}

struct err *
orders_post_step(struct req *r)
{
    struct order o;
    struct form f;
    TRY(load_param(r, &o));
    TRY(form_read(r, &f));
    struct order_move m = {
        .act = form_word(&f, "action", 1, 20),
        .payment =
            form_has(&f, "payment_reference") ? form_text(&f, "payment_reference", 0, 200) : NULL,
        .note = form_text(&f, "note", 0, 1000),
        .restock = form_flag(&f, "restock"),
        .notify = form_flag(&f, "notify"),
        .tracking = form_text(&f, "tracking", 0, 200),
    };
    TRY(form_done(&f));
    TRY(order_step(r->work, o.id, &m, order_actor(r)));
    return answer_order(r, 200, o.id);
}

struct err *
orders_post_note(struct req *r)
{
    struct order o;
    struct form f;
    TRY(load_param(r, &o));
    TRY(form_read(r, &f));
    const char *note = form_text(&f, "note", 1, 1000);
    TRY(form_done(&f));
    TRY(order_note(r->work, o.id, note, order_actor(r)));
    return answer_order(r, 201, o.id);
}

/* ---- Customers ---- */

struct err *
customers_get_list(struct req *r)
{
    const char *q = query_text(r, "q");
    struct customer *all;
    int64_t behind, limit;
    size_t n;
    TRY(QUERY_ONLY(r, "q", "limit", "cursor"));
    TRY(query_limit(r, LIST_NORMAL, LIST_MOST, &limit));
    TRY(cursor_read_id(r, &behind));
    bool finds = q && *q;
    if (finds)
        TRY(customers_find(r->work, q, limit, &all, &n));
    else
        TRY(customers_list(r->work, behind, limit + 1, &all, &n));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_array(&j, "data");
    for (size_t i = 0; i < n && i < (size_t)limit; i++)
        shape_customer(&j, NULL, &all[i]);
    json_put_end(&j);
    bool more = !finds && n > (size_t)limit;
    put_next(&j, more ? cursor_make_id(r, all[limit - 1].id.n) : NULL);
    return json_answer(r, 200, &j.out);
}

static struct err *
answer_customer(struct req *r, struct customer_id id)
{
    struct json j = json_begin(r->work->arena);
    struct customer c;
    TRY(customer_load(r->work, id, &c));
    shape_customer(&j, NULL, &c);
    return json_answer(r, 200, &j.out);
}

struct err *
customers_get(struct req *r)
{
    struct customer_id id;
    TRY(param_id(r, 0, &id.n));
    return answer_customer(r, id);
}

/* Consent is all that can be changed: names and addresses are those of the orders. */
struct err *
customers_patch(struct req *r)
{
    struct customer_id id;
    struct form f;
    TRY(param_id(r, 0, &id.n));
    TRY(form_read(r, &f));
    bool given = form_has(&f, "news"), news = form_flag(&f, "news");
    TRY(form_done(&f));
    if (given)
        TRY(customer_set_news(r->work, id, news));
    return answer_customer(r, id);
}

struct err *
customers_get_export(struct req *r)
{
    struct customer_id id;
    const char *json;
    TRY(param_id(r, 0, &id.n));
    TRY(customer_export(r->work, id, &json));
    return text_answer(r, 200, "application/json", json);
}

struct err *
customers_post_erase(struct req *r)
{
    struct customer_id id;
    TRY(param_id(r, 0, &id.n));
    TRY(customer_erase(r->work, id));
    return answer_customer(r, id);
}
