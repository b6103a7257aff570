#include "pay/event_order.h"

#include <string.h>

#include "base/text.h"

const char *const event_decision_names[EVENT_DECISIONS] = {
    "applied", "duplicate", "ignored_stale", "ignored_terminal", "ignored_type",
};

static const char *const types[] = {
    NULL,
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
};
#define RANK_DELETED 3

static int
rank_of(const char *type)
{
    for (int i = 1; i <= RANK_DELETED; i++)
        if (text_is(type, types[i]))
            return i;
    return 0;
}

static bool
seen_before(struct arena *a, struct event_order *order, const char *id)
{
    for (size_t i = 0; i < order->count; i++)
        if (text_is(order->seen[i], id))
            return true;
    if (order->count == order->room) {
        order->room = order->room ? order->room * 2 : 16;
        const char **larger = NEW_ARRAY(a, const char *, order->room);
        if (order->count)
            memcpy(larger, order->seen, order->count * sizeof(*larger));
        order->seen = larger;
    }
    order->seen[order->count++] = text_copy(a, id);
    return false;
}

enum event_decision
event_next(struct arena *a, struct event_order *order, const struct provider_event *event)
{
    int rank = rank_of(event->type);
    if (seen_before(a, order, event->id))
        return EVENT_DUPLICATE;
    enum subscription_state state = SUB_NONE;
    if (!rank || !subscription_state_of_provider(event->status, event->reason, &state))
        return EVENT_OTHER_TYPE;
    if (order->rank == RANK_DELETED)
        return EVENT_TERMINAL;
    if (order->rank && (event->created < order->created ||
                        (event->created == order->created && rank < order->rank)))
        return EVENT_STALE;
    order->created = event->created;
    order->rank = rank;
    order->state = state;
    return EVENT_APPLIED;
}
