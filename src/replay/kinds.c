/* Kinds without a state: one question, one answer. */
#include "replay/kinds.h"

#include <stdlib.h>
#include <string.h>

#include "base/money.h"
#include "base/must.h"
#include "base/text.h"
#include "billing/account.h"
#include "entitle/limit.h"
#include "pay/amount.h"
#include "pay/form.h"
#include "replay/read.h"
#include "replay/show.h"

#define PARTS_MOST      10000
#define LINES_MOST      1000 /* of one document: its sums fit, its groups have memory */
#define BOUNDARIES_MOST 5000 /* months from the anchor: years stay between 1 and 9999 */
#define DIGITS_MOST     38   /* whatever they are, 128 bits hold them */
#define AMOUNT_MOST     INT64_C(1000000000000000)

json_t *
answer_each(struct arena *a, const json_t *given, const char *of, const char *key,
            json_t *(*one)(struct arena *a, const json_t *element))
{
    json_t *list = json_object_get(given, of), *element;
    size_t i;
    if (!json_is_array(list))
        return NULL;
    json_t *answers = json_array();
    json_array_foreach(list, i, element)
    {
        json_t *answer = one(a, element);
        if (!answer) {
            json_decref(answers);
            return NULL;
        }
        json_array_append_new(answers, answer);
    }
    return json_pack("{s:o}", key, answers);
}

/* ---- Numbers ---- */

static bool
read_wide(const json_t *from, const char *key, __int128 *out)
{
    const char *text = json_string_value(json_object_get(from, key));
    bool negative = text && *text == '-';
    const char *digits = text ? text + negative : "";
    size_t n = strspn(digits, "0123456789");
    *out = 0;
    if (!n || n > DIGITS_MOST || digits[n])
        return false;
    for (size_t i = 0; i < n; i++)
        *out = *out * 10 + (digits[i] - '0');
    if (negative)
        *out = -*out;
    return true;
}

static char *
wide_text(struct arena *a, __int128 n)
{
    char digits[48];
    char *at = digits + sizeof(digits) - 1;
    bool negative = n < 0;
    *at = 0;
    do {
        int digit = (int)(n % 10);
        *--at = (char)('0' + (digit < 0 ? -digit : digit));
        n /= 10;
    } while (n);
    if (negative)
        *--at = '-';
    return text_copy(a, at);
}

/* Half away from zero. The remainder is compared, not doubled sums: nothing can overflow. */
static json_t *
one_round(struct arena *a, const json_t *element)
{
    __int128 n, d;
    if (!read_wide(element, "numerator", &n) || !read_wide(element, "denominator", &d) || d <= 0)
        return NULL;
    __int128 whole = n / d, left = n % d;
    if (left < 0)
        left = -left;
    if (left >= d - left)
        whole += n < 0 ? -1 : 1;
    return json_string(wide_text(a, whole));
}

static json_t *
answer_round(struct arena *a, const json_t *given)
{
    return answer_each(a, given, "cases", "results", one_round);
}

static json_t *
one_amount(struct arena *a, const json_t *element)
{
    const char *text, *currency;
    int64_t minor = 0;
    if (!read_text(element, "text", &text) || !read_text(element, "currency", &currency) ||
        !amount_currency_known(currency))
        return NULL;
    switch (amount_read(text, currency, &minor)) {
    case AMOUNT_BAD:
        return json_pack("{s:s}", "error", "bad_amount");
    case AMOUNT_TOO_MANY_DECIMALS:
        return json_pack("{s:s}", "error", "too_many_decimals");
    default:
        return json_pack("{s:I, s:s, s:I}", "minor", (json_int_t)minor, "formatted",
                         amount_text(a, minor, currency), "provider_amount",
                         (json_int_t)amount_for_provider(minor, currency));
    }
}

static json_t *
answer_money(struct arena *a, const json_t *given)
{
    return answer_each(a, given, "cases", "results", one_amount);
}

