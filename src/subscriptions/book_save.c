/* Accounts back into their rows: what the rules changed, as one statement for all of them. */
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "db/db.h"
#include "http/json.h"
#include "subscriptions/inside.h"
#include "subscriptions/tell.h"

/* As it was read. Documents and lines come behind those, so an index finds its own again. */
struct book_before {
    struct subscription sub; /* with items of its own */
    struct document *documents;
    struct line **lines;
    size_t document_count;
};

void
book_remember(struct book *book)
{
    struct arena *a = book->acc.arena;
    struct book_before *before = NEW(a, struct book_before);
    size_t n = before->document_count = book->acc.document_count;
    before->sub = book->acc.sub;
    before->sub.items = NEW_ARRAY(a, struct item, book->acc.sub.item_count + 1);
    for (size_t i = 0; i < book->acc.sub.item_count; i++)
        before->sub.items[i] = book->acc.sub.items[i];
    before->documents = NEW_ARRAY(a, struct document, n + 1);
    before->lines = NEW_ARRAY(a, struct line *, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct document *d = book->acc.documents[i];
        before->documents[i] = *d;
        before->lines[i] = NEW_ARRAY(a, struct line, d->line_count + 1);
        for (size_t k = 0; k < d->line_count; k++)
            before->lines[i][k] = d->lines[k];
    }
    book->before = before;
}

size_t
book_known_before(const struct book *book)
{
    return book->before->document_count;
}

bool
book_fell_overdue(const struct book *book, size_t i)
{
    return i < book->before->document_count &&
           book->before->documents[i].failed_at != book->acc.documents[i]->failed_at;
}

bool
book_ended(const struct book *book)
{
    return subscription_lives(book->before->sub.state) && !subscription_lives(book->acc.sub.state);
}

static void
put_instant(struct json *j, const char *name, int64_t at)
{
    if (at == NEVER)
        json_put_null(j, name);
    else
        json_put_i64(j, name, at);
}

static void
put_row(struct json *j, const struct book *book)
{
    json_put_object(j, NULL);
    json_put_i64(j, "vendor", book->vendor.n);
}

static void
put_subscription(struct json *j, const struct book *book)
{
    const struct subscription *sub = &book->acc.sub;
    const struct tier_change *next = &sub->next_tier;
    if (!sub->number)
        return;
    put_row(j, book);
    json_put_i64(j, "number", sub->number);
    json_put_text(j, "state", subscription_state_names[sub->state]);
    json_put_i64(j, "months", sub->interval);
    json_put_bool(j, "cancel_at_period_end", sub->cancel_at_period_end);
    put_instant(j, "trial_end", sub->trial_end);
    put_instant(j, "ended_at", sub->ended_at);
    put_instant(j, "anchor", sub->anchor);
    json_put_i64(j, "period_from", sub->period.from);
    json_put_i64(j, "period_to", sub->period.to);
    if (next->code) {
        json_put_text(j, "next_tier", next->code);
        json_put_i64(j, "next_rank", next->rank);
        json_put_i64(j, "next_months", next->interval);
        json_put_i64(j, "next_unit", next->unit);
    }
    json_put_end(j);
}

static bool
same_items(const struct subscription *a, const struct subscription *b)
{
    bool same = a->number == b->number && a->item_count == b->item_count;
    for (size_t i = 0; same && i < a->item_count; i++) {
        const struct item *l = &a->items[i], *r = &b->items[i];
        same = text_is(l->code, r->code) && l->rank == r->rank && l->unit == r->unit &&
               l->quantity == r->quantity && l->next_unit == r->next_unit &&
               l->next_quantity == r->next_quantity;
    }
    return same;
}

/* Whose items are others than before … */
static void
put_anew(struct json *j, const struct book *book)
{
    if (same_items(&book->acc.sub, &book->before->sub))
        return;
    put_row(j, book);
    json_put_i64(j, "number", book->acc.sub.number);
    json_put_end(j);
}

/* … and what they are. */
static void
put_items(struct json *j, const struct book *book)
{
    const struct subscription *sub = &book->acc.sub;
    if (same_items(sub, &book->before->sub))
        return;
    for (size_t i = 0; i < sub->item_count; i++) {
        const struct item *item = &sub->items[i];
        put_row(j, book);
        json_put_i64(j, "number", sub->number);
        json_put_text(j, "code", item->code);
        json_put_i64(j, "rank", item->rank);
        json_put_i64(j, "unit", item->unit);
        json_put_i64(j, "quantity", item->quantity);
        json_put_i64(j, "next_unit", item->next_unit);
        if (item->next_quantity != KEEP_QUANTITY)
            json_put_i64(j, "next_quantity", item->next_quantity);
        json_put_end(j);
    }
}

