/* What both ways to a decision share, and the way without Redis. */
#include "limits/decide.h"

#include "base/clock.h"
#include "limits/local.h"

bool
check_is_day(const struct limit_check *c)
{
    return c->rule->by == LIMIT_BY_DAY;
}

struct shared_day *
check_day(struct limits *l, const struct limits_call *call, int64_t now_us)
{
    return days_of(l->shared, call->person.vendor.n, now_us / DAY_US);
}

static int64_t
seconds_up(int64_t us)
{
    return (us + SECOND_US - 1) / SECOND_US;
}

static int64_t
limit_of(const struct limits_call *call, const struct limit_check *c)
{
    return check_is_day(c) ? call->day_limit : c->form->limit;
}

void
check_count(struct limits *l, const struct limit_check *c, enum count_kind kind, int64_t now_us)
{
    counts_add(l->shared, (int)(c->rule - l->set->rules), kind, now_us);
}

struct limit_decision
check_refuses(struct limits *l, const struct limits_call *call, const struct limit_check *c,
              int64_t wait_us, int64_t now_us)
{
    int64_t s = seconds_up(wait_us > 0 ? wait_us : 1);
    check_count(l, c, COUNT_REFUSED, now_us);
    return (struct limit_decision){
        .rule = c->rule, .limit = limit_of(call, c), .reset_s = s, .retry_after_s = (int)s
    };
}

void
check_allows(struct limit_decision *d, const struct limits_call *call, const struct limit_check *c,
             int64_t remaining, int64_t whole_in_us)
{
    if (c->rule->dry_run || (d->rule && d->remaining <= remaining))
        return;
    *d = (struct limit_decision){ .allowed = true,
                                  .rule = c->rule,
                                  .limit = limit_of(call, c),
                                  .remaining = remaining,
                                  .reset_s = seconds_up(whole_in_us) };
}

/* ---- Without Redis ---- */

bool
decide_by_memory(struct limits *l, struct limits_call *call, int64_t now_us)
{
    for (int i = 0; i < call->n; i++) {
        int64_t wait_us = local_refused_for(l->shared, call->checks[i].tag, now_us);
        if (!wait_us)
            continue;
        call->decision = check_refuses(l, call, &call->checks[i], wait_us, now_us);
        return true;
    }
    return false;
}

static struct gcra
local_share(const struct limits *l, const struct limit_check *c)
{
    return gcra_share(c->form->g, l->hosts * (c->rule->strict ? 2 : 1));
}

static struct gcra_step
take_day(struct limits *l, const struct limits_call *call, int64_t now_us)
{
    struct shared_day *d = check_day(l, call, now_us);
    struct gcra_step step = { .whole_in_us = DAY_US - now_us % DAY_US };
    step.admitted = !d || days_take(d, call->day_limit);
    step.retry_after_us = step.admitted ? 0 : step.whole_in_us;
    if (d && step.admitted)
        step.remaining = call->day_limit - shared_load(&d->used) - shared_load(&d->pending);
    return step;
}

static struct gcra_step
take_locally(struct limits *l, const struct limits_call *call, const struct limit_check *c,
             int64_t now_us)
{
    if (check_is_day(c))
        return take_day(l, call, now_us);
    return local_take(l->shared, c->tag, local_share(l, c), now_us, c->cost, c->rule->strict);
}

static void
give_back(struct limits *l, const struct limits_call *call, const struct limit_check *c,
          int64_t now_us)
{
    struct shared_day *d = check_is_day(c) ? check_day(l, call, now_us) : NULL;
    if (d)
        atomic_fetch_sub_explicit(&d->pending, 1, memory_order_relaxed);
    else if (!check_is_day(c))
        local_give_back(l->shared, c->tag, local_share(l, c), c->cost);
}

struct limit_decision
decide_locally(struct limits *l, const struct limits_call *call, int64_t now_us)
{
    struct limit_decision d = { .allowed = true };
    for (int i = 0; i < call->n; i++) {
        const struct limit_check *c = &call->checks[i];
        struct gcra_step step = take_locally(l, call, c, now_us);
        if (step.admitted) {
            check_allows(&d, call, c, step.remaining, step.whole_in_us);
            continue;
        }
        if (c->rule->dry_run) {
            check_count(l, c, COUNT_WOULD, now_us);
            continue;
        }
        while (i-- > 0)
            give_back(l, call, &call->checks[i], now_us);
        return check_refuses(l, call, c, step.retry_after_us, now_us);
    }
    for (int i = 0; i < call->n; i++)
        check_count(l, &call->checks[i], COUNT_PASSED, now_us);
    return d;
}
