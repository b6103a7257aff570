/* The page of one product: its sections are saved alone or together, its languages are tabs. What a
 * form does not have is not changed, so a tab, a section and a page of variants are all the same to
 * the rules. */
#include <string.h>

#include "base/text.h"
#include "catalog/bulk.h"
#include "catalog/category.h"
#include "catalog/conflict.h"
#include "catalog/editor.h"
#include "catalog/generate.h"
#include "catalog/routes.h"
#include "catalog/terms.h"
#include "catalog/tongue.h"
#include "db/db.h"
#include "images/fetch.h"
#include "images/images.h"
#include "view/value.h"

#define SHEET 50  /* variants on a page */
#define MANY  100 /* variants made at once without being asked */

/* ---- Filling the form ---- */

/* What a field holds: as it was typed, else as it is. */
static const char *
shown(const struct form *f, const char *name, const char *stored)
{
    const char *typed = f ? form_raw(f, name) : NULL;
    return typed && !form_is_nested(f, name) ? typed : stored;
}

static const char *
error_of(const struct req *r, const struct err *e, const char *name)
{
    for (; e; e = e->next)
        if (text_is(e->field, name))
            return problem_say(r, e);
    return NULL;
}

static void
prefill(struct arena *a, struct val *m, const struct product *p)
{
    form_prefill(m, "sku", p->sku);
    form_prefill(m, "gtin", p->gtin);
    form_prefill(m, "brand", p->brand);
    form_prefill(m, "mpn", p->mpn);
    form_prefill(m, "category", p->category);
    form_prefill(m, "google_category", p->google_category);
    form_prefill(m, "weight_g", p->weight_g < 0 ? "" : text_i64(a, p->weight_g));
    form_prefill(m, "price", p->given ? money_decimal(a, p->price) : "");
    form_prefill(m, "compare_at_price", p->has_compare_at ? money_decimal(a, p->compare_at) : "");
    form_prefill(m, "tax_rate", percent_text(a, p->tax_bp));
    struct buf tags = buf_new(a, 64);
    for (size_t i = 0; i < p->tag_count; i++)
        buf_printf(&tags, "%s%s", i ? ", " : "", p->tags[i]);
    form_prefill(m, "tags", tags.at);
}

static struct val *
add_field(struct req *r, struct val *row, const char *what, const char *name, const char *value,
          const struct editor *ed)
{
    struct val *field = val_set_map(row, what);
    const char *text = shown(ed->form, name, value);
    val_set_text(field, "name", name);
    val_set_text(field, "value", text);
    val_set_text(field, "error", error_of(r, ed->failure, name));
    val_set_i64(field, "length", (int64_t)text_characters(text));
    return field;
}

/* The language whose texts the form has: asked for, else the reader's, else the shop's usual. */
static const char *
language_in(struct req *r, const struct shop_terms *terms, const struct product *p)
{
    const char *asked = query_text(r, "in");
    for (size_t i = 0; i < terms->language_count; i++)
        if (text_is(asked, terms->languages[i]))
            return terms->languages[i];
    if (asked && product_text_in(p, asked))
        return asked;
    for (size_t i = 0; i < terms->language_count; i++)
        if (text_is(r->work->language, terms->languages[i]))
            return terms->languages[i];
    return terms->languages[0];
}

static void
add_tab(struct req *r, struct val *list, const struct product *p, const char *code,
        const char *current)
{
    const struct product_text *t = product_text_in(p, code);
    struct val *tab = val_add_map(list);
    val_set_text(tab, "code", code);
    val_set_text(tab, "name", tongue_name(code));
    val_set_text(tab, "href", text_join(r->work->arena, query_with(r, "in", code), "#texts", NULL));
    val_set_bool(tab, "current", text_is(code, current));
    val_set_bool(tab, "missing", !t || !*t->title);
}

/* The shop's languages, then others that the product has. */
static void
add_tabs(struct req *r, struct val *m, const struct shop_terms *terms, const struct product *p,
         const char *current)
{
    struct val *list = val_set_list(m, "tabs");
    for (size_t i = 0; i < terms->language_count; i++)
        add_tab(r, list, p, terms->languages[i], current);
    for (size_t i = 0; i < p->text_count; i++) {
        bool offered = false;
        for (size_t k = 0; k < terms->language_count; k++)
            offered |= text_is(terms->languages[k], p->texts[i].language);
        if (!offered)
            add_tab(r, list, p, p->texts[i].language, current);
    }
}

