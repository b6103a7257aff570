/* An account out of its rows. */
#include "subscriptions/book.h"

#include <string.h>

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "db/db.h"
#include "subscriptions/inside.h"

/* ---- JSON that our own statement made: what is missing is our mistake ---- */

static int64_t
number(const json_t *from, const char *key)
{
    return json_integer_value(json_object_get(from, key));
}

static int64_t
instant(const json_t *from, const char *key)
{
    const json_t *value = json_object_get(from, key);
    return json_is_integer(value) ? json_integer_value(value) : NEVER;
}

static const char *
text(struct book *b, const json_t *from, const char *key)
{
    const char *value = json_string_value(json_object_get(from, key));
    return value ? text_copy(b->acc.arena, value) : NULL;
}

static bool
yes(const json_t *from, const char *key)
{
    return json_is_true(json_object_get(from, key));
}

static int
one_of(const json_t *from, const char *key, const char *const *names, int n)
{
    const char *value = json_string_value(json_object_get(from, key));
    for (int i = 0; i < n; i++)
        if (text_is(names[i], value))
            return i;
    process_end("subscriptions.word", value ? value : "a word is missing");
}

static void
read_items(struct book *b, const json_t *rows)
{
    struct subscription *sub = &b->acc.sub;
    json_t *row;
    size_t i;
    sub->items = NEW_ARRAY(b->acc.arena, struct item, json_array_size(rows) + 1);
    json_array_foreach((json_t *)rows, i, row)
    {
        bool waits = json_is_integer(json_object_get(row, "next_quantity"));
        sub->items[sub->item_count++] = (struct item){
            .code = text(b, row, "code"),
            .rank = (int)number(row, "rank"),
            .unit = number(row, "unit"),
            .quantity = number(row, "quantity"),
            .next_unit = number(row, "next_unit"),
            .next_quantity = waits ? number(row, "next_quantity") : KEEP_QUANTITY,
        };
    }
}

static void
read_subscription(struct book *b, const json_t *row, const json_t *items)
{
    struct subscription *sub = &b->acc.sub;
    if (!json_is_object(row))
        return;
    sub->number = number(row, "number");
    sub->state =
        (enum subscription_state)one_of(row, "state", subscription_state_names, SUB_STATES);
    sub->interval = (enum interval)number(row, "months");
    sub->cancel_at_period_end = yes(row, "cancel_at_period_end");
    sub->trial_end = instant(row, "trial_end");
    sub->ended_at = instant(row, "ended_at");
    sub->anchor = instant(row, "anchor");
    sub->period = (struct span){ instant(row, "period_from"), instant(row, "period_to") };
    sub->next_tier = (struct tier_change){ .code = text(b, row, "next_tier"),
                                           .rank = (int)number(row, "next_rank"),
                                           .interval = (enum interval)number(row, "next_months"),
                                           .unit = number(row, "next_unit") };
    read_items(b, items);
}

/* The document a credit points to: one that was read, or just its numbers. */
static struct document *
credited(struct book *b, const json_t *row)
{
    int64_t n = number(row, "of_document");
    struct document *of = account_document(&b->acc, n);
    if (of)
        return of;
    of = NEW(b->acc.arena, struct document);
    of->n = n;
    of->number = text(b, row, "of_number");
    of->state = INVOICE_PAID;
    return of;
}

static struct line *
line_of(struct book *b, struct document *of, int n)
{
    for (size_t i = 0; i < of->line_count; i++)
        if (of->lines[i].n == n)
            return &of->lines[i];
    struct line *line = NEW(b->acc.arena, struct line);
    line->n = n;
    return line;
}

static struct line
read_line(struct book *b, const json_t *row)
{
    struct line line = {
        .n = (int)number(row, "line"),
        .item = text(b, row, "item"),
        .rank = (int)number(row, "rank"),
        .kind = (enum line_kind)one_of(row, "kind", line_kind_names, LINE_KINDS),
        .quantity = number(row, "quantity"),
        .unit = number(row, "unit"),
        .period = { instant(row, "period_from"), instant(row, "period_to") },
        .basis_amount = number(row, "basis_amount"),
        .basis_seconds = number(row, "basis_seconds"),
        .amount = number(row, "amount"),
        .vat.rate_bp = (int)number(row, "vat_bp"),
        .covered_until = instant(row, "covered_until"),
        .credited = number(row, "credited"),
    };
    const char *category = json_string_value(json_object_get(row, "vat_category"));
    must(vat_category_read(category, &line.vat.category));
    if (json_is_integer(json_object_get(row, "of_document"))) {
        line.of = credited(b, row);
        line.of_line = line_of(b, line.of, (int)number(row, "of_line"));
    }
    return line;
}

