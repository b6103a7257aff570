/* What is wrong in a file, said so that a person finds the place and knows how to mend it. Every
 * code is a row in check.c and has words in all languages: `err.<code>`. */
#pragma once
#include "base/money.h"
#include "base/text.h"

struct language;

/* Lives in the arena of the product or order it belongs to. */
struct finding {
    const char *code;   /* "import.price_format" */
    bool refuses;       /* the product (order) is not written; else it is, as the words say */
    int64_t line, row;  /* of the file, from 1; 0: about the whole file */
    int column;         /* from 1; 0: about the whole row */
    const char *header; /* the column's name; "" */
    const char *value;  /* as it stands there, cut at 200 characters; "" */
    const char *other;  /* what the words name besides: "line 17", "USD", "2,000"; "" */
};

struct findings {
    struct arena *arena;
    size_t count, room;
    struct finding *at;
    bool refused; /* one of them refuses */
};

/* The sentence for a person. */
const char *finding_say(struct arena *a, const struct language *l, const struct finding *f);

/* All codes there are, for filters and tests. */
size_t finding_codes(const char *const **out);

/* Values as people and programs write them. Each gives NULL when it could be read, else the code of
 * what is wrong with it. None of them guesses: what can be read in two ways is refused. */

/* "49.95", "49,95 €", "1.234,50", "1'234.50 CHF", "EUR 5"; decimal as in file_shape. */
const char *value_money(const char *text, char decimal, enum currency cur, struct money *out);
/* A weight in grams, rounded half up; unit g, kg, lb, oz and their spellings; NULL for kg. */
const char *value_grams(const char *text, char decimal, const char *unit, int64_t *out);
/* Whole pieces: "5", "5.0", "1,000"; negative ones too. */
const char *value_quantity(const char *text, int64_t *out);
/* Per cent in hundredths: "19", "19 %", "7,7" → 1900, 1900, 770. */
const char *value_percent(const char *text, char decimal, int64_t *out);
/* 15 bytes, written when it could be read. */
const char *value_gtin(const char *text, char *out);
/* yes/no, true/false, 1/0, and the like in our languages. */
const char *value_flag(const char *text, bool *out);
/* BCP 47 in its usual spelling: pt_br → pt-BR. */
const char *value_language(struct arena *a, const char *text, const char **out);
/* An address to fetch by http or https. */
const char *value_address(const char *text);
/* Dates with or without time (UTC): 2010-12-01 08:26:00, 1.12.2010 8:26, RFC 3339; 12/1/2010 only
 * where it can be read in one way. */
const char *value_time(const char *text, int64_t *out_us);
/* What a spreadsheet leaves of a code: "9.78E+12", "1-Mar", "########". */
bool value_is_wreck(const char *text);
