#include "limits/counts.h"

#define MINUTE_US INT64_C(60000000)

void
counts_add(struct shared *s, int place, enum count_kind kind, int64_t now_us)
{
    int64_t minute = now_us / MINUTE_US, was;
    struct shared_minute *m = &s->counts[place][minute % SHARED_MINUTES];
    was = shared_load(&m->minute);
    if (was != minute && shared_claim(&m->minute, was, minute)) {
        atomic_store_explicit(&m->passed, 0, memory_order_relaxed);
        atomic_store_explicit(&m->refused, 0, memory_order_relaxed);
        atomic_store_explicit(&m->would, 0, memory_order_relaxed);
    }
    _Atomic uint32_t *at = kind == COUNT_PASSED    ? &m->passed
                           : kind == COUNT_REFUSED ? &m->refused
                                                   : &m->would;
    atomic_fetch_add_explicit(at, 1, memory_order_relaxed);
}

struct limit_count
counts_of_hour(struct shared *s, int place, int64_t now_us)
{
    int64_t minute = now_us / MINUTE_US;
    struct limit_count sum = { 0 };
    for (int i = 0; i < SHARED_MINUTES; i++) {
        struct shared_minute *m = &s->counts[place][i];
        int64_t at = shared_load(&m->minute);
        if (at > minute || at <= minute - 60)
            continue;
        sum.passed += atomic_load_explicit(&m->passed, memory_order_relaxed);
        sum.refused += atomic_load_explicit(&m->refused, memory_order_relaxed);
        sum.would += atomic_load_explicit(&m->would, memory_order_relaxed);
    }
    return sum;
}
