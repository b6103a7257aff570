/* Money: integers in minor units of one currency. Only money.c does arithmetic on it. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* ISO 4217; the decimals of each are a row in money.c. */
enum currency {
    CUR_NONE,
    CUR_EUR,
    CUR_USD,
    CUR_GBP,
    CUR_CHF,
    CUR_SEK,
    CUR_NOK,
    CUR_DKK,
    CUR_PLN,
    CUR_CZK,
    CUR_HUF,
    CUR_RON,
    CUR_BGN,
    CUR_ISK,
    CUR_JPY,
    CUR_CAD,
    CUR_AUD,
    CURRENCIES
};

struct money {
    int64_t minor;
    enum currency cur;
};

const char *currency_code(enum currency cur); /* "EUR" */
int currency_decimals(enum currency cur);     /* 2; 0 for JPY and ISK */
bool currency_read(const char *code, enum currency *out);

/* minor × part / whole, half away from zero; whole > 0. What does not fit ends the process: for
 * amounts that have their ceilings. */
int64_t minor_share(int64_t minor, int64_t part, int64_t whole);

/* Arithmetic in one currency. False, and nothing written, when the result does not fit. */
bool money_add(struct money a, struct money b, struct money *out);
bool money_take(struct money from, struct money b, struct money *out);
bool money_times(struct money m, int64_t times, struct money *out);
/* m × part / whole, rounded once, half away from zero; `whole` > 0. */
bool money_share(struct money m, int64_t part, int64_t whole, struct money *out);
/* Cuts m by weights (≥ 0, one of them above 0 at least) into parts whose sum is m: each is rounded
 * towards zero, and the units left over go to those that lost most, the first of equals in front.
 */
void money_split(struct money m, const int64_t *weights, size_t n, struct money *parts);

/* "49.95" and "49,95" are 4995 EUR; no sign, no grouping, no more decimals than the currency has.
 */
bool money_read(const char *text, enum currency cur, struct money *out);
char *money_decimal(struct arena *a, struct money m); /* "49.95", for fields and programs */
/* As the language writes it: "€49.95" in English, "49,95 €" in French, German, Luxembourgish. */
char *money_words(struct arena *a, struct money m, const char *language);
