/* Where an address is, as far as we keep it and as people are told. Inside of src/accounts. */
#pragma once
#include <stdbool.h>

#include "base/arena.h"

/* The network around it: "203.0.113.0/24", "2001:db8:7::/48"; "" when the text is no address. */
char *place_of(struct arena *a, const char *address);
/* Of our own house or machine: no place on the map. */
bool place_is_private(const char *place);
