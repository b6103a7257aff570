/* JPEG: straight into the planes that WebP encodes, one decode, no RGB in between. What
 * libjpeg-turbo cannot give as planes (CMYK, odd sampling) comes as pixels. */
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <turbojpeg.h>

#include "base/text.h"
#include "images/picture.h"

static void
end_turbo(void *handle)
{
    tjDestroy(handle);
}

/* ---- Planes ---- */

/* Means of four: of two rows, which are the same when the rows stay as they are, and of two
 * columns, likewise. */
static void
mean_row(const uint8_t *one, const uint8_t *two, int from_w, uint8_t *to, int w)
{
    if (from_w <= w) {
        for (int x = 0; x < w; x++)
            to[x] = (uint8_t)((one[x] + two[x] + 1) >> 1);
        return;
    }
    int pairs = from_w / 2;
    for (int x = 0; x < pairs; x++)
        to[x] = (uint8_t)((one[2 * x] + one[2 * x + 1] + two[2 * x] + two[2 * x + 1] + 2) >> 2);
    if (pairs < w)
        to[pairs] = (uint8_t)((one[2 * pairs] + two[2 * pairs] + 1) >> 1);
}

/* Chroma of the JPEG's own size down to half the luma's: means of what falls together. */
static void
halve_chroma(const uint8_t *from, int from_w, int from_h, int from_stride, uint8_t *to, int w,
             int h, int to_stride)
{
    int step = from_h > h ? 2 : 1;
    for (int y = 0; y < h; y++) {
        const uint8_t *one = from + (size_t)(y * step) * (size_t)from_stride;
        bool has_two = step == 2 && y * 2 + 1 < from_h;
        mean_row(one, has_two ? one + from_stride : one, from_w, to + (size_t)y * (size_t)to_stride,
                 w);
    }
}

static bool
gives_planes(int sampling)
{
    return sampling == TJSAMP_420 || sampling == TJSAMP_422 || sampling == TJSAMP_440 ||
           sampling == TJSAMP_444 || sampling == TJSAMP_GRAY;
}

/* The planes as libjpeg-turbo wants them: sides padded to what the sampling needs. */
static struct err *
decode_planes(struct arena *a, tjhandle tj, struct bytes file, int w, int h, int sampling,
              struct picture *p)
{
    bool is_420 = sampling == TJSAMP_420, gray = sampling == TJSAMP_GRAY;
    int cw = (w + 1) / 2, ch = (h + 1) / 2, strides[3] = { 0 };
    uint8_t *planes[3] = { NULL };
    struct arena *extra = is_420 || gray ? a : arena_new((size_t)512 << 20);

    for (int i = 0; i < (gray ? 1 : 3); i++) {
        int pw = tjPlaneWidth(i, w, sampling), ph = tjPlaneHeight(i, h, sampling);
        strides[i] = pw;
        planes[i] = pixel_memory(i == 0 ? a : extra, (size_t)pw * (size_t)ph);
    }
    struct planes to = { .width = w,
                         .height = h,
                         .y = planes[0],
                         .y_stride = strides[0],
                         .u = planes[1],
                         .v = planes[2],
                         .uv_stride = strides[1] };
    if (!is_420) {
        to.uv_stride = cw;
        to.u = pixel_memory(a, (size_t)cw * (size_t)ch);
        to.v = pixel_memory(a, (size_t)cw * (size_t)ch);
        memset(to.u, 128, (size_t)cw * (size_t)ch);
        memset(to.v, 128, (size_t)cw * (size_t)ch);
    }
    int failed =
        tjDecompressToYUVPlanes(tj, file.at, file.length, planes, w, strides, h, TJFLAG_NOREALLOC);
    bool broken = failed && tjGetErrorCode(tj) == TJERR_FATAL;
    const char *why = broken ? text_copy(a, tjGetErrorStr2(tj)) : NULL;
    if (!is_420 && !gray && !broken) {
        int pw = tjPlaneWidth(1, w, sampling), ph = tjPlaneHeight(1, h, sampling);
        halve_chroma(planes[1], pw, ph, strides[1], to.u, cw, ch, cw);
        halve_chroma(planes[2], pw, ph, strides[2], to.v, cw, ch, cw);
    }
    if (extra != a)
        arena_free(extra);
    if (broken)
        return picture_broken(a, why);
    yuv_full_to_limited(&to);
    p->planes = to;
    return NULL;
}

