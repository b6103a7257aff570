/* Turning and mirroring. Pixels go block by block, so that reading along rows and writing along
 * columns both stay within the cache. */
#include <stddef.h>
#include <string.h>

#include "images/picture.h"

#define BLOCK 32

/* EXIF's eight: is the picture transposed (rows become columns), and which sides are mirrored then.
 */
static const struct {
    bool transpose, flip_x, flip_y;
} turns[9] = {
    { 0 },
    { 0 },
    [2] = { false, true, false },
    [3] = { false, true, true },
    [4] = { false, false, true },
    [5] = { true, false, false },
    [6] = { true, true, false },
    [7] = { true, true, true },
    [8] = { true, false, true },
};

/* Along a row of the target the source goes on by a step that stays the same. */
static void
copy_bytes(const uint8_t *from, ptrdiff_t step, uint8_t *to, int n)
{
    for (int i = 0; i < n; i++)
        to[i] = from[i * step];
}

static void
copy_pixels(const uint8_t *from, ptrdiff_t step, uint8_t *to, int n)
{
    for (int i = 0; i < n; i++)
        memcpy(to + 4 * i, from + i * step, 4);
}

/* to[] is to_w × to_h; a target pixel x, y comes from the source pixel that the turn names. */
static void
turn_plane(const uint8_t *from, int from_stride, uint8_t *to, int to_w, int to_h, int to_stride,
           int orientation, int size)
{
    bool transpose = turns[orientation].transpose;
    ptrdiff_t along_x = transpose ? from_stride : size, along_y = transpose ? size : from_stride;
    if (turns[orientation].flip_x) {
        from += along_x * (to_w - 1);
        along_x = -along_x;
    }
    if (turns[orientation].flip_y) {
        from += along_y * (to_h - 1);
        along_y = -along_y;
    }
    for (int by = 0; by < to_h; by += BLOCK)
        for (int x = 0; x < to_w; x += BLOCK)
            for (int y = by; y < by + BLOCK && y < to_h; y++) {
                int n = to_w - x < BLOCK ? to_w - x : BLOCK;
                (size == 1 ? copy_bytes : copy_pixels)(from + y * along_y + x * along_x, along_x,
                                                       to + (ptrdiff_t)y * to_stride + x * size, n);
            }
}

void
turn_mirrors(int orientation, bool *x, bool *y)
{
    bool transpose = turns[orientation].transpose;
    *x = transpose ? turns[orientation].flip_y : turns[orientation].flip_x;
    *y = transpose ? turns[orientation].flip_x : turns[orientation].flip_y;
}

struct planes
planes_upright(struct arena *a, const struct planes *from, int orientation)
{
    if (orientation <= 1)
        return *from;
    bool transpose = turns[orientation].transpose;
    int w = transpose ? from->height : from->width, h = transpose ? from->width : from->height;
    if (from->is_rgba) {
        struct planes to = planes_rgba(a, w, h);
        turn_plane(from->rgba, from->width * 4, to.rgba, w, h, w * 4, orientation, 4);
        return to;
    }
    struct planes to = planes_yuv(a, w, h);
    int cw = (w + 1) / 2, ch = (h + 1) / 2;
    turn_plane(from->y, from->y_stride, to.y, w, h, to.y_stride, orientation, 1);
    turn_plane(from->u, from->uv_stride, to.u, cw, ch, to.uv_stride, orientation, 1);
    turn_plane(from->v, from->uv_stride, to.v, cw, ch, to.uv_stride, orientation, 1);
    return to;
}
