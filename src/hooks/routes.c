#include "hooks/routes.h"

/* clang-format off */
const struct route hooks_routes[] = {
    /*        path                                                       body     who         rate           may                csrf        tx        handler */
    { GET,    "/vendor/settings/webhooks",                               NO_BODY, WHO_VENDOR, "panel.read",  MAY_EDIT_SETTINGS, CSRF_NONE,  TX_READ,  hooks_show_list },
    { POST,   "/vendor/settings/webhooks",                               FORM_8K, WHO_VENDOR, "panel.write", MAY_EDIT_SETTINGS, CSRF_TOKEN, TX_WRITE, hooks_post_new },
    { GET,    "/vendor/settings/webhooks/new",                           NO_BODY, WHO_VENDOR, "panel.read",  MAY_EDIT_SETTINGS, CSRF_NONE,  TX_READ,  hooks_show_new },
    { GET,    "/vendor/settings/webhooks/{hook}",                        NO_BODY, WHO_VENDOR, "panel.read",  MAY_EDIT_SETTINGS, CSRF_NONE,  TX_READ,  hooks_show_one },
    { POST,   "/vendor/settings/webhooks/{hook}",                        FORM_8K, WHO_VENDOR, "panel.write", MAY_EDIT_SETTINGS, CSRF_TOKEN, TX_WRITE, hooks_post_one },
    { GET,    "/vendor/settings/webhooks/{hook}/delete",                 NO_BODY, WHO_VENDOR, "panel.read",  MAY_EDIT_SETTINGS, CSRF_NONE,  TX_READ,  hooks_show_remove },
    { POST,   "/vendor/settings/webhooks/{hook}/delete",                 FORM_8K, WHO_VENDOR, "panel.write", MAY_EDIT_SETTINGS, CSRF_TOKEN, TX_WRITE, hooks_post_remove },
    { GET,    "/vendor/settings/webhooks/{hook}/secret",                 NO_BODY, WHO_VENDOR, "panel.read",  MAY_EDIT_SETTINGS, CSRF_NONE,  TX_READ,  hooks_show_secret },
    { POST,   "/vendor/settings/webhooks/{hook}/secret",                 FORM_8K, WHO_VENDOR, "panel.write", MAY_EDIT_SETTINGS, CSRF_TOKEN, TX_WRITE, hooks_post_secret },
    { POST,   "/vendor/settings/webhooks/{hook}/test",                   FORM_8K, WHO_VENDOR, "panel.write", MAY_EDIT_SETTINGS, CSRF_TOKEN, TX_WRITE, hooks_post_test },
    { GET,    "/vendor/settings/webhooks/{hook}/deliveries",             NO_BODY, WHO_VENDOR, "panel.read",  MAY_EDIT_SETTINGS, CSRF_NONE,  TX_READ,  hooks_show_deliveries },
    { POST,   "/vendor/settings/webhooks/{hook}/deliveries/again",       FORM_8K, WHO_VENDOR, "panel.write", MAY_EDIT_SETTINGS, CSRF_TOKEN, TX_WRITE, hooks_post_again_all },
    { GET,    "/vendor/settings/webhooks/{hook}/deliveries/{delivery}",  NO_BODY, WHO_VENDOR, "panel.read",  MAY_EDIT_SETTINGS, CSRF_NONE,  TX_READ,  hooks_show_delivery },
    { POST,   "/vendor/settings/webhooks/{hook}/deliveries/{delivery}/again", FORM_8K, WHO_VENDOR, "panel.write", MAY_EDIT_SETTINGS, CSRF_TOKEN, TX_WRITE, hooks_post_again },
    { GET,    "/api/v1/vendor/webhooks",                                 NO_BODY, WHO_VENDOR, "api",         MAY_EDIT_SETTINGS, CSRF_NONE,  TX_READ,  hooks_get_list_json },
    { POST,   "/api/v1/vendor/webhooks",                                 JSON_8K, WHO_VENDOR, "api",         MAY_EDIT_SETTINGS, CSRF_TOKEN, TX_WRITE, hooks_post_new_json },
    { GET,    "/api/v1/vendor/webhooks/{hook}",                          NO_BODY, WHO_VENDOR, "api",         MAY_EDIT_SETTINGS, CSRF_NONE,  TX_READ,  hooks_get_one_json },
    { PATCH,  "/api/v1/vendor/webhooks/{hook}",                          JSON_8K, WHO_VENDOR, "api",         MAY_EDIT_SETTINGS, CSRF_TOKEN, TX_WRITE, hooks_patch_one_json },
    { DELETE, "/api/v1/vendor/webhooks/{hook}",                          NO_BODY, WHO_VENDOR, "api",         MAY_EDIT_SETTINGS, CSRF_TOKEN, TX_WRITE, hooks_delete_one_json },
    { POST,   "/api/v1/vendor/webhooks/{hook}/secret",                   NO_BODY, WHO_VENDOR, "api",         MAY_EDIT_SETTINGS, CSRF_TOKEN, TX_WRITE, hooks_post_secret_json },
    { POST,   "/api/v1/vendor/webhooks/{hook}/test",                     NO_BODY, WHO_VENDOR, "api",         MAY_EDIT_SETTINGS, CSRF_TOKEN, TX_WRITE, hooks_post_test_json },
    { GET,    "/api/v1/vendor/webhooks/{hook}/deliveries",               NO_BODY, WHO_VENDOR, "api",         MAY_EDIT_SETTINGS, CSRF_NONE,  TX_READ,  hooks_get_deliveries_json },
    { POST,   "/api/v1/vendor/webhooks/{hook}/deliveries/again",         JSON_8K, WHO_VENDOR, "api",         MAY_EDIT_SETTINGS, CSRF_TOKEN, TX_WRITE, hooks_post_again_all_json },
    { GET,    "/api/v1/vendor/webhooks/{hook}/deliveries/{delivery}",    NO_BODY, WHO_VENDOR, "api",         MAY_EDIT_SETTINGS, CSRF_NONE,  TX_READ,  hooks_get_delivery_json },
    { POST,   "/api/v1/vendor/webhooks/{hook}/deliveries/{delivery}/again", NO_BODY, WHO_VENDOR, "api",      MAY_EDIT_SETTINGS, CSRF_TOKEN, TX_WRITE, hooks_post_again_json },
};
/* clang-format on */
const size_t hooks_route_count = COUNT(hooks_routes);
