#include "base/money.h"

#include "base/must.h"
#include "base/text.h"

/* clang-format off */
static const struct { char code[4]; int decimals; const char *sign; } currencies[CURRENCIES] = {
    [CUR_NONE] = { "---", 2, "" },
    [CUR_EUR]  = { "EUR", 2, "€" },   [CUR_USD] = { "USD", 2, "$" },   [CUR_GBP] = { "GBP", 2, "£" },
    [CUR_CHF]  = { "CHF", 2, "CHF" }, [CUR_SEK] = { "SEK", 2, "SEK" }, [CUR_NOK] = { "NOK", 2, "NOK" },
    [CUR_DKK]  = { "DKK", 2, "DKK" }, [CUR_PLN] = { "PLN", 2, "PLN" }, [CUR_CZK] = { "CZK", 2, "CZK" },
    [CUR_HUF]  = { "HUF", 2, "HUF" }, [CUR_RON] = { "RON", 2, "RON" }, [CUR_BGN] = { "BGN", 2, "BGN" },
    [CUR_ISK]  = { "ISK", 0, "ISK" }, [CUR_JPY] = { "JPY", 0, "¥" },   [CUR_CAD] = { "CAD", 2, "CAD" },
    [CUR_AUD]  = { "AUD", 2, "AUD" },
};
/* clang-format on */

const char *
currency_code(enum currency cur)
{
    must(cur < CURRENCIES);
    return currencies[cur].code;
}

int
currency_decimals(enum currency cur)
{
    must(cur < CURRENCIES);
    return currencies[cur].decimals;
}

bool
currency_read(const char *code, enum currency *out)
{
    for (enum currency c = CUR_EUR; c < CURRENCIES; c++)
        if (text_is(code, currencies[c].code)) {
            *out = c;
            return true;
        }
    return false;
}

/* ---- Arithmetic ---- */

__extension__ typedef __int128 wide;

bool
money_add(struct money a, struct money b, struct money *out)
{
    int64_t minor;
    must(a.cur == b.cur);
    if (__builtin_add_overflow(a.minor, b.minor, &minor))
        return false;
    *out = (struct money){ minor, a.cur };
    return true;
}

bool
money_take(struct money from, struct money b, struct money *out)
{
    int64_t minor;
    must(from.cur == b.cur);
    if (__builtin_sub_overflow(from.minor, b.minor, &minor))
        return false;
    *out = (struct money){ minor, from.cur };
    return true;
}

bool
money_times(struct money m, int64_t times, struct money *out)
{
    int64_t minor;
    if (__builtin_mul_overflow(m.minor, times, &minor))
        return false;
    *out = (struct money){ minor, m.cur };
    return true;
}

bool
money_share(struct money m, int64_t part, int64_t whole, struct money *out)
{
    must(whole > 0);
    wide product = (wide)m.minor * part, half = whole / 2 + whole % 2;
    wide rest = product % whole, result = product / whole;
    if (rest >= half)
        result++;
    else if (rest <= -half)
        result--;
    if (result > INT64_MAX || result < INT64_MIN)
        return false;
    *out = (struct money){ (int64_t)result, m.cur };
    return true;
}

int64_t
minor_share(int64_t minor, int64_t part, int64_t whole)
{
    struct money share;
    must(money_share((struct money){ minor, CUR_NONE }, part, whole, &share));
    return share.minor;
}

/* What the part lacks of its share, in units of step / sum; below zero for one that has more. */
static wide
lacks(struct money m, int64_t weight, struct money part, wide sum, int step)
{
    return step * ((wide)m.minor * weight - (wide)part.minor * sum);
}

void
money_split(struct money m, const int64_t *weights, size_t n, struct money *parts)
{
    wide sum = 0, left = m.minor;
    for (size_t i = 0; i < n; i++) {
        must(weights[i] >= 0);
        sum += weights[i];
    }
    must(sum > 0);
    for (size_t i = 0; i < n; i++) {
        parts[i] = (struct money){ (int64_t)((wide)m.minor * weights[i] / sum), m.cur };
        left -= parts[i].minor;
    }
    for (int step = left < 0 ? -1 : 1; left; left -= step) {
        size_t most = 0;
        for (size_t i = 1; i < n; i++)
            if (lacks(m, weights[i], parts[i], sum, step) >
                lacks(m, weights[most], parts[most], sum, step))
                most = i;
        parts[most].minor += step;
    }
}

bool
money_read(const char *text, enum currency cur, struct money *out)
{
    int decimals = currency_decimals(cur), seen = -1;
    int64_t minor = 0;
    bool digits = false;

    for (const char *p = text; *p; p++) {
        if ((*p == '.' || *p == ',') && seen < 0 && digits) {
            seen = 0;
            continue;
        }
        if (*p < '0' || *p > '9' || seen == decimals)
            return false;
        if (__builtin_mul_overflow(minor, 10, &minor) ||
            __builtin_add_overflow(minor, *p - '0', &minor))
            return false;
        digits = true;
        if (seen >= 0)
            seen++;
    }
    if (!digits || seen == 0)
        return false;
    for (int i = seen < 0 ? 0 : seen; i < decimals; i++)
        if (__builtin_mul_overflow(minor, 10, &minor))
            return false;
    *out = (struct money){ minor, cur };
    return true;
}

/* Digits with a decimal sign and, when `group` is not empty, a group sign each three digits. */
static char *
money_digits(struct arena *a, struct money m, const char *point, const char *group)
{
    int decimals = currency_decimals(m.cur);
    uint64_t left = m.minor < 0 ? 0 - (uint64_t)m.minor : (uint64_t)m.minor, scale = 1;
    for (int i = 0; i < decimals; i++)
        scale *= 10;

    char *whole = text_printf(a, "%llu", (unsigned long long)(left / scale));
    struct buf b = buf_new(a, 40);
    if (m.minor < 0)
        buf_text(&b, "-");
    for (size_t i = 0, n = text_characters(whole); i < n; i++) {
        if (i && (n - i) % 3 == 0)
            buf_text(&b, group);
        buf_char(&b, whole[i]);
    }
    if (decimals)
        buf_printf(&b, "%s%0*llu", point, decimals, (unsigned long long)(left % scale));
    return b.at;
}

char *
money_decimal(struct arena *a, struct money m)
{
    return money_digits(a, m, ".", "");
}

char *
money_words(struct arena *a, struct money m, const char *language)
{
    static const char thin[] = "\u202f", space[] = "\u00a0";
    const char *sign = currencies[m.cur].sign;

    if (text_is(language, "fr"))
        return text_printf(a, "%s%s%s", money_digits(a, m, ",", thin), space, sign);
    if (text_is(language, "de") || text_is(language, "lb"))
        return text_printf(a, "%s%s%s", money_digits(a, m, ",", "."), space, sign);
    char *digits = money_digits(a, m, ".", ",");
    const char *gap = sign[0] >= 'A' && sign[0] <= 'Z' ? space : "";
    if (m.minor < 0)
        return text_printf(a, "-%s%s%s", sign, gap, digits + 1);
    return text_printf(a, "%s%s%s", sign, gap, digits);
}
