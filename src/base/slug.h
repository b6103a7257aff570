/* The part of an address that a title or a name gives. */
#pragma once
#include <stddef.h>

#include "base/arena.h"

/* Small Latin letters, digits and single hyphens, at most so many: accents fall away (é → e, ß →
 * ss); a title without any Latin letter or digit gives `otherwise`. */
char *slug_of(struct arena *a, const char *title, size_t most, const char *otherwise);
