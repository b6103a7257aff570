#include "catalog/routes.h"

#include "base/must.h"

/* clang-format off */
const struct route catalog_routes[] = {
    /*        path                                                    body      who         rate           may                csrf        tx            handler */
    { GET,    "/vendor/products",                                     NO_BODY,  WHO_VENDOR, "panel.read",  MAY_SEE_SHOP,      CSRF_NONE,  TX_READ,      catalog_show_list },
    { POST,   "/vendor/products",                                     FORM_64K, WHO_VENDOR, "panel.write", MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE,     catalog_post_new },
    { GET,    "/vendor/products/new",                                 NO_BODY,  WHO_VENDOR, "panel.read",  MAY_EDIT_PRODUCTS, CSRF_NONE,  TX_READ,      catalog_show_new },
    { POST,   "/vendor/products/bulk",                                FORM_64K, WHO_VENDOR, "panel.write", MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE,     catalog_post_bulk },
    { GET,    "/vendor/products/{product}",                           NO_BODY,  WHO_VENDOR, "panel.read",  MAY_SEE_SHOP,      CSRF_NONE,  TX_READ,      catalog_show_one },
    { POST,   "/vendor/products/{product}",                           FORM_64K, WHO_VENDOR, "panel.write", MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE,     catalog_post_one },
    { GET,    "/vendor/products/{product}/history",                   NO_BODY,  WHO_VENDOR, "panel.read",  MAY_SEE_SHOP,      CSRF_NONE,  TX_READ,      catalog_show_history },
    { GET,    "/vendor/products/{product}/delete",                    NO_BODY,  WHO_VENDOR, "panel.read",  MAY_EDIT_PRODUCTS, CSRF_NONE,  TX_READ,      catalog_show_delete },
    { POST,   "/vendor/products/{product}/delete",                    FORM_8K,  WHO_VENDOR, "panel.write", MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE,     catalog_post_delete },
    { GET,    "/vendor/categories",                                   NO_BODY,  WHO_VENDOR, "panel.read",  MAY_SEE_SHOP,      CSRF_NONE,  TX_READ,      catalog_show_categories },
    { POST,   "/vendor/categories",                                   FORM_8K,  WHO_VENDOR, "panel.write", MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE,     catalog_post_category_new },
    { GET,    "/vendor/categories/{category}",                        NO_BODY,  WHO_VENDOR, "panel.read",  MAY_SEE_SHOP,      CSRF_NONE,  TX_READ,      catalog_show_category },
    { POST,   "/vendor/categories/{category}",                        FORM_8K,  WHO_VENDOR, "panel.write", MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE,     catalog_post_category },
    { GET,    "/vendor/settings",                                     NO_BODY,  WHO_VENDOR, "panel.read",  MAY_SEE_SHOP,      CSRF_NONE,  TX_READ,      catalog_show_settings },
    { POST,   "/vendor/settings",                                     FORM_8K,  WHO_VENDOR, "panel.write", MAY_EDIT_SETTINGS, CSRF_TOKEN, TX_WRITE,     catalog_post_settings },
    { GET,    "/vendor/settings/languages",                           NO_BODY,  WHO_VENDOR, "panel.read",  MAY_SEE_SHOP,      CSRF_NONE,  TX_READ,      catalog_show_languages },
    { POST,   "/vendor/settings/languages",                           FORM_8K,  WHO_VENDOR, "panel.write", MAY_EDIT_SETTINGS, CSRF_TOKEN, TX_WRITE,     catalog_post_languages },
    { GET,    "/shops/{shop}",                                        NO_BODY,  WHO_ANYONE, "public",      MAY_ALL,           CSRF_NONE,  TX_SHOP_READ, catalog_show_shop },
    { GET,    "/shops/{shop}/products/{product}",                     NO_BODY,  WHO_ANYONE, "public",      MAY_ALL,           CSRF_NONE,  TX_SHOP_READ, catalog_show_shop_product },
    { GET,    "/api/v1/vendor/products",                              NO_BODY,  WHO_VENDOR, "api",         MAY_SEE_SHOP,      CSRF_NONE,  TX_READ,      catalog_get_list },
    { POST,   "/api/v1/vendor/products",                              JSON_1M,  WHO_VENDOR, "api",         MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE,     catalog_post },
    { GET,    "/api/v1/vendor/products/{product}",                    NO_BODY,  WHO_VENDOR, "api",         MAY_SEE_SHOP,      CSRF_NONE,  TX_READ,      catalog_get },
    { PATCH,  "/api/v1/vendor/products/{product}",                    JSON_1M,  WHO_VENDOR, "api",         MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE,     catalog_patch },
    { DELETE, "/api/v1/vendor/products/{product}",                    NO_BODY,  WHO_VENDOR, "api",         MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE,     catalog_delete_json },
    { GET,    "/api/v1/vendor/products/{product}/variants",           NO_BODY,  WHO_VENDOR, "api",         MAY_SEE_SHOP,      CSRF_NONE,  TX_READ,      catalog_get_variants },
    { POST,   "/api/v1/vendor/products/{product}/variants",           JSON_8K,  WHO_VENDOR, "api",         MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE,     catalog_post_variant },
    { GET,    "/api/v1/vendor/products/{product}/variants/{variant}", NO_BODY,  WHO_VENDOR, "api",         MAY_SEE_SHOP,      CSRF_NONE,  TX_READ,      catalog_get_variant },
    { PATCH,  "/api/v1/vendor/products/{product}/variants/{variant}", JSON_8K,  WHO_VENDOR, "api",         MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE,     catalog_patch_variant },
    { DELETE, "/api/v1/vendor/products/{product}/variants/{variant}", NO_BODY,  WHO_VENDOR, "api",         MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE,     catalog_delete_variant },
    { GET,    "/api/v1/vendor/categories",                            NO_BODY,  WHO_VENDOR, "api",         MAY_SEE_SHOP,      CSRF_NONE,  TX_READ,      catalog_get_categories },
    { POST,   "/api/v1/vendor/categories",                            JSON_8K,  WHO_VENDOR, "api",         MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE,     catalog_post_category_json },
    { GET,    "/api/v1/vendor/categories/{category}",                 NO_BODY,  WHO_VENDOR, "api",         MAY_SEE_SHOP,      CSRF_NONE,  TX_READ,      catalog_get_category },
    { PATCH,  "/api/v1/vendor/categories/{category}",                 JSON_8K,  WHO_VENDOR, "api",         MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE,     catalog_patch_category },
    { DELETE, "/api/v1/vendor/categories/{category}",                 NO_BODY,  WHO_VENDOR, "api",         MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE,     catalog_delete_category },
    { GET,    "/api/v1/shops/{shop}/products",                        NO_BODY,  WHO_ANYONE, "public",      MAY_ALL,           CSRF_NONE,  TX_SHOP_READ, catalog_get_shop_list },
    { GET,    "/api/v1/shops/{shop}/products/{product}",              NO_BODY,  WHO_ANYONE, "public",      MAY_ALL,           CSRF_NONE,  TX_SHOP_READ, catalog_get_shop_one, .copied = true },
};
/* clang-format on */
const size_t catalog_route_count = COUNT(catalog_routes);
