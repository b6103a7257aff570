/* What deliveries are signed with. Inside of src/hooks. */
#pragma once
#include "base/arena.h"
#include "base/bytes.h"

#define HOOK_SALT 16 /* bytes */

/* "whsec_" and 43 characters, derived from the salt and the installation's key: a copy of the
 * database signs nothing. */
char *hook_secret(struct arena *a, struct bytes salt);
