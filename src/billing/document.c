/* What happens to a document once it is made: issue, payment, write-off; and its postings. */
#include "base/must.h"
#include "billing/inside.h"

static void
step(struct document *invoice, const char *event)
{
    must(invoice_step(invoice->state, event, &invoice->state));
}

/* Part of a credit note that an open invoice is lowered by, as its lines are credited. */
static int64_t
lower_open(struct draft *d, int64_t worth)
{
    int64_t left = worth;
    for (size_t i = 0; i < d->document->line_count && left; i++) {
        struct document *invoice = d->document->lines[i].of;
        if (!invoice || invoice->state != INVOICE_OPEN)
            continue;
        int64_t by = invoice->remaining < left ? invoice->remaining : left;
        invoice->remaining -= by;
        invoice->noted += by;
        left -= by;
        if (!invoice->remaining)
            step(invoice, "pay");
    }
    return worth - left;
}

static void
issue_credit_note(struct draft *d)
{
    struct document *note = d->document;
    int64_t at = note->issued_at, worth = -note->sums.total;
    note->offsets = lower_open(d, worth);
    d->acc->balance += worth - note->offsets;
    account_post(d->acc, LEDGER_REV, -note->sums.net, at, note);
    account_post(d->acc, LEDGER_VAT, -note->sums.tax, at, note);
    account_post(d->acc, LEDGER_AR, -note->offsets, at, note);
    account_post(d->acc, LEDGER_CREDIT, note->offsets - worth, at, note);
    step(note, "finalize_zero_due");
}

static void
issue_invoice(struct draft *d)
{
    struct document *invoice = d->document;
    int64_t at = invoice->issued_at;
    d->acc->balance -= invoice->credit_applied;
    invoice->remaining = invoice->due;
    account_post(d->acc, LEDGER_AR, invoice->sums.total, at, invoice);
    account_post(d->acc, LEDGER_REV, -invoice->sums.net, at, invoice);
    account_post(d->acc, LEDGER_VAT, -invoice->sums.tax, at, invoice);
    account_post(d->acc, LEDGER_CREDIT, invoice->credit_applied, at, invoice);
    account_post(d->acc, LEDGER_AR, -invoice->credit_applied, at, invoice);
    step(invoice, invoice->due ? "finalize" : "finalize_zero_due");
    if (invoice->due && d->acc->by_transfer)
        invoice->due_at = at + d->acc->terms_days * DAY_S;
}

void
draft_issue(struct draft *d)
{
    struct account *acc = d->acc;
    for (size_t i = 0; i < d->credited_count; i++) {
        int64_t at = d->document->issued_at;
        struct line *line = d->credited[i];
        line->covered_until = at > line->period.from ? at : line->period.from;
    }
    for (size_t i = 0; i < d->document->line_count; i++)
        if (d->document->lines[i].of_line)
            d->document->lines[i].of_line->credited -= d->document->lines[i].amount;
    struct document *document = account_document_new(acc);
    *document = *d->document;
    d->document = document;
    document->n = acc->next_n++;
    document->subscription = acc->sub.number;
    if (document->credit_note)
        issue_credit_note(d);
    else
        issue_invoice(d);
}

bool
invoice_overdue(const struct document *invoice)
{
    return invoice->state == INVOICE_OPEN && invoice->failed_at != NEVER;
}

static bool
anything_overdue(const struct account *acc)
{
    for (size_t i = 0; i < acc->document_count; i++)
        if (acc->documents[i]->subscription == acc->sub.number &&
            invoice_overdue(acc->documents[i]))
            return true;
    return false;
}

void
invoice_settled(struct account *acc)
{
    if (acc->sub.state == SUB_PAST_DUE && !anything_overdue(acc))
        must(subscription_step(acc->sub.state, "all_overdue_paid", &acc->sub.state));
}

void
invoice_paid(struct account *acc, struct document *invoice, int64_t at)
{
    bool written_off = invoice->state == INVOICE_UNCOLLECTIBLE;
    step(invoice, "pay");
    account_post(acc, LEDGER_CASH, invoice->remaining, at, invoice);
    account_post(acc, written_off ? LEDGER_BADDEBT : LEDGER_AR, -invoice->remaining, at, invoice);
    invoice->paid += invoice->remaining;
    invoice->remaining = 0;
    invoice->waiting = false;
    invoice_settled(acc);
}

void
invoice_written_off(struct account *acc, struct document *invoice, int64_t at)
{
    step(invoice, "mark_uncollectible");
    account_post(acc, LEDGER_BADDEBT, invoice->remaining, at, invoice);
    account_post(acc, LEDGER_AR, -invoice->remaining, at, invoice);
}

static void
failed(struct account *acc, struct document *invoice, int64_t at)
{
    invoice->waiting = false;
    if (invoice->due_at != NEVER && at < invoice->due_at)
        return; /* by transfer it may still come in time */
    if (invoice->failed_at == NEVER)
        invoice->failed_at = at;
    if (acc->sub.number == invoice->subscription && acc->sub.state == SUB_ACTIVE)
        must(subscription_step(acc->sub.state, "renewal_payment_failed", &acc->sub.state));
}

void
account_settle(struct account *acc, struct document *invoice, int64_t at, bool paid)
{
    if (paid)
        invoice_paid(acc, invoice, at);
    else
        failed(acc, invoice, at);
}

void
invoice_charge(struct account *acc, struct document *invoice, int64_t at)
{
    enum charge answer = acc->has_card ? acc->charge(acc->with, invoice->remaining) : CHARGE_FAILED;
    invoice->attempts++;
    invoice->tried_at = at;
    if (answer == CHARGE_LATER)
        invoice->waiting = true;
    else
        account_settle(acc, invoice, at, answer == CHARGE_OK);
}
