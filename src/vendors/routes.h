/* Rows of the route table, and the handlers they name. */
#pragma once
#include "http/route.h"

extern const struct route vendors_routes[];
extern const size_t vendors_route_count;

/* pages.c */
struct err *vendors_show_list(struct req *r);
struct err *vendors_show_new(struct req *r);
struct err *vendors_post_new(struct req *r);
struct err *vendors_show_one(struct req *r);
struct err *vendors_show_suspend(struct req *r);
struct err *vendors_post_suspend(struct req *r);
struct err *vendors_post_reactivate(struct req *r);
struct err *vendors_show_close(struct req *r);
struct err *vendors_post_close(struct req *r);

/* api.c */
struct err *vendors_get_list(struct req *r);
struct err *vendors_post_json(struct req *r);
struct err *vendors_get_one(struct req *r);
struct err *vendors_patch(struct req *r);

/* register_pages.c */
struct err *vendors_show_register(struct req *r);
struct err *vendors_post_register(struct req *r);
struct err *vendors_post_register_again(struct req *r);
struct err *vendors_post_register_json(struct req *r);
struct err *vendors_show_verify(struct req *r);
struct err *vendors_post_verify(struct req *r);

/* team_pages.c */
struct err *vendors_show_team(struct req *r);
struct err *vendors_show_leave(struct req *r);
struct err *vendors_post_leave(struct req *r);
struct err *vendors_post_invitation(struct req *r);
struct err *vendors_post_resend(struct req *r);
struct err *vendors_post_revoke(struct req *r);
struct err *vendors_show_member(struct req *r);
struct err *vendors_post_role(struct req *r);
struct err *vendors_post_remove(struct req *r);

/* team_api.c */
struct err *vendors_get_team(struct req *r);
struct err *vendors_patch_member(struct req *r);
struct err *vendors_delete_member(struct req *r);
struct err *vendors_post_invitation_json(struct req *r);
struct err *vendors_post_resend_json(struct req *r);
struct err *vendors_delete_invitation(struct req *r);

/* invitation_pages.c */
struct err *vendors_show_invitation(struct req *r);
struct err *vendors_post_invitation_accept(struct req *r);

/* acting.c */
struct err *vendors_show_act(struct req *r);
struct err *vendors_post_act(struct req *r);
struct err *vendors_post_act_end(struct req *r);
