/* The vendor's list of products, and what is done to several of them at once: asked first, with
 * what will change in sight, then done, then said how many did and did not. */
#include <string.h>

#include "base/settings.h"
#include "base/text.h"
#include "catalog/category.h"
#include "catalog/filter.h"
#include "catalog/inside.h"
#include "catalog/routes.h"
#include "catalog/terms.h"
#include "db/db.h"
#include "http/cursor.h"
#include "http/form.h"
#include "images/images.h"
#include "view/value.h"

#define PAGE      50
#define SHOWN     20     /* rows of a question that go by way of example */
#define BULK_MOST 100000 /* products at once */

/* ---- Rows ---- */

/* Is the code one of the words in `list`, which blanks keep apart? */
static bool
has_code(const char *list, const char *code)
{
    size_t n = strlen(code);
    for (const char *at = list; (at = strstr(at, code)); at += n)
        if ((at == list || at[-1] == ' ') && (at[n] == 0 || at[n] == ' '))
            return true;
    return false;
}

/* "en fr – –": which of the shop's languages a product has, in their order. */
static void
add_languages(struct val *row, const struct shop_terms *terms, const char *present)
{
    struct val *list = val_set_list(row, "languages");
    for (size_t i = 0; i < terms->language_count; i++) {
        struct val *one = val_add_map(list);
        val_set_text(one, "code", terms->languages[i]);
        val_set_bool(one, "present", has_code(present, terms->languages[i]));
    }
}

static void
set_thumb(struct req *r, struct val *row, struct scan *s, const char *name, const char *size)
{
    struct arena *a = r->work->arena;
    bool has_image = !scan_null(s);
    struct bytes hash = scan_bytes(r->work, s);
    struct sha256 h;
    if (!has_image || hash.length != sizeof(h.bytes))
        return;
    memcpy(h.bytes, hash.at, sizeof(h.bytes));
    val_set_text(row, name, text_printf(a, "/media/%s", image_name(a, &h, size)));
}

/* Stock in a sentence: nothing is counted, or the sum, or "2 of 5 variants out". */
static void
set_stock(struct val *row, int64_t variants, int64_t tracked, int64_t out, int64_t available)
{
    struct val *stock = val_set_map(row, "stock");
    val_set_count(stock, "count", variants);
    val_set_bool(stock, "tracked", tracked > 0);
    val_set_count(stock, "available", available);
    val_set_bool(stock, "all_out", tracked && out == tracked);
    val_set_bool(stock, "some_out", out && out < variants);
    val_set_count(stock, "out", out);
}

static void
add_row(struct req *r, struct val *list, const struct shop_terms *terms, struct scan *s)
{
    struct arena *a = r->work->arena;
    struct val *row = val_add_map(list);
    int64_t id = scan_i64(s);
    val_set_i64(row, "id", id);
    val_set_text(row, "path", text_printf(a, "/vendor/products/%lld", (long long)id));
    val_set_text(row, "sku", scan_text(s));
    val_set_money(row, "price", scan_money(s));
    const char *status = scan_text(s);
    val_set_bool(val_set_map(row, "is"), text_copy(a, status), true);
    val_set_bool(row, "active", text_is(status, "active"));
    val_set_time(row, "updated", scan_time(s));
    val_set_text(row, "title", scan_text(s));
    val_set_text(row, "title_lang", scan_text(s));
    add_languages(row, terms, scan_text(s));
    set_thumb(r, row, s, "thumb", "200");
    val_set_text(row, "category", scan_text(s));
    int64_t variants = scan_i64(s), tracked = scan_i64(s), out = scan_i64(s);
    set_stock(row, variants, tracked, out, scan_i64(s));
    struct money least = { scan_i64(s), terms->currency }, most = { scan_i64(s), terms->currency };
    val_set_bool(row, "has_prices", least.minor != most.minor);
    val_set_money(row, "price_least", least);
    val_set_money(row, "price_most", most);
    val_set_count(row, "variants", variants);
    val_set_bool(row, "several", variants > 1);
    scan_end(s);
}

static struct err *
add_rows(struct req *r, struct val *m, const struct ids *ids, size_t most)
{
    struct rows rows;
    struct shop_terms terms;
    size_t n = ids->count < most ? ids->count : most;
    TRY(shop_terms_load(r->work, &terms));
    TRY(db_many(r->work, Q_catalog_rows,
                ARGS(arg_text(r->work->language), arg_i64s(r->work, ids->at, n)), &rows));
    struct val *list = val_set_list(m, "products");
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        add_row(r, list, &terms, &s);
    }
    val_set_count(m, "count", rows.count);
    val_set_bool(m, "has_products", rows.count > 0);
    return NULL;
}

