/* Reading columns in order. A statement and its reader stand in two files; that they agree is
 * checked here on every read, by must(): the first test that runs the statement finds it. */
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/text.h"
#include "db/db.h"

/* The next column's text, NULL for SQL NULL. */
static const char *
next(struct scan *s)
{
    must(s->column < PQnfields(s->res));
    int column = s->column++;
    return PQgetisnull(s->res, s->row, column) ? NULL : PQgetvalue(s->res, s->row, column);
}

struct scan
rows_at(const struct rows *r, int row)
{
    must(row >= 0 && row < r->count);
    return (struct scan){ .res = r->res, .row = row };
}

bool
scan_null(const struct scan *s)
{
    must(s->column < PQnfields(s->res));
    return PQgetisnull(s->res, s->row, s->column);
}

void
scan_skip(struct scan *s)
{
    next(s);
}

int64_t
scan_i64(struct scan *s)
{
    const char *text = next(s);
    int64_t n = 0;
    must(!text || text_to_i64(text, &n));
    return n;
}

bool
scan_bool(struct scan *s)
{
    const char *text = next(s);
    must(!text || ((*text == 't' || *text == 'f') && !text[1]));
    return text && *text == 't';
}

double
scan_double(struct scan *s)
{
    const char *text = next(s);
    char *end;
    if (!text)
        return 0;
    double x = strtod(text, &end);
    must(end != text && !*end);
    return x;
}

const char *
scan_text(struct scan *s)
{
    const char *text = next(s);
    return text ? text : "";
}

/* One or more digits at *p; moves behind them. */
static int64_t
digits(const char **p)
{
    int64_t n = 0;
    must(**p >= '0' && **p <= '9');
    while (**p >= '0' && **p <= '9')
        n = n * 10 + (*(*p)++ - '0');
    return n;
}

static int64_t
digits_then(const char **p, char then)
{
    int64_t n = digits(p);
    must(*(*p)++ == then);
    return n;
}

/* ".5" is 500000; six digits at most. */
static int64_t
microseconds(const char **p)
{
    const char *from = ++*p;
    int64_t n = digits(p);
    for (int64_t count = *p - from; count < 6; count++)
        n *= 10;
    return n;
}

/* Days since 1970-01-01 in the Gregorian calendar, years counted from March so that the leap day
 * is a year's last. */
static int64_t
days_since_1970(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return year * 365 + year / 4 - year / 100 + year / 400 + of_year - 719468;
}

/* "2026-11-24 10:15:04.123456+00": the session's time zone is UTC, its style ISO. */
int64_t
scan_time(struct scan *s)
{
    const char *p = next(s);
    if (!p)
        return 0;
    if (text_is(p, "infinity"))
        return INT64_MAX;
    if (text_is(p, "-infinity"))
        return INT64_MIN;
    int64_t year = digits_then(&p, '-'), month = digits_then(&p, '-'), day = digits_then(&p, ' ');
    int64_t hour = digits_then(&p, ':'), minute = digits_then(&p, ':'), second = digits(&p);
    int64_t fraction = *p == '.' ? microseconds(&p) : 0;
    must(text_is(p, "+00"));
    int64_t seconds = ((days_since_1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    return seconds * SECOND_US + fraction;
}

struct bytes
scan_bytes(struct work *w, struct scan *s)
{
    const char *text = next(s);
    if (!text)
        return BYTES("", 0);
    must(text[0] == '\\' && text[1] == 'x');
    size_t length = strlen(text + 2) / 2;
    uint8_t *bytes = arena_alloc_raw(w->arena, length + 1);
    must(hex_bytes(text + 2, bytes, length));
    bytes[length] = 0;
    return BYTES(bytes, length);
}

struct money
scan_money(struct scan *s)
{
    struct money m = { .minor = scan_i64(s) };
    must(currency_read(scan_text(s), &m.cur));
    return m;
}

int
scan_enum(struct scan *s, const char *const *names, int n)
{
    const char *text = next(s);
    int i = 0;
    must(text);
    while (i < n && !text_is(names[i], text))
        i++;
    must(i < n);
    return i;
}

void
scan_end(struct scan *s)
{
    must(s->column == PQnfields(s->res));
}
