/* Warehouses of a shop, in the order in which orders are served from them. */
#include "stock/warehouse.h"

#include <string.h>

#include "base/text.h"
#include "http/form.h"
#include "stock/inside.h"

static const struct db_refusal refusals[] = {
    { "warehouse_code_form", "warehouse.code", "code",
      "1 to 40 letters (A-Z), digits and _ . -, beginning with a letter or digit." },
    { "warehouse_code_once", "warehouse.code_taken", "code", "Another warehouse has this code." },
    { "warehouse_name_length", "warehouse.name", "name", "1 to 100 characters." },
};

static struct err *
refused(struct work *w, struct err *e)
{
    return db_refusal(w, e, refusals, COUNT(refusals));
}

struct err *
stock_warehouses(struct work *w, struct warehouse **out, size_t *n)
{
    struct rows rows;
    TRY(db_many(w, Q_stock_warehouses, NO_ARGS, &rows));
    struct warehouse *all = NEW_ARRAY(w->arena, struct warehouse, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        all[i].id.n = scan_i64(&s);
        all[i].code = scan_text(&s);
        all[i].name = scan_text(&s);
        all[i].active = scan_bool(&s);
        all[i].position = scan_i64(&s);
        scan_end(&s);
    }
    *out = all;
    *n = (size_t)rows.count;
    return NULL;
}

struct err *
stock_warehouse_named(struct work *w, const char *code, const char *name, struct warehouse_id *out)
{
    struct scan s;
    bool found;
    if (code && !*code)
        code = NULL;
    TRY(db_maybe(w, Q_stock_warehouse_named, ARGS(arg_text(code)), &found, &s));
    if (!found) {
        const char *made = code ? code : "main";
        TRY(refused(w, db_one(w, Q_stock_warehouse_add,
                              ARGS(arg_text(made), arg_text(name && *name ? name : made)), &s)));
    }
    out->n = scan_i64(&s);
    scan_end(&s);
    return NULL;
}

/* ---- The settings page ---- */

static struct err *
no_warehouse(struct work *w)
{
    return FAIL(w->arena, ERR_NOT_FOUND, "stock.warehouse", "There is no such warehouse.");
}

struct err *
warehouse_load(struct work *w, struct warehouse_id id, struct warehouse *out)
{
    struct warehouse *all;
    size_t n;
    TRY(stock_warehouses(w, &all, &n));
    for (size_t i = 0; i < n; i++)
        if (all[i].id.n == id.n) {
            *out = all[i];
            return NULL;
        }
    return no_warehouse(w);
}

/* As the constraint warehouse_code_form has it. */
static bool
is_code(const char *text)
{
    static const char marks[] = "_.-ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    return !strchr("_.-", *text) && text[strspn(text, marks)] == 0;
}

void
warehouse_read(struct form *f, struct warehouse *h)
{
    if (form_has(f, "code") || !h->id.n)
        h->code = form_word(f, "code", 1, 40);
    if (form_has(f, "name") || !h->id.n)
        h->name = form_text(f, "name", 1, 100);
    if (h->code && *h->code && !is_code(h->code))
        form_fail(f, "code", "warehouse.code",
                  "1 to 40 letters (A-Z), digits and _ . -, beginning with a letter or digit.");
}

/* Asked beforehand, so that the page can be shown again; two at once meet the constraint. */
static struct err *
check_code(struct work *w, const struct warehouse *h)
{
    struct scan s;
    bool found;
    TRY(db_maybe(w, Q_stock_warehouse_named, ARGS(arg_text(h->code)), &found, &s));
    if (!found)
        return NULL;
    int64_t taken = scan_i64(&s);
    scan_end(&s);
    return taken == h->id.n ? NULL
                            : FAIL_FIELD(w->arena, ERR_CONFLICT, "warehouse.code_taken", "code",
                                         "Another warehouse has this code.");
}

struct err *
warehouse_add(struct work *w, const struct warehouse *h, struct warehouse_id *out)
{
    struct scan s;
    bool added;
    TRY(check_code(w, h));
    TRY(refused(w, db_maybe(w, Q_stock_warehouse_new,
                            ARGS(arg_text(h->code), arg_text(h->name), arg_i64(w, WAREHOUSES_MOST)),
                            &added, &s)));
    if (!added) {
        struct err *e =
            FAIL(w->arena, ERR_CONFLICT, "warehouse.too_many",
                 text_printf(w->arena, "A shop has %d warehouses at most.", WAREHOUSES_MOST));
        e->used = e->limit = WAREHOUSES_MOST;
        return e;
    }
    out->n = scan_i64(&s);
    scan_end(&s);
    return NULL;
}

struct err *
warehouse_save(struct work *w, const struct warehouse *h)
{
    int64_t changed;
    TRY(check_code(w, h));
    TRY(refused(w, db_exec(w, Q_stock_warehouse_save,
                           ARGS(arg_i64(w, h->id.n), arg_text(h->code), arg_text(h->name)),
                           &changed)));
    return changed ? NULL : no_warehouse(w);
}

/* Whoever changes their order, or which are active, takes turns. */
static struct err *
lock_all(struct work *w)
{
    struct rows rows;
    return db_many(w, Q_stock_warehouses_lock, NO_ARGS, &rows);
}

struct err *
warehouse_shift(struct work *w, struct warehouse_id id, bool earlier)
{
    TRY(lock_all(w));
    return db_exec(w, Q_stock_warehouse_shift, ARGS(arg_i64(w, id.n), arg_bool(earlier)), NULL);
}

struct err *
warehouse_set_active(struct work *w, struct warehouse_id id, bool active)
{
    int64_t changed;
    TRY(lock_all(w));
    TRY(db_exec(w, Q_stock_warehouse_set_active, ARGS(arg_i64(w, id.n), arg_bool(active)),
                &changed));
    return changed ? NULL
                   : FAIL(w->arena, ERR_CONFLICT, "warehouse.last",
                          "This is the only active warehouse: nothing could be sold without it.");
}

struct err *
warehouse_count(struct work *w, struct warehouse_id id, struct warehouse_holds *out)
{
    struct scan s;
    TRY(db_one(w, Q_stock_warehouse_count, ARGS(arg_i64(w, id.n)), &s));
    *out = (struct warehouse_holds){ .variants = scan_i64(&s) };
    out->on_hand = scan_i64(&s);
    out->reserved = scan_i64(&s);
    scan_end(&s);
    return NULL;
}
