#include "feeds/prose.h"

#include <locale.h>
#include <string.h>
#include <wctype.h>

#include "base/must.h"
#include "view/html.h"

/* ---- Characters ---- */

/* The code point at `s`, which is valid UTF-8; *length: its bytes. */
static uint32_t
point_at(const char *s, size_t *length)
{
    const unsigned char *u = (const unsigned char *)s;
    if (u[0] < 0x80) {
        *length = 1;
        return u[0];
    }
    *length = u[0] < 0xe0 ? 2 : u[0] < 0xf0 ? 3 : 4;
    uint32_t point = u[0] & (0x7fu >> *length);
    for (size_t i = 1; i < *length; i++)
        point = point << 6 | (u[i] & 0x3fu);
    return point;
}

static void
put_point(struct buf *b, uint32_t point)
{
    if (point < 0x80) {
        buf_char(b, (char)point);
        return;
    }
    int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = { 0, 0xc0, 0xe0, 0xf0 };
    buf_char(b, (char)(lead[more] | point >> (6 * more)));
    while (more--)
        buf_char(b, (char)(0x80 | (point >> (6 * more) & 0x3f)));
}

/* Letters of all scripts, whatever the process's own locale is. Process-long. */
static locale_t
unicode(void)
{
    static locale_t kept;
    if (!kept)
        kept = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    must(kept);
    return kept;
}

/* Belongs to the character before it: accents, joiners, variants, skin tones. */
static bool
is_joined(uint32_t point)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        { 0x300, 0x36f },   { 0x483, 0x489 },   { 0x591, 0x5c7 },     { 0x610, 0x61a },
        { 0x64b, 0x65f },   { 0x670, 0x670 },   { 0x6d6, 0x6ed },     { 0x900, 0x903 },
        { 0x93a, 0x94f },   { 0xe31, 0xe31 },   { 0xe34, 0xe3a },     { 0xe47, 0xe4e },
        { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x200d, 0x200d },   { 0x20d0, 0x20ff },
        { 0x3099, 0x309a }, { 0xfe00, 0xfe0f }, { 0x1f3fb, 0x1f3ff }, { 0xe0020, 0xe007f },
    };
    if (point < ranges[0].first)
        return false;
    for (size_t i = 0; i < COUNT(ranges); i++)
        if (point >= ranges[i].first && point <= ranges[i].last)
            return true;
    return false;
}

static bool
is_blank(uint32_t point)
{
    return point <= ' ' || point == 0x7f || point == 0xa0 || (point >= 0x80 && point < 0xa0) ||
           (point >= 0x2000 && point <= 0x200a) || point == 0x2028 || point == 0x2029 ||
           point == 0x202f || point == 0x3000;
}

/* ---- Plain ---- */

static void
draw_together(struct buf *b, int *ends, bool *blank)
{
    if (b->length && *ends)
        buf_text(b, *ends > 1 ? "\n\n" : "\n");
    else if (b->length && *blank)
        buf_char(b, ' ');
    *ends = 0;
    *blank = false;
}

static bool
is_tidy_byte(char c)
{
    return c > ' ' && c < 0x7f;
}

/* What still looks like a tag to a channel, who knows no escapes, gets other brackets. */
static const char *
without_tags(struct arena *a, const char *text)
{
    const char *at = text;
    while ((at = strchr(at, '<')) && !strchr("/!?", at[1] ? at[1] : ' ') &&
           !((at[1] | 32) >= 'a' && (at[1] | 32) <= 'z'))
        at++;
    if (!at)
        return text;
    struct buf b = buf_new(a, strlen(text) + 16);
    for (; *text; text++) {
        if (*text == '<')
            buf_text(&b, "\u2039");
        else if (*text == '>')
            buf_text(&b, "\u203a");
        else
            buf_char(&b, *text);
    }
    return b.at;
}

/* HTML, and HTML that was escaped once more on its way here, as programs do. */
static const char *
without_html(struct arena *a, const char *text)
{
    for (int i = 0; i < 3 && strpbrk(text, "<&") && html_is(text); i++)
        text = html_plain(a, text);
    return without_tags(a, text);
}

