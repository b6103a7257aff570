/* The shop window: plain pages that anyone may see. */
#include <string.h>

#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/routes.h"
#include "db/db.h"
#include "images/images.h"
#include "view/value.h"

#define PAGE 60

static struct err *
load_shop(struct req *r, struct val *m)
{
    struct scan s;
    bool found;
    TRY(db_maybe(r->work, Q_catalog_shop, NO_ARGS, &found, &s));
    if (!found)
        return FAIL(r->work->arena, ERR_NOT_FOUND, "shop.unknown", "There is no such shop.");
    struct val *shop = val_set_map(m, "shop");
    const char *slug = scan_text(&s);
    val_set_text(shop, "slug", slug);
    val_set_text(shop, "path", text_printf(r->work->arena, "/shops/%s", slug));
    val_set_text(shop, "name", scan_text(&s));
    return NULL;
}

struct err *
catalog_show_shop(struct req *r)
{
    struct arena *a = r->work->arena;
    struct val *m = val_map(a);
    const char *cursor = query_text(r, "cursor");
    struct rows rows;
    int64_t behind = 0, id = 0;
    TRY(load_shop(r, m));
    if (cursor && !text_to_id(cursor, &behind))
        return FAIL(r->work->arena, ERR_MALFORMED, "request.cursor",
                    "This cursor is not one of ours.");
    TRY(db_many(r->work, Q_catalog_rows,
                ARGS(arg_text(r->work->language), arg_null(), arg_bool(true),
                     arg_i64(r->work, behind), arg_i64(r->work, PAGE + 1), arg_null()),
                &rows));
    struct val *list = val_set_list(m, "products");
    for (int i = 0; i < rows.count && i < PAGE; i++) {
        struct scan s = rows_at(&rows, i);
        struct val *row = val_add_map(list);
        id = scan_i64(&s);
        val_set_text(row, "path",
                     text_printf(a, "/shops/%s/products/%lld", r->work->shop, (long long)id));
        scan_skip(&s); /* SKU */
        val_set_money(row, "price", scan_money(&s));
        scan_skip(&s); /* active */
        scan_skip(&s); /* updated */
        val_set_text(row, "title", scan_text(&s));
        val_set_text(row, "title_lang", scan_text(&s));
        scan_skip(&s); /* languages */
        bool has_image = !scan_null(&s);
        struct bytes hash = scan_bytes(r->work, &s);
        if (has_image && hash.length == sizeof(struct sha256)) {
            struct sha256 h;
            memcpy(h.bytes, hash.at, sizeof(h.bytes));
            val_set_text(row, "thumb", text_printf(a, "/media/%s", image_name(a, &h, "200")));
            val_set_text(row, "medium", text_printf(a, "/media/%s", image_name(a, &h, "800")));
        }
    }
    val_set_bool(m, "has_products", rows.count > 0);
    if (behind)
        val_set_text(m, "newer", query_with(r, "cursor", NULL));
    if (rows.count > PAGE)
        val_set_text(m, "older", query_with(r, "cursor", text_i64(a, id)));
    resp_header(r, "Cache-Control", "private, max-age=60");
    return page(r, "shop/list", m);
}

/* What can be put into the basket: each variant by its values and with its price. */
static void
add_variants(struct req *r, struct val *m, const struct product *p)
{
    struct val *list = val_set_list(m, "variants");
    for (size_t i = 0; i < p->variant_count; i++) {
        const struct product_variant *v = &p->variants[i];
        struct val *row = val_add_map(list);
        struct buf label = buf_new(r->work->arena, 64);
        for (size_t k = 0; k < p->option_count; k++)
            buf_printf(&label, "%s%s", k ? ", " : "", v->values[k]);
        val_set_i64(row, "id", v->id.n);
        val_set_text(row, "label", label.length ? label.at : v->sku);
        val_set_money(row, "price", v->has_price ? v->price : p->price);
        val_set_bool(row, "sold_out", v->tracked && !v->backorder && v->available <= 0);
    }
    val_set_bool(m, "several", p->variant_count > 1);
    val_set_text(
        m, "basket_path",
        text_printf(r->work->arena, "/shops/%s/basket", url_part(r->work->arena, r->work->shop)));
}

struct err *
catalog_show_shop_product(struct req *r)
{
    struct val *m = val_map(r->work->arena);
    struct product_id id;
    struct product p;
    struct images images;
    TRY(param_id(r, 1, &id.n));
    TRY(load_shop(r, m));
    TRY(product_load(r->work, id, &p));
    if (p.status != PRODUCT_ACTIVE)
        return FAIL(r->work->arena, ERR_NOT_FOUND, "product.unknown", "There is no such product.");
    TRY(images_of_product(r->work, id, &images));

    const char *language;
    val_set_text(m, "title", product_title(&p, r->work->language, &language));
    val_set_text(m, "title_lang", language);
    const struct product_text *text = product_text_in(&p, language);
    val_set_text(m, "description", text ? text->description : "");
    val_set_text(m, "brand", p.brand);
    val_set_text(m, "category", p.category);
    val_set_text(m, "sku", p.sku);
    val_set_text(m, "gtin", p.gtin);
    val_set_money(m, "price", p.price);
    if (p.has_compare_at)
        val_set_money(m, "compare_at", p.compare_at);
    images_model(m, &images);
    add_variants(r, m, &p);
    resp_header(r, "Cache-Control", "private, max-age=60");
    return page(r, "shop/product", m);
}
