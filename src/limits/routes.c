#include "limits/routes.h"

#include "db/db.h"

/* clang-format off */
const struct route limits_routes[] = {
    /*        path                               body     who        rate           may          csrf        tx                 handler */
    { GET,    "/admin/rate-limits",              NO_BODY, WHO_ADMIN, "panel.read",  MAY_OPERATE, CSRF_NONE,  TX_OPERATOR_READ,  limits_show_list },
    { GET,    "/admin/rate-limits/{rule}",       NO_BODY, WHO_ADMIN, "panel.read",  MAY_OPERATE, CSRF_NONE,  TX_OPERATOR_READ,  limits_show_one },
    { POST,   "/admin/rate-limits/{rule}",       FORM_8K, WHO_ADMIN, "panel.write", MAY_OPERATE, CSRF_TOKEN, TX_OPERATOR_WRITE, limits_post_one },
    { POST,   "/admin/rate-limits/{rule}/reset", FORM_8K, WHO_ADMIN, "panel.write", MAY_OPERATE, CSRF_TOKEN, TX_OPERATOR_WRITE, limits_post_reset },
    { GET,    "/api/v1/admin/rate-limits",        NO_BODY, WHO_ADMIN, "api",         MAY_OPERATE, CSRF_NONE,  TX_OPERATOR_READ,  limits_get_list },
    { GET,    "/api/v1/admin/rate-limits/{rule}", NO_BODY, WHO_ADMIN, "api",         MAY_OPERATE, CSRF_NONE,  TX_OPERATOR_READ,  limits_get_one },
    { PATCH,  "/api/v1/admin/rate-limits/{rule}", JSON_8K, WHO_ADMIN, "api",         MAY_OPERATE, CSRF_TOKEN, TX_OPERATOR_WRITE, limits_patch },
};
/* clang-format on */
const size_t limits_route_count = COUNT(limits_routes);
