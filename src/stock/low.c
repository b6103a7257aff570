/* The event stock.low. Told once when what is available falls to a place's mark or below: the
 * statement that takes from a place knows what was there before. */
#include "hooks/hooks.h"
#include "http/json.h"
#include "stock/inside.h"

void
fallen_add(struct fallen_list *list, const struct fallen *one)
{
    if (list->count == list->room) {
        size_t room = list->room ? list->room * 2 : 8;
        struct fallen *more = NEW_ARRAY(list->arena, struct fallen, room);
        for (size_t i = 0; i < list->count; i++)
            more[i] = list->at[i];
        list->at = more;
        list->room = room;
    }
    list->at[list->count++] = *one;
}

static const char *
event_of(struct arena *a, const struct fallen *f)
{
    struct json j = json_begin(a);
    json_put_object(&j, NULL);
    json_put_id(&j, "id", f->variant.n);
    json_put_text(&j, "sku", f->sku);
    json_put_id(&j, "warehouse", f->warehouse.n);
    json_put_text(&j, "bin", f->bin);
    json_put_i64(&j, "available", f->available);
    json_put_i64(&j, "low_at", f->low_at);
    json_put_end(&j);
    return j.out.at;
}

struct err *
fallen_tell(struct work *w, const struct fallen_list *list)
{
    if (!list->count)
        return NULL;
    int64_t *variants = NEW_ARRAY(w->arena, int64_t, list->count);
    const char **data = NEW_ARRAY(w->arena, const char *, list->count);
    for (size_t i = 0; i < list->count; i++) {
        variants[i] = list->at[i].variant.n;
        data[i] = event_of(w->arena, &list->at[i]);
    }
    return hooks_emit_many(w, HOOK_STOCK_LOW, variants, data, list->count);
}
