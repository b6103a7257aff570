/* Memory with one owner and one end.
 *
 * Three lifetimes exist: the process, a request or job (its arena), a call (the stack). A pointer
 * handed out lives as long as the arena it came from; arena_reset() is the one place it ends.
 * An allocation is never NULL: at the arena's ceiling, or out of memory, the process ends with a
 * log line and its supervisor starts another. Limits in the route rows refuse a user's input long
 * before that; the ceiling is the net below. */
#pragma once
#include <stddef.h>

struct arena;

struct arena *arena_new(size_t ceiling); /* ceiling in bytes over all blocks */
void arena_free(struct arena *a);        /* runs what was deferred; accepts NULL */

void *arena_alloc(struct arena *a, size_t size); /* zeroed, aligned for every type */

/* Bytes that the caller fills wholly itself: not zeroed (large pixel rows, file contents). */
void *arena_alloc_raw(struct arena *a, size_t size);

/* Calls fn(arg) when the arena is reset or freed, the newest first. */
void arena_defer(struct arena *a, void (*fn)(void *), void *arg);

/* The end of everything in it: the deferred calls, then the memory. The arena is empty after. */
void arena_reset(struct arena *a);

size_t arena_used(const struct arena *a); /* bytes handed out since the last reset */

#define NEW(a, type)          ((type *)arena_alloc((a), sizeof(type)))
#define NEW_ARRAY(a, type, n) ((type *)arena_alloc_array((a), (n), sizeof(type)))

void *arena_alloc_array(struct arena *a, size_t n, size_t size); /* checks n * size */
