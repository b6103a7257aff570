/* How the shop sells, as the shop itself says it. */
#include "accounts/accounts.h"
#include "base/settings.h"
#include "base/text.h"
#include "http/form.h"
#include "orders/routes.h"
#include "orders/terms.h"
#include "view/value.h"

static struct err *
show(struct req *r, int status, const struct terms *t, const struct form *f, const struct err *e)
{
    struct arena *a = r->work->arena;
    struct val *m = val_map(a);
    form_prefill(m, "shipping", t->shipping.minor ? money_decimal(a, t->shipping) : "");
    form_prefill(m, "free_from", t->has_free_from ? money_decimal(a, t->free_from) : "");
    form_prefill(m, "hours", t->hours ? text_i64(a, t->hours) : "");
    form_prefill(m, "pay_by", t->pay_by);
    form_prefill(m, "tell", t->tell);
    if (f)
        form_show(f, e, m);
    val_set_text(m, "currency", currency_code(t->currency));
    val_set_count(m, "usual_hours", r->work->settings->order_hours);
    val_set_bool(val_set_map(m, "tab"), "orders", true);
    return page_status(r, status, "vendor/settings/orders", m);
}

struct err *
orders_show_terms(struct req *r)
{
    struct terms t;
    TRY(terms_load(r->work, &t));
    return show(r, 200, &t, NULL, NULL);
}

struct err *
orders_post_terms(struct req *r)
{
    struct terms t;
    struct form f;
    bool given;
    TRY(terms_load(r->work, &t));
    TRY(form_read(r, &f));
    t.shipping = form_money(&f, "shipping", t.currency, &given);
    t.free_from = form_money(&f, "free_from", t.currency, &t.has_free_from);
    t.hours = form_i64(&f, "hours", 1, 2160, 0);
    t.pay_by = form_text(&f, "pay_by", 0, 1000);
    t.tell = *form_text(&f, "tell", 0, 254) ? accounts_read_email(&f, "tell") : "";
    struct err *e = form_done(&f);
    if (e)
        return show(r, 422, &t, &f, e);
    TRY(terms_save(r->work, &t));
    return see_other(r, "/vendor/settings/orders?done=orders.terms");
}
