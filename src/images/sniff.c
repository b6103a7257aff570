/* Headers, read by our own code. A walk over markers or chunks finds size, orientation and profile,
 * and counts what a decoder would have to go through; what passes the limits is refused here, for
 * the price of a few memory reads. */
#include <string.h>

#include "base/text.h"
#include "images/picture.h"

const struct picture_limits picture_limits_normal = {
    .bytes = (uint64_t)25 << 20,
    .pixels = 64000000,
    .side = 30000,
    .segments = 1000,
    .scans = 100,
    .frames = 30000,
    .profile_bytes = (size_t)4 << 20,
};

struct sniff {
    struct arena *arena;
    struct bytes b;
    const struct picture_limits *limits;
    struct picture_header *h;
};

struct err *
picture_broken(struct arena *a, const char *why)
{
    return err_new(a, ERR_INVALID, "image.broken", NULL,
                   "This picture is damaged and cannot be read.", why, ERR_AT);
}

static struct err *
too_complex(struct sniff *s)
{
    return FAIL(s->arena, ERR_INVALID, "image.too_complex",
                "This picture is put together in a way that takes too long to read.");
}

static uint32_t
be(const uint8_t *p, int n)
{
    uint32_t v = 0;
    for (int i = 0; i < n; i++)
        v = v << 8 | p[i];
    return v;
}

static uint32_t
le(const uint8_t *p, int n)
{
    uint32_t v = 0;
    for (int i = n; i-- > 0;)
        v = v << 8 | p[i];
    return v;
}

static void
take_profile(struct sniff *s, struct bytes profile)
{
    if (profile.length <= s->limits->profile_bytes && !s->h->profile.length)
        s->h->profile = profile;
}

/* ---- JPEG ---- */

#define PIECES_MAX 255

struct pieces {
    struct bytes at[PIECES_MAX + 1];
    int total;
};

static void
keep_piece(struct pieces *pieces, const uint8_t *p, size_t n)
{
    if (n < 14 || memcmp(p, "ICC_PROFILE\0", 12) != 0 || !p[12])
        return;
    pieces->at[p[12]] = BYTES(p + 14, n - 14);
    pieces->total = p[13];
}

static void
join_pieces(struct sniff *s, const struct pieces *pieces)
{
    size_t length = 0;
    for (int i = 1; i <= pieces->total; i++) {
        if (!pieces->at[i].length)
            return;
        length += pieces->at[i].length;
    }
    if (!length || length > s->limits->profile_bytes)
        return;
    uint8_t *joined = arena_alloc_raw(s->arena, length), *to = joined;
    for (int i = 1; i <= pieces->total; i++) {
        memcpy(to, pieces->at[i].at, pieces->at[i].length);
        to += pieces->at[i].length;
    }
    take_profile(s, BYTES(joined, length));
}

/* Behind the entropy-coded data that begins at `at`: the next marker that is no restart. */
static size_t
skip_scan(const struct sniff *s, size_t at)
{
    while (at + 1 < s->b.length) {
        const uint8_t *ff = memchr(s->b.at + at, 0xFF, s->b.length - at - 1);
        if (!ff)
            break;
        at = (size_t)(ff - s->b.at);
        if (ff[1] != 0 && ff[1] != 0xFF && !(ff[1] >= 0xD0 && ff[1] <= 0xD7))
            return at;
        at++;
    }
    return s->b.length;
}

