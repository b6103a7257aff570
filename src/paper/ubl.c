/* UBL 2.1 after EN 16931: https://docs.oasis-open.org/ubl/UBL-2.1.html, and the standard's business
 * terms (BT-…) and rules (BR-…). The schema wants the elements in one order, which is that of the
 * calls here. Writing needs elements and escaping only, so no XML library; the tests read what is
 * written with one. */
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "paper/inside.h"
#include "paper/paper.h"

#define UBL "urn:oasis:names:specification:ubl:schema:xsd:"

struct xml {
    struct buf out;
    const struct paper *p;
};

/* U+FFFE and U+FFFF: with the control characters, what XML 1.0 cannot carry of UTF-8. */
static bool
is_no_character(const char *c)
{
    return c[0] == '\xEF' && c[1] == '\xBF' && (unsigned char)c[2] >= 0xBE;
}

static void
put_escaped(struct xml *x, const char *text)
{
    for (const char *c = text ? text : ""; *c; c++) {
        if (*c == '&')
            buf_text(&x->out, "&amp;");
        else if (*c == '<')
            buf_text(&x->out, "&lt;");
        else if (*c == '>')
            buf_text(&x->out, "&gt;");
        else if (is_no_character(c))
            c += 2;
        else if ((unsigned char)*c >= 0x20 || *c == '\t' || *c == '\n')
            buf_char(&x->out, *c);
    }
}

/* The element's name may have an attribute behind it. */
static void
put_text(struct xml *x, const char *element, const char *text)
{
    buf_printf(&x->out, "<%s>", element);
    put_escaped(x, text);
    buf_printf(&x->out, "</%.*s>", (int)strcspn(element, " "), element);
}

static void
put_if(struct xml *x, const char *element, const char *text)
{
    if (text && *text)
        put_text(x, element, text);
}

static void
put_money(struct xml *x, const char *element, int64_t minor)
{
    struct money m = { minor, x->p->currency };
    buf_printf(&x->out, "<cbc:%s currencyID=\"%s\">%s</cbc:%s>", element, currency_code(m.cur),
               money_decimal(x->out.arena, m), element);
}

static void
put_date(struct xml *x, const char *element, int64_t at)
{
    put_text(x, element, paper_day(x->out.arena, at));
}

/* A credit note says the same amounts with the other sign (381). */
static int64_t
sign(const struct xml *x)
{
    return x->p->document->credit_note ? -1 : 1;
}

/* ---- Parties ---- */

static void
put_address(struct xml *x, const struct party *party)
{
    buf_text(&x->out, "<cac:PostalAddress>");
    put_if(x, "cbc:StreetName", party->street);
    put_if(x, "cbc:CityName", party->city);
    put_if(x, "cbc:PostalZone", party->postcode);
    buf_text(&x->out, "<cac:Country>");
    put_text(x, "cbc:IdentificationCode", party->country);
    buf_text(&x->out, "</cac:Country></cac:PostalAddress>");
}

/* BR-O-02 to -04: what is wholly outside the scope of VAT names nobody's VAT id. */
static bool
names_vat_ids(const struct xml *x)
{
    const struct vat_sums *sums = &x->p->document->sums;
    for (size_t i = 0; i < sums->group_count; i++)
        if (sums->groups[i].vat.category != VAT_O)
            return true;
    return false;
}

static void
put_vat_id(struct xml *x, const char *vat_id)
{
    buf_text(&x->out, "<cac:PartyTaxScheme>");
    put_text(x, "cbc:CompanyID", vat_id);
    buf_text(&x->out, "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>");
}

/* BR-CO-26: the seller has some identifier: where its VAT id may not stand as one, as BT-29. */
static void
put_identification(struct xml *x, const char *id)
{
    buf_text(&x->out, "<cac:PartyIdentification>");
    put_text(x, "cbc:ID", id);
    buf_text(&x->out, "</cac:PartyIdentification>");
}

static void
put_party(struct xml *x, const char *role, const struct party *party)
{
    bool has_id = party->vat_id && *party->vat_id;
    buf_printf(&x->out, "<cac:%s><cac:Party>", role);
    put_if(x, "cbc:EndpointID schemeID=\"EM\"", party->email);
    if (has_id && !names_vat_ids(x) && party == &x->p->seller)
        put_identification(x, party->vat_id);
    put_address(x, party);
    if (has_id && names_vat_ids(x))
        put_vat_id(x, party->vat_id);
    buf_text(&x->out, "<cac:PartyLegalEntity>");
    put_text(x, "cbc:RegistrationName", party->name);
    buf_printf(&x->out, "</cac:PartyLegalEntity></cac:Party></cac:%s>", role);
}

