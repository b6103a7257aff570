#include "accounts/unlock.h"

#include "accounts/notice.h"
#include "base/random.h"
#include "base/settings.h"
#include "base/text.h"

#define LIFE_S 86400

struct err *
unlock_mail(struct work *w, const struct account *account, const struct sha256 *key)
{
    const char *token = random_token(w->arena, 32);
    TRY(db_exec(w, Q_accounts_add_unlock,
                ARGS(arg_hash(w, token), arg_bytes(w, BYTES(key->bytes, sizeof(key->bytes))),
                     arg_i64(w, LIFE_S)),
                NULL));
    return notice_locked(
        w, account,
        text_printf(w->arena, "%s/login/unlock?token=%s", w->settings->public_url, token));
}

struct err *
unlock_use(struct work *w, const char *token)
{
    int64_t n;
    TRY(db_exec(w, Q_accounts_use_unlock, ARGS(arg_hash(w, token)), &n));
    if (!n)
        return FAIL_FIELD(w->arena, ERR_NOT_FOUND, "login.unlock", "token",
                          "This link has been used or is over. Ask for a new password instead.");
    return NULL;
}
