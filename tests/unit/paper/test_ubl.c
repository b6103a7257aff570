/* The sums and forms of EN 16931 in the XML. Each rule holds in every document and is seen to fail.
 */
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

#include "base/must.h"
#include "base/text.h"
#include "documents.h"
#include "xml.h"

/* ---- The standard's rules, over the XML as anybody would read it ---- */

/* Of a text such as "-12.30": 1/100. */
static int64_t
cents(const char *text)
{
    char digits[32];
    size_t n = 0;
    for (const char *c = text; *c && n + 1 < sizeof(digits); c++)
        if (*c != '.')
            digits[n++] = *c;
    digits[n] = 0;
    return strtoll(digits, NULL, 10);
}

static int64_t
sum_of(struct parsed *p, const char *path)
{
    xmlXPathObject *nodes = found(p, path);
    int64_t sum = 0;
    for (int i = 0; nodes->nodesetval && i < nodes->nodesetval->nodeNr; i++) {
        xmlChar *text = xmlNodeGetContent(nodes->nodesetval->nodeTab[i]);
        sum += cents((const char *)text);
        xmlFree(text);
    }
    xmlXPathFreeObject(nodes);
    return sum;
}

#define TOTAL(x)  "/*/" N("LegalMonetaryTotal") "/" N(x)
#define TAX_TOTAL "/*/" N("TaxTotal") "/" N("TaxAmount")
#define SUBTOTAL  "/*/" N("TaxTotal") "/" N("TaxSubtotal")

/* BR-CO-10: the sum of the lines is the sum of the lines. */
static bool
br_co_10(struct parsed *p)
{
    return sum_of(p, TOTAL("LineExtensionAmount")) ==
           sum_of(p, "/*/*[local-name()='InvoiceLine' or local-name()='CreditNoteLine']/" N(
                         "LineExtensionAmount"));
}

/* BR-CO-13: without tax, it is the lines (there are no allowances and charges of the document). */
static bool
br_co_13(struct parsed *p)
{
    return sum_of(p, TOTAL("TaxExclusiveAmount")) == sum_of(p, TOTAL("LineExtensionAmount"));
}

static bool
br_co_14(struct parsed *p)
{
    return sum_of(p, TAX_TOTAL) == sum_of(p, SUBTOTAL "/" N("TaxAmount"));
}

static bool
br_co_15(struct parsed *p)
{
    return sum_of(p, TOTAL("TaxInclusiveAmount")) ==
           sum_of(p, TOTAL("TaxExclusiveAmount")) + sum_of(p, TAX_TOTAL);
}

static bool
br_co_16(struct parsed *p)
{
    return sum_of(p, TOTAL("PayableAmount")) ==
           sum_of(p, TOTAL("TaxInclusiveAmount")) - sum_of(p, TOTAL("PrepaidAmount"));
}

/* BR-CO-17: each category's tax is its base times its rate, to two decimals. */
static bool
br_co_17(struct parsed *p)
{
    for (int i = 1;; i++) {
        char base[200], tax[200], rate[200];
        snprintf(base, sizeof(base), SUBTOTAL "[%d]/" N("TaxableAmount"), i);
        snprintf(tax, sizeof(tax), SUBTOTAL "[%d]/" N("TaxAmount"), i);
        snprintf(rate, sizeof(rate), SUBTOTAL "[%d]/" N("TaxCategory") "/" N("Percent"), i);
        xmlXPathObject *any = found(p, base);
        bool there = any->nodesetval && any->nodesetval->nodeNr;
        xmlXPathFreeObject(any);
        if (!there)
            return i > 1;
        int64_t product = sum_of(p, base) * sum_of(p, rate), amount = sum_of(p, tax) * 10000;
        if (llabs(product - amount) > 5000)
            return false;
    }
}

static const struct {
    const char *name;
    bool (*holds)(struct parsed *);
    const char *wrong; /* the element whose amount breaks it */
} rules[] = {
    { "BR-CO-10", br_co_10, "LineExtensionAmount" }, { "BR-CO-13", br_co_13, "TaxExclusiveAmount" },
    { "BR-CO-14", br_co_14, "TaxAmount" },           { "BR-CO-15", br_co_15, "TaxInclusiveAmount" },
    { "BR-CO-16", br_co_16, "PayableAmount" },       { "BR-CO-17", br_co_17, "TaxableAmount" },
};

