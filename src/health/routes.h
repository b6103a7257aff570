/* Rows of the route table. */
#pragma once
#include "http/route.h"

extern const struct route health_routes[];
extern const size_t health_route_count;
