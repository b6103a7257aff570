/* Products as JSON. Texts and images come from PostgreSQL as JSON made there (product_shape), so
 * one statement and one copy make the answer. */
#include <string.h>

#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/routes.h"
#include "db/db.h"
#include "http/json.h"

#define LIST_NORMAL 50
#define LIST_MOST   200

/* The columns of product_shape. *version may be NULL; *active too. */
static void
put_shape(struct json *j, struct scan *s, int64_t *version, bool *active)
{
    json_put_object(j, NULL);
    int64_t id = scan_i64(s);
    json_put_id(j, "id", id);
    json_put_text(j, "sku", scan_text(s));
    json_put_text(j, "gtin", scan_null(s) ? (scan_skip(s), NULL) : scan_text(s));
    json_put_text(j, "brand", scan_text(s));
    json_put_text(j, "category", scan_text(s));
    int64_t price = scan_i64(s);
    bool has_compare_at = !scan_null(s);
    int64_t compare_at = has_compare_at ? scan_i64(s) : (scan_skip(s), 0);
    enum currency cur = CUR_EUR;
    must(currency_read(scan_text(s), &cur));
    json_put_money(j, "price", (struct money){ price, cur });
    if (has_compare_at)
        json_put_money(j, "compare_at_price", (struct money){ compare_at, cur });
    else
        json_put_null(j, "compare_at_price");
    *active = scan_bool(s);
    json_put_bool(j, "active", *active);
    *version = scan_i64(s);
    int64_t created_us = scan_time(s), updated_us = scan_time(s);
    const char *texts = scan_text(s), *images = scan_text(s);
    scan_end(s);
    json_put_raw(j, "translations", *texts ? BYTES(texts, strlen(texts)) : BYTES("{}", 2));
    json_put_raw(j, "images", *images ? BYTES(images, strlen(images)) : BYTES("[]", 2));
    json_put_raw(j, "variants", BYTES("[]", 2));
    json_put_time(j, "created_at", created_us);
    json_put_time(j, "updated_at", updated_us);
    json_put_end(j);
}

static struct err *
unknown(struct req *r)
{
    return FAIL(r->work->arena, ERR_NOT_FOUND, "product.unknown", "There is no such product.");
}

static const char *
tag_of(struct req *r, int64_t version)
{
    return text_i64(r->work->arena, version);
}

static struct err *
answer_one(struct req *r, int status, struct product_id id)
{
    struct scan s;
    bool found, active;
    int64_t version;
    TRY(db_maybe(r->work, Q_catalog_shape, ARGS(arg_i64(r->work, id.n)), &found, &s));
    if (!found)
        return unknown(r);
    struct json j = json_begin(r->work->arena);
    put_shape(&j, &s, &version, &active);
    if (r->route->tx == TX_SHOP_READ) {
        if (!active)
            return unknown(r);
        resp_header(r, "Cache-Control", "public, max-age=60");
    }
    if (resp_unchanged(r, tag_of(r, version)))
        return NULL;
    return json_answer(r, status, &j.out);
}

static struct err *
answer_list(struct req *r, struct arg active)
{
    const char *cursor = query_text(r, "cursor"), *q = query_text(r, "q"),
               *category = query_text(r, "category");
    int64_t behind = 0, limit, version, last = 0;
    struct rows rows;
    bool is_active;
    if (cursor && !text_to_id(cursor, &behind))
        return FAIL_FIELD(r->work->arena, ERR_MALFORMED, "request.cursor", "cursor",
                          "This cursor is not one of ours.");
    TRY(query_limit(r, LIST_NORMAL, LIST_MOST, &limit));
    TRY(db_many(r->work, Q_catalog_shapes,
                ARGS(arg_text(q && *q ? q : NULL), active,
                     arg_text(category && *category ? category : NULL), arg_i64(r->work, behind),
                     arg_i64(r->work, limit + 1)),
                &rows));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_array(&j, "data");
    for (int i = 0; i < rows.count && i < limit; i++) {
        struct scan first = rows_at(&rows, i), s = first;
        last = scan_i64(&first);
        put_shape(&j, &s, &version, &is_active);
    }
    json_put_end(&j);
    if (rows.count > limit)
        json_put_id(&j, "next_cursor", last);
    else
        json_put_null(&j, "next_cursor");
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

/* ---- The vendor's own ---- */

struct err *
catalog_get_list(struct req *r)
{
    const char *active = query_text(r, "active");
    return answer_list(r, active ? arg_bool(text_is(active, "true") || text_is(active, "1"))
                                 : arg_null());
}

static struct err *
currency_of(struct req *r, enum currency *out)
{
    if (currency_read(r->visitor.currency, out))
        return NULL;
    return BROKEN(r->work->arena, "catalog.currency", r->visitor.currency);
}

struct err *
catalog_post(struct req *r)
{
    struct form f;
    struct product_id id;
    enum currency cur;
    TRY(form_read(r, &f));
    TRY(currency_of(r, &cur));
    struct product p = product_blank(cur);
    product_read(&f, &p);
    TRY(form_done(&f));
    TRY(product_add(r->work, &p, &id));
    resp_header(r, "Location",
                text_printf(r->work->arena, "/api/v1/vendor/products/%lld", (long long)id.n));
    return answer_one(r, 201, id);
}

static struct err *
product_param(struct req *r, int i, struct product_id *out)
{
    return param_id(r, i, &out->n);
}

struct err *
catalog_get(struct req *r)
{
    struct product_id id;
    TRY(product_param(r, 0, &id));
    return answer_one(r, 200, id);
}

struct err *
catalog_patch(struct req *r)
{
    struct product_id id;
    struct product p;
    struct form f;
    TRY(product_param(r, 0, &id));
    TRY(product_load(r->work, id, &p));
    TRY(require_match(r, tag_of(r, p.version)));
    TRY(form_read(r, &f));
    product_read(&f, &p);
    TRY(form_done(&f));
    TRY(product_save(r->work, &p));
    return answer_one(r, 200, id);
}

struct err *
catalog_delete_json(struct req *r)
{
    struct product_id id;
    struct product p;
    int64_t deleted;
    TRY(product_param(r, 0, &id));
    TRY(product_load(r->work, id, &p));
    if (header_text(r, "HTTP_IF_MATCH"))
        TRY(require_match(r, tag_of(r, p.version)));
    TRY(products_delete(r->work, tag_of(r, id.n), &deleted));
    return no_content(r);
}

/* ---- For anyone ---- */

/* A shop that is not there has no products, but it is no empty shop either. */
static struct err *
check_shop(struct req *r)
{
    struct scan s;
    bool found;
    TRY(db_maybe(r->work, Q_catalog_shop, NO_ARGS, &found, &s));
    return found ? NULL
                 : FAIL(r->work->arena, ERR_NOT_FOUND, "shop.unknown", "There is no such shop.");
}

struct err *
catalog_get_shop_list(struct req *r)
{
    TRY(check_shop(r));
    resp_header(r, "Cache-Control", "public, max-age=60");
    return answer_list(r, arg_bool(true));
}

struct err *
catalog_get_shop_one(struct req *r)
{
    struct product_id id;
    TRY(product_param(r, 1, &id));
    return answer_one(r, 200, id);
}
