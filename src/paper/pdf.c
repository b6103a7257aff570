/* The PDF: what stands where on the page; sheet.h draws. The address stands where the window of an
 * envelope after DIN 5008 shows it. A line of the document is one block that no page break cuts. */
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "paper/inside.h"
#include "paper/paper.h"
#include "paper/sheet.h"

/* clang-format off */
#define LEFT        57
#define RIGHT      538
#define BOTTOM      80
#define ADDRESS    690 /* base line of the buyer's name */
#define FACTS      330 /* left edge of what stands on the right: facts, sums */
#define VALUES     425 /* of the facts */
/* right edges of the table's columns */
#define TITLE_END  290
#define COUNT_END  328
#define UNIT_END   408
#define RATE_END   456
/* and of the taxes' */
#define BASE_END   200
#define TAX_END    290

#define SMALL        7.5F
#define NORMAL       9
#define STRONG      10.5F
#define LARGE       20
#define ROW         13
#define SMALL_ROW   10.5F
#define INK          0.13F
#define QUIET        0.42F
#define RULE         0.60F
#define HAIR         0.86F
/* clang-format on */

#define TITLE_LINES 3 /* at most; the rest is cut */
#define NAME_LINES  3
#define NOTE_LINES  4

struct writer {
    struct arena *a;
    const struct paper *p;
    const struct document *d;
    struct sheet *s;
};

static const char *
word(const struct writer *w, enum paper_word which)
{
    return paper_word(w->p->language, which);
}

static const char *
money(const struct writer *w, int64_t minor)
{
    return money_words(w->a, (struct money){ minor, w->p->currency }, w->p->language);
}

static const char *
date(const struct writer *w, int64_t at)
{
    return paper_date(w->a, w->p->language, at);
}

static bool
said(const char *text)
{
    return text && *text;
}

/* "17 %", "AE 0 %", "O": only the standard rate needs no letters. */
static const char *
rate(const struct writer *w, struct vat vat)
{
    const char *letters = vat_category_name(vat.category);
    const char *rest = vat.rate_bp % 100
                           ? text_printf(w->a, "%s%02d", word(w, WORD_POINT), vat.rate_bp % 100)
                           : "";
    if (vat.category == VAT_O)
        return letters;
    return text_printf(w->a, "%s%s%d%s\u00a0%%", vat.category == VAT_S ? "" : letters,
                       vat.category == VAT_S ? "" : "\u00a0", vat.rate_bp / 100, rest);
}

/* ---- The frame ---- */

static void
table_head(struct writer *w)
{
    struct sheet *s = w->s;
    sheet_style(s, false, SMALL, QUIET);
    sheet_put(s, LEFT, word(w, WORD_FOR), TITLE_END - LEFT);
    sheet_put_right(s, COUNT_END, word(w, WORD_QUANTITY), COUNT_END - TITLE_END);
    sheet_put_right(s, UNIT_END, word(w, WORD_UNIT), UNIT_END - COUNT_END);
    sheet_put_right(s, RATE_END, word(w, WORD_VAT), RATE_END - UNIT_END);
    sheet_put_right(s, RIGHT, word(w, WORD_AMOUNT), RIGHT - RATE_END);
    sheet_rule(s, LEFT, RIGHT, -6, RULE);
    s->y -= 21;
}

/* Room for so many points, else on a new page. True: it is a new one. */
static bool
want(struct writer *w, float points)
{
    if (w->s->y - points >= BOTTOM)
        return false;
    sheet_new_page(w->s);
    sheet_style(w->s, false, SMALL, QUIET);
    sheet_put(w->s, LEFT, w->d->number, RIGHT - LEFT);
    w->s->y -= 26;
    return true;
}

static void
put_row(struct writer *w, float x, const char *text, float most, float row)
{
    if (!said(text))
        return;
    sheet_put(w->s, x, text, most);
    w->s->y -= row;
}

/* Short paragraphs, each with room for itself. */
static void
put_note(struct writer *w, const char *text, float size, float grey, float row)
{
    const char *lines[NOTE_LINES];
    want(w, NOTE_LINES * row);
    sheet_style(w->s, false, size, grey);
    size_t n = sheet_wrap(w->s, text, RIGHT - LEFT, NOTE_LINES, lines);
    for (size_t i = 0; i < n; i++)
        put_row(w, LEFT, lines[i], RIGHT - LEFT, row);
}

