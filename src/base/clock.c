#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"

static int64_t
read_clock(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * SECOND_US + t.tv_nsec / 1000;
}

int64_t
clock_now_us(void)
{
    return read_clock(CLOCK_REALTIME);
}

int64_t
clock_mono_us(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int64_t
clock_cpu_us(void)
{
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

char *
clock_rfc3339(struct arena *a, int64_t at_us)
{
    int64_t fraction = at_us % SECOND_US;
    time_t seconds = (time_t)(at_us / SECOND_US);
    if (fraction < 0) {
        fraction += SECOND_US;
        seconds--;
    }
    struct tm tm;
    gmtime_r(&seconds, &tm);
    char text[64];
    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
    if (!fraction)
        return text_printf(a, "%sZ", text);
    return text_printf(a, "%s.%03dZ", text, (int)(fraction / 1000));
}

bool
clock_parse_rfc3339(const char *text, int64_t *out_us)
{
    int year, month, day, hour, minute, second, used = 0;
    if (sscanf(text, "%4d-%2d-%2d%*1[Tt ]%2d:%2d:%2d%n", &year, &month, &day, &hour, &minute,
               &second, &used) != 6)
        return false;
    const char *p = text + used;
    int64_t fraction = 0;
    if (*p == '.') {
        int64_t scale = SECOND_US;
        for (p++; *p >= '0' && *p <= '9'; p++) {
            scale /= 10;
            fraction += scale * (*p - '0');
        }
    }
    int offset_minutes = 0;
    if (*p == '+' || *p == '-') {
        int h, m, n = 0;
        if (sscanf(p + 1, "%2d:%2d%n", &h, &m, &n) != 2 || p[1 + n] || h > 23 || m > 59)
            return false;
        offset_minutes = (*p == '-' ? -1 : 1) * (h * 60 + m);
    } else if ((*p != 'Z' && *p != 'z') || p[1]) {
        return false;
    }
    struct tm tm = { .tm_year = year - 1900,
                     .tm_mon = month - 1,
                     .tm_mday = day,
                     .tm_hour = hour,
                     .tm_min = minute,
                     .tm_sec = second };
    time_t seconds = timegm(&tm);
    if (tm.tm_mon != month - 1 || tm.tm_mday != day || tm.tm_hour != hour || tm.tm_min != minute)
        return false; /* timegm moved it: no such day or time */
    *out_us = ((int64_t)seconds - offset_minutes * 60) * SECOND_US + fraction;
    return true;
}
