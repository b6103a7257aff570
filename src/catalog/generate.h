/* Variants from options: "Size: S, M, L" and "Colour: red, blue" make six. */
#pragma once
#include "catalog/inside.h"

struct axis {
    const char *name;
    const char **values;
    size_t count;
};

/* How many variants they make; more than PRODUCT_VARIANTS_MAX is said as some such number. */
size_t axes_combinations(const struct axis *axes, size_t n);
/* The options that a product has, with the values its variants have. `out` holds
 * PRODUCT_OPTIONS_MAX. */
size_t axes_of(struct arena *a, const struct product *p, struct axis *out);
/* Gives the product one variant for each combination, of which there are at most
 * PRODUCT_VARIANTS_MAX. A variant that is there keeps its id, SKU and price; a product's plain
 * variant becomes the first; new ones get a SKU made of the product's and their values. */
void product_generate(struct arena *a, struct product *p, const struct axis *axes, size_t n);
