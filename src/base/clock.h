/* The clocks. Rules never call these: they read work->now_us. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

#define SECOND_US INT64_C(1000000)

int64_t clock_now_us(void);  /* since 1970-01-01 UTC */
int64_t clock_mono_us(void); /* never goes back; for durations */
int64_t clock_cpu_us(void);  /* CPU time of this process */

/* "2026-11-24T10:15:04.123Z"; whole seconds without fraction. Years 1 … 9999. */
char *clock_rfc3339(struct arena *a, int64_t at_us);
/* The same, always with its milliseconds; `to` has CLOCK_TEXT bytes. */
#define CLOCK_TEXT 25
void clock_write(char *to, int64_t at_us);
bool clock_parse_rfc3339(const char *text, int64_t *out_us); /* with Z or an offset */
