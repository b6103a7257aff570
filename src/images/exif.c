/* The one EXIF tag that changes how a picture looks. Whatever does not read well is as if it were
 * not there: broken metadata is no reason to refuse a picture. */
#include <string.h>

#include "images/picture.h"

#define HEX_MOST 4096 /* the tag stands near the beginning */

struct tiff {
    struct bytes b;
    bool big;
};

static uint32_t
number(const struct tiff *t, size_t at, int bytes)
{
    uint32_t n = 0;
    for (int i = 0; i < bytes; i++)
        n |= (uint32_t)t->b.at[at + (size_t)i] << (t->big ? 8 * (bytes - 1 - i) : 8 * i);
    return n;
}

int
exif_orientation(struct bytes tiff)
{
    struct tiff t = { .b = tiff };
    if (tiff.length >= 6 && memcmp(tiff.at, "Exif\0\0", 6) == 0)
        t.b = BYTES(tiff.at + 6, tiff.length - 6);
    if (t.b.length < 8)
        return 1;
    t.big = t.b.at[0] == 'M';
    if (memcmp(t.b.at, t.big ? "MM\0*" : "II*\0", 4) != 0)
        return 1;
    size_t ifd = number(&t, 4, 4);
    if (ifd > t.b.length - 2 || t.b.length < 2)
        return 1;
    size_t entries = number(&t, ifd, 2);
    for (size_t i = 0; i < entries; i++) {
        size_t at = ifd + 2 + i * 12;
        if (at + 12 > t.b.length)
            return 1;
        if (number(&t, at, 2) != 0x0112)
            continue;
        uint32_t value = number(&t, at + 8, 2);
        return value >= 1 && value <= 8 ? (int)value : 1;
    }
    return 1;
}

static int
hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int
exif_orientation_in_text(struct bytes text)
{
    static const char keyword[] = "Raw profile type exif"; /* its NUL parts it from the text */
    uint8_t tiff[HEX_MOST];
    size_t at = sizeof(keyword), n = 0;
    if (text.length < at || memcmp(text.at, keyword, sizeof(keyword)) != 0)
        return 1;
    for (int lines = 0; at < text.length && lines < 3; at++) /* "", "exif", the length */
        lines += text.at[at] == '\n';
    for (int high = -1; at < text.length && n < sizeof(tiff); at++) {
        int digit = hex_digit(text.at[at]);
        if (digit < 0)
            continue;
        if (high >= 0)
            tiff[n++] = (uint8_t)(high << 4 | digit);
        high = high < 0 ? digit : -1;
    }
    return exif_orientation(BYTES(tiff, n));
}
