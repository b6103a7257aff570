/* One decode, then: the medium from the full picture, the thumb from the medium, the original from
 * the same planes. Small pictures are turned upright after scaling, so a turn costs what they cost.
 */
#include "images/convert.h"

#include <math.h>
#include <string.h>
#include <sys/mman.h>

#include <turbojpeg.h>
#include <webp/encode.h>
#include <webp/mux.h>

#include "images/picture.h"

#define QUALITY    85
#define MEDIUM     800
#define THUMB      200
#define FEED       1080
#define FEED_LEAST 500
#define PAGE       4096
#define LARGE      ((size_t)2 << 20) /* a large page's size */
#define PIXELS_AT_ONCE                                                                             \
    ((size_t)1 << 22) /* a profile is applied to the original up to here; above it is kept */

void *
pixel_memory(struct arena *a, size_t size)
{
    uint8_t *at = arena_alloc(a, size);
    uintptr_t begin = ((uintptr_t)at + PAGE - 1) & ~(uintptr_t)(PAGE - 1);
    uintptr_t end = ((uintptr_t)at + size) & ~(uintptr_t)(PAGE - 1);
    if (size >= LARGE && madvise((void *)begin, end - begin, MADV_HUGEPAGE) < 0) {
        /* Then its pages are small ones. */
    }
    return at;
}

struct planes
planes_rgba(struct arena *a, int width, int height)
{
    struct planes p = { .is_rgba = true, .width = width, .height = height };
    p.rgba = pixel_memory(a, (size_t)width * (size_t)height * 4);
    return p;
}

struct planes
planes_yuv(struct arena *a, int width, int height)
{
    struct planes p = {
        .width = width, .height = height, .y_stride = (width + 1) & ~1, .uv_stride = (width + 1) / 2
    };
    size_t rows = ((size_t)height + 1) & ~(size_t)1;
    p.y = pixel_memory(a, (size_t)p.y_stride * rows);
    p.u = pixel_memory(a, (size_t)p.uv_stride * (rows / 2));
    p.v = pixel_memory(a, (size_t)p.uv_stride * (rows / 2));
    return p;
}

void
picture_fit(int w, int h, int most, int *out_w, int *out_h)
{
    double share = fmin(1, fmin((double)most / w, (double)most / h));
    int fw = (int)lround(w * share), fh = (int)lround(h * share);
    *out_w = fw < 1 ? 1 : fw;
    *out_h = fh < 1 ? 1 : fh;
}

void
picture_size(const struct picture *p, int *width, int *height)
{
    bool turned = p->orientation >= 5;
    *width = turned ? p->planes.height : p->planes.width;
    *height = turned ? p->planes.width : p->planes.height;
}

struct err *
picture_decode(struct arena *a, struct bytes file, const struct picture_header *h,
               struct picture **out)
{
    struct picture *p = NEW(a, struct picture);
    p->orientation = h->orientation;
    p->profile = h->profile;
    switch (h->format) {
    case PICTURE_JPEG:
        TRY(jpeg_decode(a, file, h, p));
        break;
    case PICTURE_PNG:
        TRY(png_decode(a, file, h, p));
        break;
    case PICTURE_GIF:
        TRY(gif_decode(a, file, h, p));
        break;
    case PICTURE_WEBP:
        TRY(webp_decode(a, file, h, p));
        break;
    }
    if (p->profile.length && profile_is_srgb(p->profile))
        p->profile = BYTES(NULL, 0);
    *out = p;
    return NULL;
}

/* ---- Encoding ---- */

static void
end_writer(void *writer)
{
    WebPMemoryWriterClear(writer);
}

static void
end_webp_picture(void *picture)
{
    WebPPictureFree(picture);
}

