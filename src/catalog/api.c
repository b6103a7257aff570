/* Products as JSON. Texts and images come from PostgreSQL as JSON made there (product_shape), so
 * one statement and one copy make the answer. */
#include <string.h>

#include "base/text.h"
#include "catalog/filter.h"
#include "catalog/inside.h"
#include "catalog/routes.h"
#include "db/db.h"
#include "http/copy.h"
#include "http/form.h"
#include "http/json.h"
#include "search/search.h"

#define LIST_NORMAL 50
#define LIST_MOST   200

/* What a client needs to know of a product beside its JSON. */
struct shape {
    int64_t id, version;
    bool active;
    uint32_t stock; /* changes when what is there of a variant does; 0: nothing is counted */
};

static void
put_json(struct json *j, const char *name, const char *text)
{
    json_put_raw(j, name, BYTES(text, strlen(text)));
}

static void
put_more(struct json *j, struct scan *s)
{
    json_put_text(j, "status", scan_text(s));
    json_put_text(j, "mpn", scan_text(s));
    put_json(j, "tags", scan_text(s));
    bool has_tax = !scan_null(s);
    int64_t tax_bp = scan_i64(s);
    if (has_tax)
        json_put_double(j, "tax_rate", (double)tax_bp / 100);
    else
        json_put_null(j, "tax_rate");
    bool has_weight = !scan_null(s);
    int64_t weight = scan_i64(s);
    if (has_weight)
        json_put_i64(j, "weight_g", weight);
    else
        json_put_null(j, "weight_g");
    json_put_text(j, "condition", scan_text(s));
    json_put_text(j, "google_category", scan_text(s));
    put_json(j, "options", scan_text(s));
}

/* FNV-1a of the variants, where stock is counted: it changes without the product's version. */
static uint32_t
stock_of(const char *variants)
{
    uint32_t h = 2166136261u;
    if (!strstr(variants, "\"tracked\" : true"))
        return 0;
    for (; *variants; variants++)
        h = (h ^ (unsigned char)*variants) * 16777619u;
    return h | 1;
}

/* The columns of product_shape. */
static void
put_shape(struct json *j, struct scan *s, struct shape *out)
{
    json_put_object(j, NULL);
    out->id = scan_i64(s);
    json_put_id(j, "id", out->id);
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
    out->active = scan_bool(s);
    json_put_bool(j, "active", out->active);
    out->version = scan_i64(s);
    int64_t created_us = scan_time(s), updated_us = scan_time(s);
    const char *texts = scan_text(s), *images = scan_text(s);
    put_more(j, s);
    const char *variants = scan_text(s);
    scan_end(s);
    out->stock = stock_of(variants);
    put_json(j, "translations", *texts ? texts : "{}");
    put_json(j, "images", *images ? images : "[]");
    put_json(j, "variants", *variants ? variants : "[]");
    json_put_time(j, "created_at", created_us);
    json_put_time(j, "updated_at", updated_us);
    json_put_end(j);
}

static struct err *
unknown(struct req *r)
{
    return FAIL(r->work->arena, ERR_NOT_FOUND, "product.unknown", "There is no such product.");
}

/* "12", or "12-9f3a…" where stock is counted: a change is held against the first part only, since
 * it does not lose what was sold meanwhile. */
static const char *
tag_of(struct req *r, const struct shape *shape)
{
    const char *version = text_i64(r->work->arena, shape->version);
    return shape->stock ? text_printf(r->work->arena, "%s-%08x", version, shape->stock) : version;
}

static struct err *
require_version(struct req *r, int64_t version)
{
    const char *given = header_text(r, "HTTP_IF_MATCH");
    const char *begins = text_printf(r->work->arena, "\"%lld-", (long long)version);
    if (given && strstr(given, begins))
        return NULL;
    return require_match(r, text_i64(r->work->arena, version));
}

static struct err *
load_shape(struct req *r, struct product_id id, struct json *j, struct shape *out)
{
    struct scan s;
    bool found;
    TRY(db_maybe(r->work, Q_catalog_shape, ARGS(arg_i64(r->work, id.n)), &found, &s));
    if (!found)
        return unknown(r);
    put_shape(j, &s, out);
    return NULL;
}

static struct err *
answer_one(struct req *r, int status, struct product_id id)
{
    struct json j = json_begin(r->work->arena);
    struct shape shape;
    TRY(load_shape(r, id, &j, &shape));
    if (r->route->tx == TX_SHOP_READ) {
        if (!shape.active)
            return unknown(r);
        resp_header(r, "Cache-Control", COPY_SHARED);
    }
    if (resp_unchanged(r, tag_of(r, &shape)))
        return NULL;
    return json_answer(r, status, &j.out);
}

/* A write that came too late is told what it would have written over. */
static struct err *
with_current(struct req *r, struct product_id id, struct err *e)
{
    struct json j = json_begin(r->work->arena);
    struct shape shape;
    if (!e || e->kind != ERR_STALE)
        return e;
    TRY(load_shape(r, id, &j, &shape));
    e->current = j.out.at;
    return e;
}

/* ---- Lists ---- */