static void
add_texts(struct req *r, struct val *m, const struct shop_terms *terms, const struct product *p,
          const struct editor *ed)
{
    static const struct product_text none = { "", "", "", "" };
    struct arena *a = r->work->arena;
    const char *code = language_in(r, terms, p), *from = query_text(r, "copy");
    const struct product_text *own = product_text_in(p, code),
                              *copied = from ? product_text_in(p, from) : NULL;
    const struct product_text *t = copied ? copied : own ? own : &none;
    struct val *text = val_set_map(m, "text");
    const char *prefix = text_join(a, "translations.", code, ".", NULL);
    add_tabs(r, m, terms, p, code);
    val_set_text(text, "code", code);
    val_set_text(text, "name", tongue_name(code));
    val_set_text(text, "dir", tongue_direction(code));
    val_set_bool(text, "copied", copied != NULL);
    add_field(r, text, "title", text_join(a, prefix, "title", NULL), t->title, ed);
    add_field(r, text, "description", text_join(a, prefix, "description", NULL), t->description,
              ed);
    add_field(r, text, "slug", text_join(a, prefix, "slug", NULL),
              copied ? ""
              : own  ? own->slug
                     : "",
              ed);
    struct val *sources = val_set_list(m, "copies");
    for (size_t i = 0; i < p->text_count; i++) {
        if (text_is(p->texts[i].language, code) || !*p->texts[i].title)
            continue;
        struct val *one = val_add_map(sources);
        val_set_text(one, "name", tongue_name(p->texts[i].language));
        val_set_text(one, "href",
                     text_printf(a, "?in=%s&copy=%s#texts", code, p->texts[i].language));
    }
}

/* ---- Variants ---- */

/* A row of the sheet. Its fields count from the sheet's first row, failures from the product's. */
struct sheet_row {
    struct val *row;
    const char *field, *failure; /* "variants.0.", "variants.50." */
};

static struct val *
add_cell(struct req *r, const struct sheet_row *row, struct val *to, const char *what,
         const char *member, const char *value, const struct editor *ed)
{
    struct arena *a = r->work->arena;
    struct val *cell = add_field(r, to, what, text_join(a, row->field, member, NULL), value, ed);
    val_set_text(cell, "error", error_of(r, ed->failure, text_join(a, row->failure, member, NULL)));
    return cell;
}

static void
add_variant(struct req *r, const struct sheet_row *row, const struct product *p,
            const struct product_variant *v, const struct editor *ed)
{
    struct arena *a = r->work->arena;
    struct val *values = val_set_list(row->row, "options"), *to = row->row;
    struct buf label = buf_new(a, 64);
    val_set_text(to, "prefix", row->field);
    val_set_i64(to, "id", v->id.n);
    val_set_bool(to, "stored", v->id.n != 0);
    for (size_t k = 0; k < p->option_count; k++) {
        struct val *value = val_add_map(values);
        add_cell(r, row, value, "field", text_join(a, "options.", p->options[k], NULL),
                 v->values[k], ed);
        val_set_text(value, "option", p->options[k]);
        val_set_text(value, "id", text_printf(a, "%soption.%zu", row->field, k));
        buf_printf(&label, "%s%s", k ? ", " : "", v->values[k]);
    }
    val_set_text(to, "called", label.length ? label.at : v->sku);
    add_cell(r, row, to, "sku", "sku", v->sku, ed);
    add_cell(r, row, to, "gtin", "gtin", v->gtin, ed);
    add_cell(r, row, to, "price", "price", v->has_price ? money_decimal(a, v->price) : "", ed);
    add_cell(r, row, to, "compare", "compare_at_price",
             v->has_compare_at ? money_decimal(a, v->compare_at) : "", ed);
    add_cell(r, row, to, "weight", "weight_g", v->weight_g < 0 ? "" : text_i64(a, v->weight_g), ed);
    val_set_bool(to, "tracked", v->tracked);
    val_set_bool(to, "backorder", v->backorder);
    val_set_count(to, "available", v->available);
}

