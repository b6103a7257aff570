#include "orders/routes.h"

#include "base/must.h"

/* clang-format off */
const struct route orders_routes[] = {
    /*        path                                           body      who         rate           may                 csrf         tx             handler */
    { GET,    "/vendor/orders",                              NO_BODY,  WHO_VENDOR, "panel.read",  MAY_SEE_ORDERS,     CSRF_NONE,   TX_READ,       orders_show_list },
    { POST,   "/vendor/orders/bulk",                         FORM_64K, WHO_VENDOR, "panel.write", MAY_EDIT_ORDERS,    CSRF_TOKEN,  TX_WRITE,      orders_post_bulk },
    { GET,    "/vendor/orders/{order}",                      NO_BODY,  WHO_VENDOR, "panel.read",  MAY_SEE_ORDERS,     CSRF_NONE,   TX_READ,       orders_show_one },
    { GET,    "/vendor/orders/{order}/packing-slip",         NO_BODY,  WHO_VENDOR, "panel.read",  MAY_SEE_ORDERS,     CSRF_NONE,   TX_READ,       orders_show_slip },
    { POST,   "/vendor/orders/{order}/notes",                FORM_8K,  WHO_VENDOR, "panel.write", MAY_EDIT_ORDERS,    CSRF_TOKEN,  TX_WRITE,      orders_post_note_page },
    { GET,    "/vendor/orders/{order}/{step}",               NO_BODY,  WHO_VENDOR, "panel.read",  MAY_EDIT_ORDERS,    CSRF_NONE,   TX_READ,       orders_show_step },
    { POST,   "/vendor/orders/{order}/{step}",               FORM_8K,  WHO_VENDOR, "panel.write", MAY_EDIT_ORDERS,    CSRF_TOKEN,  TX_WRITE,      orders_post_step_page },
    { GET,    "/vendor/customers",                           NO_BODY,  WHO_VENDOR, "panel.read",  MAY_SEE_ORDERS,     CSRF_NONE,   TX_READ,       customers_show_list },
    { GET,    "/vendor/customers/{customer}",                NO_BODY,  WHO_VENDOR, "panel.read",  MAY_SEE_ORDERS,     CSRF_NONE,   TX_READ,       customers_show_one },
    { GET,    "/vendor/customers/{customer}/export",         NO_BODY,  WHO_VENDOR, "panel.read",  MAY_ERASE_PERSONS,  CSRF_NONE,   TX_READ,       customers_show_export },
    { GET,    "/vendor/customers/{customer}/erase",          NO_BODY,  WHO_VENDOR, "panel.read",  MAY_ERASE_PERSONS,  CSRF_NONE,   TX_READ,       customers_show_erase },
    { POST,   "/vendor/customers/{customer}/erase",          FORM_8K,  WHO_VENDOR, "panel.write", MAY_ERASE_PERSONS,  CSRF_TOKEN,  TX_WRITE,      customers_post_erase_page },
    { POST,   "/vendor/customers/{customer}/news",           FORM_8K,  WHO_VENDOR, "panel.write", MAY_EDIT_ORDERS,    CSRF_TOKEN,  TX_WRITE,      customers_post_news },
    { GET,    "/vendor/settings/orders",                     NO_BODY,  WHO_VENDOR, "panel.read",  MAY_EDIT_SETTINGS,  CSRF_NONE,   TX_READ,       orders_show_terms },
    { POST,   "/vendor/settings/orders",                     FORM_8K,  WHO_VENDOR, "panel.write", MAY_EDIT_SETTINGS,  CSRF_TOKEN,  TX_WRITE,      orders_post_terms },
    { POST,   "/shops/{shop}/basket",                        FORM_8K,  WHO_ANYONE, "public",      MAY_ALL,            CSRF_ORIGIN, TX_SHOP_READ,  orders_post_basket },
    { GET,    "/shops/{shop}/orders",                        NO_BODY,  WHO_ANYONE, "public",      MAY_ALL,            CSRF_NONE,   TX_SHOP_READ,  orders_show_basket },
    { POST,   "/shops/{shop}/orders",                        FORM_64K, WHO_ANYONE, "order",       MAY_ALL,            CSRF_ORIGIN, TX_SHOP_WRITE, orders_post_checkout },
    { GET,    "/shops/{shop}/orders/{token}",                NO_BODY,  WHO_ANYONE, "public",      MAY_ALL,            CSRF_NONE,   TX_SHOP_READ,  orders_show_bought },
    { POST,   "/api/v1/shops/{shop}/orders",                 JSON_1M,  WHO_ANYONE, "order",       MAY_ALL,            CSRF_NONE,   TX_SHOP_WRITE, orders_post_shop },
    { GET,    "/api/v1/shops/{shop}/orders/{token}",         NO_BODY,  WHO_ANYONE, "public",      MAY_ALL,            CSRF_NONE,   TX_SHOP_READ,  orders_get_shop },
    { GET,    "/api/v1/vendor/orders",                       NO_BODY,  WHO_VENDOR, "api",         MAY_SEE_ORDERS,     CSRF_NONE,   TX_READ,       orders_get_list },
    { POST,   "/api/v1/vendor/orders",                       JSON_1M,  WHO_VENDOR, "api",         MAY_EDIT_ORDERS,    CSRF_TOKEN,  TX_WRITE,      orders_post },
    { GET,    "/api/v1/vendor/orders/{order}",               NO_BODY,  WHO_VENDOR, "api",         MAY_SEE_ORDERS,     CSRF_NONE,   TX_READ,       orders_get },
    { POST,   "/api/v1/vendor/orders/{order}/notes",         JSON_8K,  WHO_VENDOR, "api",         MAY_EDIT_ORDERS,    CSRF_TOKEN,  TX_WRITE,      orders_post_note },
    { POST,   "/api/v1/vendor/orders/{order}/steps",         JSON_8K,  WHO_VENDOR, "api",         MAY_EDIT_ORDERS,    CSRF_TOKEN,  TX_WRITE,      orders_post_step },
    { GET,    "/api/v1/vendor/customers",                    NO_BODY,  WHO_VENDOR, "api",         MAY_SEE_ORDERS,     CSRF_NONE,   TX_READ,       customers_get_list },
    { GET,    "/api/v1/vendor/customers/{customer}",         NO_BODY,  WHO_VENDOR, "api",         MAY_SEE_ORDERS,     CSRF_NONE,   TX_READ,       customers_get },
    { PATCH,  "/api/v1/vendor/customers/{customer}",         JSON_8K,  WHO_VENDOR, "api",         MAY_EDIT_ORDERS,    CSRF_TOKEN,  TX_WRITE,      customers_patch },
    { GET,    "/api/v1/vendor/customers/{customer}/export",  NO_BODY,  WHO_VENDOR, "api",         MAY_ERASE_PERSONS,  CSRF_NONE,   TX_READ,       customers_get_export },
    { POST,   "/api/v1/vendor/customers/{customer}/erasure", NO_BODY,  WHO_VENDOR, "api",         MAY_ERASE_PERSONS,  CSRF_TOKEN,  TX_WRITE,      customers_post_erase },
};
/* clang-format on */
const size_t orders_route_count = COUNT(orders_routes);
