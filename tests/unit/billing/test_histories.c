/* Random histories of a billing account, and what must hold after every step of each: the preview
 * is the invoice, every instant of every item is billed once, the ledger sums to 0, and the same
 * history gives the same documents. The seed of a history that fails is in its message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
/* after those it needs */
#include <cmocka.h>

#include "base/must.h"
#include "base/text.h"
#include "billing/command.h"

#define HISTORIES 12000
#define STEPS     28
#define MARKS     4096

/* What was held from an instant on. */
struct mark {
    int64_t at;
    int64_t subscription;
    bool billed;
    struct item items[8];
    size_t item_count;
};

struct history {
    uint64_t random;
    uint64_t seed;
    struct account acc;
    struct offer offers[7];
    bool card_works;
    int64_t at;
    struct mark *marks;
    size_t mark_count;
};

static uint64_t
draw(struct history *h, uint64_t below)
{
    h->random ^= h->random << 13;
    h->random ^= h->random >> 7;
    h->random ^= h->random << 17;
    return (h->random >> 11) % below;
}

static enum charge
card(void *with, int64_t amount)
{
    struct history *h = with;
    if (amount <= 0)
        fail_msg("seed %llu: a charge of nothing", (unsigned long long)h->seed);
    return h->card_works ? CHARGE_OK : CHARGE_FAILED;
}

static void
holds(const struct history *h, bool truth, const char *what)
{
    if (!truth)
        fail_msg("seed %llu, at %lld: %s", (unsigned long long)h->seed, (long long)h->at, what);
}

/* What is billed is what the subscription held since the last mark. */
static void
mark(struct history *h)
{
    const struct subscription *sub = &h->acc.sub;
    holds(h, h->mark_count < MARKS, "too many marks");
    struct mark *m = &h->marks[h->mark_count++];
    *m = (struct mark){ .at = h->at, .subscription = sub->number };
    m->billed = sub->state == SUB_ACTIVE || sub->state == SUB_PAST_DUE;
    holds(h, sub->item_count <= 8, "too many items");
    for (size_t i = 0; m->billed && i < sub->item_count; i++)
        if (sub->items[i].quantity)
            m->items[m->item_count++] = sub->items[i];
}

/* How many charges that stand cover the instant for that item at that price and quantity. */
static int
covering(const struct history *h, const struct mark *m, const struct item *item, int64_t at)
{
    int count = 0;
    for (size_t i = 0; i < h->acc.document_count; i++) {
        const struct document *d = h->acc.documents[i];
        for (size_t k = 0; d->subscription == m->subscription && k < d->line_count; k++) {
            const struct line *line = &d->lines[k];
            if (line->kind != LINE_PRORATION_CREDIT && text_is(line->item, item->code) &&
                line->period.from <= at && at < line->covered_until) {
                holds(h, line->unit == item->unit && line->quantity == item->quantity,
                      "billed at another price or quantity than held");
                count++;
            }
        }
    }
    return count;
}

/* A stretch worth less than half a cent leaves no line. */
static bool
worth_nothing(const struct item *item, int64_t seconds)
{
    return item->unit * item->quantity * seconds * 2 < 28 * DAY_S;
}

static void
billed_once(const struct history *h)
{
    for (size_t i = 0; i + 1 < h->mark_count; i++) {
        const struct mark *m = &h->marks[i];
        int64_t until = h->marks[i + 1].at;
        if (until == m->at)
            continue;
        for (size_t k = 0; k < m->item_count; k++) {
            if (worth_nothing(&m->items[k], until - m->at))
                continue;
            holds(h, covering(h, m, &m->items[k], m->at) == 1, "an instant is not billed once");
            holds(h, covering(h, m, &m->items[k], until - 1) == 1, "nor the last of a stretch");
        }
    }
}

/* Nothing is covered twice by one subscription, held or not. */
static void
no_overlap(const struct history *h)
{
    for (size_t i = 0; i < h->acc.document_count; i++)
        for (size_t k = 0; k < h->acc.documents[i]->line_count; k++) {
            const struct document *d = h->acc.documents[i];
            const struct line *l = &d->lines[k];
            if (l->kind == LINE_PRORATION_CREDIT || l->covered_until <= l->period.from)
                continue;
            for (size_t j = 0; j < i; j++)
                for (size_t m = 0; m < h->acc.documents[j]->line_count; m++) {
                    const struct line *o = &h->acc.documents[j]->lines[m];
                    holds(h,
                          o->kind == LINE_PRORATION_CREDIT ||
                              h->acc.documents[j]->subscription != d->subscription ||
                              !text_is(o->item, l->item) || o->covered_until <= l->period.from ||
                              l->covered_until <= o->period.from,
                          "a second is covered twice");
                }
        }
}

