/* The PDF: libhpdf draws, this file says what and where. Points from the lower left, A4. */
#include <hpdf.h>
#include <string.h>
#include <time.h>

#include "base/must.h"
#include "base/text.h"
#include "paper/paper.h"
#include "paper/words.h"

#define LEFT       57
#define RIGHT      538
#define TOP        785
#define BOTTOM     90
#define ROW        13
#define SMALL      7.5F
#define NORMAL     9
#define LARGE      20
#define COL_PERIOD 250
#define COL_COUNT  395 /* right edges */
#define COL_UNIT   465
#define INK        0.13F
#define QUIET      0.42F
#define RULE       0.80F

struct sheet {
    struct arena *a;
    const struct paper *p;
    HPDF_Doc doc;
    HPDF_Page page;
    HPDF_Font plain, bold;
    float y; /* of the next base line */
    int pages;
    HPDF_STATUS failed; /* libhpdf's first failure */
};

static void
on_error(HPDF_STATUS number, HPDF_STATUS detail, void *arg)
{
    struct sheet *s = arg;
    (void)detail;
    if (!s->failed)
        s->failed = number;
}

static const char *
word(const struct sheet *s, enum paper_word which)
{
    return paper_word(s->p->language, which);
}

/* ---- Text ---- */

static void
set_font(struct sheet *s, HPDF_Font font, float size, float grey)
{
    HPDF_Page_SetFontAndSize(s->page, font, size);
    HPDF_Page_SetGrayFill(s->page, grey);
}

/* No wider than `most`: cut between characters, with an ellipsis. */
static const char *
fitting(struct sheet *s, const char *text, float most)
{
    size_t n = strlen(text);
    if (HPDF_Page_TextWidth(s->page, text) <= most)
        return text;
    while (n) {
        do
            n--;
        while (n && ((unsigned char)text[n] & 0xC0) == 0x80);
        const char *cut = text_printf(s->a, "%.*s…", (int)n, text);
        if (HPDF_Page_TextWidth(s->page, cut) <= most)
            return cut;
    }
    return "";
}

static void
put(struct sheet *s, float x, const char *text, float most)
{
    HPDF_Page_BeginText(s->page);
    HPDF_Page_TextOut(s->page, x, s->y, fitting(s, text, most));
    HPDF_Page_EndText(s->page);
}

static void
put_right(struct sheet *s, float x, const char *text)
{
    put(s, x - HPDF_Page_TextWidth(s->page, text), text, x);
}

static void
rule(struct sheet *s, float from, float above)
{
    HPDF_Page_SetGrayStroke(s->page, RULE);
    HPDF_Page_SetLineWidth(s->page, 0.6F);
    HPDF_Page_MoveTo(s->page, from, s->y + above);
    HPDF_Page_LineTo(s->page, RIGHT, s->y + above);
    HPDF_Page_Stroke(s->page);
}

static const char *
money(const struct sheet *s, int64_t minor)
{
    return money_words(s->a, (struct money){ minor, s->p->currency }, s->p->language);
}

/* ---- The frame ---- */

static void
table_head(struct sheet *s)
{
    set_font(s, s->bold, SMALL, QUIET);
    put(s, LEFT, word(s, WORD_FOR), COL_PERIOD - LEFT - 8);
    put(s, COL_PERIOD, word(s, WORD_PERIOD), 110);
    put_right(s, COL_COUNT, word(s, WORD_QUANTITY));
    put_right(s, COL_UNIT, word(s, WORD_UNIT));
    put_right(s, RIGHT, word(s, WORD_AMOUNT));
    rule(s, LEFT, -5);
    s->y -= 20;
}

static void
new_page(struct sheet *s)
{
    s->page = HPDF_AddPage(s->doc);
    HPDF_Page_SetSize(s->page, HPDF_PAGE_SIZE_A4, HPDF_PAGE_PORTRAIT);
    s->y = TOP;
    s->pages++;
}

