/* The vendor's pages of products. */
#include <string.h>

#include "base/settings.h"
#include "base/text.h"
#include "catalog/inside.h"
#include "catalog/routes.h"
#include "catalog/tongue.h"
#include "db/db.h"
#include "http/form.h"
#include "images/images.h"
#include "view/language.h"
#include "view/value.h"

#define PAGE 50

/* ---- The list ---- */

/* "en fr – –": which languages a product has, in the order they are offered. */
static void
add_languages(struct val *row, const char *present)
{
    const char *const *codes;
    size_t n = language_codes(&codes);
    struct val *list = val_set_list(row, "languages");
    for (size_t i = 0; i < n; i++) {
        struct val *one = val_add_map(list);
        val_set_text(one, "code", codes[i]);
        val_set_bool(one, "present", strstr(present, codes[i]) != NULL);
    }
}

static void
add_row(struct req *r, struct val *list, struct scan *s, int64_t *id)
{
    struct arena *a = r->work->arena;
    struct val *row = val_add_map(list);
    *id = scan_i64(s);
    val_set_i64(row, "id", *id);
    val_set_text(row, "path", text_printf(a, "/vendor/products/%lld", (long long)*id));
    val_set_text(row, "sku", scan_text(s));
    val_set_money(row, "price", scan_money(s));
    val_set_bool(row, "active", scan_bool(s));
    val_set_time(row, "updated", scan_time(s));
    val_set_text(row, "title", scan_text(s));
    val_set_text(row, "title_lang", scan_text(s));
    add_languages(row, scan_text(s));
    bool has_image = !scan_null(s);
    struct bytes hash = scan_bytes(r->work, s);
    if (has_image && hash.length == sizeof(struct sha256)) {
        struct sha256 h;
        memcpy(h.bytes, hash.at, sizeof(h.bytes));
        val_set_text(row, "thumb", text_printf(a, "/media/%s", image_name(a, &h, "200")));
    }
    scan_end(s);
}

struct filter {
    const char *q, *status;
    int64_t behind;
};

static struct err *
read_filter(struct req *r, struct filter *f)
{
    const char *cursor = query_text(r, "cursor");
    *f = (struct filter){ .q = query_text(r, "q"), .status = query_text(r, "status") };
    if (f->q && !*f->q)
        f->q = NULL;
    if (f->status && !text_is(f->status, "active") && !text_is(f->status, "inactive"))
        f->status = NULL;
    if (cursor && !text_to_id(cursor, &f->behind))
        return FAIL(r->work->arena, ERR_MALFORMED, "request.cursor",
                    "This cursor is not one of ours.");
    return NULL;
}

static struct err *
load_rows(struct req *r, const struct filter *f, struct arg ids, int64_t limit, struct rows *out)
{
    return db_many(r->work, Q_catalog_rows,
                   ARGS(arg_text(r->work->language), arg_text(f->q),
                        f->status ? arg_bool(text_is(f->status, "active")) : arg_null(),
                        arg_i64(r->work, f->behind), arg_i64(r->work, limit), ids),
                   out);
}

struct err *
catalog_show_list(struct req *r)
{
    struct arena *a = r->work->arena;
    struct filter f;
    struct rows rows;
    int64_t last = 0;
    TRY(read_filter(r, &f));
    TRY(load_rows(r, &f, arg_null(), PAGE + 1, &rows));

    struct val *m = val_map(a), *list = val_set_list(m, "products");
    for (int i = 0; i < rows.count && i < PAGE; i++) {
        struct scan s = rows_at(&rows, i);
        add_row(r, list, &s, &last);
    }
    val_set_count(m, "count", rows.count > PAGE ? PAGE : rows.count);
    val_set_bool(m, "has_products", rows.count > 0);
    val_set_bool(m, "filtered", f.q || f.status);
    val_set_bool(m, "is_first_page", !f.behind);
    val_set_text(m, "q", f.q ? f.q : "");
    val_set_bool(val_set_map(m, "status_is"), f.status ? f.status : "any", true);
    if (f.behind)
        val_set_text(m, "newer", query_with(r, "cursor", NULL));
    if (rows.count > PAGE)
        val_set_text(m, "older", query_with(r, "cursor", text_i64(a, last)));
    return page(r, "vendor/products/list", m);
}