/* ---- What must stand beside what ---- */

#define CATEGORY(x)                                                                                \
    "*[local-name()='TaxCategory' or local-name()='ClassifiedTaxCategory'][" N("ID") "='" x "']"
#define VAT_ID(of)  "/*/" N(of) "//" N("PartyTaxScheme") "/" N("CompanyID")
#define SELLER_ID   VAT_ID("AccountingSupplierParty")
#define BUYER_ID    VAT_ID("AccountingCustomerParty")
#define SELLER_PUTS "<cbc:CompanyID>LU12345678</cbc:CompanyID>"
#define BUYER_PUTS  "<cbc:CompanyID>DE123456789</cbc:CompanyID>"
#define PAID_PUTS   "<cac:PaymentTerms><cbc:Note>Paid. Thank you.</cbc:Note></cac:PaymentTerms>"

/* clang-format off */
static const struct {
    const char *name, *holds;  /* an XPath */
    enum example example;      /* it fails in this one … */
    const char *from, *to;     /* … with that for this */
} forms[] = {
    { "BR-27", "not(//" N("PriceAmount") "[. < 0])", MIXED,
      "<cbc:PriceAmount currencyID=\"EUR\">", "<cbc:PriceAmount currencyID=\"EUR\">-" },
    { "BR-30", "not(//" N("InvoicePeriod") "[translate(" N("EndDate") ",'-','') < translate("
      N("StartDate") ",'-','')])", MIXED, "<cbc:StartDate>2026", "<cbc:StartDate>2027" },
    { "BR-61", "not(//" N("PaymentMeansCode") "[.='58' or .='30']) or //"
      N("PayeeFinancialAccount") "/" N("ID"), TRANSFER,
      "<cbc:ID>LU280019400644750000</cbc:ID>", "" },
    { "BR-CO-25", TOTAL("PayableAmount") " <= 0 or /*/" N("DueDate") " or /*/" N("PaymentTerms")
      "/" N("Note"), MIXED, PAID_PUTS, "" },
    { "BR-CO-26", SELLER_ID " or /*/" N("AccountingSupplierParty") "//" N("PartyIdentification")
      "/" N("ID"), OUTSIDE, "<cbc:ID>LU12345678</cbc:ID>", "" },
    { "BR-S-02", "not(//" CATEGORY("S") ") or " SELLER_ID, MIXED, SELLER_PUTS, "" },
    { "BR-S-05", "not(//" CATEGORY("S") "[not(" N("Percent") " > 0)])", MIXED,
      "<cbc:Percent>17.00<", "<cbc:Percent>0.00<" },
    { "BR-S-10", "not(//" CATEGORY("S") "[" N("TaxExemptionReason") "])", MIXED,
      "<cbc:ID>AE</cbc:ID>", "<cbc:ID>S</cbc:ID>" },
    { "BR-AE-02", "not(//" CATEGORY("AE") ") or (" SELLER_ID " and " BUYER_ID ")", MIXED,
      BUYER_PUTS, "" },
    { "BR-AE-05", "not(//" CATEGORY("AE") "[" N("Percent") " != 0])", MIXED,
      "<cbc:Percent>0.00<", "<cbc:Percent>3.00<" },
    { "BR-AE-09", "not(//" N("TaxSubtotal") "[" CATEGORY("AE") "][" N("TaxAmount") " != 0])",
      MIXED, ">0.00</cbc:TaxAmount>", ">0.01</cbc:TaxAmount>" },
    { "BR-AE-10", "not(//" N("TaxSubtotal") "/" CATEGORY("AE") "[not("
      N("TaxExemptionReasonCode") "='VATEX-EU-AE')])", MIXED, "VATEX-EU-AE", "VATEX-EU-G" },
    { "BR-O-02", "not(//" CATEGORY("O") ") or not(" SELLER_ID " or " BUYER_ID ")", OUTSIDE,
      "<cac:PartyLegalEntity>", "<cac:PartyTaxScheme>" SELLER_PUTS "</cac:PartyTaxScheme>"
      "<cac:PartyLegalEntity>" },
    { "BR-O-05", "not(//" CATEGORY("O") "[" N("Percent") "])", OUTSIDE,
      "<cbc:ID>O</cbc:ID>", "<cbc:ID>O</cbc:ID><cbc:Percent>0.00</cbc:Percent>" },
    { "BR-O-10", "not(//" N("TaxSubtotal") "/" CATEGORY("O") "[not("
      N("TaxExemptionReason") ")])", OUTSIDE, "cbc:TaxExemptionReason>", "cbc:TaxNote>" },
};
/* clang-format on */

