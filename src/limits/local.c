#include "limits/local.h"

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

/* A slot for a new key: the one that ends first. NULL when all are live and `yield` is false. */
static struct shared_slot *
claim(struct shared *s, uint64_t tag, int64_t now_us, bool yield)
{
    struct shared_slot *set = set_of(s, tag), *first = set;
    for (int i = 1; i < SHARED_WAYS; i++)
        if (ends_at(&set[i]) < ends_at(first))
            first = &set[i];
    if (ends_at(first) > now_us && !yield)
        return NULL;
    shared_store(&first->tat_us, 0);
    shared_store(&first->refused_until_us, 0);
    atomic_store_explicit(&first->tag, tag, memory_order_relaxed);
    return first;
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
    struct shared_slot *slot = find(s, tag);
    if (!slot)
        slot = claim(s, tag, now_us, true);
    shared_store(&slot->refused_until_us, until_us);
}

void
local_note_tat(struct shared *s, uint64_t tag, int64_t tat_us, int64_t now_us)
{
    struct shared_slot *slot = find(s, tag);
    if (!slot)
        slot = claim(s, tag, now_us, false);
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
    struct shared_slot *slot = find(s, tag);
    if (!slot)
        slot = claim(s, tag, now_us, !strict);
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
