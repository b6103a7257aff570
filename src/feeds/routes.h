/* The addresses of this room, for main. */
#pragma once
#include "http/route.h"

extern const struct route feeds_routes[];
extern const size_t feeds_route_count;

struct err *feeds_show_settings(struct req *r) MUST_CHECK;
struct err *feeds_post_settings(struct req *r) MUST_CHECK;
struct err *feeds_post_build(struct req *r) MUST_CHECK;
struct err *feeds_show_renew(struct req *r) MUST_CHECK;
struct err *feeds_post_renew(struct req *r) MUST_CHECK;
struct err *feeds_post_forget(struct req *r) MUST_CHECK;
struct err *feeds_show_one(struct req *r) MUST_CHECK;
struct err *feeds_post_publish(struct req *r) MUST_CHECK;
struct err *feeds_show_product(struct req *r) MUST_CHECK;

struct err *feeds_get_all(struct req *r) MUST_CHECK;
struct err *feeds_patch(struct req *r) MUST_CHECK;
struct err *feeds_post_build_json(struct req *r) MUST_CHECK;
struct err *feeds_post_renew_json(struct req *r) MUST_CHECK;
struct err *feeds_post_publish_json(struct req *r) MUST_CHECK;
struct err *feeds_get_rejected(struct req *r) MUST_CHECK;
struct err *feeds_get_product(struct req *r) MUST_CHECK;