/* ---- Payment ---- */

static void
put_account(struct xml *x, const struct party *seller)
{
    buf_text(&x->out, "<cac:PayeeFinancialAccount>");
    put_text(x, "cbc:ID", seller->iban);
    put_text(x, "cbc:Name", seller->name);
    if (seller->bic && *seller->bic) {
        buf_text(&x->out, "<cac:FinancialInstitutionBranch>");
        put_text(x, "cbc:ID", seller->bic);
        buf_text(&x->out, "</cac:FinancialInstitutionBranch>");
    }
    buf_text(&x->out, "</cac:PayeeFinancialAccount>");
}

/* UNCL 4461. */
static const char *
means_code(const struct xml *x, bool account)
{
    if (x->p->document->due_at == NEVER)
        return "48"; /* bank card */
    if (!account)
        return "1";                                 /* not said */
    return x->p->currency == CUR_EUR ? "58" : "30"; /* SEPA credit transfer, credit transfer */
}

/* Of an invoice with something to pay; a credit note goes to the balance. */
static void
put_means(struct xml *x)
{
    const struct party *seller = &x->p->seller;
    const struct document *d = x->p->document;
    bool account = d->due_at != NEVER && seller->iban && *seller->iban;
    if (d->credit_note || d->due <= 0)
        return;
    buf_text(&x->out, "<cac:PaymentMeans>");
    put_text(x, "cbc:PaymentMeansCode", means_code(x, account));
    put_text(x, "cbc:PaymentID", d->number);
    if (account)
        put_account(x, seller);
    buf_text(&x->out, "</cac:PaymentMeans>");
}

/* BR-CO-25: where no day is due, how it is settled; also of what was never settled. */
static void
put_terms(struct xml *x)
{
    const struct document *d = x->p->document;
    enum paper_word say = paper_terms(d);
    if (d->due_at != NEVER && !d->credit_note)
        return;
    buf_text(&x->out, "<cac:PaymentTerms>");
    put_text(x, "cbc:Note", paper_word(x->p->language, say ? say : WORD_BY_CARD));
    buf_text(&x->out, "</cac:PaymentTerms>");
}

/* ---- Tax and sums ---- */

/* With the reason why there is no tax, in the sums; without it, in a line. */
static void
put_category(struct xml *x, const char *element, struct vat vat, bool reason)
{
    static const char *const codes[VAT_CATEGORIES] = {
        [VAT_AE] = "VATEX-EU-AE",
        [VAT_O] = "VATEX-EU-O",
    };
    enum paper_word why = reason ? paper_exemption(vat.category) : WORD_NONE;
    buf_printf(&x->out, "<cac:%s>", element);
    put_text(x, "cbc:ID", vat_category_name(vat.category));
    if (vat.category != VAT_O) /* BR-O-05 */
        put_text(x, "cbc:Percent",
                 text_printf(x->out.arena, "%d.%02d", vat.rate_bp / 100, vat.rate_bp % 100));
    if (why) {
        put_if(x, "cbc:TaxExemptionReasonCode", codes[vat.category]);
        put_text(x, "cbc:TaxExemptionReason", paper_word(x->p->language, why));
    }
    buf_printf(&x->out, "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:%s>", element);
}

static void
put_taxes(struct xml *x)
{
    const struct vat_sums *sums = &x->p->document->sums;
    buf_text(&x->out, "<cac:TaxTotal>");
    put_money(x, "TaxAmount", sign(x) * sums->tax);
    for (size_t i = 0; i < sums->group_count; i++) {
        buf_text(&x->out, "<cac:TaxSubtotal>");
        put_money(x, "TaxableAmount", sign(x) * sums->groups[i].base);
        put_money(x, "TaxAmount", sign(x) * sums->groups[i].tax);
        put_category(x, "TaxCategory", sums->groups[i].vat, true);
        buf_text(&x->out, "</cac:TaxSubtotal>");
    }
    buf_text(&x->out, "</cac:TaxTotal>");
}

static void
put_totals(struct xml *x)
{
    const struct document *d = x->p->document;
    buf_text(&x->out, "<cac:LegalMonetaryTotal>");
    put_money(x, "LineExtensionAmount", sign(x) * d->sums.net);
    put_money(x, "TaxExclusiveAmount", sign(x) * d->sums.net);
    put_money(x, "TaxInclusiveAmount", sign(x) * d->sums.total);
    if (d->credit_applied)
        put_money(x, "PrepaidAmount", d->credit_applied); /* BT-113: the balance has paid it */
    put_money(x, "PayableAmount", sign(x) * d->sums.total - d->credit_applied);
    buf_text(&x->out, "</cac:LegalMonetaryTotal>");
}