static void
number_pages(struct writer *w)
{
    struct sheet *s = w->s;
    for (int i = 0; i < s->pages; i++) {
        sheet_turn_to(s, i);
        s->y = 42;
        sheet_style(s, false, SMALL, QUIET);
        sheet_rule(s, LEFT, RIGHT, 14, HAIR);
        sheet_put(s, LEFT, w->p->seller.name, 300);
        sheet_put_right(s, RIGHT,
                        text_printf(w->a, "%s %d/%d", word(w, WORD_PAGE), i + 1, s->pages), 150);
    }
}

/* ---- Who, to whom, when ---- */

static const char *
town(const struct writer *w, const struct party *party)
{
    const char *postcode = said(party->postcode) ? party->postcode : "";
    const char *city = said(party->city) ? party->city : "";
    const char *country = said(party->country) ? party->country : "";
    return text_join(w->a, postcode, *postcode && *city ? " " : "", city,
                     *country && (*postcode || *city) ? ", " : "", country, NULL);
}

static void
put_where(struct writer *w, float x, const struct party *party, float most, float row)
{
    put_row(w, x, party->street, most, row);
    put_row(w, x, town(w, party), most, row);
    if (said(party->vat_id))
        put_row(w, x, text_join(w->a, word(w, WORD_VAT_ID), " ", party->vat_id, NULL), most, row);
    put_row(w, x, party->email, most, row);
}

static void
put_name(struct writer *w, const char *name, float size, float most)
{
    const char *lines[NAME_LINES];
    sheet_style(w->s, true, size, INK);
    size_t n = sheet_wrap(w->s, name, most, NAME_LINES, lines);
    for (size_t i = 0; i < n; i++)
        put_row(w, LEFT, lines[i], most, size + 4);
}

static void
put_fact(struct writer *w, enum paper_word name, const char *value)
{
    sheet_style(w->s, false, NORMAL, QUIET);
    sheet_put(w->s, FACTS, word(w, name), VALUES - FACTS - 6);
    sheet_style(w->s, false, NORMAL, INK);
    sheet_put(w->s, VALUES, value, RIGHT - VALUES);
    w->s->y -= ROW + 1;
}

static void
put_facts(struct writer *w)
{
    put_fact(w, WORD_NUMBER, w->d->number);
    put_fact(w, WORD_ISSUED, date(w, w->d->issued_at));
    if (w->d->due_at != NEVER)
        put_fact(w, WORD_DUE, date(w, w->d->due_at));
}

static void
put_heading(struct writer *w)
{
    const struct document *d = w->d;
    const struct document *of;
    size_t line = 0;
    sheet_style(w->s, true, LARGE, INK);
    sheet_put(w->s, LEFT, word(w, d->credit_note ? WORD_CREDIT_NOTE : WORD_INVOICE), RIGHT - LEFT);
    w->s->y -= 17;
    sheet_style(w->s, false, NORMAL, QUIET);
    while (d->credit_note && (of = paper_credited(d, &line)))
        put_row(w, LEFT,
                text_join(w->a, word(w, WORD_CREDITS), " ", of->number, " ", word(w, WORD_DATED),
                          " ", date(w, of->issued_at), NULL),
                RIGHT - LEFT, ROW);
    w->s->y -= 17;
}

static void
put_head(struct writer *w)
{
    struct sheet *s = w->s;
    float top = s->y;
    put_name(w, w->p->seller.name, STRONG, FACTS - LEFT - 20);
    s->y = top;
    sheet_style(s, false, SMALL, QUIET);
    put_where(w, FACTS, &w->p->seller, RIGHT - FACTS, SMALL_ROW + 1);

    s->y = ADDRESS;
    put_name(w, w->p->buyer.name, NORMAL, FACTS - LEFT - 30);
    sheet_style(s, false, NORMAL, INK);
    put_where(w, LEFT, &w->p->buyer, FACTS - LEFT - 30, ROW);
    s->y = ADDRESS;
    put_facts(w);
    s->y = ADDRESS - 118;
    put_heading(w);
    table_head(w);
}

