/* Resampling with a Lanczos window of three lobes, rows first and then columns, in whole numbers:
 * weights are 14 bits, what lies between the passes has six bits more than a byte. The loops are
 * plain; compiled once as they are and once for AVX2, and picked by what the processor can. */
#include <math.h>
#include <string.h>

#include "images/picture.h"

#define LOBES        3.0
#define WEIGHT_BITS  14
#define BETWEEN_BITS 6

/* For each target position: where its taps begin in the source, and their weights. */
struct taps {
    int *first;
    int count; /* the same for all: short ones have zeros behind */
    int16_t *weights;
};

static double
lanczos(double x)
{
    if (fabs(x) < 1e-9)
        return 1;
    if (fabs(x) >= LOBES)
        return 0;
    double px = M_PI * x;
    return LOBES * sin(px) * sin(px / LOBES) / (px * px);
}

/* Weights of one position as whole numbers that sum to 1 << WEIGHT_BITS: what rounding leaves over
 * goes to the largest. */
static void
round_weights(const double *w, double sum, int n, int16_t *out)
{
    int left = 1 << WEIGHT_BITS, largest = 0;
    for (int i = 0; i < n; i++) {
        out[i] = (int16_t)lround(w[i] / sum * (1 << WEIGHT_BITS));
        left -= out[i];
        if (out[i] > out[largest])
            largest = i;
    }
    out[largest] = (int16_t)(out[largest] + left);
}

static struct taps
make_taps(struct arena *a, int from, int to, double ratio)
{
    double stretch = ratio > 1 ? ratio : 1, reach = LOBES * stretch;
    struct taps t = { .count = (int)ceil(reach * 2) + 2 };
    if (t.count > from)
        t.count = from;
    t.count = (t.count + 1) & ~1;
    t.first = NEW_ARRAY(a, int, (size_t)to);
    t.weights = NEW_ARRAY(a, int16_t, (size_t)to * (size_t)t.count);
    double *w = NEW_ARRAY(a, double, (size_t)t.count + 2);
    for (int i = 0; i < to; i++) {
        double centre = (i + 0.5) * ratio, sum = 0;
        int begin = (int)ceil(centre - reach - 0.5), end = (int)floor(centre + reach - 0.5);
        if (begin < 0)
            begin = 0;
        if (end > from - 1)
            end = from - 1;
        if (end < begin)
            begin = end = begin > from - 1 ? from - 1 : begin;
        int n = end - begin + 1;
        must(n <= t.count + 1);
        if (n > t.count)
            n = t.count;
        for (int k = 0; k < n; k++)
            sum += w[k] = lanczos((begin + k + 0.5 - centre) / stretch);
        if (sum <= 0) {
            memset(w, 0, (size_t)n * sizeof(*w));
            w[n / 2] = sum = 1;
        }
        t.first[i] = begin;
        round_weights(w, sum, n, t.weights + (size_t)i * (size_t)t.count);
    }
    return t;
}

/* ---- The two inner loops ---- */

#define CHUNK 256

static inline __attribute__((always_inline)) void
mix_rows_body(const uint8_t *from, size_t stride, const int16_t *w, int n, int width, int16_t *to)
{
    for (int x = 0; x < width; x += CHUNK) {
        int32_t sum[CHUNK];
        int m = width - x < CHUNK ? width - x : CHUNK;
        for (int i = 0; i < CHUNK; i++)
            sum[i] = 1 << (WEIGHT_BITS - BETWEEN_BITS - 1);
        for (int k = 0; k < n; k++) {
            const uint8_t *row = from + (size_t)k * stride + x;
            int32_t weight = w[k];
            for (int i = 0; i < m; i++)
                sum[i] += weight * row[i];
        }
        for (int i = 0; i < m; i++)
            to[x + i] = (int16_t)(sum[i] >> (WEIGHT_BITS - BETWEEN_BITS));
    }
}

static inline __attribute__((always_inline)) void
mix_columns_body(const int16_t *from, const struct taps *t, int width, int step, uint8_t *to)
{
    for (int x = 0; x < width; x++) {
        const int16_t *w = t->weights + (size_t)x * (size_t)t->count, *source = from + t->first[x];
        int32_t sum = 1 << (WEIGHT_BITS + BETWEEN_BITS - 1);
        for (int k = 0; k < t->count; k++)
            sum += (int32_t)w[k] * source[k];
        sum >>= WEIGHT_BITS + BETWEEN_BITS;
        to[(size_t)x * (size_t)step] = (uint8_t)(sum < 0 ? 0 : (sum > 255 ? 255 : sum));
    }
}

static void
mix_rows_plain(const uint8_t *from, size_t stride, const int16_t *w, int n, int width, int16_t *to)
{
    mix_rows_body(from, stride, w, n, width, to);
}

