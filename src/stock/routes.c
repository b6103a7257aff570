#include "stock/routes.h"

#include "base/must.h"

/* clang-format off */
const struct route stock_routes[] = {
    /*       path                                              body      who         rate           may                csrf        tx        handler */
    { GET,   "/vendor/inventory",                              NO_BODY,  WHO_VENDOR, "panel.read",  MAY_SEE_SHOP,      CSRF_NONE,  TX_READ,  stock_show_list },
    { POST,  "/vendor/inventory",                              FORM_8K,  WHO_VENDOR, "panel.write", MAY_EDIT_STOCK,    CSRF_TOKEN, TX_WRITE, stock_post_list },
    { GET,   "/vendor/inventory/movements.csv",                NO_BODY,  WHO_VENDOR, "panel.read",  MAY_SEE_SHOP,      CSRF_NONE,  TX_READ,  stock_export_movements },
    { GET,   "/vendor/inventory/{variant}",                    NO_BODY,  WHO_VENDOR, "panel.read",  MAY_SEE_SHOP,      CSRF_NONE,  TX_READ,  stock_show_one },
    { POST,  "/vendor/inventory/{variant}",                    FORM_8K,  WHO_VENDOR, "panel.write", MAY_EDIT_STOCK,    CSRF_TOKEN, TX_WRITE, stock_post_one },
    { POST,  "/vendor/inventory/{variant}/receive",            FORM_8K,  WHO_VENDOR, "panel.write", MAY_EDIT_STOCK,    CSRF_TOKEN, TX_WRITE, stock_post_receive },
    { POST,  "/vendor/inventory/{variant}/move",               FORM_8K,  WHO_VENDOR, "panel.write", MAY_EDIT_STOCK,    CSRF_TOKEN, TX_WRITE, stock_post_move },
    { GET,   "/vendor/settings/warehouses",                    NO_BODY,  WHO_VENDOR, "panel.read",  MAY_SEE_SHOP,      CSRF_NONE,  TX_READ,  stock_show_warehouses },
    { POST,  "/vendor/settings/warehouses",                    FORM_8K,  WHO_VENDOR, "panel.write", MAY_EDIT_SETTINGS, CSRF_TOKEN, TX_WRITE, stock_post_warehouses },
    { GET,   "/vendor/settings/warehouses/{warehouse}",        NO_BODY,  WHO_VENDOR, "panel.read",  MAY_EDIT_SETTINGS, CSRF_NONE,  TX_READ,  stock_show_warehouse },
    { POST,  "/vendor/settings/warehouses/{warehouse}",        FORM_8K,  WHO_VENDOR, "panel.write", MAY_EDIT_SETTINGS, CSRF_TOKEN, TX_WRITE, stock_post_warehouse },
    { POST,  "/vendor/settings/warehouses/{warehouse}/earlier", FORM_8K, WHO_VENDOR, "panel.write", MAY_EDIT_SETTINGS, CSRF_TOKEN, TX_WRITE, stock_post_earlier },
    { POST,  "/vendor/settings/warehouses/{warehouse}/later",  FORM_8K,  WHO_VENDOR, "panel.write", MAY_EDIT_SETTINGS, CSRF_TOKEN, TX_WRITE, stock_post_later },
    { GET,   "/vendor/settings/warehouses/{warehouse}/deactivate", NO_BODY, WHO_VENDOR, "panel.read", MAY_EDIT_SETTINGS, CSRF_NONE, TX_READ, stock_show_deactivate },
    { POST,  "/vendor/settings/warehouses/{warehouse}/deactivate", FORM_8K, WHO_VENDOR, "panel.write", MAY_EDIT_SETTINGS, CSRF_TOKEN, TX_WRITE, stock_post_deactivate },
    { POST,  "/vendor/settings/warehouses/{warehouse}/activate", FORM_8K, WHO_VENDOR, "panel.write", MAY_EDIT_SETTINGS, CSRF_TOKEN, TX_WRITE, stock_post_activate },
    { GET,   "/api/v1/vendor/inventory",                       NO_BODY,  WHO_VENDOR, "api",         MAY_SEE_SHOP,      CSRF_NONE,  TX_READ,  stock_get_list },
    { POST,  "/api/v1/vendor/inventory",                       JSON_1M,  WHO_VENDOR, "api",         MAY_EDIT_STOCK,    CSRF_TOKEN, TX_WRITE, stock_post_bulk },
    { GET,   "/api/v1/vendor/inventory/movements",             NO_BODY,  WHO_VENDOR, "api",         MAY_SEE_SHOP,      CSRF_NONE,  TX_READ,  stock_get_movements },
    { GET,   "/api/v1/vendor/inventory/{variant}",             NO_BODY,  WHO_VENDOR, "api",         MAY_SEE_SHOP,      CSRF_NONE,  TX_READ,  stock_get_one },
    { PATCH, "/api/v1/vendor/inventory/{variant}",             JSON_8K,  WHO_VENDOR, "api",         MAY_EDIT_STOCK,    CSRF_TOKEN, TX_WRITE, stock_patch_one },
    { POST,  "/api/v1/vendor/inventory/{variant}/move",        JSON_8K,  WHO_VENDOR, "api",         MAY_EDIT_STOCK,    CSRF_TOKEN, TX_WRITE, stock_post_move_json },
    { GET,   "/api/v1/vendor/warehouses",                      NO_BODY,  WHO_VENDOR, "api",         MAY_SEE_SHOP,      CSRF_NONE,  TX_READ,  stock_get_warehouses },
    { POST,  "/api/v1/vendor/warehouses",                      JSON_8K,  WHO_VENDOR, "api",         MAY_EDIT_SETTINGS, CSRF_TOKEN, TX_WRITE, stock_post_warehouse_json },
    { PATCH, "/api/v1/vendor/warehouses/{warehouse}",          JSON_8K,  WHO_VENDOR, "api",         MAY_EDIT_SETTINGS, CSRF_TOKEN, TX_WRITE, stock_patch_warehouse },
};
/* clang-format on */
const size_t stock_route_count = COUNT(stock_routes);