/* Room for so many points; else the table goes on overleaf. */
static void
want(struct sheet *s, float points)
{
    if (s->y - points > BOTTOM)
        return;
    new_page(s);
    set_font(s, s->plain, SMALL, QUIET);
    put(s, LEFT, s->p->document->number, 300);
    s->y -= 24;
    table_head(s);
}

static const char *
place(const struct sheet *s, const struct party *party)
{
    return text_printf(s->a, "%s%s%s%s%s", party->postcode ? party->postcode : "",
                       party->postcode && *party->postcode ? " " : "",
                       party->city ? party->city : "", party->city && *party->city ? ", " : "",
                       party->country ? party->country : "");
}

static void
put_line_of(struct sheet *s, float x, const char *text, float most)
{
    if (!text || !*text)
        return;
    put(s, x, text, most);
    s->y -= ROW;
}

static void
put_party(struct sheet *s, float x, const struct party *party)
{
    set_font(s, s->bold, NORMAL, INK);
    put_line_of(s, x, party->name, 230);
    set_font(s, s->plain, NORMAL, INK);
    put_line_of(s, x, party->street, 230);
    put_line_of(s, x, place(s, party), 230);
    if (party->vat_id && *party->vat_id)
        put_line_of(s, x, text_printf(s->a, "%s %s", word(s, WORD_VAT_ID), party->vat_id), 230);
    put_line_of(s, x, party->email, 230);
}

static void
put_fact(struct sheet *s, enum paper_word name, const char *value)
{
    set_font(s, s->plain, NORMAL, QUIET);
    put(s, 340, word(s, name), 90);
    set_font(s, s->plain, NORMAL, INK);
    put_right(s, RIGHT, value);
    s->y -= ROW;
}

static void
put_head(struct sheet *s)
{
    const struct document *d = s->p->document;
    float below;
    put_party(s, LEFT, &s->p->seller);
    s->y = TOP - 100;
    set_font(s, s->bold, LARGE, INK);
    put(s, LEFT, word(s, d->credit_note ? WORD_CREDIT_NOTE : WORD_INVOICE), 300);
    s->y -= 34;
    float start = s->y;
    put_party(s, LEFT, &s->p->buyer);
    below = s->y;
    s->y = start;
    put_fact(s, WORD_NUMBER, d->number);
    put_fact(s, WORD_ISSUED, paper_date(s->a, s->p->language, d->issued_at));
    if (d->due_at != NEVER)
        put_fact(s, WORD_DUE, paper_date(s->a, s->p->language, d->due_at));
    if (below < s->y)
        s->y = below;
    s->y -= 28;
    table_head(s);
}

/* ---- Lines and sums ---- */

static const char *
days(const struct sheet *s, int64_t seconds)
{
    int64_t tenths = minor_share(seconds, 10, DAY_S);
    return tenths % 10
               ? text_printf(s->a, "%lld.%lld", (long long)tenths / 10, (long long)tenths % 10)
               : text_i64(s->a, tenths / 10);
}

/* How a part of a period came to its amount, and what a credit gives back. */
static void
put_reckoning(struct sheet *s, const struct line *line)
{
    if (line->kind == LINE_CHARGE)
        return;
    const char *part = text_printf(s->a, "%s × %s %s %s %s", money(s, line->basis_amount),
                                   days(s, line->period.to - line->period.from), word(s, WORD_OF),
                                   days(s, line->basis_seconds), word(s, WORD_DAYS));
    if (line->of && line->of->number)
        part = text_printf(s->a, "%s (%s, %s %d)", part, line->of->number, word(s, WORD_LINE),
                           line->of_line->n);
    set_font(s, s->plain, SMALL, QUIET);
    put(s, LEFT, part, RIGHT - LEFT);
    s->y -= ROW - 2;
}

