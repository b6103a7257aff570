#include "limits/days.h"

struct shared_day *
days_of(struct shared *s, int64_t vendor, int64_t day)
{
    struct shared_day *set = &s->days[(size_t)(vendor % SHARED_DAYS) * SHARED_WAYS], *old = NULL;
    for (int i = 0; i < SHARED_WAYS; i++) {
        bool today = shared_load(&set[i].day) == day;
        if (today && shared_load(&set[i].vendor) == vendor)
            return &set[i];
        if (!today && !old)
            old = &set[i];
    }
    if (!old)
        return NULL;
    shared_store(&old->used, 0);
    shared_store(&old->pending, 0);
    shared_store(&old->vendor, vendor);
    shared_store(&old->day, day);
    return old;
}

void
days_raise(struct shared_day *d, int64_t used)
{
    int64_t now = shared_load(&d->used);
    while (now < used && !atomic_compare_exchange_weak_explicit(
                             &d->used, &now, used, memory_order_relaxed, memory_order_relaxed)) {
    }
}

bool
days_take(struct shared_day *d, int64_t limit)
{
    if (shared_load(&d->used) + shared_load(&d->pending) >= limit)
        return false;
    atomic_fetch_add_explicit(&d->pending, 1, memory_order_relaxed);
    return true;
}
