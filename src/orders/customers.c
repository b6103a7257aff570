#include "orders/customers.h"

#include "audit/audit.h"
#include "base/text.h"
#include "db/db.h"

static void
scan_customer(struct scan *s, struct customer *c)
{
    c->id.n = scan_i64(s);
    c->external = scan_text(s);
    c->email = scan_text(s);
    c->name = scan_text(s);
    c->language = scan_text(s);
    c->news_since_us = scan_time(s);
    c->orders = scan_i64(s);
    c->last_order_us = scan_time(s);
    c->created_us = scan_time(s);
    c->erased_us = scan_time(s);
    scan_end(s);
}

static struct err *
unknown(struct work *w)
{
    return FAIL(w->arena, ERR_NOT_FOUND, "customer.unknown", "There is no such customer.");
}

struct err *
customer_load(struct work *w, struct customer_id id, struct customer *out)
{
    struct scan s;
    bool found;
    TRY(db_maybe(w, Q_customers_one, ARGS(arg_i64(w, id.n)), &found, &s));
    if (!found)
        return unknown(w);
    scan_customer(&s, out);
    return NULL;
}

static void
take_rows(struct work *w, const struct rows *rows, struct customer **out, size_t *n)
{
    struct customer *all = NEW_ARRAY(w->arena, struct customer, (size_t)rows->count + 1);
    for (int i = 0; i < rows->count; i++) {
        struct scan s = rows_at(rows, i);
        scan_customer(&s, &all[i]);
    }
    *out = all;
    *n = (size_t)rows->count;
}

struct err *
customers_list(struct work *w, int64_t behind, int64_t limit, struct customer **out, size_t *n)
{
    struct rows rows;
    TRY(db_many(w, Q_customers_list, ARGS(arg_i64(w, behind), arg_i64(w, limit)), &rows));
    take_rows(w, &rows, out, n);
    return NULL;
}

struct err *
customers_find(struct work *w, const char *text, int64_t limit, struct customer **out, size_t *n)
{
    struct rows rows;
    TRY(db_many(w, Q_customers_found, ARGS(arg_text(text), arg_i64(w, limit)), &rows));
    take_rows(w, &rows, out, n);
    return NULL;
}

struct err *
customer_sums(struct work *w, struct customer_id id, struct money **out, size_t *n)
{
    struct rows rows;
    TRY(db_many(w, Q_customers_sums, ARGS(arg_i64(w, id.n)), &rows));
    struct money *sums = NEW_ARRAY(w->arena, struct money, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        sums[i] = scan_money(&s);
        scan_end(&s);
    }
    *out = sums;
    *n = (size_t)rows.count;
    return NULL;
}

struct err *
customer_addresses(struct work *w, struct customer_id id, const char ***out, size_t *n)
{
    struct rows rows;
    TRY(db_many(w, Q_customers_addresses, ARGS(arg_i64(w, id.n)), &rows));
    const char **all = NEW_ARRAY(w->arena, const char *, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        all[i] = scan_text(&s);
        scan_end(&s);
    }
    *out = all;
    *n = (size_t)rows.count;
    return NULL;
}

struct err *
customer_export(struct work *w, struct customer_id id, const char **json)
{
    struct scan s;
    bool found;
    TRY(db_maybe(w, Q_customers_export, ARGS(arg_i64(w, id.n)), &found, &s));
    if (!found)
        return unknown(w);
    *json = scan_text(&s);
    scan_end(&s);
    return NULL;
}

struct err *
customer_set_news(struct work *w, struct customer_id id, bool may)
{
    int64_t changed;
    TRY(db_exec(w, Q_customers_news, ARGS(arg_i64(w, id.n), arg_bool(may)), &changed));
    return changed ? NULL : unknown(w);
}

static struct err *
check_open_orders(struct work *w, struct customer_id id)
{
    struct scan s;
    TRY(db_one(w, Q_customers_open_orders, ARGS(arg_i64(w, id.n)), &s));
    int64_t open = scan_i64(&s);
    scan_end(&s);
    if (!open)
        return NULL;
    return FAIL(w->arena, ERR_CONFLICT, "customer.open_orders",
                "Orders of this customer are on their way. Finish or cancel them first.");
}

struct err *
customer_erase(struct work *w, struct customer_id id)
{
    struct customer c;
    TRY(customer_load(w, id, &c));
    TRY(check_open_orders(w, id));
    TRY(db_exec(w, Q_customers_forget_orders, ARGS(arg_i64(w, id.n)), NULL));
    TRY(db_exec(w, Q_customers_forget, ARGS(arg_i64(w, id.n)), NULL));
    return audit_note(w, &(struct audit_act){ .what = "customer.erased",
                                              .object = audit_object(w, "customer", id.n) });
}