static bool
is_frame(uint8_t marker)
{
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

static struct err *
sniff_jpeg(struct sniff *s)
{
    struct pieces *pieces = NEW(s->arena, struct pieces);
    uint32_t segments = 0, scans = 0;
    size_t at = 2;
    bool framed = false;
    while (at + 4 <= s->b.length) {
        const uint8_t *p = s->b.at + at;
        if (p[0] != 0xFF) { /* rubbish between segments: decoders look for the next marker too */
            at++;
            if (++segments > 4 * s->limits->segments)
                return too_complex(s);
            continue;
        }
        uint8_t marker = p[1];
        if (marker == 0xD9)
            break;
        if (marker == 0xFF || marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) {
            at += marker == 0xFF ? 1 : 2;
            continue;
        }
        if (++segments > s->limits->segments)
            return too_complex(s);
        size_t length = be(p + 2, 2);
        if (length < 2 || at + 2 + length > s->b.length)
            break;
        if (is_frame(marker) && length >= 8 && !framed) {
            s->h->height = be(p + 5, 2);
            s->h->width = be(p + 7, 2);
            framed = true;
        } else if (marker == 0xE1 && length > 8 && memcmp(p + 4, "Exif\0\0", 6) == 0 &&
                   s->h->orientation == 1) {
            s->h->orientation = exif_orientation(BYTES(p + 4, length - 2));
        } else if (marker == 0xE2) {
            keep_piece(pieces, p + 4, length - 2);
        }
        at += 2 + length;
        if (marker == 0xDA) {
            if (++scans > s->limits->scans)
                return too_complex(s);
            at = skip_scan(s, at);
        }
    }
    if (!framed || !scans)
        return picture_broken(s->arena, "JPEG without a frame or a scan");
    join_pieces(s, pieces);
    return NULL;
}

/* ---- PNG ---- */

static struct err *
sniff_png(struct sniff *s)
{
    uint32_t chunks = 0;
    bool data = false;
    if (s->b.length < 33 || memcmp(s->b.at + 12, "IHDR", 4) != 0)
        return picture_broken(s->arena, "PNG without IHDR");
    s->h->width = be(s->b.at + 16, 4);
    s->h->height = be(s->b.at + 20, 4);
    for (size_t at = 8; at + 12 <= s->b.length;) {
        const uint8_t *p = s->b.at + at;
        size_t length = be(p, 4);
        if (++chunks > 50 * s->limits->segments)
            return too_complex(s);
        data |= memcmp(p + 4, "IDAT", 4) == 0;
        if (length > s->b.length - at - 12 || memcmp(p + 4, "IEND", 4) == 0)
            break;
        if (memcmp(p + 4, "eXIf", 4) == 0)
            s->h->orientation = exif_orientation(BYTES(p + 8, length));
        else if (memcmp(p + 4, "tEXt", 4) == 0 && s->h->orientation == 1)
            s->h->orientation = exif_orientation_in_text(BYTES(p + 8, length));
        at += 12 + length;
    }
    return data ? NULL : picture_broken(s->arena, "PNG without IDAT");
}

/* ---- GIF ---- */

static struct err *
sniff_gif(struct sniff *s)
{
    if (s->b.length < 13)
        return picture_broken(s->arena, "GIF without a screen");
    s->h->width = le(s->b.at + 6, 2);
    s->h->height = le(s->b.at + 8, 2);
    s->h->has_alpha = true; /* where the first frame leaves the canvas free */
    return NULL;
}

/* ---- WebP ---- */

static void
webp_frame_size(struct sniff *s, const uint8_t *p, size_t length, bool lossy)
{
    struct picture_header *h = s->h;
    if (lossy && length >= 10 && p[3] == 0x9d && p[4] == 0x01 && p[5] == 0x2a) {
        h->width = le(p + 6, 2) & 0x3fff;
        h->height = le(p + 8, 2) & 0x3fff;
        h->lossy_webp = true;
        h->vp8 = BYTES(p, length);
    } else if (!lossy && length >= 5 && p[0] == 0x2f) {
        uint32_t bits = le(p + 1, 4);
        h->width = (bits & 0x3fff) + 1;
        h->height = (bits >> 14 & 0x3fff) + 1;
        h->has_alpha |= bits >> 28 & 1;
    }
}

static struct err *
sniff_webp(struct sniff *s)
{
    struct picture_header *h = s->h;
    uint32_t chunks = 0;
    bool extended = false;
    for (size_t at = 12; at + 8 <= s->b.length;) {
        const uint8_t *p = s->b.at + at;
        size_t length = le(p + 4, 4), there = s->b.length - at - 8;
        if (++chunks > s->limits->frames)
            return too_complex(s);
        size_t have = length < there ? length : there;
        if (memcmp(p, "VP8X", 4) == 0 && have >= 10) {
            extended = true;
            h->animated = p[8] & 0x02;
            h->has_alpha = p[8] & 0x10;
            h->width = le(p + 12, 3) + 1;
            h->height = le(p + 15, 3) + 1;
        } else if (memcmp(p, "ICCP", 4) == 0 && have == length) {
            take_profile(s, BYTES(p + 8, length));
        } else if (memcmp(p, "EXIF", 4) == 0 && have == length) {
            h->orientation = exif_orientation(BYTES(p + 8, length));
        } else if (memcmp(p, "VP8 ", 4) == 0 || memcmp(p, "VP8L", 4) == 0) {
            struct picture_header seen = *h;
            webp_frame_size(s, p + 8, have, p[3] == ' ');
            if (extended && (h->width != seen.width || h->height != seen.height))
                return picture_broken(s->arena, "WebP frame and canvas differ");
        }
        if (length > there)
            break;
        at += 8 + length + (length & 1);
    }
    if (h->has_alpha || h->animated)
        h->vp8 = BYTES(NULL, 0);
    return NULL;
}

/* ---- All ---- */

static struct err *
check_size(struct sniff *s)
{
    const struct picture_header *h = s->h;
    if (!h->width || !h->height)
        return picture_broken(s->arena, "no size");
    if (h->width > s->limits->side || h->height > s->limits->side)
        return FAIL(s->arena, ERR_INVALID, "image.too_wide",
                    text_printf(s->arena, "%u × %u pixels: a side has at most %u.", h->width,
                                h->height, s->limits->side));
    if ((uint64_t)h->width * h->height > s->limits->pixels)
        return FAIL(s->arena, ERR_INVALID, "image.too_many_pixels",
                    text_printf(s->arena, "%u × %u pixels are more than %llu megapixels.", h->width,
                                h->height, (unsigned long long)(s->limits->pixels / 1000000)));
    return NULL;
}

static const struct {
    const char *begin;
    size_t length;
    enum picture_format format;
    struct err *(*sniff)(struct sniff *s);
} formats[] = {
    { "\xff\xd8\xff", 3, PICTURE_JPEG, sniff_jpeg },
    { "\x89PNG\r\n\x1a\n", 8, PICTURE_PNG, sniff_png },
    { "GIF87a", 6, PICTURE_GIF, sniff_gif },
    { "GIF89a", 6, PICTURE_GIF, sniff_gif },
    { "RIFF", 4, PICTURE_WEBP, sniff_webp },
};

struct err *
picture_sniff(struct arena *a, struct bytes file, const struct picture_limits *limits,
              struct picture_header *out)
{
    struct picture_header h = { .orientation = 1 };
    struct sniff s = { a, file, limits, &h };
    if (file.length > limits->bytes)
        return FAIL(a, ERR_TOO_LARGE, "image.too_large",
                    text_printf(a, "The file is larger than %llu MiB.",
                                (unsigned long long)(limits->bytes >> 20)));
    for (size_t i = 0; i < COUNT(formats); i++) {
        if (file.length < formats[i].length ||
            memcmp(file.at, formats[i].begin, formats[i].length) != 0)
            continue;
        if (formats[i].format == PICTURE_WEBP &&
            (file.length < 12 || memcmp(file.at + 8, "WEBP", 4) != 0))
            continue;
        h.format = formats[i].format;
        TRY(formats[i].sniff(&s));
        TRY(check_size(&s));
        *out = h;
        return NULL;
    }
    return FAIL(a, ERR_UNSUPPORTED, "image.format", "This is no JPEG, PNG, WebP or GIF picture.");
}
