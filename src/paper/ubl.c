/* UBL 2.1 after EN 16931: https://docs.oasis-open.org/ubl/UBL-2.1.html, and the standard's business
 * terms (BT-…) and rules (BR-…). Writing it needs elements and escaping only, so no XML library. */
#include <string.h>

#include "base/text.h"
#include "paper/paper.h"
#include "paper/words.h"

#define UBL "urn:oasis:names:specification:ubl:schema:xsd:"

struct xml {
    struct buf out;
    const struct paper *p;
};

/* What XML 1.0 cannot carry is left out. */
static void
put_escaped(struct xml *x, const char *text)
{
    for (const char *c = text ? text : ""; *c; c++)
        switch (*c) {
        case '&':
            buf_text(&x->out, "&amp;");
            break;
        case '<':
            buf_text(&x->out, "&lt;");
            break;
        case '>':
            buf_text(&x->out, "&gt;");
            break;
        default:
            if ((unsigned char)*c >= 0x20 || strchr("\t\n\r", *c))
                buf_char(&x->out, *c);
        }
}

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

/* BR-O-02 to -04: what is outside the scope names nobody's VAT id. */
static bool
names_vat_ids(const struct xml *x)
{
    const struct vat_sums *sums = &x->p->document->sums;
    return sums->group_count && sums->groups[0].vat.category != VAT_O;
}

static void
put_party(struct xml *x, const char *role, const struct party *party)
{
    buf_printf(&x->out, "<cac:%s><cac:Party>", role);
    put_if(x, "cbc:EndpointID schemeID=\"EM\"", party->email);
    put_address(x, party);
    if (party->vat_id && *party->vat_id && names_vat_ids(x)) {
        buf_text(&x->out, "<cac:PartyTaxScheme>");
        put_text(x, "cbc:CompanyID", party->vat_id);
        buf_text(&x->out,
                 "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>");
    }
    buf_text(&x->out, "<cac:PartyLegalEntity>");
    put_text(x, "cbc:RegistrationName", party->name);
    buf_printf(&x->out, "</cac:PartyLegalEntity></cac:Party></cac:%s>", role);
}

/* ---- Payment ---- */

static void
put_means(struct xml *x)
{
    const struct party *seller = &x->p->seller;
    const struct document *d = x->p->document;
    bool transfer = d->due_at != NEVER && seller->iban && *seller->iban;
    buf_text(&x->out, "<cac:PaymentMeans>");
    /* UNCL 4461: SEPA credit transfer, bank card, or not said. */
    put_text(x, "cbc:PaymentMeansCode", transfer ? "58" : d->due_at == NEVER ? "48" : "1");
    put_text(x, "cbc:PaymentID", d->number);
    if (transfer) {
        buf_text(&x->out, "<cac:PayeeFinancialAccount>");
        put_text(x, "cbc:ID", seller->iban);
        if (seller->bic && *seller->bic) {
            buf_text(&x->out, "<cac:FinancialInstitutionBranch>");
            put_text(x, "cbc:ID", seller->bic);
            buf_text(&x->out, "</cac:FinancialInstitutionBranch>");
        }
        buf_text(&x->out, "</cac:PayeeFinancialAccount>");
    }
    buf_text(&x->out, "</cac:PaymentMeans>");
}

/* ---- Tax and sums ---- */

static void
put_category(struct xml *x, const char *element, struct vat vat, bool reason)
{
    static const struct {
        const char *code, *text;
    } reasons[VAT_CATEGORIES] = {
        [VAT_AE] = { "VATEX-EU-AE", "Reverse charge" },
        [VAT_O] = { "VATEX-EU-O", "Not subject to VAT" },
        [VAT_E] = { NULL, "Exempt: small business" },
    };
    buf_printf(&x->out, "<cac:%s>", element);
    put_text(x, "cbc:ID", vat_category_name(vat.category));
    if (vat.category != VAT_O)
        put_text(x, "cbc:Percent",
                 text_printf(x->out.arena, "%d.%02d", vat.rate_bp / 100, vat.rate_bp % 100));
    if (reason && reasons[vat.category].text) {
        put_if(x, "cbc:TaxExemptionReasonCode", reasons[vat.category].code);
        put_text(x, "cbc:TaxExemptionReason", reasons[vat.category].text);
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
put_line(struct xml *x, const struct line *line, const char *title)
{
    bool credit_note = x->p->document->credit_note;
    int64_t amount = sign(x) * line->amount;
    bool whole = line->kind == LINE_CHARGE && amount > 0;
    int64_t quantity = whole ? line->quantity : amount < 0 ? -1 : 1;
    int64_t price = whole ? line->unit : amount < 0 ? -amount : amount;
    buf_printf(&x->out, "<cac:%s>", credit_note ? "CreditNoteLine" : "InvoiceLine");
    put_text(x, "cbc:ID", text_i64(x->out.arena, line->n));
    put_text(x,
             credit_note ? "cbc:CreditedQuantity unitCode=\"C62\""
                         : "cbc:InvoicedQuantity unitCode=\"C62\"",
             text_i64(x->out.arena, quantity));
    put_money(x, "LineExtensionAmount", amount);
    buf_text(&x->out, "<cac:InvoicePeriod>");
    put_date(x, "cbc:StartDate", line->period.from);
    put_date(x, "cbc:EndDate", line->period.to);
    buf_text(&x->out, "</cac:InvoicePeriod><cac:Item>");
    put_text(x, "cbc:Name", title);
    put_category(x, "ClassifiedTaxCategory", line->vat, false);
    buf_text(&x->out, "</cac:Item><cac:Price>");
    put_money(x, "PriceAmount", price);
    buf_printf(&x->out, "</cac:Price></cac:%s>", credit_note ? "CreditNoteLine" : "InvoiceLine");
}

/* BG-3: each document whose lines this one credits, once. */
static void
put_references(struct xml *x)
{
    const struct document *d = x->p->document;
    for (size_t i = 0; i < d->line_count; i++) {
        const struct document *of = d->lines[i].of;
        bool before = !of || !of->number;
        for (size_t k = 0; k < i && !before; k++)
            before = d->lines[k].of && d->lines[k].of->n == of->n;
        if (before)
            continue;
        buf_text(&x->out, "<cac:BillingReference><cac:InvoiceDocumentReference>");
        put_text(x, "cbc:ID", of->number);
        buf_text(&x->out, "</cac:InvoiceDocumentReference></cac:BillingReference>");
    }
}

struct err *
paper_ubl(struct arena *a, const struct paper *p, struct bytes *out)
{
    struct xml x = { .out = buf_new(a, 8192), .p = p };
    const struct document *d = p->document;
    const char *root = d->credit_note ? "CreditNote" : "Invoice";
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
    put_text(&x, "cbc:DocumentCurrencyCode", currency_code(p->currency));
    put_references(&x);
    put_party(&x, "AccountingSupplierParty", &p->seller);
    put_party(&x, "AccountingCustomerParty", &p->buyer);
    put_means(&x);
    put_taxes(&x);
    put_totals(&x);
    for (size_t i = 0; i < d->line_count; i++)
        put_line(&x, &d->lines[i], p->titles[i]);
    buf_printf(&x.out, "</%s>\n", root);
    *out = BYTES(x.out.at, x.out.length);
    return NULL;
}