static void
add_axes(struct req *r, struct val *m, const struct product *p, const struct editor *ed)
{
    struct arena *a = r->work->arena;
    struct axis axes[PRODUCT_OPTIONS_MAX];
    size_t n = axes_of(a, p, axes), rows = n < 2 ? 2 : n < PRODUCT_OPTIONS_MAX ? n + 1 : n;
    struct val *list = val_set_list(m, "axes");
    for (size_t i = 0; i < rows; i++) {
        struct val *row = val_add_map(list);
        struct buf values = buf_new(a, 64);
        for (size_t k = 0; i < n && k < axes[i].count; k++)
            buf_printf(&values, "%s%s", k ? ", " : "", axes[i].values[k]);
        add_field(r, row, "option", text_printf(a, "axes.%zu.name", i), i < n ? axes[i].name : "",
                  ed);
        add_field(r, row, "values", text_printf(a, "axes.%zu.values", i), values.at, ed);
        val_set_i64(row, "number", (int64_t)i + 1);
    }
}

static void
add_variants(struct req *r, struct val *m, const struct product *p, const struct editor *ed)
{
    struct arena *a = r->work->arena;
    int64_t from = 0;
    const char *text = query_text(r, "from");
    size_t n = p->variant_count;
    if (!text || !text_to_i64(text, &from) || from < 0 || (size_t)from >= n)
        from = 0;
    size_t to = (size_t)from + SHEET < n ? (size_t)from + SHEET : n;
    struct val *sheet = val_set_map(m, "sheet"), *list = val_set_list(sheet, "variants");
    for (size_t i = (size_t)from; i < to && p->option_count; i++) {
        const struct sheet_row row = { val_add_map(list),
                                       text_printf(a, "variants.%zu.", i - (size_t)from),
                                       text_printf(a, "variants.%zu.", i) };
        add_variant(r, &row, p, &p->variants[i], ed);
    }
    val_set_bool(sheet, "has_variants", p->option_count > 0);
    val_set_count(sheet, "count", (int64_t)n);
    val_set_bool(sheet, "partial", from || to < n);
    if (from)
        val_set_text(sheet, "earlier",
                     query_with(r, "from", from > SHEET ? text_i64(a, from - SHEET) : NULL));
    if (to < n)
        val_set_text(sheet, "later", query_with(r, "from", text_i64(a, (int64_t)to)));
    val_set_count(sheet, "first", from + 1);
    val_set_count(sheet, "last", (int64_t)to);
    struct val *names = val_set_list(sheet, "names");
    for (size_t k = 0; k < p->option_count; k++)
        val_add_text(names, p->options[k]);
    if (!p->option_count && n) {
        val_set_bool(m, "plain_tracked", p->variants[0].tracked);
        val_set_bool(m, "plain_backorder", p->variants[0].backorder);
        val_set_count(m, "plain_available", p->variants[0].available);
        val_set_i64(m, "plain_id", p->variants[0].id.n);
    }
    add_axes(r, m, p, ed);
}

/* ---- The page ---- */

static void
add_choices(struct val *m, const struct product *p, const struct form *f)
{
    const char *status = shown(f, "status", product_status_names[p->status]);
    val_set_bool(val_set_map(m, "status_is"), status, true);
    val_set_bool(val_set_map(m, "condition_is"), shown(f, "condition", p->condition), true);
}

/* The tab and the page of variants, for the address that the form goes to: "?in=fr&from=50". */
static const char *
place_of(struct req *r)
{
    static const char *const names[] = { "in", "from" };
    struct buf b = buf_new(r->work->arena, 32);
    for (size_t i = 0; i < COUNT(names); i++) {
        const char *value = query_text(r, names[i]);
        if (value)
            buf_printf(&b, "%c%s=%s", b.length ? '&' : '?', names[i],
                       url_part(r->work->arena, value));
    }
    return b.at;
}

