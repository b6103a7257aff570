#include "billing/command.h"

#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "billing/inside.h"

const char *const refusal_codes[REFUSALS] = {
    [REFUSED_ALREADY_SUBSCRIBED] = "already_subscribed",
    [REFUSED_NOT_ACTIVE] = "subscription_not_active",
    [REFUSED_PAST_DUE] = "subscription_past_due",
    [REFUSED_CANCELLATION_PENDING] = "cancellation_pending",
    [REFUSED_NO_CHANGE] = "no_change",
    [REFUSED_UNKNOWN_TIER] = "unknown_tier",
    [REFUSED_UNKNOWN_ADDON] = "unknown_addon",
    [REFUSED_NO_PRICE] = "price_not_available",
    [REFUSED_BAD_QUANTITY] = "bad_quantity",
    [REFUSED_PAYMENT_FAILED] = "payment_failed",
    [REFUSED_NO_METHOD] = "payment_method_required",
    [REFUSED_PAYMENT_PENDING] = "payment_pending",
    [REFUSED_NO_UPCOMING] = "no_upcoming_invoice",
    [REFUSED_NOT_OPEN] = "invoice_not_open",
    [REFUSED_NOT_FOUND] = "not_found",
    [REFUSED_NOTHING_LEFT] = "nothing_left",
};
const char *const effect_names[EFFECTS] = { NULL, "now", "period_end", "schedule_cleared" };

#define REFUSE(why) ((struct outcome){ .refused = (why) })

/* A change that is decided but not made. */
struct plan {
    struct subscription next;
    struct outcome outcome; /* refused, or its effect; the rest counts only for EFFECT_NOW */
    const char *item;       /* whose old lines are credited; NULL: every one */
    const char *charged;    /* the item that is charged; NULL: every one */
};

static int
tier_first(const void *left, const void *right)
{
    const struct item *l = left, *r = right;
    int order = (l->rank == ADD_ON) - (r->rank == ADD_ON);
    return order ? order : strcmp(l->code, r->code);
}

/* A subscription with items of its own, with room for one more. */
static struct subscription
copy_of(const struct account *acc)
{
    struct subscription sub = acc->sub;
    sub.items = NEW_ARRAY(acc->arena, struct item, sub.item_count + 1);
    if (sub.item_count)
        memcpy(sub.items, acc->sub.items, sub.item_count * sizeof(*sub.items));
    return sub;
}

static struct item *
item_of(struct subscription *sub, const char *code)
{
    return (struct item *)subscription_item(sub, code);
}

static struct item *
tier_of(struct subscription *sub)
{
    must(sub->item_count && sub->items[0].rank != ADD_ON);
    return &sub->items[0];
}

static void
drop_empty(struct subscription *sub)
{
    size_t kept = 0;
    for (size_t i = 0; i < sub->item_count; i++)
        if (sub->items[i].quantity || sub->items[i].next_quantity > 0)
            sub->items[kept++] = sub->items[i];
    sub->item_count = kept;
}

/* Asks for the money of a document that is not issued yet. */
static enum refusal
ask(struct account *acc, const struct document *document)
{
    static const enum refusal refused[] = { [CHARGE_OK] = REFUSED_NOT,
                                            [CHARGE_FAILED] = REFUSED_PAYMENT_FAILED,
                                            [CHARGE_LATER] = REFUSED_PAYMENT_PENDING };
    if (acc->by_transfer || !document->due)
        return REFUSED_NOT;
    return acc->has_card ? refused[acc->charge(acc->with, document->due)] : REFUSED_NO_METHOD;
}

/* Payment, then the new state and the document with it, or none of them. */
static struct outcome
grant(struct account *acc, const struct subscription *next, struct draft *d)
{
    struct outcome outcome = { .effect = EFFECT_NOW };
    bool billed = draft_finish(d);
    if (billed) {
        outcome.document = d->document;
        outcome.refused = ask(acc, d->document);
        if (outcome.refused)
            return outcome;
    }
    acc->sub = *next;
    if (!billed)
        return outcome;
    draft_issue(d);
    outcome.document = d->document;
    if (d->document->state == INVOICE_OPEN && !acc->by_transfer) {
        d->document->attempts = 1;
        d->document->tried_at = d->document->issued_at;
        invoice_paid(acc, d->document, d->document->issued_at);
    }
    return outcome;
}

