#include "collect/routes.h"

#include "base/must.h"

/* clang-format off */
const struct route collect_routes[] = {
    /*       path                                            body      who         rate           may              csrf        tx        handler */
    { POST,  "/api/v1/webhooks/stripe",                      RAW_256K, WHO_ANYONE, "none",        MAY_ALL,         CSRF_NONE,  TX_NONE,  collect_post_event },
    { GET,   "/vendor/billing/payment",                      NO_BODY,  WHO_VENDOR, "panel.read",  MAY_BUY,         CSRF_NONE,  TX_READ,  collect_show_method },
    { POST,  "/vendor/billing/payment/card",                 FORM_8K,  WHO_VENDOR, "panel.write", MAY_BUY,         CSRF_TOKEN, TX_NONE,  collect_post_card },
    { POST,  "/vendor/billing/payment/portal",               FORM_8K,  WHO_VENDOR, "panel.write", MAY_BUY,         CSRF_TOKEN, TX_NONE,  collect_post_portal },
    { POST,  "/vendor/billing/payment/transfer",             FORM_8K,  WHO_VENDOR, "panel.write", MAY_BUY,         CSRF_TOKEN, TX_WRITE, collect_post_transfer },
    { POST,  "/vendor/billing/payment/give-up",              FORM_8K,  WHO_VENDOR, "panel.write", MAY_BUY,         CSRF_TOKEN, TX_NONE,  collect_post_give_up },
    { GET,   "/vendor/billing/payment/back",                 NO_BODY,  WHO_VENDOR, "panel.read",  MAY_BUY,         CSRF_NONE,  TX_NONE,  collect_show_taken },
    { GET,   "/vendor/billing/payment/confirmed",            NO_BODY,  WHO_VENDOR, "panel.read",  MAY_BUY,         CSRF_NONE,  TX_NONE,  collect_show_confirmed },
    { GET,   "/admin/billing/cards",                         NO_BODY,  WHO_ADMIN,  "panel.read",  MAY_OPERATE,     CSRF_NONE,  TX_OPERATOR_READ,  collect_show_cards },
    { POST,  "/admin/billing/cards/retry",                   FORM_8K,  WHO_ADMIN,  "panel.write", MAY_OPERATE,     CSRF_TOKEN, TX_OPERATOR_WRITE, collect_post_retry },
    { GET,   "/api/v1/admin/cards",                          NO_BODY,  WHO_ADMIN,  "api",         MAY_OPERATE,     CSRF_NONE,  TX_OPERATOR_READ,  collect_get_cards },
    { GET,   "/api/v1/vendor/billing/payment-method",        NO_BODY,  WHO_VENDOR, "api",         MAY_SEE_BILLING, CSRF_NONE,  TX_READ,  collect_get_method },
    { POST,  "/api/v1/vendor/billing/payment-method/setup",  NO_BODY,  WHO_VENDOR, "api",         MAY_BUY,         CSRF_TOKEN, TX_NONE,  collect_post_card_json },
    { POST,  "/api/v1/vendor/billing/payment-method/portal", NO_BODY,  WHO_VENDOR, "api",         MAY_BUY,         CSRF_TOKEN, TX_NONE,  collect_post_portal_json },
    { POST,  "/api/v1/vendor/billing/payment-method/transfer", NO_BODY, WHO_VENDOR, "api",        MAY_BUY,         CSRF_TOKEN, TX_WRITE, collect_post_transfer_json },
    { POST,  "/api/v1/vendor/billing/payment-method/give-up", NO_BODY, WHO_VENDOR, "api",         MAY_BUY,         CSRF_TOKEN, TX_NONE,  collect_post_give_up_json },
};
/* clang-format on */
const size_t collect_route_count = COUNT(collect_routes);
