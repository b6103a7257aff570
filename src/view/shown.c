/* Values as people read them. The language says how figures are grouped and dates are put. */
#include "view/shown.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/must.h"
#include "view/language.h"

static void
write_grouped(const struct language *l, int64_t n, struct buf *out)
{
    char digits[24];
    uint64_t left = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    int length = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)left);
    if (n < 0)
        buf_char(out, '-');
    for (int i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0)
            buf_text(out, language_group(l));
        buf_char(out, digits[i]);
    }
}

/* The fewest digits that read back as the same number. */
static void
write_double(double n, struct buf *out)
{
    if (!isfinite(n))
        return;
    for (int precision = 15; precision <= 17; precision++) {
        char text[40];
        snprintf(text, sizeof(text), "%.*g", precision, n);
        if (precision == 17 || strtod(text, NULL) == n) {
            buf_text(out, text);
            return;
        }
    }
}

/* Storage is counted in thousands: kB, MB, GB. */
static void
write_size(const struct language *l, int64_t n, struct buf *out)
{
    static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB" };
    size_t unit = 0;
    double shown = (double)n;
    while (fabs(shown) >= 999.5 && unit + 1 < COUNT(units)) {
        shown /= 1000;
        unit++;
    }
    char text[40];
    snprintf(text, sizeof(text), "%.*f", unit && fabs(shown) < 9.95 ? 1 : 0, shown);
    char *point = strchr(text, '.');
    if (point)
        *point = language_point(l);
    buf_text(out, text);
    buf_text(out, "\u00a0");
    buf_text(out, units[unit]);
}

/* In the zone of the machine, or of TZ. */
static void
split_time(int64_t at_us, struct tm *tm)
{
    time_t seconds = (time_t)(at_us / SECOND_US);
    localtime_r(&seconds, tm);
}

/* A key for what was today, one for other days, and whether the month is spelled out. */
static const struct time_style {
    const char *member, *today, *other;
    bool long_month;
} time_styles[] = {
    { NULL, "time.today", "time.date", false },
    { "full", "time.full", "time.full", true },
    { "date", "time.day", "time.day", true },
};

/* Through the language's own sentences, with clock, day, month, year. */
static void
write_time(struct arena *a, const struct render *how, int64_t at_us, const struct time_style *style,
           struct buf *out)
{
    struct tm at, now;
    split_time(at_us, &at);
    split_time(how->now_us, &now);
    if (!how->language) {
        buf_text(out, clock_rfc3339(a, at_us));
        return;
    }
    bool today = at.tm_year == now.tm_year && at.tm_yday == now.tm_yday;
    struct val *m = val_map(a);
    val_set_text(m, "clock", text_printf(a, "%02d:%02d", at.tm_hour, at.tm_min));
    val_set_i64(m, "day", at.tm_mday);
    val_set_i64(m, "year", at.tm_year + 1900);
    val_set_word(
        m, "month",
        text_printf(a, style->long_month ? "time.month.%d" : "time.mon.%d", at.tm_mon + 1));
    const char *key = today ? style->today : style->other;
    const char *say = language_fill(how->language, a, key, m, how->now_us);
    buf_text(out, say ? say : clock_rfc3339(a, at_us));
}

void
shown_value(struct arena *a, const struct render *how, const struct val *v, struct buf *out)
{
    switch (v->kind) {
    case VAL_BOOL:
        buf_text(out, v->number ? "true" : "false");
        break;
    case VAL_I64:
        buf_i64(out, v->number);
        break;
    case VAL_COUNT:
        write_grouped(how->language, v->number, out);
        break;
    case VAL_DOUBLE:
        write_double(v->real, out);
        break;
    case VAL_BYTES:
        write_size(how->language, v->number, out);
        break;
    case VAL_MONEY:
        buf_text(out, money_words(a, v->money, language_code(how->language)));
        break;
    case VAL_TIME:
        write_time(a, how, v->number, &time_styles[0], out);
        break;
    default: /* a map or a list has no text of its own */
        break;
    }
}

const struct val *
shown_member(struct arena *a, const struct render *how, const struct val *v, const char *name)
{
    if (v->kind == VAL_MONEY && strcmp(name, "decimal") == 0)
        return val_text(a, money_decimal(a, v->money));
    if (v->kind == VAL_MONEY && strcmp(name, "currency") == 0)
        return val_text(a, currency_code(v->money.cur));
    if (v->kind == VAL_TIME && strcmp(name, "iso") == 0)
        return val_text(a, clock_rfc3339(a, v->number));
    for (size_t i = 1; v->kind == VAL_TIME && i < COUNT(time_styles); i++)
        if (strcmp(name, time_styles[i].member) == 0) {
            struct buf said = buf_new(a, 64);
            write_time(a, how, v->number, &time_styles[i], &said);
            return val_text(a, said.at);
        }
    if (v->kind == VAL_TIME && strcmp(name, "clock") == 0) {
        struct tm at;
        split_time(v->number, &at);
        return val_text(a, text_printf(a, "%02d:%02d:%02d", at.tm_hour, at.tm_min, at.tm_sec));
    }
    if (v->kind == VAL_TIME && strcmp(name, "words") == 0)
        return v;
    return NULL;
}
