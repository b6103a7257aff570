#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/err.h"

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

static char *
put_digits(char *to, int value, int digits)
{
    for (int i = digits; i-- > 0; value /= 10)
        to[i] = (char)('0' + value % 10);
    return to + digits;
}

/* Digit by digit: strftime and printf took more of an answer's time than its JSON. */
void
clock_write(char *to, int64_t at_us)
{
    int64_t fraction = at_us % SECOND_US;
    time_t seconds = (time_t)(at_us / SECOND_US);
    if (fraction < 0) {
        fraction += SECOND_US;
        seconds--;
    }
    struct tm tm;
    gmtime_r(&seconds, &tm);
    const struct {
        int value, digits;
        char behind;
    } parts[] = { { tm.tm_year + 1900, 4, '-' },
                  { tm.tm_mon + 1, 2, '-' },
                  { tm.tm_mday, 2, 'T' },
                  { tm.tm_hour, 2, ':' },
                  { tm.tm_min, 2, ':' },
                  { tm.tm_sec, 2, '.' },
                  { (int)(fraction / 1000), 3, 'Z' } };
    for (size_t i = 0; i < COUNT(parts); i++) {
        to = put_digits(to, parts[i].value, parts[i].digits);
        *to++ = parts[i].behind;
    }
    *to = 0;
}

char *
clock_rfc3339(struct arena *a, int64_t at_us)
{
    char *text = arena_alloc_raw(a, CLOCK_TEXT);
    clock_write(text, at_us);
    if (at_us % SECOND_US == 0)
        memcpy(text + strlen("2026-01-31T10:00:00"), "Z", 2);
    return text;
}

/* Exactly so many digits, and what must stand behind them (0: anything). Moves *p behind both. */
static bool
take_number(const char **p, int digits, char behind, int *out)
{
    int n = 0;
    for (; digits; digits--, (*p)++) {
        if (**p < '0' || **p > '9')
            return false;
        n = n * 10 + (**p - '0');
    }
    if (behind && *(*p)++ != behind)
        return false;
    *out = n;
    return true;
}

/* ".5" and the like; digits past the sixth count for nothing. */
static bool
take_fraction(const char **p, int64_t *out)
{
    const char *first = *p + 1;
    *out = 0;
    if (**p != '.')
        return true;
    int64_t scale = SECOND_US;
    for (*p = first; **p >= '0' && **p <= '9'; (*p)++) {
        scale /= 10;
        *out += scale * (**p - '0');
    }
    return *p > first;
}

/* The end of the text: Z or an offset. */
static bool
take_zone(const char *p, int *minutes)
{
    bool west = *p == '-';
    int h, m;
    *minutes = 0;
    if (*p == 'Z' || *p == 'z')
        return !p[1];
    if (*p != '+' && !west)
        return false;
    p++;
    if (!take_number(&p, 2, ':', &h) || !take_number(&p, 2, 0, &m) || *p || h > 23 || m > 59)
        return false;
    *minutes = (west ? -1 : 1) * (h * 60 + m);
    return true;
}

bool
clock_parse_rfc3339(const char *text, int64_t *out_us)
{
    int year, month, day, hour, minute, second, offset_minutes;
    int64_t fraction;
    const char *p = text;
    if (!take_number(&p, 4, '-', &year) || !take_number(&p, 2, '-', &month) ||
        !take_number(&p, 2, 0, &day) || !*p || !strchr("Tt ", *p++) ||
        !take_number(&p, 2, ':', &hour) || !take_number(&p, 2, ':', &minute) ||
        !take_number(&p, 2, 0, &second) || !take_fraction(&p, &fraction) ||
        !take_zone(p, &offset_minutes))
        return false;
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
