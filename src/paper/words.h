/* The words on paper, in the languages of the product. */
#pragma once
#include <stdint.h>

#include "base/arena.h"

enum paper_word {
    WORD_NONE,
    WORD_INVOICE,
    WORD_CREDIT_NOTE,
    WORD_NUMBER,
    WORD_ISSUED,
    WORD_DUE,
    WORD_CREDITS, /* of a credit note: the invoice … */
    WORD_DATED,   /* … "of" its date */
    WORD_PAGE,
    WORD_FOR,
    WORD_QUANTITY,
    WORD_UNIT,
    WORD_AMOUNT,
    WORD_CREDIT,
    WORD_LINE,
    WORD_OF,   /* "3 of 30 … */
    WORD_DAYS, /* … days" */
    WORD_NET,
    WORD_VAT,
    WORD_RATE,
    WORD_TOTAL,
    WORD_BALANCE,
    WORD_TO_PAY,
    WORD_PAID,
    WORD_BY_CARD,
    WORD_KEPT,
    WORD_VAT_ID,
    WORD_REVERSE,
    WORD_OUTSIDE,
    WORD_EXEMPT,
    WORD_TRANSFER,
    WORD_BANK,
    WORD_REFERENCE,
    WORD_POINT, /* the decimal sign */
    PAPER_WORDS
};
const char *paper_word(const char *language, enum paper_word word);
char *paper_date(struct arena *a, const char *language, int64_t at); /* "15 January 2026" */
char *paper_day(struct arena *a, int64_t at); /* "2026-01-15", in every language */
