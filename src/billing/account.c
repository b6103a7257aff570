#include "billing/account.h"

#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "billing/inside.h"

const char *const line_kind_names[LINE_KINDS] = { "charge", "proration_charge",
                                                  "proration_credit" };
const char *const reason_names[REASONS] = { "subscription_create", "subscription_update",
                                            "subscription_cycle", "subscription_cancel",
                                            "correction" };
const char *const ledger_account_names[LEDGER_ACCOUNTS] = { "AR",     "REV",     "VAT",    "CASH",
                                                            "CREDIT", "BADDEBT", "OPENING" };

struct account
account_new(struct arena *a)
{
    return (struct account){
        .arena = a,
        .next_n = 1,
        .sub = { .trial_end = NEVER, .ended_at = NEVER, .anchor = NEVER },
    };
}

const struct offer *
account_offer(const struct account *acc, const char *code)
{
    for (size_t i = 0; i < acc->offer_count; i++)
        if (text_is(acc->offers[i].code, code))
            return &acc->offers[i];
    return NULL;
}

int64_t
offer_price(const struct offer *offer, enum interval interval)
{
    return interval == INTERVAL_YEAR ? offer->year : offer->month;
}

const struct item *
subscription_item(const struct subscription *sub, const char *code)
{
    for (size_t i = 0; i < sub->item_count; i++)
        if (text_is(sub->items[i].code, code))
            return &sub->items[i];
    return NULL;
}

/* A larger copy of a run that is full; what points into the old one keeps its memory. */
static void *
grown(struct arena *a, const void *run, size_t count, size_t *room, size_t size)
{
    *room = *room ? *room * 2 : 16;
    char *larger = arena_alloc_array(a, *room, size);
    if (count)
        memcpy(larger, run, count * size);
    return larger;
}

struct document *
account_document_new(struct account *acc)
{
    if (acc->document_count == acc->document_room)
        acc->documents = grown(acc->arena, acc->documents, acc->document_count, &acc->document_room,
                               sizeof(*acc->documents));
    struct document *document = NEW(acc->arena, struct document);
    document->due_at = document->failed_at = document->tried_at = NEVER;
    return acc->documents[acc->document_count++] = document;
}

struct document *
account_document(const struct account *acc, int64_t n)
{
    for (size_t i = 0; i < acc->document_count; i++)
        if (acc->documents[i]->n == n)
            return acc->documents[i];
    return NULL;
}

void
account_post(struct account *acc, enum ledger_account account, int64_t amount, int64_t at,
             struct document *document)
{
    if (!amount)
        return;
    if (acc->posting_count == acc->posting_room)
        acc->postings = grown(acc->arena, acc->postings, acc->posting_count, &acc->posting_room,
                              sizeof(*acc->postings));
    acc->postings[acc->posting_count++] =
        (struct posting){ .account = account, .amount = amount, .at = at, .document = document };
}

void
account_opening_balance(struct account *acc, int64_t at, int64_t amount)
{
    acc->balance += amount;
    account_post(acc, LEDGER_OPENING, amount, at, NULL);
    account_post(acc, LEDGER_CREDIT, -amount, at, NULL);
}

struct span
subscription_whole_period(const struct subscription *sub, int64_t at)
{
    return period_of(sub->anchor, sub->interval, period_index(sub->anchor, sub->interval, at));
}

void
subscription_unschedule(struct subscription *sub)
{
    sub->next_tier.code = NULL;
    for (size_t i = 0; i < sub->item_count; i++)
        sub->items[i].next_quantity = KEEP_QUANTITY;
}

void
subscription_end(struct account *acc, enum subscription_state state, int64_t at)
{
    must(subscription_lives(acc->sub.state));
    acc->sub.state = state;
    acc->sub.ended_at = at;
    subscription_unschedule(&acc->sub);
}
