/* /api/v1/admin/tiers, subscriptions, invoices, vat-rates: the operator's, for programs. */
#include "base/clock.h"
#include "base/text.h"
#include "db/db.h"
#include "entitle/edit.h"
#include "http/cursor.h"
#include "http/form.h"
#include "subscriptions/operate.h"
#include "subscriptions/routes.h"
#include "subscriptions/show.h"

static void
put_price(struct json *j, const char *name, int64_t minor, enum currency cur)
{
    if (minor == NO_PRICE)
        json_put_null(j, name);
    else
        json_put_money(j, name, (struct money){ minor, cur });
}

struct err *
subscriptions_get_all_tiers(struct req *r)
{
    struct work *w = r->work;
    struct entitle_offers offers;
    struct seller seller;
    TRY(operate_seller(w, &seller));
    TRY(entitle_offers(w, w->now_us / SECOND_US, &offers));
    int64_t *holders = NEW_ARRAY(w->arena, int64_t, offers.count + 1);
    TRY(edit_holders(w, &offers, holders));
    struct json j = list_begin(r);
    for (size_t i = 0; i < offers.count; i++) {
        const struct entitle_offer *o = &offers.rows[i];
        json_put_object(&j, NULL);
        json_put_text(&j, "code", o->code);
        json_put_text(&j, "name", o->name);
        json_put_text(&j, "kind", o->rank == ADD_ON ? "addon" : "tier");
        put_price(&j, "month", o->month, seller.currency);
        put_price(&j, "year", o->year, seller.currency);
        json_put_object(&j, o->rank == ADD_ON ? "adds" : "limits");
        for (int k = 0; k < ENTITLE_LIMITS; k++)
            if (o->limit[k] == UNLIMITED)
                json_put_null(&j, entitle_names[k]);
            else
                json_put_i64(&j, entitle_names[k], o->limit[k]);
        json_put_end(&j);
        json_put_bool(&j, "retired", o->retired);
        json_put_i64(&j, "subscriptions", holders[i]);
        json_put_end(&j);
    }
    return list_answer(r, &j, NULL);
}

struct err *
subscriptions_get_all_subscriptions(struct req *r)
{
    struct subscription_row *rows;
    struct seller seller;
    int64_t behind = 0, limit;
    size_t n;
    TRY(query_limit(r, DOCUMENTS_PAGE, 200, &limit));
    TRY(cursor_read_id(r, &behind));
    TRY(operate_seller(r->work, &seller));
    TRY(operate_subscriptions(r->work, query_text(r, "status"), behind, limit + 1, &rows, &n));
    struct json j = list_begin(r);
    bool more = n > (size_t)limit;
    n -= more;
    for (size_t i = 0; i < n; i++) {
        const struct subscription_row *row = &rows[i];
        json_put_object(&j, NULL);
        json_put_id(&j, "vendor", row->vendor.n);
        json_put_text(&j, "slug", row->slug);
        json_put_text(&j, "status", row->state);
        json_put_text(&j, "tier", row->tier);
        json_put_text(&j, "interval", row->yearly ? "year" : "month");
        json_put_time(&j, "period_start", row->from_us);
        json_put_time(&j, "period_end", row->to_us);
        json_put_bool(&j, "cancel_at_period_end", row->cancelling);
        json_put_bool(&j, "change_scheduled", row->waits);
        json_put_money(&j, "price", (struct money){ row->price, seller.currency });
        json_put_money(&j, "owed", (struct money){ row->owed, seller.currency });
        json_put_end(&j);
    }
    return list_answer(r, &j, more ? cursor_make_id(r, rows[n - 1].vendor.n) : NULL);
}

struct err *
subscriptions_get_all_invoices(struct req *r)
{
    struct work *w = r->work;
    struct owed_place behind = { 0 };
    struct owed_row *rows;
    const char *keys[3];
    bool further = false;
    int64_t limit;
    size_t n;
    TRY(query_limit(r, DOCUMENTS_PAGE, 200, &limit));
    TRY(cursor_read(r, keys, 3, &further));
    if (further && (!text_to_i64(keys[0], &behind.issued_us) ||
                    !text_to_i64(keys[1], &behind.vendor) || !text_to_i64(keys[2], &behind.n)))
        return cursor_refused(r);
    TRY(operate_documents(w, query_text(r, "status"), &behind, limit + 1, &rows, &n));
    struct json j = list_begin(r);
    bool more = n > (size_t)limit;
    n -= more;
    for (size_t i = 0; i < n; i++) {
        const struct document_row *d = &rows[i].document;
        json_put_object(&j, NULL);
        json_put_text(&j, "number", d->number);
        json_put_id(&j, "vendor", rows[i].vendor.n);
        json_put_text(&j, "slug", rows[i].slug);
        json_put_text(&j, "type", d->credit_note ? "credit_note" : "invoice");
        json_put_time(&j, "issued_at", d->issued_us);
        json_put_time_or_null(&j, "due_at", d->due_us);
        json_put_money(&j, "total", d->total);
        json_put_money(&j, "amount_remaining", d->remaining);
        json_put_text(&j, "status", d->state);
        if (rows[i].late_days >= 0)
            json_put_i64(&j, "days_overdue", rows[i].late_days);
        json_put_end(&j);
    }
    const char *cursor = NULL;
    if (more) {
        const struct owed_row *last = &rows[n - 1];
        const char *place[] = { text_i64(w->arena, last->document.issued_us),
                                text_i64(w->arena, last->vendor.n),
                                text_i64(w->arena, last->document.n) };
        cursor = cursor_make(r, place, 3);
    }
    return list_answer(r, &j, cursor);
}

