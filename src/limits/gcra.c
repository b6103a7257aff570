#include "limits/gcra.h"

#include "base/clock.h"
#include "base/must.h"

static int64_t
divide_up(int64_t n, int64_t by)
{
    return (n + by - 1) / by;
}

struct gcra
gcra_of(const struct limit_rule *rule, int64_t percent)
{
    int64_t burst = rule->burst * percent / 100, requests = rule->requests * percent / 100;
    burst = burst > 0 ? burst : 1;
    requests = requests > 0 ? requests : 1;
    int64_t spread = rule->strict && requests > burst ? requests - burst : requests;
    must(rule->window_s > 0);
    return (struct gcra){ .interval_us = divide_up(rule->window_s * SECOND_US, spread),
                          .burst = burst };
}

struct gcra
gcra_share(struct gcra g, int64_t parts)
{
    int64_t burst = g.burst / parts;
    return (struct gcra){ .interval_us = g.interval_us * parts, .burst = burst > 0 ? burst : 1 };
}

struct gcra_step
gcra_step(struct gcra g, int64_t tat_us, int64_t now_us, int64_t cost)
{
    int64_t ahead_most = g.interval_us * g.burst;
    int64_t tat = tat_us;
    if (tat < now_us)
        tat = now_us;
    if (tat > now_us + ahead_most)
        tat = now_us + ahead_most;
    int64_t next = tat + g.interval_us * cost;
    int64_t late = next - ahead_most - now_us;
    struct gcra_step s = { .admitted = late <= 0 };
    s.tat_us = s.admitted ? next : tat;
    s.retry_after_us = s.admitted ? 0 : late;
    s.whole_in_us = s.tat_us - now_us;
    s.remaining = (ahead_most - s.whole_in_us) / g.interval_us;
    return s;
}
