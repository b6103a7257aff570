/* Adding and changing: one product by a person or a program, or many by a file. What is written is
 * the difference to what is there, so that what is the same is not touched. */
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"
#include "catalog/store.h"
#include "http/json.h"

/* What a new product is different from. */
static struct product_difference made[] = { { "sku", "", "" } };

/* ---- One ---- */

struct err *
product_add(struct work *w, const struct product *p, enum product_way way, struct product_id *out)
{
    struct product_write write = { .after = p, .differences = made, .difference_count = 1 };
    TRY(products_write(w, &write, 1, way));
    *out = write.id;
    return NULL;
}

/* What changes what people pay is on record beside the shop's other acts. */
static struct err *
note_prices(struct work *w, const struct product_write *write)
{
    struct json before = json_begin(w->arena), after = json_begin(w->arena);
    size_t n = 0;
    json_put_object(&before, NULL);
    json_put_object(&after, NULL);
    for (size_t i = 0; i < write->difference_count; i++) {
        const struct product_difference *d = &write->differences[i];
        if (!text_is(d->field, "price") && !text_ends(d->field, ".price"))
            continue;
        json_put_text(&before, d->field, d->before);
        json_put_text(&after, d->field, d->after);
        n++;
    }
    json_put_end(&before);
    json_put_end(&after);
    struct audit_act act = { .what = "product.price_changed",
                             .object = audit_object(w, "product", write->id.n),
                             .before = before.out.at,
                             .after = after.out.at };
    return n ? audit_note(w, &act) : NULL;
}

static struct err *
stale(struct work *w)
{
    return FAIL(w->arena, ERR_STALE, "product.stale",
                "Somebody else has saved this product meanwhile.");
}

struct err *
product_save(struct work *w, const struct product *p, enum product_way way)
{
    struct product *stored;
    struct product_difference *differences;
    size_t n, differs;
    TRY(products_load(w, &p->id.n, 1, true, &stored, &n));
    if (!n || stored->version != p->version)
        return stale(w);
    product_differences(w->arena, stored, p, &differences, &differs);
    struct product_write write = {
        .before = stored, .after = p, .differences = differences, .difference_count = differs
    };
    TRY(products_write(w, &write, 1, way));
    if (differs && !write.id.n)
        return stale(w);
    return note_prices(w, &write);
}

/* ---- Many ---- */

#define PRICED (1u << PRODUCT_HAS_PRICE)

struct batch {
    struct work *w;
    const struct product *rows;
    size_t n;
    struct product *merged, *stored; /* of each row; stored has id 0 where there is none */
    size_t *at;                      /* which write a row went into */
    struct product_write *writes;
    size_t write_count;
    struct product_result *results;
};

/* The rows' products, as far as they are there: by id, or by SKU. */
static struct err *
load_stored(struct batch *b, bool lock)
{
    struct work *w = b->w;
    const char **skus = NEW_ARRAY(w->arena, const char *, b->n);
    int64_t *ids = NEW_ARRAY(w->arena, int64_t, b->n);
    struct product *all;
    size_t count;
    for (size_t i = 0; i < b->n; i++)
        skus[i] = b->rows[i].id.n ? "" : b->rows[i].sku;
    TRY(products_find(w, skus, b->n, ids));
    for (size_t i = 0; i < b->n; i++)
        if (b->rows[i].id.n)
            ids[i] = b->rows[i].id.n;
    TRY(products_load(w, ids, b->n, lock, &all, &count));
    for (size_t i = 0; i < b->n; i++) {
        size_t low = 0, high = count; /* they come in the order of their ids */
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (all[middle].id.n < ids[i])
                low = middle + 1;
            else
                high = middle;
        }
        if (ids[i] && low < count && all[low].id.n == ids[i])
            b->stored[i] = all[low];
    }
    return NULL;
}

/* A SKU found as another product's variant is no product to change. */
static const struct err *
refuse_variants_sku(struct batch *b, size_t i)
{
    const struct product *row = &b->rows[i], *stored = &b->stored[i];
    if (!stored->id.n || row->id.n || text_is_any_case(stored->sku, row->sku))
        return NULL;
    return FAIL_FIELD(b->w->arena, ERR_CONFLICT, "product.sku_taken", "sku",
                      "Another product has this SKU.");
}

/* The write of an earlier row about the same product; the count when there is none. Batches are
 * small, and mostly in no such order. */
static size_t
earlier(const struct batch *b, size_t i)
{
    for (size_t k = b->write_count; k-- > 0;) {
        const struct product *after = b->writes[k].after;
        if (b->stored[i].id.n ? after->id.n == b->stored[i].id.n
                              : !after->id.n && text_is_any_case(after->sku, b->rows[i].sku))
            return k;
    }
    return b->write_count;
}

static void
refuse(struct product_result *result, const struct err *e)
{
    *result = (struct product_result){ .outcome = PRODUCT_REFUSED, .refused = e };
}

static void
plan_row(struct batch *b, size_t i)
{
    struct arena *a = b->w->arena;
    const struct err *e = refuse_variants_sku(b, i);
    size_t k = earlier(b, i);
    struct product base = product_blank(b->rows[i].price.cur);
    if (e) {
        refuse(&b->results[i], e);
        return;
    }
    if (k < b->write_count)
        base = *b->writes[k].after;
    else if (b->stored[i].id.n)
        base = b->stored[i];
    bool unpriced = b->rows[i].price_later && !((base.given | b->rows[i].given) & PRICED);
    base.given |= unpriced ? PRICED : 0;
    b->merged[i] = product_merge(a, &base, &b->rows[i]);
    if (unpriced)
        b->merged[i].status = PRODUCT_DRAFT;
    e = product_check(a, &b->merged[i]);
    if (e) {
        refuse(&b->results[i], e);
        return;
    }
    b->writes[k].after = &b->merged[i];
    b->writes[k].before = b->stored[i].id.n ? &b->stored[i] : NULL;
    b->at[i] = k;
    b->write_count += k == b->write_count;
}

