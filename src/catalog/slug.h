/* The part of an address that a title gives. */
#pragma once
#include "base/arena.h"

/* Small Latin letters, digits and single hyphens, at most 80: accents fall away (é → e, ß → ss);
 * a title without any Latin letter or digit gives "product". */
char *slug_of(struct arena *a, const char *title);
