/* Rows of people. */
#include "accounts/store.h"

#include <string.h>

#include "base/digest.h"
#include "base/text.h"
#include "db/db.h"
#include "mail/mail.h"

static const struct db_refusal refusals[] = {
    { "account_email_once", "account.email_taken", "email",
      "This address has an account already." },
    { "account_email_form", "account.email", "email", "This is no e-mail address." },
};

static struct err *
refused(struct work *w, struct err *e)
{
    return db_refusal(w, e, refusals, COUNT(refusals));
}

struct err *
accounts_create(struct work *w, const struct account_draft *draft, struct user_id *out)
{
    struct scan s;
    const char *hash = draft->password_hash;
    if (!mail_address_is_one(draft->email))
        return FAIL_FIELD(w->arena, ERR_INVALID, "account.email", "email",
                          "This is no e-mail address.");
    if (draft->password) {
        struct password_owner owner = { .email = draft->email };
        TRY(password_refusal(w, draft->password, &owner));
        TRY(password_hash(w, draft->password, &hash));
    }
    TRY(refused(
        w, db_one(w, Q_accounts_add,
                  ARGS(arg_text(text_lower(w->arena, draft->email)), arg_text(draft->name),
                       arg_text(hash), arg_bool(draft->admin),
                       arg_text(draft->language ? draft->language : "en"), arg_bool(hash != NULL)),
                  &s)));
    struct user_id id = { scan_i64(&s) };
    scan_end(&s);
    *out = id;
    return NULL;
}

struct arg
arg_hash(struct work *w, const char *token)
{
    struct sha256 *hash = NEW(w->arena, struct sha256);
    *hash = sha256_of(BYTES(token, strlen(token)));
    return arg_bytes(w, BYTES(hash->bytes, sizeof(hash->bytes)));
}

void
account_scan(struct scan *s, struct account *out)
{
    struct account a = { 0 };
    a.id.n = scan_i64(s);
    a.email = scan_text(s);
    a.name = scan_text(s);
    a.language = scan_text(s);
    a.password_hash = scan_text(s);
    a.admin = scan_bool(s);
    a.token_version = scan_i64(s);
    a.has_factor = scan_bool(s);
    *out = a;
}

static struct err *
find(struct work *w, enum query q, struct arg key, bool *found, struct account *out)
{
    struct scan s;
    TRY(db_maybe(w, q, ARGS(key), found, &s));
    if (!*found)
        return NULL;
    account_scan(&s, out);
    scan_end(&s);
    return NULL;
}

struct err *
accounts_set_email(struct work *w, struct user_id id, const char *email)
{
    return refused(w,
                   db_exec(w, Q_signup_set_email, ARGS(arg_i64(w, id.n), arg_text(email)), NULL));
}

struct err *
accounts_by_email(struct work *w, const char *email, bool *found, struct account *out)
{
    return find(w, Q_accounts_by_email, arg_text(text_lower(w->arena, email)), found, out);
}

struct err *
accounts_by_id(struct work *w, struct user_id id, bool *found, struct account *out)
{
    return find(w, Q_accounts_by_id, arg_i64(w, id.n), found, out);
}

struct err *
accounts_first_shop(struct work *w, struct user_id user, struct vendor_id *out)
{
    struct scan s;
    bool found;
    TRY(db_maybe(w, Q_accounts_first_shop, ARGS(arg_i64(w, user.n)), &found, &s));
    out->n = found ? scan_i64(&s) : 0;
    return NULL;
}