static void
plan_writes(struct batch *b)
{
    for (size_t k = 0; k < b->write_count; k++) {
        struct product_write *write = &b->writes[k];
        struct product_difference *differences = made;
        write->difference_count = 1;
        if (write->before)
            product_differences(b->w->arena, write->before, write->after, &differences,
                                &write->difference_count);
        write->differences = differences;
    }
}

/* ---- SKUs that are another product's ---- */

struct claim { /* a SKU that would be new in a product */
    const char *sku, *key;
    size_t row;
};

static size_t
add_claim(struct batch *b, struct claim *all, size_t n, const char *sku, size_t row)
{
    if (all)
        all[n] = (struct claim){ sku, text_lower(b->w->arena, sku), row };
    return n + 1;
}

/* Counts them; writes them too where there is room to. */
static size_t
claims_of(struct batch *b, struct claim *all)
{
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++) {
        const struct product *p = &b->merged[i];
        if (b->results[i].outcome == PRODUCT_REFUSED)
            continue;
        if (!b->stored[i].id.n)
            n = add_claim(b, all, n, p->sku, i);
        for (size_t v = 0; v < p->variant_count; v++) {
            const struct product_variant *old =
                p->variants[v].id.n ? variant_of(&b->stored[i], p->variants[v].id, v) : NULL;
            if (!old || !text_is_any_case(old->sku, p->variants[v].sku))
                n = add_claim(b, all, n, p->variants[v].sku, i);
        }
    }
    return n;
}

static int
by_key(const void *a, const void *b)
{
    const struct claim *x = a, *y = b;
    int order = strcmp(x->key, y->key);
    return order ? order : (x->row > y->row) - (x->row < y->row);
}

static void
refuse_claim(struct batch *b, const struct claim *claim)
{
    struct arena *a = b->w->arena;
    struct product_result *result = &b->results[claim->row];
    if (result->outcome == PRODUCT_REFUSED)
        return;
    bool own = text_is_any_case(claim->sku, b->merged[claim->row].sku);
    refuse(result, FAIL_FIELD(a, ERR_CONFLICT, "product.sku_taken", own ? "sku" : "variants",
                              text_printf(a, "Another product has the SKU %s.", claim->sku)));
    b->writes[b->at[claim->row]].difference_count = 0;
}

static struct err *
refuse_taken(struct batch *b)
{
    struct arena *a = b->w->arena;
    size_t n = claims_of(b, NULL);
    if (!n)
        return NULL;
    struct claim *claims = NEW_ARRAY(a, struct claim, n);
    const char **skus = NEW_ARRAY(a, const char *, n);
    int64_t *ids = NEW_ARRAY(a, int64_t, n);
    claims_of(b, claims);
    qsort(claims, n, sizeof(*claims), by_key);
    for (size_t i = 0; i < n; i++)
        skus[i] = claims[i].sku;
    TRY(products_find(b->w, skus, n, ids));
    for (size_t i = 0; i < n; i++) {
        bool others = ids[i] && ids[i] != b->stored[claims[i].row].id.n;
        bool twice = i && text_is(claims[i].key, claims[i - 1].key) &&
                     b->at[claims[i].row] != b->at[claims[i - 1].row];
        if (others || twice)
            refuse_claim(b, &claims[i]);
    }
    return NULL;
}

/* ---- All of it ---- */

static void
tell(struct batch *b, bool dry)
{
    for (size_t i = 0; i < b->n; i++) {
        struct product_result *result = &b->results[i];
        if (result->outcome == PRODUCT_REFUSED)
            continue;
        struct product_write *write = &b->writes[b->at[i]];
        result->outcome = !write->before            ? PRODUCT_CREATED
                          : write->difference_count ? PRODUCT_CHANGED
                                                    : PRODUCT_UNCHANGED;
        result->id = write->before ? write->before->id : dry ? (struct product_id){ 0 } : write->id;
        if (write->before) {
            result->differences = (struct product_difference *)(uintptr_t)write->differences;
            result->difference_count = write->difference_count;
        }
    }
}

struct err *
products_put_many(struct work *w, const struct product *rows, size_t n, bool dry,
                  struct product_result *results)
{
    struct arena *a = w->arena;
    if (!n)
        return NULL;
    struct batch b = { .w = w, .rows = rows, .n = n, .results = results };
    memset(results, 0, n * sizeof(*results));
    b.merged = NEW_ARRAY(a, struct product, n);
    b.stored = NEW_ARRAY(a, struct product, n);
    b.writes = NEW_ARRAY(a, struct product_write, n + 1);
    b.at = NEW_ARRAY(a, size_t, n);
    TRY(load_stored(&b, !dry));
    for (size_t i = 0; i < n; i++)
        plan_row(&b, i);
    plan_writes(&b);
    TRY(refuse_taken(&b));
    if (!dry)
        TRY(products_write(w, b.writes, b.write_count, PRODUCT_BY_IMPORT));
    tell(&b, dry);
    return NULL;
}