static struct err *
encode(struct arena *a, const struct planes *p, bool has_alpha, int method, struct bytes *out)
{
    WebPConfig config;
    WebPPicture *picture = NEW(a, WebPPicture);
    WebPMemoryWriter *writer = NEW(a, WebPMemoryWriter);
    must(WebPConfigPreset(&config, WEBP_PRESET_DEFAULT, QUALITY) && WebPPictureInit(picture));
    config.method = method;
    WebPMemoryWriterInit(writer);
    arena_defer(a, end_writer, writer);
    arena_defer(a, end_webp_picture, picture);
    picture->width = p->width;
    picture->height = p->height;
    picture->writer = WebPMemoryWrite;
    picture->custom_ptr = writer;
    bool ready = true;
    if (p->is_rgba) {
        picture->use_argb = 0;
        ready = has_alpha ? WebPPictureImportRGBA(picture, p->rgba, p->width * 4)
                          : WebPPictureImportRGBX(picture, p->rgba, p->width * 4);
    } else {
        picture->y = p->y;
        picture->u = p->u;
        picture->v = p->v;
        picture->y_stride = p->y_stride;
        picture->uv_stride = p->uv_stride;
    }
    if (!ready || !WebPEncode(&config, picture))
        return BROKEN(a, "image.encode", "WebPEncode");
    *out = BYTES(writer->mem, writer->size);
    return NULL;
}

/* ---- Small ones ---- */

static struct planes
upright(struct arena *a, const struct picture *p, int width, int height)
{
    struct planes scaled = planes_scaled(a, p, width, height);
    return planes_upright(a, &scaled, p->orientation);
}

/* A copy where the pixels are still the picture's own. */
static struct planes
own_planes(struct arena *a, struct planes shown, const struct picture *p)
{
    if (!shown.is_rgba || shown.rgba != p->planes.rgba)
        return shown;
    struct planes own = planes_rgba(a, shown.width, shown.height);
    memcpy(own.rgba, shown.rgba, (size_t)shown.width * (size_t)shown.height * 4);
    return own;
}

static struct planes
in_srgb(struct arena *a, struct planes shown, struct bytes profile)
{
    struct planes rgba = planes_to_rgba(a, &shown);
    rgba_to_srgb(profile, rgba.rgba, (size_t)rgba.width * (size_t)rgba.height);
    return rgba;
}

static bool
fits_medium(const struct picture *p)
{
    return p->planes.width <= MEDIUM && p->planes.height <= MEDIUM;
}

bool
picture_original_is_free(const struct picture *p)
{
    return p->vp8.length || fits_medium(p);
}

/* The thumb is made of what the medium shows: nothing is turned or converted twice. */
struct err *
picture_small(struct arena *a, struct picture *p, struct picture_variant *medium,
              struct picture_variant *thumb)
{
    int w, h;
    picture_fit(p->planes.width, p->planes.height, MEDIUM, &w, &h);
    struct picture middle = { .has_alpha = p->has_alpha, .orientation = 1 };
    middle.planes = upright(a, p, w, h);
    if (p->profile.length)
        middle.planes = in_srgb(a, own_planes(a, middle.planes, p), p->profile);
    struct picture_variant m = { middle.planes.width, middle.planes.height, { 0 } };
    TRY(encode(a, &middle.planes, p->has_alpha, 4, &m.file));

    picture_size(p, &w, &h);
    picture_fit(w, h, THUMB, &w, &h); /* sides are rounded once */
    struct picture_variant t = m;
    if (w != m.width || h != m.height) {
        struct planes little = planes_scaled(a, &middle, w, h);
        t = (struct picture_variant){ w, h, { 0 } };
        TRY(encode(a, &little, p->has_alpha, 4, &t.file));
    }
    if (fits_medium(p))
        p->medium = m;
    *medium = m;
    *thumb = t;
    return NULL;
}

/* ---- The original ---- */

/* A lossy WebP that is upright and bare stands as it is, in a new wrapping: no generation is lost.
 */
static struct bytes
wrap_vp8(struct arena *a, struct bytes vp8)
{
    size_t padded = vp8.length + (vp8.length & 1), length = padded + 20;
    uint8_t *file = arena_alloc(a, length);
    uint32_t riff = (uint32_t)(length - 8), chunk = (uint32_t)vp8.length;
    memcpy(file, "RIFF", 4);
    memcpy(file + 8, "WEBPVP8 ", 8);
    for (int i = 0; i < 4; i++) {
        file[4 + i] = (uint8_t)(riff >> (8 * i));
        file[16 + i] = (uint8_t)(chunk >> (8 * i));
    }
    memcpy(file + 20, vp8.at, vp8.length);
    return BYTES(file, length);
}