/* What only a product that is there has. */
static struct err *
add_stored(struct req *r, struct val *m, const struct product *p)
{
    struct arena *a = r->work->arena;
    struct images images;
    struct image_room room;
    TRY(images_of_product(r->work, p->id, &images));
    TRY(images_room(r->work, p->id, &room));
    val_set_i64(m, "product_id", p->id.n);
    val_set_text(m, "path", text_printf(a, "/vendor/products/%lld", (long long)p->id.n));
    val_set_text(m, "action",
                 text_printf(a, "/vendor/products/%lld%s", (long long)p->id.n, place_of(r)));
    val_set_text(m, "title", product_title(p, r->work->language, NULL));
    val_set_text(m, "sku", p->sku);
    val_set_i64(m, "version", p->version);
    val_set_time(m, "updated", p->updated_us);
    val_set_bool(m, "is_active", p->status == PRODUCT_ACTIVE);
    val_set_bool(val_set_map(m, "is"), product_status_names[p->status], true);
    val_set_text(
        m, "public_path",
        text_printf(a, "/shops/%s/products/%lld", r->visitor.shop_slug, (long long)p->id.n));
    images_model(m, &images);
    images_upload_model(r->work, m, p->id, &room);
    return images_wanted_model(r->work, m, p->id);
}

struct err *
editor_show(struct req *r, int status, const struct editor *ed)
{
    struct arena *a = r->work->arena;
    struct shop_terms terms;
    TRY(shop_terms_load(r->work, &terms));
    struct product blank = product_blank(terms.currency);
    const struct product *p = ed->typed ? ed->typed : ed->stored ? ed->stored : &blank;
    struct val *m = val_map(a);
    prefill(a, m, ed->stored ? ed->stored : &blank);
    if (ed->form)
        form_show(ed->form, ed->failure, m);
    add_texts(r, m, &terms, ed->stored ? ed->stored : &blank, ed);
    add_choices(m, ed->stored ? ed->stored : &blank, ed->form);
    TRY(categories_model(r->work, m, 0, NULL));
    val_set_text(m, "currency", currency_code(terms.currency));
    val_set_bool(m, "with_tax", terms.prices_with_tax);
    val_set_text(m, "usual_tax", percent_text(a, terms.tax_bp));
    if (!ed->stored)
        return page_status(r, status, "vendor/products/new", m);
    add_variants(r, m, p, ed);
    TRY(add_stored(r, m, ed->stored));
    return page_status(r, status, "vendor/products/edit", m);
}

struct err *
catalog_show_new(struct req *r)
{
    return editor_show(r, 200, &(struct editor){ .stored = NULL });
}

struct err *
catalog_show_one(struct req *r)
{
    struct product_id id;
    struct product p;
    TRY(param_id(r, 0, &id.n));
    TRY(product_load(r->work, id, &p));
    return editor_show(r, 200, &(struct editor){ .stored = &p });
}

/* ---- Sections ---- */

static bool
is_in_section(const char *section, const char *name)
{
    static const char *const prices[] = { "price", "compare_at_price", "tax_rate" };
    bool texts = text_starts(name, "translations."), price = false;
    bool variants = text_starts(name, "variants") || text_starts(name, "options");
    for (size_t i = 0; i < COUNT(prices); i++)
        price |= text_is(name, prices[i]);
    if (text_is(section, "texts"))
        return texts;
    if (text_is(section, "price"))
        return price;
    if (text_is(section, "variants"))
        return variants;
    if (text_is(section, "basics"))
        return !texts && !price && !variants;
    return !text_is(section, "generate");
}

/* What of the form is not meant gets a name that nobody asks for. */
static void
keep_section(struct form *f, const char *section)
{
    static const char *const always[] = { "version", "sure" };
    for (size_t i = 0; i < f->count; i++) {
        const char *name = f->at[i].name;
        bool kept = text_starts(name, "axes.") || text_starts(name, "take.");
        for (size_t k = 0; k < COUNT(always); k++)
            kept |= text_is(name, always[k]);
        if (!kept && !is_in_section(section, name))
            f->at[i].name = "-";
    }
}

/* Lines of the sheet that were ticked to go. */
static void
drop_ticked(const struct form *f, struct arena *a, struct product *p)
{
    size_t kept = 0;
    for (size_t i = 0; i < p->variant_count; i++) {
        const char *id = text_i64(a, p->variants[i].id.n);
        bool gone =
            p->variants[i].id.n && form_raw(f, text_join(a, "variants_gone.", id, NULL)) != NULL;
        if (!gone)
            p->variants[kept++] = p->variants[i];
    }
    p->variant_count = kept;
}

