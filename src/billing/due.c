/* What time alone brings about: the end of periods and trials, retries, overdue and giving up. */
#include <string.h>

#include "base/must.h"
#include "billing/inside.h"

/* In this order at one instant. */
enum due_kind { DUE_NOTHING, DUE_PERIOD_END, DUE_RETRY, DUE_OVERDUE, DUE_GIVING_UP };

struct due {
    enum due_kind kind;
    int64_t at;
    struct document *invoice; /* NULL: of the subscription */
};

static void
consider(struct due *first, enum due_kind kind, int64_t at, struct document *invoice)
{
    if (first->kind == DUE_NOTHING || at < first->at || (at == first->at && kind < first->kind))
        *first = (struct due){ kind, at, invoice };
}

/* The first retry of the plan after the last attempt; what was missed while there was no card is
 * not made up, a new card brings an attempt of its own. */
static int64_t
next_retry(const struct account *acc, const struct document *invoice)
{
    for (size_t i = 0; i < acc->retry_count; i++) {
        int64_t at = invoice->failed_at + acc->retry_days[i] * DAY_S;
        if (at > invoice->tried_at)
            return at;
    }
    return NEVER;
}

static void
consider_invoice(struct due *first, const struct account *acc, struct document *invoice)
{
    if (invoice->state != INVOICE_OPEN || invoice->waiting ||
        invoice->subscription != acc->sub.number)
        return;
    if (invoice->failed_at == NEVER) {
        if (invoice->due_at != NEVER)
            consider(first, DUE_OVERDUE, invoice->due_at, invoice);
        return;
    }
    bool charged = invoice->due_at == NEVER && acc->has_card;
    int64_t retry = charged ? next_retry(acc, invoice) : NEVER;
    if (retry != NEVER)
        consider(first, DUE_RETRY, retry, invoice);
    consider(first, DUE_GIVING_UP, invoice->failed_at + acc->final_days * DAY_S, invoice);
}

static struct due
next_due(const struct account *acc)
{
    struct due first = { .kind = DUE_NOTHING };
    if (!subscription_lives(acc->sub.state))
        return first;
    consider(&first, DUE_PERIOD_END, acc->sub.period.to, NULL);
    for (size_t i = 0; i < acc->document_count; i++)
        consider_invoice(&first, acc, acc->documents[i]);
    return first;
}

struct subscription
subscription_renewed(const struct account *acc, int64_t at)
{
    struct subscription sub = acc->sub;
    enum interval before = sub.interval;
    if (sub.next_tier.code)
        sub.interval = sub.next_tier.interval;
    if (before == INTERVAL_MONTH && sub.interval == INTERVAL_YEAR)
        sub.anchor = at;
    sub.items = NEW_ARRAY(acc->arena, struct item, acc->sub.item_count + 1);
    sub.item_count = 0;
    for (size_t i = 0; i < acc->sub.item_count; i++) {
        struct item item = acc->sub.items[i];
        if (sub.interval != before)
            item.unit = item.next_unit;
        if (item.rank != ADD_ON && sub.next_tier.code)
            item = (struct item){ sub.next_tier.code, sub.next_tier.rank, sub.next_tier.unit, 1, 0,
                                  KEEP_QUANTITY };
        if (item.next_quantity != KEEP_QUANTITY)
            item.quantity = item.next_quantity;
        if (item.quantity)
            sub.items[sub.item_count++] = item;
    }
    subscription_unschedule(&sub);
    sub.period = (struct span){ at, subscription_whole_period(&sub, at).to };
    return sub;
}

/* A period's first document: it stands whatever becomes of its payment. */
static void
bill_period(struct account *acc, enum reason reason, int64_t at)
{
    struct draft d = draft_period(acc, &acc->sub, reason, at);
    if (!draft_finish(&d))
        return;
    draft_issue(&d);
    if (d.document->state == INVOICE_OPEN && !acc->by_transfer)
        invoice_charge(acc, d.document, at);
}

static void
end_of_trial(struct account *acc, int64_t at)
{
    if (acc->sub.cancel_at_period_end) {
        subscription_end(acc, SUB_CANCELLED, at);
        return;
    }
    if (!acc->by_transfer && !acc->has_card) {
        subscription_end(acc, SUB_EXPIRED, at);
        return;
    }
    acc->sub.anchor = at;
    acc->sub.period = subscription_whole_period(&acc->sub, at);
    acc->sub.state = SUB_ACTIVE;
    bill_period(acc, REASON_CREATE, at);
}

static void
end_of_period(struct account *acc, int64_t at)
{
    if (acc->sub.state == SUB_TRIAL) {
        end_of_trial(acc, at);
    } else if (acc->sub.cancel_at_period_end) {
        subscription_end(acc, SUB_CANCELLED, at);
    } else {
        acc->sub = subscription_renewed(acc, at);
        bill_period(acc, REASON_CYCLE, at);
    }
}

static void
overdue(struct account *acc, struct document *invoice, int64_t at)
{
    invoice->failed_at = at;
    if (acc->sub.state == SUB_ACTIVE)
        must(subscription_step(acc->sub.state, "invoice_overdue", &acc->sub.state));
}

static void
give_up(struct account *acc, struct document *invoice, int64_t at)
{
    invoice_written_off(acc, invoice, at);
    subscription_end(acc, SUB_EXPIRED, at);
}

void
account_advance(struct account *acc, int64_t at)
{
    for (;;) {
        struct due due = next_due(acc);
        if (due.kind == DUE_NOTHING || due.at > at)
            return;
        switch (due.kind) {
        case DUE_PERIOD_END:
            end_of_period(acc, due.at);
            break;
        case DUE_RETRY:
            invoice_charge(acc, due.invoice, due.at);
            break;
        case DUE_OVERDUE:
            overdue(acc, due.invoice, due.at);
            break;
        default:
            give_up(acc, due.invoice, due.at);
        }
    }
}

int64_t
account_next_due(const struct account *acc)
{
    struct due due = next_due(acc);
    return due.kind == DUE_NOTHING ? NEVER : due.at;
}