/* Pays, credits or writes off, and answers with what came of it. */
static struct err *
act_on(struct req *r, struct err *(*run)(struct work *, int64_t, struct act *))
{
    struct act act;
    int64_t n = 0;
    TRY(operate_pick(r->work, r->params[0], &n));
    TRY(run(r->work, n, &act));
    struct json j = json_begin(r->work->arena);
    put_document(&j, NULL, &act.book, act.outcome.document);
    return json_answer(r, 200, &j.out);
}

struct err *
subscriptions_post_invoice_pay(struct req *r)
{
    return act_on(r, act_pay);
}

struct err *
subscriptions_post_invoice_credit(struct req *r)
{
    return act_on(r, act_credit);
}

struct err *
subscriptions_post_invoice_write_off(struct req *r)
{
    return act_on(r, act_write_off);
}

/* ---- One shop's account ---- */

static void
put_vat_check(struct json *j, const struct book *b)
{
    json_put_object(j, "vat");
    json_put_text(j, "country", b->buyer.country);
    json_put_text(j, "vat_id", b->buyer.vat_id);
    json_put_bool(j, "valid", b->vat_valid);
    json_put_time_or_null(j, "checked_at",
                          b->vat_checked_at == NEVER ? 0 : b->vat_checked_at * SECOND_US);
    json_put_text(j, "source", b->vat_source);
    json_put_end(j);
}

static struct err *
answer_account(struct req *r, const struct book *b)
{
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_id(&j, "vendor", r->work->vendor.n);
    json_put_text(&j, "slug", b->slug);
    put_subscription_state(&j, "subscription", b);
    put_vat_check(&j, b);
    json_put_money(&j, "credit_balance", (struct money){ b->acc.balance, b->currency });
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

static struct err *
pick(struct req *r)
{
    int64_t id = 0;
    TRY(param_id(r, 0, &id));
    return operate_pick_vendor(r->work, id);
}

struct err *
subscriptions_get_account(struct req *r)
{
    struct book b;
    TRY(pick(r));
    TRY(book_open(r->work, BOOK_LOOK, 0, &b));
    return answer_account(r, &b);
}

/* Part of a shop's credit balance is paid back to it. */
struct err *
subscriptions_post_refund(struct req *r)
{
    struct form f;
    struct act act;
    struct seller seller;
    bool given = false;
    TRY(pick(r));
    TRY(form_read(r, &f));
    TRY(operate_seller(r->work, &seller));
    struct money amount = form_money(&f, "amount", seller.currency, &given);
    if (!given)
        form_fail(&f, "amount", "billing.amount", "How much?");
    TRY(form_done(&f));
    TRY(operate_refund(r->work, amount.minor, ANY_BALANCE, &act));
    struct json j = json_begin(r->work->arena);
    put_subscription_state(&j, NULL, &act.book);
    return json_answer(r, 200, &j.out);
}

/* The operator has looked a shop's VAT id up. */
struct err *
subscriptions_post_vat(struct req *r)
{
    struct form f;
    struct book book;
    TRY(pick(r));
    TRY(form_read(r, &f));
    const char *looked_up = form_has(&f, "vat_id") ? form_text(&f, "vat_id", 1, 20) : NULL;
    bool valid = form_flag(&f, "valid");
    const char *source = form_text(&f, "source", 1, 100);
    TRY(form_done(&f));
    TRY(operate_vat_checked(r->work, looked_up, valid, source, &book));
    return answer_account(r, &book);
}

/* ---- Rates of VAT ---- */

static void
put_rate(struct json *j, const struct rate_row *rate)
{
    json_put_object(j, NULL);
    json_put_text(j, "country", rate->country);
    json_put_text(j, "valid_from", rate->from);
    json_put_i64(j, "rate_bp", rate->bp);
    json_put_text(j, "state", rate_state_names[rate->state]);
    json_put_end(j);
}

struct err *
subscriptions_get_rates(struct req *r)
{
    struct rate_row *rows;
    size_t n;
    TRY(operate_rates(r->work, &rows, &n));
    struct json j = list_begin(r);
    for (size_t i = 0; i < n; i++)
        put_rate(&j, &rows[i]);
    return list_answer(r, &j, NULL);
}

struct err *
subscriptions_post_rate(struct req *r)
{
    struct form f;
    struct rate_row rate = { 0 }, *rows;
    size_t n;
    TRY(form_read(r, &f));
    operate_rate_read(&f, &rate);
    rate.bp = form_i64(&f, "rate_bp", 0, RATE_MOST_BP, -1);
    if (rate.bp < 0)
        form_fail(&f, "rate_bp", "field.needed", "Please fill this in.");
    TRY(form_done(&f));
    TRY(operate_rate_add(r->work, &rate));
    TRY(operate_rates(r->work, &rows, &n));
    struct json j = json_begin(r->work->arena);
    for (size_t i = 0; i < n; i++)
        if (text_is(rows[i].country, rate.country) && text_is(rows[i].from, rate.from))
            put_rate(&j, &rows[i]);
    return json_answer(r, 201, &j.out);
}

struct err *
subscriptions_delete_rate(struct req *r)
{
    TRY(operate_rate_remove(r->work, r->params[0], r->params[1]));
    return no_content(r);
}
