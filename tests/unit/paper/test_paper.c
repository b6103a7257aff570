/* What people read: the amounts on the PDF, its pages, and what does not fit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* after those it needs */
#include <cmocka.h>

#include "base/must.h"
#include "base/text.h"
#include "documents.h"
#include "xml.h"

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

/* Its text, as pdftotext (Debian's poppler-utils) reads it; NULL where that is not there. */
static char *
read_as(struct arena *a, struct bytes pdf, const char *how)
{
    char path[] = "/tmp/souk-paper-XXXXXX";
    int fd = mkstemp(path);
    struct buf text = buf_new(a, 4096);
    assert_true(fd >= 0 && write(fd, pdf.at, pdf.length) == (ssize_t)pdf.length);
    close(fd);
    FILE *from = popen(text_join(a, "pdftotext ", how, " ", path, " - 2>/dev/null", NULL), "r");
    for (int c; from && (c = fgetc(from)) != EOF;)
        buf_char(&text, (char)c);
    int status = from ? pclose(from) : 1;
    unlink(path);
    return status ? NULL : text.at;
}

static char *
text_of(struct arena *a, struct bytes pdf)
{
    return read_as(a, pdf, "-layout");
}

static const char *
pdf_text(struct arena *a, const struct paper *p)
{
    struct bytes pdf, again;
    assert_null(paper_pdf(a, p, &pdf));
    assert_null(paper_pdf(a, p, &again));
    assert_int_equal(pdf.length, again.length);
    assert_memory_equal(pdf.at, again.at, pdf.length);
    assert_memory_equal(pdf.at, "%PDF-", 5);
    return text_of(a, pdf);
}

/* As a person reads it and, for what is below 1,000, as a program writes it. */
static void
says_amount(struct arena *a, const char *text, int64_t minor, enum currency cur)
{
    struct money m = { minor, cur }, size = { llabs(minor), cur };
    if (!strstr(text, money_words(a, m, "en")))
        fail_msg("%s is not on the paper", money_words(a, m, "en"));
    if (size.minor < 100000)
        assert_non_null(strstr(money_words(a, m, "en"), money_decimal(a, size)));
}

/* In the line that begins with the name, behind all else. */
static void
line_says(struct arena *a, const char *text, const char *name, int64_t minor)
{
    const char *at = strstr(text, name);
    assert_non_null(at);
    char *line = text_trim(a, text_copy_n(a, at, strcspn(at, "\n")));
    assert_true(text_ends(
        line, text_join(a, " ", money_words(a, (struct money){ minor, CUR_EUR }, "en"), NULL)));
}

static void
the_pdf_says_the_same_amounts(void **state)
{
    (void)state;
    struct arena *a = arena_new((size_t)64 << 20);
    struct account acc = vendor(a);
    struct change down = { .tier = "small", .when = WHEN_NOW };
    struct document *all[] = { acc.documents[0],
                               account_change(&acc, DAY_1 + 9 * DAY_S + 12345, &down).document,
                               example(a, MIXED), example(a, OUTSIDE), example(a, TRANSFER) };
    all[4]->credit_applied = 1234;
    all[4]->due -= 1234;
    for (size_t i = 0; i < COUNT(all); i++) {
        const struct document *d = all[i];
        struct paper p = paper_of(a, all[i]);
        const char *text = pdf_text(a, &p);
        if (!text)
            continue;
        for (size_t k = 0; k < d->line_count; k++)
            says_amount(a, text, d->lines[k].amount, CUR_EUR);
        for (size_t k = 0; k < d->sums.group_count; k++) {
            says_amount(a, text, d->sums.groups[k].base, CUR_EUR);
            says_amount(a, text, d->sums.groups[k].tax, CUR_EUR);
        }
        says_amount(a, text, d->sums.net, CUR_EUR);
        says_amount(a, text, d->sums.total, CUR_EUR);
        line_says(a, text, "Total", d->sums.total);
        if (!d->credit_note)
            line_says(a, text, "Amount due", d->due);
        if (d->credit_applied)
            line_says(a, text, "Credit balance used", -d->credit_applied);
        assert_non_null(strstr(text, "Łódź"));
        assert_non_null(strstr(text, "Berlin")); /* a long name goes on in the next line */
        assert_non_null(strstr(text, d->number));
    }
    arena_free(a);
}

