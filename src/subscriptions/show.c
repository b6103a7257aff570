#include "subscriptions/show.h"

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"

struct json
list_begin(struct req *r)
{
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_array(&j, "data");
    return j;
}

struct err *
list_answer(struct req *r, struct json *j, const char *cursor)
{
    json_put_end(j);
    json_put_text(j, "next_cursor", cursor);
    json_put_end(j);
    return json_answer(r, 200, &j->out);
}

static void
put_money(struct json *j, const char *name, const struct book *b, int64_t minor)
{
    json_put_money(j, name, (struct money){ minor, b->currency });
}

static void
put_at(struct json *j, const char *name, int64_t at)
{
    if (at == NEVER)
        json_put_null(j, name);
    else
        json_put_time(j, name, at * SECOND_US);
}

static void
put_span(struct json *j, const char *name, struct span span)
{
    json_put_object(j, name);
    put_at(j, "start", span.from);
    put_at(j, "end", span.to);
    json_put_end(j);
}

static void
put_vat(struct json *j, struct vat vat)
{
    json_put_text(j, "category", vat_category_name(vat.category));
    json_put_i64(j, "rate_bp", vat.rate_bp);
}

static void
put_line(struct json *j, const struct book *b, const struct line *line)
{
    const struct entitle_offer *offer = entitle_find(&b->offers, line->item);
    json_put_object(j, NULL);
    json_put_i64(j, "line", line->n);
    json_put_text(j, "item", line->item);
    json_put_text(j, "name", offer ? offer->name : line->item);
    json_put_text(j, "kind", line_kind_names[line->kind]);
    json_put_i64(j, "quantity", line->quantity);
    put_money(j, "unit_price", b, line->unit);
    put_span(j, "period", line->period);
    put_money(j, "basis_amount", b, line->basis_amount);
    json_put_i64(j, "basis_seconds", line->basis_seconds);
    json_put_i64(j, "seconds", line->period.to - line->period.from);
    put_money(j, "amount", b, line->amount);
    json_put_object(j, "tax");
    put_vat(j, line->vat);
    json_put_end(j);
    if (line->of) {
        json_put_object(j, "credits");
        json_put_text(j, "invoice", line->of->number);
        json_put_i64(j, "line", line->of_line->n);
        json_put_end(j);
    }
    json_put_end(j);
}

static void
put_sums(struct json *j, const struct book *b, const struct document *d)
{
    json_put_array(j, "tax_breakdown");
    for (size_t i = 0; i < d->sums.group_count; i++) {
        json_put_object(j, NULL);
        put_vat(j, d->sums.groups[i].vat);
        put_money(j, "base", b, d->sums.groups[i].base);
        put_money(j, "tax", b, d->sums.groups[i].tax);
        json_put_end(j);
    }
    json_put_end(j);
    put_money(j, "net", b, d->sums.net);
    put_money(j, "tax", b, d->sums.tax);
    put_money(j, "total", b, d->sums.total);
    put_money(j, "credit_applied", b, d->credit_applied);
    put_money(j, "amount_due", b, d->due);
}

static void
put_payment(struct json *j, const struct book *b, const struct document *d)
{
    json_put_text(j, "status", invoice_state_names[d->state]);
    put_at(j, "due_at", d->due_at);
    put_money(j, "amount_paid", b, d->paid);
    put_money(j, "amount_remaining", b, d->remaining);
    put_money(j, "credit_noted", b, d->noted);
}

void
put_document(struct json *j, const char *name, const struct book *b, const struct document *d)
{
    json_put_object(j, name);
    if (d->number)
        json_put_text(j, "number", d->number);
    json_put_text(j, "type", d->credit_note ? "credit_note" : "invoice");
    json_put_text(j, "reason", reason_names[d->reason]);
    put_at(j, "issued_at", d->issued_at);
    json_put_array(j, "lines");
    for (size_t i = 0; i < d->line_count; i++)
        put_line(j, b, &d->lines[i]);
    json_put_end(j);
    put_sums(j, b, d);
    if (d->number)
        put_payment(j, b, d);
    json_put_end(j);
}

