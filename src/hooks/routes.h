/* Routes of the hooks room. */
#pragma once
#include "http/route.h"

extern const struct route hooks_routes[];
extern const size_t hooks_route_count;

struct err *hooks_show_list(struct req *r);
struct err *hooks_show_new(struct req *r);
struct err *hooks_post_new(struct req *r);
struct err *hooks_show_one(struct req *r);
struct err *hooks_post_one(struct req *r);
struct err *hooks_show_remove(struct req *r);
struct err *hooks_post_remove(struct req *r);
struct err *hooks_show_secret(struct req *r);
struct err *hooks_post_secret(struct req *r);
struct err *hooks_post_test(struct req *r);
struct err *hooks_show_deliveries(struct req *r);
struct err *hooks_show_delivery(struct req *r);
struct err *hooks_post_again(struct req *r);
struct err *hooks_post_again_all(struct req *r);

struct err *hooks_get_list_json(struct req *r);
struct err *hooks_post_new_json(struct req *r);
struct err *hooks_get_one_json(struct req *r);
struct err *hooks_patch_one_json(struct req *r);
struct err *hooks_delete_one_json(struct req *r);
struct err *hooks_post_secret_json(struct req *r);
struct err *hooks_post_test_json(struct req *r);
struct err *hooks_get_deliveries_json(struct req *r);
struct err *hooks_get_delivery_json(struct req *r);
struct err *hooks_post_again_json(struct req *r);
struct err *hooks_post_again_all_json(struct req *r);