static json_t *
one_split(struct arena *a, const json_t *element)
{
    const json_t *list = json_object_get(element, "weights");
    size_t n = json_array_size(list);
    int64_t total = 0, sum = 0;
    if (!read_whole(element, "total", -AMOUNT_MOST, AMOUNT_MOST, &total) || !json_is_array(list) ||
        n > PARTS_MOST)
        return NULL;
    int64_t *weights = NEW_ARRAY(a, int64_t, n + 1);
    struct money *parts = NEW_ARRAY(a, struct money, n + 1);
    for (size_t i = 0; i < n; i++) {
        const json_t *weight = json_array_get(list, i);
        weights[i] = json_integer_value(weight);
        if (!json_is_integer(weight) || weights[i] < 0 || weights[i] > AMOUNT_MOST / PARTS_MOST)
            return NULL;
        sum += weights[i];
    }
    if (sum)
        money_split((struct money){ total, CUR_EUR }, weights, n, parts);
    json_t *to = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(to, json_integer(parts[i].minor));
    return to;
}

static json_t *
answer_allocate(struct arena *a, const json_t *given)
{
    return answer_each(a, given, "cases", "results", one_split);
}

/* ---- Time ---- */

static json_t *
answer_boundaries(struct arena *a, const json_t *given)
{
    enum interval interval;
    int64_t anchor = 0, from = 0, to = 0;
    if (!read_instant(given, "anchor", &anchor) || !read_interval(given, false, &interval))
        return NULL;
    int64_t most = BOUNDARIES_MOST / (int)interval;
    if (!read_whole(given, "from", -most, most, &from) || !read_whole(given, "to", from, most, &to))
        return NULL;
    json_t *list = json_array();
    for (int64_t n = from; n <= to; n++)
        json_array_append_new(list, show_instant(a, period_boundary(anchor, n * interval)));
    return json_pack("{s:o}", "boundaries", list);
}

static json_t *
shown_span(struct arena *a, struct span span)
{
    return json_pack("{s:o, s:o}", "start", show_instant(a, span.from), "end",
                     show_instant(a, span.to));
}

/* `of` finds the span that holds an instant; *index, when it has one, is shown too. */
static json_t *
each_instant(struct arena *a, const json_t *given, enum interval interval, bool numbered)
{
    json_t *list = json_object_get(given, "at"), *element, *results = json_array();
    int64_t anchor = 0, at = 0;
    size_t i;
    bool readable = read_instant(given, "anchor", &anchor) && json_is_array(list);
    json_array_foreach(list, i, element)
    {
        readable = readable && read_instant_of(element, &at);
        if (!readable)
            break;
        int64_t index = period_index(anchor, interval, at);
        struct span span =
            numbered ? period_of(anchor, interval, index) : period_usage_window(anchor, at);
        json_t *shown = shown_span(a, span);
        if (numbered) {
            json_object_set_new(shown, "index", json_integer(index));
            json_object_set_new(shown, "seconds", json_integer(span.to - span.from));
        }
        json_array_append_new(results, shown);
    }
    if (readable)
        return json_pack("{s:o}", "results", results);
    json_decref(results);
    return NULL;
}

static json_t *
answer_period(struct arena *a, const json_t *given)
{
    enum interval interval;
    return read_interval(given, false, &interval) ? each_instant(a, given, interval, true) : NULL;
}

static json_t *
answer_usage_window(struct arena *a, const json_t *given)
{
    return each_instant(a, given, INTERVAL_MONTH, false);
}

