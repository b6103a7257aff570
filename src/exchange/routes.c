#include "exchange/routes.h"

#include "db/db.h"

/* clang-format off */
const struct route exchange_routes[] = {
    /*       path                                          body         who         rate           may                csrf        tx        handler */
    { GET,   "/vendor/products/import",                    NO_BODY,     WHO_VENDOR, "panel.read",  MAY_EDIT_PRODUCTS, CSRF_NONE,  TX_READ,  exchange_show_imports },
    { POST,  "/vendor/products/import",                    UPLOAD_FILE, WHO_VENDOR, "upload",      MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_NONE,  exchange_post_import },
    { GET,   "/vendor/products/import/template.csv",       NO_BODY,     WHO_VENDOR, "panel.read",  MAY_EDIT_PRODUCTS, CSRF_NONE,  TX_READ,  exchange_get_template },
    { GET,   "/vendor/products/import/{import}",           NO_BODY,     WHO_VENDOR, "panel.read",  MAY_EDIT_PRODUCTS, CSRF_NONE,  TX_READ,  exchange_show_import },
    { POST,  "/vendor/products/import/{import}/shape",     FORM_8K,     WHO_VENDOR, "panel.write", MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE, exchange_post_shape },
    { POST,  "/vendor/products/import/{import}/columns",   FORM_64K,    WHO_VENDOR, "panel.write", MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE, exchange_post_columns },
    { POST,  "/vendor/products/import/{import}/run",       FORM_8K,     WHO_VENDOR, "panel.write", MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE, exchange_post_run },
    { POST,  "/vendor/products/import/{import}/cancel",    FORM_8K,     WHO_VENDOR, "panel.write", MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE, exchange_post_cancel },
    { POST,  "/vendor/products/import/{import}/retry",     FORM_8K,     WHO_VENDOR, "panel.write", MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE, exchange_post_retry },
    { GET,   "/vendor/products/import/{import}/errors.csv",NO_BODY,     WHO_VENDOR, "panel.read",  MAY_EDIT_PRODUCTS, CSRF_NONE,  TX_READ,  exchange_get_errors_csv },
    { GET,   "/vendor/products/export",                    NO_BODY,     WHO_VENDOR, "panel.read",  MAY_EDIT_PRODUCTS, CSRF_NONE,  TX_READ,  exchange_show_exports },
    { POST,  "/vendor/products/export",                    FORM_8K,     WHO_VENDOR, "panel.write", MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE, exchange_post_export },
    { GET,   "/vendor/products/export/{export}",           NO_BODY,     WHO_VENDOR, "panel.read",  MAY_EDIT_PRODUCTS, CSRF_NONE,  TX_READ,  exchange_show_export },
    { GET,   "/vendor/products/export/{export}/file",      NO_BODY,     WHO_VENDOR, "panel.read",  MAY_EDIT_PRODUCTS, CSRF_NONE,  TX_READ,  exchange_get_export_file },
    { GET,   "/api/v1/vendor/imports",                     NO_BODY,     WHO_VENDOR, "api",         MAY_EDIT_PRODUCTS, CSRF_NONE,  TX_READ,  exchange_get_imports },
    { POST,  "/api/v1/vendor/imports",                     UPLOAD_FILE, WHO_VENDOR, "upload",      MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_NONE,  exchange_post_import_json },
    { GET,   "/api/v1/vendor/imports/{import}",            NO_BODY,     WHO_VENDOR, "api",         MAY_EDIT_PRODUCTS, CSRF_NONE,  TX_READ,  exchange_get_import },
    { PATCH, "/api/v1/vendor/imports/{import}",            JSON_1M,     WHO_VENDOR, "api",         MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE, exchange_patch_import },
    { GET,   "/api/v1/vendor/imports/{import}/errors",     NO_BODY,     WHO_VENDOR, "api",         MAY_EDIT_PRODUCTS, CSRF_NONE,  TX_READ,  exchange_get_errors },
    { GET,   "/api/v1/vendor/imports/{import}/errors.csv", NO_BODY,     WHO_VENDOR, "api",         MAY_EDIT_PRODUCTS, CSRF_NONE,  TX_READ,  exchange_get_errors_csv },
    { POST,  "/api/v1/vendor/imports/{import}/check",      JSON_8K,     WHO_VENDOR, "api",         MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE, exchange_post_check_json },
    { POST,  "/api/v1/vendor/imports/{import}/run",        JSON_8K,     WHO_VENDOR, "api",         MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE, exchange_post_run_json },
    { POST,  "/api/v1/vendor/imports/{import}/cancel",     JSON_8K,     WHO_VENDOR, "api",         MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE, exchange_post_cancel_json },
    { POST,  "/api/v1/vendor/imports/{import}/retry",      JSON_8K,     WHO_VENDOR, "api",         MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE, exchange_post_retry_json },
    { GET,   "/api/v1/vendor/exports",                     NO_BODY,     WHO_VENDOR, "api",         MAY_EDIT_PRODUCTS, CSRF_NONE,  TX_READ,  exchange_get_exports },
    { POST,  "/api/v1/vendor/exports",                     JSON_8K,     WHO_VENDOR, "api",         MAY_EDIT_PRODUCTS, CSRF_TOKEN, TX_WRITE, exchange_post_export_json },
    { GET,   "/api/v1/vendor/exports/{export}",            NO_BODY,     WHO_VENDOR, "api",         MAY_EDIT_PRODUCTS, CSRF_NONE,  TX_READ,  exchange_get_export },
    { GET,   "/api/v1/vendor/exports/{export}/file",       NO_BODY,     WHO_VENDOR, "api",         MAY_EDIT_PRODUCTS, CSRF_NONE,  TX_READ,  exchange_get_export_file },
};
/* clang-format on */
const size_t exchange_route_count = COUNT(exchange_routes);