/* ---- Pixels ---- */

struct failure {
    struct jpeg_error_mgr base;
    jmp_buf back;
    char text[JMSG_LENGTH_MAX];
};

static void
on_error(j_common_ptr jpeg)
{
    struct failure *f = (struct failure *)(void *)jpeg->err;
    f->base.format_message(jpeg, f->text);
    longjmp(f->back, 1);
}

static void
on_message(j_common_ptr jpeg, int level)
{
    (void)jpeg;
    (void)level; /* warnings: what can be shown is shown */
}

static void
read_rows(struct jpeg_decompress_struct *j, uint8_t *to, size_t stride)
{
    while (j->output_scanline < j->output_height) {
        JSAMPROW row = to + (size_t)j->output_scanline * stride;
        jpeg_read_scanlines(j, &row, 1);
    }
    jpeg_finish_decompress(j);
}

static struct err *
decode_pixels(struct arena *a, struct bytes file, const struct picture_header *h, struct picture *p)
{
    struct jpeg_decompress_struct *j = NEW(a, struct jpeg_decompress_struct);
    struct failure *failure = NEW(a, struct failure);
    size_t pixels = (size_t)h->width * h->height;
    j->err = jpeg_std_error(&failure->base);
    failure->base.error_exit = on_error;
    failure->base.emit_message = on_message;
    if (setjmp(failure->back)) {
        jpeg_destroy_decompress(j);
        return picture_broken(a, failure->text);
    }
    jpeg_create_decompress(j);
    jpeg_mem_src(j, file.at, file.length);
    jpeg_read_header(j, TRUE);
    bool cmyk = j->jpeg_color_space == JCS_CMYK || j->jpeg_color_space == JCS_YCCK;
    j->out_color_space = cmyk ? JCS_CMYK : JCS_EXT_RGBX;
    jpeg_start_decompress(j);
    if (j->output_width != h->width || j->output_height != h->height) {
        jpeg_destroy_decompress(j);
        return picture_broken(a, "frame and header differ");
    }
    p->planes = planes_rgba(a, (int)h->width, (int)h->height);
    uint8_t *to = cmyk ? arena_alloc(a, pixels * 4) : p->planes.rgba;
    read_rows(j, to, (size_t)h->width * 4);
    jpeg_destroy_decompress(j);
    if (cmyk) {
        cmyk_to_rgba(h->profile, to, p->planes.rgba, pixels);
        p->profile = BYTES(NULL, 0);
    } else {
        for (size_t i = 0; i < pixels; i++)
            p->planes.rgba[4 * i + 3] = 255;
    }
    return NULL;
}

struct err *
jpeg_decode(struct arena *a, struct bytes file, const struct picture_header *h, struct picture *p)
{
    int w, height, sampling = -1, space;
    tjhandle tj = tjInitDecompress();
    if (!tj)
        return BROKEN(a, "image.memory", "tjInitDecompress");
    arena_defer(a, end_turbo, tj);
    bool known = tjDecompressHeader3(tj, file.at, file.length, &w, &height, &sampling, &space) == 0;
    if (known && (w != (int)h->width || height != (int)h->height))
        return picture_broken(a, "frame and header differ");
    if (known && (space == TJCS_YCbCr || space == TJCS_GRAY) && gives_planes(sampling))
        return decode_planes(a, tj, file, w, height, sampling, p);
    return decode_pixels(a, file, h, p);
}
