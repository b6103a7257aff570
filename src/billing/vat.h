/* Value added tax of a document: rounded once per category and rate, over the sum of the lines
 * (EN 16931, rules BR-CO-10 and BR-CO-17). */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* As in EN 16931 (UNCL 5305): standard, reverse charge, outside the scope, exempt, zero rate. */
enum vat_category { VAT_S = 1, VAT_AE, VAT_O, VAT_E, VAT_Z, VAT_CATEGORIES };

struct vat {
    enum vat_category category;
    int rate_bp; /* 2000 = 20 % */
};

struct vat_group {
    struct vat vat;
    int64_t base, tax;
};

struct vat_line {
    int64_t amount;
    struct vat vat;
};

struct vat_sums {
    struct vat_group *groups; /* by category's letters, then rate */
    size_t group_count;
    int64_t net, tax, total;
};

const char *vat_category_name(enum vat_category category); /* "AE" */
bool vat_category_read(const char *name, enum vat_category *out);

struct vat_sums vat_sum(struct arena *a, const struct vat_line *lines, size_t n);
/* What a page may show beside each line: the tax of its group, cut over its lines by largest
 * remainder. False, nothing written, when a line is below zero. */
bool vat_show(struct arena *a, const struct vat_sums *sums, const struct vat_line *lines, size_t n,
              int64_t *shown);

/* Who sells to whom, for the treatment. Countries are ISO 3166 codes; Greece is GR. */
struct vat_parties {
    const char *seller, *buyer;
    bool buyer_id;           /* the buyer's VAT id was found valid */
    bool seller_exempt;      /* small business */
    bool one_stop;           /* the seller pays other countries' tax through the one-stop shop */
    int seller_bp, buyer_bp; /* standard rates on the date of supply */
};
struct vat vat_treatment(const struct vat_parties *parties);
bool vat_in_union(const char *country);