/* What may change after the issue. */
static void
put_progress(struct json *j, const struct document *d)
{
    json_put_i64(j, "n", d->n);
    json_put_text(j, "state", invoice_state_names[d->state]);
    json_put_i64(j, "paid", d->paid);
    json_put_i64(j, "remaining", d->remaining);
    json_put_i64(j, "noted", d->noted);
    json_put_i64(j, "offsets", d->offsets);
    json_put_i64(j, "attempts", d->attempts);
    put_instant(j, "failed_at", d->failed_at);
    put_instant(j, "tried_at", d->tried_at);
    json_put_bool(j, "waiting", d->waiting);
}

static void
put_line(struct json *j, const struct book *book, const struct document *d, const struct line *line)
{
    put_row(j, book);
    json_put_i64(j, "document", d->n);
    json_put_i64(j, "subscription", d->subscription);
    json_put_i64(j, "line", line->n);
    json_put_text(j, "item", line->item);
    json_put_i64(j, "rank", line->rank);
    json_put_text(j, "kind", line_kind_names[line->kind]);
    json_put_i64(j, "quantity", line->quantity);
    json_put_i64(j, "unit", line->unit);
    json_put_i64(j, "period_from", line->period.from);
    json_put_i64(j, "period_to", line->period.to);
    json_put_i64(j, "basis_amount", line->basis_amount);
    json_put_i64(j, "basis_seconds", line->basis_seconds);
    json_put_i64(j, "amount", line->amount);
    json_put_text(j, "vat_category", vat_category_name(line->vat.category));
    json_put_i64(j, "vat_bp", line->vat.rate_bp);
    if (line->of) {
        json_put_i64(j, "of_document", line->of->n);
        json_put_i64(j, "of_line", line->of_line->n);
    }
    json_put_i64(j, "covered_until", line->covered_until);
    json_put_i64(j, "credited", line->credited);
    json_put_end(j);
}

static void
put_party(struct json *j, const char *name, const struct party *party)
{
    json_put_object(j, name);
    json_put_text(j, "name", party->name);
    json_put_text(j, "street", party->street);
    json_put_text(j, "postcode", party->postcode);
    json_put_text(j, "city", party->city);
    json_put_text(j, "country", party->country);
    json_put_text(j, "vat_id", party->vat_id);
    json_put_text(j, "email", party->email);
    if (party->iban) {
        json_put_text(j, "iban", party->iban);
        json_put_text(j, "bic", party->bic);
    }
    json_put_end(j);
}

static void
put_parties(struct json *j, const struct book *book)
{
    json_put_object(j, "parties");
    put_party(j, "seller", &book->seller);
    put_party(j, "buyer", &book->buyer);
    json_put_bool(j, "vat_valid", book->vat_valid);
    put_instant(j, "vat_checked_at", book->vat_checked_at);
    json_put_text(j, "vat_source", book->vat_source);
    json_put_end(j);
}

static void
put_document(struct json *j, const struct book *book, const struct document *d)
{
    put_row(j, book);
    put_progress(j, d);
    json_put_i64(j, "subscription", d->subscription);
    json_put_bool(j, "credit_note", d->credit_note);
    json_put_text(j, "reason", reason_names[d->reason]);
    json_put_text(j, "currency", currency_code(book->currency));
    json_put_i64(j, "issued_at", d->issued_at);
    put_instant(j, "due_at", d->due_at);
    json_put_i64(j, "net", d->sums.net);
    json_put_i64(j, "tax", d->sums.tax);
    json_put_i64(j, "total", d->sums.total);
    json_put_i64(j, "credit_applied", d->credit_applied);
    json_put_i64(j, "due", d->due);
    put_parties(j, book);
    json_put_end(j);
}

static bool
moved_on(const struct document *a, const struct document *b)
{
    return a->state != b->state || a->paid != b->paid || a->remaining != b->remaining ||
           a->noted != b->noted || a->offsets != b->offsets || a->attempts != b->attempts ||
           a->failed_at != b->failed_at || a->tried_at != b->tried_at || a->waiting != b->waiting;
}

static void
put_changed_documents(struct json *j, const struct book *book)
{
    for (size_t i = 0; i < book->before->document_count; i++) {
        const struct document *d = book->acc.documents[i];
        if (!moved_on(d, &book->before->documents[i]))
            continue;
        put_row(j, book);
        put_progress(j, d);
        json_put_end(j);
    }
}

static void
put_credited_lines(struct json *j, const struct book *book)
{
    for (size_t i = 0; i < book->before->document_count; i++) {
        const struct document *d = book->acc.documents[i];
        for (size_t k = 0; k < d->line_count; k++) {
            const struct line *line = &d->lines[k], *was = &book->before->lines[i][k];
            if (line->covered_until == was->covered_until && line->credited == was->credited)
                continue;
            put_row(j, book);
            json_put_i64(j, "document", d->n);
            json_put_i64(j, "line", line->n);
            json_put_i64(j, "covered_until", line->covered_until);
            json_put_i64(j, "credited", line->credited);
            json_put_end(j);
        }
    }
}

static void
put_issued(struct json *j, const struct book *book)
{
    for (size_t i = book->before->document_count; i < book->acc.document_count; i++)
        put_document(j, book, book->acc.documents[i]);
}

