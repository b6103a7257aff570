#include "mail/routes.h"

/* clang-format off */
const struct route mail_routes[] = {
    /*        path                                          body     who        rate           may          csrf        tx                 handler */
    { GET,    "/admin/mail",                                NO_BODY, WHO_ADMIN, "panel.read",  MAY_OPERATE, CSRF_NONE,  TX_OPERATOR_READ,  outbox_show_list },
    { GET,    "/admin/mail/suppressed",                     NO_BODY, WHO_ADMIN, "panel.read",  MAY_OPERATE, CSRF_NONE,  TX_OPERATOR_READ,  suppression_show },
    { POST,   "/admin/mail/suppressed",                     FORM_8K, WHO_ADMIN, "panel.write", MAY_OPERATE, CSRF_TOKEN, TX_OPERATOR_WRITE, suppression_post },
    { POST,   "/admin/mail/suppressed/remove",              FORM_8K, WHO_ADMIN, "panel.write", MAY_OPERATE, CSRF_TOKEN, TX_OPERATOR_WRITE, suppression_post_removal },
    { GET,    "/admin/mail/{mail}",                         NO_BODY, WHO_ADMIN, "panel.read",  MAY_OPERATE, CSRF_NONE,  TX_OPERATOR_READ,  outbox_show_one },
    { GET,    "/admin/mail/{mail}/html",                    NO_BODY, WHO_ADMIN, "panel.read",  MAY_OPERATE, CSRF_NONE,  TX_OPERATOR_READ,  outbox_show_html },
    { GET,    "/admin/mail/{mail}/discard",                 NO_BODY, WHO_ADMIN, "panel.read",  MAY_OPERATE, CSRF_NONE,  TX_OPERATOR_READ,  outbox_show_discard },
    { POST,   "/admin/mail/{mail}/discard",                 FORM_8K, WHO_ADMIN, "panel.write", MAY_OPERATE, CSRF_TOKEN, TX_OPERATOR_WRITE, outbox_post_discard },
    { POST,   "/admin/mail/{mail}/resend",                  FORM_8K, WHO_ADMIN, "panel.write", MAY_OPERATE, CSRF_TOKEN, TX_OPERATOR_WRITE, outbox_post_resend },
    { GET,    "/api/v1/admin/mail",                         NO_BODY, WHO_ADMIN, "api",         MAY_OPERATE, CSRF_NONE,  TX_OPERATOR_READ,  outbox_get_list },
    { GET,    "/api/v1/admin/mail/suppressed",              NO_BODY, WHO_ADMIN, "api",         MAY_OPERATE, CSRF_NONE,  TX_OPERATOR_READ,  suppression_get },
    { POST,   "/api/v1/admin/mail/suppressed",              JSON_8K, WHO_ADMIN, "api",         MAY_OPERATE, CSRF_TOKEN, TX_OPERATOR_WRITE, suppression_post_json },
    { DELETE, "/api/v1/admin/mail/suppressed/{address}",    NO_BODY, WHO_ADMIN, "api",         MAY_OPERATE, CSRF_TOKEN, TX_OPERATOR_WRITE, suppression_delete },
    { GET,    "/api/v1/admin/mail/{mail}",                  NO_BODY, WHO_ADMIN, "api",         MAY_OPERATE, CSRF_NONE,  TX_OPERATOR_READ,  outbox_get_one },
    { POST,   "/api/v1/admin/mail/{mail}/discard",          NO_BODY, WHO_ADMIN, "api",         MAY_OPERATE, CSRF_TOKEN, TX_OPERATOR_WRITE, outbox_post_discard_json },
    { POST,   "/api/v1/admin/mail/{mail}/resend",           NO_BODY, WHO_ADMIN, "api",         MAY_OPERATE, CSRF_TOKEN, TX_OPERATOR_WRITE, outbox_post_resend_json },
};
/* clang-format on */
const size_t mail_route_count = COUNT(mail_routes);
