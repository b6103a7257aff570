/* Log-in for programs: a short access token and a refresh token that is good once. */
#include "accounts/jwt.h"
#include "accounts/login.h"
#include "accounts/refresh.h"
#include "accounts/routes.h"
#include "accounts/session.h"
#include "base/clock.h"
#include "base/text.h"
#include "http/form.h"
#include "http/json.h"

static struct err *
tokens_answer(struct req *r, const struct account *account, struct vendor_id shop,
              const char *refresh)
{
    struct work *w = r->work;
    int64_t now_s = w->now_us / SECOND_US;
    struct jwt_claims claims = { account->id, shop, account->token_version, now_s,
                                 now_s + JWT_LIFE_S };
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    json_put_text(&j, "access_token", jwt_make(w, &claims));
    json_put_text(&j, "token_type", "Bearer");
    json_put_i64(&j, "expires_in", JWT_LIFE_S);
    json_put_text(&j, "refresh_token", refresh);
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

/* That a code is needed is said only to who has the right password. */
static struct err *
refused(struct work *w, enum login_answer answer)
{
    switch (answer) {
    case LOGIN_CODE_NEEDED:
        return FAIL(w->arena, ERR_NO_LOGIN, "login.totp_needed",
                    "This account has a second factor. Send its code as totp.");
    case LOGIN_CODE_WRONG:
        return FAIL(w->arena, ERR_NO_LOGIN, "totp.wrong", "This code is not right.");
    default:
        return FAIL(w->arena, ERR_NO_LOGIN, "login.wrong",
                    "E-mail address or password is not right.");
    }
}

/* The shop asked for, or the first one. */
static struct err *
choose_shop(struct work *w, const struct account *account, int64_t asked, struct vendor_id *out)
{
    struct scan s;
    bool found;
    if (!asked)
        return account->admin ? NULL : accounts_first_shop(w, account->id, out);
    TRY(db_maybe(w, Q_accounts_shop, ARGS(arg_i64(w, account->id.n), arg_i64(w, asked)), &found,
                 &s));
    if (!found)
        return FAIL_FIELD(w->arena, ERR_INVALID, "accounts.no_shop", "vendor",
                          "You do not work in this shop.");
    out->n = scan_i64(&s);
    return NULL;
}

static struct err *
begin(struct req *r, const struct account *account, int64_t asked)
{
    struct vendor_id shop = { 0 };
    const char *refresh;
    tx_open(r->work, TX_WRITE);
    TRY(choose_shop(r->work, account, asked, &shop));
    TRY(refresh_begin(r->work, account, shop, &refresh));
    TRY(login_tell_device(r, account, false));
    TRY(tx_commit(r->work));
    return tokens_answer(r, account, shop, refresh);
}

struct err *
accounts_post_token(struct req *r)
{
    struct form f;
    struct account account;
    enum login_answer answer;
    TRY(form_read(r, &f));
    const char *email = form_word(&f, "email", 3, 254);
    const char *password = form_raw(&f, "password");
    const char *code = form_text(&f, "totp", 0, 40);
    int64_t shop = form_i64(&f, "vendor", 1, INT64_MAX, 0);
    if (!password || !*password)
        form_fail(&f, "password", "field.needed", "This is needed.");
    TRY(form_done(&f));

    struct login_try t = login_try_of(r, email, password);
    t.code = code;
    TRY(login_check(r->work, &t, &answer, &account));
    return answer == LOGIN_RIGHT ? begin(r, &account, shop) : refused(r->work, answer);
}

struct err *
accounts_post_refresh(struct req *r)
{
    struct form f;
    struct account account = { .password_hash = NULL };
    struct vendor_id shop;
    const char *next;
    TRY(form_read(r, &f));
    const char *token = form_word(&f, "refresh_token", 1, 100);
    TRY(form_done(&f));
    TRY(refresh_use(r->work, token, &account, &shop, &next));
    return tokens_answer(r, &account, shop, next);
}

struct err *
accounts_post_token_logout(struct req *r)
{
    struct form f;
    struct ended ended = { 0 };
    TRY(form_read(r, &f));
    const char *token = form_word(&f, "refresh_token", 0, 100);
    TRY(form_done(&f));
    tx_open(r->work, TX_WRITE);
    if (*token)
        TRY(refresh_end(r->work, token));
    TRY(session_end(r, &ended));
    TRY(tx_commit(r->work));
    session_forget(r->work, &ended);
    return no_content(r);
}
