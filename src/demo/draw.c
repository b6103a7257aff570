/* Shapes are signed distances: negative inside, so that an edge's coverage of a pixel is a ramp one
 * pixel wide and every edge is smooth. Light comes from the left; each object stands on a soft
 * shadow in front of a ground tinted with its own colour. */
#include "demo/draw.h"

#include <math.h>
#include <png.h>
#include <string.h>

#include "base/text.h"

struct colour {
    double r, g, b;
};

static const struct {
    const char *name;
    enum draw_shape shape;
} shape_names[] = {
    { "box", DRAW_BOX },   { "ellipse", DRAW_ELLIPSE }, { "ring", DRAW_RING },
    { "bowl", DRAW_BOWL }, { "dome", DRAW_DOME },       { "trapezoid", DRAW_TRAPEZOID },
    { "drop", DRAW_DROP }, { "spout", DRAW_SPOUT },
};

bool
draw_shape_read(const char *name, enum draw_shape *out)
{
    for (size_t i = 0; i < COUNT(shape_names); i++)
        if (text_is(name, shape_names[i].name)) {
            *out = shape_names[i].shape;
            return true;
        }
    return false;
}

static double
box(double x, double y, double w, double h, double radius)
{
    double dx = fabs(x) - w / 2 + radius, dy = fabs(y) - h / 2 + radius;
    return hypot(fmax(dx, 0), fmax(dy, 0)) + fmin(fmax(dx, dy), 0) - radius;
}

/* Not the exact distance, but exact in sign and close to the edge. */
static double
ellipse(double x, double y, double w, double h)
{
    double rx = w / 2, ry = h / 2, k = hypot(x / rx, y / ry);
    return k < 1e-6 ? -fmin(rx, ry) : k * (k - 1) / hypot(x / (rx * rx), y / (ry * ry));
}

/* Half an ellipse: below its middle for a bowl, above for a dome. */
static double
half_ellipse(double x, double y, double w, double h, double up)
{
    double edge = y * up - h / 2;
    return fmax(ellipse(x, y + up * -h / 2, w, 2 * h), edge);
}

/* Narrow above: the width grows from 0.62 of it at the top to all of it at the foot. */
static double
trapezoid(double x, double y, double w, double h)
{
    double half = w / 2 * (0.62 + 0.38 * (y / h + 0.5));
    return fmax((fabs(x) - half) * 0.94, fabs(y) - h / 2);
}

static double
drop(double x, double y, double w, double h)
{
    double up = (y / h + 0.5); /* 0 at the tip, 1 at the foot */
    double half = up <= 0 ? 0 : w / 2 * sin(fmin(up, 1) * 2.6);
    return fmax(fabs(x) - half, fabs(y) - h / 2);
}

/* A bent tube from the lower left to the upper right. */
static double
spout(double x, double y, double w, double h, double thickness)
{
    double t = fmin(fmax(x / w + 0.5, 0), 1);
    double bend = h / 2 - h * t * t;
    double half = (thickness > 0 ? thickness : 0.03) * (1.3 - 0.6 * t);
    return fmax(fabs(y - bend) * 0.7 - half / 1.4, fabs(x) - w / 2);
}

static double
distance(const struct draw_part *p, double x, double y)
{
    x -= p->x;
    y -= p->y;
    switch (p->shape) {
    case DRAW_BOX:
        return box(x, y, p->width, p->height, p->radius);
    case DRAW_ELLIPSE:
        return ellipse(x, y, p->width, p->height);
    case DRAW_RING:
        return fabs(ellipse(x, y, p->width, p->height) + p->radius / 2) - p->radius / 2;
    case DRAW_BOWL:
        return half_ellipse(x, -y, p->width, p->height, 1);
    case DRAW_DOME:
        return half_ellipse(x, y, p->width, p->height, 1);
    case DRAW_TRAPEZOID:
        return trapezoid(x, y, p->width, p->height);
    case DRAW_DROP:
        return drop(x, y, p->width, p->height);
    case DRAW_SPOUT:
        return spout(x, y, p->width, p->height, p->radius);
    }
    return 1;
}

static struct colour
mix(struct colour a, struct colour b, double share)
{
    return (struct colour){ a.r + (b.r - a.r) * share, a.g + (b.g - a.g) * share,
                            a.b + (b.b - a.b) * share };
}

static const struct colour white = { 1, 1, 1 }, black = { 0.06, 0.06, 0.09 };

static struct colour
shaded(struct colour c, double shade)
{
    return shade >= 0 ? mix(c, white, shade) : mix(c, black, -shade);
}

static struct colour
ground(const struct drawing *d, double y)
{
    struct colour own = { d->red, d->green, d->blue };
    double table = fmin(fmax((y - 0.70) * 40, 0), 1);
    return mix(mix(white, own, 0.07 + 0.10 * y), mix(white, own, 0.26), table);
}

static struct colour
pixel(const struct drawing *d, double x, double y, double side)
{
    struct colour own = { d->red, d->green, d->blue };
    struct colour c = ground(d, y);
    double shadow = ellipse(x - 0.53, y - 0.835, 0.66, 0.10);
    c = mix(c, black, 0.34 * fmin(fmax(0.5 - shadow * 12, 0), 1));
    for (size_t i = 0; i < d->count; i++) {
        const struct draw_part *p = &d->parts[i];
        double cover = fmin(fmax(0.5 - distance(p, x, y) * side, 0), 1);
        if (cover <= 0)
            continue;
        double across = (x - p->x) / p->width; /* −0.5 lit … 0.5 in the shade */
        c = mix(c, shaded(shaded(own, p->shade), -0.22 * across - 0.02), cover);
    }
    return c;
}

static unsigned char
level(double share)
{
    return (unsigned char)lround(255 * fmin(fmax(share, 0), 1));
}

static void
draw(const struct drawing *d, int side, unsigned char *rgb)
{
    for (int j = 0; j < side; j++)
        for (int i = 0; i < side; i++) {
            double x = ((i + 0.5) / side - 0.5) / d->zoom + 0.5;
            double y = ((j + 0.5) / side - 0.5) / d->zoom + 0.5;
            struct colour c = pixel(d, x, y, side * d->zoom);
            *rgb++ = level(c.r);
            *rgb++ = level(c.g);
            *rgb++ = level(c.b);
        }
}

struct err *
draw_png(struct arena *a, const struct drawing *d, int side, struct bytes *out)
{
    must(side > 0 && side <= 4096 && d->zoom > 0);
    png_image image = { .version = PNG_IMAGE_VERSION,
                        .width = (png_uint_32)side,
                        .height = (png_uint_32)side,
                        .format = PNG_FORMAT_RGB };
    unsigned char *rgb = arena_alloc_raw(a, (size_t)side * (size_t)side * 3);
    draw(d, side, rgb);

    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
    unsigned char *png = arena_alloc_raw(a, size);
    if (!png_image_write_to_memory(&image, png, &size, 0, rgb, 0, NULL))
        return BROKEN(a, "demo.png", text_copy(a, image.message));
    *out = BYTES(png, size);
    return NULL;
}