/* "Size" with "S, M, L": as many as have a name and values. */
static size_t
read_axes(struct form *f, struct axis *axes)
{
    struct arena *a = f->r->work->arena;
    size_t n = 0;
    for (size_t i = 0; i < PRODUCT_OPTIONS_MAX; i++) {
        const char *field = text_printf(a, "axes.%zu.values", i);
        const char *name = form_text(f, text_printf(a, "axes.%zu.name", i), 0, 100);
        const char *text = form_text(f, field, 0, 20000);
        struct axis axis = { .name = name };
        axis.values = NEW_ARRAY(a, const char *, strlen(text) / 2 + 2);
        while (*text) {
            size_t length = strcspn(text, ",");
            char *value = text_trim(a, text_copy_n(a, text, length));
            bool known = !*value;
            for (size_t k = 0; k < axis.count && !known; k++)
                known = text_is(axis.values[k], value);
            if (!known)
                axis.values[axis.count++] = value;
            text += length + (text[length] == ',');
        }
        if (*name && axis.count)
            axes[n++] = axis;
        else if (*name || axis.count)
            form_fail(f, field, "product.axis", "An option needs a name and values.");
    }
    return n;
}

static void
generate(struct form *f, struct product *p)
{
    struct axis axes[PRODUCT_OPTIONS_MAX];
    size_t n = read_axes(f, axes);
    if (axes_combinations(axes, n) > PRODUCT_VARIANTS_MAX)
        form_fail(f, "axes.0.values", "product.variants_most", "2,000 variants at most.");
    else if (n)
        product_generate(f->r->work->arena, p, axes, n);
    else if (p->variant_count > 1)
        p->variant_count = 1; /* no options any more: the first goes on as the product itself */
    if (!n)
        p->option_count = 0;
}

/* ---- Saving ---- */

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
    if (is_mendable(e)) {
        tx_rollback(r->work);
        tx_open(r->work, TX_READ);
        return editor_show(r, 422, &(struct editor){ .form = &f, .failure = e });
    }
    TRY(e);
    return see_other(r, text_printf(r->work->arena, "/vendor/products/%lld?done=catalog.added",
                                    (long long)id.n));
}

/* How many variants come and go. */
static void
count_variants(const struct product *before, const struct product *after, struct ids *gone,
               size_t *added)
{
    *added = gone->count = 0;
    for (size_t i = 0; i < after->variant_count; i++)
        *added += after->variants[i].id.n == 0;
    for (size_t i = 0; i < before->variant_count; i++)
        if (!variant_of(after, before->variants[i].id, i))
            gone->at[gone->count++] = before->variants[i].id.n;
}

/* Pieces that lie there, and orders that hold some: the two columns that are left. */
static void
add_stakes(struct val *m, struct scan *s)
{
    int64_t pieces = scan_i64(s), orders = scan_i64(s);
    scan_end(s);
    val_set_count(val_set_map(m, "pieces"), "count", pieces);
    val_set_bool(m, "has_pieces", pieces > 0);
    val_set_count(val_set_map(m, "held"), "count", orders);
    val_set_bool(m, "has_held", orders > 0);
}

static void
keep_form(struct val *m, const struct form *f)
{
    struct val *kept = val_set_list(m, "kept");
    for (size_t i = 0; i < f->count; i++) {
        const char *name = f->at[i].name;
        if (text_is(name, "csrf") || text_is(name, "sure") || text_is(name, "-") || !f->at[i].value)
            continue;
        struct val *one = val_add_map(kept);
        val_set_text(one, "name", name);
        val_set_text(one, "value", f->at[i].value);
    }
}

/* Variants that go take their stock along, and many come at once: that is asked first. */
static struct err *
ask_variants(struct req *r, const struct product *stored, const struct form *f,
             const struct ids *gone, size_t added, const char *section)
{
    struct arena *a = r->work->arena;
    struct val *m = val_map(a);
    struct scan s;
    TRY(db_one(r->work, Q_catalog_variant_stakes, ARGS(arg_i64s(r->work, gone->at, gone->count)),
               &s));
    struct val *lost = val_set_map(m, "gone");
    val_set_count(lost, "count", (int64_t)gone->count);
    val_set_bool(lost, "some", gone->count > 0);
    add_stakes(m, &s);
    struct val *more = val_set_map(m, "added");
    val_set_count(more, "count", (int64_t)added);
    val_set_bool(more, "some", added > 0);
    keep_form(m, f);
    val_set_text(m, "section", section);
    val_set_text(m, "sku", stored->sku);
    val_set_text(m, "path", text_printf(a, "/vendor/products/%lld", (long long)stored->id.n));
    return page(r, "vendor/products/variants", m);
}

