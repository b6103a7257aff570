/* A table of 16,384 sets of four slots, in a file that every worker of the host maps. Counting is
 * done with relaxed atomics and no lock: two workers that meet in a slot at the same moment may
 * cost a key its history, which a limiter can bear; a lock held by a worker that died it could not.
 *
 * Nothing in it is worth keeping: a file of another size, or of a machine that was reset, is just
 * other people's old counters. */
#include "limits/local.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/must.h"

#define WAYS           4
#define SETS           16384
#define BYTES_OF_TABLE (sizeof(struct slot) * WAYS * SETS)

struct slot {
    _Atomic uint64_t tag; /* 0: free */
    _Atomic int64_t tat_us;
    _Atomic int64_t refused_until_us;
    int64_t spare;
};

struct local_table {
    struct slot *slots;
};

static void *
map_file(const char *path)
{
    SCOPED(close_fd) int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 || ftruncate(fd, (off_t)BYTES_OF_TABLE) < 0)
        return MAP_FAILED;
    return mmap(NULL, BYTES_OF_TABLE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
}

struct local_table *
local_open(struct arena *process, const char *path)
{
    struct local_table *t = NEW(process, struct local_table);
    void *at = path ? map_file(path) : MAP_FAILED;
    if (path && at == MAP_FAILED)
        log_warn("limits.not_shared", "path", path, NULL);
    if (at == MAP_FAILED)
        at = mmap(NULL, BYTES_OF_TABLE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        process_end("limits.memory", "no memory for the limiter's table");
    t->slots = at;
    return t;
}

void
local_close(struct local_table *t)
{
    munmap(t->slots, BYTES_OF_TABLE);
}

static struct slot *
set_of(struct local_table *t, uint64_t tag)
{
    return &t->slots[(tag % SETS) * WAYS];
}

static int64_t
load(_Atomic int64_t *n)
{
    return atomic_load_explicit(n, memory_order_relaxed);
}

static void
store(_Atomic int64_t *n, int64_t to)
{
    atomic_store_explicit(n, to, memory_order_relaxed);
}

static struct slot *
find(struct local_table *t, uint64_t tag)
{
    struct slot *set = set_of(t, tag);
    for (int i = 0; i < WAYS; i++)
        if (atomic_load_explicit(&set[i].tag, memory_order_relaxed) == tag)
            return &set[i];
    return NULL;
}

/* When nothing is known of it any more. */
static int64_t
ends_at(struct slot *s)
{
    int64_t tat = load(&s->tat_us), refused = load(&s->refused_until_us);
    return tat > refused ? tat : refused;
}

/* A slot for a new key: the one that ends first. NULL when all are live and `yield` is false. */
static struct slot *
claim(struct local_table *t, uint64_t tag, int64_t now_us, bool yield)
{
    struct slot *set = set_of(t, tag), *first = set;
    for (int i = 1; i < WAYS; i++)
        if (ends_at(&set[i]) < ends_at(first))
            first = &set[i];
    if (ends_at(first) > now_us && !yield)
        return NULL;
    store(&first->tat_us, 0);
    store(&first->refused_until_us, 0);
    atomic_store_explicit(&first->tag, tag, memory_order_relaxed);
    return first;
}

int64_t
local_refused_for(struct local_table *t, uint64_t tag, int64_t now_us)
{
    struct slot *s = find(t, tag);
    int64_t until = s ? load(&s->refused_until_us) : 0;
    return until > now_us ? until - now_us : 0;
}

void
local_note_refusal(struct local_table *t, uint64_t tag, int64_t until_us, int64_t now_us)
{
    struct slot *s = find(t, tag);
    if (!s)
        s = claim(t, tag, now_us, true);
    store(&s->refused_until_us, until_us);
}

struct gcra_step
local_take(struct local_table *t, uint64_t tag, struct gcra g, int64_t now_us, int64_t cost,
           bool strict)
{
    struct slot *s = find(t, tag);
    if (!s)
        s = claim(t, tag, now_us, !strict);
    if (!s)
        return (struct gcra_step){ .retry_after_us = g.interval_us, .whole_in_us = g.interval_us };
    int64_t tat = load(&s->tat_us);
    for (;;) {
        struct gcra_step step = gcra_step(g, tat, now_us, cost);
        if (!step.admitted ||
            atomic_compare_exchange_weak_explicit(&s->tat_us, &tat, step.tat_us,
                                                  memory_order_relaxed, memory_order_relaxed))
            return step;
    }
}

void
local_give_back(struct local_table *t, uint64_t tag, struct gcra g, int64_t cost)
{
    struct slot *s = find(t, tag);
    if (s)
        atomic_fetch_sub_explicit(&s->tat_us, g.interval_us * cost, memory_order_relaxed);
}