/* ---- The list ---- */

/* For each of the words a flag that says it is chosen: {{#status_is.active}}. */
static void
choose(struct val *m, const char *name, const char *word)
{
    val_set_bool(val_set_map(m, name), word ? word : "any", true);
}

static void
add_sorts(struct req *r, struct val *m, const char *sort)
{
    static const char *const columns[] = { "title", "sku", "price", "updated" };
    struct arena *a = r->work->arena;
    struct val *sorts = val_set_map(m, "sorts");
    for (size_t i = 0; i < COUNT(columns); i++) {
        struct val *one = val_set_map(sorts, columns[i]);
        bool up = text_is(sort, columns[i]), down = *sort == '-' && text_is(sort + 1, columns[i]);
        val_set_text(one, "href",
                     query_with(r, "sort", up ? text_printf(a, "-%s", columns[i]) : columns[i]));
        val_set_text(one, "order", up ? "ascending" : down ? "descending" : NULL);
    }
}

static void
add_filter(struct req *r, struct val *m, const struct product_filter *f)
{
    val_set_bool(m, "filtered", product_filter_is_set(f));
    val_set_text(m, "q", f->q ? f->q : "");
    choose(m, "status_is", f->status);
    choose(m, "stock_is", f->stock);
    choose(m, "missing_is", f->missing);
    val_set_text(m, "sort", f->sort);
    add_sorts(r, m, f->sort);
    val_set_text(m, "filter", query_with(r, "cursor", NULL));
}

/* What a bulk act did, as its redirect says. */
static void
add_outcome(struct req *r, struct val *m)
{
    static const char *const names[] = { "changed", "unchanged", "held" };
    struct val *outcome = val_set_map(m, "outcome");
    bool any = false;
    for (size_t i = 0; i < COUNT(names); i++) {
        int64_t n;
        const char *text = query_text(r, names[i]);
        if (!text || !text_to_i64(text, &n) || n < 0)
            continue;
        struct val *one = val_set_map(outcome, names[i]);
        val_set_count(one, "count", n);
        val_set_bool(one, "some", n > 0);
        any = true;
    }
    val_set_bool(m, "has_outcome", any);
}

struct err *
catalog_show_list(struct req *r)
{
    struct product_filter f = product_filter_read(&r->query);
    struct product_page found;
    const char *keys[2];
    bool further;
    int64_t behind = 0;
    TRY(cursor_read(r, keys, COUNT(keys), &further));
    if (further && !text_to_id(keys[1], &behind))
        return cursor_refused(r);
    TRY(product_page_load(r->work, &f, further ? keys[0] : "", behind, PAGE + 1, &found));

    struct val *m = val_map(r->work->arena);
    TRY(add_rows(r, m, &found.ids, PAGE));
    TRY(categories_model(r->work, m, f.category, NULL));
    add_filter(r, m, &f);
    add_outcome(r, m);
    if (found.corrected)
        val_set_text(m, "corrected", found.corrected);
    val_set_bool(m, "is_first_page", !further);
    val_set_bool(m, "has_more", further || found.ids.count > PAGE);
    if (further)
        val_set_text(m, "newer", query_with(r, "cursor", NULL));
    if (found.ids.count > PAGE) {
        const char *last[] = { found.keys[PAGE - 1],
                               text_i64(r->work->arena, found.ids.at[PAGE - 1]) };
        val_set_text(m, "older", query_with(r, "cursor", cursor_make(r, last, COUNT(last))));
    }
    return page(r, "vendor/products/list", m);
}

/* ---- Several at once ---- */

struct bulk_form {
    struct form form;
    const char *act, *filter; /* filter: the list's query, "?q=…", where all of it are meant */
    struct ids ids;
    bool sure;
    const char *category;   /* of "category" */
    struct price_move move; /* of "price" */
    const char *previewed;  /* "12.5 5": the move whose new prices were looked at */
};

static const char *const acts[] = { "activate", "deactivate", "archive",
                                    "category", "price",      "delete" };

