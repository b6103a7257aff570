/* A limiter's decisions, exact: security/vectors/gcra.jsonl of the shared test data. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "testdata.h"

struct gcra_vector {
    int64_t interval_us, burst;
    bool is_first; /* of its line: the key is new */
    int64_t now_us, cost;
    bool admit;
    int64_t retry_after_us, remaining;
};

struct gcra_vectors_call {
    void (*fn)(const struct gcra_vector *v, void *arg);
    void *arg;
};

static inline int64_t
gcra_vectors_number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static inline void
gcra_vectors_line(const json_t *line, void *arg)
{
    const struct gcra_vectors_call *call = arg;
    const json_t *steps = json_object_get(line, "steps");
    for (size_t i = 0; i < json_array_size(steps); i++) {
        const json_t *step = json_array_get(steps, i);
        struct gcra_vector v = {
            .interval_us = gcra_vectors_number(line, "interval_us"),
            .burst = gcra_vectors_number(line, "burst"),
            .is_first = i == 0,
            .now_us = gcra_vectors_number(step, "now_us"),
            .cost = gcra_vectors_number(step, "cost"),
            .admit = json_is_true(json_object_get(step, "admit")),
            .retry_after_us = gcra_vectors_number(step, "retry_after_us"),
            .remaining = gcra_vectors_number(step, "remaining"),
        };
        call->fn(&v, call->arg);
    }
}

/* False when the vectors are not there. */
static inline bool
gcra_vectors_each(void (*fn)(const struct gcra_vector *v, void *arg), void *arg)
{
    struct gcra_vectors_call call = { fn, arg };
    return testdata_each("security/vectors/gcra.jsonl", gcra_vectors_line, &call);
}
