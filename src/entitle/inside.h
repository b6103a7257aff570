/* What the files of this room share. */
#pragma once
#include "entitle/entitle.h"

#define DAY_S          INT64_C(86400)
#define CLOSED_AFTER_S (3 * DAY_S)  /* a shop takes orders so long after its subscription's end */
#define EXPORTS_S      (90 * DAY_S) /* and exports so long */

/* DENIED entitle.ended: why a shop can only be looked at, and how that ends. */
struct err *entitle_ended(struct work *w);

extern const struct entitle_offers builtin_offers;
