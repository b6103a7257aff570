/* Webhooks out: what happens in a shop is told to the addresses that the shop named. What is told
 * is written in the transaction of its cause and sent afterwards by a job, with a signature, again
 * and again for three days; docs/webhooks.md says what receivers see.
 *
 * A receiver may be told twice, and knows an event again by its id. Of one object it is told in the
 * order of the numbers that each event carries (`sequence`). */
#pragma once
#include "base/bytes.h"
#include "base/work.h"

enum hook_event {
    HOOK_ORDER_CREATED,
    HOOK_ORDER_PAID,
    HOOK_ORDER_FULFILLED,
    HOOK_ORDER_CANCELLED,
    HOOK_ORDER_REFUNDED,
    HOOK_PRODUCT_CHANGED, /* created too; of one that is not told yet the newest takes its place */
    HOOK_PRODUCT_DELETED,
    HOOK_STOCK_LOW,
    HOOK_EVENTS
};

/* "order.created" */
const char *hook_event_name(enum hook_event event);

/* In the caller's transaction that writes, of the shop w->vendor: this happened to the order, the
 * product, or (stock.low) the variant. `data` is a JSON object as the receiver gets it, or NULL for
 * {"id": "…"}, from which the receiver asks the API for the rest: enough for what is done often.
 * One statement, and no row when no endpoint of the shop wants the event. Stands near the end of a
 * transaction: two about one object take turns from here on. */
struct err *hooks_emit(struct work *w, enum hook_event event, int64_t object,
                       const char *data) MUST_CHECK;

/* The same about many objects of one kind in one statement. `data` is NULL, or has one text (which
 * may be NULL) for each. What has the ids in SQL already calls the function
 * hook_put(event, ids, NULL) there, then hooks_wake(). */
struct err *hooks_emit_many(struct work *w, enum hook_event event, const int64_t *objects,
                            const char *const *data, size_t n) MUST_CHECK;
/* In the same transaction, after hook_put() gave more than 0: sends what waits once it commits. */
struct err *hooks_wake(struct work *w) MUST_CHECK;

/* Does an endpoint of the shop want it? Before `data` is made that takes a statement to make. */
struct err *hooks_wanted(struct work *w, enum hook_event event, bool *wanted) MUST_CHECK;

/* Wired by main: the key that endpoints' secrets derive from. Process-long. */
void hooks_use(struct bytes key);
