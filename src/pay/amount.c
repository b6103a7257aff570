/* Why this is not in base/money: that table is what shops may choose from, each with its sign and
 * words, and its arithmetic counts on two decimals at most. Here are the codes a provider may name,
 * to read and send amounts in them and nothing else. */
#include "pay/amount.h"

#include <string.h>

#include "base/money.h"
#include "base/must.h"
#include "base/text.h"

/* ISO 4217. IQD and LYD have three decimals and no provider that says how it takes them, CLF and
 * UYW four: they are left out, for a guess would be wrong by a factor of ten. */
static const struct decimals {
    int count;
    const char *currencies;
} table[] = {
    { 0, "BIF CLP DJF GNF ISK JPY KMF KRW MGA PYG RWF UGX VND VUV XAF XOF XPF" },
    { 2, "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN "
         "BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS "
         "GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR "
         "LRD LSL MAD MDL MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB "
         "PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC "
         "SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW "
         "ZWG" },
    { 3, "BHD JOD KWD OMR TND" },
};
static const char sent_as_two[] = "ISK UGX";

/* The table's row; NULL: not known. Three letters without a space can only be one whole code. */
static const struct decimals *
row_of(const char *currency)
{
    if (strlen(currency) != 3 || strspn(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
        return NULL;
    for (size_t i = 0; i < COUNT(table); i++)
        if (strstr(table[i].currencies, currency))
            return &table[i];
    return NULL;
}

bool
amount_currency_known(const char *currency)
{
    return currency && row_of(currency);
}

static int
decimals_of(const char *currency)
{
    const struct decimals *row = row_of(currency);
    must(row);
    return row->count;
}

static int64_t
ten_to(int n)
{
    int64_t power = 1;
    while (n--)
        power *= 10;
    return power;
}

/* Counts downwards: the least number has no positive twin. */
static bool
take_digits(int64_t *sum, const char *digits, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (__builtin_mul_overflow(*sum, 10, sum) ||
            __builtin_sub_overflow(*sum, digits[i] - '0', sum))
            return false;
    return true;
}

static bool
in_providers_units(int64_t minor, const char *currency, int64_t *out)
{
    if (decimals_of(currency) == 3)
        return !__builtin_mul_overflow(minor_share(minor, 1, 10), 10, out);
    return !__builtin_mul_overflow(minor, strstr(sent_as_two, currency) ? 100 : 1, out);
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
    int64_t sum = 0, sent;
    if (!take_digits(&sum, whole, n) || !take_digits(&sum, part, behind) ||
        __builtin_mul_overflow(sum, ten_to(decimals - (int)behind), &sum) ||
        __builtin_mul_overflow(sum, *text == '-' ? 1 : -1, &sum) ||
        !in_providers_units(sum, currency, &sent))
        return AMOUNT_BAD;
    *minor = sum;
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
    int64_t sent = 0;
    must(in_providers_units(minor, currency, &sent));
    return sent;
}
