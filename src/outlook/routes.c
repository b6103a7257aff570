#include "outlook/routes.h"

#include "base/must.h"

/* clang-format off */
const struct route outlook_routes[] = {
    /*      path                                            body     who        rate           may          csrf        tx                handler */
    { GET,  "/admin/capacity",                              NO_BODY, WHO_ADMIN, "panel.read",  MAY_OPERATE, CSRF_NONE,  TX_OPERATOR_READ, outlook_show },
    { POST, "/admin/capacity/snapshot",                     FORM_8K, WHO_ADMIN, "panel.write", MAY_OPERATE, CSRF_TOKEN, TX_NONE,          outlook_post_page },
    { POST, "/api/v1/admin/capacity/snapshot",              NO_BODY, WHO_ADMIN, "api",         MAY_OPERATE, CSRF_TOKEN, TX_NONE,          outlook_post_snapshot },
    { GET,  "/api/v1/admin/capacity/subscription-capacity", NO_BODY, WHO_ADMIN, "api",         MAY_OPERATE, CSRF_NONE,  TX_OPERATOR_READ, outlook_get_tiers },
    { GET,  "/api/v1/admin/capacity/trends",                NO_BODY, WHO_ADMIN, "api",         MAY_OPERATE, CSRF_NONE,  TX_OPERATOR_READ, outlook_get_trends },
};
/* clang-format on */
const size_t outlook_route_count = COUNT(outlook_routes);
