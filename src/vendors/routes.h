/* Rows of the route table, and the handlers they name. */
#pragma once
#include "http/route.h"

extern const struct route vendors_routes[];
extern const size_t vendors_route_count;

/* pages.c */
struct err *vendors_show_home(struct req *r);
struct err *vendors_show_list(struct req *r);
struct err *vendors_show_new(struct req *r);
struct err *vendors_post_new(struct req *r);
struct err *vendors_show_one(struct req *r);
struct err *vendors_show_suspend(struct req *r);
struct err *vendors_post_suspend(struct req *r);
struct err *vendors_post_reactivate(struct req *r);

/* api.c */
struct err *vendors_get_list(struct req *r);
struct err *vendors_post_json(struct req *r);
struct err *vendors_get_one(struct req *r);
struct err *vendors_patch(struct req *r);

/* register_pages.c */
struct err *vendors_show_register(struct req *r);
struct err *vendors_post_register(struct req *r);
struct err *vendors_post_register_again(struct req *r);
struct err *vendors_post_register_json(struct req *r);
struct err *vendors_show_verify(struct req *r);
struct err *vendors_post_verify(struct req *r);
