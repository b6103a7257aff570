#include "subscriptions/model.h"

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"

static void
set_money(struct val *m, const char *name, const struct book *b, int64_t minor)
{
    val_set_money(m, name, (struct money){ minor, b->currency });
}

static void
set_at(struct val *m, const char *name, int64_t at)
{
    if (at == NEVER)
        val_set_null(m, name);
    else
        val_set_time(m, name, at * SECOND_US);
}

const char *
offer_name(const struct book *b, const char *code)
{
    const struct entitle_offer *offer = entitle_find(&b->offers, code);
    return offer ? offer->name : code;
}

const char *
limit_word(struct arena *a, enum entitle_limit limit)
{
    return text_join(a, "billing.limit.", entitle_names[limit], NULL);
}

/* ---- Documents ---- */

/* "20.7" of seconds: a tenth of a day is told apart, the exact seconds stand beside it. */
static const char *
days(struct arena *a, int64_t seconds)
{
    int64_t tenths = minor_share(seconds, 10, DAY_S);
    return tenths % 10
               ? text_printf(a, "%lld.%lld", (long long)(tenths / 10), (long long)(tenths % 10))
               : text_i64(a, tenths / 10);
}

static void
set_percent(struct val *m, const char *name, struct arena *a, int bp)
{
    val_set_text(m, name,
                 bp % 100 ? text_printf(a, "%d.%02d", bp / 100, bp % 100) : text_i64(a, bp / 100));
}

static void
model_line(struct val *m, const struct book *b, const struct line *line)
{
    struct arena *a = b->acc.arena;
    int64_t seconds = line->period.to - line->period.from;
    val_set_text(m, "name", offer_name(b, line->item));
    val_set_bool(m, "credit", line->kind == LINE_PRORATION_CREDIT);
    val_set_bool(m, "part", line->kind != LINE_CHARGE);
    val_set_count(m, "quantity", line->quantity);
    val_set_bool(m, "several", line->quantity != 1);
    set_money(m, "unit", b, line->unit);
    set_money(m, "basis", b, line->basis_amount);
    set_money(m, "amount", b, line->amount);
    val_set_count(m, "seconds", seconds);
    val_set_count(m, "basis_seconds", line->basis_seconds);
    val_set_text(m, "days", days(a, seconds));
    val_set_text(m, "basis_days", days(a, line->basis_seconds));
    set_at(m, "from", line->period.from);
    set_at(m, "to", line->period.to);
    val_set_text(m, "category", vat_category_name(line->vat.category));
    set_percent(m, "percent", a, line->vat.rate_bp);
    val_set_text(m, "of_number", line->of ? line->of->number : NULL);
    val_set_i64(m, "of_line", line->of ? line->of_line->n : 0);
}

static void
model_sums(struct val *m, const struct book *b, const struct document *d)
{
    struct val *groups = val_set_list(m, "taxes");
    for (size_t i = 0; i < d->sums.group_count; i++) {
        const struct vat_group *group = &d->sums.groups[i];
        struct val *one = val_add_map(groups);
        val_set_text(one, "category", vat_category_name(group->vat.category));
        val_set_bool(one, "reverse", group->vat.category == VAT_AE);
        set_percent(one, "percent", b->acc.arena, group->vat.rate_bp);
        set_money(one, "base", b, group->base);
        set_money(one, "tax", b, group->tax);
    }
    set_money(m, "net", b, d->sums.net);
    set_money(m, "tax", b, d->sums.tax);
    set_money(m, "total", b, d->sums.total);
    set_money(m, "credit_applied", b, d->credit_applied);
    set_money(m, "due", b, d->due);
    val_set_bool(m, "has_credit", d->credit_applied > 0);
    set_money(m, "paid", b, d->paid);
    set_money(m, "remaining", b, d->remaining);
    set_money(m, "noted", b, d->noted);
    val_set_bool(m, "has_noted", d->noted > 0);
}

void
model_document(struct val *m, const struct book *b, const struct document *d)
{
    struct val *lines = val_set_list(m, "lines");
    val_set_text(m, "number", d->number);
    val_set_bool(m, "credit_note", d->credit_note);
    val_set_word(m, "reason",
                 text_join(b->acc.arena, "billing.reason.", reason_names[d->reason], NULL));
    set_at(m, "issued_at", d->issued_at);
    set_at(m, "due_at", d->due_at);
    for (size_t i = 0; i < d->line_count; i++)
        model_line(val_add_map(lines), b, &d->lines[i]);
    model_sums(m, b, d);
    val_set_word(m, "state",
                 text_join(b->acc.arena, "billing.state.", invoice_state_names[d->state], NULL));
    val_set_bool(m, "open", d->number && d->state == INVOICE_OPEN);
    val_set_bool(m, "overdue", d->state == INVOICE_OPEN && d->failed_at != NEVER);
}