/* ---- The form ---- */

static void
add_text_sections(struct val *m, const struct product *p)
{
    const char *const *codes;
    size_t n = language_codes(&codes);
    struct val *list = val_set_list(m, "texts");
    struct val *fields = val_get(m, "field");
    for (size_t i = 0; i < n; i++) {
        const struct product_text *t = product_text_in(p, codes[i]);
        struct val *one = val_add_map(list);
        val_set_text(one, "code", codes[i]);
        val_set_text(one, "name", tongue_name(codes[i]));
        val_set_bool(one, "missing", !t || !*t->title);
        val_set_bool(one, "first", i == 0);
        if (fields) /* what this language's fields hold, by its place in the form */
            val_set(one, "text_field", val_path(val_path(fields, "translations"), codes[i]));
    }
}

static void
prefill(struct arena *a, struct val *m, const struct product *p)
{
    form_prefill(m, "sku", p->sku);
    form_prefill(m, "gtin", p->gtin);
    form_prefill(m, "brand", p->brand);
    form_prefill(m, "category", p->category);
    form_prefill(m, "price", p->id.n ? money_decimal(a, p->price) : "");
    form_prefill(m, "compare_at_price", p->has_compare_at ? money_decimal(a, p->compare_at) : "");
    for (size_t i = 0; i < p->text_count; i++) {
        const struct product_text *t = &p->texts[i];
        form_prefill(m, text_printf(a, "translations.%s.title", t->language), t->title);
        form_prefill(m, text_printf(a, "translations.%s.description", t->language), t->description);
        form_prefill(m, text_printf(a, "translations.%s.slug", t->language), t->slug);
    }
}

/* The form with what was typed, if it was sent, and with what is wrong. `stored` is NULL for a new
 * product. */
static struct err *
show_form(struct req *r, int status, const struct product *stored, const struct form *f,
          const struct err *e)
{
    struct arena *a = r->work->arena;
    enum currency cur = CUR_EUR;
    currency_read(r->visitor.currency, &cur);
    struct product p = stored ? *stored : product_blank(cur);
    struct val *m = val_map(a);
    bool active = f ? form_raw(f, "active") != NULL : p.status == PRODUCT_ACTIVE;

    prefill(a, m, &p);
    if (f)
        form_show(f, e, m);
    add_text_sections(m, &p);
    val_set_text(m, "currency", currency_code(cur));
    val_set_bool(m, "active", active);
    if (!stored)
        return page_status(r, status, "vendor/products/new", m);

    struct images images;
    struct image_room room;
    TRY(images_of_product(r->work, p.id, &images));
    TRY(images_room(r->work, p.id, &room));
    val_set_i64(m, "product_id", p.id.n);
    val_set_text(m, "path", text_printf(a, "/vendor/products/%lld", (long long)p.id.n));
    val_set_text(m, "title", product_title(&p, r->work->language, NULL));
    val_set_text(m, "sku", p.sku);
    val_set_i64(m, "version", p.version);
    val_set_time(m, "updated", p.updated_us);
    val_set_bool(m, "is_active", p.status == PRODUCT_ACTIVE);
    val_set_text(
        m, "public_path",
        text_printf(a, "/shops/%s/products/%lld", r->visitor.shop_slug, (long long)p.id.n));
    images_model(m, &images);
    images_upload_model(r->work, m, p.id, &room);
    return page_status(r, status, "vendor/products/edit", m);
}

struct err *
catalog_show_new(struct req *r)
{
    return show_form(r, 200, NULL, NULL, NULL);
}

/* What a person can mend is shown in the form; the rest is a failure. */
static bool
is_mendable(const struct err *e)
{
    return e && e->field && (e->kind == ERR_INVALID || e->kind == ERR_CONFLICT);
}

struct err *
catalog_post_new(struct req *r)
{
    struct form f;
    struct product_id id;
    enum currency cur = CUR_EUR;
    TRY(form_read(r, &f));
    currency_read(r->visitor.currency, &cur);
    struct product p = product_blank(cur);
    product_read(&f, &p);
    product_check_form(&f, &p);
    struct err *e = form_done(&f);
    if (!e)
        e = product_add(r->work, &p, PRODUCT_BY_PERSON, &id);
    if (is_mendable(e))
        return show_form(r, 422, NULL, &f, e);
    TRY(e);
    return see_other(r, text_printf(r->work->arena, "/vendor/products/%lld?done=catalog.added",
                                    (long long)id.n));
}

