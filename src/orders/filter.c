#include "orders/filter.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "http/cursor.h"
#include "orders/state.h"

bool
filter_moment(const char *text, int64_t *out_us)
{
    char moment[32];
    if (text_characters(text) != 10)
        return clock_parse_rfc3339(text, out_us);
    snprintf(moment, sizeof(moment), "%sT00:00:00Z", text);
    return clock_parse_rfc3339(moment, out_us);
}

static struct err *
refuse(struct req *r, const char *field)
{
    return FAIL_FIELD(r->work->arena, ERR_MALFORMED, "order.filter", field,
                      text_printf(r->work->arena, "%s cannot be read.", field));
}

/* The parameter when it is there and not empty. */
static const char *
given(struct req *r, const char *name, int *count)
{
    const char *text = query_text(r, name);
    if (!text || !*text)
        return NULL;
    ++*count;
    return text;
}

static struct err *
read_moment(struct req *r, const char *name, int64_t *out_us)
{
    const char *text = query_text(r, name);
    if (text && *text && !filter_moment(text, out_us))
        return refuse(r, name);
    return NULL;
}

static struct err *
read_cursor(struct req *r, struct order_filter *f)
{
    const char *keys[2];
    TRY(cursor_read(r, keys, 2, &f->behind));
    if (f->behind &&
        (!text_to_i64(keys[0], &f->behind_us) || !text_to_id(keys[1], &f->behind_id.n)))
        return cursor_refused(r);
    return NULL;
}

struct err *
filter_read(struct req *r, struct order_filter *out)
{
    struct order_filter f = { .state = -1, .from_us = INT64_MIN, .before_us = INT64_MAX };
    int count = 0;
    enum order_state state;
    const char *name = given(r, "state", &count), *customer = given(r, "customer_id", &count);
    f.number = given(r, "number", &count);
    f.email = given(r, "email", &count);
    f.sku = given(r, "sku", &count);
    if (count > 1)
        return FAIL(r->work->arena, ERR_MALFORMED, "order.filters",
                    "One of state, number, email, sku and customer_id at a time.");
    if (name && !order_state_read(name, &state))
        return refuse(r, "state");
    if (name)
        f.state = (int)state;
    if (customer && !text_to_id(customer, &f.customer.n))
        return refuse(r, "customer_id");
    TRY(read_moment(r, "placed_from", &f.from_us));
    TRY(read_moment(r, "placed_before", &f.before_us));
    TRY(read_cursor(r, &f));
    *out = f;
    return NULL;
}

const char *
filter_next(struct req *r, const struct order_row *last)
{
    const char *keys[] = { text_i64(r->work->arena, last->placed_us),
                           text_i64(r->work->arena, last->id.n) };
    return cursor_make(r, keys, 2);
}
