#include "limits/gcra.h"

#include "base/clock.h"
#include "base/must.h"

static int64_t
divide_up(int64_t n, int64_t by)
{
    return (n + by - 1) / by;
}

/* Half of a rule keeps at least one request. */
struct gcra
gcra_of(const struct limit_rule *rule, int64_t times, bool halved)
{
    int64_t burst = rule->burst * times;
    int64_t requests = rule->requests * times;
    int64_t spread = rule->strict && requests > burst ? requests - burst : requests;
    must(burst > 0 && requests > 0 && rule->window_s > 0);
    struct gcra g = { .interval_us = divide_up(rule->window_s * SECOND_US, spread),
                      .burst = burst };
    if (halved) {
        g.interval_us *= 2;
        g.burst = burst > 1 ? burst / 2 : 1;
    }
    return g;
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
