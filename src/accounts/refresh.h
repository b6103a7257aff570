/* Refresh tokens: opaque, single use, in families. A spent one that comes again was stolen from
 * somebody: its family ends. */
#pragma once
#include "accounts/store.h"

/* Inside a transaction that writes. */
struct err *refresh_begin(struct work *w, const struct account *account, struct vendor_id shop,
                          const char **token) MUST_CHECK;
/* Opens transactions of its own. NO_LOGIN login.refresh for anything but a live token. */
struct err *refresh_use(struct work *w, const char *token, struct account *account,
                        struct vendor_id *shop, const char **next) MUST_CHECK;
/* Inside a transaction that writes: its family ends; an unknown one is nothing. */
struct err *refresh_end(struct work *w, const char *token) MUST_CHECK;
