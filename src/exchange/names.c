#include "exchange/names.h"

#include "base/text.h"
#include "db/db.h"

/* A product of one variant that may go by two names. */
static bool
may_have_two(const struct item *g)
{
    const struct import_product *p = g->from;
    return !g->refused && p->sku && p->variant_count == 1 && !p->option_count;
}

static void
rename_product(struct import_product *p, const char *sku)
{
    if (text_is_any_case(p->variants[0].sku, p->sku))
        p->variants[0].sku = sku;
    p->sku = sku;
}

struct err *
names_resolve(struct work *w, struct item *items, size_t n)
{
    struct rows rows;
    size_t asked = 0;
    const char **names = NEW_ARRAY(w->arena, const char *, n + 1);
    for (size_t i = 0; i < n; i++)
        if (may_have_two(&items[i]))
            names[asked++] = items[i].from->sku;
    if (!asked)
        return NULL;
    TRY(db_many(w, Q_exchange_names, ARGS(arg_texts(w, names, asked)), &rows));
    for (int k = 0; k < rows.count; k++) {
        struct scan s = rows_at(&rows, k);
        const char *name = scan_text(&s), *sku = scan_text(&s);
        scan_end(&s);
        for (size_t i = 0; i < n; i++)
            if (may_have_two(&items[i]) && text_is(items[i].from->sku, name))
                rename_product(items[i].from, sku);
    }
    return NULL;
}

struct err *
names_keep(struct work *w, const struct item *items, size_t n)
{
    size_t kept = 0;
    const char **names = NEW_ARRAY(w->arena, const char *, n + 1);
    const char **skus = NEW_ARRAY(w->arena, const char *, n + 1);
    for (size_t i = 0; i < n; i++)
        if (may_have_two(&items[i]) && !items[i].stored &&
            !text_is_any_case(items[i].from->sku, items[i].to.sku)) {
            names[kept] = items[i].from->sku;
            skus[kept++] = items[i].to.sku;
        }
    if (!kept)
        return NULL;
    return db_exec(w, Q_exchange_names_keep,
                   ARGS(arg_texts(w, names, kept), arg_texts(w, skus, kept)), NULL);
}