static struct err *
read_product(struct form *f, const char *section, struct product *p)
{
    keep_section(f, section);
    product_read(f, p);
    if (text_is(section, "generate"))
        generate(f, p);
    drop_ticked(f, f->r->work->arena, p);
    product_check_form(f, p);
    return form_done(f);
}

/* Back to the tab and the page of variants that were saved. */
static const char *
saved_at(struct req *r, struct product_id id)
{
    const char *place = place_of(r);
    return text_printf(r->work->arena, "/vendor/products/%lld%s%cdone=catalog.saved",
                       (long long)id.n, place, *place ? '&' : '?');
}

/* The transaction is lost with a refused statement: what is shown comes from a new one. */
static struct err *
show_refused(struct req *r, struct product_id id, const struct product *typed, const struct form *f,
             struct err *e, bool stale)
{
    struct product stored;
    tx_rollback(r->work);
    tx_open(r->work, TX_READ);
    TRY(product_load(r->work, id, &stored));
    if (stale)
        return conflict_show(r, &stored, typed, f);
    return editor_show(
        r, 422, &(struct editor){ .stored = &stored, .typed = typed, .form = f, .failure = e });
}

struct err *
catalog_post_one(struct req *r)
{
    struct form f;
    struct product_id id;
    struct product stored;
    struct ids gone;
    size_t added;
    TRY(param_id(r, 0, &id.n));
    TRY(product_load(r->work, id, &stored));
    TRY(form_read(r, &f));
    struct product p = stored;
    const char *section = form_text(&f, "save", 0, 20);
    bool sure = form_flag(&f, "sure");
    p.version = form_i64(&f, "version", 1, INT64_MAX, stored.version);
    product_own(r->work->arena, &p);
    struct err *e = read_product(&f, section, &p);
    conflict_take(&f, &stored, &p);
    if (!e && p.version != stored.version)
        return conflict_show(r, &stored, &p, &f);
    if (is_mendable(e))
        return show_refused(r, id, &p, &f, e, false);
    TRY(e);
    gone.at = NEW_ARRAY(r->work->arena, int64_t, stored.variant_count + 1);
    count_variants(&stored, &p, &gone, &added);
    if (!sure && (gone.count || added > MANY))
        return ask_variants(r, &stored, &f, &gone, added, section);
    e = product_save(r->work, &p, PRODUCT_BY_PERSON);
    bool stale = e && e->kind == ERR_STALE; /* saved by somebody else since it was read above */
    if (stale || is_mendable(e))
        return show_refused(r, id, &p, &f, e, stale);
    TRY(e);
    return see_other(r, saved_at(r, id));
}

/* ---- Deleting ---- */

struct err *
catalog_show_delete(struct req *r)
{
    struct arena *a = r->work->arena;
    struct product_id id;
    struct product p;
    struct scan s;
    bool found;
    TRY(param_id(r, 0, &id.n));
    TRY(product_load(r->work, id, &p));
    struct val *m = val_map(a);
    val_set_text(m, "title", product_title(&p, r->work->language, NULL));
    val_set_text(m, "sku", p.sku);
    val_set_text(m, "path", text_printf(a, "/vendor/products/%lld", (long long)p.id.n));
    struct rows rows;
    TRY(db_many(r->work, Q_catalog_stakes, ARGS(arg_i64s(r->work, &id.n, 1)), &rows));
    found = rows.count == 1;
    if (!found)
        return page(r, "vendor/products/delete", m);
    s = rows_at(&rows, 0);
    scan_skip(&s);
    add_stakes(m, &s);
    return page(r, "vendor/products/delete", m);
}

struct err *
catalog_post_delete(struct req *r)
{
    struct product_id id;
    struct product p;
    struct bulk_result result;
    TRY(param_id(r, 0, &id.n));
    TRY(product_load(r->work, id, &p));
    TRY(bulk_delete(r->work, &(struct ids){ &id.n, 1 }, &result));
    if (result.held)
        return see_other(r, text_printf(r->work->arena, "/vendor/products/%lld?failed=catalog.held",
                                        (long long)id.n));
    return see_other(r, "/vendor/products?done=catalog.deleted");
}
