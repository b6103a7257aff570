/* A chart of columns in two parts, as the numbers that the template's SVG is drawn with. Inside of
 * src/accounts. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "view/value.h"

#define CHART_WIDTH  960
#define CHART_HEIGHT 160

struct chart_column {
    int64_t at_us, lower, upper;
};
/* Sets width, height, top (the scale's end, a round number) and `columns`, each {x, width, lower
 * and upper {y, height}}. */
void chart_fill(struct val *m, const struct chart_column *columns, size_t n);
