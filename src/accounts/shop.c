/* In which shop a log-in works, and the end of all log-ins in one: what other rooms ask for when
 * they change who works where. */
#include "accounts/session.h"
#include "base/text.h"
#include "db/db.h"

void
accounts_forget(struct work *w, const struct ended *ended)
{
    session_forget(w, ended);
}

struct err *
accounts_end_in_shop(struct work *w, struct user_id user, struct vendor_id shop, bool keys,
                     struct ended **out)
{
    struct rows sessions, made;
    TRY(db_many(w, Q_accounts_end_in_shop, ARGS(arg_i64(w, user.n), arg_i64(w, shop.n)),
                &sessions));
    TRY(db_many(w, keys ? Q_keys_end_of : Q_keys_hashes_of,
                ARGS(arg_i64(w, shop.n), arg_i64(w, user.n)), &made));
    *out = session_ended(w, &sessions, &made);
    session_ended_bearer(w, user, shop, *out);
    return NULL;
}

struct err *
accounts_end_shop(struct work *w, struct vendor_id shop, struct ended **out)
{
    struct rows sessions, made;
    TRY(db_many(w, Q_accounts_end_shop, ARGS(arg_i64(w, shop.n)), &sessions));
    TRY(db_many(w, Q_keys_hashes_of, ARGS(arg_i64(w, shop.n), arg_null()), &made));
    *out = session_ended(w, &sessions, &made);
    return NULL;
}

/* What a session may has changed: it goes on under another token. */
static struct err *
renewed(struct req *r, struct ended **out)
{
    *out = NEW(r->work->arena, struct ended);
    return session_renew(r, false, *out);
}

struct err *
accounts_enter_shop(struct req *r, struct vendor_id shop, struct ended **out)
{
    struct work *w = r->work;
    struct scan s;
    bool found;
    if (!r->visitor.session)
        return FAIL(w->arena, ERR_INVALID, "accounts.by_cookie",
                    "A token is for one shop. Log in to the other one.");
    TRY(db_maybe(w, Q_accounts_shop, ARGS(arg_i64(w, w->user.n), arg_i64(w, shop.n)), &found, &s));
    if (!found)
        return FAIL(w->arena, ERR_INVALID, "accounts.no_shop", "You do not work in this shop.");
    TRY(db_exec(w, Q_accounts_enter_shop, ARGS(arg_hash(w, r->visitor.session), arg_i64(w, shop.n)),
                NULL));
    return renewed(r, out);
}

struct err *
accounts_act_as(struct req *r, struct vendor_id shop, int64_t seconds, struct ended **out)
{
    struct work *w = r->work;
    TRY(db_exec(w, Q_accounts_act_as,
                ARGS(arg_hash(w, r->visitor.session), shop.n ? arg_i64(w, shop.n) : arg_null(),
                     arg_i64(w, seconds)),
                NULL));
    return renewed(r, out);
}

struct err *
accounts_need_fresh(struct req *r, const char *next, bool *fresh)
{
    return session_need_fresh(r, next, fresh);
}
