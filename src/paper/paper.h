/* An issued document outside the program: as a PDF for people, and as UBL 2.1 after EN 16931 for
 * other programs. Values in, bytes out; the same document always gives the same bytes. */
#pragma once
#include "base/bytes.h"
#include "base/err.h"
#include "base/money.h"
#include "billing/account.h"

/* Texts that are not known are "" or NULL. */
struct party {
    const char *name, *street, *postcode, *city;
    const char *country; /* ISO 3166, two letters */
    const char *vat_id, *email;
    const char *iban, *bic, *bank; /* of the seller; bank: its name */
};

/* All texts are UTF-8. What a line of the PDF has no room for ends in an ellipsis; what XML cannot
 * carry is left out of it. */
struct paper {
    const struct document *document; /* with its number; so have those that its lines credit */
    enum currency currency;
    const char *language; /* en fr de lb; others read as en */
    struct party seller, buyer;
    const char *const *titles; /* what each line is for, in its order */
    const char *fonts;         /* the folder of DejaVuSans.ttf and DejaVuSans-Bold.ttf */
    const char *evidence;      /* on what the tax treatment rests, frozen at issue; NULL: no word */
};

/* A4, as many pages as it takes. BROKEN paper.font: the fonts are not there; paper.pdf. Dates are
 * UTC days; a period that ends at midnight ends on the day before. */
struct err *paper_pdf(struct arena *a, const struct paper *p, struct bytes *out) MUST_CHECK;
/* An Invoice (380), or a CreditNote (381) with its amounts above 0. Its sums keep BR-CO-10 and -13
 * to -17. What the document itself has not got is not made up: category O beside others (BR-O-11)
 * and a party without the VAT id that its category wants stay findings of a validator. */
struct err *paper_ubl(struct arena *a, const struct paper *p, struct bytes *out) MUST_CHECK;