static void
put_lines(struct json *j, const struct book *book)
{
    for (size_t i = book->before->document_count; i < book->acc.document_count; i++) {
        const struct document *d = book->acc.documents[i];
        for (size_t k = 0; k < d->line_count; k++)
            put_line(j, book, d, &d->lines[k]);
    }
}

static void
put_postings(struct json *j, const struct book *book)
{
    for (size_t i = 0; i < book->acc.posting_count; i++) {
        const struct posting *p = &book->acc.postings[i];
        put_row(j, book);
        json_put_i64(j, "line", (int64_t)i + 1);
        json_put_text(j, "account", ledger_account_names[p->account]);
        json_put_i64(j, "amount", p->amount);
        json_put_i64(j, "at", p->at);
        if (p->document)
            json_put_i64(j, "document", p->document->n);
        json_put_end(j);
    }
}

/* When something is due, or what arrears still allow changes, or the next month of use begins; by
 * the world's clock, also when this vendor's is ahead of it. */
static int64_t
wakes_at(const struct book *book)
{
    int64_t due = account_next_due(&book->acc);
    if (due == NEVER)
        return NEVER;
    const int64_t others[] = { book_stage_ends(book), book_usage_window(book).to };
    for (size_t i = 0; i < COUNT(others); i++)
        if (others[i] != NEVER && others[i] < due)
            due = others[i];
    return due - book->clock_s;
}

static void
put_account(struct json *j, const struct book *book)
{
    put_row(j, book);
    json_put_i64(j, "version", book->version);
    json_put_i64(j, "balance", book->acc.balance);
    json_put_i64(j, "next_n", book->acc.next_n);
    put_instant(j, "wake_at", wakes_at(book));
    json_put_end(j);
}

/* What billing_write() takes: the rows of each kind, of all books. */
/* clang-format off */
static const struct {
    const char *name;
    void (*put)(struct json *j, const struct book *book);
} kinds[] = {
    { "accounts",      put_account },
    { "subscriptions", put_subscription },
    { "anew",          put_anew },
    { "items",         put_items },
    { "credited",      put_credited_lines },
    { "changed",       put_changed_documents },
    { "issued",        put_issued },
    { "lines",         put_lines },
    { "postings",      put_postings },
};
/* clang-format on */

static const char *
changes(struct arena *a, const struct book *books, size_t n)
{
    struct json j = json_begin(a);
    json_put_object(&j, NULL);
    json_put_text(&j, "currency", currency_code(books[0].currency));
    for (size_t k = 0; k < COUNT(kinds); k++) {
        json_put_array(&j, kinds[k].name);
        for (size_t i = 0; i < n; i++)
            kinds[k].put(&j, &books[i]);
        json_put_end(&j);
    }
    json_put_end(&j);
    return j.out.at;
}

static void
take_numbers(struct book *book, char **numbers)
{
    for (size_t i = book->before->document_count; i < book->acc.document_count; i++)
        book->acc.documents[i]->number = strsep(numbers, " ");
}

static struct entitle_grant
grant_of(struct arena *a, const struct book *book)
{
    const struct subscription *sub = &book->acc.sub;
    struct entitle_held *held = NEW_ARRAY(a, struct entitle_held, sub->item_count + 1);
    for (size_t i = 0; i < sub->item_count; i++)
        held[i] = (struct entitle_held){ sub->items[i].code, sub->items[i].quantity };
    struct span window = book_usage_window(book);
    return (struct entitle_grant){
        .vendor = book->vendor,
        .offers = &book->offers,
        .held = held,
        .held_count = sub->item_count,
        .stage = book_stage(book),
        .times = { window.from, window.to,
                   sub->ended_at == NEVER ? 0 : sub->ended_at - book->clock_s },
    };
}

static struct err *
write_entitlements(struct work *w, const struct book *books, size_t n)
{
    struct entitle_grant *grants = NEW_ARRAY(w->arena, struct entitle_grant, n);
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (books[i].acc.sub.number)
            grants[count++] = grant_of(w->arena, &books[i]);
    return entitle_write(w, grants, count);
}

struct err *
books_save(struct work *w, struct book *books, size_t n)
{
    struct scan s;
    /* Whoever takes a number waits from the write on, so this comes before it. */
    TRY(write_entitlements(w, books, n));
    TRY(db_one(w, Q_subscriptions_write,
               ARGS(arg_i64(w, w->vendor.n), arg_text(changes(w->arena, books, n))), &s));
    bool written = !scan_null(&s);
    char *numbers = text_copy(w->arena, scan_text(&s));
    scan_end(&s);
    if (!written)
        return FAIL(w->arena, ERR_CONFLICT, "subscriptions.changed",
                    "The subscription was changed meanwhile. Look at it again.");
    for (size_t i = 0; i < n; i++) {
        must(!i || books[i - 1].vendor.n < books[i].vendor.n); /* they come in that order */
        take_numbers(&books[i], &numbers);
    }
    return tell_changes(w, books, n);
}

struct err *
book_save(struct work *w, struct book *book)
{
    return books_save(w, book, 1);
}
