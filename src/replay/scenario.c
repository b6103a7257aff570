/* The kind "scenario": a vendor's billing from its first day on, event by event. */
#include "base/must.h"
#include "base/text.h"
#include "billing/command.h"
#include "replay/kinds.h"
#include "replay/read.h"
#include "replay/show.h"

#define RETRIES_MOST 20
#define DAYS_MOST    3660

struct scenario {
    struct account acc;
    struct offer *offers;
    bool card_works;
    int64_t at; /* of the event */
};

static bool
read_when(const json_t *from, enum when *out)
{
    const json_t *value = json_object_get(from, "when");
    *out = WHEN_USUAL;
    if (text_is(json_string_value(value), "now"))
        *out = WHEN_NOW;
    else if (text_is(json_string_value(value), "period_end"))
        *out = WHEN_PERIOD_END;
    return !value || *out != WHEN_USUAL;
}

static bool
read_price(const json_t *from, const char *key, int64_t *out)
{
    const json_t *value = json_object_get(from, key);
    *out = NO_PRICE;
    return !value || json_is_null(value) || read_whole(from, key, 0, PRICE_MOST, out);
}

static enum charge
card(void *with, int64_t amount)
{
    must(amount > 0);
    const struct scenario *s = with;
    return s->card_works ? CHARGE_OK : CHARGE_FAILED;
}

/* given */

static bool
read_catalog(struct scenario *s, const json_t *given)
{
    json_t *catalog = json_object_get(given, "catalog"), *prices;
    const json_t *order = json_object_get(given, "tier_order");
    size_t n = json_object_size(catalog), i = 0;
    const char *code;
    if (!json_is_array(order) || json_array_size(order) > ITEMS_MOST)
        return false;
    s->offers = NEW_ARRAY(s->acc.arena, struct offer, n + 1);
    json_object_foreach(catalog, code, prices)
    {
        struct offer *offer = &s->offers[i++];
        *offer = (struct offer){ .code = code, .rank = ADD_ON };
        if (!read_price(prices, "month", &offer->month) ||
            !read_price(prices, "year", &offer->year))
            return false;
        for (size_t k = 0; k < json_array_size(order); k++)
            if (text_is(json_string_value(json_array_get(order, k)), code))
                offer->rank = (int)k;
    }
    s->acc.offers = s->offers;
    s->acc.offer_count = i;
    return true;
}

static bool
read_dunning(struct scenario *s, const json_t *given)
{
    const json_t *dunning = json_object_get(given, "dunning");
    const json_t *days = json_object_get(dunning, "retry_offsets_days");
    int64_t final = 0, before = 0;
    size_t n = json_array_size(days);
    if (n > RETRIES_MOST || !read_whole(dunning, "final_offset_days", 1, DAYS_MOST, &final))
        return false;
    int *plan = NEW_ARRAY(s->acc.arena, int, n + 1);
    for (size_t i = 0; i < n; i++) {
        int64_t day = json_integer_value(json_array_get(days, i));
        if (day <= before || day > DAYS_MOST)
            return false;
        before = plan[i] = (int)day;
    }
    s->acc.retry_days = plan;
    s->acc.retry_count = n;
    s->acc.final_days = (int) final;
    return true;
}

static bool
read_terms(struct scenario *s, const json_t *given)
{
    const char *collection = NULL;
    int64_t terms = 0;
    if (!read_text(given, "collection", &collection))
        return false;
    s->acc.by_transfer = text_is(collection, "manual");
    if (!s->acc.by_transfer && !text_is(collection, "automatic"))
        return false;
    if (json_object_get(given, "terms_days") &&
        !read_whole(given, "terms_days", 0, DAYS_MOST, &terms))
        return false;
    s->acc.terms_days = (int)terms;
    return true;
}

static bool
read_balance(struct scenario *s, const json_t *given)
{
    int64_t balance = 0;
    if (!json_object_get(given, "credit_balance"))
        return true;
    if (!read_whole(given, "credit_balance", 0, PRICE_MOST * QUANTITY_MOST, &balance))
        return false;
    account_opening_balance(&s->acc, NEVER, balance);
    return true;
}