/* ---- Lines ---- */

/* In days of 86,400 seconds, to a tenth. */
static const char *
days(const struct writer *w, int64_t seconds)
{
    int64_t tenths = minor_share(seconds, 10, DAY_S);
    if (tenths % 10 == 0)
        return text_i64(w->a, tenths / 10);
    return text_printf(w->a, "%lld%s%lld", (long long)tenths / 10, word(w, WORD_POINT),
                       (long long)tenths % 10);
}

/* How a part of a period came to its amount, and what a credit gives back. */
static const char *
reckoning(const struct writer *w, const struct line *line)
{
    const char *part = text_join(
        w->a, money(w, line->basis_amount), " × ", days(w, line->period.to - line->period.from),
        " ", word(w, WORD_OF), " ", days(w, line->basis_seconds), " ", word(w, WORD_DAYS), NULL);
    if (line->of && line->of_line && line->of->number)
        part = text_printf(w->a, "%s (%s, %s %d)", part, line->of->number, word(w, WORD_LINE),
                           line->of_line->n);
    return part;
}

static void
put_amounts(struct writer *w, const struct line *line)
{
    struct sheet *s = w->s;
    sheet_put_right(s, COUNT_END, text_i64(w->a, line->quantity), COUNT_END - TITLE_END);
    sheet_put_right(s, UNIT_END, money(w, line->unit), UNIT_END - COUNT_END - 6);
    sheet_put_right(s, RATE_END, rate(w, line->vat), RATE_END - UNIT_END - 4);
    sheet_put_right(s, RIGHT, money(w, line->amount), RIGHT - RATE_END - 4);
}

static void
put_line(struct writer *w, const struct line *line, const char *title)
{
    struct sheet *s = w->s;
    bool part = line->kind != LINE_CHARGE;
    const char *lines[TITLE_LINES];
    if (line->kind == LINE_PRORATION_CREDIT)
        title = text_join(w->a, word(w, WORD_CREDIT), " ", title, NULL);
    sheet_style(s, false, NORMAL, INK);
    size_t n = sheet_wrap(s, title, TITLE_END - LEFT, TITLE_LINES, lines);
    if (want(w, (float)n * ROW + 3 * SMALL_ROW))
        table_head(w);
    sheet_style(s, false, NORMAL, INK);
    put_amounts(w, line);
    for (size_t i = 0; i < n; i++)
        put_row(w, LEFT, lines[i], TITLE_END - LEFT, ROW);
    sheet_style(s, false, SMALL, QUIET);
    put_row(w, LEFT,
            text_join(w->a, date(w, line->period.from), " – ", date(w, line->period.to - 1), NULL),
            TITLE_END - LEFT, SMALL_ROW);
    if (part)
        put_row(w, LEFT, reckoning(w, line), UNIT_END - LEFT, SMALL_ROW);
    sheet_rule(s, LEFT, RIGHT, 4, HAIR);
    s->y -= ROW - 3;
}

/* ---- Taxes on the left, sums on the right ---- */

static void
put_taxes(struct writer *w)
{
    struct sheet *s = w->s;
    sheet_style(s, false, SMALL, QUIET);
    sheet_put(s, LEFT, word(w, WORD_RATE), 70);
    sheet_put_right(s, BASE_END, word(w, WORD_AMOUNT), 70);
    sheet_put_right(s, TAX_END, word(w, WORD_VAT), 70);
    sheet_rule(s, LEFT, TAX_END, -5, HAIR);
    s->y -= ROW + 4;
    for (size_t i = 0; i < w->d->sums.group_count; i++) {
        const struct vat_group *group = &w->d->sums.groups[i];
        sheet_style(s, false, SMALL, INK);
        sheet_put(s, LEFT, rate(w, group->vat), 70);
        sheet_put_right(s, BASE_END, money(w, group->base), 80);
        sheet_put_right(s, TAX_END, money(w, group->tax), 80);
        s->y -= ROW - 1;
    }
}

static void
put_sum(struct writer *w, enum paper_word name, int64_t minor, bool strong)
{
    float size = strong ? STRONG : NORMAL;
    sheet_style(w->s, strong, size, strong ? INK : QUIET);
    sheet_put(w->s, FACTS, word(w, name), 120);
    sheet_style(w->s, strong, size, INK);
    sheet_put_right(w->s, RIGHT, money(w, minor), RIGHT - FACTS - 120);
    w->s->y -= ROW + 1;
}

