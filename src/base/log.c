/* Written with one write(2), so that lines of several processes on one file do not mix. Values are
 * cut at the line's ceiling: a log line is for reading, not for keeping data. */
#include "base/log.h"

#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include "base/clock.h"

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

static void
log_pairs(const char *level, const char *event, va_list args)
{
    struct line l = { .length = 0 };
    char at[CLOCK_TEXT];

    clock_write(at, clock_now_us());
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