/* ---- The subscription ---- */

static int64_t
price_of(const struct subscription *sub)
{
    int64_t sum = 0;
    for (size_t i = 0; i < sub->item_count; i++)
        sum += sub->items[i].unit * sub->items[i].quantity;
    return sum;
}

void
model_subscription(struct val *m, const struct book *b)
{
    const struct subscription *sub = &b->acc.sub;
    struct arena *a = b->acc.arena;
    bool lives = subscription_lives(sub->state);
    val_set_bool(m, "subscribed", sub->number > 0);
    val_set_bool(m, "lives", lives);
    val_set_bool(m, "trial", sub->state == SUB_TRIAL);
    val_set_bool(m, "past_due", sub->state == SUB_PAST_DUE);
    val_set_bool(m, "cancelling", lives && sub->cancel_at_period_end);
    val_set_word(m, "state_word",
                 text_join(a, "billing.sub.", subscription_state_names[sub->state], NULL));
    set_money(m, "balance", b, b->acc.balance);
    val_set_bool(m, "has_balance", b->acc.balance > 0);
    val_set_bool(m, "by_transfer", b->acc.by_transfer);
    val_set_text(m, "card", b->card);
    if (!sub->number)
        return;
    val_set_text(m, "tier", sub->item_count ? offer_name(b, sub->items[0].code) : "");
    set_money(m, "price", b, price_of(sub));
    val_set_bool(m, "yearly", sub->interval == INTERVAL_YEAR);
    set_at(m, "from", sub->period.from);
    set_at(m, "to", sub->period.to);
    set_at(m, "ended_at", sub->ended_at);
    val_set_text(m, "next_tier", sub->next_tier.code ? offer_name(b, sub->next_tier.code) : NULL);
    val_set_bool(m, "next_yearly", sub->next_tier.interval == INTERVAL_YEAR);
}

void
model_usage(struct arena *a, struct val *m, const struct usage *usage)
{
    struct val *meters = val_set_list(m, "meters");
    for (int i = 0; i < ENTITLE_LIMITS && usage->known; i++) {
        const struct entitle_use *use = &usage->uses[i];
        struct val *one = val_add_map(meters);
        bool unlimited = use->most == UNLIMITED;
        val_set_word(one, "label", limit_word(a, use->limit));
        val_set_bool(one, "known", true);
        val_set_bool(one, "unlimited", unlimited);
        val_set_null(one, "link");
        val_set_null(one, "state");
        val_set_i64(one, "value", use->used);
        val_set_i64(one, "max", unlimited ? 0 : use->most);
        val_set_i64(one, "low", unlimited ? 0 : use->most * 8 / 10);
        val_set_i64(one, "high", unlimited ? 0 : use->most);
        val_set_count(one, "used", use->used);
        val_set_count(one, "most", unlimited ? 0 : use->most);
        val_set_i64(one, "percent", use->percent);
        val_set_word(one, "text", unlimited ? "billing.use_unlimited" : "billing.use");
        val_set_word(one, "at_limit",
                     text_join(a, "billing.at_limit.", entitle_names[use->limit], NULL));
        set_at(one, "reached_at", use->expected ? use->reached_at : NEVER);
        val_set_bool(one, "full", use->level >= 2);
    }
}

/* ---- What can be had ---- */

static void
model_column(struct val *m, const struct book *b, const struct entitle_offer *offer,
             enum interval interval)
{
    const struct item *held = subscription_item(&b->acc.sub, offer->code);
    int64_t price = interval == INTERVAL_YEAR ? offer->year : offer->month;
    bool same = held && b->acc.sub.interval == interval && subscription_lives(b->acc.sub.state);
    val_set_text(m, "code", offer->code);
    val_set_text(m, "name", offer->name);
    val_set_bool(m, "sold", price != NO_PRICE);
    set_money(m, "price", b, price == NO_PRICE ? 0 : price);
    val_set_bool(m, "current", same);
    val_set_bool(m, "waits",
                 text_is(b->acc.sub.next_tier.code, offer->code) &&
                     b->acc.sub.next_tier.interval == interval);
    val_set_bool(m, "choosable", price != NO_PRICE && (!same || b->acc.sub.next_tier.code));
}

