/* Where a shop wants to be called. Inside of src/hooks; all in a transaction of the shop's. */
#pragma once
#include "base/bytes.h"
#include "hooks/hooks.h"
#include "http/form.h"

#define ENDPOINTS_MOST 10    /* a shop */
#define OLD_SECRET_S   86400 /* an old secret signs for so long beside the new one */
#define TEST_EVENT     "test.ping"

struct endpoint {
    int64_t id;
    const char *address, *description;
    const char *events; /* names, apart by blanks */
    bool enabled;
    const char *stopped_why; /* "person", "failing", "gone"; "" while enabled */
    struct bytes salt;
    int64_t old_until_us; /* until then the secret before signs too; 0: it does not */
    int64_t failures;     /* in a row */
    int64_t failing_us, rest_us, answered_us, created_us; /* 0: not, never */
    int64_t waiting; /* events, counted to WAITING_MOST and no further */
};
#define WAITING_MOST 1000

struct err *endpoint_list(struct work *w, struct endpoint **out, size_t *n) MUST_CHECK;
/* NOT_FOUND hook.unknown. */
struct err *endpoint_load(struct work *w, int64_t id, struct endpoint *out) MUST_CHECK;

/* As a form or a JSON body gives it: address, description, enabled, and a flag `event.<name>` for
 * each event or a list `events` of names. What a JSON body leaves out stays as in `before`, which
 * is NULL for a new one (enabled then). Failures are collected: INVALID fetch.* of the address,
 * hook.event, hook.no_event. */
struct endpoint_draft {
    const char *address, *description;
    const char *events[HOOK_EVENTS];
    size_t event_count;
    bool enabled;
};
void endpoint_read(struct form *f, const struct endpoint *before, struct endpoint_draft *out);

/* *secret is told now and never again. CONFLICT hook.too_many. */
struct err *endpoint_add(struct work *w, const struct endpoint_draft *draft, int64_t *id,
                         const char **secret) MUST_CHECK;
/* What waits for one that is switched off is stopped. */
struct err *endpoint_save(struct work *w, const struct endpoint *before,
                          const struct endpoint_draft *draft) MUST_CHECK;
/* With all that it was told and will not be told. */
struct err *endpoint_remove(struct work *w, const struct endpoint *e) MUST_CHECK;
/* A new secret; the one before signs beside it for a day. */
struct err *endpoint_rotate(struct work *w, const struct endpoint *e,
                            const char **secret) MUST_CHECK;
/* Has it told of nothing: an event TEST_EVENT. CONFLICT hook.disabled. */
struct err *endpoint_test(struct work *w, const struct endpoint *e, int64_t *delivery) MUST_CHECK;
