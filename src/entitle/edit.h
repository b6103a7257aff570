/* The operator edits what is sold. Prices and terms count from now on: who has a tier keeps the
 * price it was bought at, and gets the new limits with the next run of the biller. */
#pragma once
#include "entitle/entitle.h"

/* How many live subscriptions hold each row of `offers`, in its order. */
struct err *edit_holders(struct work *w, const struct entitle_offers *offers,
                         int64_t *holders) MUST_CHECK;
/* The built-in table becomes the database's own, when it has none. */
struct err *edit_adopt(struct work *w) MUST_CHECK;
/* `offer` with the version that was changed. CONFLICT entitle.changed. */
struct err *edit_save(struct work *w, const struct entitle_offer *offer) MUST_CHECK;
/* Not sold any more, or again. Who has it keeps it. */
struct err *edit_retire(struct work *w, const char *code, bool retired) MUST_CHECK;
