/* A document in the making: its lines, their order and their sums. */
#include <stdlib.h>
#include <string.h>

#include "base/money.h"
#include "base/must.h"
#include "base/text.h"
#include "billing/inside.h"

struct draft
draft_new(struct account *acc, enum reason reason, int64_t at)
{
    struct draft d = { .acc = acc, .document = NEW(acc->arena, struct document) };
    *d.document = (struct document){
        .reason = reason, .issued_at = at, .due_at = NEVER, .failed_at = NEVER, .tried_at = NEVER
    };
    /* Every item is charged once at most, and every line that stands is credited once at most. */
    for (size_t i = 0; i < acc->document_count; i++)
        d.room += acc->documents[i]->line_count;
    d.credited = NEW_ARRAY(acc->arena, struct line *, d.room + 1);
    d.room += ITEMS_MOST;
    d.document->lines = NEW_ARRAY(acc->arena, struct line, d.room);
    return d;
}

static struct line *
add(struct draft *d)
{
    must(d->document->line_count < d->room);
    return &d->document->lines[d->document->line_count++];
}

void
draft_charge(struct draft *d, const struct item *item, struct span part, struct span whole)
{
    int64_t basis = item->unit * item->quantity, all = whole.to - whole.from;
    bool full = part.to - part.from == all;
    int64_t amount = full ? basis : minor_share(basis, part.to - part.from, all);
    if (!item->quantity || (!full && !amount)) /* without a quantity yet: it is scheduled */
        return;
    *add(d) = (struct line){
        .item = item->code,
        .rank = item->rank,
        .kind = full ? LINE_CHARGE : LINE_PRORATION_CHARGE,
        .quantity = item->quantity,
        .unit = item->unit,
        .period = part,
        .basis_amount = basis,
        .basis_seconds = all,
        .amount = amount,
        .vat = d->acc->vat,
        .covered_until = part.to,
    };
}

/* The rest of one line's time. Its share is cut from the line's own basis and never from its
 * rounded amount: only so the parts of a line add up to it. */
static void
credit(struct draft *d, struct document *of, struct line *line)
{
    int64_t at = d->document->issued_at;
    int64_t from = at > line->period.from ? at : line->period.from;
    int64_t share = minor_share(line->basis_amount, line->period.to - from, line->basis_seconds);
    int64_t left = line->amount - line->credited;
    int64_t amount = share < left ? share : left;
    d->credited[d->credited_count++] = line;
    if (!amount)
        return;
    struct line *back = add(d);
    *back = *line;
    back->kind = LINE_PRORATION_CREDIT;
    back->period.from = from;
    back->amount = -amount;
    back->credited = 0;
    back->of = of;
    back->of_line = line;
}

void
draft_credit(struct draft *d, const char *item)
{
    for (size_t i = 0; i < d->acc->document_count; i++) {
        struct document *document = d->acc->documents[i];
        if (document->subscription != d->acc->sub.number)
            continue;
        for (size_t k = 0; k < document->line_count; k++) {
            struct line *line = &document->lines[k];
            if (line->kind != LINE_PRORATION_CREDIT &&
                line->covered_until > d->document->issued_at &&
                (!item || text_is(item, line->item)))
                credit(d, document, line);
        }
    }
}

void
draft_take_back(struct draft *d, struct document *invoice)
{
    for (size_t i = 0; i < invoice->line_count; i++) {
        struct line *line = &invoice->lines[i];
        if (line->kind == LINE_PRORATION_CREDIT || line->credited == line->amount)
            continue;
        struct line *back = add(d);
        *back = *line;
        back->kind = LINE_PRORATION_CREDIT;
        back->amount = line->credited - line->amount;
        back->credited = 0;
        back->of = invoice;
        back->of_line = line;
    }
}

static int
apart(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* Credits first; the tier before add-ons; by item; by the line that is credited. */
static int
in_order(const void *left, const void *right)
{
    const struct line *l = left, *r = right;
    int order = (l->kind != LINE_PRORATION_CREDIT) - (r->kind != LINE_PRORATION_CREDIT);
    if (!order)
        order = (l->rank == ADD_ON) - (r->rank == ADD_ON);
    if (!order)
        order = strcmp(l->item, r->item);
    if (!order && l->of)
        order = apart(l->of->n, r->of->n);
    if (!order && l->of)
        order = apart(l->of_line->n, r->of_line->n);
    return order;
}

bool
draft_finish(struct draft *d)
{
    struct document *document = d->document;
    if (!document->line_count)
        return false;
    qsort(document->lines, document->line_count, sizeof(*document->lines), in_order);
    struct vat_line *taxed = NEW_ARRAY(d->acc->arena, struct vat_line, document->line_count);
    for (size_t i = 0; i < document->line_count; i++) {
        document->lines[i].n = (int)i + 1;
        taxed[i] = (struct vat_line){ document->lines[i].amount, document->lines[i].vat };
    }
    document->sums = vat_sum(d->acc->arena, taxed, document->line_count);
    int64_t total = document->sums.total;
    document->credit_note = total < 0;
    if (document->credit_note)
        return true;
    document->credit_applied = d->acc->balance < total ? d->acc->balance : total;
    document->due = total - document->credit_applied;
    return true;
}

struct draft
draft_period(struct account *acc, const struct subscription *sub, enum reason reason, int64_t at)
{
    struct draft d = draft_new(acc, reason, at);
    struct span whole = subscription_whole_period(sub, at);
    for (size_t i = 0; i < sub->item_count; i++)
        draft_charge(&d, &sub->items[i], (struct span){ at, whole.to }, whole);
    return d;
}