static bool
read_given(struct scenario *s, const json_t *given)
{
    s->acc.has_card = s->card_works = true;
    s->acc.charge = card;
    s->acc.with = s;
    return read_catalog(s, given) && read_vat(json_object_get(given, "tax"), &s->acc.vat) &&
           read_terms(s, given) && read_dunning(s, given) && read_balance(s, given) &&
           json_is_array(json_object_get(given, "events"));
}

/* Events. Each leaves its result, a new reference; NULL: it cannot be read. */

static json_t *
ok(void)
{
    return json_pack("{s:b}", "ok", 1);
}

static json_t *
refusal(struct outcome outcome)
{
    return json_pack("{s:b, s:s}", "ok", 0, "error", refusal_codes[outcome.refused]);
}

/* `shows`: a preview's document stands in it whole. */
static json_t *
answer(struct scenario *s, struct outcome outcome, bool shows)
{
    if (outcome.refused)
        return refusal(outcome);
    json_t *to = ok();
    if (outcome.effect)
        json_object_set_new(to, "effective", json_string(effect_names[outcome.effect]));
    if (outcome.effect == EFFECT_PERIOD_END)
        json_object_set_new(to, "at", show_instant(s->acc.arena, outcome.at));
    if (outcome.effect == EFFECT_NOW && !outcome.in_trial)
        json_object_set_new(to, "document",
                            !outcome.document ? json_null()
                            : shows           ? show_draft(s->acc.arena, outcome.document)
                                              : json_integer(outcome.document->n));
    return to;
}

static json_t *
plain(struct outcome outcome)
{
    return outcome.refused ? refusal(outcome) : ok();
}

static json_t *
subscribe(struct scenario *s, const json_t *event)
{
    struct purchase wanted = { .anchor = NEVER };
    json_t *addons = json_object_get(event, "addons"), *quantity;
    const char *code;
    int64_t trial = 0;
    if (!read_text(event, "tier", &wanted.tier) || !read_interval(event, false, &wanted.interval))
        return NULL;
    if (json_object_get(event, "trial_days") &&
        !read_whole(event, "trial_days", 0, DAYS_MOST, &trial))
        return NULL;
    if (json_object_get(event, "anchor") && !read_instant(event, "anchor", &wanted.anchor))
        return NULL;
    struct wanted_addon *list =
        NEW_ARRAY(s->acc.arena, struct wanted_addon, json_object_size(addons) + 1);
    json_object_foreach(addons, code, quantity)
    {
        if (!json_is_integer(quantity))
            return NULL;
        list[wanted.addon_count++] = (struct wanted_addon){ code, json_integer_value(quantity) };
    }
    wanted.addons = list;
    wanted.trial_days = (int)trial;
    bool before = s->acc.has_card;
    s->acc.has_card = !json_is_false(json_object_get(event, "payment_method"));
    struct outcome outcome = account_subscribe(&s->acc, s->at, &wanted);
    if (outcome.refused)
        s->acc.has_card = before;
    return plain(outcome);
}

static bool
read_change(const json_t *event, struct change *wanted)
{
    *wanted = (struct change){ .tier = json_string_value(json_object_get(event, "tier")),
                               .addon = json_string_value(json_object_get(event, "addon")) };
    if (!read_when(event, &wanted->when))
        return false;
    if (wanted->tier)
        return read_interval(event, true, &wanted->interval);
    return wanted->addon && read_whole(event, "quantity", INT64_MIN, INT64_MAX, &wanted->quantity);
}

static json_t *
change(struct scenario *s, const json_t *event)
{
    struct change wanted;
    if (!read_change(event, &wanted))
        return NULL;
    return answer(s, account_change(&s->acc, s->at, &wanted), false);
}

static json_t *
preview_change(struct scenario *s, const json_t *event)
{
    struct change wanted;
    if (!read_change(event, &wanted))
        return NULL;
    return answer(s, account_preview(&s->acc, s->at, &wanted), true);
}

static json_t *
preview_upcoming(struct scenario *s, const json_t *event)
{
    (void)event;
    struct outcome outcome = account_upcoming(&s->acc);
    json_t *to = plain(outcome);
    if (!outcome.refused)
        json_object_set_new(to, "document", show_draft(s->acc.arena, outcome.document));
    return to;
}

