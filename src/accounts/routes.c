#include "accounts/routes.h"

#include "db/db.h"

#define GUARDS_MOST 1000000 /* 200 MB; of names that nobody has */

/* clang-format off */
const struct route accounts_routes[] = {
    /*        path                                   body     who         rate           may           csrf         tx                 handler */
    { GET,    "/",                                   NO_BODY, WHO_ANYONE, "panel.read",  MAY_ALL,      CSRF_NONE,   TX_NONE,           accounts_show_root },
    { GET,    "/login",                              NO_BODY, WHO_ANYONE, "panel.read",  MAY_ALL,      CSRF_NONE,   TX_NONE,           accounts_show_login },
    { POST,   "/login",                              FORM_8K, WHO_ANYONE, "login",       MAY_ALL,      CSRF_ORIGIN, TX_NONE,           accounts_post_login },
    { GET,    "/login/code",                         NO_BODY, WHO_ANYONE, "panel.read",  MAY_ALL,      CSRF_NONE,   TX_NONE,           accounts_show_code },
    { POST,   "/login/code",                         FORM_8K, WHO_ANYONE, "login",       MAY_ALL,      CSRF_ORIGIN, TX_NONE,           accounts_post_code },
    { GET,    "/login/unlock",                       NO_BODY, WHO_ANYONE, "panel.read",  MAY_ALL,      CSRF_NONE,   TX_NONE,           accounts_show_unlock },
    { POST,   "/login/unlock",                       FORM_8K, WHO_ANYONE, "login",       MAY_ALL,      CSRF_ORIGIN, TX_WRITE,          accounts_post_unlock },
    { POST,   "/logout",                             FORM_8K, WHO_LOGIN,  "panel.write", MAY_ALL,      CSRF_TOKEN,  TX_NONE,           accounts_post_logout },
    { POST,   "/account/look",                       FORM_8K, WHO_LOGIN,  "panel.write", MAY_ALL,      CSRF_TOKEN,  TX_NONE,           accounts_post_look },
    { GET,    "/account/confirm",                    NO_BODY, WHO_LOGIN,  "panel.read",  MAY_ALL,      CSRF_NONE,   TX_NONE,           accounts_show_confirm },
    { POST,   "/account/confirm",                    FORM_8K, WHO_LOGIN,  "login",       MAY_ALL,      CSRF_TOKEN,  TX_NONE,           accounts_post_confirm },
    { GET,    "/vendor/security",                    NO_BODY, WHO_VENDOR, "panel.read",  MAY_SEE_SHOP, CSRF_NONE,   TX_READ,           accounts_show_security },
    { GET,    "/account/security",                   NO_BODY, WHO_LOGIN,  "panel.read",  MAY_ALL,      CSRF_NONE,   TX_READ,           accounts_show_security },
    { POST,   "/account/security/sessions/end",      FORM_8K, WHO_LOGIN,  "panel.write", MAY_ALL,      CSRF_TOKEN,  TX_NONE,           accounts_post_end_others },
    { POST,   "/account/security/sessions/{session}/end", FORM_8K, WHO_LOGIN, "panel.write", MAY_ALL,  CSRF_TOKEN,  TX_NONE,           accounts_post_end_session },
    { GET,    "/account/security/totp",              NO_BODY, WHO_LOGIN,  "panel.read",  MAY_ALL,      CSRF_NONE,   TX_READ,           accounts_show_totp },
    { POST,   "/account/security/totp",              FORM_8K, WHO_LOGIN,  "panel.write", MAY_ALL,      CSRF_TOKEN,  TX_WRITE,          accounts_post_totp },
    { POST,   "/account/security/totp/on",           FORM_8K, WHO_LOGIN,  "login",       MAY_ALL,      CSRF_TOKEN,  TX_NONE,           accounts_post_totp_on },
    { GET,    "/account/security/totp/off",          NO_BODY, WHO_LOGIN,  "panel.read",  MAY_ALL,      CSRF_NONE,   TX_NONE,           accounts_show_totp_off },
    { POST,   "/account/security/totp/off",          FORM_8K, WHO_LOGIN,  "login",       MAY_ALL,      CSRF_TOKEN,  TX_NONE,           accounts_post_totp_off },
    { POST,   "/account/security/codes",             FORM_8K, WHO_LOGIN,  "panel.write", MAY_ALL,      CSRF_TOKEN,  TX_WRITE,          accounts_post_codes },
    { GET,    "/account/shops",                      NO_BODY, WHO_LOGIN,  "panel.read",  MAY_ALL,      CSRF_NONE,   TX_READ,           accounts_show_shops },
    { POST,   "/account/shop",                       FORM_8K, WHO_LOGIN,  "panel.write", MAY_ALL,      CSRF_TOKEN,  TX_NONE,           accounts_post_shop },
    { GET,    "/vendor/security/keys",               NO_BODY, WHO_VENDOR, "panel.read",  MAY_MANAGE_KEYS, CSRF_NONE, TX_READ,          accounts_show_keys },
    { GET,    "/vendor/security/keys/new",           NO_BODY, WHO_VENDOR, "panel.read",  MAY_MANAGE_KEYS, CSRF_NONE, TX_NONE,          accounts_show_new_key },
    { POST,   "/vendor/security/keys",               FORM_8K, WHO_VENDOR, "panel.write", MAY_MANAGE_KEYS, CSRF_TOKEN, TX_WRITE,        accounts_post_key },
    { GET,    "/vendor/security/keys/{key}/revoke",  NO_BODY, WHO_VENDOR, "panel.read",  MAY_MANAGE_KEYS, CSRF_NONE, TX_READ,          accounts_show_revoke_key },
    { POST,   "/vendor/security/keys/{key}/revoke",  FORM_8K, WHO_VENDOR, "panel.write", MAY_MANAGE_KEYS, CSRF_TOKEN, TX_NONE,         accounts_post_revoke_key },
    { GET,    "/api/v1/vendor/api-keys",             NO_BODY, WHO_VENDOR, "api",         MAY_MANAGE_KEYS, CSRF_NONE, TX_READ,          accounts_get_keys },
    { POST,   "/api/v1/vendor/api-keys",             JSON_8K, WHO_VENDOR, "api",         MAY_MANAGE_KEYS, CSRF_TOKEN, TX_WRITE,        accounts_post_key_json },
    { DELETE, "/api/v1/vendor/api-keys/{key}",       NO_BODY, WHO_VENDOR, "api",         MAY_MANAGE_KEYS, CSRF_TOKEN, TX_NONE,         accounts_delete_key },
    { GET,    "/admin/security",                     NO_BODY, WHO_ADMIN,  "panel.read",  MAY_OPERATE,  CSRF_NONE,   TX_OPERATOR_READ,  accounts_show_guard },
    { POST,   "/admin/security/{account}/unlock",    FORM_8K, WHO_ADMIN,  "panel.write", MAY_OPERATE,  CSRF_TOKEN,  TX_OPERATOR_WRITE, accounts_post_unlock_account },
    { GET,    "/password/forgot",                    NO_BODY, WHO_ANYONE, "panel.read",  MAY_ALL,      CSRF_NONE,   TX_NONE,           accounts_show_forgot },
    { POST,   "/password/forgot",                    FORM_8K, WHO_ANYONE, "forgot",      MAY_ALL,      CSRF_ORIGIN, TX_WRITE,          accounts_post_forgot },
    /* A link of a mail is the power to use it; its page hides where it comes from, so Origin says nothing. */
    { GET,    "/password/reset",                     NO_BODY, WHO_ANYONE, "panel.read",  MAY_ALL,      CSRF_NONE,   TX_NONE,           accounts_show_reset },
    { POST,   "/password/reset",                     FORM_8K, WHO_ANYONE, "login",       MAY_ALL,      CSRF_NONE,   TX_NONE,           accounts_post_reset },
    { GET,    "/account/email/confirm",              NO_BODY, WHO_ANYONE, "panel.read",  MAY_ALL,      CSRF_NONE,   TX_READ,           accounts_show_confirm_email },
    { POST,   "/account/email/confirm",              FORM_8K, WHO_ANYONE, "panel.write", MAY_ALL,      CSRF_NONE,   TX_NONE,           accounts_post_confirm_email },
    { GET,    "/account/email/undo",                 NO_BODY, WHO_ANYONE, "panel.read",  MAY_ALL,      CSRF_NONE,   TX_READ,           accounts_show_undo_email },
    { POST,   "/account/email/undo",                 FORM_8K, WHO_ANYONE, "panel.write", MAY_ALL,      CSRF_NONE,   TX_NONE,           accounts_post_undo_email },
    { GET,    "/account/password",                   NO_BODY, WHO_LOGIN,  "panel.read",  MAY_ALL,      CSRF_NONE,   TX_NONE,           accounts_show_password },
    { POST,   "/account/password",                   FORM_8K, WHO_LOGIN,  "panel.write", MAY_ALL,      CSRF_TOKEN,  TX_NONE,           accounts_post_password },
    { GET,    "/account/email",                      NO_BODY, WHO_LOGIN,  "panel.read",  MAY_ALL,      CSRF_NONE,   TX_NONE,           accounts_show_email },
    { POST,   "/account/email",                      FORM_8K, WHO_LOGIN,  "panel.write", MAY_ALL,      CSRF_TOKEN,  TX_NONE,           accounts_post_email },
    { POST,   "/api/v1/auth/token",                  JSON_8K, WHO_ANYONE, "login",       MAY_ALL,      CSRF_NONE,   TX_NONE,           accounts_post_token },
    { POST,   "/api/v1/auth/refresh",                JSON_8K, WHO_ANYONE, "login",       MAY_ALL,      CSRF_NONE,   TX_NONE,           accounts_post_refresh },
    { POST,   "/api/v1/auth/logout",                 JSON_8K, WHO_LOGIN,  "api",         MAY_ALL,      CSRF_TOKEN,  TX_NONE,           accounts_post_token_logout },
    { GET,    "/api/v1/auth/sessions",               NO_BODY, WHO_LOGIN,  "api",         MAY_ALL,      CSRF_NONE,   TX_READ,           accounts_get_sessions },
    { DELETE, "/api/v1/auth/sessions",               NO_BODY, WHO_LOGIN,  "api",         MAY_ALL,      CSRF_TOKEN,  TX_NONE,           accounts_delete_sessions },
    { DELETE, "/api/v1/auth/sessions/{session}",     NO_BODY, WHO_LOGIN,  "api",         MAY_ALL,      CSRF_TOKEN,  TX_NONE,           accounts_delete_session },
};
const size_t accounts_route_count = COUNT(accounts_routes);

static struct err *
prune(struct work *w, const struct job *j)
{
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(db_exec(w, Q_accounts_prune, ARGS(arg_i64(w, GUARDS_MOST)), NULL));
    TRY(db_exec(w, Q_signup_prune, NO_ARGS, NULL));
    TRY(db_exec(w, Q_idempotency_prune, NO_ARGS, NULL));
    TRY(job_finish(w, j, "{}"));
    return tx_commit(w);
}

const struct job_kind accounts_jobs[] = {
    /* name             when   tries  run */
    { "accounts_prune", 3600,  5,     prune },
    { ACCOUNTS_FORGOT,  ON_DEMAND, 5, accounts_run_forgot },
};
/* clang-format on */
const size_t accounts_job_count = COUNT(accounts_jobs);
