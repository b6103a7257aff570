/* Rows of the route table, and the handlers they name. */
#pragma once
#include "http/route.h"

extern const struct route stock_routes[];
extern const size_t stock_route_count;

/* pages.c */
struct err *stock_show_list(struct req *r);
struct err *stock_post_list(struct req *r);
struct err *stock_show_one(struct req *r);
struct err *stock_post_one(struct req *r);
struct err *stock_post_receive(struct req *r);
struct err *stock_post_move(struct req *r);

/* csv.c */
struct err *stock_export_movements(struct req *r);

/* pages_warehouse.c */
struct err *stock_show_warehouses(struct req *r);
struct err *stock_post_warehouses(struct req *r);
struct err *stock_show_warehouse(struct req *r);
struct err *stock_post_warehouse(struct req *r);
struct err *stock_post_earlier(struct req *r);
struct err *stock_post_later(struct req *r);
struct err *stock_show_deactivate(struct req *r);
struct err *stock_post_deactivate(struct req *r);
struct err *stock_post_activate(struct req *r);

/* api.c */
struct err *stock_get_list(struct req *r);
struct err *stock_post_bulk(struct req *r);
struct err *stock_get_one(struct req *r);
struct err *stock_patch_one(struct req *r);
struct err *stock_post_move_json(struct req *r);
struct err *stock_get_movements(struct req *r);

/* api_warehouse.c */
struct err *stock_get_warehouses(struct req *r);
struct err *stock_post_warehouse_json(struct req *r);
struct err *stock_patch_warehouse(struct req *r);
