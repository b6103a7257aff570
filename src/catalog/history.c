/* What was changed of a product, when and by whom. */
#include "base/text.h"
#include "catalog/inside.h"
#include "catalog/label.h"
#include "catalog/routes.h"
#include "db/db.h"
#include "view/value.h"

#define SHOWN 100

static struct val *
add_act(struct arena *a, struct val *list, struct scan *s)
{
    struct val *act = val_add_map(list);
    val_set_time(act, "at", scan_time(s));
    val_set_text(act, "who", scan_text(s));
    val_set_bool(act, "operator", scan_bool(s));
    val_set_word(act, "way", text_printf(a, "catalog.way.%s", scan_text(s)));
    return act;
}

struct err *
catalog_show_history(struct req *r)
{
    struct arena *a = r->work->arena;
    struct product_id id;
    struct product p;
    struct rows rows;
    TRY(param_id(r, 0, &id.n));
    TRY(product_load(r->work, id, &p));
    TRY(db_many(r->work, Q_catalog_history, ARGS(arg_i64(r->work, id.n), arg_i64(r->work, SHOWN)),
                &rows));
    struct val *m = val_map(a), *list = val_set_list(m, "acts"), *changes = NULL;
    int64_t last = 0;
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        int64_t act = scan_i64(&s);
        if (act != last) {
            changes = val_set_list(add_act(a, list, &s), "changes");
        } else {
            for (int k = 0; k < 4; k++)
                scan_skip(&s);
        }
        last = act;
        struct val *row = val_add_map(changes);
        label_set(a, row, scan_text(&s));
        val_set_text(row, "before", scan_text(&s));
        val_set_text(row, "after", scan_text(&s));
        scan_end(&s);
    }
    val_set_bool(m, "has_acts", rows.count > 0);
    val_set_time(m, "created", p.created_us);
    val_set_text(m, "path", text_printf(a, "/vendor/products/%lld", (long long)p.id.n));
    const char *title = product_title(&p, r->work->language, NULL);
    val_set_text(m, "name", *title ? title : p.sku);
    return page(r, "vendor/products/history", m);
}
