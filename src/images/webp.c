/* WebP by libwebp: lossy ones as planes, the others as RGBA, of an animation the first frame. */
#include <string.h>

#include <webp/decode.h>
#include <webp/demux.h>

#include "images/picture.h"

static void
end_animation(void *decoder)
{
    WebPAnimDecoderDelete(decoder);
}

static struct err *
decode_first_frame(struct arena *a, struct bytes file, const struct picture_header *h,
                   struct picture *p)
{
    WebPAnimDecoderOptions options;
    WebPData data = { file.at, file.length };
    uint8_t *frame;
    int at_ms;
    if (!WebPAnimDecoderOptionsInit(&options))
        return BROKEN(a, "image.memory", "WebPAnimDecoderOptionsInit");
    options.color_mode = MODE_RGBA;
    options.use_threads = 0;
    WebPAnimDecoder *decoder = WebPAnimDecoderNew(&data, &options);
    if (!decoder)
        return picture_broken(a, "WebP animation");
    arena_defer(a, end_animation, decoder);
    if (!WebPAnimDecoderGetNext(decoder, &frame, &at_ms))
        return picture_broken(a, "WebP animation without a frame");
    p->planes = planes_rgba(a, (int)h->width, (int)h->height);
    memcpy(p->planes.rgba, frame, (size_t)h->width * h->height * 4);
    p->has_alpha = true;
    return NULL;
}

static bool
decode_rgba(struct bytes file, struct planes *p)
{
    size_t stride = (size_t)p->width * 4;
    return WebPDecodeRGBAInto(file.at, file.length, p->rgba, stride * (size_t)p->height,
                              (int)stride) != NULL;
}

static bool
decode_yuv(struct bytes file, struct planes *p)
{
    size_t y = (size_t)p->y_stride * (size_t)p->height,
           uv = (size_t)p->uv_stride * (size_t)((p->height + 1) / 2);
    return WebPDecodeYUVInto(file.at, file.length, p->y, y, p->y_stride, p->u, uv, p->uv_stride,
                             p->v, uv, p->uv_stride) != NULL;
}

struct err *
webp_decode(struct arena *a, struct bytes file, const struct picture_header *h, struct picture *p)
{
    WebPBitstreamFeatures features;
    if (h->animated)
        return decode_first_frame(a, file, h, p);
    if (WebPGetFeatures(file.at, file.length, &features) != VP8_STATUS_OK ||
        features.width != (int)h->width || features.height != (int)h->height)
        return picture_broken(a, "WebP features");
    bool planes = h->lossy_webp && !features.has_alpha;
    p->planes = planes ? planes_yuv(a, features.width, features.height)
                       : planes_rgba(a, features.width, features.height);
    p->has_alpha = features.has_alpha;
    if (!(planes ? decode_yuv(file, &p->planes) : decode_rgba(file, &p->planes)))
        return picture_broken(a, "WebP data");
    if (planes && h->orientation == 1 && !p->profile.length)
        p->vp8 = h->vp8;
    return NULL;
}
