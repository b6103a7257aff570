/* What pages and API read alike. Inside of src/vendors. */
#pragma once
#include "http/form.h"
#include "vendors/store.h"

#define VENDORS_PAGE 50 /* rows, when nobody asks for another number */

struct vendor_and_owner {
    struct vendor_draft vendor;
    const char *email, *owner;
};
/* Its name from the field `name_field`, slug (made from the name when it is empty), currency and
 * language. */
void vendors_read_shop(struct form *f, const char *name_field, struct vendor_draft *out);
const char *vendors_read_slug(struct form *f, size_t least);
void vendors_read_new(struct form *f, struct vendor_and_owner *out);
/* Inside an operator write: the shop, its owner's account, and the mail that invites; *link is what
 * stands in it. */
struct err *vendors_add_with_owner(struct work *w, const struct vendor_and_owner *draft,
                                   const char *inviter, struct vendor_id *out,
                                   const char **link) MUST_CHECK;

/* `q`, `state`, `cursor` and `limit` of the address. MALFORMED request.cursor, request.limit. */
struct err *vendors_read_filter(struct req *r, struct vendor_filter *f) MUST_CHECK;
struct err *vendors_load_page(struct req *r, struct vendor_filter *f, struct vendor **out,
                              size_t *n, bool *more) MUST_CHECK;
/* The shop of the first path parameter. NOT_FOUND vendor.unknown. */
struct err *vendors_load_named(struct req *r, struct vendor *out) MUST_CHECK;