static struct err *
read_ids(struct req *r, const struct form *f, struct ids *out)
{
    struct ids ids = { NEW_ARRAY(r->work->arena, int64_t, f->count + 1), 0 };
    for (size_t i = 0; i < f->count; i++) {
        int64_t id;
        if (!text_is(f->at[i].name, "id"))
            continue;
        if (!text_to_id(f->at[i].value, &id))
            return FAIL(r->work->arena, ERR_MALFORMED, "catalog.ids",
                        "The selection cannot be read.");
        ids.at[ids.count++] = id;
    }
    *out = ids;
    return NULL;
}

/* All that the list's filter finds. */
static struct err *
find_all(struct req *r, const char *filter, struct ids *out)
{
    struct pairs query;
    struct product_page all;
    TRY(pairs_decode(r->work->arena, BYTES(filter + 1, strlen(filter + 1)), &query));
    struct product_filter f = product_filter_read(&query);
    f.sort = "newest";
    TRY(product_page_load(r->work, &f, "", 0, BULK_MOST + 1, &all));
    if (all.ids.count > BULK_MOST)
        return FAIL(r->work->arena, ERR_INVALID, "catalog.bulk_most",
                    "At most 100,000 products at once.");
    *out = all.ids;
    return NULL;
}

/* "-12.5" per cent. */
static void
read_move(struct bulk_form *b)
{
    const char *text = form_text(&b->form, "percent", 0, 20);
    bool down = *text == '-';
    int64_t steps[] = { 1, 5, 10, 100 }, step = form_i64(&b->form, "step", 1, 100, 1);
    b->move = (struct price_move){ .step = 1 };
    for (size_t i = 0; i < COUNT(steps); i++)
        if (steps[i] == step)
            b->move.step = step;
    if (*text &&
        !percent_parse(text + (down || *text == '+'), down ? 10000 : 100000, &b->move.by_bp))
        form_fail(&b->form, "percent", "field.percent",
                  "A rate from 0 to 100 per cent, like 17 or 8.5.");
    if (down)
        b->move.by_bp = -b->move.by_bp;
}

static struct err *
read_bulk(struct req *r, struct bulk_form *b)
{
    bool known = false;
    TRY(form_read(r, &b->form));
    b->act = form_word(&b->form, "do", 1, 20);
    b->filter = form_text(&b->form, "filter", 0, 4000);
    b->sure = form_flag(&b->form, "sure");
    b->category = form_text(&b->form, "category", 0, PRODUCT_CATEGORY_MOST);
    b->previewed = form_text(&b->form, "previewed", 0, 40);
    for (size_t i = 0; i < COUNT(acts); i++)
        known |= text_is(b->act, acts[i]);
    if (!known)
        return FAIL(r->work->arena, ERR_MALFORMED, "catalog.bulk",
                    "This cannot be done with several products.");
    read_move(b);
    if (form_flag(&b->form, "all") && *b->filter == '?')
        return find_all(r, b->filter, &b->ids);
    return read_ids(r, &b->form, &b->ids);
}

/* What lies there and what is ordered of what would go. */
static struct err *
add_stakes(struct req *r, struct val *m, const struct ids *ids)
{
    struct rows rows;
    int64_t pieces = 0, orders = 0;
    TRY(db_many(r->work, Q_catalog_stakes, ARGS(arg_i64s(r->work, ids->at, ids->count)), &rows));
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        scan_skip(&s);
        pieces += scan_i64(&s);
        orders += scan_i64(&s) > 0;
        scan_end(&s);
    }
    struct val *stakes = val_set_map(m, "stakes");
    val_set_count(stakes, "pieces", pieces);
    val_set_bool(stakes, "has_pieces", pieces > 0);
    val_set_count(val_set_map(stakes, "held"), "count", orders);
    val_set_bool(stakes, "has_held", orders > 0);
    return NULL;
}

static const char *
move_percent(struct arena *a, const struct price_move *move)
{
    int64_t bp = move->by_bp;
    return text_join(a, bp < 0 ? "-" : "", percent_text(a, bp < 0 ? -bp : bp), NULL);
}

/* Prices are changed as they were shown, or shown anew. */
static bool
is_previewed(struct arena *a, const struct bulk_form *b)
{
    return b->move.by_bp &&
           text_is(b->previewed,
                   text_printf(a, "%s %lld", move_percent(a, &b->move), (long long)b->move.step));
}

