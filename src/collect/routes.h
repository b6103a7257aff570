/* For main: the pages and calls of this room. */
#pragma once
#include "http/route.h"

extern const struct route collect_routes[];
extern const size_t collect_route_count;

struct err *collect_post_event(struct req *r) MUST_CHECK; /* inbox.c */
struct err *collect_show_cards(struct req *r) MUST_CHECK; /* operate.c */
struct err *collect_post_retry(struct req *r) MUST_CHECK;
struct err *collect_get_cards(struct req *r) MUST_CHECK;
struct err *collect_show_method(struct req *r) MUST_CHECK;
struct err *collect_post_card(struct req *r) MUST_CHECK;
struct err *collect_post_portal(struct req *r) MUST_CHECK;
struct err *collect_post_transfer(struct req *r) MUST_CHECK;
struct err *collect_post_give_up(struct req *r) MUST_CHECK;
struct err *collect_show_taken(struct req *r) MUST_CHECK;
struct err *collect_show_confirmed(struct req *r) MUST_CHECK;
struct err *collect_get_method(struct req *r) MUST_CHECK;
struct err *collect_post_card_json(struct req *r) MUST_CHECK;
struct err *collect_post_portal_json(struct req *r) MUST_CHECK;
struct err *collect_post_transfer_json(struct req *r) MUST_CHECK;
struct err *collect_post_give_up_json(struct req *r) MUST_CHECK;
