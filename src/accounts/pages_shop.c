/* For who works in several shops: which one the session works in. */
#include "accounts/routes.h"
#include "accounts/session.h"
#include "base/text.h"
#include "db/db.h"
#include "http/form.h"
#include "view/value.h"

struct err *
accounts_show_shops(struct req *r)
{
    struct work *w = r->work;
    struct rows rows;
    TRY(db_many(w, Q_team_shops, ARGS(arg_i64(w, w->user.n)), &rows));
    struct val *m = val_map(w->arena), *list = val_set_list(m, "shops");
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        struct val *row = val_add_map(list);
        int64_t id = scan_i64(&s);
        val_set_i64(row, "id", id);
        scan_skip(&s);
        val_set_text(row, "name", scan_text(&s));
        val_set_word(row, "role", text_printf(w->arena, "role.%s", scan_text(&s)));
        val_set_bool(row, "this_one", id == r->visitor.vendor.n);
        scan_end(&s);
    }
    return page(r, "account/shops", m);
}

struct err *
accounts_post_shop(struct req *r)
{
    struct form f;
    struct ended *ended;
    TRY(form_read(r, &f));
    struct vendor_id shop = { form_i64(&f, "id", 1, INT64_MAX, 0) };
    TRY(form_done(&f));
    tx_open(r->work, TX_WRITE);
    TRY(accounts_enter_shop(r, shop, &ended));
    TRY(tx_commit(r->work));
    session_forget(r->work, ended);
    return see_other(r, "/vendor/");
}
