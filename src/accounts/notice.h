/* Mails that tell people what happened to their account. Inside of src/accounts. All in the
 * caller's transaction, which writes; an account whose address takes no mail is told nothing. */
#pragma once
#include "accounts/store.h"

struct err *notice_device(struct work *w, const struct account *account, const char *device,
                          const char *place) MUST_CHECK;
struct err *notice_totp(struct work *w, const struct account *account, bool on) MUST_CHECK;
/* `link`: how to unlock. */
struct err *notice_locked(struct work *w, const struct account *account,
                          const char *link) MUST_CHECK;
