/* Rows of the route table, and the handlers they name. */
#pragma once
#include "http/route.h"

extern const struct route catalog_routes[];
extern const size_t catalog_route_count;

/* api.c */
struct err *catalog_get_list(struct req *r);
struct err *catalog_post(struct req *r);
struct err *catalog_get(struct req *r);
struct err *catalog_patch(struct req *r);
struct err *catalog_delete_json(struct req *r);
struct err *catalog_get_shop_list(struct req *r);
struct err *catalog_get_shop_one(struct req *r);

/* pages.c */
struct err *catalog_show_list(struct req *r);
struct err *catalog_show_new(struct req *r);
struct err *catalog_post_new(struct req *r);
struct err *catalog_show_one(struct req *r);
struct err *catalog_post_one(struct req *r);
struct err *catalog_show_delete(struct req *r);
struct err *catalog_post_delete(struct req *r);
struct err *catalog_post_bulk(struct req *r);

/* shop.c */
struct err *catalog_show_shop(struct req *r);
struct err *catalog_show_shop_product(struct req *r);
