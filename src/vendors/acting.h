/* The operator in a shop: for half an hour at most, with a reason that the owners are told. Inside
 * of src/vendors. */
#pragma once
#include "vendors/store.h"

#define ACTING_S (30 * 60)

/* In an operator transaction that writes: on record, and in a mail to each owner. CONFLICT
 * vendor.closed. */
struct err *acting_announce(struct work *w, const struct vendor *v, const char *reason) MUST_CHECK;
