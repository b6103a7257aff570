/* Sets of two; the older leaves. A reader checks the tag behind the facts too, so that it never
 * takes the half of one person with the half of another for a third. */
#include "limits/people.h"

static struct shared_person *
find(struct shared *s, uint64_t tag)
{
    struct shared_person *set = &s->people[(tag % SHARED_PEOPLE) * 2];
    for (int i = 0; i < 2; i++)
        if (atomic_load_explicit(&set[i].tag, memory_order_acquire) == tag)
            return &set[i];
    return NULL;
}

bool
people_find(struct shared *s, uint64_t tag, int64_t now_us, struct person *out)
{
    struct shared_person *at = find(s, tag);
    if (!at)
        return false;
    int64_t packed = shared_load(&at->class_and_day), learned_us = shared_load(&at->learned_us);
    *out = (struct person){ .who.user.n = shared_load(&at->user),
                            .who.vendor.n = shared_load(&at->vendor),
                            .class = (enum limit_class)(packed % LIMIT_CLASSES),
                            .day_limit = packed / LIMIT_CLASSES };
    atomic_thread_fence(memory_order_acquire);
    return atomic_load_explicit(&at->tag, memory_order_relaxed) == tag &&
           now_us - learned_us < PEOPLE_US;
}

void
people_learn(struct shared *s, uint64_t tag, const struct person *p, int64_t now_us)
{
    struct shared_person *set = &s->people[(tag % SHARED_PEOPLE) * 2], *at = find(s, tag);
    if (!at)
        at = &set[shared_load(&set[0].learned_us) > shared_load(&set[1].learned_us)];
    atomic_store_explicit(&at->tag, 0, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    shared_store(&at->user, p->who.user.n);
    shared_store(&at->vendor, p->who.vendor.n);
    shared_store(&at->class_and_day, p->day_limit * LIMIT_CLASSES + (int64_t)p->class);
    shared_store(&at->learned_us, now_us);
    atomic_store_explicit(&at->tag, tag, memory_order_release);
}

void
people_forget(struct shared *s, uint64_t tag)
{
    struct shared_person *at = find(s, tag);
    if (at)
        atomic_store_explicit(&at->tag, 0, memory_order_relaxed);
}
