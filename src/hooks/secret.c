#include "hooks/secret.h"

#include "base/digest.h"
#include "base/must.h"
#include "base/text.h"
#include "hooks/hooks.h"

/* Process-long; set once by main. */
static struct bytes key_in_use;

void
hooks_use(struct bytes key)
{
    key_in_use = key;
}

char *
hook_secret(struct arena *a, struct bytes salt)
{
    must(key_in_use.length && salt.length == HOOK_SALT);
    struct sha256 mac = hmac_sha256(key_in_use, salt);
    return text_printf(a, "whsec_%s", base64url(a, BYTES(mac.bytes, sizeof(mac.bytes))));
}
