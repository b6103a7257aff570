#include "entitle/limit.h"

#define WARN_PERCENT 80
#define BASIS_POINTS 10000

const char *const limit_level_names[LIMIT_LEVELS] = { "ok", "warn", "full", "over" };

/* What does not fit is as good as unlimited: it is the largest figure there is. */
static int64_t
bounded(__int128 n)
{
    return n > INT64_MAX ? INT64_MAX : n < INT64_MIN ? INT64_MIN : (int64_t)n;
}

int64_t
limit_sum(int64_t tier, int64_t per_piece, int64_t pieces)
{
    return tier == LIMIT_NONE ? LIMIT_NONE : bounded(tier + (__int128)per_piece * pieces);
}

int64_t
limit_cap(int64_t limit, int grace_bp)
{
    if (limit == LIMIT_NONE)
        return LIMIT_NONE;
    return bounded(limit + (__int128)limit * grace_bp / BASIS_POINTS);
}

enum limit_level
limit_level_of(int64_t used, int64_t limit)
{
    if (limit == LIMIT_NONE)
        return LIMIT_OK;
    if (used >= limit)
        return used > limit ? LIMIT_OVER : LIMIT_FULL;
    return (__int128)used * 100 >= (__int128)limit * WARN_PERCENT ? LIMIT_WARN : LIMIT_OK;
}

struct limit_answer
limit_ask(int64_t used, int64_t delta, int64_t limit, int grace_bp)
{
    int64_t cap = limit_cap(limit, grace_bp), after = bounded((__int128)used + delta);
    struct limit_answer answer = { .allowed = delta <= 0 || cap == LIMIT_NONE || after <= cap };
    int64_t then = answer.allowed ? after : used;
    answer.level = limit_level_of(then, limit);
    /* What was refused warns of nothing: it did not come near the limit. */
    if (!answer.allowed && answer.level == LIMIT_WARN)
        answer.level = LIMIT_OK;
    answer.remaining = cap == LIMIT_NONE ? LIMIT_NONE
                       : cap > then      ? bounded((__int128)cap - then)
                                         : 0;
    return answer;
}
