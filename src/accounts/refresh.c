#include "accounts/refresh.h"

#include "base/digest.h"
#include "base/random.h"
#include "base/text.h"

#define LIFE_S (30 * 86400)

static struct err *
add(struct work *w, const char *family, const struct account *account, struct vendor_id shop,
    const char **out)
{
    char *token = random_token(w->arena, 32);
    TRY(db_exec(w, Q_accounts_add_refresh,
                ARGS(arg_hash(w, token), arg_text(family), arg_i64(w, account->id.n),
                     shop.n ? arg_i64(w, shop.n) : arg_null(), arg_i64(w, account->token_version),
                     arg_i64(w, LIFE_S)),
                NULL));
    *out = token;
    return NULL;
}

struct err *
refresh_begin(struct work *w, const struct account *account, struct vendor_id shop,
              const char **token)
{
    unsigned char raw[16];
    random_fill(raw, sizeof(raw));
    return add(w, hex_text(w->arena, BYTES(raw, sizeof(raw))), account, shop, token);
}

static struct err *
dead(struct work *w)
{
    return FAIL(w->arena, ERR_NO_LOGIN, "login.refresh",
                "This refresh token is spent or over. Log in again.");
}

struct err *
refresh_use(struct work *w, const char *token, struct account *account, struct vendor_id *shop,
            const char **next)
{
    struct scan s;
    bool found;
    tx_open(w, TX_WRITE);
    TRY(db_maybe(w, Q_accounts_refresh, ARGS(arg_hash(w, token)), &found, &s));
    if (!found)
        return dead(w);
    const char *family = scan_text(&s);
    account->id.n = scan_i64(&s);
    shop->n = scan_i64(&s);
    bool spent = scan_bool(&s);
    bool live = scan_bool(&s);
    account->token_version = scan_i64(&s);
    scan_end(&s);
    if (spent || !live) {
        TRY(db_exec(w, Q_accounts_end_family, ARGS(arg_text(family)), NULL));
        TRY(tx_commit(w)); /* the end of the family stays, though the call fails */
        return dead(w);
    }
    TRY(db_exec(w, Q_accounts_spend_refresh, ARGS(arg_hash(w, token)), NULL));
    TRY(add(w, family, account, *shop, next));
    return tx_commit(w);
}

struct err *
refresh_end(struct work *w, const char *token)
{
    return db_exec(w, Q_accounts_end_refresh, ARGS(arg_hash(w, token)), NULL);
}
