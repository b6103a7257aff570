/* The kinds of vectors: each turns what is given into what must come of it. */
#pragma once
#include <jansson.h>

#include "base/arena.h"

/* A new reference; NULL: what is given cannot be read. */
struct kind {
    const char *name;
    json_t *(*answer)(struct arena *a, const json_t *given);
};
extern const struct kind kinds[];
extern const size_t kind_count;

json_t *answer_scenario(struct arena *a, const json_t *given);

/* machines.c: what has a state. */
json_t *answer_subscription_state(struct arena *a, const json_t *given);
json_t *answer_invoice_state(struct arena *a, const json_t *given);
json_t *answer_provider_status(struct arena *a, const json_t *given);
json_t *answer_webhook_signature(struct arena *a, const json_t *given);
json_t *answer_webhook_order(struct arena *a, const json_t *given);
json_t *answer_idempotency(struct arena *a, const json_t *given);

/* {key: [answer of each element of given[of]]}; NULL when one cannot be read. */
json_t *answer_each(struct arena *a, const json_t *given, const char *of, const char *key,
                    json_t *(*one)(struct arena *a, const json_t *element));
