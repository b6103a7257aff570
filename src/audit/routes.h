/* Rows of the route table, and the handlers they name. */
#pragma once
#include "http/route.h"

extern const struct route audit_routes[];
extern const size_t audit_route_count;

struct err *audit_show(struct req *r);   /* pages.c */
struct err *audit_get(struct req *r);    /* api.c */
struct err *audit_export(struct req *r); /* api.c */