static json_t *
one_proration(struct arena *a, const json_t *element)
{
    int64_t from = 0, to = 0, at = 0, unit[2], quantity[2];
    (void)a;
    if (!read_instant(element, "period_start", &from) ||
        !read_instant(element, "period_end", &to) || !read_instant(element, "at", &at) ||
        to <= from || at < from || at > to ||
        !read_whole(element, "old_unit", 0, PRICE_MOST, &unit[0]) ||
        !read_whole(element, "new_unit", 0, PRICE_MOST, &unit[1]) ||
        !read_whole(element, "old_quantity", 0, QUANTITY_MOST, &quantity[0]) ||
        !read_whole(element, "new_quantity", 0, QUANTITY_MOST, &quantity[1]))
        return NULL;
    int64_t credit = -minor_share(unit[0] * quantity[0], to - at, to - from);
    int64_t charge = minor_share(unit[1] * quantity[1], to - at, to - from);
    return json_pack("{s:I, s:I, s:I, s:I, s:I}", "seconds_in_period", (json_int_t)(to - from),
                     "seconds_left", (json_int_t)(to - at), "credit", (json_int_t)credit, "charge",
                     (json_int_t)charge, "net", (json_int_t)(credit + charge));
}

static json_t *
answer_proration(struct arena *a, const json_t *given)
{
    return answer_each(a, given, "cases", "results", one_proration);
}

/* ---- Tax ---- */

static json_t *
shown_groups(const struct vat_sums *sums)
{
    json_t *groups = json_array();
    for (size_t i = 0; i < sums->group_count; i++)
        json_array_append_new(groups, json_pack("{s:s, s:i, s:I, s:I}", "category",
                                                vat_category_name(sums->groups[i].vat.category),
                                                "rate_bp", sums->groups[i].vat.rate_bp, "base",
                                                (json_int_t)sums->groups[i].base, "tax",
                                                (json_int_t)sums->groups[i].tax));
    return groups;
}

static json_t *
answer_vat(struct arena *a, const json_t *given)
{
    const json_t *list = json_object_get(given, "lines");
    size_t n = json_array_size(list);
    if (!json_is_array(list) || n > LINES_MOST)
        return NULL;
    struct vat_line *lines = NEW_ARRAY(a, struct vat_line, n + 1);
    int64_t *shown = NEW_ARRAY(a, int64_t, n + 1), wrong = 0;
    for (size_t i = 0; i < n; i++) {
        const json_t *line = json_array_get(list, i);
        if (!read_whole(line, "amount", -AMOUNT_MOST, AMOUNT_MOST, &lines[i].amount) ||
            !read_vat(json_object_get(line, "tax"), &lines[i].vat))
            return NULL;
        wrong += vat_sum(a, &lines[i], 1).tax;
    }
    struct vat_sums sums = vat_sum(a, lines, n);
    json_t *to = json_pack("{s:o, s:I, s:I, s:I, s:I}", "breakdown", shown_groups(&sums),
                           "subtotal", (json_int_t)sums.net, "tax", (json_int_t)sums.tax, "total",
                           (json_int_t)sums.total, "tax_if_rounded_per_line", (json_int_t)wrong);
    if (!vat_show(a, &sums, lines, n, shown))
        return to;
    json_t *each = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(each, json_integer(shown[i]));
    json_object_set_new(to, "line_tax_shown", each);
    return to;
}

/* ---- Limits ---- */

static json_t *
or_null(int64_t n)
{
    return n == LIMIT_NONE ? json_null() : json_integer(n);
}

static bool
read_or_none(const json_t *from, const char *key, int64_t *out)
{
    *out = LIMIT_NONE;
    return json_is_null(json_object_get(from, key)) || read_whole(from, key, 0, AMOUNT_MOST, out);
}

static json_t *
limit_case(const json_t *element, int64_t limit)
{
    const char *mode;
    int64_t used = 0, delta = 0, grace = 0;
    if (!read_text(element, "mode", &mode) || !read_whole(element, "used", 0, AMOUNT_MOST, &used) ||
        !read_whole(element, "delta", -AMOUNT_MOST, AMOUNT_MOST, &delta))
        return NULL;
    if (text_is(mode, "grace") && !read_whole(element, "grace_bp", 0, 1000000, &grace))
        return NULL;
    if (!text_is(mode, "grace") && !text_is(mode, "hard"))
        return NULL;
    struct limit_answer answer = limit_ask(used, delta, limit, (int)grace);
    return json_pack("{s:s, s:s, s:o}", "decision", answer.allowed ? "allow" : "deny", "level",
                     limit_level_names[answer.level], "remaining", or_null(answer.remaining));
}

