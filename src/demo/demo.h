/* The demo: three shops with products in four languages, pictures drawn by the program, and orders
 * of the past months; two log-ins for each role. */
#pragma once
#include "base/work.h"

struct demo_login {
    const char *email, *password, *role, *shop; /* shop NULL: an operator */
};

#define DEMO_LOGINS_MAX 32

struct demo_logins {
    struct demo_login at[DEMO_LOGINS_MAX];
    size_t count;
};

/* Loads sql/seed/demo.json from `file`. Opens transactions of its own; safe to run again: what is
 * there already stays, and *loaded is false when all of it was there. */
struct err *demo_load(struct work *w, const char *file, struct demo_logins *logins,
                      bool *loaded) MUST_CHECK;