/* Old → new of the first rows, once it is said by how much. */
static struct err *
add_prices(struct req *r, struct val *m, const struct bulk_form *b)
{
    struct rows rows;
    struct arena *a = r->work->arena;
    TRY(db_many(r->work, Q_catalog_price_preview,
                ARGS(arg_i64s(r->work, b->ids.at, b->ids.count), arg_i64(r->work, b->move.by_bp),
                     arg_i64(r->work, b->move.step), arg_text(r->work->language),
                     arg_i64(r->work, SHOWN)),
                &rows));
    struct val *list = val_set_list(m, "prices");
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        struct val *row = val_add_map(list);
        scan_skip(&s);
        val_set_text(row, "sku", scan_text(&s));
        val_set_text(row, "title", scan_text(&s));
        val_set_money(row, "before", scan_money(&s));
        val_set_money(row, "after", scan_money(&s));
        val_set_bool(row, "held", scan_bool(&s));
        scan_end(&s);
    }
    val_set_bool(m, "has_prices", b->move.by_bp != 0);
    val_set_text(m, "percent", b->move.by_bp ? move_percent(a, &b->move) : "");
    val_set_i64(m, "step", b->move.step);
    choose(m, "step_is", text_printf(a, "s%lld", (long long)b->move.step));
    return NULL;
}

/* What will happen, to which: the question before it is done. */
static struct err *
ask_bulk(struct req *r, const struct bulk_form *b, const struct err *e)
{
    struct arena *a = r->work->arena;
    struct val *m = val_map(a), *ids = val_set_list(m, "ids");
    if (e)
        form_show(&b->form, e, m);
    TRY(add_rows(r, m, &b->ids, SHOWN));
    bool all = form_raw(&b->form, "all") != NULL;
    for (size_t i = 0; i < b->ids.count && !all; i++)
        val_add_text(ids, text_i64(a, b->ids.at[i]));
    if (text_is(b->act, "delete"))
        TRY(add_stakes(r, m, &b->ids));
    if (text_is(b->act, "price"))
        TRY(add_prices(r, m, b));
    if (text_is(b->act, "category"))
        TRY(categories_model(r->work, m, 0, NULL));
    val_set_text(m, "act", b->act);
    val_set_bool(val_set_map(m, "act_is"), b->act, true);
    val_set_bool(m, "all", all);
    val_set_text(m, "filter", b->filter);
    val_set_word(m, "question", text_printf(a, "catalog.bulk.%s", b->act));
    val_set_word(m, "consequence", text_printf(a, "catalog.bulk.%s_say", b->act));
    val_set_count(m, "count", (int64_t)b->ids.count);
    val_set_count(m, "further", b->ids.count > SHOWN ? (int64_t)b->ids.count - SHOWN : 0);
    val_set_bool(m, "has_further", b->ids.count > SHOWN);
    return page_status(r, e ? 422 : 200, "vendor/products/bulk", m);
}

static struct err *
do_bulk(struct req *r, const struct bulk_form *b, struct bulk_result *out)
{
    struct work *w = r->work;
    enum currency cur = CUR_EUR;
    currency_read(r->visitor.currency, &cur);
    if (text_is(b->act, "delete"))
        return bulk_delete(w, &b->ids, out);
    if (text_is(b->act, "category"))
        return bulk_set_category(w, &b->ids, category_path(w->arena, b->category), out);
    if (text_is(b->act, "price"))
        return bulk_set_price(w, &b->ids, &b->move, cur, out);
    return bulk_set_status(w, &b->ids,
                           text_is(b->act, "activate")     ? PRODUCT_ACTIVE
                           : text_is(b->act, "deactivate") ? PRODUCT_DRAFT
                                                           : PRODUCT_ARCHIVED,
                           out);
}

/* POST …/bulk: `do` and the ticked `id`s, or `all` of `filter`; asked first, done with `sure`. */
struct err *
catalog_post_bulk(struct req *r)
{
    struct bulk_form b = { .act = "" };
    struct bulk_result result;
    TRY(read_bulk(r, &b));
    if (!b.ids.count)
        return see_other(r, "/vendor/products?failed=catalog.none_chosen");
    struct err *e = form_done(&b.form);
    bool open = text_is(b.act, "price") && !is_previewed(r->work->arena, &b);
    if (!b.sure || e || open)
        return ask_bulk(r, &b, e);
    TRY(do_bulk(r, &b, &result));
    return see_other(
        r, text_printf(
               r->work->arena,
               "/vendor/products?done=catalog.bulk_%s&changed=%lld&unchanged=%lld&held=%lld", b.act,
               (long long)result.changed, (long long)result.unchanged, (long long)result.held));
}
