#include "audit/routes.h"

#include "db/db.h"

/* clang-format off */
const struct route audit_routes[] = {
    /*      path                    body      who         rate           may          csrf       tx                 handler */
    { GET,  "/admin/audit",         NO_BODY,  WHO_ADMIN,  "panel.read",  MAY_OPERATE, CSRF_NONE, TX_OPERATOR_READ,  audit_show },
    { GET,  "/admin/audit/export",  NO_BODY,  WHO_ADMIN,  "panel.read",  MAY_OPERATE, CSRF_NONE, TX_OPERATOR_READ,  audit_export },
    { GET,  "/api/v1/admin/audit",  NO_BODY,  WHO_ADMIN,  "api",         MAY_OPERATE, CSRF_NONE, TX_OPERATOR_READ,  audit_get },
};
/* clang-format on */
const size_t audit_route_count = COUNT(audit_routes);
