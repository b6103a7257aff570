/* Shops, and who belongs to them. */
#pragma once
#include "accounts/accounts.h"
#include "base/work.h"

struct vendor_draft {
    const char *slug, *name, *currency, *language;
};
/* CONFLICT vendor.slug_taken; INVALID vendor.slug. */
struct err *vendors_create(struct work *w, const struct vendor_draft *draft,
                           struct vendor_id *out) MUST_CHECK;
struct err *vendors_add_member(struct work *w, struct vendor_id vendor, struct user_id user,
                               enum role role) MUST_CHECK;

/* In an operator transaction: a mail of this kind (mail/kinds.c) to each of its owners; `args`
 * JSON. */
struct err *vendors_tell_owners(struct work *w, struct vendor_id id, const char *kind,
                                const char *args) MUST_CHECK;

struct vendor {
    struct vendor_id id;
    const char *slug, *name, *state, *currency, *language;
    int64_t created_us, products, images, orders;
};
/* NOT_FOUND vendor.unknown. The tenant's own with a tenant transaction. */
struct err *vendors_load(struct work *w, struct vendor_id id, struct vendor *out) MUST_CHECK;
