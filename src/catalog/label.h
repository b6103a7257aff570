/* Names of a product's members, for people. */
#pragma once
#include "base/arena.h"

struct val;

/* Sets `label`, the words for what the field is, and `of`, whose it is: a language, a variant's
 * SKU, or "". */
void label_set(struct arena *a, struct val *row, const char *field);
