/* Rows of the route table, and the handlers they name. */
#pragma once
#include "http/route.h"

extern const struct route exchange_routes[];
extern const size_t exchange_route_count;

/* import_pages.c */
struct err *exchange_show_imports(struct req *r);
struct err *exchange_post_import(struct req *r);
struct err *exchange_get_template(struct req *r);
struct err *exchange_show_import(struct req *r);
struct err *exchange_post_shape(struct req *r);
struct err *exchange_post_columns(struct req *r);
struct err *exchange_post_run(struct req *r);
struct err *exchange_post_cancel(struct req *r);
struct err *exchange_post_retry(struct req *r);
struct err *exchange_get_errors_csv(struct req *r);

/* import_api.c */
struct err *exchange_get_imports(struct req *r);
struct err *exchange_post_import_json(struct req *r);
struct err *exchange_get_import(struct req *r);
struct err *exchange_patch_import(struct req *r);
struct err *exchange_get_errors(struct req *r);
struct err *exchange_post_check_json(struct req *r);
struct err *exchange_post_run_json(struct req *r);
struct err *exchange_post_cancel_json(struct req *r);
struct err *exchange_post_retry_json(struct req *r);

/* export_pages.c */
struct err *exchange_show_exports(struct req *r);
struct err *exchange_post_export(struct req *r);
struct err *exchange_show_export(struct req *r);
struct err *exchange_get_export_file(struct req *r);

/* export_api.c */
struct err *exchange_get_exports(struct req *r);
struct err *exchange_post_export_json(struct req *r);
struct err *exchange_get_export(struct req *r);
