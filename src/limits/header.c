/* The RateLimit headers (draft-ietf-httpapi-ratelimit-headers): what was asked, and how much is
 * left of the rule that speaks for the answer. No partition key: it would tell who else is counted.
 */
#include "base/text.h"
#include "limits/limits.h"

/* A rule that is asked twice (an IPv6 network and the wider one around it) is named once. */
static bool
is_named_before(const struct limits_call *call, int i)
{
    for (int k = 0; k < i; k++)
        if (call->checks[k].rule == call->checks[i].rule)
            return true;
    return false;
}

char *
limits_policy_header(struct arena *a, const struct limits_call *call)
{
    struct buf b = buf_new(a, 64);
    for (int i = 0; i < call->n; i++) {
        const struct limit_check *c = &call->checks[i];
        if (is_named_before(call, i))
            continue;
        buf_text(&b, b.length ? ", \"" : "\"");
        buf_text(&b, c->rule->name);
        buf_text(&b, "\";q=");
        buf_i64(&b, c->rule->requests * c->times);
        buf_text(&b, ";w=");
        buf_i64(&b, c->rule->window_s);
    }
    return b.length ? b.at : NULL;
}

char *
limits_header(struct arena *a, const struct limits_call *call)
{
    const struct limit_decision *d = &call->decision;
    if (!d->rule)
        return NULL;
    return text_join(a, "\"", d->rule->name, "\";r=", text_i64(a, d->remaining),
                     ";t=", text_i64(a, d->reset_s), NULL);
}
