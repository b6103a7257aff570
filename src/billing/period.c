#include "billing/period.h"

#include <time.h>

#include "base/must.h"
#include "base/text.h"

static int
days_of(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month] + (month == 1 && leap);
}

/* Months since the year 0, of an instant. */
static int64_t
month_number(int64_t at, struct tm *parts)
{
    time_t seconds = at;
    must(gmtime_r(&seconds, parts));
    return ((int64_t)parts->tm_year + 1900) * 12 + parts->tm_mon;
}

int64_t
period_boundary(int64_t anchor, int64_t months)
{
    struct tm parts;
    int64_t number = month_number(anchor, &parts) + months;
    must(number >= 0 && number < 12 * 100000);

    int year = (int)(number / 12), month = (int)(number % 12), last = days_of(year, month);
    struct tm shifted = { .tm_year = year - 1900,
                          .tm_mon = month,
                          .tm_mday = parts.tm_mday < last ? parts.tm_mday : last,
                          .tm_hour = parts.tm_hour,
                          .tm_min = parts.tm_min,
                          .tm_sec = parts.tm_sec };
    return timegm(&shifted);
}

int64_t
period_index(int64_t anchor, enum interval m, int64_t at)
{
    struct tm parts;
    int64_t months = month_number(at, &parts) - month_number(anchor, &parts);
    int64_t index = months / (int)m - 1;
    while (period_boundary(anchor, (index + 1) * (int)m) <= at)
        index++;
    while (period_boundary(anchor, index * (int)m) > at)
        index--;
    return index;
}

struct span
period_of(int64_t anchor, enum interval m, int64_t index)
{
    return (struct span){ period_boundary(anchor, index * (int)m),
                          period_boundary(anchor, (index + 1) * (int)m) };
}

struct span
period_usage_window(int64_t anchor, int64_t at)
{
    return period_of(anchor, INTERVAL_MONTH, period_index(anchor, INTERVAL_MONTH, at));
}

const char *
interval_name(enum interval m)
{
    return m == INTERVAL_YEAR ? "year" : "month";
}

bool
interval_read(const char *name, enum interval *out)
{
    if (text_is(name, "month"))
        *out = INTERVAL_MONTH;
    else if (text_is(name, "year"))
        *out = INTERVAL_YEAR;
    else
        return false;
    return true;
}