static json_t *
cancel(struct scenario *s, const json_t *event)
{
    enum when when = WHEN_USUAL;
    if (!read_when(event, &when))
        return NULL;
    bool prorate = json_is_true(json_object_get(event, "prorate"));
    return answer(s, account_cancel(&s->acc, s->at, when, prorate), false);
}

static json_t *
reactivate(struct scenario *s, const json_t *event)
{
    (void)event;
    return plain(account_reactivate(&s->acc));
}

static json_t *
convert_trial(struct scenario *s, const json_t *event)
{
    (void)event;
    return plain(account_convert_trial(&s->acc, s->at));
}

static json_t *
payments(struct scenario *s, const json_t *event)
{
    const char *result = json_string_value(json_object_get(event, "result"));
    s->card_works = text_is(result, "ok");
    return s->card_works || text_is(result, "fail") ? ok() : NULL;
}

static json_t *
payment_method(struct scenario *s, const json_t *event)
{
    const json_t *present = json_object_get(event, "present");
    if (!json_is_boolean(present))
        return NULL;
    account_card(&s->acc, s->at, json_is_true(present));
    return ok();
}

static json_t *
pay_invoice(struct scenario *s, const json_t *event)
{
    int64_t n = 0;
    if (!read_whole(event, "invoice", INT64_MIN, INT64_MAX, &n))
        return NULL;
    return plain(account_pay(&s->acc, s->at, n));
}

static json_t *
set_tax(struct scenario *s, const json_t *event)
{
    return read_vat(event, &s->acc.vat) ? ok() : NULL;
}

static json_t *
set_price(struct scenario *s, const json_t *event)
{
    const char *code = json_string_value(json_object_get(event, "item"));
    enum interval interval;
    int64_t amount = 0;
    if (!code || !read_interval(event, false, &interval) ||
        !read_whole(event, "amount", 0, PRICE_MOST, &amount))
        return NULL;
    for (size_t i = 0; i < s->acc.offer_count; i++)
        if (text_is(s->offers[i].code, code))
            *(interval == INTERVAL_YEAR ? &s->offers[i].year : &s->offers[i].month) = amount;
    return ok();
}

static json_t *
advance(struct scenario *s, const json_t *event)
{
    (void)s, (void)event;
    return ok();
}

static const struct {
    const char *name;
    json_t *(*run)(struct scenario *, const json_t *);
} events[] = {
    { "subscribe", subscribe },
    { "change_tier", change },
    { "addon", change },
    { "cancel", cancel },
    { "reactivate", reactivate },
    { "convert_trial", convert_trial },
    { "preview_change", preview_change },
    { "preview_upcoming", preview_upcoming },
    { "payments", payments },
    { "payment_method", payment_method },
    { "pay_invoice", pay_invoice },
    { "set_tax", set_tax },
    { "set_price", set_price },
    { "advance", advance },
};

static json_t *
run(struct scenario *s, const json_t *event)
{
    const char *name = json_string_value(json_object_get(event, "do"));
    int64_t before = s->at;
    if (!read_instant(event, "at", &s->at) || s->at < before)
        return NULL;
    account_advance(&s->acc, s->at);
    for (size_t i = 0; i < COUNT(events); i++)
        if (text_is(name, events[i].name))
            return events[i].run(s, event);
    return NULL;
}

static json_t *
end(struct scenario *s, json_t *results)
{
    json_t *documents = json_array(), *final = show_subscription(s->acc.arena, &s->acc);
    for (size_t i = 0; i < s->acc.document_count; i++)
        json_array_append_new(documents, show_document(s->acc.arena, s->acc.documents[i]));
    json_object_set_new(final, "credit_balance", json_integer(s->acc.balance));
    json_object_set_new(final, "ledger", show_ledger(&s->acc));
    return json_pack("{s:o, s:o, s:o}", "results", results, "documents", documents, "final", final);
}

json_t *
answer_scenario(struct arena *a, const json_t *given)
{
    struct scenario s = { .acc = account_new(a), .at = INT64_MIN };
    if (!read_given(&s, given))
        return NULL;
    json_t *results = json_array(), *list = json_object_get(given, "events"), *event;
    size_t i;
    json_array_foreach(list, i, event)
    {
        json_t *result = run(&s, event);
        if (!result) {
            json_decref(results);
            return NULL;
        }
        json_array_append_new(results, result);
    }
    return end(&s, results);
}
