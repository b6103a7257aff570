/* What load balancers ask. */
#pragma once
#include "http/route.h"

extern const struct route probe_routes[];
extern const size_t probe_route_count;