static void
books_balance(const struct history *h)
{
    int64_t balance[LEDGER_ACCOUNTS] = { 0 }, sum = 0, open = 0, tax = 0, net = 0;
    for (size_t i = 0; i < h->acc.posting_count; i++) {
        balance[h->acc.postings[i].account] += h->acc.postings[i].amount;
        sum += h->acc.postings[i].amount;
    }
    for (size_t i = 0; i < h->acc.document_count; i++) {
        const struct document *d = h->acc.documents[i];
        open += d->state == INVOICE_OPEN ? d->remaining : 0;
        tax += d->sums.tax;
        net += d->sums.net;
        holds(h, d->remaining >= 0 && d->paid >= 0, "less than nothing is owed or paid");
        holds(h, d->credit_note || d->due == d->paid + d->remaining + d->noted,
              "an invoice's parts do not add up");
        for (size_t k = 0; k < d->line_count; k++)
            holds(h,
                  d->lines[k].of ||
                      (d->lines[k].credited >= 0 && d->lines[k].credited <= d->lines[k].amount),
                  "more is credited than was charged");
    }
    holds(h, sum == 0, "the ledger does not sum to 0");
    holds(h, balance[LEDGER_AR] == open, "receivables are not the open invoices");
    holds(h, -balance[LEDGER_CREDIT] == h->acc.balance && h->acc.balance >= 0, "the balance");
    holds(h, -balance[LEDGER_VAT] == tax && -balance[LEDGER_REV] == net, "tax or revenue");
}

/* Due by due, so that every stretch is seen. */
static void
let_pass(struct history *h, int64_t until)
{
    for (;;) {
        int64_t due = account_next_due(&h->acc);
        if (due == NEVER || due > until)
            break;
        holds(h, due >= h->at, "something was due before");
        account_advance(&h->acc, due);
        h->at = due;
        mark(h);
    }
    h->at = until;
}

static void
same_document(const struct history *h, const struct document *a, const struct document *b)
{
    holds(h,
          a->line_count == b->line_count && a->sums.total == b->sums.total &&
              a->sums.tax == b->sums.tax && a->due == b->due && a->issued_at == b->issued_at &&
              a->credit_applied == b->credit_applied && a->credit_note == b->credit_note,
          "the preview is not the invoice");
    for (size_t i = 0; i < a->line_count; i++) {
        const struct line *l = &a->lines[i], *r = &b->lines[i];
        holds(h,
              l->amount == r->amount && text_is(l->item, r->item) && l->kind == r->kind &&
                  l->period.from == r->period.from && l->period.to == r->period.to &&
                  l->of_line == r->of_line && l->basis_amount == r->basis_amount,
              "a line of the preview is not the invoice's");
    }
}

static const char *const tiers[] = { "t0", "t1", "t2", "t3" };
static const char *const addons[] = { "a0", "a1", "a2" };

static void
change(struct history *h)
{
    struct change wanted = { .when = (enum when)(draw(h, 6) > 2 ? 0 : draw(h, 3)) };
    if (draw(h, 3)) {
        wanted.tier = tiers[draw(h, COUNT(tiers))];
        wanted.interval = draw(h, 4) ? 0 : draw(h, 2) ? INTERVAL_MONTH : INTERVAL_YEAR;
    } else {
        wanted.addon = addons[draw(h, COUNT(addons))];
        wanted.quantity = (int64_t)draw(h, 4);
    }
    int64_t n = h->acc.next_n;
    struct outcome shown = account_preview(&h->acc, h->at, &wanted);
    struct outcome made = account_change(&h->acc, h->at, &wanted);
    if (made.refused) {
        holds(h, h->acc.next_n == n, "a refused change used up a number");
        holds(h,
              shown.refused == made.refused || made.refused == REFUSED_PAYMENT_FAILED ||
                  made.refused == REFUSED_NO_METHOD,
              "the preview hid a refusal");
        return;
    }
    holds(h, shown.effect == made.effect && !shown.document == !made.document, "another effect");
    holds(h, !wanted.tier || made.effect != EFFECT_NOW || !h->acc.sub.next_tier.code,
          "a change at once left another one waiting");
    if (made.document)
        same_document(h, shown.document, made.document);
}

static void
subscribe(struct history *h)
{
    static const char *const few[] = { "a0", "a2" };
    struct wanted_addon wanted_addons[] = { { few[draw(h, 2)], 1 + (int64_t)draw(h, 3) } };
    struct purchase wanted = { .tier = tiers[draw(h, COUNT(tiers))],
                               .interval = draw(h, 3) ? INTERVAL_MONTH : INTERVAL_YEAR,
                               .addons = wanted_addons,
                               .addon_count = draw(h, 2),
                               .trial_days = draw(h, 3) ? 0 : (int)draw(h, 20),
                               .anchor = NEVER };
    if (!draw(h, 5))
        wanted.anchor = h->at - 40 * DAY_S + (int64_t)draw(h, 80 * DAY_S);
    if (!account_subscribe(&h->acc, h->at, &wanted).refused && !wanted.trial_days)
        holds(h, h->acc.documents[h->acc.document_count - 1]->reason == REASON_CREATE, "no start");
}

