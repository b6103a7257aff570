/* How long who guesses has to wait. Pure: values in, values out. Wrong tries are counted for an
 * address of e-mail, known or not, and for a network; a device that logged in before has a count of
 * its own and waits for neither, so that nobody keeps its owner out. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define LOCKOUT_FREE     5   /* wrong ones in LOCKOUT_WINDOW_S that cost no wait */
#define LOCKOUT_WINDOW_S 900 /* also the longest wait */
#define LOCKOUT_ROW      100 /* wrong in a row: the password is of no use until somebody unlocks */
#define LOCKOUT_DEVICE   10  /* wrong in a row from a device that is known */

struct lockout {
    int64_t wrong;    /* since the window began */
    int64_t in_a_row; /* since the last good log-in */
    int64_t began_us, until_us;
    bool locked;
};

struct lockout_rule {
    int64_t free; /* wrong ones in a window without a wait */
    int64_t row;  /* 0: is never locked */
};

/* Seconds that are left to wait at `now_us`; 0: may try. A locked one waits the longest. */
int64_t lockout_wait_s(const struct lockout *l, int64_t now_us);
/* One more that counts as wrong, which it does before it is looked at: many at a time are no way
 * around. */
struct lockout lockout_count(struct lockout l, const struct lockout_rule *rule, int64_t now_us);
/* The last one was not wrong, but nothing else is forgiven by it. */
struct lockout lockout_uncount(struct lockout l, int64_t now_us);
