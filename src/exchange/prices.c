/* A variant's price in the shop's currency, and what it was before. */
#include <strings.h>

#include "base/text.h"
#include "exchange/build.h"
#include "exchange/values.h"

/* The column whose amounts are in the shop's currency: one that says so, else one that says none.
 * −1: there is none. */
static int
money_column(const struct build *b, enum import_field field)
{
    const struct columns *c = b->setup->columns;
    int silent = -1;
    for (int at = c->first[field]; at >= 0; at = c->next[at]) {
        if (c->currency[at] == b->setup->settings->currency)
            return at;
        if (!c->currency[at] && silent < 0)
            silent = at;
    }
    return silent;
}

/* False: it is not there, or cannot be read, which a finding says. */
static bool
take_money(struct build *b, const struct row *r, enum import_field field, struct money *out)
{
    int at = money_column(b, field);
    const char *text = build_cell(b, r, at);
    if (!*text)
        return false;
    const char *code =
        value_money(text, b->setup->plan->shape.decimal, b->setup->settings->currency, out);
    if (code)
        build_finding(b, r, at, code, text, currency_code(b->setup->settings->currency));
    return !code;
}

static bool
take_minor(struct build *b, const struct row *r, struct money *out)
{
    int at;
    int64_t minor;
    const char *text = build_field(b, r, FIELD_PRICE_MINOR, &at);
    if (!*text)
        return false;
    if (!text_to_i64(text, &minor) || minor < 0 || minor > INT64_C(1000000000000000)) {
        build_finding(b, r, at, "import.price_format", text, NULL);
        return false;
    }
    *out = (struct money){ minor, b->setup->settings->currency };
    return true;
}

bool
build_in_currency(struct build *b, const struct row *r)
{
    enum currency cur;
    int at;
    const char *code = build_field(b, r, FIELD_CURRENCY, &at);
    if (!*code)
        return true;
    if (!currency_read(code, &cur)) {
        build_finding(b, r, at, "import.currency_unknown", code, NULL);
        return true;
    }
    return cur == b->setup->settings->currency;
}

/* clang-format off */
static const struct {
    const char *word;
    enum price_kind kind;
} kinds[] = {
    { "DEFAULT",  PRICE_NOW }, { "GROSS", PRICE_NOW }, { "PRICE", PRICE_NOW },
    { "ORIGINAL", PRICE_WAS }, { "LIST",  PRICE_WAS }, { "MSRP",  PRICE_WAS }, { "UVP", PRICE_WAS },
};
/* clang-format on */

enum price_kind
build_price_kind(struct build *b, const struct row *r)
{
    int at;
    const char *word = build_field(b, r, FIELD_PRICE_TYPE, &at);
    if (!*word)
        return PRICE_NOW;
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (!strcasecmp(kinds[i].word, word))
            return kinds[i].kind;
    build_finding(b, r, at, "import.price_type_unknown", word, NULL);
    return PRICE_OTHER;
}

/* An amount that a price was before: it must lie above it, and 0 is none. */
static void
take_compare_at(struct build *b, const struct row *r, int at, struct import_variant *v,
                struct money was)
{
    v->has_compare_at = was.minor > v->price.minor;
    v->no_compare_at = !v->has_compare_at;
    if (v->has_compare_at)
        v->compare_at = was;
    else if (was.minor && was.minor != v->price.minor)
        build_finding(b, r, at, "import.compare_at_low", build_cell(b, r, at), NULL);
}

/* There are no dates of prices here, so a person should know that the file has some. */
static void
tell_dates(struct build *b, const struct row *r)
{
    int at;
    const char *date = build_field(b, r, FIELD_SALE_DATES, &at);
    if (*date)
        build_finding(b, r, at, "import.sale_dated", date, NULL);
}

void
build_price_before(struct build *b, const struct row *r, struct import_variant *v)
{
    if (columns_have(b->setup->columns, FIELD_PRICE_TYPE) && v->has_price)
        take_compare_at(b, r, -1, v,
                        v->has_compare_at ? v->compare_at : (struct money){ 0, v->price.cur });
}

static bool
take_price(struct build *b, const struct row *r, struct money *out)
{
    return take_money(b, r, FIELD_PRICE, out) || take_minor(b, r, out);
}

void
build_prices(struct build *b, const struct row *r, struct import_variant *v)
{
    enum price_kind kind = build_price_kind(b, r);
    struct money price, other;
    if (kind == PRICE_WAS)
        v->has_compare_at = take_price(b, r, &v->compare_at);
    if (kind != PRICE_NOW)
        return;
    int at = money_column(b, FIELD_PRICE), was_at = money_column(b, FIELD_COMPARE_AT);
    int sale_at = money_column(b, FIELD_SALE_PRICE), minor_at;
    bool on_sale = take_money(b, r, FIELD_SALE_PRICE, &other);
    v->has_price = take_price(b, r, &price);
    if (!v->has_price && on_sale) {
        price = other;
        v->has_price = true;
    }
    if (!v->has_price) {
        if (at >= 0 && !*build_cell(b, r, at) && !*build_field(b, r, FIELD_PRICE_MINOR, &minor_at))
            build_finding(b, r, at, "import.price_empty", "", NULL);
        return;
    }
    v->price = price;
    v->no_compare_at = was_at >= 0 || sale_at >= 0;
    if (on_sale && other.minor < price.minor) {
        v->price = other;
        take_compare_at(b, r, sale_at, v, price);
        tell_dates(b, r);
    } else if (take_money(b, r, FIELD_COMPARE_AT, &other)) {
        take_compare_at(b, r, was_at, v, other);
    }
}
