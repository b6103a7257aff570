/* Shops, as the operator sees them, and a shop's own home page. */
#include <string.h>

#include "accounts/routes.h"
#include "accounts/store.h"
#include "base/random.h"
#include "base/settings.h"
#include "base/text.h"
#include "http/form.h"
#include "http/json.h"
#include "view/language.h"
#include "view/value.h"

#define PAGE 50

static void
vendor_model(struct arena *a, struct val *m, const struct vendor *v)
{
    val_set_i64(m, "id", v->id.n);
    val_set_text(m, "path", text_printf(a, "/admin/vendors/%lld", (long long)v->id.n));
    val_set_text(m, "name", v->name);
    val_set_text(m, "slug", v->slug);
    val_set_bool(m, "active", text_is(v->state, "active"));
    val_set_bool(m, "suspended", text_is(v->state, "suspended"));
    val_set_word(m, "state_word", text_printf(a, "vendors.state.%s", v->state));
    val_set_text(m, "currency", v->currency);
    val_set_text(m, "language", v->language);
    val_set_time(m, "created", v->created_us);
    val_set_count(m, "products", v->products);
    val_set_count(m, "images", v->images);
    val_set_count(m, "orders", v->orders);
}

static void
vendor_json(struct json *j, const char *name, const struct vendor *v)
{
    json_put_object(j, name);
    json_put_id(j, "id", v->id.n);
    json_put_text(j, "slug", v->slug);
    json_put_text(j, "name", v->name);
    json_put_text(j, "state", v->state);
    json_put_text(j, "currency", v->currency);
    json_put_text(j, "language", v->language);
    json_put_i64(j, "products", v->products);
    json_put_i64(j, "images", v->images);
    json_put_i64(j, "orders", v->orders);
    json_put_time(j, "created_at", v->created_us);
    json_put_end(j);
}

/* ---- Lists ---- */

static struct err *
read_filter(struct req *r, struct vendor_filter *f)
{
    const char *cursor = query_text(r, "cursor");
    *f = (struct vendor_filter){ .text = query_text(r, "q"),
                                 .state = query_text(r, "state"),
                                 .limit = PAGE };
    if (f->text && !*f->text)
        f->text = NULL;
    if (f->state && !text_is(f->state, "active") && !text_is(f->state, "suspended") &&
        !text_is(f->state, "closed"))
        f->state = NULL;
    if (cursor && !text_to_id(cursor, &f->behind))
        return FAIL_FIELD(r->work->arena, ERR_MALFORMED, "request.cursor", "cursor",
                          "This cursor is not one of ours.");
    return query_limit(r, PAGE, 200, &f->limit);
}

/* One more than asked tells whether there is a next page. */
static struct err *
load_page(struct req *r, struct vendor_filter *f, struct vendor **out, size_t *n, bool *more)
{
    f->limit++;
    TRY(vendors_list(r->work, f, out, n));
    f->limit--;
    *more = *n > (size_t)f->limit;
    if (*more)
        *n = (size_t)f->limit;
    return NULL;
}

struct err *
vendors_show_list(struct req *r)
{
    struct vendor_filter f;
    struct vendor *all;
    size_t n;
    bool more;
    TRY(read_filter(r, &f));
    TRY(load_page(r, &f, &all, &n, &more));

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
        val_set_text(m, "older",
                     query_with(r, "cursor", text_printf(a, "%lld", (long long)all[n - 1].id.n)));
    return page(r, "admin/vendors/list", m);
}

