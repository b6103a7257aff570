/* A shop's first page. */
#pragma once
#include "http/request.h"
#include "http/route.h"

extern const struct route home_routes[];
extern const size_t home_route_count;

struct err *home_show(struct req *r);
struct err *home_post_dismiss(struct req *r);
