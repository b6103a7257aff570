/* A vendor's billing account between its rows and the rules of src/billing: read whole, worked on,
 * and what changed written back in one statement.
 *
 *     TRY(book_open(w, BOOK_CHANGE, 0, &book));    locked; what was due has happened
 *     account_change(&book.acc, book.now, &wanted) the rules
 *     TRY(book_save(w, &book));                    in the caller's transaction
 *
 * Everything lives in the work's arena. */
#pragma once
#include <jansson.h>

#include "base/money.h"
#include "base/work.h"
#include "billing/command.h"
#include "entitle/entitle.h"
#include "paper/paper.h"

struct vat_rate_row {
    const char *country;
    int64_t from; /* valid from that instant on, until the country's next row */
    int bp;
};

struct book {
    struct account acc;
    struct vendor_id vendor;
    int64_t now;     /* the vendor's: the work's clock, ahead by its test clock; seconds */
    int64_t clock_s; /* how far ahead */
    int64_t version; /* of the account as it was read */
    int64_t changes; /* made at once within the last day */
    enum currency currency;
    struct entitle_offers offers;
    struct party seller, buyer;
    const char *paper_evidence; /* of the wanted document: how its buyer's VAT id was checked */
    struct party paper_seller, paper_buyer; /* of the wanted document, as they stand on it */
    const char *vendor_name, *slug, *language;
    const char *card;              /* "visa 4242, 12/2030"; NULL: none on file */
    const char *customer, *method; /* the card provider's names, or NULL */
    const char *method_refused;    /* why that card is not tried any more, or NULL */
    bool vat_valid;                /* the buyer's VAT id was found good … */
    int64_t vat_checked_at;        /* … then, or NEVER … */
    const char *vat_source;        /* … by this */
    bool seller_exempt, one_stop;
    struct vat_rate_row *rates;
    size_t rate_count;
    int64_t wanted;             /* the document asked for, or 0 */
    struct book_before *before; /* what book_save() compares with */
};

/* BOOK_LOOK takes no lock and saves nothing: what is due by now has happened in it all the same,
 * so a page shows what is true even when the runner is late. */
/* BOOK_RENEW: BOOK_CHANGE for the runner, whose commits need not wait for the disk: what the last
 * half second before a crash renewed is due again. */
enum book_use { BOOK_LOOK, BOOK_CHANGE, BOOK_RENEW };

/* w->vendor's. `n`: a document that is wanted whatever its state, or 0. NOT_FOUND
 * subscriptions.no_account. BOOK_CHANGE inside a TX_WRITE only. */
struct err *book_open(struct work *w, enum book_use use, int64_t n, struct book *out) MUST_CHECK;
/* BOOK_RENEW of many in one transaction of the operator's that has no tenant. They come in the
 * order of their numbers, so that no two wait for each other; `offers` is what is sold now. A
 * failure may be any one's. */
struct err *books_open(struct work *w, const struct vendor_id *vendors, size_t n,
                       const struct entitle_offers *offers, struct book *out) MUST_CHECK;

/* CONFLICT subscriptions.changed: somebody else did meanwhile (not while it is locked). The new
 * documents have their numbers from here on, and whoever is billed is told. */
struct err *book_save(struct work *w, struct book *book) MUST_CHECK;
/* The same for all that books_open() gave, in that order. */
struct err *books_save(struct work *w, struct book *books, size_t n) MUST_CHECK;

/* The tax of a supply that begins then. */
struct vat book_vat(const struct book *book, int64_t at);
/* How far an account in arrears may still be used. */
enum entitle_stage book_stage(const struct book *book);
/* The month in which orders are counted. */
struct span book_usage_window(const struct book *book);
