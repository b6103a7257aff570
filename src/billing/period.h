/* Billing periods: whole months or years counted from an anchor. Instants are seconds since
 * 1970-01-01 UTC; a local zone is never looked at, so every day has 86,400 seconds. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define DAY_S INT64_C(86400)

/* How long a period is, in months. */
enum interval { INTERVAL_MONTH = 1, INTERVAL_YEAR = 12 };

/* Half-open: `to` belongs to what follows. */
struct span {
    int64_t from, to;
};

/* The anchor shifted by whole months: its time of day, its day or the last of that month. Always
 * counted from the anchor: 31 January, 28 February, 31 March. `months` may be below 0. */
int64_t period_boundary(int64_t anchor, int64_t months);
/* The number of the period that holds `at`; period k is [boundary(k·m), boundary((k+1)·m)). */
int64_t period_index(int64_t anchor, enum interval m, int64_t at);
struct span period_of(int64_t anchor, enum interval m, int64_t index);
/* The month in which use is counted, also of an annual subscription. */
struct span period_usage_window(int64_t anchor, int64_t at);

const char *interval_name(enum interval m); /* "month", "year" */
bool interval_read(const char *name, enum interval *out);
