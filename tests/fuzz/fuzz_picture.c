/* Uploaded pictures, through what the child process runs: header, decoder, the small variants, the
 * original and the feed's JPEG. The limits on pixels are small, so that an input takes milliseconds
 * and what passes them is still every path. */
#include <string.h>

#include <webp/decode.h>

#include "fuzz.h"
#include "images/convert.h"

#define CEILING   ((size_t)512 << 20) /* as in the child */
#define SIDE_MOST 3000

static void
check_webp(const struct picture_variant *v, int most)
{
    int w = 0, h = 0;
    EXPECT(v->width > 0 && v->height > 0 && v->width <= most && v->height <= most);
    EXPECT(WebPGetInfo(v->file.at, v->file.length, &w, &h) && w == v->width && h == v->height);
}

static void
convert(struct arena *a, struct picture *p)
{
    struct picture_variant medium, thumb, original, feed;
    struct err *e = picture_small(a, p, &medium, &thumb);
    EXPECT(!e);
    check_webp(&medium, 800);
    check_webp(&thumb, 200);
    EXPECT(!picture_feed(a, p, &feed) && feed.file.length);
    EXPECT(!picture_original(a, p, 0, &original));
    check_webp(&original, SIDE_MOST);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(CEILING);
    struct bytes file = BYTES(data, size);
    struct picture_limits limits = picture_limits_normal;
    struct picture_header header;
    struct picture *picture;
    limits.pixels = 64 * 1024;
    limits.side = SIDE_MOST;
    struct err *e = picture_sniff(a, file, &limits, &header);
    if (!e) {
        EXPECT(header.width && header.height && header.orientation >= 1 && header.orientation <= 8);
        e = picture_decode(a, file, &header, &picture);
    }
    if (e)
        EXPECT(e->kind != ERR_BROKEN); /* a foreign file is never our own failure */
    else
        convert(a, picture);
    arena_free(a);
    return 0;
}
