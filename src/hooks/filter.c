#include "hooks/filter.h"

#include "base/text.h"
#include "hooks/endpoint.h"
#include "http/cursor.h"

#define PAGE      50
#define PAGE_MOST 200

static const char *
given(struct req *r, const char *name)
{
    const char *text = query_text(r, name);
    return text && *text ? text : NULL;
}

static bool
is_state(const char *text)
{
    for (size_t i = 0; i < DELIVERY_STATES; i++)
        if (text_is(text, delivery_states[i]))
            return true;
    return false;
}

static bool
is_event(const char *text)
{
    for (enum hook_event event = 0; event < HOOK_EVENTS; event++)
        if (text_is(text, hook_event_name(event)))
            return true;
    return text_is(text, TEST_EVENT);
}

static struct err *
unknown_value(struct req *r, const char *name)
{
    return FAIL_FIELD(r->work->arena, ERR_MALFORMED, "request.filter", name,
                      "This list cannot be asked for that.");
}

static struct err *
read_filter(struct req *r, struct delivery_filter *out)
{
    *out = (struct delivery_filter){ .state = given(r, "state"), .event = given(r, "event") };
    if (out->state && !is_state(out->state))
        return unknown_value(r, "state");
    if (out->event && !is_event(out->event))
        return unknown_value(r, "event");
    TRY(cursor_read_id(r, &out->behind));
    return query_limit(r, PAGE, PAGE_MOST, &out->limit);
}

struct err *
deliveries_load_page(struct req *r, int64_t endpoint, struct delivery_filter *f,
                     struct delivery **out, size_t *n, bool *more)
{
    TRY(read_filter(r, f));
    struct delivery_filter one_more = *f;
    one_more.limit++;
    TRY(delivery_list(r->work, endpoint, &one_more, out, n));
    *more = (int64_t)*n > f->limit;
    *n -= *more;
    return NULL;
}

struct err *
endpoint_named(struct req *r, struct endpoint *out)
{
    int64_t id;
    TRY(param_id(r, 0, &id));
    return endpoint_load(r->work, id, out);
}

struct err *
delivery_named(struct req *r, struct delivery *out)
{
    int64_t endpoint, id;
    TRY(param_id(r, 0, &endpoint));
    TRY(param_id(r, 1, &id));
    return delivery_load(r->work, endpoint, id, out);
}