/* The products with these ids, in their order, as the member `data`. */
static struct err *
put_products(struct req *r, struct json *j, const int64_t *ids, size_t n)
{
    struct rows rows;
    struct shape shape;
    TRY(db_many(r->work, Q_catalog_shapes, ARGS(arg_i64s(r->work, ids, n)), &rows));
    json_put_array(j, "data");
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        put_shape(j, &s, &shape);
    }
    json_put_end(j);
    return NULL;
}

static struct err *
answer_found(struct req *r, const struct search_query *q)
{
    struct search_result found;
    struct json j = json_begin(r->work->arena);
    TRY(search_find(r->work, q, &found));
    json_put_object(&j, NULL);
    TRY(put_products(r, &j, found.ids, found.count));
    search_put(r, &j, &found);
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

static const char *
word(const struct req *r, const char *name)
{
    const char *text = query_text(r, name);
    return text && *text ? text : NULL;
}

/* Drafts and archived ones, the newest first: two states, which search does not tell apart from the
 * third. */
static struct err *
answer_inactive(struct req *r, const struct search_query *q)
{
    struct rows rows;
    struct json j = json_begin(r->work->arena);
    int64_t behind;
    const char *corrected;
    struct ids answers;
    struct arg of = arg_null();
    if (q->status || word(r, "sort"))
        return FAIL_FIELD(r->work->arena, ERR_MALFORMED, "product.active", "active",
                          "active=false goes with q and category; otherwise say a status.");
    TRY(cursor_read_id(r, &behind));
    if (q->text) {
        TRY(search_ids(r->work, q->text, FOUND_MOST, &answers.at, &answers.count, &corrected));
        of = arg_i64s(r->work, answers.at, answers.count);
    }
    TRY(db_many(
        r->work, Q_catalog_inactive,
        ARGS(of, arg_text(q->category), arg_i64(r->work, behind), arg_i64(r->work, q->limit + 1)),
        &rows));
    size_t n = (size_t)rows.count, shown = n > (size_t)q->limit ? (size_t)q->limit : n;
    int64_t *ids = NEW_ARRAY(r->work->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct scan s = rows_at(&rows, (int)i);
        ids[i] = scan_i64(&s);
        scan_end(&s);
    }
    json_put_object(&j, NULL);
    TRY(put_products(r, &j, ids, shown));
    if (n > shown)
        json_put_text(&j, "next_cursor", cursor_make_id(r, ids[shown - 1]));
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
    struct search_query q;
    TRY(QUERY_ONLY(r, "q", "category", "active", "status", "sort", "exact", "limit", "cursor"));
    bool any = !active || !*active,
         inactive = !any && !text_is(active, "true") && !text_is(active, "1");
    if (inactive) { /* its cursor is of another kind */
        q = (struct search_query){ .text = word(r, "q"),
                                   .category = word(r, "category"),
                                   .status = word(r, "status") };
        TRY(query_limit(r, LIST_NORMAL, LIST_MOST, &q.limit));
        return answer_inactive(r, &q);
    }
    TRY(search_read(r, LIST_NORMAL, LIST_MOST, &q));
    q.alike = true;
    if (!any && !q.status)
        q.status = product_status_names[PRODUCT_ACTIVE];
    return answer_found(r, &q);
}

static struct err *
currency_of(struct req *r, enum currency *out)
{
    if (currency_read(r->visitor.currency, out))
        return NULL;
    return BROKEN(r->work->arena, "catalog.currency", r->visitor.currency);
}

/* What the form says and what is wrong with the whole, told together. */
static struct err *
read_checked(struct form *f, struct product *p)
{
    product_read(f, p);
    product_check_form(f, p);
    return form_done(f);
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
    TRY(read_checked(&f, &p));
    TRY(product_add(r->work, &p, PRODUCT_BY_API, &id));
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
    TRY(with_current(r, id, require_version(r, p.version)));
    TRY(form_read(r, &f));
    product_own(r->work->arena, &p);
    TRY(read_checked(&f, &p));
    TRY(with_current(r, id, product_save(r->work, &p, PRODUCT_BY_API)));
    return answer_one(r, 200, id);
}

struct err *
catalog_delete_json(struct req *r)
{
    struct product_id id;
    struct product p;
    struct bulk_result result;
    TRY(product_param(r, 0, &id));
    TRY(product_load(r->work, id, &p));
    if (header_text(r, "HTTP_IF_MATCH"))
        TRY(with_current(r, id, require_version(r, p.version)));
    TRY(bulk_delete(r->work, &(struct ids){ &id.n, 1 }, &result));
    if (result.held)
        return FAIL(r->work->arena, ERR_CONFLICT, "product.reserved",
                    "Open orders hold this product.");
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
    struct search_query q;
    TRY(QUERY_ONLY(r, "q", "category", "sort", "exact", "limit", "cursor"));
    TRY(check_shop(r));
    TRY(search_read(r, LIST_NORMAL, LIST_MOST, &q));
    q.alike = true;
    q.status = product_status_names[PRODUCT_ACTIVE];
    resp_header(r, "Cache-Control", COPY_SHARED);
    return answer_found(r, &q);
}

struct err *
catalog_get_shop_one(struct req *r)
{
    struct product_id id;
    TRY(product_param(r, 1, &id));
    return answer_one(r, 200, id);
}