static bool
form_holds(struct parsed *p, size_t form)
{
    xmlXPathObject *o = found(p, text_join(p->a, "boolean(", forms[form].holds, ")", NULL));
    bool holds = o->boolval;
    xmlXPathFreeObject(o);
    return holds;
}

static void
keeps_the_rules_as(struct arena *a, const struct paper *p)
{
    const struct document *d = p->document;
    struct bytes xml;
    assert_null(paper_ubl(a, p, &xml));
    struct parsed x = parsed(a, (const char *)xml.at, xml.length);
    for (size_t i = 0; i < COUNT(rules); i++)
        if (!rules[i].holds(&x))
            fail_msg("%s does not hold in %s", rules[i].name, d->number);
    for (size_t i = 0; i < COUNT(forms); i++)
        if (!form_holds(&x, i))
            fail_msg("%s does not hold in %s", forms[i].name, d->number);
    assert_int_equal(sum_of(&x, TOTAL("PayableAmount")), d->credit_note ? -d->sums.total : d->due);
    parsed_free(&x);
}

static void
keeps_the_rules(struct arena *a, struct document *d)
{
    struct paper p = paper_of(a, d);
    keeps_the_rules_as(a, &p);
}

static void
rules_of_en_16931_hold(void **state)
{
    (void)state;
    struct arena *a = arena_new((size_t)8 << 20);
    struct account acc = vendor(a);
    struct change down = { .tier = "small", .when = WHEN_NOW }, up = { .tier = "large" };
    keeps_the_rules(a, acc.documents[0]);
    acc.vat = (struct vat){ VAT_AE, 0 }; /* now one document holds two categories */
    struct outcome o = account_change(&acc, DAY_1 + 9 * DAY_S + 12345, &down);
    assert_non_null(o.document);
    assert_true(o.document->credit_note);
    keeps_the_rules(a, o.document);
    o = account_change(&acc, DAY_1 + 11 * DAY_S, &up);
    assert_true(o.document->credit_applied > 0);
    o.document->number = "INV-2026-000003";
    keeps_the_rules(a, o.document);
    acc.vat = (struct vat){ VAT_O, 0 };
    account_advance(&acc, DAY_1 + 40 * DAY_S);
    struct document *outside = acc.documents[acc.document_count - 1];
    outside->number = "INV-2026-000004";
    keeps_the_rules(a, outside);
    arena_free(a);
}

/* An amount that is one cent off is found by its rule: the rules can fail. */
static void
each_rule_can_fail(void **state)
{
    (void)state;
    struct arena *a = arena_new((size_t)8 << 20);
    struct account acc = vendor(a);
    struct paper p = paper_of(a, acc.documents[0]);
    struct bytes xml;
    assert_null(paper_ubl(a, &p, &xml));
    for (size_t i = 0; i < COUNT(rules); i++) {
        char *copy = text_copy_n(a, xml.at, xml.length);
        const char *element = text_join(a, "<cbc:", rules[i].wrong, " ", NULL);
        char *at = strchr(strstr(strstr(copy, element), ">"), '.');
        at[-1] = at[-1] == '9' ? '8' : (char)(at[-1] + 1);
        struct parsed x = parsed(a, copy, strlen(copy));
        if (rules[i].holds(&x))
            fail_msg("%s did not see a wrong %s", rules[i].name, rules[i].wrong);
        parsed_free(&x);
    }
    arena_free(a);
}

/* How often it stands there. */
static int
times(const char *text, const char *what)
{
    int n = 0;
    while ((text = strstr(text, what))) {
        text += strlen(what);
        n++;
    }
    return n;
}

static const char *
replaced(struct arena *a, struct bytes in, const char *from, const char *to)
{
    char *text = text_copy_n(a, in.at, in.length), *at = strstr(text, from);
    assert_non_null(at);
    *at = '\0';
    return text_join(a, text, to, at + strlen(from), NULL);
}

