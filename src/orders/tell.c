#include "orders/tell.h"

#include "http/json.h"

struct err *
tell_order(struct work *w, enum hook_event event, const struct told *t)
{
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    json_put_id(&j, "id", t->id.n);
    if (t->number)
        json_put_i64(&j, "number", t->number);
    else
        json_put_null(&j, "number");
    json_put_text(&j, "state", order_state_names[t->state]);
    json_put_money(&j, "total", t->total);
    json_put_end(&j);
    return hooks_emit(w, event, t->id.n, j.out.at);
}
