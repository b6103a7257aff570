/* For main: the pages and calls of this room. */
#pragma once
#include "http/route.h"

extern const struct route outlook_routes[];
extern const size_t outlook_route_count;

struct err *outlook_show(struct req *r) MUST_CHECK;
struct err *outlook_post_page(struct req *r) MUST_CHECK;
struct err *outlook_post_snapshot(struct req *r) MUST_CHECK;
struct err *outlook_get_tiers(struct req *r) MUST_CHECK;
struct err *outlook_get_trends(struct req *r) MUST_CHECK;
