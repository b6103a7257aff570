/* Rows of the route table, and the handlers they name. */
#pragma once
#include "http/route.h"

extern const struct route mail_routes[];
extern const size_t mail_route_count;

/* pages.c */
struct err *outbox_show_list(struct req *r);
struct err *outbox_show_one(struct req *r);
struct err *outbox_show_html(struct req *r);
struct err *outbox_show_discard(struct req *r);
struct err *outbox_post_resend(struct req *r);
struct err *outbox_post_discard(struct req *r);
struct err *suppression_show(struct req *r);
struct err *suppression_post(struct req *r);
struct err *suppression_post_removal(struct req *r);

/* api.c */
struct err *outbox_get_list(struct req *r);
struct err *outbox_get_one(struct req *r);
struct err *outbox_post_resend_json(struct req *r);
struct err *outbox_post_discard_json(struct req *r);
struct err *suppression_get(struct req *r);
struct err *suppression_post_json(struct req *r);
struct err *suppression_delete(struct req *r);