static struct err *
load_param(struct req *r, struct product *out)
{
    struct product_id id;
    TRY(param_id(r, 0, &id.n));
    return product_load(r->work, id, out);
}

struct err *
catalog_show_one(struct req *r)
{
    struct product p;
    TRY(load_param(r, &p));
    return show_form(r, 200, &p, NULL, NULL);
}

/* ---- Saving, and what happens when two people save ---- */

struct difference {
    const char *field, *word, *theirs, *yours;
};

static void
add_difference(struct val *list, const struct difference *d)
{
    if (text_is(d->theirs, d->yours))
        return;
    struct val *row = val_add_map(list);
    val_set_text(row, "field", d->field);
    val_set_word(row, "label", d->word);
    val_set_text(row, "theirs", d->theirs);
    val_set_text(row, "yours", d->yours);
}

/* Both versions side by side: the form keeps what was typed, and saving again takes it. */
static struct err *
show_conflict(struct req *r, const struct product *stored, const struct product *typed,
              const struct form *f)
{
    struct arena *a = r->work->arena;
    struct val *m = val_map(a), *list = val_set_list(m, "differences");
    const struct difference plain[] = {
        { "sku", "catalog.sku", stored->sku, typed->sku },
        { "gtin", "catalog.gtin", stored->gtin, typed->gtin },
        { "brand", "catalog.brand", stored->brand, typed->brand },
        { "category", "catalog.category", stored->category, typed->category },
        { "price", "catalog.price", money_decimal(a, stored->price),
          money_decimal(a, typed->price) },
    };
    for (size_t i = 0; i < COUNT(plain); i++)
        add_difference(list, &plain[i]);
    static const struct product_text none = { "", "", "", "" };
    for (size_t i = 0; i < typed->text_count; i++) {
        const struct product_text *yours = &typed->texts[i],
                                  *theirs = product_text_in(stored, yours->language);
        const char *name = text_printf(a, "translations.%s", yours->language);
        theirs = theirs ? theirs : &none;
        add_difference(list, &(struct difference){ text_printf(a, "%s.title", name),
                                                   "catalog.title", theirs->title, yours->title });
        add_difference(list, &(struct difference){ text_printf(a, "%s.description", name),
                                                   "catalog.description", theirs->description,
                                                   yours->description });
    }
    struct val *kept = val_set_list(m, "kept");
    for (size_t i = 0; i < f->count; i++) {
        if (text_is(f->at[i].name, "csrf") || text_is(f->at[i].name, "version") || !f->at[i].value)
            continue;
        struct val *one = val_add_map(kept);
        val_set_text(one, "name", f->at[i].name);
        val_set_text(one, "value", f->at[i].value);
    }
    val_set_text(m, "path", text_printf(a, "/vendor/products/%lld", (long long)stored->id.n));
    val_set_i64(m, "version", stored->version);
    val_set_time(m, "updated", stored->updated_us);
    return page_status(r, 409, "vendor/products/conflict", m);
}

struct err *
catalog_post_one(struct req *r)
{
    struct form f;
    struct product stored;
    TRY(load_param(r, &stored));
    TRY(form_read(r, &f));
    struct product p = stored;
    p.version = form_i64(&f, "version", 1, INT64_MAX, stored.version);
    if (p.status == PRODUCT_ACTIVE)
        p.status = PRODUCT_DRAFT; /* a box that is not ticked is not sent */
    product_own(r->work->arena, &p);
    product_read(&f, &p);
    product_check_form(&f, &p);
    struct err *e = form_done(&f);
    if (!e && p.version != stored.version)
        return show_conflict(r, &stored, &p, &f);
    if (is_mendable(e))
        return show_form(r, 422, &stored, &f, e);
    if (!e)
        e = product_save(r->work, &p, PRODUCT_BY_PERSON);
    bool stale = e && e->kind == ERR_STALE; /* saved by somebody else since it was read above */
    if (!stale && !is_mendable(e))
        TRY(e);
    if (e) { /* the transaction is lost with the refused statement */
        tx_rollback(r->work);
        tx_open(r->work, TX_READ);
        if (!stale)
            return show_form(r, 422, &stored, &f, e);
        TRY(load_param(r, &stored));
        return show_conflict(r, &stored, &p, &f);
    }
    return see_other(r, text_printf(r->work->arena, "/vendor/products/%lld?done=catalog.saved",
                                    (long long)stored.id.n));
}

