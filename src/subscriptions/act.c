#include "subscriptions/act.h"

#include "audit/audit.h"
#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "http/json.h"
#include "subscriptions/inside.h"

#define CHANGES_A_DAY 10

/* clang-format off */
static const struct refused {
    enum err_kind kind;
    const char *code, *field, *say;
} refusals[REFUSALS] = {
    [REFUSED_ALREADY_SUBSCRIBED]   = { ERR_CONFLICT,  "subscriptions.already_subscribed", NULL, "This shop has a subscription already. Change its tier instead." },
    [REFUSED_NOT_ACTIVE]           = { ERR_CONFLICT,  "subscriptions.subscription_not_active", NULL, "This shop has no running subscription." },
    [REFUSED_PAST_DUE]             = { ERR_CONFLICT,  "subscriptions.subscription_past_due", NULL, "An invoice is overdue. Once it is paid, this can be changed." },
    [REFUSED_CANCELLATION_PENDING] = { ERR_CONFLICT,  "subscriptions.cancellation_pending", NULL, "The subscription ends with its period. Take that back first." },
    [REFUSED_NO_CHANGE]            = { ERR_CONFLICT,  "subscriptions.no_change", NULL, "That is what it is already." },
    [REFUSED_UNKNOWN_TIER]         = { ERR_INVALID,   "subscriptions.unknown_tier", "tier", "There is no such tier." },
    [REFUSED_UNKNOWN_ADDON]        = { ERR_NOT_FOUND, "subscriptions.unknown_addon", NULL, "There is no such add-on." },
    [REFUSED_NO_PRICE]             = { ERR_INVALID,   "subscriptions.price_not_available", "interval", "Something in this subscription cannot be had for that interval." },
    [REFUSED_BAD_QUANTITY]         = { ERR_INVALID,   "subscriptions.bad_quantity", "quantity", "A quantity is a whole number from 0 to 10,000." },
    [REFUSED_PAYMENT_FAILED]       = { ERR_PAYMENT,   "subscriptions.payment_failed", NULL, "The payment failed. Nothing was changed." },
    [REFUSED_NO_METHOD]            = { ERR_PAYMENT,   "subscriptions.payment_method_required", NULL, "There is no means of payment on file." },
    [REFUSED_PAYMENT_PENDING]      = { ERR_PAYMENT,   "subscriptions.payment_pending", NULL, "The payment is under way." },
    [REFUSED_NO_UPCOMING]          = { ERR_NOT_FOUND, "subscriptions.no_upcoming_invoice", NULL, "No further invoice is to come." },
    [REFUSED_NOT_OPEN]             = { ERR_CONFLICT,  "subscriptions.invoice_not_open", NULL, "Nothing is owed on this invoice." },
    [REFUSED_NOTHING_LEFT]         = { ERR_CONFLICT,  "subscriptions.nothing_left", NULL, "There is nothing left to give back." },
    [REFUSED_NOT_FOUND]            = { ERR_NOT_FOUND, "subscriptions.not_found", NULL, "There is no such invoice." },
};
/* clang-format on */

struct err *
act_refused(struct work *w, enum refusal why)
{
    const struct refused *row = &refusals[why];
    if (!why)
        return NULL;
    must(row->code);
    return FAIL_FIELD(w->arena, row->kind, row->code, row->field, row->say);
}

static const char *
as_it_is(struct work *w, const struct subscription *sub)
{
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    json_put_text(&j, "status", subscription_state_names[sub->state]);
    if (sub->number) {
        json_put_text(&j, "interval", interval_name(sub->interval));
        json_put_bool(&j, "cancel_at_period_end", sub->cancel_at_period_end);
        json_put_text(&j, "next_tier", sub->next_tier.code);
        json_put_object(&j, "items");
        for (size_t i = 0; i < sub->item_count; i++)
            json_put_i64(&j, sub->items[i].code, sub->items[i].quantity);
        json_put_end(&j);
    }
    json_put_end(&j);
    return j.out.at;
}