static void
put_line(struct sheet *s, const struct line *line, const char *title)
{
    const char *language = s->p->language;
    const char *period = text_printf(s->a, "%s – %s", paper_date(s->a, language, line->period.from),
                                     paper_date(s->a, language, line->period.to));
    want(s, 2 * ROW);
    set_font(s, s->plain, NORMAL, INK);
    if (line->kind == LINE_PRORATION_CREDIT)
        title = text_printf(s->a, "%s %s", word(s, WORD_CREDIT), title);
    put(s, LEFT, title, COL_PERIOD - LEFT - 8);
    put_right(s, COL_COUNT, text_i64(s->a, line->quantity));
    put_right(s, COL_UNIT, money(s, line->unit));
    put_right(s, RIGHT, money(s, line->amount));
    set_font(s, s->plain, SMALL, INK);
    put(s, COL_PERIOD, period, 120);
    s->y -= ROW - 1;
    put_reckoning(s, line);
    s->y -= 4;
}

static void
put_sum(struct sheet *s, const char *name, const char *value, bool strong)
{
    want(s, ROW);
    set_font(s, strong ? s->bold : s->plain, NORMAL, strong ? INK : QUIET);
    put(s, 300, name, 160);
    set_font(s, strong ? s->bold : s->plain, NORMAL, INK);
    put_right(s, RIGHT, value);
    s->y -= strong ? ROW + 3 : ROW + 1;
}

static const char *
percent(const struct sheet *s, int bp)
{
    return bp % 100 ? text_printf(s->a, "%d.%02d", bp / 100, bp % 100) : text_i64(s->a, bp / 100);
}

static void
put_sums(struct sheet *s)
{
    const struct document *d = s->p->document;
    want(s, 6 * ROW);
    s->y -= 6;
    rule(s, 300, 12);
    put_sum(s, word(s, WORD_NET), money(s, d->sums.net), false);
    for (size_t i = 0; i < d->sums.group_count; i++) {
        const struct vat_group *group = &d->sums.groups[i];
        put_sum(s,
                text_printf(s->a, "%s %s %s %% × %s", word(s, WORD_VAT),
                            vat_category_name(group->vat.category), percent(s, group->vat.rate_bp),
                            money(s, group->base)),
                money(s, group->tax), false);
    }
    s->y -= 3;
    rule(s, 300, 12);
    put_sum(s, word(s, WORD_TOTAL), money(s, d->sums.total), true);
    if (d->credit_applied) {
        put_sum(s, word(s, WORD_BALANCE), money(s, -d->credit_applied), false);
        put_sum(s, word(s, WORD_TO_PAY), money(s, d->due), true);
    }
}

/* ---- Below ---- */

static void
put_notes(struct sheet *s)
{
    static const enum paper_word notes[VAT_CATEGORIES] = {
        [VAT_AE] = WORD_REVERSE, [VAT_O] = WORD_OUTSIDE, [VAT_E] = WORD_EXEMPT
    };
    const struct document *d = s->p->document;
    s->y -= 6;
    for (size_t i = 0; i < d->sums.group_count; i++) {
        enum paper_word note = notes[d->sums.groups[i].vat.category];
        if (!note)
            continue;
        want(s, ROW);
        set_font(s, s->plain, NORMAL, INK);
        put_line_of(s, LEFT, word(s, note), RIGHT - LEFT);
    }
}

static void
put_payment(struct sheet *s)
{
    const struct document *d = s->p->document;
    const struct party *seller = &s->p->seller;
    want(s, 5 * ROW);
    s->y -= 8;
    set_font(s, s->bold, NORMAL, INK);
    if (!d->credit_note && d->state == INVOICE_PAID)
        put_line_of(s, LEFT, word(s, WORD_PAID), RIGHT - LEFT);
    if (d->state != INVOICE_OPEN || d->due_at == NEVER || !seller->iban || !*seller->iban)
        return;
    put_line_of(s, LEFT, word(s, WORD_TRANSFER), RIGHT - LEFT);
    set_font(s, s->plain, NORMAL, INK);
    put_line_of(s, LEFT, seller->name, RIGHT - LEFT);
    put_line_of(s, LEFT,
                text_printf(s->a, "IBAN %s%s%s", seller->iban,
                            seller->bic && *seller->bic ? "   BIC " : "",
                            seller->bic ? seller->bic : ""),
                RIGHT - LEFT);
    put_line_of(s, LEFT, text_printf(s->a, "%s %s", word(s, WORD_REFERENCE), d->number),
                RIGHT - LEFT);
}

