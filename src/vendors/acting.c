#include "vendors/acting.h"

#include "audit/audit.h"
#include "base/clock.h"
#include "base/text.h"
#include "http/form.h"
#include "http/json.h"
#include "mail/mail.h"
#include "vendors/draft.h"
#include "vendors/routes.h"
#include "view/value.h"

struct err *
vendors_tell_owners(struct work *w, struct vendor_id id, const char *kind, const char *args)
{
    struct rows rows;
    TRY(db_many(w, Q_team_owners, ARGS(arg_i64(w, id.n)), &rows));
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        struct mail_draft mail = { .kind = kind, .to = scan_text(&s) };
        mail.name = scan_text(&s);
        mail.language = scan_text(&s);
        mail.args = args;
        scan_end(&s);
        if (mail_address_is_one(mail.to))
            TRY(mail_add(w, &mail));
    }
    return NULL;
}

struct err *
acting_announce(struct work *w, const struct vendor *v, const char *reason)
{
    if (text_is(v->state, "closed"))
        return FAIL(w->arena, ERR_CONFLICT, "vendor.closed", "This shop is closed.");
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    json_put_text(&j, "shop", v->name);
    json_put_text(&j, "reason", reason);
    json_put_time(&j, "happened_at", w->now_us);
    json_put_time(&j, "until_at", w->now_us + ACTING_S * SECOND_US);
    json_put_end(&j);
    TRY(vendors_tell_owners(w, v->id, "operator_acted", j.out.at));
    struct audit_act act = { .what = "operator.acted_as",
                             .object = audit_object(w, "vendor", v->id.n),
                             .reason = reason };
    return audit_note_of(w, v->id, &act);
}

/* ---- Pages ---- */

static struct err *
act_page(struct req *r, const struct vendor *v, const struct form *f, const struct err *e)
{
    struct val *m = val_map(r->work->arena);
    val_set_text(m, "name", v->name);
    val_set_text(m, "path", text_printf(r->work->arena, "/admin/vendors/%lld", (long long)v->id.n));
    if (f)
        form_show(f, e, m);
    return page_status(r, e ? err_status(e) : 200, "admin/vendors/act", m);
}

struct err *
vendors_show_act(struct req *r)
{
    struct vendor v;
    TRY(vendors_load_named(r, &v));
    return act_page(r, &v, NULL, NULL);
}

/* What is on record before the session may. */
static struct err *
begin(struct req *r, const struct vendor *v, const char *reason)
{
    struct ended *ended;
    TRY(acting_announce(r->work, v, reason));
    TRY(accounts_act_as(r, v->id, ACTING_S, &ended));
    TRY(tx_commit(r->work));
    accounts_forget(r->work, ended);
    return see_other(r, "/vendor/");
}

struct err *
vendors_post_act(struct req *r)
{
    struct form f;
    struct vendor v;
    bool fresh;
    tx_open(r->work, TX_OPERATOR_WRITE);
    TRY(vendors_load_named(r, &v));
    TRY(accounts_need_fresh(
        r, text_printf(r->work->arena, "/admin/vendors/%lld/act", (long long)v.id.n), &fresh));
    if (!fresh)
        return NULL;
    TRY(form_read(r, &f));
    const char *reason = form_text(&f, "reason", 3, 500);
    struct err *e = form_done(&f);
    if (!e && !r->visitor.session)
        e = FAIL_FIELD(r->work->arena, ERR_CONFLICT, "operator.by_cookie", "reason",
                       "Acting for a shop is for browsers.");
    if (!e)
        e = begin(r, &v, reason);
    if (e && (e->kind == ERR_INVALID || e->kind == ERR_CONFLICT))
        return act_page(r, &v, &f, e);
    return e;
}

struct err *
vendors_post_act_end(struct req *r)
{
    struct work *w = r->work;
    struct ended *ended;
    struct vendor_id shop = r->visitor.acting;
    if (!shop.n || !r->visitor.session)
        return see_other(r, "/admin/vendors");
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(accounts_act_as(r, (struct vendor_id){ 0 }, 0, &ended));
    struct audit_act act = { .what = "operator.left", .object = audit_object(w, "vendor", shop.n) };
    TRY(audit_note_of(w, shop, &act));
    TRY(tx_commit(w));
    accounts_forget(w, ended);
    return see_other(r, text_printf(w->arena, "/admin/vendors/%lld", (long long)shop.n));
}
