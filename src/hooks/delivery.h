/* What an endpoint was told, and is going to be. Inside of src/hooks; all in a transaction of the
 * shop's. */
#pragma once
#include "base/work.h"

#define DELIVERY_STATES 5
extern const char *const delivery_states[DELIVERY_STATES]; /* waiting sending done failed stopped */

/* Without `body`, `address` and `tries` in lists. */
struct delivery {
    int64_t id, created_us, happened_us, due_us, ended_us; /* ended: 0 while it is not */
    int64_t endpoint, sequence, attempt, again;
    int64_t object;
    const char *event_id, *event, *state, *kind; /* kind of the object: "order" */
    int64_t status;   /* of the newest try; 0: there was no answer, or no try */
    const char *code; /* of its failure; "" */
    const char *data; /* JSON */
};

struct delivery_filter {
    const char *state, *event; /* NULL: any */
    int64_t behind, limit;
};
/* Newest first. */
struct err *delivery_list(struct work *w, int64_t endpoint, const struct delivery_filter *f,
                          struct delivery **out, size_t *n) MUST_CHECK;
/* NOT_FOUND hook.no_delivery. */
struct err *delivery_load(struct work *w, int64_t endpoint, int64_t id,
                          struct delivery *out) MUST_CHECK;

struct delivery_try {
    int64_t at_us, status, took_ms;
    const char *code, *answer;
};
/* Oldest first. */
struct err *delivery_tries(struct work *w, int64_t id, struct delivery_try **out,
                           size_t *n) MUST_CHECK;

/* As it is sent: {"id", "type", "created_at", "sequence", "data"}. */
char *delivery_body(struct arena *a, const struct delivery *d);

/* Once more, with the same id and number. CONFLICT hook.on_its_way, hook.disabled. */
struct err *delivery_again(struct work *w, int64_t endpoint, int64_t id) MUST_CHECK;
/* All that happened in that time and ended so (NULL: failed and stopped), at most AGAIN_MOST, the
 * oldest first; *n says how many. CONFLICT hook.disabled. */
#define AGAIN_MOST 10000
struct err *delivery_again_all(struct work *w, int64_t endpoint, const char *state, int64_t from_us,
                               int64_t to_us, int64_t *n) MUST_CHECK;