static void
end_mux(void *mux)
{
    WebPMuxDelete(mux);
}

static void
end_data(void *data)
{
    WebPDataClear(data);
}

static struct err *
add_profile(struct arena *a, struct bytes profile, struct bytes *file)
{
    WebPData bitstream = { file->at, file->length }, icc = { profile.at, profile.length };
    WebPData *whole = NEW(a, WebPData);
    WebPMux *mux = WebPMuxCreate(&bitstream, 0);
    if (!mux)
        return BROKEN(a, "image.encode", "WebPMuxCreate");
    arena_defer(a, end_mux, mux);
    if (WebPMuxSetChunk(mux, "ICCP", &icc, 0) != WEBP_MUX_OK ||
        WebPMuxAssemble(mux, whole) != WEBP_MUX_OK)
        return BROKEN(a, "image.encode", "WebPMuxAssemble");
    arena_defer(a, end_data, whole);
    *file = BYTES(whole->bytes, whole->size);
    return NULL;
}

struct err *
picture_original(struct arena *a, struct picture *p, int method, struct picture_variant *out)
{
    int w, h;
    struct picture_variant v;
    if (p->vp8.length) {
        picture_size(p, &v.width, &v.height);
        v.file = wrap_vp8(a, p->vp8);
        *out = v;
        return NULL;
    }
    if (p->medium.file.length) {
        *out = p->medium;
        return NULL;
    }
    picture_fit(p->planes.width, p->planes.height, SIDE_OUT_MAX, &w, &h);
    bool convert =
        p->profile.length && (p->planes.is_rgba || (size_t)w * (size_t)h <= PIXELS_AT_ONCE);
    struct planes shown = upright(a, p, w, h);
    if (convert)
        shown = in_srgb(a, shown, p->profile);
    v.width = shown.width;
    v.height = shown.height;
    TRY(encode(a, &shown, p->has_alpha, method, &v.file));
    if (p->profile.length && !convert)
        TRY(add_profile(a, p->profile, &v.file));
    *out = v;
    return NULL;
}

/* ---- For product feeds ---- */

static void
end_jpeg(void *bytes)
{
    tjFree(bytes);
}

static void
onto_white(struct planes *p)
{
    for (size_t i = 0; i < (size_t)p->width * (size_t)p->height; i++) {
        uint8_t *s = p->rgba + 4 * i;
        for (int c = 0; c < 3; c++)
            s[c] = (uint8_t)((s[c] * s[3] + 255 * (255 - s[3]) + 127) / 255);
    }
}

/* Channels want a short side of 500 rather than a long one of 1080. */
static void
feed_size(int w, int h, int *out_w, int *out_h)
{
    int shorter = w < h ? w : h, longer = w < h ? h : w;
    int most = FEED;
    if (shorter > FEED_LEAST && (int64_t)shorter * FEED < (int64_t)FEED_LEAST * longer)
        most = (int)(((int64_t)longer * FEED_LEAST + shorter - 1) / shorter);
    picture_fit(w, h, most, out_w, out_h);
}

struct err *
picture_feed(struct arena *a, struct picture *p, struct picture_variant *out)
{
    int w, h;
    unsigned char *jpeg = NULL;
    unsigned long size = 0;
    feed_size(p->planes.width, p->planes.height, &w, &h);
    struct planes scaled = upright(a, p, w, h);
    scaled = in_srgb(a, own_planes(a, scaled, p), p->profile);
    if (p->has_alpha)
        onto_white(&scaled);
    tjhandle tj = tjInitCompress();
    int failed = !tj || tjCompress2(tj, scaled.rgba, scaled.width, 0, scaled.height, TJPF_RGBX,
                                    &jpeg, &size, TJSAMP_420, QUALITY, 0);
    if (tj)
        tjDestroy(tj);
    if (jpeg)
        arena_defer(a, end_jpeg, jpeg);
    if (failed)
        return BROKEN(a, "image.encode", "tjCompress2");
    *out = (struct picture_variant){ scaled.width, scaled.height, BYTES(jpeg, size) };
    return NULL;
}
