#include "replay/show.h"

#include "base/clock.h"
#include "base/must.h"
#include "billing/command.h"

json_t *
show_instant(struct arena *a, int64_t at)
{
    return at == NEVER ? json_null() : json_string(clock_rfc3339(a, at * SECOND_US));
}

static json_t *
shown_vat(struct vat vat)
{
    return json_pack("{s:s, s:i}", "category", vat_category_name(vat.category), "rate_bp",
                     vat.rate_bp);
}

static json_t *
shown_line(struct arena *a, const struct line *line)
{
    json_t *to = json_pack(
        "{s:i, s:s, s:s, s:I, s:I, s:o, s:o, s:I, s:I, s:I, s:I, s:o}", "n", line->n, "item",
        line->item, "kind", line_kind_names[line->kind], "quantity", (json_int_t)line->quantity,
        "unit_amount", (json_int_t)line->unit, "period_start", show_instant(a, line->period.from),
        "period_end", show_instant(a, line->period.to), "basis_amount",
        (json_int_t)line->basis_amount, "basis_seconds", (json_int_t)line->basis_seconds, "seconds",
        (json_int_t)(line->period.to - line->period.from), "amount", (json_int_t)line->amount,
        "tax", shown_vat(line->vat));
    if (line->of)
        json_object_set_new(
            to, "credits",
            json_pack("{s:I, s:i}", "invoice", (json_int_t)line->of->n, "line", line->of_line->n));
    return to;
}

json_t *
show_draft(struct arena *a, const struct document *document)
{
    json_t *lines = json_array(), *groups = json_array();
    for (size_t i = 0; i < document->line_count; i++)
        json_array_append_new(lines, shown_line(a, &document->lines[i]));
    for (size_t i = 0; i < document->sums.group_count; i++) {
        const struct vat_group *group = &document->sums.groups[i];
        json_t *shown = shown_vat(group->vat);
        json_object_set_new(shown, "base", json_integer(group->base));
        json_object_set_new(shown, "tax", json_integer(group->tax));
        json_array_append_new(groups, shown);
    }
    return json_pack(
        "{s:s, s:s, s:o, s:o, s:o, s:I, s:I, s:I, s:I, s:I}", "type",
        document->credit_note ? "credit_note" : "invoice", "reason", reason_names[document->reason],
        "issued_at", show_instant(a, document->issued_at), "lines", lines, "tax_breakdown", groups,
        "subtotal", (json_int_t)document->sums.net, "tax", (json_int_t)document->sums.tax, "total",
        (json_int_t)document->sums.total, "credit_applied", (json_int_t)document->credit_applied,
        "amount_due", (json_int_t)document->due);
}

json_t *
show_document(struct arena *a, const struct document *document)
{
    json_t *to = show_draft(a, document);
    json_object_set_new(to, "n", json_integer(document->n));
    json_object_set_new(to, "status", json_string(invoice_state_names[document->state]));
    json_object_set_new(to, "amount_paid", json_integer(document->paid));
    json_object_set_new(to, "amount_remaining", json_integer(document->remaining));
    if (document->due_at != NEVER)
        json_object_set_new(to, "due_at", show_instant(a, document->due_at));
    if (document->failed_at != NEVER && document->attempts)
        json_object_set_new(to, "attempts", json_integer(document->attempts));
    if (document->offsets)
        json_object_set_new(to, "offset_open_invoices", json_integer(document->offsets));
    if (document->noted)
        json_object_set_new(to, "credit_noted", json_integer(document->noted));
    return to;
}

static json_t *
shown_schedule(struct arena *a, const struct subscription *sub)
{
    json_t *addons = json_object();
    for (size_t i = 0; i < sub->item_count; i++)
        if (sub->items[i].next_quantity != KEEP_QUANTITY)
            json_object_set_new(addons, sub->items[i].code,
                                json_integer(sub->items[i].next_quantity));
    bool any = sub->next_tier.code || json_object_size(addons);
    json_t *to = any ? json_pack("{s:o}", "at", show_instant(a, sub->period.to)) : json_null();
    if (sub->next_tier.code) {
        json_object_set_new(to, "tier", json_string(sub->next_tier.code));
        json_object_set_new(to, "interval", json_string(interval_name(sub->next_tier.interval)));
    }
    if (json_object_size(addons))
        json_object_set(to, "addons", addons);
    json_decref(addons);
    return to;
}

json_t *
show_subscription(struct arena *a, const struct account *acc)
{
    const struct subscription *sub = &acc->sub;
    json_t *items = json_object(), *period = json_null();
    const char *tier = NULL;
    for (size_t i = 0; i < sub->item_count; i++) {
        if (sub->items[i].rank != ADD_ON)
            tier = sub->items[i].code;
        if (sub->items[i].quantity)
            json_object_set_new(items, sub->items[i].code, json_integer(sub->items[i].quantity));
    }
    if (sub->number)
        period = json_pack("{s:o, s:o}", "start", show_instant(a, sub->period.from), "end",
                           show_instant(a, sub->period.to));
    return json_pack("{s:s, s:s?, s:s?, s:o, s:b, s:o, s:o, s:o, s:o, s:o}", "status",
                     subscription_state_names[sub->state], "tier", tier, "interval",
                     sub->number ? interval_name(sub->interval) : NULL, "items", items,
                     "cancel_at_period_end", sub->cancel_at_period_end, "scheduled_change",
                     shown_schedule(a, sub), "trial_end", show_instant(a, sub->trial_end),
                     "ended_at", show_instant(a, sub->ended_at), "anchor",
                     show_instant(a, sub->anchor), "current_period", period);
}

json_t *
show_ledger(const struct account *acc)
{
    int64_t balance[LEDGER_ACCOUNTS] = { 0 };
    bool used[LEDGER_ACCOUNTS] = { false };
    for (size_t i = 0; i < acc->posting_count; i++) {
        balance[acc->postings[i].account] += acc->postings[i].amount;
        used[acc->postings[i].account] = true;
    }
    json_t *to = json_object();
    for (int i = 0; i < LEDGER_ACCOUNTS; i++)
        if (used[i] || i != LEDGER_OPENING)
            json_object_set_new(to, ledger_account_names[i], json_integer(balance[i]));
    return to;
}