struct err *
vendors_get_list(struct req *r)
{
    struct vendor_filter f;
    struct vendor *all;
    size_t n;
    bool more;
    TRY(read_filter(r, &f));
    TRY(load_page(r, &f, &all, &n, &more));

    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_array(&j, "data");
    for (size_t i = 0; i < n; i++)
        vendor_json(&j, NULL, &all[i]);
    json_put_end(&j);
    if (more)
        json_put_id(&j, "next_cursor", all[n - 1].id.n);
    else
        json_put_null(&j, "next_cursor");
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

/* ---- One ---- */

static struct err *
load_one(struct req *r, struct vendor *out)
{
    struct vendor_id id;
    TRY(param_id(r, 0, &id.n));
    return vendors_load(r->work, id, out);
}

struct err *
vendors_show_one(struct req *r)
{
    struct vendor v;
    struct rows members;
    TRY(load_one(r, &v));
    TRY(vendors_members(r->work, v.id, &members));
    struct arena *a = r->work->arena;
    struct val *m = val_map(a);
    vendor_model(a, m, &v);
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

struct err *
vendors_get_one(struct req *r)
{
    struct vendor v;
    TRY(load_one(r, &v));
    struct json j = json_begin(r->work->arena);
    vendor_json(&j, NULL, &v);
    return json_answer(r, 200, &j.out);
}

/* ---- Adding ---- */

struct new_vendor {
    struct vendor_draft vendor;
    const char *email, *owner;
};

static bool
is_slug(const char *s)
{
    return *s && *s != '-' && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(s);
}

static void
read_new(struct form *f, struct new_vendor *out)
{
    enum currency cur;
    *out = (struct new_vendor){
        .vendor = { .name = form_text(f, "name", 1, 200),
                    .slug = form_word(f, "slug", 1, 63),
                    .currency = form_word(f, "currency", 0, 3),
                    .language = form_word(f, "language", 0, 5) },
        .owner = form_text(f, "owner_name", 0, 200),
        .email = form_word(f, "owner_email", 3, 254),
    };
    if (!*out->vendor.currency)
        out->vendor.currency = "EUR";
    if (!*out->vendor.language)
        out->vendor.language = "en";
    if (*out->vendor.slug && !is_slug(out->vendor.slug))
        form_fail(f, "slug", "vendor.slug", "Small letters, digits and hyphens only.");
    if (!currency_read(out->vendor.currency, &cur))
        form_fail(f, "currency", "vendor.currency", "This currency is not known.");
    if (!language_known(out->vendor.language))
        form_fail(f, "language", "vendor.language", "This language is not known.");
    const char *at = strchr(out->email, '@');
    if (*out->email && (!at || at == out->email || !strchr(at, '.')))
        form_fail(f, "owner_email", "account.email", "This is no e-mail address.");
}

/* The owner's account too; the first password is shown once to the operator, who hands it on. */
static struct err *
add_vendor(struct work *w, const struct new_vendor *draft, struct vendor_id *out,
           const char **password)
{
    struct user_id owner;
    *password = random_token(w->arena, 12);
    TRY(vendors_create(w, &draft->vendor, out));
    struct err *e = accounts_create(w,
                                    &(struct account_draft){ .email = draft->email,
                                                             .name = draft->owner,
                                                             .password = *password,
                                                             .language = draft->vendor.language },
                                    &owner);
    if (e && text_is(e->field, "email"))
        e->field = "owner_email";
    TRY(e);
    return vendors_add_member(w, *out, owner, ROLE_OWNER);
}

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
    struct new_vendor draft;
    struct vendor_id id;
    const char *password;
    TRY(form_read(r, &f));
    read_new(&f, &draft);
    struct err *e = form_done(&f);
    if (!e)
        e = add_vendor(r->work, &draft, &id, &password);
    if (e && (e->kind == ERR_INVALID || e->kind == ERR_CONFLICT) && e->field)
        return new_page(r, 422, &f, e);
    TRY(e);

    struct val *m = val_map(r->work->arena);
    val_set_text(m, "name", draft.vendor.name);
    val_set_text(m, "email", draft.email);
    val_set_text(m, "password", password);
    r->resp.secret = true;
    val_set_text(m, "path", text_printf(r->work->arena, "/admin/vendors/%lld", (long long)id.n));
    return page_status(r, 201, "admin/vendors/added", m);
}

struct err *
vendors_post_json(struct req *r)
{
    struct form f;
    struct new_vendor draft;
    struct vendor v;
    struct vendor_id id;
    const char *password;
    TRY(form_read(r, &f));
    read_new(&f, &draft);
    TRY(form_done(&f));
    TRY(add_vendor(r->work, &draft, &id, &password));
    TRY(vendors_load(r->work, id, &v));
    resp_header(r, "Location",
                text_printf(r->work->arena, "/api/v1/admin/vendors/%lld", (long long)id.n));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    vendor_json(&j, "vendor", &v);
    json_put_text(&j, "owner_email", draft.email);
    json_put_text(&j, "owner_password", password);
    r->resp.secret = true;
    json_put_end(&j);
    return json_answer(r, 201, &j.out);
}

/* ---- Changing ---- */

struct err *
vendors_patch(struct req *r)
{
    struct form f;
    struct vendor v;
    TRY(load_one(r, &v));
    TRY(form_read(r, &f));
    const char *name = form_has(&f, "name") ? form_text(&f, "name", 1, 200) : NULL;
    const char *state = form_has(&f, "state") ? form_word(&f, "state", 1, 20) : NULL;
    if (state && !text_is(state, "active") && !text_is(state, "suspended"))
        form_fail(&f, "state", "vendor.state", "active or suspended.");
    TRY(form_done(&f));
    TRY(vendors_set(r->work, v.id, name, state));
    return vendors_get_one(r);
}

static struct err *
set_state(struct req *r, const char *state, const char *done)
{
    struct vendor v;
    TRY(load_one(r, &v));
    TRY(vendors_set(r->work, v.id, NULL, state));
    return see_other(
        r, text_printf(r->work->arena, "/admin/vendors/%lld?done=%s", (long long)v.id.n, done));
}

struct err *
vendors_show_suspend(struct req *r)
{
    struct vendor v;
    TRY(load_one(r, &v));
    struct val *m = val_map(r->work->arena);
    vendor_model(r->work->arena, m, &v);
    return page(r, "admin/vendors/suspend", m);
}

struct err *
vendors_post_suspend(struct req *r)
{
    return set_state(r, "suspended", "vendors.suspended");
}

struct err *
vendors_post_reactivate(struct req *r)
{
    return set_state(r, "active", "vendors.reactivated");
}

/* ---- A shop's home ---- */

struct err *
vendors_show_home(struct req *r)
{
    struct vendor v;
    TRY(vendors_load(r->work, r->work->vendor, &v));
    struct val *m = val_map(r->work->arena);
    vendor_model(r->work->arena, m, &v);
    val_set_bool(m, "has_products", v.products > 0);
    val_set_bool(m, "has_images", v.images > 0);
    val_set_bool(m, "has_todo", !v.products || !v.images);
    val_set_text(m, "shop_path", text_printf(r->work->arena, "/shops/%s", v.slug));
    return page(r, "vendor/home", m);
}
