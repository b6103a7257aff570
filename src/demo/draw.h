/* Pictures of the demo's products, drawn by the program: no third-party material is needed. A
 * picture is a few parts on a ground; a part is a primitive with place, size and shade. */
#pragma once
#include <stdbool.h>

#include "base/bytes.h"
#include "base/err.h"

enum draw_shape {
    DRAW_BOX = 1,
    DRAW_ELLIPSE,
    DRAW_RING,
    DRAW_BOWL,
    DRAW_DOME,
    DRAW_TRAPEZOID,
    DRAW_DROP,
    DRAW_SPOUT
};

/* Lengths in shares of the picture's side; the middle of the part is at x, y. */
struct draw_part {
    enum draw_shape shape;
    double x, y, width, height;
    double radius; /* of a box's corners; thickness of a ring and a spout */
    double shade;  /* −1 black … 0 the picture's colour … 1 white */
};

struct drawing {
    const struct draw_part *parts;
    size_t count;
    double red, green, blue; /* 0 … 1 */
    double zoom;             /* 1 shows all; 1.6 a detail */
};

bool draw_shape_read(const char *name, enum draw_shape *out); /* "box", "ellipse", … */

/* A PNG of side × side pixels. BROKEN demo.png. */
struct err *draw_png(struct arena *a, const struct drawing *d, int side,
                     struct bytes *out) MUST_CHECK;
