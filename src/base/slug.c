/* Latin letters with accents lose them by a table of the two Latin blocks that European languages
 * use; everything else separates words. */
#include "base/slug.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"

/* U+00C0 … U+00FF, then U+0100 … U+017F, one entry a character. */
static const char *const latin1[] = {
    "a", "a", "a", "a", "ae", "a", "ae", "c", "e", "e", "e", "e", "i",  "i", "i",  "i",
    "d", "n", "o", "o", "o",  "o", "oe", "",  "o", "u", "u", "u", "ue", "y", "th", "ss",
    "a", "a", "a", "a", "ae", "a", "ae", "c", "e", "e", "e", "e", "i",  "i", "i",  "i",
    "d", "n", "o", "o", "o",  "o", "oe", "",  "o", "u", "u", "u", "ue", "y", "th", "y",
};
static const char latin_a[] =
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnnoooooooorrrrrrss"
    "ssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/* One character of valid UTF-8 at p; its code point, and the bytes it takes in *length. */
static uint32_t
code_point(const unsigned char *p, size_t *length)
{
    if (p[0] < 0x80) {
        *length = 1;
        return p[0];
    }
    if (p[0] < 0xE0) {
        *length = 2;
        return (uint32_t)(p[0] & 0x1F) << 6 | (p[1] & 0x3F);
    }
    *length = p[0] < 0xF0 ? 3 : 4;
    return 0xFFFD; /* no script beyond these two blocks is spelled in Latin letters here */
}

/* False when it does not fit: then nothing behind it is taken either. */
static bool
add_word_part(struct buf *b, size_t most, const char *part, size_t n, bool *gap)
{
    bool hyphen = *gap && b->length;
    if (b->length + hyphen + n > most)
        return false;
    if (hyphen)
        buf_char(b, '-');
    *gap = false;
    buf_add(b, part, n);
    return true;
}

char *
slug_of(struct arena *a, const char *title, size_t most, const char *otherwise)
{
    struct buf b = buf_new(a, most + 1);
    bool gap = false, fits = true;
    size_t length;
    for (const unsigned char *p = (const unsigned char *)title; *p && fits; p += length) {
        uint32_t c = code_point(p, &length);
        char letter = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
            fits = add_word_part(&b, most, &letter, 1, &gap);
        else if (c >= 0xC0 && c <= 0xFF && *latin1[c - 0xC0])
            fits = add_word_part(&b, most, latin1[c - 0xC0], strlen(latin1[c - 0xC0]), &gap);
        else if (c >= 0x100 && c < 0x100 + sizeof(latin_a) - 1)
            fits = add_word_part(&b, most, &latin_a[c - 0x100], 1, &gap);
        else if (c != '\'' && c != 0x2019)
            gap = true;
    }
    return b.length ? b.at : text_copy(a, otherwise);
}
