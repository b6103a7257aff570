#include "limits/local.h"

#define TRIES 8 /* for the slot of a new key, against others who want one of the same set */

static struct shared_slot *
set_of(struct shared *s, uint64_t tag)
{
    return &s->slots[(tag % SHARED_SETS) * SHARED_WAYS];
}

static struct shared_slot *
find(struct shared *s, uint64_t tag)
{
    struct shared_slot *set = set_of(s, tag);
    for (int i = 0; i < SHARED_WAYS; i++)
        if (atomic_load_explicit(&set[i].tag, memory_order_relaxed) == tag)
            return &set[i];
    return NULL;
}

/* When nothing is known of it any more. */
static int64_t
ends_at(struct shared_slot *slot)
{
    int64_t tat = shared_load(&slot->tat_us), refused = shared_load(&slot->refused_until_us);
    return tat > refused ? tat : refused;
}

static void
forget(_Atomic int64_t *n, int64_t was)
{
    atomic_compare_exchange_strong_explicit(n, &was, 0, memory_order_relaxed, memory_order_relaxed);
}

/* The slot becomes this key's, unless somebody was quicker. What the old key left is forgotten only
 * as it was read before: a process that finds the key at once may have counted already. */
static bool
take_over(struct shared_slot *slot, uint64_t tag)
{
    int64_t tat = shared_load(&slot->tat_us), refused = shared_load(&slot->refused_until_us);
    uint64_t was = atomic_load_explicit(&slot->tag, memory_order_relaxed);
    if (!atomic_compare_exchange_strong_explicit(&slot->tag, &was, tag, memory_order_acq_rel,
                                                 memory_order_relaxed))
        return false;
    forget(&slot->tat_us, tat);
    forget(&slot->refused_until_us, refused);
    return true;
}

static struct shared_slot *
first_to_end(struct shared *s, uint64_t tag)
{
    struct shared_slot *set = set_of(s, tag), *first = set;
    for (int i = 1; i < SHARED_WAYS; i++)
        if (ends_at(&set[i]) < ends_at(first))
            first = &set[i];
    return first;
}

/* The key's slot; a new key gets the one that ends first. NULL when all are live and `yield` is
 * false, or when others were quicker each time. */
static struct shared_slot *
find_or_claim(struct shared *s, uint64_t tag, int64_t now_us, bool yield)
{
    for (int tries = 0; tries < TRIES; tries++) {
        struct shared_slot *slot = find(s, tag);
        if (slot)
            return slot;
        slot = first_to_end(s, tag);
        if (ends_at(slot) > now_us && !yield)
            return NULL;
        if (take_over(slot, tag))
            return slot;
    }
    return NULL;
}

int64_t
local_refused_for(struct shared *s, uint64_t tag, int64_t now_us)
{
    struct shared_slot *slot = find(s, tag);
    int64_t until = slot ? shared_load(&slot->refused_until_us) : 0;
    return until > now_us ? until - now_us : 0;
}

void
local_note_refusal(struct shared *s, uint64_t tag, int64_t until_us, int64_t now_us)
{
    struct shared_slot *slot = find_or_claim(s, tag, now_us, true);
    if (slot)
        shared_store(&slot->refused_until_us, until_us);
}

void
local_note_tat(struct shared *s, uint64_t tag, int64_t tat_us, int64_t now_us)
{
    struct shared_slot *slot = find_or_claim(s, tag, now_us, false);
    int64_t was = slot ? shared_load(&slot->tat_us) : INT64_MAX;
    while (was < tat_us &&
           !atomic_compare_exchange_weak_explicit(&slot->tat_us, &was, tat_us, memory_order_relaxed,
                                                  memory_order_relaxed)) {
    }
}

int64_t
local_tat(struct shared *s, uint64_t tag)
{
    struct shared_slot *slot = find(s, tag);
    return slot ? shared_load(&slot->tat_us) : 0;
}

struct gcra_step
local_take(struct shared *s, uint64_t tag, struct gcra g, int64_t now_us, int64_t cost, bool strict)
{
    struct shared_slot *slot = find_or_claim(s, tag, now_us, !strict);
    if (!slot)
        return (struct gcra_step){ .retry_after_us = g.interval_us, .whole_in_us = g.interval_us };
    int64_t tat = shared_load(&slot->tat_us);
    for (;;) {
        struct gcra_step step = gcra_step(g, tat, now_us, cost);
        if (!step.admitted ||
            atomic_compare_exchange_weak_explicit(&slot->tat_us, &tat, step.tat_us,
                                                  memory_order_relaxed, memory_order_relaxed))
            return step;
    }
}

void
local_give_back(struct shared *s, uint64_t tag, struct gcra g, int64_t cost)
{
    struct shared_slot *slot = find(s, tag);
    if (slot)
        atomic_fetch_sub_explicit(&slot->tat_us, g.interval_us * cost, memory_order_relaxed);
}
