#include "images/routes.h"

#include "base/must.h"

/* clang-format off */
const struct route images_routes[] = {
    /*        path                                                 body      who         rate           may                csrf        tx                 handler */
    { GET,    "/admin/images",                                     NO_BODY,  WHO_ADMIN,  "panel.read",  MAY_OPERATE,       CSRF_NONE,  TX_OPERATOR_READ,  images_show_store },
    { POST,   "/admin/images/scan",                                FORM_8K,  WHO_ADMIN,  "panel.write", MAY_OPERATE,       CSRF_TOKEN, TX_OPERATOR_WRITE, images_post_scan },
    { GET,    "/api/v1/admin/images/stats",                        NO_BODY,  WHO_ADMIN,  "api",         MAY_OPERATE,       CSRF_NONE,  TX_OPERATOR_READ,  images_get_stats },
    { POST,   "/vendor/products/{product}/images",                 UPLOAD,   WHO_VENDOR, "upload",      MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_NONE,           images_post_upload_page },
    { POST,   "/vendor/products/{product}/images/{image}",         FORM_8K,  WHO_VENDOR, "panel.write", MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE,          images_post_change },
    { GET,    "/vendor/products/{product}/images/{image}/delete",  NO_BODY,  WHO_VENDOR, "panel.read",  MAY_EDIT_PRODUCTS, CSRF_NONE,  TX_READ,           images_show_removal },
    { POST,   "/vendor/products/{product}/images/addresses",       FORM_64K, WHO_VENDOR, "panel.write", MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE,          images_post_addresses_page },
    { GET,    "/api/v1/vendor/products/{product}/images/addresses", NO_BODY, WHO_VENDOR, "api",         MAY_SEE_SHOP,      CSRF_NONE,  TX_READ,           images_get_addresses },
    { POST,   "/api/v1/vendor/products/{product}/images/addresses", JSON_1M, WHO_VENDOR, "api",         MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE,          images_post_addresses },
    { GET,    "/api/v1/vendor/products/{product}/images",          NO_BODY,  WHO_VENDOR, "api",         MAY_SEE_SHOP,      CSRF_NONE,  TX_READ,           images_get_list },
    { POST,   "/api/v1/vendor/products/{product}/images",          UPLOAD,   WHO_VENDOR, "upload",      MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_NONE,           images_post_upload },
    { DELETE, "/api/v1/vendor/products/{product}/images/{image}",  NO_BODY,  WHO_VENDOR, "api",         MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE,          images_delete_one },
};
/* clang-format on */
const size_t images_route_count = COUNT(images_routes);
