/* What pages and API read alike. Inside of src/vendors. */
#pragma once
#include "http/form.h"
#include "vendors/store.h"

#define VENDORS_PAGE 50 /* rows, when nobody asks for another number */

struct vendor_and_owner {
    struct vendor_draft vendor;
    const char *email, *owner;
};
void vendors_read_new(struct form *f, struct vendor_and_owner *out);
/* Inside an operator write: the shop, and its owner's account. *password is the owner's first one,
 * shown once to the operator, who hands it on. */
struct err *vendors_add_with_owner(struct work *w, const struct vendor_and_owner *draft,
                                   struct vendor_id *out, const char **password) MUST_CHECK;

/* `q`, `state`, `cursor` and `limit` of the address. MALFORMED request.cursor, request.limit. */
struct err *vendors_read_filter(struct req *r, struct vendor_filter *f) MUST_CHECK;
struct err *vendors_load_page(struct req *r, struct vendor_filter *f, struct vendor **out,
                              size_t *n, bool *more) MUST_CHECK;
/* The shop of the first path parameter. NOT_FOUND vendor.unknown. */
struct err *vendors_load_named(struct req *r, struct vendor *out) MUST_CHECK;
