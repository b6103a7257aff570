#include "billing/vat.h"

#include <stdlib.h>
#include <string.h>

#include "base/money.h"
#include "base/must.h"
#include "base/text.h"

#define BASIS_POINTS 10000

static const char *const names[VAT_CATEGORIES] = {
    [VAT_S] = "S", [VAT_AE] = "AE", [VAT_O] = "O", [VAT_E] = "E", [VAT_Z] = "Z",
};

const char *
vat_category_name(enum vat_category category)
{
    must(category > 0 && category < VAT_CATEGORIES);
    return names[category];
}

bool
vat_category_read(const char *name, enum vat_category *out)
{
    for (enum vat_category c = VAT_S; c < VAT_CATEGORIES; c++)
        if (text_is(name, names[c])) {
            *out = c;
            return true;
        }
    return false;
}

static bool
same(struct vat a, struct vat b)
{
    return a.category == b.category && a.rate_bp == b.rate_bp;
}

static int
by_name_and_rate(const void *left, const void *right)
{
    const struct vat_group *l = left, *r = right;
    int order = strcmp(names[l->vat.category], names[r->vat.category]);
    return order ? order : (l->vat.rate_bp > r->vat.rate_bp) - (l->vat.rate_bp < r->vat.rate_bp);
}

struct vat_sums
vat_sum(struct arena *a, const struct vat_line *lines, size_t n)
{
    struct vat_sums sums = { .groups = NEW_ARRAY(a, struct vat_group, n + 1) };
    for (size_t i = 0; i < n; i++) {
        size_t g = 0;
        while (g < sums.group_count && !same(sums.groups[g].vat, lines[i].vat))
            g++;
        if (g == sums.group_count)
            sums.groups[sums.group_count++].vat = lines[i].vat;
        sums.groups[g].base += lines[i].amount;
        sums.net += lines[i].amount;
    }
    qsort(sums.groups, sums.group_count, sizeof *sums.groups, by_name_and_rate);
    for (size_t g = 0; g < sums.group_count; g++) {
        struct vat_group *group = &sums.groups[g];
        group->tax = minor_share(group->base, group->vat.rate_bp, BASIS_POINTS);
        sums.tax += group->tax;
    }
    sums.total = sums.net + sums.tax;
    return sums;
}

bool
vat_show(struct arena *a, const struct vat_sums *sums, const struct vat_line *lines, size_t n,
         int64_t *shown)
{
    for (size_t i = 0; i < n; i++)
        if (lines[i].amount < 0)
            return false;
    memset(shown, 0, n * sizeof *shown);
    for (size_t g = 0; g < sums->group_count; g++) {
        const struct vat_group *group = &sums->groups[g];
        if (!group->base)
            continue;
        int64_t *weights = NEW_ARRAY(a, int64_t, n);
        struct money *parts = NEW_ARRAY(a, struct money, n);
        for (size_t i = 0; i < n; i++)
            weights[i] = same(lines[i].vat, group->vat) ? lines[i].amount : 0;
        money_split((struct money){ group->tax, CUR_EUR }, weights, n, parts);
        for (size_t i = 0; i < n; i++)
            shown[i] += parts[i].minor;
    }
    return true;
}

bool
vat_in_union(const char *country)
{
    static const char members[][3] = { "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES",
                                       "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU",
                                       "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK" };
    for (size_t i = 0; i < COUNT(members); i++)
        if (text_is(country, members[i]))
            return true;
    return false;
}

struct vat
vat_treatment(const struct vat_parties *p)
{
    if (p->seller_exempt)
        return (struct vat){ VAT_E, 0 };
    if (text_is(p->seller, p->buyer))
        return (struct vat){ VAT_S, p->seller_bp };
    if (!vat_in_union(p->buyer))
        return (struct vat){ VAT_O, 0 };
    if (p->buyer_id)
        return (struct vat){ VAT_AE, 0 };
    return (struct vat){ VAT_S, p->one_stop ? p->buyer_bp : p->seller_bp };
}
