#include "feeds/routes.h"

#include "base/must.h"

/* clang-format off */
const struct route feeds_routes[] = {
    /*       path                                                body      who         rate           may                csrf        tx        handler */
    { GET,   "/vendor/settings/feeds",                              NO_BODY,  WHO_VENDOR, "panel.read",  MAY_SEE_SHOP,      CSRF_NONE,  TX_READ,  feeds_show_settings },
    { POST,  "/vendor/settings/feeds",                              FORM_8K,  WHO_VENDOR, "panel.write", MAY_EDIT_SETTINGS, CSRF_TOKEN, TX_WRITE, feeds_post_settings },
    { POST,  "/vendor/settings/feeds/build",                        FORM_8K,  WHO_VENDOR, "panel.write", MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE, feeds_post_build },
    { GET,   "/vendor/settings/feeds/renew",                        NO_BODY,  WHO_VENDOR, "panel.read",  MAY_EDIT_SETTINGS, CSRF_NONE,  TX_READ,  feeds_show_renew },
    { POST,  "/vendor/settings/feeds/renew",                        FORM_8K,  WHO_VENDOR, "panel.write", MAY_EDIT_SETTINGS, CSRF_TOKEN, TX_WRITE, feeds_post_renew },
    { POST,  "/vendor/settings/feeds/forget",                       FORM_8K,  WHO_VENDOR, "panel.write", MAY_EDIT_SETTINGS, CSRF_TOKEN, TX_WRITE, feeds_post_forget },
    { GET,   "/vendor/settings/feeds/{language}/{channel}",         NO_BODY,  WHO_VENDOR, "panel.read",  MAY_SEE_SHOP,      CSRF_NONE,  TX_READ,  feeds_show_one },
    { POST,  "/vendor/settings/feeds/{language}/{channel}/publish", FORM_8K,  WHO_VENDOR, "panel.write", MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE, feeds_post_publish },
    { GET,   "/vendor/products/{product}/feed",                     NO_BODY,  WHO_VENDOR, "panel.read",  MAY_SEE_SHOP,      CSRF_NONE,  TX_READ,  feeds_show_product },
    { GET,   "/api/v1/vendor/feeds",                                NO_BODY,  WHO_VENDOR, "api",         MAY_SEE_SHOP,      CSRF_NONE,  TX_READ,  feeds_get_all },
    { PATCH, "/api/v1/vendor/feeds",                                JSON_8K,  WHO_VENDOR, "api",         MAY_EDIT_SETTINGS, CSRF_TOKEN, TX_WRITE, feeds_patch },
    { POST,  "/api/v1/vendor/feeds/build",                          NO_BODY,  WHO_VENDOR, "api",         MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE, feeds_post_build_json },
    { POST,  "/api/v1/vendor/feeds/renew",                          NO_BODY,  WHO_VENDOR, "api",         MAY_EDIT_SETTINGS, CSRF_TOKEN, TX_WRITE, feeds_post_renew_json },
    { GET,   "/api/v1/vendor/feeds/{language}/{channel}/rejected",  NO_BODY,  WHO_VENDOR, "api",         MAY_SEE_SHOP,      CSRF_NONE,  TX_READ,  feeds_get_rejected },
    { POST,  "/api/v1/vendor/feeds/{language}/{channel}/publish",   NO_BODY,  WHO_VENDOR, "api",         MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE, feeds_post_publish_json },
    { GET,   "/api/v1/vendor/products/{product}/feed",              NO_BODY,  WHO_VENDOR, "api",         MAY_SEE_SHOP,      CSRF_NONE,  TX_READ,  feeds_get_product },
};
/* clang-format on */
const size_t feeds_route_count = COUNT(feeds_routes);
