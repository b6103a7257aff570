/* The room's keys, each for one purpose, all derived from the installation's secret. */
#pragma once
#include "base/bytes.h"

enum accounts_key { KEY_PEPPER, KEY_JWT, KEYS };

struct bytes accounts_key(enum accounts_key key);
struct limits *accounts_limits(void); /* NULL in tests without limits */
