/* What the operator does to a shop, each with its entry in the log of acts. */
#include "audit/audit.h"
#include "base/text.h"
#include "http/json.h"
#include "vendors/acting.h"
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
    if (text_is(state, "closed"))
        return "vendor.closed";
    return text_is(state, "suspended") ? "vendor.suspended" : "vendor.reactivated";
}

/* Its owners learn why their shop is away. */
static struct err *
tell(struct work *w, const struct vendor *v, const struct vendor_change *to)
{
    struct json j = json_begin(w->arena);
    if (text_is(to->state, v->state) ||
        (!text_is(to->state, "suspended") && !text_is(to->state, "closed")))
        return NULL;
    json_put_object(&j, NULL);
    json_put_text(&j, "shop", v->name);
    json_put_text(&j, "reason", to->reason ? to->reason : "–");
    json_put_end(&j);
    return vendors_tell_owners(
        w, v->id, text_is(to->state, "closed") ? "shop_closed" : "shop_suspended", j.out.at);
}

struct err *
vendors_change(struct work *w, const struct vendor *v, const struct vendor_change *to)
{
    if (text_is(v->state, "closed"))
        return FAIL(w->arena, ERR_CONFLICT, "vendor.closed", "This shop is closed.");
    tx_concerns(w, v->id);
    TRY(vendors_set(w, v->id, to->name, to->state));
    TRY(tell(w, v, to));
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
