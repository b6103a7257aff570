#include "vendors/routes.h"

#include "db/db.h"

/* clang-format off */
const struct route vendors_routes[] = {
    /*        path                                   body     who         rate           may           csrf         tx                 handler */
    { GET,    "/register",                           NO_BODY, WHO_ANYONE, "panel.read",  MAY_ALL,      CSRF_NONE,   TX_NONE,           vendors_show_register },
    { POST,   "/register",                           FORM_8K, WHO_ANYONE, "register",    MAY_ALL,      CSRF_ORIGIN, TX_NONE,           vendors_post_register },
    { POST,   "/register/again",                     FORM_8K, WHO_ANYONE, "register",    MAY_ALL,      CSRF_ORIGIN, TX_WRITE,          vendors_post_register_again },
    { POST,   "/api/v1/auth/register",               JSON_8K, WHO_ANYONE, "register",    MAY_ALL,      CSRF_NONE,   TX_NONE,           vendors_post_register_json },
    /* A link of a mail is the power to use it; its page hides where it comes from, so Origin says nothing. */
    { GET,    "/verify",                             NO_BODY, WHO_ANYONE, "panel.read",  MAY_ALL,      CSRF_NONE,   TX_NONE,           vendors_show_verify },
    { POST,   "/verify",                             FORM_8K, WHO_ANYONE, "panel.write", MAY_ALL,      CSRF_NONE,   TX_NONE,           vendors_post_verify },
    { GET,    "/vendor/team",                        NO_BODY, WHO_VENDOR, "panel.read",  MAY_SEE_TEAM,    CSRF_NONE,   TX_READ,        vendors_show_team },
    { GET,    "/vendor/team/leave",                  NO_BODY, WHO_VENDOR, "panel.read",  MAY_LEAVE_TEAM,  CSRF_NONE,   TX_NONE,        vendors_show_leave },
    { POST,   "/vendor/team/leave",                  FORM_8K, WHO_VENDOR, "panel.write", MAY_LEAVE_TEAM,  CSRF_TOKEN,  TX_NONE,        vendors_post_leave },
    { POST,   "/vendor/team/invitations",            FORM_8K, WHO_VENDOR, "panel.write", MAY_MANAGE_TEAM, CSRF_TOKEN,  TX_WRITE,       vendors_post_invitation },
    { POST,   "/vendor/team/invitations/{invitation}/resend", FORM_8K, WHO_VENDOR, "panel.write", MAY_MANAGE_TEAM, CSRF_TOKEN, TX_WRITE, vendors_post_resend },
    { POST,   "/vendor/team/invitations/{invitation}/revoke", FORM_8K, WHO_VENDOR, "panel.write", MAY_MANAGE_TEAM, CSRF_TOKEN, TX_WRITE, vendors_post_revoke },
    { GET,    "/vendor/team/members/{member}",       NO_BODY, WHO_VENDOR, "panel.read",  MAY_MANAGE_TEAM, CSRF_NONE,   TX_READ,        vendors_show_member },
    { POST,   "/vendor/team/members/{member}/role",  FORM_8K, WHO_VENDOR, "panel.write", MAY_MANAGE_TEAM, CSRF_TOKEN,  TX_NONE,        vendors_post_role },
    { POST,   "/vendor/team/members/{member}/remove", FORM_8K, WHO_VENDOR, "panel.write", MAY_MANAGE_TEAM, CSRF_TOKEN, TX_NONE,        vendors_post_remove },
    { GET,    "/api/v1/vendor/team",                 NO_BODY, WHO_VENDOR, "api",         MAY_SEE_TEAM,    CSRF_NONE,   TX_READ,        vendors_get_team },
    { PATCH,  "/api/v1/vendor/team/{member}",        JSON_8K, WHO_VENDOR, "api",         MAY_MANAGE_TEAM, CSRF_TOKEN,  TX_NONE,        vendors_patch_member },
    { DELETE, "/api/v1/vendor/team/{member}",        NO_BODY, WHO_VENDOR, "api",         MAY_MANAGE_TEAM, CSRF_TOKEN,  TX_NONE,        vendors_delete_member },
    { POST,   "/api/v1/vendor/team/invitations",     JSON_8K, WHO_VENDOR, "api",         MAY_MANAGE_TEAM, CSRF_TOKEN,  TX_WRITE,       vendors_post_invitation_json },
    { POST,   "/api/v1/vendor/team/invitations/{invitation}/resend", NO_BODY, WHO_VENDOR, "api", MAY_MANAGE_TEAM, CSRF_TOKEN, TX_WRITE, vendors_post_resend_json },
    { DELETE, "/api/v1/vendor/team/invitations/{invitation}", NO_BODY, WHO_VENDOR, "api", MAY_MANAGE_TEAM, CSRF_TOKEN, TX_WRITE,        vendors_delete_invitation },
    /* A link of a mail is the power to use it; its page hides where it comes from, so Origin says nothing. */
    { GET,    "/invitation",                         NO_BODY, WHO_ANYONE, "panel.read",  MAY_ALL,      CSRF_NONE,   TX_READ,           vendors_show_invitation },
    { POST,   "/invitation",                         FORM_8K, WHO_ANYONE, "login",       MAY_ALL,      CSRF_NONE,   TX_NONE,           vendors_post_invitation_accept },
    { GET,    "/admin/vendors",                      NO_BODY, WHO_ADMIN,  "panel.read",  MAY_OPERATE,  CSRF_NONE,   TX_OPERATOR_READ,  vendors_show_list },
    { POST,   "/admin/vendors",                      FORM_8K, WHO_ADMIN,  "panel.write", MAY_OPERATE,  CSRF_TOKEN,  TX_OPERATOR_WRITE, vendors_post_new },
    { GET,    "/admin/vendors/new",                  NO_BODY, WHO_ADMIN,  "panel.read",  MAY_OPERATE,  CSRF_NONE,   TX_NONE,           vendors_show_new },
    { GET,    "/admin/vendors/{vendor}",             NO_BODY, WHO_ADMIN,  "panel.read",  MAY_OPERATE,  CSRF_NONE,   TX_OPERATOR_READ,  vendors_show_one },
    { GET,    "/admin/vendors/{vendor}/suspend",     NO_BODY, WHO_ADMIN,  "panel.read",  MAY_OPERATE,  CSRF_NONE,   TX_OPERATOR_READ,  vendors_show_suspend },
    { POST,   "/admin/vendors/{vendor}/suspend",     FORM_8K, WHO_ADMIN,  "panel.write", MAY_OPERATE,  CSRF_TOKEN,  TX_OPERATOR_WRITE, vendors_post_suspend },
    { GET,    "/admin/vendors/{vendor}/act",         NO_BODY, WHO_ADMIN,  "panel.read",  MAY_OPERATE,  CSRF_NONE,   TX_OPERATOR_READ,  vendors_show_act },
    { POST,   "/admin/vendors/{vendor}/act",         FORM_8K, WHO_ADMIN,  "panel.write", MAY_OPERATE,  CSRF_TOKEN,  TX_NONE,           vendors_post_act },
    { POST,   "/admin/act/end",                      FORM_8K, WHO_ADMIN,  "panel.write", MAY_OPERATE,  CSRF_TOKEN,  TX_NONE,           vendors_post_act_end },
    { GET,    "/admin/vendors/{vendor}/close",       NO_BODY, WHO_ADMIN,  "panel.read",  MAY_OPERATE,  CSRF_NONE,   TX_OPERATOR_READ,  vendors_show_close },
    { POST,   "/admin/vendors/{vendor}/close",       FORM_8K, WHO_ADMIN,  "panel.write", MAY_OPERATE,  CSRF_TOKEN,  TX_NONE,           vendors_post_close },
    { POST,   "/admin/vendors/{vendor}/reactivate",  FORM_8K, WHO_ADMIN,  "panel.write", MAY_OPERATE,  CSRF_TOKEN,  TX_OPERATOR_WRITE, vendors_post_reactivate },
    { GET,    "/api/v1/admin/vendors",               NO_BODY, WHO_ADMIN,  "api",         MAY_OPERATE,  CSRF_NONE,   TX_OPERATOR_READ,  vendors_get_list },
    { POST,   "/api/v1/admin/vendors",               JSON_8K, WHO_ADMIN,  "api",         MAY_OPERATE,  CSRF_TOKEN,  TX_OPERATOR_WRITE, vendors_post_json },
    { GET,    "/api/v1/admin/vendors/{vendor}",      NO_BODY, WHO_ADMIN,  "api",         MAY_OPERATE,  CSRF_NONE,   TX_OPERATOR_READ,  vendors_get_one },
    { PATCH,  "/api/v1/admin/vendors/{vendor}",      JSON_8K, WHO_ADMIN,  "api",         MAY_OPERATE,  CSRF_TOKEN,  TX_OPERATOR_WRITE, vendors_patch },
};
/* clang-format on */
const size_t vendors_route_count = COUNT(vendors_routes);
