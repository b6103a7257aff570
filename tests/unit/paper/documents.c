/* The parties have what must be escaped, and letters beyond Latin-1. */
#include "documents.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* after those it needs */
#include <cmocka.h>

static const struct offer offers[] = {
    { "small", 0, 4900, 49000 },
    { "large", 1, 9900, 99000 },
    { "more", ADD_ON, 333, 3330 },
};

static enum charge
pays(void *with, int64_t amount)
{
    (void)with, (void)amount;
    return CHARGE_OK;
}

struct account
vendor(struct arena *a)
{
    struct account acc = account_new(a);
    acc.offers = offers;
    acc.offer_count = 3;
    acc.vat = (struct vat){ VAT_S, 1700 };
    acc.has_card = true;
    acc.charge = pays;
    acc.terms_days = 14;
    acc.final_days = 21;
    struct wanted_addon addon = { "more", 3 };
    struct purchase wanted = { "large", INTERVAL_MONTH, &addon, 1, 0, NEVER };
    assert_int_equal(account_subscribe(&acc, DAY_1, &wanted).refused, REFUSED_NOT);
    acc.documents[0]->number = "INV-2026-000001";
    return acc;
}

static const struct party seller = {
    .name = "Souk & Söhne S.à r.l.",
    .street = "1, rue <du> Marché",
    .postcode = "L-1234",
    .city = "Luxembourg",
    .country = "LU",
    .vat_id = "LU12345678",
    .email = "billing@souk.example",
    .iban = "LU280019400644750000",
    .bic = "BCEELULL",
    .bank = "Spuerkeess",
};
static const struct party buyer = {
    .name =
        "Ačme Łódź “Ωmega” & Co Handelsgesellschaft mit beschränkter Haftung Niederlassung Berlin",
    .street = "Straße 5",
    .postcode = "10115",
    .city = "Berlin",
    .country = "DE",
    .vat_id = "DE123456789",
    .email = "in@acme.example",
};

struct paper
paper_of(struct arena *a, struct document *d)
{
    const char **titles = NEW_ARRAY(a, const char *, d->line_count + 1);
    for (size_t i = 0; i < d->line_count; i++)
        titles[i] = i ? "Élargi <b> & ŵide" : "Professional";
    if (!d->number)
        d->number = d->credit_note ? "CN-2026-000001" : "INV-2026-000002";
    return (struct paper){ .document = d,
                           .currency = CUR_EUR,
                           .language = "en",
                           .seller = seller,
                           .buyer = buyer,
                           .titles = titles,
                           .fonts = FONTS };
}

struct document *
by_hand(struct arena *a, const int64_t *amounts, size_t n, struct vat vat)
{
    struct document *d = NEW(a, struct document);
    struct vat_line *taxed = NEW_ARRAY(a, struct vat_line, n);
    *d = (struct document){ .number = "INV-2026-000123",
                            .issued_at = DAY_1,
                            .due_at = DAY_1 + 14 * DAY_S,
                            .lines = NEW_ARRAY(a, struct line, n),
                            .line_count = n,
                            .state = INVOICE_OPEN };
    for (size_t i = 0; i < n; i++) {
        d->lines[i] = (struct line){ .n = (int)i + 1,
                                     .kind = LINE_CHARGE,
                                     .quantity = 1,
                                     .unit = amounts[i],
                                     .period = { DAY_1, DAY_1 + 31 * DAY_S },
                                     .basis_amount = amounts[i],
                                     .basis_seconds = 31 * DAY_S,
                                     .amount = amounts[i],
                                     .vat = vat };
        taxed[i] = (struct vat_line){ amounts[i], vat };
    }
    d->sums = vat_sum(a, taxed, n);
    d->due = d->sums.total;
    return d;
}

struct document *
example(struct arena *a, enum example which)
{
    static const int64_t amounts[] = { 4900, 999 };
    struct account acc = vendor(a);
    struct change up = { .tier = "large", .interval = INTERVAL_YEAR };
    if (which == TRANSFER)
        return by_hand(a, amounts, COUNT(amounts), (struct vat){ VAT_S, 1700 });
    acc.vat = (struct vat){ VAT_AE, 0 };
    if (which == MIXED)
        return account_change(&acc, DAY_1 + 9 * DAY_S, &up).document;
    acc.vat = (struct vat){ VAT_O, 0 };
    account_advance(&acc, DAY_1 + 40 * DAY_S);
    return acc.documents[acc.document_count - 1];
}
