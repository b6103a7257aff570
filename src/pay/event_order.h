/* Events of one provider's subscription, in the order in which they came. Only for when the object
 * itself cannot be fetched: what was fetched is true whatever the order. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "billing/state.h"

enum event_decision {
    EVENT_APPLIED,
    EVENT_DUPLICATE,
    EVENT_STALE,      /* something later was applied already */
    EVENT_TERMINAL,   /* after a deletion nothing counts */
    EVENT_OTHER_TYPE, /* not a subscription's, or with a status that we do not know */
    EVENT_DECISIONS
};
extern const char *const event_decision_names[EVENT_DECISIONS];

struct event_order {
    const char **seen; /* ids, in the arena of event_next() */
    size_t count, room;
    int64_t created; /* of the last one that was applied */
    int rank;        /* of its type; 0: none yet */
    enum subscription_state state;
};

struct provider_event {
    const char *id, *type;       /* not NULL */
    const char *status, *reason; /* of the subscription; NULL: not told */
    int64_t created;
};

/* Counts when (created, rank of its type) is not below that of the last one that counted; rank:
 * created < updated < deleted. An id is handled once, whatever was decided. Begin with { 0 }; `a`
 * lives as long as `order`. */
enum event_decision event_next(struct arena *a, struct event_order *order,
                               const struct provider_event *event);