struct err *
catalog_show_delete(struct req *r)
{
    struct product p;
    TRY(load_param(r, &p));
    struct val *m = val_map(r->work->arena);
    val_set_text(m, "title", product_title(&p, r->work->language, NULL));
    val_set_text(m, "sku", p.sku);
    val_set_text(m, "path",
                 text_printf(r->work->arena, "/vendor/products/%lld", (long long)p.id.n));
    return page(r, "vendor/products/delete", m);
}

struct err *
catalog_post_delete(struct req *r)
{
    struct product p;
    struct bulk_result result;
    TRY(load_param(r, &p));
    TRY(products_delete(r->work, &p.id.n, 1, &result));
    return see_other(r, result.held ? "/vendor/products?failed=catalog.held"
                                    : "/vendor/products?done=catalog.deleted");
}

/* ---- Several at once ---- */

/* From `id` parameters given once each, checked to be ids; at most a page of them. */
static struct err *
join_ids(struct req *r, const struct pairs *from, int64_t **out, size_t *count)
{
    int64_t *ids = NEW_ARRAY(r->work->arena, int64_t, from->count + 1);
    *count = 0;
    for (size_t i = 0; i < from->count; i++) {
        int64_t id;
        if (!text_is(from->at[i].name, "id"))
            continue;
        if (!text_to_id(from->at[i].value, &id) || *count == 1000)
            return FAIL(r->work->arena, ERR_MALFORMED, "catalog.ids",
                        "The selection cannot be read.");
        ids[(*count)++] = id;
    }
    *out = ids;
    return NULL;
}

static bool
is_bulk_act(const char *act)
{
    return text_is(act, "activate") || text_is(act, "deactivate") || text_is(act, "delete");
}

/* What will happen, to which: the question before it is done. */
static struct err *
ask_bulk(struct req *r, const char *act, const int64_t *ids, size_t count)
{
    struct filter none = { .q = NULL };
    struct rows rows;
    int64_t id;
    TRY(load_rows(r, &none, arg_i64s(r->work, ids, count), 1000, &rows));
    struct val *m = val_map(r->work->arena), *list = val_set_list(m, "products");
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        add_row(r, list, &s, &id);
    }
    val_set_text(m, "act", act);
    val_set_word(m, "question", text_printf(r->work->arena, "catalog.bulk.%s", act));
    val_set_word(m, "consequence", text_printf(r->work->arena, "catalog.bulk.%s_say", act));
    val_set_count(m, "count", rows.count);
    return page(r, "vendor/products/bulk", m);
}

/* POST …/bulk: `do` and the ticked `id`s; asked first, done with `sure`. */
struct err *
catalog_post_bulk(struct req *r)
{
    struct form f;
    int64_t *ids = NULL;
    size_t count = 0;
    struct bulk_result result;
    TRY(form_read(r, &f));
    struct pairs pairs = { .at = NEW_ARRAY(r->work->arena, struct pair, f.count + 1),
                           .count = f.count };
    for (size_t i = 0; i < f.count; i++)
        pairs.at[i] = (struct pair){ f.at[i].name, f.at[i].value };
    const char *act = form_word(&f, "do", 1, 20);
    bool sure = form_flag(&f, "sure");
    TRY(form_done(&f));
    TRY(join_ids(r, &pairs, &ids, &count));
    if (!is_bulk_act(act))
        return FAIL(r->work->arena, ERR_MALFORMED, "catalog.bulk",
                    "This cannot be done with several products.");
    if (!count)
        return see_other(r, "/vendor/products?failed=catalog.none_chosen");
    if (!sure)
        return ask_bulk(r, act, ids, count);
    if (text_is(act, "delete"))
        TRY(products_delete(r->work, ids, count, &result));
    else
        TRY(products_set_status(r->work, ids, count,
                                text_is(act, "activate") ? PRODUCT_ACTIVE : PRODUCT_DRAFT,
                                &result));
    return see_other(r, text_printf(r->work->arena, "/vendor/products?done=catalog.bulk_%s", act));
}