static void
read_lines(struct book *b, struct document *d, const json_t *rows)
{
    struct arena *a = b->acc.arena;
    size_t n = json_array_size(rows);
    struct vat_line *taxed = NEW_ARRAY(a, struct vat_line, n + 1);
    d->lines = NEW_ARRAY(a, struct line, n + 1);
    for (size_t i = 0; i < n; i++) {
        d->lines[i] = read_line(b, json_array_get(rows, i));
        taxed[i] = (struct vat_line){ d->lines[i].amount, d->lines[i].vat };
        d->line_count++;
    }
    d->sums = vat_sum(a, taxed, n);
}

static struct party
read_party(struct book *b, const json_t *row, const char *name)
{
    return (struct party){
        .name = text(b, row, name),
        .street = text(b, row, "street"),
        .postcode = text(b, row, "postcode"),
        .city = text(b, row, "city"),
        .country = text(b, row, "country"),
        .vat_id = text(b, row, "vat_id"),
        .email = text(b, row, "email"),
        .iban = text(b, row, "iban"),
        .bic = text(b, row, "bic"),
    };
}

static void
read_document(struct book *b, const json_t *row)
{
    struct document *d = account_document_new(&b->acc);
    d->n = number(row, "n");
    d->number = text(b, row, "number");
    d->subscription = number(row, "subscription");
    d->credit_note = yes(row, "credit_note");
    d->reason = (enum reason)one_of(row, "reason", reason_names, REASONS);
    d->issued_at = instant(row, "issued_at");
    d->due_at = instant(row, "due_at");
    d->credit_applied = number(row, "credit_applied");
    d->due = number(row, "due");
    d->state = (enum invoice_state)one_of(row, "state", invoice_state_names, INVOICE_STATES);
    d->paid = number(row, "paid");
    d->remaining = number(row, "remaining");
    d->noted = number(row, "noted");
    d->offsets = number(row, "offsets");
    d->attempts = (int)number(row, "attempts");
    d->failed_at = instant(row, "failed_at");
    d->tried_at = instant(row, "tried_at");
    d->waiting = yes(row, "waiting");
    read_lines(b, d, json_object_get(row, "lines"));
    if (d->n != b->wanted)
        return;
    const json_t *parties = json_object_get(row, "parties");
    b->paper_seller = read_party(b, json_object_get(parties, "seller"), "name");
    b->paper_buyer = read_party(b, json_object_get(parties, "buyer"), "name");
    int64_t checked = instant(parties, "vat_checked_at");
    if (yes(parties, "vat_valid") && checked != NEVER)
        b->paper_evidence = text_printf(b->acc.arena, "%s: %s, %s", b->paper_buyer.vat_id,
                                        clock_rfc3339(b->acc.arena, checked * SECOND_US),
                                        text(b, parties, "vat_source"));
}

static void
read_seller(struct book *b, const json_t *row)
{
    const json_t *days = json_object_get(row, "retry_days");
    size_t n = json_array_size(days);
    int *retries = NEW_ARRAY(b->acc.arena, int, n + 1);
    for (size_t i = 0; i < n; i++)
        retries[i] = (int)json_integer_value(json_array_get(days, i));
    b->acc.retry_days = retries;
    b->acc.retry_count = n;
    b->acc.final_days = (int)number(row, "final_days");
    b->acc.terms_days = (int)number(row, "terms_days");
    b->seller = read_party(b, row, "legal_name");
    b->seller_exempt = yes(row, "exempt");
    b->one_stop = yes(row, "one_stop");
    must(currency_read(json_string_value(json_object_get(row, "currency")), &b->currency));
}

static void
read_rates(struct book *b, const json_t *rows)
{
    json_t *row;
    size_t i;
    b->rates = NEW_ARRAY(b->acc.arena, struct vat_rate_row, json_array_size(rows) + 1);
    json_array_foreach((json_t *)rows, i, row) b->rates[b->rate_count++] =
        (struct vat_rate_row){ text(b, row, "country"), number(row, "from"),
                               (int)number(row, "bp") };
}

