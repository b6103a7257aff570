#include "mail/pace.h"

#include "base/clock.h"

#define RELAY_REST_LEAST 5
#define RELAY_REST_MOST  60
#define MAIL_REST_LEAST  15
#define MAIL_REST_MOST   7200

/* Credit for the time in which nothing left ends after a tenth of a second, or one mail. */
static int64_t
even_start(const struct relay *r, int64_t rate)
{
    int64_t interval_us = SECOND_US / rate;
    int64_t credit_us = SECOND_US / 10 > interval_us ? SECOND_US / 10 : interval_us;
    return r->next_us > r->now_us - credit_us ? r->next_us : r->now_us - credit_us;
}

int
relay_allows(const struct relay *r, int64_t rate, int most, int64_t *wait_us)
{
    int64_t interval_us = SECOND_US / rate, start_us = even_start(r, rate);
    int64_t n = (r->now_us - start_us) / interval_us;
    *wait_us = n < 1 ? start_us + interval_us - r->now_us : 0;
    if (r->failures) {
        *wait_us = r->probe_us > r->now_us ? r->probe_us - r->now_us : *wait_us;
        most = r->probe_us > r->now_us ? 0 : 1;
    }
    return n < 1 ? 0 : (int)(n < most ? n : most);
}

int64_t
relay_next(const struct relay *r, int64_t rate, int n)
{
    return even_start(r, rate) + n * (SECOND_US / rate);
}

static int64_t
doubled(int64_t least, int64_t most, int steps)
{
    while (steps-- > 0 && least < most)
        least *= 2;
    return least < most ? least : most;
}

int64_t
relay_rest_s(int failures)
{
    return doubled(RELAY_REST_LEAST, RELAY_REST_MOST, failures - 1);
}

int64_t
mail_rest_s(int attempt)
{
    return doubled(MAIL_REST_LEAST, MAIL_REST_MOST, 2 * (attempt - 1));
}

int64_t
with_jitter_ms(int64_t seconds, uint64_t chance)
{
    return seconds * 900 + (int64_t)(chance % (uint64_t)(seconds * 200 + 1));
}
