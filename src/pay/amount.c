#include "pay/amount.h"

#include <string.h>

#include "base/money.h"
#include "base/text.h"

#define DECIMALS_USUAL 2

static const struct decimals {
    const char *currencies;
    int count;
} table[] = {
    { "BIF CLP DJF GNF ISK JPY KMF KRW MGA PYG RWF UGX VND VUV XAF XOF XPF", 0 },
    { "BHD JOD KWD OMR TND", 3 },
};
static const char sent_as_two[] = "ISK UGX";

bool
amount_currency_known(const char *currency)
{
    return currency && strlen(currency) == 3 && strspn(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}

static int
decimals_of(const char *currency)
{
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (strstr(table[i].currencies, currency))
            return table[i].count;
    return DECIMALS_USUAL;
}

static int64_t
ten_to(int n)
{
    int64_t power = 1;
    while (n--)
        power *= 10;
    return power;
}

static bool
add_digits(int64_t *sum, const char *digits, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (__builtin_mul_overflow(*sum, 10, sum) ||
            __builtin_add_overflow(*sum, digits[i] - '0', sum))
            return false;
    return true;
}

enum amount_verdict
amount_read(const char *text, const char *currency, int64_t *minor)
{
    static const char digits[] = "0123456789";
    const char *whole = text + (*text == '-'), *part = "";
    size_t n = strspn(whole, digits), behind = 0;
    if (whole[n] == '.') {
        part = whole + n + 1;
        behind = strspn(part, digits);
    }
    if (!n || (whole[n] && (whole[n] != '.' || !behind || part[behind])))
        return AMOUNT_BAD;
    int decimals = decimals_of(currency);
    if (behind > (size_t)decimals)
        return AMOUNT_TOO_MANY_DECIMALS;
    int64_t sum = 0;
    if (!add_digits(&sum, whole, n) || !add_digits(&sum, part, behind) ||
        __builtin_mul_overflow(sum, ten_to(decimals - (int)behind), &sum))
        return AMOUNT_BAD;
    *minor = *text == '-' ? -sum : sum;
    return AMOUNT_OK;
}

char *
amount_text(struct arena *a, int64_t minor, const char *currency)
{
    int decimals = decimals_of(currency);
    int64_t unit = ten_to(decimals), whole = minor / unit, part = minor % unit;
    const char *sign = minor < 0 ? "-" : "";
    if (!decimals)
        return text_i64(a, minor);
    return text_printf(a, "%s%lld.%0*lld", sign, (long long)(whole < 0 ? -whole : whole), decimals,
                       (long long)(part < 0 ? -part : part));
}

int64_t
amount_for_provider(int64_t minor, const char *currency)
{
    if (decimals_of(currency) == 3)
        return minor_share(minor, 1, 10) * 10;
    return strstr(sent_as_two, currency) ? minor * 100 : minor;
}
