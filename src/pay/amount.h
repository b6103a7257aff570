/* Amounts as card providers take them: their own list of currencies, three decimals among them,
 * which shops cannot choose (base/money knows those). A currency is its ISO code in capitals; all
 * but amount_currency_known() take only those that it knows.
 * https://docs.stripe.com/currencies */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

enum amount_verdict { AMOUNT_OK, AMOUNT_BAD, AMOUNT_TOO_MANY_DECIMALS };

bool amount_currency_known(const char *currency); /* NULL is not */

/* "-12.30" in major units, exactly: a sign, digits, a point with digits behind it. BAD too: what
 * does not fit, in minor units or in the provider's. */
enum amount_verdict amount_read(const char *text, const char *currency, int64_t *minor);
/* The same back, with all decimals the currency has. */
char *amount_text(struct arena *a, int64_t minor, const char *currency);
/* Of three decimals the last is rounded away, half away from zero; ISK and UGX are sent times 100,
 * as they once had decimals. `minor` is what amount_read() gave, or must fit times 100. */
int64_t amount_for_provider(int64_t minor, const char *currency);
