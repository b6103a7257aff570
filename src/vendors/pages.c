/* Shops, as the operator sees them, and a shop's own home page. */
#include "base/text.h"
#include "http/form.h"
#include "vendors/draft.h"
#include "vendors/routes.h"
#include "view/value.h"

static void
vendor_model(struct arena *a, struct val *m, const struct vendor *v)
{
    val_set_i64(m, "id", v->id.n);
    val_set_text(m, "path", text_printf(a, "/admin/vendors/%lld", (long long)v->id.n));
    val_set_text(m, "name", v->name);
    val_set_text(m, "slug", v->slug);
    val_set_bool(m, "active", text_is(v->state, "active"));
    val_set_bool(m, "suspended", text_is(v->state, "suspended"));
    val_set_bool(m, "open", !text_is(v->state, "closed"));
    val_set_word(m, "state_word", text_printf(a, "vendors.state.%s", v->state));
    val_set_text(m, "currency", v->currency);
    val_set_text(m, "language", v->language);
    val_set_time(m, "created", v->created_us);
    val_set_count(m, "products", v->products);
    val_set_count(m, "images", v->images);
    val_set_count(m, "orders", v->orders);
}

/* ---- Lists ---- */

struct err *
vendors_show_list(struct req *r)
{
    struct vendor_filter f;
    struct vendor *all;
    size_t n;
    bool more;
    TRY(vendors_read_filter(r, &f));
    TRY(vendors_load_page(r, &f, &all, &n, &more));

    struct arena *a = r->work->arena;
    struct val *m = val_map(a), *rows = val_set_list(m, "vendors");
    for (size_t i = 0; i < n; i++)
        vendor_model(a, val_add_map(rows), &all[i]);
    val_set_count(m, "count", (int64_t)n);
    val_set_bool(m, "has_vendors", n > 0);
    val_set_bool(m, "filtered", f.text || f.state);
    val_set_text(m, "q", f.text);
    val_set_bool(val_set_map(m, "state_is"), f.state ? f.state : "any", true);
    if (f.behind)
        val_set_text(m, "newer", query_with(r, "cursor", NULL));
    if (more)
        val_set_text(m, "older", query_with(r, "cursor", text_i64(a, all[n - 1].id.n)));
    return page(r, "admin/vendors/list", m);
}

/* ---- One ---- */

struct err *
vendors_show_one(struct req *r)
{
    struct vendor v;
    struct rows members;
    TRY(vendors_load_named(r, &v));
    TRY(vendors_members(r->work, v.id, &members));
    struct arena *a = r->work->arena;
    struct val *m = val_map(a);
    vendor_model(a, m, &v);
    val_set_count(m, "people", members.count);
    struct val *list = val_set_list(m, "members");
    for (int i = 0; i < members.count; i++) {
        struct scan s = rows_at(&members, i);
        struct val *row = val_add_map(list);
        val_set_text(row, "email", scan_text(&s));
        val_set_text(row, "member", scan_text(&s));
        val_set_word(row, "role", text_printf(a, "role.%s", scan_text(&s)));
        val_set_time(row, "since", scan_time(&s));
        scan_end(&s);
    }
    return page(r, "admin/vendors/show", m);
}

/* ---- Adding ---- */

static struct err *
new_page(struct req *r, int status, const struct form *f, const struct err *e)
{
    struct val *m = val_map(r->work->arena);
    if (f)
        form_show(f, e, m);
    return page_status(r, status, "admin/vendors/new", m);
}

struct err *
vendors_show_new(struct req *r)
{
    return new_page(r, 200, NULL, NULL);
}

