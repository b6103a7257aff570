#include "accounts/lockout.h"

#include "base/clock.h"

#define WINDOW_US (LOCKOUT_WINDOW_S * SECOND_US)

int64_t
lockout_wait_s(const struct lockout *l, int64_t now_us)
{
    if (l->locked)
        return LOCKOUT_WINDOW_S;
    return l->until_us > now_us ? (l->until_us - now_us + SECOND_US - 1) / SECOND_US : 0;
}

/* Two to the power of what is above the free ones. */
static int64_t
wait_after(int64_t wrong, int64_t free)
{
    int64_t above = wrong - free;
    if (above < 0)
        return 0;
    return above < 10 ? INT64_C(1) << above : LOCKOUT_WINDOW_S;
}

/* A window that has seen no wait is over with its time; one that has, when its last wait has been
 * over for as long. */
static bool
window_is_over(const struct lockout *l, int64_t now_us)
{
    int64_t from_us = l->until_us > l->began_us ? l->until_us : l->began_us;
    return !l->wrong || now_us - from_us >= WINDOW_US;
}

struct lockout
lockout_count(struct lockout l, const struct lockout_rule *rule, int64_t now_us)
{
    if (window_is_over(&l, now_us)) {
        l.wrong = 0;
        l.began_us = now_us;
    }
    l.wrong++;
    l.in_a_row++;
    int64_t wait_s = wait_after(l.wrong, rule->free);
    if (wait_s)
        l.until_us = now_us + wait_s * SECOND_US;
    if (rule->row && l.in_a_row >= rule->row)
        l.locked = true;
    return l;
}

struct lockout
lockout_uncount(struct lockout l, int64_t now_us)
{
    l.wrong -= l.wrong > 0;
    l.in_a_row -= l.in_a_row > 0;
    l.until_us = l.until_us > now_us ? now_us : l.until_us;
    return l;
}
