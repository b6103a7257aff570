/* Setting a password by a link: because it was forgotten, or as an invitation. */
#pragma once
#include "accounts/person.h"

/* In a transaction that writes: the mail with a link that is good for half an hour. The link before
 * it is no good any more. `place` of who asked, "" when nobody did. */
struct err *reset_send(struct work *w, const struct person *p, const char *place) MUST_CHECK;
