/* Passwords, and whether one is right. What is hashed is not the password but its
 * HMAC under a key of the installation's (the pepper): a stolen table alone cannot be guessed at.
 */
#include <string.h>

#include "accounts/accounts.h"
#include "accounts/hash.h"
#include "accounts/keys.h"
#include "base/digest.h"
#include "base/file.h"

static struct sha256
peppered(const char *password)
{
    return hmac_sha256(accounts_key(KEY_PEPPER), BYTES(password, strlen(password)));
}

struct err *
password_hash(struct work *w, const char *password, const char **out)
{
    struct sha256 secret = peppered(password);
    SCOPED(close_fd) int place = -1;
    TRY(hash_place(w, &place));
    return hash_make(w, &secret, out);
}

struct err *
password_check(struct work *w, const char *password, const char *stored, bool *right)
{
    SCOPED(close_fd) int place = -1;
    TRY(hash_place(w, &place));
    return password_check_placed(w, password, stored, right);
}

struct err *
password_check_placed(struct work *w, const char *password, const char *stored, bool *right)
{
    struct sha256 secret = peppered(password);
    return hash_verify(w, &secret, stored, right);
}