static void
put_items(struct json *j, const struct book *b)
{
    json_put_array(j, "items");
    for (size_t i = 0; i < b->acc.sub.item_count; i++) {
        const struct item *item = &b->acc.sub.items[i];
        const struct entitle_offer *offer = entitle_find(&b->offers, item->code);
        json_put_object(j, NULL);
        json_put_text(j, "code", item->code);
        json_put_text(j, "name", offer ? offer->name : item->code);
        json_put_text(j, "kind", item->rank == ADD_ON ? "addon" : "tier");
        json_put_i64(j, "quantity", item->quantity);
        put_money(j, "unit_price", b, item->unit);
        if (item->next_quantity != KEEP_QUANTITY)
            json_put_i64(j, "next_quantity", item->next_quantity);
        json_put_end(j);
    }
    json_put_end(j);
}

static const char *
tier_code(const struct subscription *sub)
{
    return sub->item_count && sub->items[0].rank != ADD_ON ? sub->items[0].code : NULL;
}

void
put_subscription_state(struct json *j, const char *name, const struct book *b)
{
    const struct subscription *sub = &b->acc.sub;
    json_put_object(j, name);
    json_put_text(j, "status", subscription_state_names[sub->state]);
    if (sub->number) {
        json_put_text(j, "tier", tier_code(sub));
        json_put_text(j, "interval", interval_name(sub->interval));
        put_items(j, b);
        put_span(j, "current_period", sub->period);
        put_at(j, "trial_end", sub->trial_end);
        put_at(j, "ended_at", sub->ended_at);
        json_put_bool(j, "cancel_at_period_end", sub->cancel_at_period_end);
        if (sub->next_tier.code) {
            json_put_object(j, "scheduled_change");
            json_put_text(j, "tier", sub->next_tier.code);
            json_put_text(j, "interval", interval_name(sub->next_tier.interval));
            put_at(j, "at", sub->period.to);
            json_put_end(j);
        } else {
            json_put_null(j, "scheduled_change");
        }
    }
    json_put_text(j, "collection", b->acc.by_transfer ? "manual" : "automatic");
    json_put_text(j, "payment_method", b->card);
    put_money(j, "credit_balance", b, b->acc.balance);
    json_put_end(j);
}

static void
put_price(struct json *j, const char *name, const struct book *b, int64_t minor)
{
    if (minor == NO_PRICE)
        json_put_null(j, name);
    else
        put_money(j, name, b, minor);
}

void
put_offer(struct json *j, const struct book *b, const struct entitle_offer *offer)
{
    const struct item *held = subscription_item(&b->acc.sub, offer->code);
    bool addon = offer->rank == ADD_ON;
    json_put_object(j, NULL);
    json_put_text(j, "code", offer->code);
    json_put_text(j, "name", offer->name);
    json_put_object(j, "prices");
    put_price(j, "month", b, offer->month);
    put_price(j, "year", b, offer->year);
    json_put_end(j);
    json_put_object(j, addon ? "adds" : "limits");
    for (int i = 0; i < ENTITLE_LIMITS; i++)
        if (offer->limit[i] == UNLIMITED)
            json_put_null(j, entitle_names[i]);
        else if (!addon || offer->limit[i])
            json_put_i64(j, entitle_names[i], offer->limit[i]);
    json_put_end(j);
    if (addon) {
        json_put_i64(j, "quantity", held ? held->quantity : 0);
    } else {
        json_put_array(j, "features");
        for (size_t i = 0; offer->features && offer->features[i]; i++)
            json_put_text(j, NULL, offer->features[i]);
        json_put_end(j);
        json_put_bool(j, "current", held != NULL);
    }
    json_put_end(j);
}

void
put_outcome_members(struct json *j, const struct act *act)
{
    const struct outcome *o = &act->outcome;
    if (o->effect)
        json_put_text(j, "effective", effect_names[o->effect]);
    if (o->effect == EFFECT_PERIOD_END)
        put_at(j, "at", o->at);
    if (o->document)
        put_document(j, act->quote ? "preview" : "document", &act->book, o->document);
    if (act->quote) {
        json_put_object(j, "quote");
        json_put_text(j, "id", act->quote);
        put_at(j, "expires_at", act->quote_until);
        json_put_end(j);
    }
    put_subscription_state(j, "subscription", &act->book);
}

void
put_outcome(struct json *j, const struct act *act)
{
    json_put_object(j, NULL);
    put_outcome_members(j, act);
    json_put_end(j);
}
