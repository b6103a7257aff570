/* Arguments as PostgreSQL's own text forms. Measured against binary ones they cost nothing that
 * could be seen beside a round trip, and every type has one. */
#include <time.h>

#include "base/clock.h"
#include "base/text.h"
#include "db/db.h"

struct arg
arg_i64(struct work *w, int64_t n)
{
    return (struct arg){ text_i64(w->arena, n) };
}

struct arg
arg_text(const char *text)
{
    return (struct arg){ text };
}

struct arg
arg_null(void)
{
    return (struct arg){ NULL };
}

struct arg
arg_bool(bool b)
{
    return (struct arg){ b ? "t" : "f" };
}

struct arg
arg_time(struct work *w, int64_t at_us)
{
    int64_t fraction = at_us % SECOND_US, seconds = at_us / SECOND_US;
    struct tm tm;
    if (fraction < 0) {
        fraction += SECOND_US;
        seconds--;
    }
    time_t t = (time_t)seconds;
    must(gmtime_r(&t, &tm) && tm.tm_year >= -1899 && tm.tm_year < 200000);
    return (struct arg){ text_printf(w->arena, "%04d-%02d-%02d %02d:%02d:%02d.%06d+00",
                                     tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
                                     tm.tm_min, tm.tm_sec, (int)fraction) };
}

struct arg
arg_bytes(struct work *w, struct bytes b)
{
    static const char digits[] = "0123456789abcdef";
    char *text = arena_alloc_raw(w->arena, b.length * 2 + 3);
    char *to = text;
    *to++ = '\\';
    *to++ = 'x';
    for (size_t i = 0; i < b.length; i++) {
        *to++ = digits[b.at[i] >> 4];
        *to++ = digits[b.at[i] & 15];
    }
    *to = 0;
    return (struct arg){ text };
}

/* {"a","b \"c\"",NULL}: quoted always, so that no text means anything else. */
struct arg
arg_texts(struct work *w, const char *const *texts, size_t n)
{
    struct buf b = buf_new(w->arena, 16 + n * 16);
    buf_char(&b, '{');
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_char(&b, ',');
        if (!texts[i]) {
            buf_text(&b, "NULL");
            continue;
        }
        buf_char(&b, '"');
        for (const char *p = texts[i]; *p; p++) {
            if (*p == '"' || *p == '\\')
                buf_char(&b, '\\');
            buf_char(&b, *p);
        }
        buf_char(&b, '"');
    }
    buf_char(&b, '}');
    return (struct arg){ b.at };
}

/* {1,-2} */
struct arg
arg_i64s(struct work *w, const int64_t *numbers, size_t n)
{
    struct buf b = buf_new(w->arena, 16 + n * 8);
    buf_char(&b, '{');
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_char(&b, ',');
        buf_i64(&b, numbers[i]);
    }
    buf_char(&b, '}');
    return (struct arg){ b.at };
}