static void
mix_columns_plain(const int16_t *from, const struct taps *t, int width, int step, uint8_t *to)
{
    mix_columns_body(from, t, width, step, to);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void
mix_rows_avx2(const uint8_t *from, size_t stride, const int16_t *w, int n, int width, int16_t *to)
{
    mix_rows_body(from, stride, w, n, width, to);
}

__attribute__((target("avx2"))) static void
mix_columns_avx2(const int16_t *from, const struct taps *t, int width, int step, uint8_t *to)
{
    mix_columns_body(from, t, width, step, to);
}

static bool
has_avx2(void)
{
    return __builtin_cpu_supports("avx2");
}
#else
#define mix_rows_avx2    mix_rows_plain
#define mix_columns_avx2 mix_columns_plain

static bool
has_avx2(void)
{
    return false;
}
#endif

/* ---- A plane ---- */

/* Interleaved bytes part into one row a channel, so that the columns' loop reads what lies
 * together. */
static void
part_channels(const int16_t *row, int width, int channels, int16_t *to, int to_stride)
{
    for (int c = 0; c < channels; c++)
        for (int x = 0; x < width; x++)
            to[c * to_stride + x] = row[x * channels + c];
}

void
scale_plane(struct arena *a, const uint8_t *from, int from_w, int from_h, int from_stride,
            uint8_t *to, int to_w, int to_h, int to_stride, double ratio_x, double ratio_y,
            int channels)
{
    struct taps rows = make_taps(a, from_h, to_h, ratio_y),
                columns = make_taps(a, from_w, to_w, ratio_x);
    /* Taps are read in pairs past the last one: their weights are zero, their source must be there.
     */
    int padded = from_w + columns.count + 16;
    int16_t *mixed = NEW_ARRAY(a, int16_t, (size_t)(from_w * channels + 16));
    int16_t *parted = NEW_ARRAY(a, int16_t, (size_t)padded * (size_t)channels);
    bool avx2 = has_avx2();
    for (int y = 0; y < to_h; y++) {
        const int16_t *w = rows.weights + (size_t)y * (size_t)rows.count;
        int n = rows.count;
        if (rows.first[y] + n > from_h)
            n = from_h - rows.first[y]; /* the rest have no weight */
        int16_t *row = channels == 1 ? parted : mixed;
        (avx2 ? mix_rows_avx2 : mix_rows_plain)(from + (size_t)rows.first[y] * (size_t)from_stride,
                                                (size_t)from_stride, w, n, from_w * channels, row);
        if (channels > 1)
            part_channels(mixed, from_w, channels, parted, padded);
        for (int c = 0; c < channels; c++)
            (avx2 ? mix_columns_avx2 : mix_columns_plain)(parted + (size_t)c * (size_t)padded,
                                                          &columns, to_w, channels,
                                                          to + (size_t)y * (size_t)to_stride + c);
    }
}

/* ---- A picture ---- */

static uint8_t *
premultiplied(struct arena *a, const struct planes *p)
{
    size_t n = (size_t)p->width * (size_t)p->height;
    uint8_t *out = arena_alloc_raw(a, n * 4);
    for (size_t i = 0; i < n; i++) {
        const uint8_t *s = p->rgba + 4 * i;
        uint8_t *d = out + 4 * i;
        for (int c = 0; c < 3; c++)
            d[c] = (uint8_t)((s[c] * s[3] + 127) / 255);
        d[3] = s[3];
    }
    return out;
}

static void
divide_alpha(struct planes *p)
{
    size_t n = (size_t)p->width * (size_t)p->height;
    for (size_t i = 0; i < n; i++) {
        uint8_t *s = p->rgba + 4 * i;
        if (!s[3])
            continue;
        for (int c = 0; c < 3; c++) {
            int v = (s[c] * 255 + s[3] / 2) / s[3];
            s[c] = (uint8_t)(v > 255 ? 255 : v);
        }
    }
}

struct planes
planes_scaled(struct arena *a, const struct planes *from, int width, int height, bool has_alpha)
{
    double rx = (double)from->width / width, ry = (double)from->height / height;
    if (from->is_rgba) {
        struct planes to = planes_rgba(a, width, height);
        const uint8_t *source = has_alpha ? premultiplied(a, from) : from->rgba;
        scale_plane(a, source, from->width, from->height, from->width * 4, to.rgba, width, height,
                    width * 4, rx, ry, 4);
        if (has_alpha)
            divide_alpha(&to);
        return to;
    }
    struct planes to = planes_yuv(a, width, height);
    int cw = (from->width + 1) / 2, ch = (from->height + 1) / 2, tw = (width + 1) / 2,
        th = (height + 1) / 2;
    scale_plane(a, from->y, from->width, from->height, from->y_stride, to.y, width, height,
                to.y_stride, rx, ry, 1);
    scale_plane(a, from->u, cw, ch, from->uv_stride, to.u, tw, th, to.uv_stride, rx, ry, 1);
    scale_plane(a, from->v, cw, ch, from->uv_stride, to.v, tw, th, to.uv_stride, rx, ry, 1);
    return to;
}