static json_t *
answer_limit(struct arena *a, const json_t *given)
{
    json_t *list, *element, *results = json_array();
    int64_t limit = 0, per = 0, pieces = 0;
    bool readable = read_or_none(given, "tier_limit", &limit);
    size_t i;
    (void)a;
    list = json_object_get(given, "increments");
    json_array_foreach(list, i, element)
    {
        readable = readable && read_whole(element, "per_unit", 0, AMOUNT_MOST, &per) &&
                   read_whole(element, "quantity", 0, QUANTITY_MOST, &pieces);
        limit = readable ? limit_sum(limit, per, pieces) : limit;
    }
    list = json_object_get(given, "cases");
    readable = readable && json_is_array(list);
    json_array_foreach(list, i, element)
    {
        json_t *answer = readable ? limit_case(element, limit) : NULL;
        readable = answer != NULL;
        if (!readable)
            break;
        json_array_append_new(results, answer);
    }
    if (readable)
        return json_pack("{s:o, s:o}", "effective_limit", or_null(limit), "results", results);
    json_decref(results);
    return NULL;
}

static int
by_name(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The names of an object's members, in order: jansson keeps them as they came. */
static const char **
sorted_names(struct arena *a, json_t *object)
{
    const char **names = NEW_ARRAY(a, const char *, json_object_size(object) + 1), *name;
    json_t *value;
    size_t n = 0;
    json_object_foreach(object, name, value)
    {
        names[n++] = name;
    }
    qsort(names, n, sizeof(*names), by_name);
    return names;
}

static json_t *
answer_downgrade_impact(struct arena *a, const json_t *given)
{
    json_t *usage = json_object_get(given, "usage"), *limits = json_object_get(given, "new_limits");
    if (!json_is_object(usage) || !json_is_object(limits))
        return NULL;
    json_t *over = json_array();
    const char **names = sorted_names(a, usage);
    for (size_t i = 0; i < json_object_size(usage); i++) {
        int64_t used = 0, limit = LIMIT_NONE;
        /* What the new tier does not name, it does not limit. */
        if (!read_whole(usage, names[i], 0, AMOUNT_MOST, &used) ||
            (json_object_get(limits, names[i]) && !read_or_none(limits, names[i], &limit))) {
            json_decref(over);
            return NULL;
        }
        if (limit_level_of(used, limit) == LIMIT_OVER)
            json_array_append_new(over, json_pack("{s:s, s:I, s:I, s:I}", "limit", names[i], "used",
                                                  (json_int_t)used, "new_limit", (json_int_t)limit,
                                                  "excess", (json_int_t)(used - limit)));
    }
    return json_pack("{s:o}", "over", over);
}

static json_t *
answer_form(struct arena *a, const json_t *given)
{
    const json_t *params = json_object_get(given, "params");
    return json_is_object(params) ? json_pack("{s:s}", "encoded", form_encoded(a, params)) : NULL;
}

const struct kind kinds[] = {
    { "round", answer_round },
    { "money", answer_money },
    { "allocate", answer_allocate },
    { "boundaries", answer_boundaries },
    { "period", answer_period },
    { "usage_window", answer_usage_window },
    { "proration", answer_proration },
    { "vat", answer_vat },
    { "scenario", answer_scenario },
    { "subscription_state", answer_subscription_state },
    { "invoice_state", answer_invoice_state },
    { "provider_status", answer_provider_status },
    { "webhook_signature", answer_webhook_signature },
    { "webhook_order", answer_webhook_order },
    { "idempotency", answer_idempotency },
    { "limit", answer_limit },
    { "downgrade_impact", answer_downgrade_impact },
    { "form", answer_form },
};
const size_t kind_count = COUNT(kinds);