static void
put_totals(struct writer *w)
{
    const struct document *d = w->d;
    put_sum(w, WORD_NET, d->sums.net, false);
    put_sum(w, WORD_VAT, d->sums.tax, false);
    put_sum(w, WORD_TOTAL, d->sums.total, d->credit_note);
    if (d->credit_applied)
        put_sum(w, WORD_BALANCE, -d->credit_applied, false);
    if (d->credit_note)
        return;
    w->s->y -= 5;
    sheet_rule(w->s, FACTS, RIGHT, ROW, RULE);
    put_sum(w, WORD_TO_PAY, d->due, true);
}

static void
put_sums(struct writer *w)
{
    struct sheet *s = w->s;
    want(w, (float)(7 + w->d->sums.group_count) * ROW);
    s->y -= 8;
    float start = s->y;
    put_taxes(w);
    float below = s->y;
    s->y = start;
    put_totals(w);
    if (below < s->y)
        s->y = below;
    s->y -= 14;
}

/* ---- Below ---- */

/* What the tax laws want to be said where no tax is charged. */
static void
put_reasons(struct writer *w)
{
    const struct vat_sums *sums = &w->d->sums;
    for (size_t i = 0; i < sums->group_count; i++) {
        enum paper_word reason = paper_exemption(sums->groups[i].vat.category);
        if (reason)
            put_note(w,
                     text_join(w->a, vat_category_name(sums->groups[i].vat.category), ": ",
                               word(w, reason), NULL),
                     NORMAL, INK, ROW);
    }
    w->s->y -= 6;
}

/* In fours, as banks print it. */
static const char *
iban(const struct writer *w)
{
    const char *text = w->p->seller.iban;
    struct buf b = buf_new(w->a, 48);
    for (size_t i = 0; text[i]; i++) {
        if (i && i % 4 == 0)
            buf_char(&b, ' ');
        buf_char(&b, text[i]);
    }
    return b.at;
}

static void
put_account(struct writer *w, const char *name, const char *value)
{
    if (!said(value))
        return;
    sheet_style(w->s, false, NORMAL, QUIET);
    sheet_put(w->s, LEFT, name, 100);
    sheet_style(w->s, false, NORMAL, INK);
    sheet_put(w->s, LEFT + 108, value, RIGHT - LEFT - 108);
    w->s->y -= ROW + 1;
}

static void
put_transfer(struct writer *w)
{
    const struct party *seller = &w->p->seller;
    want(w, 6 * (ROW + 1));
    put_account(w, word(w, WORD_TRANSFER), seller->name);
    put_account(w, word(w, WORD_BANK), seller->bank);
    put_account(w, "IBAN", iban(w));
    put_account(w, "BIC", seller->bic);
    put_account(w, word(w, WORD_REFERENCE), w->d->number);
}

static void
put_payment(struct writer *w)
{
    enum paper_word say = paper_terms(w->d);
    if (w->d->state == INVOICE_OPEN && w->d->due_at != NEVER && said(w->p->seller.iban))
        put_transfer(w);
    else if (say) {
        want(w, ROW);
        sheet_style(w->s, true, NORMAL, INK);
        put_row(w, LEFT, word(w, say), RIGHT - LEFT, ROW);
    }
    w->s->y -= 8;
}

struct err *
paper_pdf(struct arena *a, const struct paper *p, struct bytes *out)
{
    const struct document *d = p->document;
    struct writer w = { .a = a, .p = p, .d = d };
    must(d->number);
    TRY(sheet_open(a, p->fonts, d->number, d->issued_at, &w.s));
    sheet_new_page(w.s);
    put_head(&w);
    for (size_t i = 0; i < d->line_count; i++)
        put_line(&w, &d->lines[i], p->titles[i]);
    put_sums(&w);
    put_reasons(&w);
    put_payment(&w);
    if (said(p->evidence))
        put_note(&w, p->evidence, SMALL, QUIET, SMALL_ROW);
    number_pages(&w);
    return sheet_save(w.s, out);
}
