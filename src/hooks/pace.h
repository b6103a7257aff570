/* When what was not taken is tried again, and when an endpoint is left alone. Pure. */
#pragma once
#include <stdint.h>

#define HOOK_TRIES 15 /* over three days */
#define HOOK_FAILS_MOST                                                                            \
    5 /* in a row; then the endpoint is asked by one event at a time, now and then */
#define HOOK_GIVE_UP_S (4 * 86400) /* of failing; then it is switched off, and its shop told */

enum hook_end {
    HOOK_TAKEN = 1, /* 2xx */
    HOOK_PUT_OFF,   /* anything else: again later */
    HOOK_GONE,      /* 410: it wants nothing any more */
};
/* `status` of the answer, 0 when there was none; `whole`: nothing went wrong on the way. */
enum hook_end hook_judge(int status, int whole);

/* Seconds until a delivery is tried again after its n-th try (1 …): 10 s … 30 h, three days in all;
 * -1: that was the last. */
int64_t hook_rest_s(int tries);
/* Seconds for which an endpoint is left alone after so many failures in a row: 0 below
 * HOOK_FAILS_MOST, then 15 s … 15 min. */
int64_t endpoint_rest_s(int failures);
/* A tenth more or less, by `chance`, so that what failed together does not come back together. */
int64_t hook_jitter_ms(int64_t seconds, uint64_t chance);
