#include "subscriptions/act.h"

#include "audit/audit.h"
#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "db/db.h"
#include "http/json.h"
#include "subscriptions/inside.h"
#include "subscriptions/operation.h"

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

/* ---- What is paid before it is granted ---- */

enum bought { BOUGHT_CHANGE, BOUGHT_SUBSCRIPTION, BOUGHT_CONVERSION, BOUGHT_KINDS };
static const char *const bought_names[BOUGHT_KINDS] = {
    [BOUGHT_CHANGE] = "subscription.changed",
    [BOUGHT_SUBSCRIPTION] = "subscription.started",
    [BOUGHT_CONVERSION] = "subscription.converted",
};

/* Known by its words: the same ones again are the same command. */
struct bought_act {
    enum bought kind;
    struct change change;
    struct purchase purchase;
    const char *quote;
};

static const char *
words_of(struct work *w, const struct bought_act *b)
{
    bool change = b->kind == BOUGHT_CHANGE;
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    json_put_i64(&j, "kind", b->kind);
    json_put_text(&j, "tier", change ? b->change.tier : b->purchase.tier);
    json_put_i64(&j, "interval", change ? b->change.interval : b->purchase.interval);
    json_put_text(&j, "addon", b->change.addon);
    json_put_i64(&j, "quantity", b->change.quantity);
    json_put_i64(&j, "when", b->change.when);
    json_put_end(&j);
    return j.out.at;
}

static const char *
word_in(struct work *w, const json_t *o, const char *name)
{
    const char *word = json_string_value(json_object_get(o, name));
    return word ? text_copy(w->arena, word) : NULL;
}

static int64_t
number_in(const json_t *o, const char *name)
{
    return json_integer_value(json_object_get(o, name));
}

static struct bought_act
read_words(struct work *w, const char *words)
{
    json_error_t error;
    json_t *o = json_loads(words, 0, &error);
    must(o);
    struct bought_act b = { .kind = (enum bought)number_in(o, "kind") };
    enum interval interval = (enum interval)number_in(o, "interval");
    b.change = (struct change){ .tier = word_in(w, o, "tier"),
                                .interval = interval,
                                .addon = word_in(w, o, "addon"),
                                .quantity = number_in(o, "quantity"),
                                .when = (enum when)number_in(o, "when") };
    b.purchase = (struct purchase){ .tier = b.change.tier, .interval = interval, .anchor = NEVER };
    json_decref(o);
    return b;
}

static struct outcome
run(struct book *book, int64_t at, const struct bought_act *b)
{
    book->acc.vat = book_vat(book, at);
    switch (b->kind) {
    case BOUGHT_CHANGE:
        return account_change(&book->acc, at, &b->change);
    case BOUGHT_SUBSCRIPTION:
        return account_subscribe(&book->acc, at, &b->purchase);
    default:
        return account_convert_trial(&book->acc, at);
    }
}

static struct err *
stale(struct work *w)
{
    return FAIL(w->arena, ERR_CONFLICT, "subscriptions.quote_stale",
                "Something changed since this was worked out. Look at it again.");
}

/* The money of just this amount is there. */
static enum charge
charge_came(void *with, int64_t amount)
{
    const struct operation *op = with;
    return amount == op->amount ? CHARGE_OK : CHARGE_FAILED;
}

/* An event was faster than the answer to our own question, and somebody else has granted it. */
static struct err *
granted(struct work *w, const struct operation *op, struct act *out)
{
    TRY(book_open(w, BOOK_CHANGE, op->document, &out->book));
    out->outcome = (struct outcome){ .effect = EFFECT_NOW,
                                     .document = account_document(&out->book.acc, op->document) };
    return NULL;
}

/* Its second half: to the cent what was paid, or nothing at all. What cannot be done any more is
 * paid back by whoever finds it (src/collect). */
static struct err *
grant(struct work *w, const struct bought_act *b, struct operation *op, const char *before,
      struct act *out)
{
    struct book *book = &out->book;
    if (!op->of_command || !text_is(op->command, words_of(w, b)))
        return FAIL(w->arena, ERR_CONFLICT, "subscriptions.payment_waits",
                    "Another change waits for its payment. Confirm that one, or give it up.");
    if (op->state == OPERATION_DONE)
        return granted(w, op, out);
    if (op->state != OPERATION_PAID)
        return operation_refusal(w, op);
    if (op->version != book->version)
        return stale(w);
    book->acc.charge = charge_came;
    book->acc.with = op;
    out->outcome = run(book, op->at, b);
    if (out->outcome.refused || !out->outcome.document)
        return stale(w);
    TRY(keep(w, bought_names[b->kind], before, out));
    return operation_end(w, op->id, OPERATION_DONE, out->outcome.document->n);
}

