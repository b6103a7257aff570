/* GTIN (GS1 General Specifications, section 7.9): 8, 12, 13 or 14 digits, the last a check digit.
 */
#pragma once

enum gtin_verdict {
    GTIN_OK = 1,
    GTIN_EMPTY,
    GTIN_NOT_DIGITS,
    GTIN_LENGTH,
    GTIN_CHECK,      /* the check digit does not fit */
    GTIN_SPREADSHEET /* "9.78E+12": a spreadsheet has rounded it, the digits are lost */
};

/* Spaces and hyphens are left out. `out` holds 15 bytes and is written for GTIN_OK. */
enum gtin_verdict gtin_read(const char *text, char *out);
const char *gtin_say(enum gtin_verdict verdict);  /* a sentence; NULL for OK and EMPTY */
const char *gtin_code(enum gtin_verdict verdict); /* "gtin.check" */
