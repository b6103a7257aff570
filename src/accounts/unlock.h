/* The way out for whoever's password is of no use any more after a hundred wrong tries. Inside of
 * src/accounts. */
#pragma once
#include "accounts/store.h"
#include "base/digest.h"

/* In a transaction that writes: mails a link that is good for a day. `key`: of the locked guard. */
struct err *unlock_mail(struct work *w, const struct account *account,
                        const struct sha256 *key) MUST_CHECK;
/* In a transaction that writes. NOT_FOUND login.unlock for anything but a live token. */
struct err *unlock_use(struct work *w, const char *token) MUST_CHECK;