static struct err *
too_often(struct work *w)
{
    struct err *e = FAIL(w->arena, ERR_LIMIT, "subscriptions.too_often",
                         "That is enough changes for one day. Go on tomorrow.");
    e->retry_after_s = (int)DAY_S;
    return e;
}

static struct err *
buy(struct work *w, const struct bought_act *b, struct act *out)
{
    const char *before;
    bool asked = false;
    struct operation op;
    TRY(begin(w, 0, out, &before));
    struct book *book = &out->book;
    if (book->customer)
        TRY(operation_find(w, w->outside, &asked, &op));
    if (asked)
        return grant(w, b, &op, before, out);
    int64_t at = book->now;
    if (b->quote && !quote_holds(book, &b->change, b->quote, &at))
        return stale(w);
    out->outcome = run(book, at, b);
    const struct document *bill = out->outcome.document;
    bool pays = out->outcome.refused == REFUSED_PAYMENT_PENDING;
    if ((pays || !out->outcome.refused) && b->kind == BOUGHT_CHANGE && bill &&
        book->changes >= CHANGES_A_DAY)
        return too_often(w);
    if (pays)
        return operation_ask(w, book, at, words_of(w, b), bill->due);
    return keep(w, bought_names[b->kind], before, out);
}

struct err *
act_change(struct work *w, const struct change *wanted, const char *quote, struct act *out)
{
    struct bought_act b = { .kind = BOUGHT_CHANGE, .change = *wanted, .quote = quote };
    return buy(w, &b, out);
}

struct err *
act_subscribe(struct work *w, const struct purchase *wanted, struct act *out)
{
    struct bought_act b = { .kind = BOUGHT_SUBSCRIPTION, .purchase = *wanted };
    return buy(w, &b, out);
}

struct err *
act_convert_trial(struct work *w, struct act *out)
{
    struct bought_act b = { .kind = BOUGHT_CONVERSION };
    return buy(w, &b, out);
}

struct err *
act_resume(struct work *w, const struct operation *op, struct act *out)
{
    struct bought_act b = read_words(w, op->command);
    w->outside = op->id;
    return buy(w, &b, out);
}

/* ---- An invoice by card ---- */

/* The charge that the document brought about, whose answer the person waits for. */
static struct err *
ask_invoice(struct work *w, const struct document *invoice)
{
    struct scan s;
    bool found;
    TRY(db_maybe(
        w, Q_operation_ask_invoice,
        ARGS(arg_i64(w, w->vendor.n), arg_i64(w, invoice->n), arg_i64(w, invoice->attempts)),
        &found, &s));
    if (!found) /* somebody else is at it */
        return act_refused(w, REFUSED_PAYMENT_PENDING);
    w->outside = scan_i64(&s);
    scan_end(&s);
    return FAIL(w->arena, ERR_OUTSIDE, "subscriptions.ask", "The payment is under way.");
}

struct err *
act_collect(struct work *w, int64_t n, struct act *out)
{
    const char *before;
    bool asked = false;
    struct operation op;
    TRY(begin(w, n, out, &before));
    const struct document *invoice = account_document(&out->book.acc, n);
    if (invoice && (w->outside || invoice->waiting))
        TRY(operation_of(w, invoice, &asked, &op));
    if (asked && op.state == OPERATION_DONE)
        return NULL;
    if (asked)
        return operation_refusal(w, &op);
    out->outcome = account_collect(&out->book.acc, out->book.now, n);
    if (out->outcome.refused != REFUSED_PAYMENT_PENDING || !out->outcome.document)
        return act_refused(w, out->outcome.refused);
    out->outcome.refused = REFUSED_NOT;
    TRY(keep(w, "invoice.charged", before, out));
    return ask_invoice(w, out->outcome.document);
}

/* ---- The others ---- */

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
    TRY(keep(w, "balance.refunded", before, out));
    return operation_refund(w, amount, out->book.now, &out->by_hand);
}