/* ---- Lines ---- */

/* A price may not be below 0 (BR-27), so what gives back has a quantity below 0. A part of a period
 * is one piece at its own price: that of a whole period times a fraction would be rounded twice. */
static void
price_of(const struct line *line, int64_t amount, int64_t *quantity, int64_t *price)
{
    bool whole = line->quantity > 0 && line->unit >= 0 && line->quantity * line->unit == amount;
    *quantity = whole ? line->quantity : amount < 0 ? -1 : 1;
    *price = whole ? line->unit : amount < 0 ? -amount : amount;
}

static void
put_line(struct xml *x, const struct line *line, const char *title)
{
    bool credit_note = x->p->document->credit_note;
    int64_t amount = sign(x) * line->amount, quantity, price;
    price_of(line, amount, &quantity, &price);
    buf_printf(&x->out, "<cac:%s>", credit_note ? "CreditNoteLine" : "InvoiceLine");
    put_text(x, "cbc:ID", text_i64(x->out.arena, line->n));
    put_text(x,
             credit_note ? "cbc:CreditedQuantity unitCode=\"C62\""
                         : "cbc:InvoicedQuantity unitCode=\"C62\"",
             text_i64(x->out.arena, quantity));
    put_money(x, "LineExtensionAmount", amount);
    buf_text(&x->out, "<cac:InvoicePeriod>");
    put_date(x, "cbc:StartDate", line->period.from);
    put_date(x, "cbc:EndDate", line->period.to - 1); /* its last day */
    buf_text(&x->out, "</cac:InvoicePeriod><cac:Item>");
    put_text(x, "cbc:Name", title);
    put_category(x, "ClassifiedTaxCategory", line->vat, false);
    buf_text(&x->out, "</cac:Item><cac:Price>");
    put_money(x, "PriceAmount", price);
    buf_printf(&x->out, "</cac:Price></cac:%s>", credit_note ? "CreditNoteLine" : "InvoiceLine");
}

/* BG-3: the documents whose lines this one credits. */
static void
put_references(struct xml *x)
{
    const struct document *of;
    size_t line = 0;
    while ((of = paper_credited(x->p->document, &line))) {
        buf_text(&x->out, "<cac:BillingReference><cac:InvoiceDocumentReference>");
        put_text(x, "cbc:ID", of->number);
        put_date(x, "cbc:IssueDate", of->issued_at);
        buf_text(&x->out, "</cac:InvoiceDocumentReference></cac:BillingReference>");
    }
}

struct err *
paper_ubl(struct arena *a, const struct paper *p, struct bytes *out)
{
    struct xml x = { .out = buf_new(a, 8192), .p = p };
    const struct document *d = p->document;
    const char *root = d->credit_note ? "CreditNote" : "Invoice";
    must(d->number);
    buf_printf(&x.out,
               "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<%s xmlns=\"" UBL
               "%s-2\" xmlns:cac=\"" UBL "CommonAggregateComponents-2\" xmlns:cbc=\"" UBL
               "CommonBasicComponents-2\">",
               root, root);
    put_text(&x, "cbc:CustomizationID", "urn:cen.eu:en16931:2017");
    put_text(&x, "cbc:ID", d->number);
    put_date(&x, "cbc:IssueDate", d->issued_at);
    if (d->due_at != NEVER && !d->credit_note)
        put_date(&x, "cbc:DueDate", d->due_at);
    put_text(&x, d->credit_note ? "cbc:CreditNoteTypeCode" : "cbc:InvoiceTypeCode",
             d->credit_note ? "381" : "380");
    put_if(&x, "cbc:Note", p->evidence);
    put_text(&x, "cbc:DocumentCurrencyCode", currency_code(p->currency));
    put_references(&x);
    put_party(&x, "AccountingSupplierParty", &p->seller);
    put_party(&x, "AccountingCustomerParty", &p->buyer);
    put_means(&x);
    put_terms(&x);
    put_taxes(&x);
    put_totals(&x);
    for (size_t i = 0; i < d->line_count; i++)
        put_line(&x, &d->lines[i], p->titles[i]);
    buf_printf(&x.out, "</%s>\n", root);
    *out = BYTES(x.out.at, x.out.length);
    return NULL;
}
