/* What the operator does to a shop, each with its entry in the log of acts. */
#include "audit/audit.h"
#include "base/text.h"
#include "http/json.h"
#include "vendors/store.h"

static const char *
change_json(struct work *w, const char *name, const char *state)
{
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    if (name)
        json_put_text(&j, "name", name);
    if (state)
        json_put_text(&j, "state", state);
    json_put_end(&j);
    return j.out.at;
}

static const char *
named_act(const struct vendor *v, const char *state)
{
    if (!state || text_is(state, v->state))
        return "vendor.changed";
    return text_is(state, "suspended") ? "vendor.suspended" : "vendor.reactivated";
}

struct err *
vendors_change(struct work *w, const struct vendor *v, const struct vendor_change *to)
{
    TRY(vendors_set(w, v->id, to->name, to->state));
    struct audit_act act = { .what = named_act(v, to->state),
                             .object = audit_object(w, "vendor", v->id.n),
                             .before = change_json(w, to->name ? v->name : NULL,
                                                   to->state ? v->state : NULL),
                             .after = change_json(w, to->name, to->state),
                             .reason = to->reason };
    return audit_note_of(w, v->id, &act);
}

struct err *
vendors_note_added(struct work *w, struct vendor_id id, const struct vendor_draft *draft)
{
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    json_put_text(&j, "name", draft->name);
    json_put_text(&j, "slug", draft->slug);
    json_put_end(&j);
    struct audit_act act = { .what = "vendor.added",
                             .object = audit_object(w, "vendor", id.n),
                             .after = j.out.at };
    return audit_note_of(w, id, &act);
}
