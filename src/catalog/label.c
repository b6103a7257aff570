/* What the members of a product are called on pages: "variants.LAMP-M.price" is the price, of
 * LAMP-M. */
#include "catalog/label.h"

#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "catalog/tongue.h"
#include "view/value.h"

/* clang-format off */
static const struct {
    const char *member, *word;
} words[] = {
    { "sku",              "catalog.sku" },
    { "gtin",             "catalog.gtin" },
    { "brand",            "catalog.brand" },
    { "mpn",              "catalog.mpn" },
    { "category",         "catalog.category" },
    { "google_category",  "catalog.google_category" },
    { "condition",        "catalog.condition" },
    { "tags",             "catalog.tags" },
    { "price",            "catalog.price" },
    { "compare_at_price", "catalog.compare_at" },
    { "tax_rate",         "catalog.tax" },
    { "weight_g",         "catalog.weight" },
    { "options",          "catalog.options" },
    { "status",           "catalog.status" },
    { "title",            "catalog.title" },
    { "description",      "catalog.description" },
    { "slug",             "catalog.slug" },
    { "tracked",          "catalog.tracked" },
    { "backorder",        "catalog.backorder" },
    { "position",         "catalog.position" },
};
/* clang-format on */

void
label_set(struct arena *a, struct val *row, const char *field)
{
    static const char texts[] = "translations.", variants[] = "variants.";
    const char *dot = strrchr(field, '.'), *member = dot ? dot + 1 : field;
    const char *word = "catalog.variant", *of = "";
    for (size_t i = 0; i < COUNT(words); i++)
        if (text_is(words[i].member, member))
            word = words[i].word;
    if (text_starts(field, texts)) {
        const char *code = field + sizeof(texts) - 1;
        of = tongue_name(text_copy_n(a, code, strcspn(code, ".")));
    } else if (text_starts(field, variants)) {
        const char *sku = field + sizeof(variants) - 1;
        bool whole = text_is(word, "catalog.variant") || dot < sku;
        of = whole ? sku : text_copy_n(a, sku, (size_t)(dot - sku));
    }
    val_set_word(row, "label", word);
    val_set_text(row, "of", of);
}
