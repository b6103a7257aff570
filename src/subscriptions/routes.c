#include "subscriptions/routes.h"

#include "base/must.h"

/* clang-format off */
const struct route subscriptions_routes[] = {
    /*       path                                            body     who         rate           may              csrf        tx        handler */
    { GET,   "/vendor/billing",                              NO_BODY, WHO_VENDOR, "panel.read",  MAY_SEE_BILLING, CSRF_NONE,  TX_READ,  subscriptions_show_overview },
    { GET,   "/vendor/billing/change",                       NO_BODY, WHO_VENDOR, "panel.read",  MAY_SEE_BILLING, CSRF_NONE,  TX_READ,  subscriptions_show_tiers },
    { GET,   "/vendor/billing/change/{tier}",                NO_BODY, WHO_VENDOR, "panel.read",  MAY_BUY,         CSRF_NONE,  TX_READ,  subscriptions_show_change },
    { POST,  "/vendor/billing/change/{tier}",                FORM_8K, WHO_VENDOR, "panel.write", MAY_BUY,         CSRF_TOKEN, TX_WRITE, subscriptions_post_change },
    { GET,   "/vendor/billing/addons/{addon}",               NO_BODY, WHO_VENDOR, "panel.read",  MAY_BUY,         CSRF_NONE,  TX_READ,  subscriptions_show_addon },
    { POST,  "/vendor/billing/addons/{addon}",               FORM_8K, WHO_VENDOR, "panel.write", MAY_BUY,         CSRF_TOKEN, TX_WRITE, subscriptions_post_addon_page },
    { POST,  "/vendor/billing/start",                        FORM_8K, WHO_VENDOR, "panel.write", MAY_BUY,         CSRF_TOKEN, TX_WRITE, subscriptions_post_start },
    { GET,   "/vendor/billing/cancel",                       NO_BODY, WHO_VENDOR, "panel.read",  MAY_BUY,         CSRF_NONE,  TX_READ,  subscriptions_show_cancel },
    { POST,  "/vendor/billing/cancel",                       FORM_8K, WHO_VENDOR, "panel.write", MAY_BUY,         CSRF_TOKEN, TX_WRITE, subscriptions_post_cancel_page },
    { POST,  "/vendor/billing/reactivate",                   FORM_8K, WHO_VENDOR, "panel.write", MAY_BUY,         CSRF_TOKEN, TX_WRITE, subscriptions_post_reactivate_page },
    { GET,   "/vendor/billing/details",                      NO_BODY, WHO_VENDOR, "panel.read",  MAY_BUY,         CSRF_NONE,  TX_READ,  subscriptions_show_details },
    { POST,  "/vendor/billing/details",                      FORM_8K, WHO_VENDOR, "panel.write", MAY_BUY,         CSRF_TOKEN, TX_WRITE, subscriptions_post_details },
    { GET,   "/vendor/billing/invoices",                     NO_BODY, WHO_VENDOR, "panel.read",  MAY_SEE_BILLING, CSRF_NONE,  TX_READ,  subscriptions_show_invoices },
    { GET,   "/vendor/billing/invoices/{number}",            NO_BODY, WHO_VENDOR, "panel.read",  MAY_SEE_BILLING, CSRF_NONE,  TX_READ,  subscriptions_show_invoice },
    { GET,   "/vendor/billing/invoices/{number}/pdf",        NO_BODY, WHO_VENDOR, "panel.read",  MAY_SEE_BILLING, CSRF_NONE,  TX_READ,  subscriptions_get_pdf },
    { GET,   "/vendor/billing/invoices/{number}/xml",        NO_BODY, WHO_VENDOR, "panel.read",  MAY_SEE_BILLING, CSRF_NONE,  TX_READ,  subscriptions_get_xml },
    { GET,   "/admin/billing",                               NO_BODY, WHO_ADMIN,  "panel.read",  MAY_OPERATE,     CSRF_NONE,  TX_OPERATOR_READ,  subscriptions_show_figures },
    { GET,   "/admin/billing/seller",                        NO_BODY, WHO_ADMIN,  "panel.read",  MAY_OPERATE,     CSRF_NONE,  TX_OPERATOR_READ,  subscriptions_show_seller },
    { POST,  "/admin/billing/seller",                        FORM_8K, WHO_ADMIN,  "panel.write", MAY_OPERATE,     CSRF_TOKEN, TX_OPERATOR_WRITE, subscriptions_post_seller },
    { GET,   "/admin/invoices",                              NO_BODY, WHO_ADMIN,  "panel.read",  MAY_OPERATE,     CSRF_NONE,  TX_OPERATOR_READ,  subscriptions_show_all_invoices },
    { GET,   "/admin/invoices/{number}",                     NO_BODY, WHO_ADMIN,  "panel.read",  MAY_OPERATE,     CSRF_NONE,  TX_OPERATOR_READ,  subscriptions_show_any_invoice },
    { POST,  "/admin/invoices/{number}",                     FORM_8K, WHO_ADMIN,  "panel.write", MAY_OPERATE,     CSRF_TOKEN, TX_OPERATOR_WRITE, subscriptions_post_any_invoice },
    { GET,   "/admin/subscriptions",                         NO_BODY, WHO_ADMIN,  "panel.read",  MAY_OPERATE,     CSRF_NONE,  TX_OPERATOR_READ,  subscriptions_show_all },
    { POST,  "/admin/subscriptions/{vendor}/clock",          FORM_8K, WHO_ADMIN,  "panel.write", MAY_OPERATE,     CSRF_TOKEN, TX_OPERATOR_WRITE, subscriptions_post_clock },
    { GET,   "/admin/tiers",                                 NO_BODY, WHO_ADMIN,  "panel.read",  MAY_OPERATE,     CSRF_NONE,  TX_OPERATOR_READ,  subscriptions_show_offers },
    { GET,   "/admin/tiers/{tier}",                          NO_BODY, WHO_ADMIN,  "panel.read",  MAY_OPERATE,     CSRF_NONE,  TX_OPERATOR_READ,  subscriptions_show_offer },
    { POST,  "/admin/tiers/{tier}",                          FORM_8K, WHO_ADMIN,  "panel.write", MAY_OPERATE,     CSRF_TOKEN, TX_OPERATOR_WRITE, subscriptions_post_offer },
    { POST,  "/admin/tiers/{tier}/retire",                   FORM_8K, WHO_ADMIN,  "panel.write", MAY_OPERATE,     CSRF_TOKEN, TX_OPERATOR_WRITE, subscriptions_post_retire },
    { GET,   "/api/v1/vendor/billing/tiers",                 NO_BODY, WHO_VENDOR, "api",         MAY_SEE_BILLING, CSRF_NONE,  TX_READ,  subscriptions_get_tiers },
    { GET,   "/api/v1/vendor/billing/subscription",          NO_BODY, WHO_VENDOR, "api",         MAY_SEE_BILLING, CSRF_NONE,  TX_READ,  subscriptions_get_subscription },
    { POST,  "/api/v1/vendor/billing/subscription",          JSON_8K, WHO_VENDOR, "api",         MAY_BUY,         CSRF_TOKEN, TX_WRITE, subscriptions_post_subscribe },
    { GET,   "/api/v1/vendor/billing/usage",                 NO_BODY, WHO_VENDOR, "api",         MAY_SEE_BILLING, CSRF_NONE,  TX_READ,  subscriptions_get_usage },
    { GET,   "/api/v1/vendor/billing/upcoming-invoice",      NO_BODY, WHO_VENDOR, "api",         MAY_SEE_BILLING, CSRF_NONE,  TX_READ,  subscriptions_get_upcoming },
    { GET,   "/api/v1/vendor/billing/invoices",              NO_BODY, WHO_VENDOR, "api",         MAY_SEE_BILLING, CSRF_NONE,  TX_READ,  subscriptions_get_invoices },
    { GET,   "/api/v1/vendor/billing/invoices/{number}",     NO_BODY, WHO_VENDOR, "api",         MAY_SEE_BILLING, CSRF_NONE,  TX_READ,  subscriptions_get_invoice },
    { GET,   "/api/v1/vendor/billing/invoices/{number}/pdf", NO_BODY, WHO_VENDOR, "api",         MAY_SEE_BILLING, CSRF_NONE,  TX_READ,  subscriptions_get_pdf },
    { GET,   "/api/v1/vendor/billing/invoices/{number}/xml", NO_BODY, WHO_VENDOR, "api",         MAY_SEE_BILLING, CSRF_NONE,  TX_READ,  subscriptions_get_xml },
    { GET,   "/api/v1/vendor/billing/addons",                NO_BODY, WHO_VENDOR, "api",         MAY_SEE_BILLING, CSRF_NONE,  TX_READ,  subscriptions_get_addons },
    { POST,  "/api/v1/vendor/billing/change-tier",           JSON_8K, WHO_VENDOR, "api",         MAY_BUY,         CSRF_TOKEN, TX_WRITE, subscriptions_post_change_tier },
    { POST,  "/api/v1/vendor/billing/addons/{addon}/purchase", JSON_8K, WHO_VENDOR, "api",       MAY_BUY,         CSRF_TOKEN, TX_WRITE, subscriptions_post_addon },
    { POST,  "/api/v1/vendor/billing/addons/{addon}/cancel", JSON_8K, WHO_VENDOR, "api",         MAY_BUY,         CSRF_TOKEN, TX_WRITE, subscriptions_post_addon_cancel },
    { POST,  "/api/v1/vendor/billing/start",                 NO_BODY, WHO_VENDOR, "api",         MAY_BUY,         CSRF_TOKEN, TX_WRITE, subscriptions_post_convert },
    { POST,  "/api/v1/vendor/billing/cancel",                JSON_8K, WHO_VENDOR, "api",         MAY_BUY,         CSRF_TOKEN, TX_WRITE, subscriptions_post_cancel },
    { POST,  "/api/v1/vendor/billing/reactivate",            NO_BODY, WHO_VENDOR, "api",         MAY_BUY,         CSRF_TOKEN, TX_WRITE, subscriptions_post_reactivate },
};
/* clang-format on */
const size_t subscriptions_route_count = COUNT(subscriptions_routes);
