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

/* category_api.c */
struct err *catalog_get_categories(struct req *r);
struct err *catalog_post_category_json(struct req *r);
struct err *catalog_get_category(struct req *r);
struct err *catalog_patch_category(struct req *r);
struct err *catalog_delete_category(struct req *r);

/* category_pages.c */
struct err *catalog_show_categories(struct req *r);
struct err *catalog_post_category_new(struct req *r);
struct err *catalog_show_category(struct req *r);
struct err *catalog_post_category(struct req *r);

/* editor.c */
struct err *catalog_show_new(struct req *r);
struct err *catalog_post_new(struct req *r);
struct err *catalog_show_one(struct req *r);
struct err *catalog_post_one(struct req *r);
struct err *catalog_show_delete(struct req *r);
struct err *catalog_post_delete(struct req *r);

/* history.c */
struct err *catalog_show_history(struct req *r);

/* list.c */
struct err *catalog_show_list(struct req *r);
struct err *catalog_post_bulk(struct req *r);

/* settings.c */
struct err *catalog_show_settings(struct req *r);
struct err *catalog_post_settings(struct req *r);
struct err *catalog_show_languages(struct req *r);
struct err *catalog_post_languages(struct req *r);

/* shop.c */
struct err *catalog_show_shop(struct req *r);
struct err *catalog_show_shop_product(struct req *r);

/* variant_api.c */
struct err *catalog_get_variants(struct req *r);
struct err *catalog_post_variant(struct req *r);
struct err *catalog_get_variant(struct req *r);
struct err *catalog_patch_variant(struct req *r);
struct err *catalog_delete_variant(struct req *r);