static void
a_part_of_a_period_explains_itself_in_each_language(void **state)
{
    static const struct {
        const char *language, *part, *reverse;
    } rows[] = {
        { "en", "22.5 of 31 days", "Reverse charge" },
        { "de", "22,5 von 31 Tagen", "Steuerschuldnerschaft des Leistungsempfängers" },
        { "fr", "22,5 sur 31 jours", "Autoliquidation" },
        { "lb", "22,5 vun 31 Deeg", "Autoliquidation" },
        { "xx", "22.5 of 31 days", "Reverse charge" },
    };
    (void)state;
    struct arena *a = arena_new((size_t)64 << 20);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct account acc = vendor(a);
        struct change up = { .tier = "large", .interval = INTERVAL_YEAR };
        acc.vat = (struct vat){ VAT_AE, 0 };
        struct outcome o = account_change(&acc, DAY_1 + 8 * DAY_S + DAY_S / 2, &up);
        struct paper p = paper_of(a, o.document);
        p.language = rows[i].language;
        const char *text = pdf_text(a, &p);
        if (!text)
            continue;
        assert_non_null(strstr(text, rows[i].part));
        assert_non_null(strstr(text, rows[i].reverse));
        assert_non_null(strstr(text, "INV-2026-000001")); /* what is given back */
    }
    arena_free(a);
}

/* Only who has something to transfer is told where to. */
static void
the_bank_is_named_while_a_transfer_is_open(void **state)
{
    (void)state;
    struct arena *a = arena_new((size_t)64 << 20);
    struct document *d = example(a, TRANSFER);
    struct paper p = paper_of(a, d);
    p.evidence = "Checked with VIES.";
    const char *text = pdf_text(a, &p);
    if (text) {
        assert_non_null(strstr(text, "LU28 0019 4006 4475 0000"));
        assert_non_null(strstr(text, "Spuerkeess"));
        assert_non_null(strstr(text, "15 January 2026")); /* due */
        assert_non_null(strstr(text, "1 January 2026 – 31 January 2026"));
        assert_non_null(strstr(text, p.evidence));
        d->state = INVOICE_PAID;
        text = pdf_text(a, &p);
        assert_null(strstr(text, "IBAN"));
        assert_non_null(strstr(text, "Paid"));
    }
    arena_free(a);
}

static void
many_lines_take_many_pages_each_with_its_head(void **state)
{
    int64_t amounts[60];
    (void)state;
    struct arena *a = arena_new((size_t)64 << 20);
    for (size_t i = 0; i < COUNT(amounts); i++)
        amounts[i] = 100 + (int64_t)i;
    struct document *d = by_hand(a, amounts, COUNT(amounts), (struct vat){ VAT_S, 1750 });
    struct paper p = paper_of(a, d);
    struct bytes pdf;
    assert_null(paper_pdf(a, &p, &pdf));
    const char *text = text_of(a, pdf);
    if (text) {
        assert_int_equal(times(text, "\f"), 4); /* pdftotext ends each page with one */
        assert_non_null(strstr(text, "4/4"));
        assert_int_equal(times(text, "Qty"), 4);
        assert_int_equal(times(text, "ŵide"), 59);
        assert_non_null(strstr(text, "17.50"));
        says_amount(a, text, d->lines[59].amount, CUR_EUR);
        says_amount(a, text, d->sums.total, CUR_EUR);
    }
    arena_free(a);
}

struct box {
    double left, right, top, bottom;
};

static double
side(xmlNode *node, const char *name)
{
    xmlChar *text = xmlGetProp(node, BAD_CAST name);
    double d = text ? strtod((const char *)text, NULL) : 0;
    xmlFree(text);
    return d;
}

