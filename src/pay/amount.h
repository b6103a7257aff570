/* Amounts as card providers take them: their own list of currencies, three decimals among them,
 * which shops cannot choose (base/money knows those).
 * https://docs.stripe.com/currencies */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

enum amount_verdict { AMOUNT_OK, AMOUNT_BAD, AMOUNT_TOO_MANY_DECIMALS };

/* "-12.30" in major units, exactly: a sign, digits, a point with digits behind it. */
enum amount_verdict amount_read(const char *text, const char *currency, int64_t *minor);
char *amount_text(struct arena *a, int64_t minor, const char *currency);
/* Of three decimals the last is rounded away; ISK and UGX are sent times 100, as they once had
 * decimals. */
int64_t amount_for_provider(int64_t minor, const char *currency);
bool amount_currency_known(const char *currency);