static void
read_account(struct book *b, const json_t *row)
{
    b->acc.by_transfer = text_is(json_string_value(json_object_get(row, "collection")), "manual");
    b->acc.balance = number(row, "balance");
    b->acc.next_n = number(row, "next_n");
    b->version = number(row, "version");
    b->changes = number(row, "changes");
    b->clock_s = number(row, "clock_s");
    b->buyer = read_party(b, row, "legal_name");
    b->vendor_name = text(b, row, "vendor_name");
    if (!*b->buyer.name)
        b->buyer.name = b->vendor_name;
    b->slug = text(b, row, "slug");
    b->language = text(b, row, "language");
    b->card = text(b, row, "card");
    b->customer = text(b, row, "customer");
    b->method = text(b, row, "method");
    b->method_refused = text(b, row, "method_refused");
    b->acc.has_card = b->method && !b->method_refused;
    b->vat_valid = yes(row, "vat_valid");
    b->vat_checked_at = instant(row, "vat_checked_at");
    b->vat_source = text(b, row, "vat_source");
}

/* ---- What follows from it ---- */

static int
rate_of(const struct book *b, const char *country, int64_t at)
{
    int bp = 0;
    for (size_t i = 0; i < b->rate_count; i++)
        if (text_is(b->rates[i].country, country) && b->rates[i].from <= at)
            bp = b->rates[i].bp;
    return bp;
}

struct vat
book_vat(const struct book *book, int64_t at)
{
    /* Who has not said where they are is taxed as at home: too much can be given back. */
    const char *seller = book->seller.country;
    const char *buyer = *book->buyer.country ? book->buyer.country : seller;
    struct vat_parties parties = {
        .seller = seller,
        .buyer = buyer,
        .buyer_id = book->vat_valid && *book->buyer.vat_id,
        .seller_exempt = book->seller_exempt,
        .one_stop = book->one_stop,
        .seller_bp = rate_of(book, seller, at),
        .buyer_bp = rate_of(book, buyer, at),
    };
    return vat_treatment(&parties);
}

/* The first day of the present arrears, or NEVER. */
static int64_t
in_arrears_since(const struct account *acc)
{
    int64_t since = NEVER;
    for (size_t i = 0; i < acc->document_count; i++) {
        const struct document *d = acc->documents[i];
        if (d->state == INVOICE_OPEN && d->failed_at != NEVER &&
            (since == NEVER || d->failed_at < since))
            since = d->failed_at;
    }
    return acc->sub.state == SUB_PAST_DUE ? since : NEVER;
}

enum entitle_stage
book_stage(const struct book *book)
{
    int64_t since = in_arrears_since(&book->acc);
    if (!subscription_lives(book->acc.sub.state))
        return STAGE_READ_ONLY;
    if (since == NEVER)
        return STAGE_ALL;
    return book->now - since < RESTRICTED_AFTER_S ? STAGE_OVERDUE : STAGE_RESTRICTED;
}

int64_t
book_stage_ends(const struct book *book)
{
    return book_stage(book) == STAGE_OVERDUE ? in_arrears_since(&book->acc) + RESTRICTED_AFTER_S
                                             : NEVER;
}

struct span
book_usage_window(const struct book *book)
{
    const struct subscription *sub = &book->acc.sub;
    return period_usage_window(sub->anchor != NEVER ? sub->anchor : sub->period.from, book->now);
}

/* A charge goes out after the commit (collect.c): here it is only asked for. */
static enum charge
charge_later(void *with, int64_t amount)
{
    (void)with;
    must(amount > 0);
    return CHARGE_LATER;
}

static void
offer_all(struct book *b)
{
    struct offer *offers = NEW_ARRAY(b->acc.arena, struct offer, b->offers.count + 1);
    for (size_t i = 0; i < b->offers.count; i++) {
        const struct entitle_offer *row = &b->offers.rows[i];
        if (!row->retired || subscription_item(&b->acc.sub, row->code))
            offers[b->acc.offer_count++] =
                (struct offer){ row->code, row->rank, row->month, row->year };
    }
    b->acc.offers = offers;
}

/* A shop that registered with a trial has it from the first look at its account on. */
static bool
begin_trial(struct book *b, const json_t *row)
{
    int64_t from = instant(row, "opened_at"), to = instant(row, "trial_ends_at");
    const struct offer *tier = NULL;
    for (size_t i = 0; i < b->acc.offer_count && !tier; i++)
        if (b->acc.offers[i].rank == 0 || (b->acc.offers[i].rank != ADD_ON && !tier))
            tier = &b->acc.offers[i];
    if (to == NEVER || to <= from || b->acc.sub.number || !tier)
        return false;
    struct purchase wanted = {
        .tier = tier->code, .interval = INTERVAL_MONTH, .trial_days = 1, .anchor = NEVER
    };
    if (account_subscribe(&b->acc, from, &wanted).refused)
        return false;
    b->acc.sub.trial_end = b->acc.sub.period.to = to;
    return true;
}