static enum refusal
buy(const struct account *acc, struct subscription *sub, const char *code, int64_t quantity)
{
    const struct offer *offer = account_offer(acc, code);
    must(offer);
    int64_t unit = offer_price(offer, sub->interval), next = unit;
    if (sub->next_tier.code)
        next = offer_price(offer, sub->next_tier.interval);
    if (unit == NO_PRICE || next == NO_PRICE)
        return REFUSED_NO_PRICE;
    sub->items[sub->item_count++] =
        (struct item){ offer->code, offer->rank, unit, quantity, next, KEEP_QUANTITY };
    qsort(sub->items, sub->item_count, sizeof(*sub->items), tier_first);
    return REFUSED_NOT;
}

static enum refusal
first_items(const struct account *acc, struct subscription *sub, const struct purchase *wanted)
{
    const struct offer *tier = account_offer(acc, wanted->tier);
    if (!tier || tier->rank == ADD_ON)
        return REFUSED_UNKNOWN_TIER;
    for (size_t i = 0; i < wanted->addon_count; i++) {
        const struct offer *addon = account_offer(acc, wanted->addons[i].code);
        if (!addon || addon->rank != ADD_ON)
            return REFUSED_UNKNOWN_ADDON;
        if (wanted->addons[i].quantity < 1 || wanted->addons[i].quantity > QUANTITY_MOST ||
            wanted->addon_count >= ITEMS_MOST)
            return REFUSED_BAD_QUANTITY;
    }
    sub->items = NEW_ARRAY(acc->arena, struct item, wanted->addon_count + 1);
    enum refusal refused = buy(acc, sub, wanted->tier, 1);
    for (size_t i = 0; i < wanted->addon_count && !refused; i++)
        refused = buy(acc, sub, wanted->addons[i].code, wanted->addons[i].quantity);
    return refused;
}

struct outcome
account_subscribe(struct account *acc, int64_t at, const struct purchase *wanted)
{
    if (subscription_lives(acc->sub.state))
        return REFUSE(REFUSED_ALREADY_SUBSCRIBED);
    struct subscription sub = { .number = acc->sub.number + 1,
                                .state = wanted->trial_days ? SUB_TRIAL : SUB_ACTIVE,
                                .interval = wanted->interval,
                                .trial_end = NEVER,
                                .ended_at = NEVER,
                                .anchor = NEVER };
    enum refusal refused = first_items(acc, &sub, wanted);
    if (refused)
        return REFUSE(refused);
    if (wanted->trial_days) {
        sub.trial_end = at + wanted->trial_days * DAY_S;
        sub.period = (struct span){ at, sub.trial_end };
        acc->sub = sub;
        return (struct outcome){ .effect = EFFECT_NOW, .in_trial = true };
    }
    sub.anchor = wanted->anchor == NEVER ? at : wanted->anchor;
    sub.period = (struct span){ at, subscription_whole_period(&sub, at).to };
    struct draft d = draft_period(acc, &sub, REASON_CREATE, at);
    return grant(acc, &sub, &d);
}

/* Today's prices of all that is held, for another interval. */
static enum refusal
reprice(const struct account *acc, struct subscription *sub, enum interval interval, bool now)
{
    for (size_t i = 0; i < sub->item_count; i++) {
        struct item *item = &sub->items[i];
        if (item->rank != ADD_ON)
            continue;
        const struct offer *offer = account_offer(acc, item->code);
        int64_t price = offer ? offer_price(offer, interval) : NO_PRICE;
        if (price == NO_PRICE)
            return REFUSED_NO_PRICE;
        *(now ? &item->unit : &item->next_unit) = price;
    }
    return REFUSED_NOT;
}

static struct outcome
unscheduled(bool was_scheduled)
{
    return was_scheduled ? (struct outcome){ .effect = EFFECT_SCHEDULE_CLEARED }
                         : REFUSE(REFUSED_NO_CHANGE);
}

static struct outcome
takes_effect(const struct account *acc, enum when when, bool more)
{
    bool trial = acc->sub.state == SUB_TRIAL;
    if (trial || when == WHEN_NOW || (when == WHEN_USUAL && more))
        return (struct outcome){ .effect = EFFECT_NOW, .in_trial = trial };
    return (struct outcome){ .effect = EFFECT_PERIOD_END, .at = acc->sub.period.to };
}

