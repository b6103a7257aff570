/* Statements that change any number of products, and what has to be told of it. */
#include "catalog/bulk.h"

#include "audit/audit.h"
#include "base/text.h"
#include "db/db.h"
#include "hooks/hooks.h"

/* The ids of the rows that are not held; how many are. */
static struct err *
finish(struct work *w, const struct rows *rows, const struct ids *asked, enum hook_event event,
       struct bulk_result *out)
{
    int64_t *changed = NEW_ARRAY(w->arena, int64_t, (size_t)rows->count + 1);
    struct bulk_result r = { 0 };
    for (int i = 0; i < rows->count; i++) {
        struct scan s = rows_at(rows, i);
        int64_t id = scan_i64(&s);
        bool held = scan_bool(&s);
        scan_end(&s);
        if (held)
            r.held++;
        else
            changed[r.changed++] = id;
    }
    r.unchanged = (int64_t)asked->count - r.changed - r.held;
    if (r.changed)
        TRY(hooks_emit_many(w, event, changed, NULL, (size_t)r.changed));
    *out = r;
    return NULL;
}

static struct arg
arg_or_null(struct work *w, struct user_id user)
{
    return user.n ? arg_i64(w, user.n) : arg_null();
}

struct err *
bulk_delete(struct work *w, const struct ids *ids, struct bulk_result *out)
{
    struct rows rows;
    TRY(db_many(w, Q_catalog_delete, ARGS(arg_i64s(w, ids->at, ids->count)), &rows));
    return finish(w, &rows, ids, HOOK_PRODUCT_DELETED, out);
}

struct err *
bulk_set_status(struct work *w, const struct ids *ids, enum product_status status,
                struct bulk_result *out)
{
    struct rows rows;
    TRY(db_many(w, Q_catalog_set_status,
                ARGS(arg_i64s(w, ids->at, ids->count), arg_text(product_status_names[status]),
                     arg_or_null(w, w->user), arg_or_null(w, w->acted_by)),
                &rows));
    return finish(w, &rows, ids, HOOK_PRODUCT_CHANGED, out);
}

struct err *
bulk_set_category(struct work *w, const struct ids *ids, const char *path, struct bulk_result *out)
{
    struct rows rows;
    TRY(db_many(w, Q_catalog_set_category,
                ARGS(arg_i64s(w, ids->at, ids->count), arg_text(path), arg_or_null(w, w->user),
                     arg_or_null(w, w->acted_by)),
                &rows));
    return finish(w, &rows, ids, HOOK_PRODUCT_CHANGED, out);
}

struct err *
bulk_set_price(struct work *w, const struct ids *ids, const struct price_move *move,
               enum currency currency, struct bulk_result *out)
{
    struct rows rows;
    TRY(db_many(w, Q_catalog_set_price,
                ARGS(arg_i64s(w, ids->at, ids->count), arg_i64(w, move->by_bp),
                     arg_i64(w, move->step), arg_i64(w, currency_decimals(currency)),
                     arg_or_null(w, w->user), arg_or_null(w, w->acted_by)),
                &rows));
    TRY(finish(w, &rows, ids, HOOK_PRODUCT_CHANGED, out));
    struct audit_act act = { .what = "product.prices_changed", .object = "products" };
    act.after = text_printf(w->arena, "{\"by_bp\": %lld, \"step\": %lld, \"products\": %lld}",
                            (long long)move->by_bp, (long long)move->step, (long long)out->changed);
    return out->changed ? audit_note(w, &act) : NULL;
}
