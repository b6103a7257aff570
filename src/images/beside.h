/* Work beside other work on the same pixels, in a process of its own: pages are shared until one of
 * the two writes. For make.c only. */
#pragma once
#include "base/digest.h"
#include "base/settings.h"

struct beside;

/* Calls fn(a, arg, result) in a process beside this one, which gives its `size` bytes to
 * beside_end and holds `place` open (-1: none). NULL when there can be none: the caller does the
 * work itself. What fn does to memory is not seen here. */
struct beside *beside_begin(struct arena *a, int place,
                            struct err *(*fn)(struct arena *a, void *arg, void *result), void *arg,
                            size_t size);
/* Waits. False when it failed or died: *result is as it was. */
bool beside_end(struct beside *b, void *result);

/* One process a host may outlive who began it. Takes that place for a content: a descriptor, which
 * holds it until the last process that has it open ends; -1 when another has it. */
int beside_take_place(struct arena *a, const struct settings *s, const struct sha256 *hash);
/* Waits until nobody on this host holds the place for that content, at most 20 s. */
void beside_await(struct arena *a, const struct settings *s, const struct sha256 *hash);
