/* The shop's own settings: its data, and the languages it has texts in. */
#include <string.h>

#include "audit/audit.h"
#include "base/text.h"
#include "catalog/inside.h"
#include "catalog/routes.h"
#include "catalog/terms.h"
#include "catalog/tongue.h"
#include "db/db.h"
#include "http/form.h"
#include "view/value.h"

/* ---- Shop data ---- */

static struct err *
show_data(struct req *r, int status, const struct form *f, const struct err *e)
{
    struct arena *a = r->work->arena;
    struct val *m = val_map(a);
    struct shop_terms terms;
    TRY(shop_terms_load(r->work, &terms));
    form_prefill(m, "name", terms.name);
    form_prefill(m, "country", terms.country);
    form_prefill(m, "tax_rate", percent_text(a, terms.tax_bp));
    if (f)
        form_show(f, e, m);
    val_set_text(m, "currency", currency_code(terms.currency));
    val_set_text(m, "slug", terms.slug);
    val_set_text(m, "shop_path", text_printf(a, "/shops/%s", terms.slug));
    val_set_bool(m, "with_tax", f ? form_raw(f, "prices_with_tax") != NULL : terms.prices_with_tax);
    val_set_bool(val_set_map(m, "tab"), "shop", true);
    return page_status(r, status, "vendor/settings/shop", m);
}

struct err *
catalog_show_settings(struct req *r)
{
    return show_data(r, 200, NULL, NULL);
}

static void
read_country(struct form *f, struct shop_terms *terms)
{
    const char *code = form_word(f, "country", 0, 2);
    char *upper = text_copy(f->r->work->arena, code);
    for (char *c = upper; *c; c++)
        *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 32 : *c);
    terms->country = upper;
    if (*upper && (strlen(upper) != 2 || strspn(upper, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 2))
        form_fail(f, "country", "shop.country", "Two letters, like LU.");
}

/* Taxes change what people pay: they are on record. */
static struct err *
note_taxes(struct work *w, const struct shop_terms *before, const struct shop_terms *after)
{
    static const char form[] = "{\"tax_rate\": \"%s\", \"prices_with_tax\": %s}";
    if (before->tax_bp == after->tax_bp && before->prices_with_tax == after->prices_with_tax)
        return NULL;
    struct audit_act act = { .what = "shop.taxes_changed",
                             .object = audit_object(w, "vendor", w->vendor.n) };
    act.before = text_printf(w->arena, form, percent_text(w->arena, before->tax_bp),
                             before->prices_with_tax ? "true" : "false");
    act.after = text_printf(w->arena, form, percent_text(w->arena, after->tax_bp),
                            after->prices_with_tax ? "true" : "false");
    return audit_note(w, &act);
}

struct err *
catalog_post_settings(struct req *r)
{
    struct form f;
    struct shop_terms before;
    TRY(form_read(r, &f));
    TRY(shop_terms_load(r->work, &before));
    struct shop_terms terms = before;
    terms.name = form_text(&f, "name", 1, 200);
    read_country(&f, &terms);
    terms.tax_bp = percent_read(&f, "tax_rate", 0);
    terms.prices_with_tax = form_flag(&f, "prices_with_tax");
    struct err *e = form_done(&f);
    if (e)
        return show_data(r, 422, &f, e);
    TRY(shop_terms_save(r->work, &terms));
    TRY(note_taxes(r->work, &before, &terms));
    return see_other(r, "/vendor/settings?done=settings.saved");
}

/* ---- Languages ---- */

static int64_t
texts_in(const struct rows *counts, const char *code, int64_t *all)
{
    int64_t n = 0;
    *all = 0;
    for (int i = 0; i < counts->count; i++) {
        struct scan s = rows_at(counts, i);
        bool same = text_is(scan_text(&s), code);
        int64_t texts = scan_i64(&s);
        *all = scan_i64(&s);
        n = same ? texts : n;
    }
    return n;
}

static bool
is_offered(const struct shop_terms *terms, const char *code)
{
    for (size_t i = 0; i < terms->language_count; i++)
        if (text_is(terms->languages[i], code))
            return true;
    return false;
}

static struct err *
show_languages(struct req *r, int status, const struct form *f, const struct err *e)
{
    struct val *m = val_map(r->work->arena);
    struct shop_terms terms;
    struct rows counts;
    TRY(shop_terms_load(r->work, &terms));
    TRY(db_many(r->work, Q_catalog_language_counts, NO_ARGS, &counts));
    if (f)
        form_show(f, e, m);
    struct val *list = val_set_list(m, "own"), *more = val_set_list(m, "more");
    for (size_t i = 0; i < terms.language_count; i++) {
        int64_t all, n = texts_in(&counts, terms.languages[i], &all);
        struct val *row = val_add_map(list);
        val_set_text(row, "code", terms.languages[i]);
        val_set_text(row, "name", tongue_name(terms.languages[i]));
        val_set_bool(row, "first", i == 0);
        val_set_count(row, "texts", n);
        val_set_count(row, "all", all);
        val_set_i64(row, "percent", all ? n * 100 / all : 0);
        val_set_bool(row, "last_one", terms.language_count == 1);
    }
    for (size_t i = 0; i < tongue_count(); i++)
        if (!is_offered(&terms, tongue_at(i))) {
            struct val *row = val_add_map(more);
            val_set_text(row, "code", tongue_at(i));
            val_set_text(row, "name", tongue_name(tongue_at(i)));
        }
    val_set_bool(val_set_map(m, "tab"), "languages", true);
    return page_status(r, status, "vendor/settings/languages", m);
}

struct err *
catalog_show_languages(struct req *r)
{
    return show_languages(r, 200, NULL, NULL);
}

/* Takes the language out; puts it in front when it is to be the usual one, or behind. */
static void
place_language(struct shop_terms *terms, const char *code, const char *act)
{
    size_t n = 0;
    for (size_t i = 0; i < terms->language_count; i++)
        if (!text_is(terms->languages[i], code))
            terms->languages[n++] = terms->languages[i];
    if (text_is(act, "first")) {
        memmove(terms->languages + 1, terms->languages, n * sizeof(*terms->languages));
        terms->languages[0] = code;
        n++;
    } else if (text_is(act, "add")) {
        terms->languages[n++] = code;
    }
    terms->language_count = n;
}

/* POST …/languages: `do` is add, remove or first, with `code`. Texts in a language that is taken
 * out stay. */
struct err *
catalog_post_languages(struct req *r)
{
    struct form f;
    struct shop_terms terms;
    TRY(form_read(r, &f));
    TRY(shop_terms_load(r->work, &terms));
    const char *act = form_word(&f, "do", 1, 20), *code = form_word(&f, "code", 1, 20);
    bool offered = is_offered(&terms, code);
    if (!tongue_is_valid(code) || (!offered && !text_is(act, "add")))
        form_fail(&f, "code", "product.language", "There is no such language.");
    else if (text_is(act, "remove") && terms.language_count == 1)
        form_fail(&f, "code", "shop.last_language", "A shop has one language at least.");
    else if (!offered && terms.language_count == TERMS_LANGUAGES_MAX)
        form_fail(&f, "code", "product.languages_most", "Texts in 40 languages at most.");
    struct err *e = form_done(&f);
    if (e)
        return show_languages(r, 422, &f, e);
    if (!text_is(act, "add") || !offered)
        place_language(&terms, code, act);
    TRY(shop_terms_save(r->work, &terms));
    return see_other(r, "/vendor/settings/languages?done=settings.saved");
}
