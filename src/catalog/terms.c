/* The shop's own row, as far as products need it. */
#include "catalog/terms.h"

#include "catalog/store.h"
#include "db/db.h"

struct err *
shop_terms_load(struct work *w, struct shop_terms *out)
{
    struct shop_terms t = { .slug = NULL };
    struct scan s;
    bool found;
    TRY(db_maybe(w, Q_catalog_shop, NO_ARGS, &found, &s));
    if (!found)
        return FAIL(w->arena, ERR_NOT_FOUND, "shop.unknown", "There is no such shop.");
    t.slug = scan_text(&s);
    t.name = scan_text(&s);
    must(currency_read(scan_text(&s), &t.currency));
    scan_skip(&s); /* the first of its languages */
    t.language_count = array_texts(w->arena, scan_text(&s), t.languages, TERMS_LANGUAGES_MAX);
    t.country = scan_text(&s);
    t.tax_bp = scan_i64(&s);
    t.prices_with_tax = scan_bool(&s);
    scan_end(&s);
    *out = t;
    return NULL;
}

struct err *
shop_terms_save(struct work *w, const struct shop_terms *t)
{
    static const struct db_refusal refusals[] = {
        { "vendor_name_length", "field.too_long", "name", "1 to 200 characters." },
    };
    must(t->language_count);
    return db_refusal(w,
                      db_exec(w, Q_catalog_save_shop,
                              ARGS(arg_text(t->name), arg_text(*t->country ? t->country : NULL),
                                   arg_i64(w, t->tax_bp), arg_bool(t->prices_with_tax),
                                   arg_texts(w, t->languages, t->language_count)),
                              NULL),
                      refusals, COUNT(refusals));
}