/* Writes what was granted, and who did it. */
static struct err *
keep(struct work *w, const char *what, const char *before, struct act *act)
{
    TRY(act_refused(w, act->outcome.refused));
    TRY(book_save(w, &act->book));
    struct audit_act note = {
        .what = what,
        .object = audit_object(w, "subscription", act->book.acc.sub.number),
        .before = before,
        .after = as_it_is(w, &act->book.acc.sub),
    };
    return audit_note(w, &note);
}

static struct err *
begin(struct work *w, int64_t n, struct act *out, const char **before)
{
    *out = (struct act){ 0 };
    TRY(book_open(w, BOOK_CHANGE, n, &out->book));
    *before = as_it_is(w, &out->book.acc.sub);
    return NULL;
}

struct err *
act_preview(struct work *w, const struct change *wanted, struct act *out)
{
    *out = (struct act){ 0 };
    TRY(book_open(w, BOOK_LOOK, 0, &out->book));
    out->outcome = account_preview(&out->book.acc, out->book.now, wanted);
    TRY(act_refused(w, out->outcome.refused));
    out->quote_until = out->book.now + QUOTE_S;
    out->quote = quote_make(&out->book, wanted, out->quote_until);
    return NULL;
}

struct err *
act_change(struct work *w, const struct change *wanted, const char *quote, struct act *out)
{
    const char *before;
    TRY(begin(w, 0, out, &before));
    struct book *b = &out->book;
    int64_t at = b->now;
    if (quote && !quote_holds(b, wanted, quote, &at))
        return FAIL(w->arena, ERR_CONFLICT, "subscriptions.quote_stale",
                    "Something changed since this was worked out. Look at it again.");
    b->acc.vat = book_vat(b, at);
    out->outcome = account_change(&b->acc, at, wanted);
    if (!out->outcome.refused && out->outcome.document && b->changes >= CHANGES_A_DAY) {
        struct err *e = FAIL(w->arena, ERR_LIMIT, "subscriptions.too_often",
                             "That is enough changes for one day. Go on tomorrow.");
        e->retry_after_s = (int)DAY_S;
        return e;
    }
    return keep(w, "subscription.changed", before, out);
}

struct err *
act_subscribe(struct work *w, const struct purchase *wanted, struct act *out)
{
    const char *before;
    TRY(begin(w, 0, out, &before));
    out->outcome = account_subscribe(&out->book.acc, out->book.now, wanted);
    return keep(w, "subscription.started", before, out);
}

struct err *
act_convert_trial(struct work *w, struct act *out)
{
    const char *before;
    TRY(begin(w, 0, out, &before));
    out->outcome = account_convert_trial(&out->book.acc, out->book.now);
    return keep(w, "subscription.converted", before, out);
}

struct err *
act_cancel(struct work *w, enum when when, bool prorate, struct act *out)
{
    const char *before;
    TRY(begin(w, 0, out, &before));
    out->outcome = account_cancel(&out->book.acc, out->book.now, when, prorate);
    return keep(w, "subscription.cancelled", before, out);
}

struct err *
act_reactivate(struct work *w, struct act *out)
{
    const char *before;
    TRY(begin(w, 0, out, &before));
    out->outcome = account_reactivate(&out->book.acc);
    return keep(w, "subscription.reactivated", before, out);
}

struct err *
act_pay(struct work *w, int64_t n, struct act *out)
{
    const char *before;
    TRY(begin(w, n, out, &before));
    out->outcome = account_pay(&out->book.acc, out->book.now, n);
    return keep(w, "invoice.paid", before, out);
}

struct err *
act_credit(struct work *w, int64_t n, struct act *out)
{
    const char *before;
    TRY(begin(w, n, out, &before));
    out->outcome = account_credit(&out->book.acc, out->book.now, n);
    return keep(w, "invoice.credited", before, out);
}

struct err *
act_write_off(struct work *w, int64_t n, struct act *out)
{
    const char *before;
    TRY(begin(w, n, out, &before));
    out->outcome = account_write_off(&out->book.acc, out->book.now, n);
    return keep(w, "invoice.written_off", before, out);
}

struct err *
act_refund(struct work *w, int64_t amount, struct act *out)
{
    const char *before;
    TRY(begin(w, 0, out, &before));
    out->outcome = account_refund(&out->book.acc, out->book.now, amount);
    return keep(w, "balance.refunded", before, out);
}
