#include "base/work.h"

struct err *
work_rounds(const struct work *w, size_t ceiling,
            struct err *(*turn)(void *arg, struct work *round, bool *more), void *arg)
{
    struct arena *arena = arena_new(ceiling);
    struct err *e = NULL;
    for (bool more = true; more && !e;) {
        struct work round = *w;
        round.arena = arena;
        e = turn(arg, &round, &more);
        if (e)
            e = err_copy(w->arena, e);
        arena_reset(arena);
    }
    arena_free(arena);
    return e;
}
