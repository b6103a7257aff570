/* The room's own rows: for its other files. */
#pragma once
#include "db/db.h"
#include "vendors/vendors.h"

/* In a transaction of nobody's that writes: a shop on trial with its owner. Failures as
 * vendors_create() has them. */
struct err *vendors_open(struct work *w, struct user_id owner, const struct vendor_draft *draft,
                         int trial_days, struct vendor_id *out) MUST_CHECK;
struct err *vendors_slug_taken(struct work *w) MUST_CHECK; /* CONFLICT vendor.slug_taken */

struct vendor_filter {
    const char *text, *state; /* NULL: any */
    int64_t behind, limit;    /* behind: the last id of the page before; 0: the first page */
};
struct err *vendors_list(struct work *w, const struct vendor_filter *filter, struct vendor **out,
                         size_t *n) MUST_CHECK;
/* E-mail, name, role, since. */
struct err *vendors_members(struct work *w, struct vendor_id id, struct rows *out) MUST_CHECK;
/* NULL leaves a column as it is. NOT_FOUND vendor.unknown. */
struct err *vendors_set(struct work *w, struct vendor_id id, const char *name,
                        const char *state) MUST_CHECK;

/* Inside an operator write: changes the shop, notes who did it, and tells the owners why their shop
 * is suspended or closed. NULL leaves a column as it is. CONFLICT vendor.closed: it is so for good.
 */
struct vendor_change {
    const char *name, *state;
    const char *reason; /* why it is suspended; NULL when nobody has to say */
};
struct err *vendors_change(struct work *w, const struct vendor *v,
                           const struct vendor_change *to) MUST_CHECK;
struct err *vendors_note_added(struct work *w, struct vendor_id id,
                               const struct vendor_draft *draft) MUST_CHECK;
