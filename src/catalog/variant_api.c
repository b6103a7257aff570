/* The variants of a product, one by one. Each write is a write of the product: it raises its
 * version and is held against the same rules. */
#include <string.h>

#include "base/text.h"
#include "catalog/inside.h"
#include "catalog/routes.h"
#include "db/db.h"
#include "http/form.h"
#include "http/json.h"

static struct err *
load_param(struct req *r, struct product *out)
{
    struct product_id id;
    TRY(param_id(r, 0, &id.n));
    TRY(product_load(r->work, id, out));
    product_own(r->work->arena, out);
    return NULL;
}

static struct err *
find_param(struct req *r, const struct product *p, size_t *at)
{
    int64_t id;
    TRY(param_id(r, 1, &id));
    for (size_t i = 0; i < p->variant_count; i++)
        if (p->variants[i].id.n == id) {
            *at = i;
            return NULL;
        }
    return FAIL(r->work->arena, ERR_NOT_FOUND, "product.variant_unknown",
                "This product has no such variant.");
}

static void
put_amount(struct json *j, const char *name, bool has, struct money m)
{
    if (has)
        json_put_money(j, name, m);
    else
        json_put_null(j, name);
}

static void
put_variant(struct json *j, const struct product *p, const struct product_variant *v)
{
    json_put_object(j, NULL);
    json_put_id(j, "id", v->id.n);
    json_put_text(j, "sku", v->sku);
    json_put_text(j, "gtin", *v->gtin ? v->gtin : NULL);
    json_put_object(j, "options");
    for (size_t k = 0; k < p->option_count; k++)
        json_put_text(j, p->options[k], v->values[k]);
    json_put_end(j);
    put_amount(j, "price", v->has_price, v->price);
    put_amount(j, "compare_at_price", v->has_compare_at, v->compare_at);
    if (v->tracked)
        json_put_i64(j, "available", v->available);
    else
        json_put_null(j, "available");
    json_put_bool(j, "tracked", v->tracked);
    json_put_bool(j, "backorder", v->backorder);
    if (v->weight_g < 0)
        json_put_null(j, "weight_g");
    else
        json_put_i64(j, "weight_g", v->weight_g);
    json_put_i64(j, "position", v->position);
    json_put_end(j);
}

static void
set_tag(struct req *r, const struct product *p)
{
    resp_header(r, "ETag", text_printf(r->work->arena, "\"%lld\"", (long long)p->version));
}

/* All of them: there are 2,000 at most. */
struct err *
catalog_get_variants(struct req *r)
{
    struct product p;
    TRY(query_only(r, NULL, 0));
    TRY(load_param(r, &p));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_array(&j, "data");
    for (size_t i = 0; i < p.variant_count; i++)
        put_variant(&j, &p, &p.variants[i]);
    json_put_end(&j);
    json_put_null(&j, "next_cursor");
    json_put_end(&j);
    set_tag(r, &p);
    return json_answer(r, 200, &j.out);
}

struct err *
catalog_get_variant(struct req *r)
{
    struct product p;
    size_t at;
    TRY(load_param(r, &p));
    TRY(find_param(r, &p, &at));
    struct json j = json_begin(r->work->arena);
    put_variant(&j, &p, &p.variants[at]);
    set_tag(r, &p);
    return json_answer(r, 200, &j.out);
}

/* The product with this variant in it, as it is to be; what is wrong is told at the variant's own
 * members. */
static struct err *
save(struct req *r, struct form *f, struct product *p, size_t at)
{
    const char *prefix = text_printf(r->work->arena, "variants.%zu.", at);
    TRY(form_done(f));
    for (struct err *e = product_check(r->work->arena, p); e; e = e->next)
        form_fail(f, text_starts(e->field, prefix) ? e->field + strlen(prefix) : e->field, e->code,
                  e->say);
    TRY(form_done(f));
    return product_save(r->work, p, PRODUCT_BY_API);
}

static struct err *
answer(struct req *r, int status, struct product_id id, const char *sku)
{
    struct product p;
    TRY(product_load(r->work, id, &p));
    struct json j = json_begin(r->work->arena);
    for (size_t i = 0; i < p.variant_count; i++) {
        if (!text_is(p.variants[i].sku, sku))
            continue;
        put_variant(&j, &p, &p.variants[i]);
        if (status == 201)
            resp_header(r, "Location",
                        text_printf(r->work->arena, "/api/v1/vendor/products/%lld/variants/%lld",
                                    (long long)id.n, (long long)p.variants[i].id.n));
    }
    set_tag(r, &p);
    return json_answer(r, status, &j.out);
}

struct err *
catalog_post_variant(struct req *r)
{
    struct product p;
    struct form f;
    TRY(load_param(r, &p));
    TRY(form_read(r, &f));
    size_t at = p.variant_count;
    p.variants[at] = variant_blank(p.price.cur); /* product_own() leaves room for one */
    variant_read(&f, &p, "", &p.variants[at]);
    p.variant_count++;
    TRY(save(r, &f, &p, at));
    return answer(r, 201, p.id, p.variants[at].sku);
}

static struct err *
require_version(struct req *r, const struct product *p)
{
    return require_match(r, text_i64(r->work->arena, p->version));
}

struct err *
catalog_patch_variant(struct req *r)
{
    struct product p;
    struct form f;
    size_t at;
    TRY(load_param(r, &p));
    TRY(find_param(r, &p, &at));
    TRY(require_version(r, &p));
    TRY(form_read(r, &f));
    variant_read(&f, &p, "", &p.variants[at]);
    TRY(save(r, &f, &p, at));
    return answer(r, 200, p.id, p.variants[at].sku);
}

struct err *
catalog_delete_variant(struct req *r)
{
    struct product p;
    size_t at;
    TRY(load_param(r, &p));
    TRY(find_param(r, &p, &at));
    if (header_text(r, "HTTP_IF_MATCH"))
        TRY(require_version(r, &p));
    if (p.variant_count == 1)
        return FAIL(r->work->arena, ERR_CONFLICT, "product.variants_needed",
                    "A product has one variant at least.");
    p.variant_count--;
    memmove(&p.variants[at], &p.variants[at + 1], (p.variant_count - at) * sizeof(*p.variants));
    struct err *e = product_check(r->work->arena, &p);
    if (!e)
        e = product_save(r->work, &p, PRODUCT_BY_API);
    TRY(e);
    return no_content(r);
}
