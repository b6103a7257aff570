#include "orders/totals.h"

#include "base/must.h"

struct rates {
    struct order_tax *at;
    int64_t goods[ORDER_RATES_MAX]; /* what the lines of each rate cost */
    size_t n;
};

static struct err *
too_large(struct arena *a)
{
    return FAIL(a, ERR_INVALID, "order.too_large", "An order cannot cost that much.");
}

bool
order_line_total(const struct order_priced *line, struct money *out)
{
    struct money total;
    must(line->quantity > 0 && line->price.minor >= 0);
    if (!money_times(line->price, line->quantity, &total) || total.minor > ORDER_MOST)
        return false;
    *out = total;
    return true;
}

/* The place of a rate, made in order; ORDER_RATES_MAX when there is no room. */
static size_t
rate_place(struct rates *r, int bp, enum currency cur)
{
    size_t i = 0;
    while (i < r->n && r->at[i].bp < bp)
        i++;
    if (i < r->n && r->at[i].bp == bp)
        return i;
    if (r->n == ORDER_RATES_MAX)
        return ORDER_RATES_MAX;
    for (size_t k = r->n++; k > i; k--) {
        r->at[k] = r->at[k - 1];
        r->goods[k] = r->goods[k - 1];
    }
    r->at[i] = (struct order_tax){ bp, { 0, cur }, { 0, cur } };
    r->goods[i] = 0;
    return i;
}

static struct err *
add_lines(struct arena *a, const struct order_priced *lines, size_t n, struct rates *r,
          struct order_sums *s)
{
    for (size_t i = 0; i < n; i++) {
        struct money total;
        if (!order_line_total(&lines[i], &total) || !money_add(s->items, total, &s->items) ||
            s->items.minor > ORDER_MOST)
            return too_large(a);
        size_t place = rate_place(r, lines[i].tax_bp, total.cur);
        if (place == ORDER_RATES_MAX)
            return FAIL(a, ERR_INVALID, "order.rates", "An order has at most 16 tax rates.");
        r->goods[place] += total.minor;
    }
    return NULL;
}

/* What goes with the goods, by rate. Goods that cost nothing: all to the highest rate. */
static void
add_charges(struct rates *r, struct money charge)
{
    struct money parts[ORDER_RATES_MAX];
    int64_t weights[ORDER_RATES_MAX], sum = 0;
    for (size_t i = 0; i < r->n; i++) {
        weights[i] = r->goods[i];
        sum += r->goods[i];
    }
    if (!sum)
        weights[r->n - 1] = 1;
    money_split(charge, weights, r->n, parts);
    for (size_t i = 0; i < r->n; i++)
        r->at[i].base.minor = r->goods[i] + parts[i].minor;
}

static void
add_tax(struct order_tax *t, bool with_tax)
{
    must(money_share(t->base, t->bp, with_tax ? 10000 + t->bp : 10000, &t->tax));
    if (with_tax)
        must(money_take(t->base, t->tax, &t->base));
}

struct err *
order_totals(struct arena *a, const struct order_priced *lines, size_t n, bool with_tax,
             struct money shipping, struct money discount, struct order_sums *out)
{
    enum currency cur = shipping.cur;
    struct money none = { 0, cur }, charge;
    struct order_sums s = {
        .items = none, .shipping = shipping, .discount = discount, .tax = none
    };
    struct rates r = { .at = s.taxes };

    must(n && shipping.minor >= 0 && discount.minor >= 0);
    TRY(add_lines(a, lines, n, &r, &s));
    if (shipping.minor > ORDER_MOST)
        return too_large(a);
    if (discount.minor > s.items.minor + shipping.minor)
        return FAIL_FIELD(a, ERR_INVALID, "order.discount", "discount",
                          "A discount takes no more than goods and shipping cost.");
    must(money_take(shipping, discount, &charge));
    add_charges(&r, charge);
    must(money_add(s.items, charge, &s.total));
    for (size_t i = 0; i < r.n; i++) {
        add_tax(&s.taxes[i], with_tax);
        must(money_add(s.tax, s.taxes[i].tax, &s.tax));
    }
    if (!with_tax)
        must(money_add(s.total, s.tax, &s.total));
    s.tax_count = r.n;
    *out = s;
    return NULL;
}
