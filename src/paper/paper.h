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
    const char *iban, *bic; /* of the seller */
};

struct paper {
    const struct document *document;
    enum currency currency;
    const char *language; /* en fr de lb; others read as en */
    struct party seller, buyer;
    const char *const *titles; /* what each line is for, in its order */
    const char *fonts;         /* the folder of DejaVuSans.ttf and DejaVuSans-Bold.ttf */
};

/* A4, as many pages as it takes. BROKEN paper.font: the fonts are not there. */
struct err *paper_pdf(struct arena *a, const struct paper *p, struct bytes *out) MUST_CHECK;
/* An Invoice (380) or a CreditNote (381), as its rules BR-CO-10, -13, -15 and -17 want it. */
struct err *paper_ubl(struct arena *a, const struct paper *p, struct bytes *out) MUST_CHECK;
