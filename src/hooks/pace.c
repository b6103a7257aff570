#include "hooks/pace.h"

#include "base/must.h"

/* clang-format off */
static const int64_t rests_s[HOOK_TRIES - 1] = {
    10, 30, 60, 2 * 60, 5 * 60, 10 * 60, 20 * 60, 40 * 60,
    90 * 60, 3 * 3600, 6 * 3600, 10 * 3600, 20 * 3600, 30 * 3600,
};
/* clang-format on */

enum hook_end
hook_judge(int status, int whole)
{
    if (status == 410)
        return HOOK_GONE;
    return whole && status >= 200 && status < 300 ? HOOK_TAKEN : HOOK_PUT_OFF;
}

int64_t
hook_rest_s(int tries)
{
    must(tries >= 1);
    return tries < HOOK_TRIES ? rests_s[tries - 1] : -1;
}

int64_t
endpoint_rest_s(int failures)
{
    int64_t rest = 15;
    if (failures < HOOK_FAILS_MOST)
        return 0;
    for (int i = HOOK_FAILS_MOST; i < failures && rest < 900; i++)
        rest *= 2;
    return rest < 900 ? rest : 900;
}

int64_t
hook_jitter_ms(int64_t seconds, uint64_t chance)
{
    return seconds * 900 + (int64_t)(chance % (uint64_t)(seconds * 200 + 1));
}