struct err *
vendors_post_new(struct req *r)
{
    struct form f;
    struct vendor_and_owner draft;
    struct vendor_id id;
    const char *link;
    TRY(form_read(r, &f));
    vendors_read_new(&f, &draft);
    struct err *e = form_done(&f);
    if (!e)
        e = vendors_add_with_owner(r->work, &draft, r->visitor.name, &id, &link);
    if (e && (e->kind == ERR_INVALID || e->kind == ERR_CONFLICT) && e->field)
        return new_page(r, 422, &f, e);
    TRY(e);

    struct val *m = val_map(r->work->arena);
    val_set_text(m, "name", draft.vendor.name);
    val_set_text(m, "email", draft.email);
    val_set_text(m, "link", link);
    r->resp.secret = true;
    val_set_text(m, "path", text_printf(r->work->arena, "/admin/vendors/%lld", (long long)id.n));
    return page_status(r, 201, "admin/vendors/added", m);
}

/* ---- Changing ---- */

static struct err *
changed(struct req *r, const struct vendor *v, const char *done)
{
    return see_other(
        r, text_printf(r->work->arena, "/admin/vendors/%lld?done=%s", (long long)v->id.n, done));
}

static struct err *
suspend_page(struct req *r, const struct vendor *v, const struct form *f, const struct err *e)
{
    struct val *m = val_map(r->work->arena);
    vendor_model(r->work->arena, m, v);
    if (f)
        form_show(f, e, m);
    return page_status(r, f ? 422 : 200, "admin/vendors/suspend", m);
}

struct err *
vendors_show_suspend(struct req *r)
{
    struct vendor v;
    TRY(vendors_load_named(r, &v));
    return suspend_page(r, &v, NULL, NULL);
}

struct err *
vendors_post_suspend(struct req *r)
{
    struct form f;
    struct vendor v;
    TRY(vendors_load_named(r, &v));
    TRY(form_read(r, &f));
    const char *reason = form_text(&f, "reason", 3, 500);
    struct err *e = form_done(&f);
    if (e)
        return suspend_page(r, &v, &f, e);
    TRY(vendors_change(r->work, &v,
                       &(struct vendor_change){ .state = "suspended", .reason = reason }));
    return changed(r, &v, "vendors.suspended");
}

struct err *
vendors_post_reactivate(struct req *r)
{
    struct vendor v;
    TRY(vendors_load_named(r, &v));
    TRY(vendors_change(r->work, &v, &(struct vendor_change){ .state = "active" }));
    return changed(r, &v, "vendors.reactivated");
}

/* ---- Closing ---- */

static struct err *
close_page(struct req *r, const struct vendor *v, const struct form *f, const struct err *e)
{
    struct val *m = val_map(r->work->arena);
    vendor_model(r->work->arena, m, v);
    if (f)
        form_show(f, e, m);
    return page_status(r, e ? err_status(e) : 200, "admin/vendors/close", m);
}

struct err *
vendors_show_close(struct req *r)
{
    struct vendor v;
    TRY(vendors_load_named(r, &v));
    return close_page(r, &v, NULL, NULL);
}

static struct err *
close_shop(struct req *r, const struct vendor *v, const char *reason)
{
    struct ended *ended;
    TRY(vendors_change(r->work, v, &(struct vendor_change){ .state = "closed", .reason = reason }));
    TRY(accounts_end_shop(r->work, v->id, &ended));
    TRY(tx_commit(r->work));
    accounts_forget(r->work, ended);
    return changed(r, v, "vendors.closed");
}

struct err *
vendors_post_close(struct req *r)
{
    struct form f;
    struct vendor v;
    tx_open(r->work, TX_OPERATOR_WRITE);
    TRY(vendors_load_named(r, &v));
    TRY(form_read(r, &f));
    const char *typed = form_text(&f, "confirm", 1, 63), *reason = form_text(&f, "reason", 3, 500);
    if (*typed && !text_is(typed, v.slug))
        form_fail(&f, "confirm", "vendor.confirm", "This is not the shop's name in the address.");
    struct err *e = form_done(&f);
    return e ? close_page(r, &v, &f, e) : close_shop(r, &v, reason);
}
