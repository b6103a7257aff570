/* Rows of the route table. */
#pragma once
#include "http/route.h"

extern const struct route limits_routes[];
extern const size_t limits_route_count;

struct err *limits_show_list(struct req *r);
struct err *limits_show_one(struct req *r);
struct err *limits_post_one(struct req *r);
struct err *limits_post_reset(struct req *r);
struct err *limits_get_list(struct req *r);
struct err *limits_get_one(struct req *r);
struct err *limits_patch(struct req *r);
