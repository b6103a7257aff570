/* Resampling with a Lanczos window of three lobes, rows first and then columns, in whole numbers:
 * weights are 14 bits, what lies between the passes has six bits more than a byte. The two inner
 * loops stand here plainly and once more for AVX2, which multiplies and adds pairs; both give the
 * same bytes, and the processor decides. */
#include <math.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "images/picture.h"

#define LOBES        3.0
#define WEIGHT_BITS  14
#define BETWEEN_BITS 6
#define LANES        16 /* whole numbers of 16 bits in a register */

/* For each target position: where its taps begin in the source, how many there are, and their
 * weights, `stride` apart: a multiple of LANES, with zeros behind the last. */
struct taps {
    int *first, *count;
    int most, stride;
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
make_taps(struct arena *a, struct axis axis)
{
    int from = axis.from, to = axis.to;
    double stretch = axis.ratio > 1 ? axis.ratio : 1, reach = LOBES * stretch;
    struct taps t = { .most = (int)ceil(reach * 2) + 2 };
    if (t.most > from)
        t.most = from;
    t.stride = (t.most + LANES - 1) & ~(LANES - 1);
    t.first = NEW_ARRAY(a, int, (size_t)to);
    t.count = NEW_ARRAY(a, int, (size_t)to);
    t.weights = NEW_ARRAY(a, int16_t, (size_t)to * (size_t)t.stride);
    double *w = NEW_ARRAY(a, double, (size_t)t.most + 2);
    for (int i = 0; i < to; i++) {
        double centre = (i + 0.5 + axis.shift) * axis.ratio, sum = 0;
        int begin = (int)ceil(centre - reach - 0.5), end = (int)floor(centre + reach - 0.5);
        if (begin < 0)
            begin = 0;
        if (end > from - 1)
            end = from - 1;
        if (end < begin)
            begin = end = begin > from - 1 ? from - 1 : begin;
        int n = end - begin + 1;
        must(n <= t.most);
        for (int k = 0; k < n; k++)
            sum += w[k] = lanczos((begin + k + 0.5 - centre) / stretch);
        if (sum <= 0) {
            memset(w, 0, (size_t)n * sizeof(*w));
            w[n / 2] = sum = 1;
        }
        t.first[i] = begin;
        t.count[i] = n;
        round_weights(w, sum, n, t.weights + (size_t)i * (size_t)t.stride);
    }
    return t;
}

/* ---- The two inner loops ---- */

#define CHUNK 256

/* `width` bytes of n rows into one. */
static void
mix_rows_plain(const uint8_t *from, size_t stride, const int16_t *w, int n, int width, int16_t *to)
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

static uint8_t
from_sum(int32_t sum)
{
    sum = (sum + (1 << (WEIGHT_BITS + BETWEEN_BITS - 1))) >> (WEIGHT_BITS + BETWEEN_BITS);
    return (uint8_t)(sum < 0 ? 0 : (sum > 255 ? 255 : sum));
}

/* The taps' positions of one row, `step` bytes apart. */
static void
mix_columns_plain(const int16_t *from, const struct taps *t, int width, int step, uint8_t *to)
{
    for (int x = 0; x < width; x++) {
        const int16_t *w = t->weights + (size_t)x * (size_t)t->stride, *source = from + t->first[x];
        int32_t sum = 0;
        for (int k = 0; k < t->count[x]; k++)
            sum += (int32_t)w[k] * source[k];
        to[(size_t)x * (size_t)step] = from_sum(sum);
    }
}

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2")))

static inline AVX2 __m256i
load(const void *at)
{
    return _mm256_loadu_si256((const __m256i *)at);
}

/* Sixteen bytes of two rows, taken in turns: eight pairs a register. */
static inline AVX2 void
add_pairs(const uint8_t *one, const uint8_t *two, __m256i weights, __m256i *low, __m256i *high)
{
    __m128i a = _mm_loadu_si128((const __m128i *)(const void *)one);
    __m128i b = _mm_loadu_si128((const __m128i *)(const void *)two);
    __m256i l = _mm256_cvtepu8_epi16(_mm_unpacklo_epi8(a, b));
    __m256i h = _mm256_cvtepu8_epi16(_mm_unpackhi_epi8(a, b));
    *low = _mm256_add_epi32(*low, _mm256_madd_epi16(l, weights));
    *high = _mm256_add_epi32(*high, _mm256_madd_epi16(h, weights));
}

static inline AVX2 void
store_between(__m256i low, __m256i high, int16_t *to)
{
    low = _mm256_srai_epi32(low, WEIGHT_BITS - BETWEEN_BITS);
    high = _mm256_srai_epi32(high, WEIGHT_BITS - BETWEEN_BITS);
    __m256i both = _mm256_permute4x64_epi64(_mm256_packs_epi32(low, high), 0xd8);
    _mm256_storeu_si256((__m256i *)(void *)to, both);
}

static AVX2 void
mix_rows_avx2(const uint8_t *from, size_t stride, const int16_t *w, int n, int width, int16_t *to)
{
    const __m256i half = _mm256_set1_epi32(1 << (WEIGHT_BITS - BETWEEN_BITS - 1));
    int x = 0;
    for (; x + 32 <= width; x += 32) {
        __m256i sums[4] = { half, half, half, half };
        for (int k = 0; k < n; k += 2) {
            const uint8_t *one = from + (size_t)k * stride + x;
            const uint8_t *two = k + 1 < n ? one + stride : one; /* behind the last: weight 0 */
            uint32_t pair = (uint16_t)w[k] | (k + 1 < n ? (uint32_t)(uint16_t)w[k + 1] << 16 : 0);
            __m256i weights = _mm256_set1_epi32((int32_t)pair);
            add_pairs(one, two, weights, &sums[0], &sums[1]);
            add_pairs(one + 16, two + 16, weights, &sums[2], &sums[3]);
        }
        store_between(sums[0], sums[1], to + x);
        store_between(sums[2], sums[3], to + x + 16);
    }
    mix_rows_plain(from + x, stride, w, n, width - x, to + x);
}

/* The taps of position x: eight sums, to be added up. */
static inline AVX2 __m256i
sums_at(const int16_t *from, const struct taps *t, int x)
{
    const int16_t *w = t->weights + (size_t)x * (size_t)t->stride, *source = from + t->first[x];
    __m256i sum = _mm256_madd_epi16(load(w), load(source));
    for (int k = LANES; k < t->count[x]; k += LANES)
        sum = _mm256_add_epi32(sum, _mm256_madd_epi16(load(w + k), load(source + k)));
    return sum;
}

static AVX2 void
mix_columns_avx2(const int16_t *from, const struct taps *t, int width, int step, uint8_t *to)
{
    int32_t sums[4];
    for (int x = 0; x < width; x += 4) {
        int last = width - 1; /* beyond it: the last one again */
        __m256i a = sums_at(from, t, x), b = sums_at(from, t, x + 1 < last ? x + 1 : last),
                c = sums_at(from, t, x + 2 < last ? x + 2 : last),
                d = sums_at(from, t, x + 3 < last ? x + 3 : last);
        __m256i four = _mm256_hadd_epi32(_mm256_hadd_epi32(a, b), _mm256_hadd_epi32(c, d));
        _mm_storeu_si128((__m128i *)(void *)sums, _mm_add_epi32(_mm256_castsi256_si128(four),
                                                                _mm256_extracti128_si256(four, 1)));
        for (int i = 0; i < 4 && x + i < width; i++)
            to[(size_t)(x + i) * (size_t)step] = from_sum(sums[i]);
    }
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
scale_plane(struct arena *a, const uint8_t *from, int from_stride, uint8_t *to, int to_stride,
            struct axis x, struct axis y, int channels)
{
    struct taps rows = make_taps(a, y), columns = make_taps(a, x);
    /* Taps are read LANES at a time, past the last one: no weight, but the source must be there. */
    int padded = x.from + columns.stride;
    int16_t *mixed = NEW_ARRAY(a, int16_t, (size_t)x.from * (size_t)channels);
    int16_t *parted = NEW_ARRAY(a, int16_t, (size_t)padded * (size_t)channels);
    bool avx2 = has_avx2();
    for (int i = 0; i < y.to; i++) {
        const int16_t *w = rows.weights + (size_t)i * (size_t)rows.stride;
        int n = rows.count[i];
        int16_t *row = channels == 1 ? parted : mixed;
        (avx2 ? mix_rows_avx2 : mix_rows_plain)(from + (size_t)rows.first[i] * (size_t)from_stride,
                                                (size_t)from_stride, w, n, x.from * channels, row);
        if (channels > 1)
            part_channels(mixed, x.from, channels, parted, padded);
        for (int c = 0; c < channels; c++)
            (avx2 ? mix_columns_avx2 : mix_columns_plain)(parted + (size_t)c * (size_t)padded,
                                                          &columns, x.to, channels,
                                                          to + (size_t)i * (size_t)to_stride + c);
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

static struct planes
scaled_rgba(struct arena *a, const struct planes *from, struct axis x, struct axis y,
            bool has_alpha)
{
    struct planes to = planes_rgba(a, x.to, y.to);
    const uint8_t *source = has_alpha ? premultiplied(a, from) : from->rgba;
    scale_plane(a, source, x.from * 4, to.rgba, x.to * 4, x, y, 4);
    if (has_alpha)
        divide_alpha(&to);
    return to;
}

/* Two columns of luma share one of chroma, counted from the left. When the side is odd and will be
 * mirrored, they must be counted from the right: half a sample of chroma before. */
static struct axis
chroma_axis(struct axis luma, bool mirrored)
{
    return (struct axis){ (luma.from + 1) / 2, (luma.to + 1) / 2, luma.ratio,
                          mirrored && luma.to % 2 ? -0.5 : 0 };
}

struct planes
planes_scaled(struct arena *a, const struct picture *p, int width, int height)
{
    const struct planes *from = &p->planes;
    struct axis x = { from->width, width, (double)from->width / width, 0 },
                y = { from->height, height, (double)from->height / height, 0 };
    bool same = width == from->width && height == from->height, mirror_x, mirror_y;
    turn_mirrors(p->orientation, &mirror_x, &mirror_y);
    struct axis cx = chroma_axis(x, mirror_x), cy = chroma_axis(y, mirror_y);
    if (same && (from->is_rgba || (cx.shift == 0 && cy.shift == 0)))
        return *from;
    if (from->is_rgba)
        return scaled_rgba(a, from, x, y, p->has_alpha);
    struct planes to = planes_yuv(a, width, height);
    scale_plane(a, from->y, from->y_stride, to.y, to.y_stride, x, y, 1);
    scale_plane(a, from->u, from->uv_stride, to.u, to.uv_stride, cx, cy, 1);
    scale_plane(a, from->v, from->uv_stride, to.v, to.uv_stride, cx, cy, 1);
    return to;
}