/* Due by due: the tax is that of each day. False: nothing was due. */
static bool
let_pass(struct book *b)
{
    bool any = false;
    for (int64_t due; (due = account_next_due(&b->acc)) != NEVER && due <= b->now; any = true) {
        b->acc.vat = book_vat(b, due);
        account_advance(&b->acc, due);
    }
    b->acc.vat = book_vat(b, b->now);
    return any;
}

static struct err *
read_book(struct work *w, const json_t *from, const struct entitle_offers *offers, struct book *b,
          bool *moved)
{
    const json_t *account = json_object_get(from, "account");
    json_t *row;
    size_t i;
    if (!json_is_object(account))
        return FAIL(w->arena, ERR_NOT_FOUND, "subscriptions.no_account", "There is no such shop.");
    read_account(b, account);
    b->now = w->now_us / SECOND_US + b->clock_s;
    read_seller(b, json_object_get(from, "seller"));
    read_rates(b, json_object_get(from, "rates"));
    read_subscription(b, json_object_get(from, "subscription"), json_object_get(from, "items"));
    json_array_foreach(json_object_get(from, "documents"), i, row) read_document(b, row);
    if (offers && !b->clock_s)
        b->offers = *offers;
    else
        TRY(entitle_offers(w, b->now, &b->offers));
    offer_all(b);
    book_remember(b);
    b->acc.vat = book_vat(b, b->now);
    *moved = begin_trial(b, account);
    if (let_pass(b))
        *moved = true;
    return NULL;
}

/* One row of subscriptions_read. */
static struct err *
read_row(struct work *w, struct scan *s, int64_t n, const struct entitle_offers *offers,
         struct book *b, bool *moved)
{
    json_error_t error;
    *b = (struct book){ .acc = account_new(w->arena), .vendor = w->vendor, .wanted = n };
    b->acc.charge = charge_later;
    json_t *from = json_loads(scan_text(s), 0, &error);
    scan_end(s);
    must(from);
    struct err *e = read_book(w, from, offers, b, moved);
    json_decref(from);
    return e;
}

static struct arg
arg_vendors(struct work *w, const struct vendor_id *vendors, size_t n)
{
    int64_t *numbers = NEW_ARRAY(w->arena, int64_t, n);
    for (size_t i = 0; i < n; i++)
        numbers[i] = vendors[i].n;
    return arg_i64s(w, numbers, n);
}

static struct err *
ask(struct work *w, const struct vendor_id *vendors, size_t count, int64_t n, struct rows *out)
{
    return db_many(w, Q_subscriptions_read,
                   ARGS(arg_vendors(w, vendors, count), arg_i64(w, w->now_us / SECOND_US),
                        n ? arg_i64(w, n) : arg_null()),
                   out);
}

static struct err *
read_once(struct work *w, int64_t n, struct book *b, bool *moved)
{
    struct rows rows;
    TRY(ask(w, &w->vendor, 1, n, &rows));
    struct scan s = rows_at(&rows, 0);
    return read_row(w, &s, n, NULL, b, moved);
}

static struct err *
lock(struct work *w, const struct vendor_id *vendors, size_t n, bool relaxed)
{
    struct scan s;
    return db_one(w, Q_subscriptions_lock, ARGS(arg_vendors(w, vendors, n), arg_bool(relaxed)), &s);
}

struct err *
books_open(struct work *w, const struct vendor_id *vendors, size_t n,
           const struct entitle_offers *offers, struct book *out)
{
    struct work each = *w;
    struct rows rows;
    TRY(lock(w, vendors, n, true));
    TRY(ask(w, vendors, n, 0, &rows));
    for (size_t i = 0; i < n; i++) {
        struct scan s = rows_at(&rows, (int)i);
        bool moved = false;
        each.vendor = vendors[i];
        TRY(read_row(&each, &s, 0, offers, &out[i], &moved));
    }
    return NULL;
}

struct err *
book_open(struct work *w, enum book_use use, int64_t n, struct book *out)
{
    struct book b;
    bool moved = false;
    if (use != BOOK_LOOK)
        TRY(lock(w, &w->vendor, 1, use == BOOK_RENEW));
    TRY(read_once(w, n, &b, &moved));
    /* What was due stands by itself: the command that follows begins with what it left. */
    if (moved && use == BOOK_CHANGE) {
        TRY(book_save(w, &b));
        TRY(read_once(w, n, &b, &moved));
    }
    *out = b;
    return NULL;
}
