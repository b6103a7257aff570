/* Saying that something happened: called by other rooms, in their transactions. */
#include "base/text.h"
#include "db/db.h"
#include "hooks/hooks.h"
#include "hooks/tasks.h"
#include "queue/queue.h"

#define MANY 5000 /* objects in one statement */

/* clang-format off */
static const char *const names[HOOK_EVENTS] = {
    [HOOK_ORDER_CREATED]   = "order.created",
    [HOOK_ORDER_PAID]      = "order.paid",
    [HOOK_ORDER_FULFILLED] = "order.fulfilled",
    [HOOK_ORDER_CANCELLED] = "order.cancelled",
    [HOOK_ORDER_REFUNDED]  = "order.refunded",
    [HOOK_PRODUCT_CHANGED] = "product.changed",
    [HOOK_PRODUCT_DELETED] = "product.deleted",
    [HOOK_STOCK_LOW]       = "stock.low",
};
/* clang-format on */

const char *
hook_event_name(enum hook_event event)
{
    must(event < HOOK_EVENTS);
    return names[event];
}

static struct err *
put(struct work *w, enum hook_event event, const int64_t *objects, const char *const *data,
    size_t n, int64_t *written)
{
    struct scan s;
    TRY(db_one(w, Q_hooks_put,
               ARGS(arg_text(hook_event_name(event)), arg_i64s(w, objects, n),
                    data ? arg_texts(w, data, n) : arg_null()),
               &s));
    *written += scan_i64(&s);
    scan_end(&s);
    return NULL;
}

struct err *
hooks_emit_many(struct work *w, enum hook_event event, const int64_t *objects,
                const char *const *data, size_t n)
{
    int64_t written = 0;
    must(w->vendor.n);
    for (size_t i = 0; i < n; i += MANY)
        TRY(put(w, event, objects + i, data ? data + i : NULL, n - i < MANY ? n - i : MANY,
                &written));
    return written ? hooks_wake(w) : NULL;
}

struct err *
hooks_emit(struct work *w, enum hook_event event, int64_t object, const char *data)
{
    return hooks_emit_many(w, event, &object, data ? &data : NULL, 1);
}

/* One job a shop: shops do not wait for each other's transactions. Whichever runs first sends what
 * all have waiting. */
struct err *
hooks_wake(struct work *w)
{
    return queue_add(w, HOOKS_SEND, text_i64(w->arena, w->vendor.n), "{}", NULL);
}

struct err *
hooks_wanted(struct work *w, enum hook_event event, bool *wanted)
{
    struct scan s;
    TRY(db_one(w, Q_hooks_wanted, ARGS(arg_i64(w, w->vendor.n), arg_text(hook_event_name(event))),
               &s));
    *wanted = scan_bool(&s);
    scan_end(&s);
    return NULL;
}
