/* Blocks in a chain, newest first; an allocation is a bump in the newest one. The first block is
 * kept over a reset, so that a worker in its steady state never calls malloc for a request.
 * With ARENA_DEBUG every allocation is a block of its own, so that AddressSanitizer and valgrind
 * see each one's bounds and end. */
#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"

#define ALIGN       16
#define FIRST_BLOCK ((size_t)64 * 1024)

struct block {
    struct block *older;
    size_t size, used;
    _Alignas(ALIGN) unsigned char bytes[];
};

struct deferred {
    struct deferred *older;
    void (*fn)(void *);
    void *arg;
};

struct arena {
    struct block *newest;
    struct deferred *deferred;
    size_t ceiling, held, handed_out;
};

static struct block *
block_new(struct arena *a, size_t size)
{
    if (size > a->ceiling || a->held > a->ceiling - size)
        process_end("arena.ceiling", "the memory ceiling of one request or job is reached");
    struct block *b = calloc(1, sizeof(*b) + size);
    if (!b)
        process_end("arena.memory", "out of memory");
    b->size = size;
    b->older = a->newest;
    a->newest = b;
    a->held += size;
    return b;
}

#ifdef ARENA_DEBUG
/* Nothing is handed out of it, so it must not take of the ceiling either. */
static size_t
first_block_size(size_t ceiling)
{
    (void)ceiling;
    return 0;
}
#else
static size_t
first_block_size(size_t ceiling)
{
    return ceiling < FIRST_BLOCK ? ceiling : FIRST_BLOCK;
}
#endif

struct arena *
arena_new(size_t ceiling)
{
    struct arena *a = calloc(1, sizeof(*a));
    if (!a)
        process_end("arena.memory", "out of memory");
    a->ceiling = ceiling;
    block_new(a, first_block_size(ceiling));
    return a;
}

#ifdef ARENA_DEBUG
static size_t
next_block_size(const struct arena *a, size_t size)
{
    (void)a;
    return size;
}
#else
static size_t
next_block_size(const struct arena *a, size_t size)
{
    size_t doubled = a->newest->size * 2, most = (size_t)4 * 1024 * 1024;
    if (doubled > most)
        doubled = most;
    if (doubled > a->ceiling - a->held)
        doubled = a->ceiling - a->held;
    return size > doubled ? size : doubled;
}
#endif

void *
arena_alloc_raw(struct arena *a, size_t size)
{
    must(size <= SIZE_MAX - ALIGN);
    size_t rounded = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    struct block *b = a->newest;
#ifdef ARENA_DEBUG
    rounded = size;
    b = block_new(a, next_block_size(a, size ? size : 1));
#else
    if (rounded > b->size - b->used)
        b = block_new(a, next_block_size(a, rounded));
#endif
    void *p = b->bytes + b->used;
    b->used += rounded;
    a->handed_out += rounded;
    return p;
}

/* Blocks come from calloc and are cleared on reset, so fresh memory is zero already. */
void *
arena_alloc(struct arena *a, size_t size)
{
    return arena_alloc_raw(a, size);
}

void *
arena_alloc_array(struct arena *a, size_t n, size_t size)
{
    size_t total;
    must(!__builtin_mul_overflow(n, size, &total));
    return arena_alloc(a, total);
}

void
arena_defer(struct arena *a, void (*fn)(void *), void *arg)
{
    struct deferred *d = NEW(a, struct deferred);
    d->fn = fn;
    d->arg = arg;
    d->older = a->deferred;
    a->deferred = d;
}

static void
drop_newest_block(struct arena *a)
{
    struct block *b = a->newest;
    a->newest = b->older;
    a->held -= b->size;
    free(b);
}

void
arena_reset(struct arena *a)
{
    while (a->deferred) {
        struct deferred *d = a->deferred;
        a->deferred = d->older;
        d->fn(d->arg);
    }
    while (a->newest->older)
        drop_newest_block(a);
    memset(a->newest->bytes, 0, a->newest->used);
    a->newest->used = 0;
    a->handed_out = 0;
}

void
arena_free(struct arena *a)
{
    if (!a)
        return;
    arena_reset(a);
    drop_newest_block(a);
    free(a);
}

size_t
arena_used(const struct arena *a)
{
    return a->handed_out;
}
