/* Rows of the route table. */
#pragma once
#include "http/route.h"

extern const struct route images_routes[];
extern const size_t images_route_count;

/* Handlers, in pages.c (HTML) and api.c (JSON). */
struct err *images_show_store(struct req *r);       /* GET  /admin/images */
struct err *images_post_scan(struct req *r);        /* POST /admin/images/scan */
struct err *images_get_stats(struct req *r);        /* GET  /api/v1/admin/images/stats */
struct err *images_post_upload_page(struct req *r); /* POST /vendor/products/{product}/images */
struct err *images_post_change(struct req *r);  /* POST /vendor/products/{product}/images/{image} */
struct err *images_show_removal(struct req *r); /* GET  …/images/{image}/delete */
struct err *images_get_list(struct req *r);     /* GET  /api/v1/vendor/products/{product}/images */
struct err *images_post_upload(struct req *r);  /* POST … */
struct err *images_get_addresses(struct req *r);  /* GET  …/images/addresses */
struct err *images_post_addresses(struct req *r); /* POST … */
struct err *images_post_addresses_page(struct req *r);
struct err *images_delete_one(struct req *r); /* DELETE …/{image} */
