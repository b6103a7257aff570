/* The room's keys, each for one purpose, all derived from the installation's secret. */
#pragma once
#include "base/bytes.h"

enum accounts_key {
    KEY_PEPPER,
    KEY_JWT,
    KEY_GUARD,    /* names of those who try to log in */
    KEY_STEP,     /* between password and code */
    KEY_TOTP,     /* seals secrets */
    KEY_RECOVERY, /* recovery codes */
    KEYS
};

struct bytes accounts_key(enum accounts_key key);
struct limits *accounts_limits(void); /* NULL in tests without limits */
