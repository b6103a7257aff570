/* Written with one write(2), so that lines of several processes on one file do not mix. Values are
 * cut at the line's ceiling: a log line is for reading, not for keeping data. */
#include "base/log.h"

#include <stdarg.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4000

/* The room past the ceiling holds what always fits: one escape, the closing quote and brace. */
struct line {
    char text[LINE_MAX_BYTES + 64];
    size_t length;
};

static void
put(struct line *l, char c)
{
    l->text[l->length++] = c;
}

static void
put_string(struct line *l, const char *s)
{
    static const char hex[] = "0123456789abcdef";
    put(l, '"');
    for (; *s && l->length < LINE_MAX_BYTES; s++) {
        unsigned char c = (unsigned char)*s;
        if (c < 0x20) {
            const char escape[] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };
            for (size_t i = 0; i < sizeof(escape); i++)
                put(l, escape[i]);
            continue;
        }
        if (c == '"' || c == '\\')
            put(l, '\\');
        put(l, *s);
    }
    put(l, '"');
}

static void
put_pair(struct line *l, const char *name, const char *value)
{
    if (l->length >= LINE_MAX_BYTES)
        return;
    put(l, l->length ? ',' : '{');
    put_string(l, name);
    put(l, ':');
    put_string(l, value);
}

static char *
put_digits(char *to, int value, int digits)
{
    for (int i = digits; i-- > 0; value /= 10)
        to[i] = (char)('0' + value % 10);
    return to + digits;
}

/* "2026-01-31T10:00:00.123Z", digit by digit: every request writes one. */
static void
put_now(char at[32])
{
    struct timespec t;
    struct tm tm;
    clock_gettime(CLOCK_REALTIME, &t);
    gmtime_r(&t.tv_sec, &tm);
    const struct {
        int value, digits;
        char behind;
    } parts[] = { { tm.tm_year + 1900, 4, '-' },
                  { tm.tm_mon + 1, 2, '-' },
                  { tm.tm_mday, 2, 'T' },
                  { tm.tm_hour, 2, ':' },
                  { tm.tm_min, 2, ':' },
                  { tm.tm_sec, 2, '.' },
                  { (int)(t.tv_nsec / 1000000), 3, 'Z' } };
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
        at = put_digits(at, parts[i].value, parts[i].digits);
        *at++ = parts[i].behind;
    }
    *at = 0;
}

static void
log_pairs(const char *level, const char *event, va_list args)
{
    struct line l = { .length = 0 };
    char at[32];

    put_now(at);
    put_pair(&l, "at", at);
    put_pair(&l, "level", level);
    put_pair(&l, "event", event);
    for (const char *name = va_arg(args, const char *); name; name = va_arg(args, const char *)) {
        const char *value = va_arg(args, const char *);
        if (value)
            put_pair(&l, name, value);
    }
    put(&l, '}');
    put(&l, '\n');
    if (write(STDERR_FILENO, l.text, l.length) < 0) {
        /* Nobody is left to tell. */
    }
}

#define LOG_LEVEL(name, level)                                                                     \
    void name(const char *event, ...)                                                              \
    {                                                                                              \
        va_list args;                                                                              \
        va_start(args, event);                                                                     \
        log_pairs(level, event, args);                                                             \
        va_end(args);                                                                              \
    }

LOG_LEVEL(log_info, "info")
LOG_LEVEL(log_warn, "warn")
LOG_LEVEL(log_error, "error")