static void
put_tier(struct plan *p, const struct offer *offer, enum interval interval, int64_t at)
{
    struct subscription *sub = &p->next;
    int64_t unit = offer_price(offer, interval);
    if (p->outcome.effect == EFFECT_PERIOD_END) {
        sub->next_tier = (struct tier_change){ offer->code, offer->rank, interval, unit };
        return;
    }
    struct item *tier = tier_of(sub);
    p->item = tier->code;
    p->charged = offer->code;
    *tier = (struct item){ offer->code, offer->rank, unit, 1, unit, KEEP_QUANTITY };
    sub->next_tier.code = NULL;
    if (interval == sub->interval)
        return;
    p->item = p->charged = NULL;
    sub->interval = interval;
    if (sub->state == SUB_TRIAL)
        return;
    sub->anchor = at;
    sub->period = subscription_whole_period(sub, at);
}

static struct plan
plan_tier(const struct account *acc, int64_t at, const struct change *wanted)
{
    struct plan p = { .next = copy_of(acc) };
    const struct offer *offer = account_offer(acc, wanted->tier);
    enum interval interval = wanted->interval ? wanted->interval : acc->sub.interval;
    struct item *held = tier_of(&p.next);
    bool other_interval = interval != acc->sub.interval;
    if (!offer || offer->rank == ADD_ON)
        p.outcome = REFUSE(REFUSED_UNKNOWN_TIER);
    else if (acc->sub.cancel_at_period_end)
        p.outcome = REFUSE(REFUSED_CANCELLATION_PENDING);
    else if (text_is(offer->code, held->code) && !other_interval)
        p.outcome = unscheduled(acc->sub.next_tier.code != NULL);
    else if (offer_price(offer, interval) == NO_PRICE)
        p.outcome = REFUSE(REFUSED_NO_PRICE);
    else
        p.outcome = takes_effect(acc, wanted->when,
                                 offer->rank >= held->rank && interval >= acc->sub.interval);
    if (p.outcome.effect == EFFECT_SCHEDULE_CLEARED)
        p.next.next_tier.code = NULL;
    if (p.outcome.refused || p.outcome.effect == EFFECT_SCHEDULE_CLEARED)
        return p;
    bool now = p.outcome.effect == EFFECT_NOW;
    enum refusal refused = other_interval ? reprice(acc, &p.next, interval, now) : REFUSED_NOT;
    if (refused)
        p.outcome = REFUSE(refused);
    else
        put_tier(&p, offer, interval, at);
    return p;
}

static struct plan
plan_addon(const struct account *acc, const struct change *wanted)
{
    struct plan p = { .next = copy_of(acc), .item = wanted->addon, .charged = wanted->addon };
    const struct offer *offer = account_offer(acc, wanted->addon);
    struct item *item = item_of(&p.next, wanted->addon);
    int64_t held = item ? item->quantity : 0;
    bool more = wanted->quantity > held;
    enum refusal refused = REFUSED_NOT;
    if (!item && (!offer || offer->rank != ADD_ON))
        refused = REFUSED_UNKNOWN_ADDON;
    else if (item ? item->rank != ADD_ON : false)
        refused = REFUSED_UNKNOWN_ADDON;
    else if (wanted->quantity < 0 || wanted->quantity > QUANTITY_MOST ||
             (!item && acc->sub.item_count >= ITEMS_MOST))
        refused = REFUSED_BAD_QUANTITY;
    else if (acc->sub.cancel_at_period_end && more)
        refused = REFUSED_CANCELLATION_PENDING;
    else if (!item && more)
        refused = buy(acc, &p.next, wanted->addon, 0);
    if (refused) {
        p.outcome = REFUSE(refused);
        return p;
    }
    item = item_of(&p.next, wanted->addon);
    p.outcome = wanted->quantity == held ? unscheduled(item && item->next_quantity != KEEP_QUANTITY)
                                         : takes_effect(acc, wanted->when, more);
    if (!item || p.outcome.refused)
        return p;
    bool later = p.outcome.effect == EFFECT_PERIOD_END;
    item->next_quantity = later ? wanted->quantity : KEEP_QUANTITY;
    if (!later)
        item->quantity = wanted->quantity;
    drop_empty(&p.next);
    return p;
}