char *
prose_plain(struct arena *a, const char *text, bool lines)
{
    if (strpbrk(text, "<&"))
        text = without_html(a, text);
    struct buf b = buf_new(a, strlen(text) + 1);
    int ends = 0;
    bool blank = false;
    for (size_t n; *text; text += n) {
        for (n = 0; is_tidy_byte(text[n]);)
            n++;
        if (n) { /* a word in ASCII at once */
            draw_together(&b, &ends, &blank);
            buf_add(&b, text, n);
            continue;
        }
        uint32_t point = point_at(text, &n);
        if (point == '\n' && lines)
            ends++;
        else if (is_blank(point))
            blank = true;
        else if (point != 0xfeff) { /* a byte order mark amid a text is nothing */
            draw_together(&b, &ends, &blank);
            buf_add(&b, text, n);
        }
    }
    return b.at;
}

/* ---- Capitals ---- */

bool
prose_shouts(const char *text)
{
    int capitals = 0;
    for (size_t n; *text; text += n) {
        uint32_t point = point_at(text, &n);
        if (point < 0x80 ? point >= 'a' && point <= 'z' : iswlower_l((wint_t)point, unicode()))
            return false;
        capitals += point < 0x80 ? point >= 'A' && point <= 'Z'
                                 : towlower_l((wint_t)point, unicode()) != (wint_t)point;
    }
    return capitals >= 4;
}

/* How far the word at `text` goes, how many letters it has, and whether a digit is in it. */
static size_t
word_at(const char *text, size_t *letters, bool *coded)
{
    size_t at = 0, n;
    *letters = 0;
    *coded = false;
    for (; text[at]; at += n) {
        uint32_t point = point_at(text + at, &n);
        *coded |= point >= '0' && point <= '9';
        if (iswalpha_l((wint_t)point, unicode()))
            ++*letters;
        else if (!iswalnum_l((wint_t)point, unicode()) && !is_joined(point) && point != '\'')
            break;
    }
    return at;
}

static void
put_calm_word(struct buf *b, const char *word, size_t length)
{
    bool first = true;
    for (size_t at = 0, n; at < length; at += n) {
        uint32_t point = point_at(word + at, &n);
        put_point(b, first ? point : (uint32_t)towlower_l((wint_t)point, unicode()));
        first &= !iswalpha_l((wint_t)point, unicode());
    }
}

static char *
calm_words(struct arena *a, const char *text, size_t short_letters)
{
    struct buf b = buf_new(a, strlen(text) + 8);
    while (*text) {
        size_t letters, length;
        bool coded;
        length = word_at(text, &letters, &coded);
        if (!length)
            point_at(text, &length);
        if (coded || letters <= short_letters)
            buf_add(&b, text, length);
        else
            put_calm_word(&b, text, length);
        text += length;
    }
    return b.at;
}

char *
prose_calm(struct arena *a, const char *text)
{
    char *calm = calm_words(a, text, 3);
    if (prose_shouts(calm))
        calm = calm_words(a, text, 1);
    if (!prose_shouts(calm))
        return calm;
    struct buf b = buf_new(a, strlen(text) + 8); /* nothing but codes and single letters */
    put_calm_word(&b, text, strlen(text));
    return b.at;
}

/* ---- Length ---- */

size_t
prose_length(const char *text)
{
    size_t units = 0;
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        units += (c & 0xc0) != 0x80;
        units += c >= 0xf0;
    }
    return units;
}

size_t
prose_cut(const char *text, size_t most)
{
    size_t at = 0, units = 0, n, whole = 0, word = 0, word_units = 0;
    bool joining = false;
    for (; text[at]; at += n) {
        uint32_t point = point_at(text + at, &n);
        if (!joining && !is_joined(point))
            whole = at;
        joining = point == 0x200d;
        if (is_blank(point)) {
            word = at;
            word_units = units;
        }
        units += point > 0xffff ? 2 : 1;
        if (units > most)
            break;
    }
    if (!text[at])
        return at;
    size_t end = word_units > most / 2 ? word : whole;
    while (end && (text[end - 1] == ' ' || text[end - 1] == ',' || text[end - 1] == '\n'))
        end--;
    return end;
}
