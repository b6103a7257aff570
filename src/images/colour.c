/* Colours: JPEG's full range to WebP's limited one, planes to RGB, and profiles to sRGB by lcms2.
 */
#include <lcms2.h>
#include <stdlib.h>
#include <string.h>

#include "images/picture.h"

static uint8_t
clamp(int v)
{
    return (uint8_t)(v < 0 ? 0 : (v > 255 ? 255 : v));
}

/* (v × scale + shift) / 255, rounded: in 16 bits with constants, so that the compiler takes many at
 * a time. */
static inline __attribute__((always_inline)) void
map_plane(uint8_t *plane, int width, int height, int stride, uint16_t scale, uint16_t shift)
{
    for (int y = 0; y < height; y++) {
        uint8_t *row = plane + (size_t)y * (size_t)stride;
        for (int x = 0; x < width; x++) {
            uint16_t t = (uint16_t)(row[x] * scale + shift + 128);
            row[x] = (uint8_t)((uint16_t)(t + (t >> 8)) >> 8);
        }
    }
}

/* BT.601: luma 16 … 235, chroma 16 … 240. */
void
yuv_full_to_limited(struct planes *p)
{
    int cw = (p->width + 1) / 2, ch = (p->height + 1) / 2;
    map_plane(p->y, p->width, p->height, p->y_stride, 219, 16 * 255);
    map_plane(p->u, cw, ch, p->uv_stride, 224, 128 * (255 - 224));
    map_plane(p->v, cw, ch, p->uv_stride, 224, 128 * (255 - 224));
}

bool
planes_opaque(const struct planes *p)
{
    for (int y = 0; y < p->height; y++) {
        const uint8_t *row = p->rgba + (size_t)y * (size_t)p->width * 4;
        uint8_t all = 255;
        for (int x = 0; x < p->width; x++)
            all &= row[4 * x + 3];
        if (all != 255)
            return false;
    }
    return true;
}

struct planes
planes_to_rgba(struct arena *a, const struct planes *from)
{
    if (from->is_rgba)
        return *from;
    struct planes to = planes_rgba(a, from->width, from->height);
    for (int j = 0; j < from->height; j++) {
        const uint8_t *y = from->y + (size_t)j * (size_t)from->y_stride;
        const uint8_t *u = from->u + (size_t)(j / 2) * (size_t)from->uv_stride;
        const uint8_t *v = from->v + (size_t)(j / 2) * (size_t)from->uv_stride;
        uint8_t *out = to.rgba + (size_t)j * (size_t)from->width * 4;
        for (int i = 0; i < from->width; i++, out += 4) {
            int c = 298 * (y[i] - 16) + 128, d = u[i / 2] - 128, e = v[i / 2] - 128;
            out[0] = clamp((c + 409 * e) >> 8);
            out[1] = clamp((c - 100 * d - 208 * e) >> 8);
            out[2] = clamp((c + 516 * d) >> 8);
            out[3] = 255;
        }
    }
    return to;
}

/* ---- Profiles ---- */

static cmsHTRANSFORM
transform_from(struct bytes profile, cmsColorSpaceSignature space, cmsUInt32Number format,
               cmsUInt32Number flags)
{
    cmsHTRANSFORM transform = NULL;
    cmsHPROFILE from = cmsOpenProfileFromMem(profile.at, (cmsUInt32Number)profile.length);
    cmsHPROFILE to = cmsCreate_sRGBProfile();
    if (from && to && cmsGetColorSpace(from) == space)
        transform =
            cmsCreateTransform(from, format, to, TYPE_RGBA_8, INTENT_RELATIVE_COLORIMETRIC,
                               cmsFLAGS_BLACKPOINTCOMPENSATION | cmsFLAGS_COPY_ALPHA | flags);
    if (from)
        cmsCloseProfile(from);
    if (to)
        cmsCloseProfile(to);
    return transform;
}

void
rgba_to_srgb(struct bytes profile, uint8_t *rgba, size_t pixels)
{
    cmsHTRANSFORM t =
        profile.length ? transform_from(profile, cmsSigRgbData, TYPE_RGBA_8, 0) : NULL;
    if (!t)
        return;
    cmsDoTransform(t, rgba, rgba, (cmsUInt32Number)pixels);
    cmsDeleteTransform(t);
}

/* By what it does, not by its name: sRGB comes under many. */
bool
profile_is_srgb(struct bytes profile)
{
    uint8_t probe[27 * 4], out[27 * 4];
    /* For so few colours no tables are made, which would take longer than all of them. */
    cmsHTRANSFORM t = transform_from(profile, cmsSigRgbData, TYPE_RGBA_8, cmsFLAGS_NOOPTIMIZE);
    if (!t)
        return true; /* of no use to anybody: leave the pixels as they are */
    for (int i = 0; i < 27; i++) {
        const uint8_t levels[] = { 16, 128, 240 };
        probe[4 * i] = levels[i % 3];
        probe[4 * i + 1] = levels[i / 3 % 3];
        probe[4 * i + 2] = levels[i / 9];
        probe[4 * i + 3] = 255;
    }
    cmsDoTransform(t, probe, out, 27);
    cmsDeleteTransform(t);
    for (size_t i = 0; i < sizeof(probe); i++)
        if (i % 4 != 3 && abs(probe[i] - out[i]) > 3)
            return false;
    return true;
}

void
cmyk_to_rgba(struct bytes profile, const uint8_t *cmyk, uint8_t *rgba, size_t pixels)
{
    cmsHTRANSFORM t =
        profile.length ? transform_from(profile, cmsSigCmykData, TYPE_CMYK_8_REV, 0) : NULL;
    for (size_t i = 0; i < pixels; i++)
        rgba[4 * i + 3] = 255;
    if (t) {
        cmsDoTransform(t, cmyk, rgba, (cmsUInt32Number)pixels);
        cmsDeleteTransform(t);
        for (size_t i = 0; i < pixels; i++)
            rgba[4 * i + 3] = 255;
        return;
    }
    for (size_t i = 0; i < pixels; i++)
        for (int c = 0; c < 3; c++)
            rgba[4 * i + (size_t)c] =
                (uint8_t)((cmyk[4 * i + (size_t)c] * cmyk[4 * i + 3] + 127) / 255);
}
