/* What the workers of a host have in common: one file that each of them maps. Inside of src/limits.
 *
 * Everything in it is counted with atomics and no lock: in the rarest of meetings a key may lose
 * some of its history, which a limiter can bear; a lock held by a worker
 * that died it could not. Nothing in it is worth keeping: what a machine left before a reset is
 * just other people's old counters. Whoever changes its layout gives the file another name
 * (main/wiring.c), so that two releases never read each other's. */
#pragma once
#include <stdatomic.h>

#include "limits/rules.h"

#define SHARED_WAYS    4
#define SHARED_SETS    16384
#define SHARED_PEOPLE  16384 /* sets of two */
#define SHARED_DAYS    4096
#define SHARED_WORKERS 256
#define SHARED_MINUTES 64 /* of counts; an hour and a little */

/* local.h */
struct shared_slot {
    _Atomic uint64_t tag; /* 0: free */
    _Atomic int64_t tat_us;
    _Atomic int64_t refused_until_us;
    int64_t spare;
};

/* people.h */
struct shared_person {
    _Atomic uint64_t tag; /* 0: free, or being written */
    _Atomic int64_t user, vendor, class_and_day, learned_us;
    int64_t spare[3];
};

/* days.h */
struct shared_day {
    _Atomic int64_t vendor, day;
    _Atomic int64_t used;    /* of all hosts, as Redis or PostgreSQL told */
    _Atomic int64_t pending; /* counted here while Redis was away */
};

/* seen.h */
struct shared_worker {
    _Atomic int64_t pid; /* 0: free */
    _Atomic int64_t version, asked_us;
};

/* counts.h */
struct shared_minute {
    _Atomic int64_t minute; /* since 1970 */
    _Atomic uint32_t passed, refused, would;
    uint32_t spare;
};

struct shared {
    _Atomic int64_t version;   /* of the rules, as somebody of this host last saw it; 0: nobody */
    _Atomic int64_t known_us;  /* when that was first seen */
    _Atomic int64_t looked_us; /* when somebody last looked, or began to */
    _Atomic int64_t away_us;   /* since when Redis is away; 0: it answers */
    _Atomic int64_t back_us;   /* when it last came back; 0: never away */
    _Atomic int64_t told_us;   /* when PostgreSQL was last told what was counted */
    struct shared_worker workers[SHARED_WORKERS];
    struct shared_minute counts[LIMIT_RULES][SHARED_MINUTES];
    struct shared_slot slots[SHARED_WAYS * SHARED_SETS];
    struct shared_person people[2 * SHARED_PEOPLE];
    struct shared_day days[SHARED_WAYS * SHARED_DAYS];
};

/* Process-long. `path` NULL, or a file that cannot be made: memory of this process alone. */
struct shared *shared_open(const char *path);
void shared_close(struct shared *s);

static inline int64_t
shared_load(_Atomic int64_t *n)
{
    return atomic_load_explicit(n, memory_order_relaxed);
}

static inline void
shared_store(_Atomic int64_t *n, int64_t to)
{
    atomic_store_explicit(n, to, memory_order_relaxed);
}

/* True for the one caller that finds `from` there and puts `to`. */
static inline bool
shared_claim(_Atomic int64_t *n, int64_t from, int64_t to)
{
    return atomic_compare_exchange_strong_explicit(n, &from, to, memory_order_relaxed,
                                                   memory_order_relaxed);
}
