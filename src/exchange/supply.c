/* How many of a variant there are and where, whether that is counted, and whether more may be sold.
 */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "exchange/build.h"
#include "exchange/values.h"

#define STOCKS_MOST 100

static void
add_stock(struct build *b, const struct row *r, int at, struct import_variant *v,
          const char *warehouse, const char *text)
{
    int64_t quantity;
    const char *code = value_quantity(text, b->setup->plan->shape.decimal, &quantity);
    if (code) {
        build_finding(b, r, at, code, text, NULL);
        return;
    }
    if (quantity < 0)
        build_finding(b, r, at, "import.quantity_negative", text, NULL);
    if (v->stock_count < STOCKS_MOST)
        v->stock[v->stock_count++] =
            (struct import_stock){ warehouse, quantity < 0 ? 0 : quantity };
}

void
build_stock_cell(struct build *b, const struct row *r, int at, struct import_variant *v)
{
    const char *text = build_cell(b, r, at), *warehouse = b->setup->plan->mapping.columns[at].of;
    int warehouse_at;
    const char *of_row = build_field(b, r, FIELD_WAREHOUSE, &warehouse_at);
    if (!warehouse && *of_row)
        warehouse = of_row;
    while (strchr(text, '=')) {
        size_t n = strcspn(text, ","), name = strcspn(text, "=");
        if (name > n)
            break;
        add_stock(b, r, at, v, text_trim(b->arena, text_copy_n(b->arena, text, name)),
                  text_trim(b->arena, text_copy_n(b->arena, text + name + 1, n - name - 1)));
        text += n + (text[n] == ',');
    }
    if (*text)
        add_stock(b, r, at, v, warehouse, text);
}

static void
take_flag(struct build *b, const struct row *r, enum import_field field, bool *has, bool *out)
{
    int at;
    const char *text = build_field(b, r, field, &at);
    if (!*text)
        return;
    if (!strcasecmp(text, "continue") || !strcasecmp(text, "notify") ||
        !strcasecmp(text, "shopify")) { /* Shopify's and WooCommerce's words for yes */
        *out = true;
    } else if (!strcasecmp(text, "deny")) {
        *out = false;
    } else {
        const char *code = value_flag(text, out);
        if (code) {
            build_finding(b, r, at, code, text, NULL);
            return;
        }
    }
    *has = true;
}

void
build_stock(struct build *b, const struct row *r, struct import_variant *v)
{
    const struct columns *c = b->setup->columns;
    bool said = false, in_stock = true;
    v->stock = NEW_ARRAY(
        b->arena, struct import_stock,
        columns_have(c, FIELD_STOCK) || columns_have(c, FIELD_IN_STOCK) ? STOCKS_MOST : 1);
    for (int at = c->first[FIELD_STOCK]; at >= 0; at = c->next[at])
        build_stock_cell(b, r, at, v);
    take_flag(b, r, FIELD_TRACKED, &v->has_tracked, &v->tracked);
    if (b->setup->gallery && columns_have(c, FIELD_TRACKED)) /* Shopify: who tracks it, or nobody */
        v->has_tracked = true;
    take_flag(b, r, FIELD_BACKORDER, &v->has_backorder, &v->backorder);
    if (v->stock_count || !columns_have(c, FIELD_IN_STOCK))
        return;
    take_flag(b, r, FIELD_IN_STOCK, &said, &in_stock);
    if (said && !v->has_tracked) { /* no number: always there, or sold out */
        v->has_tracked = true;
        v->tracked = !in_stock;
    }
    if (said && !in_stock)
        v->stock[v->stock_count++] = (struct import_stock){ NULL, 0 };
}
