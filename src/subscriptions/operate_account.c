/* /admin/subscriptions/{vendor}: one shop's account, its VAT id and its credit balance. */
#include "base/clock.h"
#include "base/text.h"
#include "http/form.h"
#include "http/response.h"
#include "subscriptions/model.h"
#include "subscriptions/operate.h"
#include "subscriptions/routes.h"

#define HOME "/admin/subscriptions/"

static void
model_buyer(struct val *m, const struct book *b)
{
    const struct party *p = &b->buyer;
    val_set_text(m, "legal_name", p->name);
    val_set_text(m, "street", p->street);
    val_set_text(m, "postcode", p->postcode);
    val_set_text(m, "city", p->city);
    val_set_text(m, "country", p->country);
    val_set_text(m, "email", p->email);
    val_set_bool(m, "has_details", *p->name != 0);
    val_set_text(m, "vat_id", *p->vat_id ? p->vat_id : NULL);
    val_set_bool(m, "vat_valid", b->vat_valid);
    val_set_text(m, "vat_source", b->vat_source);
    if (b->vat_checked_at == NEVER)
        val_set_null(m, "vat_checked");
    else
        val_set_time(m, "vat_checked", b->vat_checked_at * SECOND_US);
}

/* The account as it is, with a form that was refused. */
static struct err *
account_page(struct req *r, const struct form *f, const struct err *e)
{
    struct val *m = val_map(r->work->arena);
    struct book b;
    TRY(book_open(r->work, BOOK_LOOK, 0, &b));
    model_subscription(m, &b);
    model_buyer(m, &b);
    val_set_i64(m, "vendor", r->work->vendor.n);
    val_set_text(m, "shop", b.vendor_name);
    val_set_text(m, "unit", currency_code(b.currency));
    val_set_i64(m, "seen", b.acc.balance);
    val_set_bool(val_set_map(m, "tab"), "subscriptions", true);
    form_prefill(m, "source", "VIES");
    if (f)
        form_show(f, e, m);
    return page_status(r, e ? err_status(e) : 200, "admin/subscriptions/show", m);
}

static struct err *
pick(struct req *r)
{
    int64_t id = 0;
    TRY(param_id(r, 0, &id));
    return operate_pick_vendor(r->work, id);
}

static struct err *
back(struct req *r, const char *done)
{
    return see_other(r, text_join(r->work->arena, HOME, text_i64(r->work->arena, r->work->vendor.n),
                                  done, NULL));
}

struct err *
subscriptions_show_account(struct req *r)
{
    TRY(pick(r));
    return account_page(r, NULL, NULL);
}

struct err *
subscriptions_post_refund_page(struct req *r)
{
    struct form f;
    struct act act;
    struct seller seller;
    bool given = false;
    TRY(pick(r));
    TRY(form_read(r, &f));
    TRY(operate_seller(r->work, &seller));
    struct money amount = form_money(&f, "amount", seller.currency, &given);
    int64_t seen = form_i64(&f, "seen", 0, INT64_MAX, ANY_BALANCE);
    if (!given)
        form_fail(&f, "amount", "billing.amount", "How much?");
    else if (seen != ANY_BALANCE && amount.minor > seen)
        form_fail(&f, "amount", "billing.refund_most", "That is more than the balance.");
    struct err *e = form_done(&f);
    if (e)
        return account_page(r, &f, e);
    TRY(operate_refund(r->work, amount.minor, seen, &act));
    return back(r, act.by_hand ? "?done=billing.refunded" : "?done=billing.refunding");
}

struct err *
subscriptions_post_vat_page(struct req *r)
{
    struct form f;
    struct book book;
    TRY(pick(r));
    TRY(form_read(r, &f));
    const char *looked_up = form_text(&f, "vat_id", 0, 20);
    const char *result = form_word(&f, "result", 1, 10);
    const char *source = form_text(&f, "source", 1, 100);
    bool valid = text_is(result, "valid");
    if (*result && !valid && !text_is(result, "wrong"))
        form_fail(&f, "result", "billing.vat_result", "Either valid or wrong.");
    struct err *e = form_done(&f);
    if (e)
        return account_page(r, &f, e);
    TRY(operate_vat_checked(r->work, looked_up, valid, source, &book));
    return back(r, "?done=billing.vat_noted");
}
