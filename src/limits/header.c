/* The RateLimit headers (draft-ietf-httpapi-ratelimit-headers): what was asked, and how much is
 * left of the rule that speaks for the answer. No partition key: it would tell who else is counted.
 */
#include "base/text.h"
#include "limits/set.h"

/* A rule that is asked twice (an IPv6 network and the wider one around it) is named once; one that
 * is only tried out refuses nobody, so nobody is told. */
static bool
is_told(const struct limits_call *call, int i)
{
    for (int k = 0; k < i; k++)
        if (call->checks[k].rule == call->checks[i].rule)
            return false;
    return !call->checks[i].rule->dry_run;
}

static void
add_policy(struct buf *b, const struct limits_call *call, const struct limit_check *c)
{
    if (b->length)
        buf_text(b, ", ");
    if (c->rule->by == LIMIT_BY_DAY)
        buf_printf(b, "\"%s\";q=%lld;w=86400", c->rule->name, (long long)call->day_limit);
    else
        buf_text(b, c->form->policy);
}

char *
limits_policy_header(struct arena *a, const struct limits_call *call)
{
    struct buf b = buf_new(a, 96);
    for (int i = 0; i < call->n; i++)
        if (is_told(call, i))
            add_policy(&b, call, &call->checks[i]);
    return b.length ? b.at : NULL;
}

char *
limits_header(struct arena *a, const struct limits_call *call)
{
    const struct limit_decision *d = &call->decision;
    struct buf b = buf_new(a, 48);
    if (!d->rule)
        return NULL;
    buf_char(&b, '"');
    buf_text(&b, d->rule->name);
    buf_text(&b, "\";r=");
    buf_i64(&b, d->remaining);
    buf_text(&b, ";t=");
    buf_i64(&b, d->reset_s);
    return b.at;
}