static struct plan
plan_change(const struct account *acc, int64_t at, const struct change *wanted)
{
    if (!subscription_lives(acc->sub.state))
        return (struct plan){ .outcome = REFUSE(REFUSED_NOT_ACTIVE) };
    if (acc->sub.state == SUB_PAST_DUE)
        return (struct plan){ .outcome = REFUSE(REFUSED_PAST_DUE) };
    return wanted->tier ? plan_tier(acc, at, wanted) : plan_addon(acc, wanted);
}

/* What a change at once gives back and charges. */
static struct draft
draft_change(struct account *acc, const struct plan *p, int64_t at)
{
    struct draft d = draft_new(acc, REASON_UPDATE, at);
    draft_credit(&d, p->item);
    struct span whole = subscription_whole_period(&p->next, at);
    for (size_t i = 0; i < p->next.item_count; i++)
        if (!p->charged || text_is(p->next.items[i].code, p->charged))
            draft_charge(&d, &p->next.items[i], (struct span){ at, whole.to }, whole);
    return d;
}

static bool
costs_nothing_yet(const struct plan *p)
{
    return p->outcome.refused || p->outcome.effect != EFFECT_NOW || p->outcome.in_trial;
}

struct outcome
account_change(struct account *acc, int64_t at, const struct change *wanted)
{
    struct plan p = plan_change(acc, at, wanted);
    if (costs_nothing_yet(&p)) {
        if (!p.outcome.refused)
            acc->sub = p.next;
        return p.outcome;
    }
    struct draft d = draft_change(acc, &p, at);
    return grant(acc, &p.next, &d);
}

struct outcome
account_preview(struct account *acc, int64_t at, const struct change *wanted)
{
    struct plan p = plan_change(acc, at, wanted);
    if (costs_nothing_yet(&p))
        return p.outcome;
    struct draft d = draft_change(acc, &p, at);
    p.outcome.document = draft_finish(&d) ? d.document : NULL;
    return p.outcome;
}

struct outcome
account_upcoming(struct account *acc)
{
    int64_t at = acc->sub.period.to;
    if (!subscription_lives(acc->sub.state) || acc->sub.cancel_at_period_end)
        return REFUSE(REFUSED_NO_UPCOMING);
    bool trial = acc->sub.state == SUB_TRIAL;
    struct subscription sub = trial ? acc->sub : subscription_renewed(acc, at);
    if (trial)
        sub.anchor = at;
    struct draft d = draft_period(acc, &sub, trial ? REASON_CREATE : REASON_CYCLE, at);
    if (!draft_finish(&d))
        return REFUSE(REFUSED_NO_UPCOMING);
    return (struct outcome){ .document = d.document };
}

static struct outcome
cancel_now(struct account *acc, int64_t at, bool prorate)
{
    struct outcome outcome = { .effect = EFFECT_NOW };
    struct draft d = draft_new(acc, REASON_CANCEL, at);
    if (prorate)
        draft_credit(&d, NULL);
    if (draft_finish(&d)) {
        draft_issue(&d);
        outcome.document = d.document;
    }
    subscription_end(acc, SUB_CANCELLED, at);
    return outcome;
}

struct outcome
account_cancel(struct account *acc, int64_t at, enum when when, bool prorate)
{
    struct subscription *sub = &acc->sub;
    if (!subscription_lives(sub->state))
        return REFUSE(REFUSED_NOT_ACTIVE);
    if (when == WHEN_NOW)
        return cancel_now(acc, at, prorate);
    if (sub->state == SUB_PAST_DUE)
        return REFUSE(REFUSED_PAST_DUE);
    if (sub->cancel_at_period_end)
        return REFUSE(REFUSED_NO_CHANGE);
    sub->cancel_at_period_end = true;
    subscription_unschedule(sub);
    drop_empty(sub);
    return (struct outcome){ .effect = EFFECT_PERIOD_END, .at = sub->period.to };
}

