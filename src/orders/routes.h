/* Rows of the route table, and the handlers they name. */
#pragma once
#include "http/route.h"

extern const struct route orders_routes[];
extern const size_t orders_route_count;

/* api.c */
struct err *orders_get_list(struct req *r);
struct err *orders_post(struct req *r);
struct err *orders_get(struct req *r);
struct err *orders_post_step(struct req *r);
struct err *orders_post_note(struct req *r);
struct err *customers_get_list(struct req *r);
struct err *customers_get(struct req *r);
struct err *customers_patch(struct req *r);
struct err *customers_get_export(struct req *r);
struct err *customers_post_erase(struct req *r);

/* shop_api.c */
struct err *orders_post_shop(struct req *r);
struct err *orders_get_shop(struct req *r);

/* pages.c */
struct err *orders_show_list(struct req *r);
struct err *orders_show_one(struct req *r);
struct err *orders_show_slip(struct req *r);
struct err *orders_show_step(struct req *r);
struct err *orders_post_step_page(struct req *r);
struct err *orders_post_note_page(struct req *r);
struct err *orders_post_bulk(struct req *r);

/* customer_pages.c */
struct err *customers_show_list(struct req *r);
struct err *customers_show_one(struct req *r);
struct err *customers_show_export(struct req *r);
struct err *customers_show_erase(struct req *r);
struct err *customers_post_erase_page(struct req *r);
struct err *customers_post_news(struct req *r);

/* terms_pages.c */
struct err *orders_show_terms(struct req *r);
struct err *orders_post_terms(struct req *r);

/* shop.c */
struct err *orders_post_basket(struct req *r);
struct err *orders_show_basket(struct req *r);
struct err *orders_post_checkout(struct req *r);
struct err *orders_show_bought(struct req *r);
