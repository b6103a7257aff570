#include "orders/terms.h"

#include "base/must.h"
#include "db/db.h"

struct err *
terms_load(struct work *w, struct terms *out)
{
    struct terms t;
    struct scan s;
    struct err *e = db_one(w, Q_orders_terms, NO_ARGS, &s);
    if (e && e->kind == ERR_NOT_FOUND)
        return FAIL(w->arena, ERR_NOT_FOUND, "shop.unknown", "There is no such shop.");
    TRY(e);
    t.shop = scan_text(&s);
    t.name = scan_text(&s);
    if (!currency_read(scan_text(&s), &t.currency))
        return BROKEN(w->arena, "orders.currency", t.shop);
    t.language = scan_text(&s);
    t.with_tax = scan_bool(&s);
    t.shipping = (struct money){ scan_i64(&s), t.currency };
    t.has_free_from = !scan_null(&s);
    t.free_from = (struct money){ scan_i64(&s), t.currency };
    t.hours = scan_i64(&s);
    t.pay_by = scan_text(&s);
    t.tell = scan_text(&s);
    scan_end(&s);
    *out = t;
    return NULL;
}

struct err *
terms_save(struct work *w, const struct terms *t)
{
    return db_exec(w, Q_orders_set_terms,
                   ARGS(arg_i64(w, t->shipping.minor),
                        t->has_free_from ? arg_i64(w, t->free_from.minor) : arg_null(),
                        t->hours ? arg_i64(w, t->hours) : arg_null(), arg_text(t->pay_by),
                        arg_text(*t->tell ? t->tell : NULL)),
                   NULL);
}