struct outcome
account_reactivate(struct account *acc)
{
    if (!subscription_lives(acc->sub.state))
        return REFUSE(REFUSED_NOT_ACTIVE);
    if (acc->sub.state == SUB_PAST_DUE)
        return REFUSE(REFUSED_PAST_DUE);
    if (!acc->sub.cancel_at_period_end)
        return REFUSE(REFUSED_NO_CHANGE);
    acc->sub.cancel_at_period_end = false;
    return (struct outcome){ .effect = EFFECT_NONE };
}

struct outcome
account_convert_trial(struct account *acc, int64_t at)
{
    if (acc->sub.state != SUB_TRIAL)
        return REFUSE(REFUSED_NOT_ACTIVE);
    struct subscription sub = acc->sub;
    sub.state = SUB_ACTIVE;
    sub.anchor = sub.trial_end = at;
    sub.period = subscription_whole_period(&sub, at);
    struct draft d = draft_period(acc, &sub, REASON_CREATE, at);
    return grant(acc, &sub, &d);
}

struct outcome
account_pay(struct account *acc, int64_t at, int64_t n)
{
    struct document *invoice = account_document(acc, n);
    if (!invoice)
        return REFUSE(REFUSED_NOT_FOUND);
    if (invoice->state != INVOICE_OPEN && invoice->state != INVOICE_UNCOLLECTIBLE)
        return REFUSE(REFUSED_NOT_OPEN);
    invoice_paid(acc, invoice, at);
    return (struct outcome){ .document = invoice };
}

struct outcome
account_collect(struct account *acc, int64_t at, int64_t n)
{
    struct document *invoice = account_document(acc, n);
    if (!invoice)
        return REFUSE(REFUSED_NOT_FOUND);
    if (invoice->state != INVOICE_OPEN)
        return REFUSE(REFUSED_NOT_OPEN);
    if (invoice->waiting)
        return REFUSE(REFUSED_PAYMENT_PENDING);
    if (!acc->has_card)
        return REFUSE(REFUSED_NO_METHOD);
    invoice_charge(acc, invoice, at);
    return (struct outcome){ .refused = invoice->waiting                 ? REFUSED_PAYMENT_PENDING
                                        : invoice->state == INVOICE_PAID ? REFUSED_NOT
                                                                         : REFUSED_PAYMENT_FAILED,
                             .document = invoice };
}

void
account_card(struct account *acc, int64_t at, bool present)
{
    acc->has_card = present;
    if (!present || acc->by_transfer || acc->sub.state != SUB_PAST_DUE)
        return;
    for (size_t i = 0; i < acc->document_count; i++) {
        struct document *invoice = acc->documents[i];
        if (invoice->subscription == acc->sub.number && invoice_overdue(invoice) &&
            !invoice->waiting)
            invoice_charge(acc, invoice, at);
    }
}

struct outcome
account_credit(struct account *acc, int64_t at, int64_t n)
{
    struct document *invoice = account_document(acc, n);
    if (!invoice || invoice->credit_note)
        return REFUSE(REFUSED_NOT_FOUND);
    struct draft d = draft_new(acc, REASON_CORRECTION, at);
    draft_take_back(&d, invoice);
    if (!draft_finish(&d) || !d.document->credit_note)
        return REFUSE(REFUSED_NOTHING_LEFT);
    draft_issue(&d);
    invoice_settled(acc);
    return (struct outcome){ .effect = EFFECT_NOW, .document = d.document };
}

struct outcome
account_write_off(struct account *acc, int64_t at, int64_t n)
{
    struct document *invoice = account_document(acc, n);
    if (!invoice)
        return REFUSE(REFUSED_NOT_FOUND);
    if (invoice->state != INVOICE_OPEN)
        return REFUSE(REFUSED_NOT_OPEN);
    invoice_written_off(acc, invoice, at);
    invoice_settled(acc);
    return (struct outcome){ .effect = EFFECT_NOW, .document = invoice };
}

struct outcome
account_refund(struct account *acc, int64_t at, int64_t amount)
{
    if (amount < 1 || amount > acc->balance)
        return REFUSE(REFUSED_NOTHING_LEFT);
    acc->balance -= amount;
    account_post(acc, LEDGER_CREDIT, amount, at, NULL);
    account_post(acc, LEDGER_CASH, -amount, at, NULL);
    return (struct outcome){ .effect = EFFECT_NOW };
}
