/* Values as people and programs write them. Each function gives NULL when it could read the text,
 * which is trimmed and not empty, else the code of what is wrong with it (check.h); `out` is
 * written only then. None of them guesses: what can be read in two ways is refused. */
#pragma once
#include "base/money.h"

/* A decimal number: digits × 10^−scale. */
struct decimal {
    int64_t digits; /* up to 18 of them; below zero, too */
    int scale;      /* 0 … 9 */
};

/* `point` is . or , as in file_shape; 0: what can be read in two ways ("1,234") is
 * import.number_ambiguous. import.number_format; import.wreck. */
const char *value_decimal(const char *text, char point, struct decimal *out);

/* "49.95", "49,95 €", "1.234,50", "1'234.50 CHF", "EUR 5". import.price_format, _ambiguous,
 * _decimals (more than the currency has), _negative, _large; import.currency (it names another). */
const char *value_money(const char *text, char point, enum currency cur, struct money *out);
/* The same as it stands, not rounded to the currency, below zero too. */
const char *value_amount(const char *text, char point, enum currency cur, struct decimal *out);
/* quantity × amount, rounded once, half away from zero; false: too large. */
bool amount_times(struct decimal amount, int64_t quantity, enum currency cur, struct money *out);

/* A weight in grams, rounded half up: "0.5", ".5", "1,25 kg". `unit` is that of numbers without
 * one: g, kg, lb, oz and their spellings; NULL or "": kg. import.weight_format, _unit. */
const char *value_grams(const char *text, char point, const char *unit, int64_t *out);

/* Whole pieces, below zero too: "5", "5.0". import.quantity_format, _ambiguous. */
const char *value_quantity(const char *text, char point, int64_t *out);

/* Per cent in hundredths: "19", "19 %", "7,7" are 1900, 1900, 770. import.percent_format. */
const char *value_percent(const char *text, char point, int64_t *out);

/* 15 bytes. The codes of catalog/gtin.h. *zeros: leading ones were lost and are put back. */
const char *value_gtin(const char *text, char *out, bool *zeros);

/* yes, no, true, false, 1, 0 and the like in our languages. import.flag_format. */
const char *value_flag(const char *text, bool *out);

/* BCP 47 in its usual spelling: "pt_br" is "pt-BR". import.language_format. */
const char *value_language(struct arena *a, const char *text, const char **out);

/* An address by http or https, at most 2,000 bytes. import.address. */
const char *value_address(const char *text);

/* A day with or without a time, UTC: "2010-12-01 08:26:00", "1.12.2010 8:26", RFC 3339;
 * "12/1/2010" where it can be read in one way. import.time_format, _ambiguous. */
const char *value_time(const char *text, int64_t *out_us);

/* What a spreadsheet leaves of a code or a text: "9.78E+12", "########", "#NAME?". */
bool value_is_wreck(const char *text);

/* "2-Mar", "02. Feb", "Mar-24": what it makes of a size like "2-3". May be meant, so it is only
 * worth a word. */
bool value_looks_dated(const char *text);
