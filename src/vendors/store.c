/* Rows of shops. */
#include "vendors/store.h"

#include "base/text.h"
#include "db/db.h"

static const struct db_refusal refusals[] = {
    { "vendor_slug_once", "vendor.slug_taken", "slug",
      "Another shop has this name in its address." },
    { "vendor_slug_form", "vendor.slug", "slug", "Small letters, digits and hyphens only." },
    { "vendor_name_length", "vendor.name", "name", "1 to 200 characters." },
};

static struct err *
refused(struct work *w, struct err *e)
{
    return db_refusal(w, e, refusals, COUNT(refusals));
}

struct err *
vendors_create(struct work *w, const struct vendor_draft *draft, struct vendor_id *out)
{
    struct scan s;
    TRY(refused(w, db_one(w, Q_vendors_add,
                          ARGS(arg_text(draft->slug), arg_text(draft->name),
                               arg_text(draft->currency), arg_text(draft->language)),
                          &s)));
    struct vendor_id id = { scan_i64(&s) };
    scan_end(&s);
    *out = id;
    return NULL;
}

struct err *
vendors_open(struct work *w, struct user_id owner, const struct vendor_draft *draft, int trial_days,
             struct vendor_id *out)
{
    struct scan s;
    TRY(refused(w, db_one(w, Q_signup_open_shop,
                          ARGS(arg_i64(w, owner.n), arg_text(draft->slug), arg_text(draft->name),
                               arg_text(draft->currency), arg_text(draft->language),
                               arg_i64(w, trial_days)),
                          &s)));
    out->n = scan_i64(&s);
    return NULL;
}

struct err *
vendors_slug_taken(struct work *w)
{
    const struct db_refusal *r = &refusals[0];
    return FAIL_FIELD(w->arena, ERR_CONFLICT, r->code, r->field, r->say);
}

struct err *
vendors_add_member(struct work *w, struct vendor_id vendor, struct user_id user, enum role role)
{
    return db_exec(w, Q_vendors_add_member,
                   ARGS(arg_i64(w, vendor.n), arg_i64(w, user.n), arg_text(role_name(role))), NULL);
}

static void
scan_vendor(struct scan *s, struct vendor *v)
{
    v->id.n = scan_i64(s);
    v->slug = scan_text(s);
    v->name = scan_text(s);
    v->state = scan_text(s);
    v->currency = scan_text(s);
    v->language = scan_text(s);
    v->created_us = scan_time(s);
    v->products = scan_i64(s);
    v->images = scan_i64(s);
    v->orders = scan_i64(s);
    scan_end(s);
}

struct err *
vendors_load(struct work *w, struct vendor_id id, struct vendor *out)
{
    struct scan s;
    bool found;
    TRY(db_maybe(w, Q_vendors_one, ARGS(arg_i64(w, id.n)), &found, &s));
    if (!found)
        return FAIL(w->arena, ERR_NOT_FOUND, "vendor.unknown", "There is no such shop.");
    scan_vendor(&s, out);
    return NULL;
}

struct err *
vendors_list(struct work *w, const struct vendor_filter *filter, struct vendor **out, size_t *n)
{
    struct rows rows;
    TRY(db_many(w, Q_vendors_list,
                ARGS(arg_text(filter->text), arg_text(filter->state), arg_i64(w, filter->behind),
                     arg_i64(w, filter->limit)),
                &rows));
    struct vendor *all = NEW_ARRAY(w->arena, struct vendor, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        scan_vendor(&s, &all[i]);
    }
    *out = all;
    *n = (size_t)rows.count;
    return NULL;
}

struct err *
vendors_members(struct work *w, struct vendor_id id, struct rows *out)
{
    return db_many(w, Q_vendors_members, ARGS(arg_i64(w, id.n)), out);
}

struct err *
vendors_set(struct work *w, struct vendor_id id, const char *name, const char *state)
{
    int64_t changed;
    TRY(refused(w, db_exec(w, Q_vendors_set,
                           ARGS(arg_i64(w, id.n), arg_text(name), arg_text(state)), &changed)));
    return changed ? NULL
                   : FAIL(w->arena, ERR_NOT_FOUND, "vendor.unknown", "There is no such shop.");
}
