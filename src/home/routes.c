#include "home/routes.h"

#include "db/db.h"

/* clang-format off */
const struct route home_routes[] = {
    /*       path                   body     who         rate           may                csrf        tx        handler */
    { GET,  "/vendor/",             NO_BODY, WHO_VENDOR, "panel.read",  MAY_SEE_SHOP,      CSRF_NONE,  TX_READ,  home_show },
    { POST, "/vendor/todo/dismiss", FORM_8K, WHO_VENDOR, "panel.write", MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE, home_post_dismiss },
};
/* clang-format on */
const size_t home_route_count = COUNT(home_routes);