/* With one thing changed each form is broken, that held before. */
static void
each_form_can_be_broken(void **state)
{
    (void)state;
    struct arena *a = arena_new((size_t)8 << 20);
    for (size_t i = 0; i < COUNT(forms); i++) {
        struct paper p = paper_of(a, example(a, forms[i].example));
        struct bytes xml;
        keeps_the_rules_as(a, &p);
        assert_null(paper_ubl(a, &p, &xml));
        const char *wrong = replaced(a, xml, forms[i].from, forms[i].to);
        if (text_is(forms[i].name, "BR-O-10")) /* the end of the element too */
            wrong = replaced(a, BYTES(wrong, strlen(wrong)), forms[i].from, forms[i].to);
        struct parsed x = parsed(a, wrong, strlen(wrong));
        if (form_holds(&x, i))
            fail_msg("%s did not see it", forms[i].name);
        parsed_free(&x);
    }
    arena_free(a);
}

static void
a_currency_without_decimals_has_none(void **state)
{
    static const int64_t amounts[] = { 4900, 333, 1 };
    (void)state;
    struct arena *a = arena_new((size_t)8 << 20);
    struct document *d = by_hand(a, amounts, COUNT(amounts), (struct vat){ VAT_S, 1000 });
    struct paper p = paper_of(a, d);
    struct bytes xml;
    p.currency = CUR_JPY;
    keeps_the_rules_as(a, &p);
    assert_null(paper_ubl(a, &p, &xml));
    assert_non_null(strstr((const char *)xml.at, "<cbc:PayableAmount currencyID=\"JPY\">5757<"));
    assert_non_null(strstr((const char *)xml.at, "<cbc:PaymentMeansCode>30<")); /* no SEPA */
    assert_non_null(strstr((const char *)xml.at, "<cbc:EndDate>2026-01-31<"));
    arena_free(a);
}

static void
texts_arrive_as_they_were_but_for_what_xml_cannot_carry(void **state)
{
    static const struct {
        const char *title, *read;
    } rows[] = {
        { "A < B & \"C\" > 'D' ]]>", "A < B & \"C\" > 'D' ]]>" },
        { "e\u0301 Ω Ж ש 中 \U0001F600", "e\u0301 Ω Ж ש 中 \U0001F600" },
        { "a\x01\x1f\rb\uFFFE\uFFFFc\uFFFDd", "abc\uFFFDd" },
        { "<!-- &amp; -->", "<!-- &amp; -->" },
    };
    static const int64_t amount = 100;
    (void)state;
    struct arena *a = arena_new((size_t)8 << 20);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct paper p = paper_of(a, by_hand(a, &amount, 1, (struct vat){ VAT_E, 0 }));
        struct bytes xml;
        p.titles = &rows[i].title;
        assert_null(paper_ubl(a, &p, &xml));
        struct parsed x = parsed(a, (const char *)xml.at, xml.length);
        xmlXPathObject *name = found(&x, "string(//" N("Item") "/" N("Name") ")");
        assert_string_equal((const char *)name->stringval, rows[i].read);
        xmlXPathFreeObject(name);
        parsed_free(&x);
    }
    arena_free(a);
}

static void
a_credit_note_names_what_it_credits_and_when_that_was(void **state)
{
    (void)state;
    struct arena *a = arena_new((size_t)8 << 20);
    struct account acc = vendor(a);
    struct change down = { .tier = "small", .when = WHEN_NOW };
    struct outcome o = account_change(&acc, DAY_1 + 9 * DAY_S, &down);
    struct paper p = paper_of(a, o.document);
    struct bytes xml;
    assert_true(o.document->credit_note);
    assert_null(paper_ubl(a, &p, &xml));
    assert_non_null(strstr((const char *)xml.at,
                           "<cac:BillingReference><cac:InvoiceDocumentReference>"
                           "<cbc:ID>INV-2026-000001</cbc:ID><cbc:IssueDate>2026-01-01</"));
    p = paper_of(a, example(a, MIXED)); /* credits two of its lines */
    assert_null(paper_ubl(a, &p, &xml));
    assert_int_equal(times((const char *)xml.at, "<cac:BillingReference>"), 1);
    arena_free(a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_of_en_16931_hold),
        cmocka_unit_test(each_rule_can_fail),
        cmocka_unit_test(each_form_can_be_broken),
        cmocka_unit_test(a_currency_without_decimals_has_none),
        cmocka_unit_test(texts_arrive_as_they_were_but_for_what_xml_cannot_carry),
        cmocka_unit_test(a_credit_note_names_what_it_credits_and_when_that_was),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    xmlCleanupParser();
    return failed;
}
