/* The font is a TrueType file, embedded as the part that is used, with text that can be searched
 * and copied. Widths are added up here and not asked of the library text by text: it measures no
 * more than 65,535 bytes and knows only 16-bit characters. */
#include "paper/sheet.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

#define TOP      785
#define THIN     0.5F
#define ELLIPSIS "\u2026"
#define UNKNOWN  "\u25a1" /* for characters above U+FFFF: a white square */

static void
on_error(HPDF_STATUS number, HPDF_STATUS detail, void *arg)
{
    struct sheet *s = arg;
    (void)detail;
    if (!s->failed)
        s->failed = number;
}

static void
free_document(void *arg)
{
    HPDF_Free(arg);
}

/* ---- From opening to saving ---- */

/* By its first bytes: of some files that are no font, libhpdf does not say so but crashes. */
static bool
is_truetype(const char *path)
{
    SCOPED(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
    char first[4];
    return fd >= 0 && read(fd, first, sizeof(first)) == sizeof(first) &&
           memcmp(first, "\0\1\0\0", sizeof(first)) == 0;
}

static HPDF_Font
load_font(struct sheet *s, const char *fonts, const char *file)
{
    const char *path = text_join(s->a, fonts, "/", file, NULL);
    const char *name = is_truetype(path) ? HPDF_LoadTTFontFromFile(s->doc, path, HPDF_TRUE) : NULL;
    return name ? HPDF_GetFont(s->doc, name, "UTF-8") : NULL;
}

/* Not the day of writing, so that the same document is the same file. */
static void
set_facts(struct sheet *s, const char *title, int64_t at)
{
    struct tm tm;
    time_t seconds = (time_t)at;
    gmtime_r(&seconds, &tm);
    HPDF_Date date = { .year = tm.tm_year + 1900,
                       .month = tm.tm_mon + 1,
                       .day = tm.tm_mday,
                       .hour = tm.tm_hour,
                       .minutes = tm.tm_min,
                       .seconds = tm.tm_sec,
                       .ind = 'Z' };
    HPDF_SetInfoDateAttr(s->doc, HPDF_INFO_CREATION_DATE, date);
    HPDF_SetInfoDateAttr(s->doc, HPDF_INFO_MOD_DATE, date);
    HPDF_SetInfoAttr(s->doc, HPDF_INFO_TITLE, title);
}

struct err *
sheet_open(struct arena *a, const char *fonts, const char *title, int64_t at, struct sheet **out)
{
    struct sheet *s = NEW(a, struct sheet);
    s->a = a;
    s->doc = HPDF_New(on_error, s);
    if (!s->doc)
        return BROKEN(a, "paper.pdf", "libhpdf has no memory");
    arena_defer(a, free_document, s->doc);
    HPDF_SetCompressionMode(s->doc, HPDF_COMP_ALL);
    HPDF_UseUTFEncodings(s->doc);
    s->plain = load_font(s, fonts, "DejaVuSans.ttf");
    s->bold = load_font(s, fonts, "DejaVuSans-Bold.ttf");
    if (!s->plain || !s->bold)
        return BROKEN(a, "paper.font", text_printf(a, "no DejaVuSans.ttf, -Bold.ttf in %s", fonts));
    set_facts(s, title, at);
    *out = s;
    return NULL;
}

void
sheet_new_page(struct sheet *s)
{
    s->page = HPDF_AddPage(s->doc);
    HPDF_Page_SetSize(s->page, HPDF_PAGE_SIZE_A4, HPDF_PAGE_PORTRAIT);
    s->y = TOP;
    s->pages++;
}

void
sheet_turn_to(struct sheet *s, int page)
{
    s->page = HPDF_GetPageByIndex(s->doc, (HPDF_UINT)page);
}

struct err *
sheet_save(struct sheet *s, struct bytes *out)
{
    HPDF_SaveToStream(s->doc);
    HPDF_UINT32 length = HPDF_GetStreamSize(s->doc);
    if (s->failed || !length)
        return BROKEN(s->a, "paper.pdf", text_printf(s->a, "libhpdf: 0x%04lx", s->failed));
    uint8_t *bytes = arena_alloc_raw(s->a, length);
    HPDF_ResetStream(s->doc);
    HPDF_ReadFromStream(s->doc, bytes, &length);
    if (s->failed)
        return BROKEN(s->a, "paper.pdf", text_printf(s->a, "libhpdf: 0x%04lx", s->failed));
    *out = BYTES(bytes, length);
    return NULL;
}

/* ---- Text ---- */

void
sheet_style(struct sheet *s, bool bold, float size, float grey)
{
    s->font = bold ? s->bold : s->plain;
    s->size = size;
    HPDF_Page_SetFontAndSize(s->page, s->font, size);
    HPDF_Page_SetGrayFill(s->page, grey);
}

/* How many bytes the character at `text` has; its code, or that of UNKNOWN when it has no 16 bits.
 */
static size_t
character(const char *text, HPDF_UNICODE *code)
{
    const unsigned char *c = (const unsigned char *)text;
    *code = 0x25A1;
    if (*c < 0x80)
        *code = *c;
    else if (*c < 0xE0)
        *code = (HPDF_UNICODE)((*c & 0x1F) << 6 | (c[1] & 0x3F));
    else if (*c < 0xF0)
        *code = (HPDF_UNICODE)((*c & 0x0F) << 12 | (c[1] & 0x3F) << 6 | (c[2] & 0x3F));
    return *c < 0x80 ? 1 : *c < 0xE0 ? 2 : *c < 0xF0 ? 3 : 4;
}

/* How many bytes of the text are no wider than `most`; *width: theirs. */
static size_t
fitting(const struct sheet *s, const char *text, float most, float *width)
{
    size_t n = 0;
    *width = 0;
    while (text[n]) {
        HPDF_UNICODE code;
        size_t bytes = character(text + n, &code);
        float more = (float)HPDF_Font_GetUnicodeWidth(s->font, code) * s->size / 1000;
        if (*width + more > most)
            break;
        *width += more;
        n += bytes;
    }
    return n;
}

float
sheet_width(const struct sheet *s, const char *text)
{
    float width;
    fitting(s, text, 1e9F, &width);
    return width;
}

/* What a page can show of a line: no control characters, none above U+FFFF. */
static char *
shown(struct arena *a, const char *text, size_t length)
{
    struct buf b = buf_new(a, length + 8);
    HPDF_UNICODE code;
    for (size_t n = 0, bytes; n < length; n += bytes) {
        bytes = character(text + n, &code);
        if (bytes == 4)
            buf_text(&b, UNKNOWN);
        else if (code < ' ' || code == 0x7F)
            buf_char(&b, ' ');
        else
            buf_add(&b, text + n, bytes);
    }
    return b.at;
}

void
sheet_put(struct sheet *s, float x, const char *text, float most)
{
    float width;
    size_t n = fitting(s, text ? text : "", most, &width);
    if (!n)
        return;
    const char *line = shown(s->a, text, n);
    if (text[n]) {
        n = fitting(s, text, most - sheet_width(s, ELLIPSIS), &width);
        line = text_join(s->a, text_trim(s->a, shown(s->a, text, n)), ELLIPSIS, NULL);
    }
    HPDF_Page_BeginText(s->page);
    HPDF_Page_TextOut(s->page, x, s->y, line);
    HPDF_Page_EndText(s->page);
}

void
sheet_put_right(struct sheet *s, float x, const char *text, float most)
{
    float width = sheet_width(s, text), size = s->size;
    if (width > most) {
        s->size = size * most / width;
        HPDF_Page_SetFontAndSize(s->page, s->font, s->size);
        width = most;
    }
    sheet_put(s, x - width, text, width + THIN);
    s->size = size;
    HPDF_Page_SetFontAndSize(s->page, s->font, size);
}

size_t
sheet_wrap(struct sheet *s, const char *text, float width, size_t most, const char **lines)
{
    size_t count = 0;
    const char *rest = text ? text : "";
    while (*rest && count < most) {
        float used;
        size_t fits = fitting(s, rest, width, &used), n = fits;
        if (!rest[fits] || count + 1 == most) {
            lines[count++] = rest;
            break;
        }
        while (n && rest[n] != ' ')
            n--;
        if (!n) /* one word, wider than the line */
            n = fits ? fits : strlen(rest);
        lines[count++] = text_copy_n(s->a, rest, n);
        rest += n;
        rest += strspn(rest, " ");
    }
    return count;
}

void
sheet_rule(struct sheet *s, float from, float to, float above, float grey)
{
    HPDF_Page_SetGrayStroke(s->page, grey);
    HPDF_Page_SetLineWidth(s->page, THIN);
    HPDF_Page_MoveTo(s->page, from, s->y + above);
    HPDF_Page_LineTo(s->page, to, s->y + above);
    HPDF_Page_Stroke(s->page);
}
