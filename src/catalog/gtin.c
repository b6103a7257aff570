#include "catalog/gtin.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* From the right, digits weigh 3, 1, 3, … before the check digit, which makes the sum a multiple of
 * ten. */
static bool
check_digit_fits(const char *digits, size_t n)
{
    int sum = 0;
    for (size_t i = 0; i + 1 < n; i++)
        sum += (digits[i] - '0') * ((n - 2 - i) % 2 == 0 ? 3 : 1);
    return (10 - sum % 10) % 10 == digits[n - 1] - '0';
}

static bool
is_spreadsheet_number(const char *text)
{
    const char *e = strpbrk(text, "eE");
    return e && e > text && e[1] == '+' && strspn(text, "0123456789.,") == (size_t)(e - text);
}

enum gtin_verdict
gtin_read(const char *text, char *out)
{
    char digits[16];
    size_t n = 0;
    if (is_spreadsheet_number(text))
        return GTIN_SPREADSHEET;
    for (; *text; text++) {
        if (*text == ' ' || *text == '-')
            continue;
        if (*text < '0' || *text > '9')
            return GTIN_NOT_DIGITS;
        if (n == 14)
            return GTIN_LENGTH;
        digits[n++] = *text;
    }
    if (!n)
        return GTIN_EMPTY;
    if (n != 8 && n != 12 && n != 13 && n != 14)
        return GTIN_LENGTH;
    if (!check_digit_fits(digits, n))
        return GTIN_CHECK;
    memcpy(out, digits, n);
    out[n] = 0;
    return GTIN_OK;
}

const char *
gtin_say(enum gtin_verdict verdict)
{
    switch (verdict) {
    case GTIN_NOT_DIGITS:
        return "A GTIN has digits only.";
    case GTIN_LENGTH:
        return "A GTIN has 8, 12, 13 or 14 digits.";
    case GTIN_CHECK:
        return "The last digit does not fit the others: one of them is mistyped.";
    case GTIN_SPREADSHEET:
        return "A spreadsheet has rounded this number. Format the column as text and enter it "
               "again.";
    default:
        return NULL;
    }
}

const char *
gtin_code(enum gtin_verdict verdict)
{
    switch (verdict) {
    case GTIN_NOT_DIGITS:
        return "gtin.digits";
    case GTIN_LENGTH:
        return "gtin.length";
    case GTIN_CHECK:
        return "gtin.check";
    case GTIN_SPREADSHEET:
        return "gtin.spreadsheet";
    default:
        return "gtin.ok";
    }
}
