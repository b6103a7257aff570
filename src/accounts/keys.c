#include "accounts/keys.h"

#include <string.h>

#include "accounts/accounts.h"
#include "base/digest.h"
#include "base/must.h"

/* Process-long; set once by main. */
static struct sha256 keys[KEYS];
static struct limits *limits_in_use;

void
accounts_use(struct bytes key, struct limits *limits)
{
    static const char *const purposes[KEYS] = {
        [KEY_PEPPER] = "pepper 1", [KEY_JWT] = "jwt 1",   [KEY_GUARD] = "guard 1",
        [KEY_STEP] = "step 1",     [KEY_TOTP] = "totp 1", [KEY_RECOVERY] = "recovery 1",
    };
    for (int i = 0; i < KEYS; i++)
        keys[i] = hmac_sha256(key, BYTES(purposes[i], strlen(purposes[i])));
    limits_in_use = limits;
}

struct bytes
accounts_key(enum accounts_key key)
{
    must(key < KEYS);
    return BYTES(keys[key].bytes, sizeof(keys[key].bytes));
}

struct limits *
accounts_limits(void)
{
    return limits_in_use;
}