static void
model_limits(struct val *rows, struct arena *a, const struct entitle_offer *const *tiers, size_t n)
{
    for (int i = 0; i < ENTITLE_LIMITS; i++) {
        struct val *row = val_add_map(rows), *cells = val_set_list(row, "cells");
        bool differs = false;
        val_set_word(row, "label", limit_word(a, (enum entitle_limit)i));
        for (size_t k = 0; k < n; k++) {
            struct val *cell = val_add_map(cells);
            val_set_bool(cell, "unlimited", tiers[k]->limit[i] == UNLIMITED);
            val_set_count(cell, "most", tiers[k]->limit[i]);
            differs |= tiers[k]->limit[i] != tiers[0]->limit[i];
        }
        val_set_bool(row, "differs", differs);
    }
}

void
model_tiers(struct val *m, const struct book *b, enum interval interval)
{
    const struct entitle_offer **tiers =
        NEW_ARRAY(b->acc.arena, const struct entitle_offer *, b->offers.count + 1);
    struct val *columns = val_set_list(m, "tiers");
    size_t n = 0;
    for (size_t i = 0; i < b->offers.count; i++) {
        const struct entitle_offer *offer = &b->offers.rows[i];
        if (offer->rank == ADD_ON ||
            (offer->retired && !subscription_item(&b->acc.sub, offer->code)))
            continue;
        tiers[n++] = offer;
        model_column(val_add_map(columns), b, offer, interval);
    }
    model_limits(val_set_list(m, "limits"), b->acc.arena, tiers, n);
    val_set_bool(m, "yearly", interval == INTERVAL_YEAR);
}

void
model_addons(struct val *m, const struct book *b)
{
    struct val *addons = val_set_list(m, "addons");
    for (size_t i = 0; i < b->offers.count; i++) {
        const struct entitle_offer *offer = &b->offers.rows[i];
        const struct item *held = subscription_item(&b->acc.sub, offer->code);
        int64_t price = b->acc.sub.interval == INTERVAL_YEAR ? offer->year : offer->month;
        if (offer->rank != ADD_ON || (!held && (offer->retired || price == NO_PRICE)))
            continue;
        struct val *one = val_add_map(addons);
        val_set_text(one, "code", offer->code);
        val_set_text(one, "name", offer->name);
        set_money(one, "price", b, held ? held->unit : price);
        val_set_count(one, "quantity", held ? held->quantity : 0);
        val_set_bool(one, "held", held != NULL);
        val_set_bool(one, "waits", held && held->next_quantity != KEEP_QUANTITY);
        val_set_count(one, "next_quantity", held ? held->next_quantity : 0);
    }
}

/* By name, each with the page where it can be looked at. */
static void
model_newest(struct arena *a, struct val *m, const struct entitle_over *over)
{
    const char *page =
        over->limit == ENTITLE_TEAM_MEMBERS ? "/vendor/team/members/" : "/vendor/products/";
    struct val *list = val_set_list(m, "newest");
    int64_t more = over->excess - (int64_t)over->newest_count;
    for (size_t i = 0; i < over->newest_count; i++) {
        struct val *one = val_add_map(list);
        val_set_text(one, "name", over->newest[i].name);
        val_set_text(one, "language", over->newest[i].language);
        val_set_text(one, "link", text_join(a, page, text_i64(a, over->newest[i].id), NULL));
    }
    val_set_bool(m, "has_newest", over->newest_count > 0);
    val_set_bool(m, "has_more", more > 0);
    val_set_count(m, "more", more);
}

void
model_over(struct arena *a, struct val *m, const struct entitle_over *over, size_t n)
{
    struct val *rows = val_set_list(m, "over");
    val_set_bool(m, "has_over", n > 0);
    for (size_t i = 0; i < n; i++) {
        struct val *one = val_add_map(rows);
        val_set_word(one, "label", limit_word(a, over[i].limit));
        val_set_count(one, "used", over[i].used);
        val_set_count(one, "most", over[i].most);
        val_set_count(one, "excess", over[i].excess);
        val_set_word(one, "frozen",
                     text_join(a, "billing.frozen.", entitle_names[over[i].limit], NULL));
        model_newest(a, one, &over[i]);
    }
}
