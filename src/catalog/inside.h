/* What the files of this room say to each other only. */
#pragma once
#include "base/text.h"
#include "catalog/catalog.h"

struct form;

/* ---- Failures in a chain ---- */

struct failures {
    struct arena *arena;
    struct err *first, **last;
};
struct failures failures_new(struct arena *a);
void failures_add(struct failures *all, const char *field, const char *code, const char *say);

/* ---- Parts of a product ---- */

struct product_variant variant_blank(enum currency currency);
/* Reads `prefix`sku, `prefix`gtin … of one variant of the product. */
void variant_read(struct form *f, const struct product *p, const char *prefix,
                  struct product_variant *v);

/* Texts and variants of its own, so that what was loaded stays as it was while this is changed. */
void product_own(struct arena *a, struct product *p);
/* product_check(), with its failures behind the form's own; what a field failed at already is not
 * told twice. */
void product_check_form(struct form *f, struct product *p);

/* Nothing differs between the two. */
bool variant_is_same(const struct product *before, const struct product *after,
                     const struct product_variant *old, const struct product_variant *new);
/* The variant of that id, looked for at that place first; NULL when there is none. */
const struct product_variant *variant_of(const struct product *p, struct variant_id id,
                                         size_t near);

/* "19.5" and "19,5" are 1950 hundredths of a per cent; `normal` when empty. INVALID field.percent.
 */
int64_t percent_read(struct form *f, const char *name, int64_t normal);
/* The same of any text, at most so many hundredths. */
bool percent_parse(const char *text, int64_t most, int64_t *bp);
char *percent_text(struct arena *a, int64_t bp); /* "19.5"; "" below 0 */

/* "A > B" of " a>B ": blanks fall away, empty parts too. */
char *category_path(struct arena *a, const char *path);