/* No two words of the page on one place, by a point at least. */
static void
no_words_overlap(struct arena *a, const char *boxes)
{
    struct parsed x = parsed(a, boxes, strlen(boxes));
    xmlXPathObject *words = found(&x, "//" N("word"));
    size_t n = words->nodesetval ? (size_t)words->nodesetval->nodeNr : 0;
    struct box *all = NEW_ARRAY(a, struct box, n + 1);
    assert_true(n > 20);
    for (size_t i = 0; i < n; i++) {
        xmlNode *word = words->nodesetval->nodeTab[i];
        struct box b = { side(word, "xMin"), side(word, "xMax"), side(word, "yMin"),
                         side(word, "yMax") };
        all[i] = b;
        for (size_t k = 0; k < i; k++)
            if (all[k].left + 1 < b.right && b.left + 1 < all[k].right &&
                all[k].top + 3 < b.bottom && b.top + 3 < all[k].bottom)
                fail_msg("at %.0f, %.0f two words overlap", b.left, b.top);
    }
    xmlXPathFreeObject(words);
    parsed_free(&x);
}

/* A title may be cut, an amount never. */
static void
what_is_too_long_does_not_grow_into_its_neighbour(void **state)
{
    static const int64_t amounts[] = { PRICE_MOST * QUANTITY_MOST, 1 };
    (void)state;
    struct arena *a = arena_new((size_t)64 << 20);
    struct document *d = by_hand(a, amounts, COUNT(amounts), (struct vat){ VAT_S, 1700 });
    struct paper p = paper_of(a, d);
    struct buf wide = buf_new(a, 1 << 17), word = buf_new(a, 1 << 17);
    for (int i = 0; i < 20000; i++) {
        buf_text(&wide, "Ωmega \n");
        buf_text(&word, "\U0001F600W");
    }
    const char *titles[] = { wide.at, word.at };
    p.titles = titles;
    p.buyer.name = p.buyer.street = p.seller.city = word.at;
    struct bytes pdf;
    const char *text = pdf_text(a, &p);
    if (text) {
        assert_null(paper_pdf(a, &p, &pdf));
        no_words_overlap(a, read_as(a, pdf, "-bbox"));
        assert_non_null(strstr(text, "…"));
        says_amount(a, text, amounts[0], CUR_EUR);
        says_amount(a, text, d->sums.total, CUR_EUR);
        assert_non_null(strstr(text, "1/1"));
    }
    arena_free(a);
}

static void
a_font_that_is_missing_or_none_is_said(void **state)
{
    (void)state;
    struct arena *a = arena_new((size_t)8 << 20);
    char folder[] = "/tmp/souk-paper-XXXXXX";
    assert_non_null(mkdtemp(folder));
    const char *path = text_join(a, folder, "/DejaVuSans.ttf", NULL);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("hello\n", file);
    fclose(file);
    const char *folders[] = { "/nowhere", folder };
    for (size_t i = 0; i < COUNT(folders); i++) {
        struct paper p = paper_of(a, example(a, TRANSFER));
        struct bytes pdf = { 0 };
        p.fonts = folders[i];
        struct err *e = paper_pdf(a, &p, &pdf);
        assert_non_null(e);
        assert_string_equal(e->code, "paper.font");
        assert_non_null(strstr(e->log, folders[i]));
        assert_null(pdf.at);
    }
    unlink(path);
    rmdir(folder);
    arena_free(a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_pdf_says_the_same_amounts),
        cmocka_unit_test(a_part_of_a_period_explains_itself_in_each_language),
        cmocka_unit_test(the_bank_is_named_while_a_transfer_is_open),
        cmocka_unit_test(many_lines_take_many_pages_each_with_its_head),
        cmocka_unit_test(what_is_too_long_does_not_grow_into_its_neighbour),
        cmocka_unit_test(a_font_that_is_missing_or_none_is_said),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    xmlCleanupParser();
    return failed;
}