static void
number_pages(struct sheet *s)
{
    for (int i = 0; i < s->pages; i++) {
        s->page = HPDF_GetPageByIndex(s->doc, (HPDF_UINT)i);
        s->y = 45;
        set_font(s, s->plain, SMALL, QUIET);
        put(s, LEFT, s->p->seller.name ? s->p->seller.name : "", 300);
        put_right(s, RIGHT, text_printf(s->a, "%s %d/%d", word(s, WORD_PAGE), i + 1, s->pages));
    }
}

static HPDF_Font
load_font(struct sheet *s, const char *file)
{
    const char *path = text_printf(s->a, "%s/%s", s->p->fonts, file);
    const char *name = HPDF_LoadTTFontFromFile(s->doc, path, HPDF_TRUE);
    return name ? HPDF_GetFont(s->doc, name, "UTF-8") : NULL;
}

/* The day of issue, so that the same document is the same file. */
static void
set_dates(struct sheet *s)
{
    struct tm tm;
    time_t at = (time_t)s->p->document->issued_at;
    gmtime_r(&at, &tm);
    HPDF_Date date = { .year = tm.tm_year + 1900,
                       .month = tm.tm_mon + 1,
                       .day = tm.tm_mday,
                       .hour = tm.tm_hour,
                       .minutes = tm.tm_min,
                       .seconds = tm.tm_sec,
                       .ind = 'Z' };
    HPDF_SetInfoDateAttr(s->doc, HPDF_INFO_CREATION_DATE, date);
    HPDF_SetInfoDateAttr(s->doc, HPDF_INFO_MOD_DATE, date);
    HPDF_SetInfoAttr(s->doc, HPDF_INFO_TITLE, s->p->document->number);
}

static void
free_document(void *arg)
{
    HPDF_Free(arg);
}

static struct err *
saved(struct sheet *s, struct bytes *out)
{
    HPDF_SaveToStream(s->doc);
    HPDF_UINT32 length = HPDF_GetStreamSize(s->doc);
    if (s->failed || !length)
        return BROKEN(s->a, "paper.pdf", text_printf(s->a, "libhpdf: 0x%04lx", s->failed));
    uint8_t *bytes = arena_alloc_raw(s->a, length);
    HPDF_ResetStream(s->doc);
    HPDF_ReadFromStream(s->doc, bytes, &length);
    *out = BYTES(bytes, length);
    return NULL;
}

struct err *
paper_pdf(struct arena *a, const struct paper *p, struct bytes *out)
{
    struct sheet *s = NEW(a, struct sheet);
    const struct document *d = p->document;
    *s = (struct sheet){ .a = a, .p = p };
    s->doc = HPDF_New(on_error, s);
    if (!s->doc)
        return BROKEN(a, "paper.pdf", "libhpdf has no memory");
    arena_defer(a, free_document, s->doc);
    HPDF_SetCompressionMode(s->doc, HPDF_COMP_ALL);
    HPDF_UseUTFEncodings(s->doc);
    s->plain = load_font(s, "DejaVuSans.ttf");
    s->bold = load_font(s, "DejaVuSans-Bold.ttf");
    if (!s->plain || !s->bold)
        return BROKEN(a, "paper.font",
                      text_printf(a, "no DejaVuSans.ttf, -Bold.ttf in %s", p->fonts));
    set_dates(s);
    new_page(s);
    put_head(s);
    for (size_t i = 0; i < d->line_count; i++)
        put_line(s, &d->lines[i], p->titles[i]);
    put_sums(s);
    put_notes(s);
    put_payment(s);
    number_pages(s);
    return saved(s, out);
}
