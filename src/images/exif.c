/* The one EXIF tag that changes how a picture looks. Whatever does not read well is as if it were
 * not there: broken metadata is no reason to refuse a picture. */
#include <string.h>

#include "images/picture.h"

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
