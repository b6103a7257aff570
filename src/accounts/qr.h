/* QR codes as SVG. Inside of src/accounts. */
#pragma once
#include "base/arena.h"

/* The dark squares as one path ("M0 0h7v1h-7z…") of units, and how many units a side has, the quiet
 * border of four included. `text`: at most 500 bytes. */
char *qr_path(struct arena *a, const char *text, int *side);
