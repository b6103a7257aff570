/* What leaves the house: the sums of EN 16931 in the XML, and the amounts on the PDF. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* after those it needs */
#include <cmocka.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include "base/text.h"
#include "billing/command.h"
#include "paper/paper.h"

#define DAY_1 INT64_C(1767225600) /* 2026-01-01 */
#define FONTS "/usr/share/fonts/truetype/dejavu"

/* ---- Documents, made by the rules themselves ---- */

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

static struct account
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

static struct paper
paper_of(struct arena *a, struct document *d)
{
    static const struct party seller = { "Souk & Söhne S.à r.l.",
                                         "1, rue <du> Marché",
                                         "L-1234",
                                         "Luxembourg",
                                         "LU",
                                         "LU12345678",
                                         "billing@souk.example",
                                         "LU280019400644750000",
                                         "BCEELULL" };
    static const struct party buyer = {
        "Ačme Łódź “Ωmega” & Co", "Straße 5", "10115", "Berlin", "DE", "DE123456789",
        "in@acme.example",        NULL,       NULL
    };
    const char **titles = NEW_ARRAY(a, const char *, d->line_count + 1);
    for (size_t i = 0; i < d->line_count; i++)
        titles[i] = i ? "Élargi <b> & ŵide" : "Professional";
    if (!d->number)
        d->number = d->credit_note ? "CN-2026-000001" : "INV-2026-000002";
    return (struct paper){ d, CUR_EUR, "en", seller, buyer, titles, FONTS };
}

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

struct parsed {
    xmlDoc *doc;
    xmlXPathContext *at;
};

static struct parsed
parsed(const char *xml, size_t length)
{
    struct parsed p = { .doc = xmlReadMemory(xml, (int)length, "x.xml", NULL, XML_PARSE_NONET) };
    assert_non_null(p.doc);
    p.at = xmlXPathNewContext(p.doc);
    return p;
}

static void
parsed_free(struct parsed *p)
{
    xmlXPathFreeContext(p->at);
    xmlFreeDoc(p->doc);
}

/* Names without their prefix: what is asked for stays readable. */
static xmlXPathObject *
found(struct parsed *p, const char *path)
{
    xmlXPathObject *nodes = xmlXPathEvalExpression(BAD_CAST path, p->at);
    assert_non_null(nodes);
    return nodes;
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

#define N(name)   "*[local-name()='" name "']"
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

static void
keeps_the_rules(struct arena *a, struct document *d)
{
    struct paper p = paper_of(a, d);
    struct bytes xml;
    assert_null(paper_ubl(a, &p, &xml));
    struct parsed x = parsed((const char *)xml.at, xml.length);
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
        if (!rules[i].holds(&x))
            fail_msg("%s does not hold in %s", rules[i].name, d->number);
    assert_int_equal(sum_of(&x, TOTAL("PayableAmount")), d->credit_note ? -d->sums.total : d->due);
    parsed_free(&x);
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
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        char *copy = text_copy_n(a, xml.at, xml.length);
        const char *element = text_join(a, "<cbc:", rules[i].wrong, " ", NULL);
        char *at = strchr(strstr(strstr(copy, element), ">"), '.');
        at[-1] = at[-1] == '9' ? '8' : (char)(at[-1] + 1);
        struct parsed x = parsed(copy, strlen(copy));
        if (rules[i].holds(&x))
            fail_msg("%s did not see a wrong %s", rules[i].name, rules[i].wrong);
        parsed_free(&x);
    }
    arena_free(a);
}

/* ---- The PDF ---- */

/* Its text, as pdftotext (Debian's poppler-utils) reads it; NULL where that is not there. */
static char *
text_of(struct arena *a, struct bytes pdf)
{
    char path[] = "/tmp/souk-paper-XXXXXX";
    int fd = mkstemp(path);
    struct buf text = buf_new(a, 4096);
    assert_true(fd >= 0 && write(fd, pdf.at, pdf.length) == (ssize_t)pdf.length);
    close(fd);
    FILE *from = popen(text_join(a, "pdftotext -layout ", path, " - 2>/dev/null", NULL), "r");
    for (int c; from && (c = fgetc(from)) != EOF;)
        buf_char(&text, (char)c);
    int status = from ? pclose(from) : 1;
    unlink(path);
    return status ? NULL : text.at;
}

static void
the_pdf_says_the_same_amounts(void **state)
{
    (void)state;
    struct arena *a = arena_new((size_t)64 << 20);
    struct account acc = vendor(a);
    struct change up = { .tier = "small", .when = WHEN_NOW };
    struct outcome o = account_change(&acc, DAY_1 + 9 * DAY_S + 12345, &up);
    struct document *all[] = { acc.documents[0], o.document };
    for (size_t i = 0; i < 2; i++) {
        struct paper p = paper_of(a, all[i]);
        struct bytes pdf, again;
        assert_null(paper_pdf(a, &p, &pdf));
        assert_null(paper_pdf(a, &p, &again));
        assert_int_equal(pdf.length, again.length);
        assert_memory_equal(pdf.at, again.at, pdf.length);
        assert_memory_equal(pdf.at, "%PDF-", 5);
        const char *text = text_of(a, pdf);
        if (!text)
            continue;
        for (size_t k = 0; k < all[i]->line_count; k++)
            assert_non_null(strstr(
                text, money_words(a, (struct money){ all[i]->lines[k].amount, CUR_EUR }, "en")));
        assert_non_null(
            strstr(text, money_words(a, (struct money){ all[i]->sums.total, CUR_EUR }, "en")));
        assert_non_null(strstr(text, "Łódź"));
        assert_non_null(strstr(text, all[i]->number));
    }
    arena_free(a);
}

static void
many_lines_take_many_pages(void **state)
{
    (void)state;
    struct arena *a = arena_new((size_t)64 << 20);
    struct account acc = vendor(a);
    struct document *d = acc.documents[0];
    struct line *lines = NEW_ARRAY(a, struct line, 90);
    for (size_t i = 0; i < 90; i++)
        lines[i] = d->lines[i % d->line_count];
    d->lines = lines;
    d->line_count = 90;
    struct paper p = paper_of(a, d);
    struct bytes pdf;
    assert_null(paper_pdf(a, &p, &pdf));
    const char *text = text_of(a, pdf);
    if (text)
        assert_non_null(strstr(text, "3/3"));
    arena_free(a);
}

static void
a_missing_font_is_said(void **state)
{
    (void)state;
    struct arena *a = arena_new((size_t)8 << 20);
    struct account acc = vendor(a);
    struct paper p = paper_of(a, acc.documents[0]);
    struct bytes pdf;
    p.fonts = "/nowhere";
    struct err *e = paper_pdf(a, &p, &pdf);
    assert_non_null(e);
    assert_string_equal(e->code, "paper.font");
    arena_free(a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_of_en_16931_hold),
        cmocka_unit_test(each_rule_can_fail),
        cmocka_unit_test(the_pdf_says_the_same_amounts),
        cmocka_unit_test(many_lines_take_many_pages),
        cmocka_unit_test(a_missing_font_is_said),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    xmlCleanupParser();
    return failed;
}