/* The renewal that was shown is the one that comes, when nothing happens in between. */
static void
watch_renewal(struct history *h)
{
    struct outcome shown = account_upcoming(&h->acc);
    if (shown.refused || account_next_due(&h->acc) != h->acc.sub.period.to)
        return;
    bool expires = h->acc.sub.state == SUB_TRIAL && !h->acc.has_card && !h->acc.by_transfer;
    size_t n = h->acc.document_count;
    let_pass(h, h->acc.sub.period.to);
    if (expires)
        return;
    holds(h, h->acc.document_count > n, "a renewal was shown and did not come");
    same_document(h, shown.document, h->acc.documents[n]);
}

static void
step(struct history *h)
{
    switch (draw(h, 14)) {
    case 0:
        h->card_works = draw(h, 3) != 0;
        break;
    case 1:
        account_card(&h->acc, h->at, draw(h, 3) != 0);
        break;
    case 2:
        account_cancel(&h->acc, h->at, draw(h, 4) ? WHEN_PERIOD_END : WHEN_NOW, draw(h, 2));
        break;
    case 3:
        account_reactivate(&h->acc);
        break;
    case 4:
        account_convert_trial(&h->acc, h->at);
        break;
    case 5:
        if (h->acc.document_count)
            account_pay(&h->acc, h->at, 1 + (int64_t)draw(h, h->acc.document_count));
        break;
    case 6:
        h->acc.vat = draw(h, 2) ? (struct vat){ VAT_S, 1700 } : (struct vat){ VAT_AE, 0 };
        break;
    case 7:
        h->offers[draw(h, COUNT(h->offers))].month = 100 + (int64_t)draw(h, 20000);
        break;
    case 8:
        watch_renewal(h);
        break;
    case 9:
        subscribe(h);
        break;
    default:
        change(h);
    }
    if (!subscription_lives(h->acc.sub.state) && draw(h, 2))
        subscribe(h);
}

static void
set_up(struct history *h, struct arena *a, uint64_t seed)
{
    static const int retries[] = { 1, 3, 7, 14 };
    static const struct offer offers[] = {
        { "t0", 0, 4900, 49000 },     { "t1", 1, 9900, 99000 },    { "t2", 2, 19900, 199000 },
        { "t3", 3, 39900, NO_PRICE }, { "a0", ADD_ON, 900, 9000 }, { "a1", ADD_ON, 1500, NO_PRICE },
        { "a2", ADD_ON, 333, 3331 },
    };
    *h = (struct history){ .seed = seed, .random = seed * 0x9E3779B97F4A7C15u + 1 };
    memcpy(h->offers, offers, sizeof(offers));
    h->marks = NEW_ARRAY(a, struct mark, MARKS);
    h->card_works = true;
    h->at = 1767225600 + (int64_t)draw(h, 4 * 366 * DAY_S);
    h->acc = account_new(a);
    h->acc.offers = h->offers;
    h->acc.offer_count = COUNT(h->offers);
    h->acc.vat = (struct vat){ VAT_S, 2000 };
    h->acc.by_transfer = draw(h, 3) == 0;
    h->acc.has_card = true;
    h->acc.terms_days = 14;
    h->acc.retry_days = retries;
    h->acc.retry_count = COUNT(retries);
    h->acc.final_days = 21;
    h->acc.charge = card;
    h->acc.with = h;
    if (!draw(h, 4))
        account_opening_balance(&h->acc, h->at, (int64_t)draw(h, 30000));
}

static void
run(struct history *h, struct arena *a, uint64_t seed)
{
    static const int64_t leaps[] = { 0, 1, 3600, DAY_S, 5 * DAY_S, 31 * DAY_S, 200 * DAY_S };
    set_up(h, a, seed);
    subscribe(h);
    mark(h);
    for (int i = 0; i < STEPS; i++) {
        let_pass(h, h->at + leaps[draw(h, COUNT(leaps))] + (int64_t)draw(h, 7200));
        step(h);
        mark(h);
        books_balance(h);
        billed_once(h);
    }
    no_overlap(h);
}

static void
random_histories(void **state)
{
    (void)state;
    struct arena *a = arena_new((size_t)64 << 20);
    size_t documents = 0;
    for (uint64_t seed = 1; seed <= HISTORIES; seed++) {
        struct history *once = NEW(a, struct history), *again = NEW(a, struct history);
        run(once, a, seed);
        documents += once->acc.document_count;
        if (seed % 50 == 0) {
            run(again, a, seed);
            holds(once, once->acc.document_count == again->acc.document_count, "not repeatable");
        }
        arena_reset(a);
    }
    assert_true(documents > HISTORIES * 4); /* they do bill something */
    arena_free(a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(random_histories) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
