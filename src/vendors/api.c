/* Shops for programs of the operator. */
#include "base/text.h"
#include "http/json.h"
#include "vendors/draft.h"
#include "vendors/routes.h"

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

struct err *
vendors_get_list(struct req *r)
{
    struct vendor_filter f;
    struct vendor *all;
    size_t n;
    bool more;
    TRY(vendors_read_filter(r, &f));
    TRY(vendors_load_page(r, &f, &all, &n, &more));

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

struct err *
vendors_get_one(struct req *r)
{
    struct vendor v;
    TRY(vendors_load_named(r, &v));
    struct json j = json_begin(r->work->arena);
    vendor_json(&j, NULL, &v);
    return json_answer(r, 200, &j.out);
}

struct err *
vendors_post_json(struct req *r)
{
    struct form f;
    struct vendor_and_owner draft;
    struct vendor v;
    struct vendor_id id;
    const char *link;
    TRY(form_read(r, &f));
    vendors_read_new(&f, &draft);
    TRY(form_done(&f));
    TRY(vendors_add_with_owner(r->work, &draft, r->visitor.name, &id, &link));
    TRY(vendors_load(r->work, id, &v));
    resp_header(r, "Location",
                text_printf(r->work->arena, "/api/v1/admin/vendors/%lld", (long long)id.n));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    vendor_json(&j, "vendor", &v);
    json_put_text(&j, "owner_email", draft.email);
    json_put_text(&j, "invitation_url", link);
    r->resp.secret = true;
    json_put_end(&j);
    return json_answer(r, 201, &j.out);
}

struct err *
vendors_patch(struct req *r)
{
    struct form f;
    struct vendor v;
    TRY(vendors_load_named(r, &v));
    TRY(form_read(r, &f));
    const char *name = form_has(&f, "name") ? form_text(&f, "name", 1, 200) : NULL;
    const char *state = form_has(&f, "state") ? form_word(&f, "state", 1, 20) : NULL;
    if (state && !text_is(state, "active") && !text_is(state, "suspended"))
        form_fail(&f, "state", "vendor.state", "active or suspended.");
    const char *reason = form_has(&f, "reason") ? form_text(&f, "reason", 1, 500) : NULL;
    TRY(form_done(&f));
    TRY(vendors_change(r->work, &v, &(struct vendor_change){ name, state, reason }));
    return vendors_get_one(r);
}
