/* Log-in in the order that costs least: limits, look-up, then the hash, which everybody pays. */
#include "accounts/login.h"

#include <string.h>

#include "accounts/jwt.h"
#include "accounts/keys.h"
#include "accounts/refresh.h"
#include "accounts/routes.h"
#include "accounts/session.h"
#include "base/clock.h"
#include "base/text.h"
#include "http/form.h"
#include "http/json.h"
#include "limits/limits.h"
#include "view/value.h"

struct err *
login_check(struct work *w, const char *email, const char *password, bool *right,
            struct account *out)
{
    struct account account = { .password_hash = NULL };
    bool found;
    const char *lower = text_lower(w->arena, email);
    if (accounts_limits())
        TRY(limits_take(accounts_limits(), w, "login-account", BYTES(lower, strlen(lower)), 1));
    tx_open(w, TX_READ);
    TRY(accounts_by_email(w, lower, &found, &account));
    tx_rollback(w);
    TRY(password_check(w, password, found ? account.password_hash : NULL, right));
    *out = account;
    return NULL;
}

/* Only a path of ours, so that the log-in page cannot send people elsewhere. */
static const char *
safe_next(const char *next)
{
    if (!next || next[0] != '/' || strlen(next) > 500)
        return NULL;
    if (next[1] == '/' || next[1] == '\\' || strpbrk(next, "\r\n\t\\"))
        return NULL;
    return text_starts(next, "/login") || text_starts(next, "/logout") ? NULL : next;
}

static const char *
home_of(const struct account *account)
{
    return account->admin ? "/admin/platform-health" : "/vendor/";
}

static struct err *
login_page(struct req *r, int status, const struct form *f, const struct err *e)
{
    struct val *m = val_map(r->work->arena);
    const char *next = f ? NULL : safe_next(query_text(r, "next"));
    if (f)
        form_show(f, e, m);
    if (next)
        form_prefill(m, "next", next);
    if (!f)
        form_prefill(m, "email", query_text(r, "email"));
    val_set_bool(m, "may_register", r->work->settings->registration);
    return page_status(r, status, "login", m);
}

struct err *
accounts_show_login(struct req *r)
{
    if (r->visitor.user.n)
        return see_other(r, r->visitor.role == ROLE_ADMIN ? "/admin/platform-health" : "/vendor/");
    return login_page(r, 200, NULL, NULL);
}

static struct err *
wrong(struct work *w)
{
    return FAIL_FIELD(w->arena, ERR_INVALID, "login.wrong", "email",
                      "E-mail address or password is not right.");
}

static struct err *
begin(struct req *r, const struct account *account)
{
    struct vendor_id shop = { 0 };
    tx_open(r->work, TX_WRITE);
    if (!account->admin)
        TRY(accounts_first_shop(r->work, account->id, &shop));
    TRY(session_begin(r, account->id, shop, account->admin));
    return tx_commit(r->work);
}

struct err *
accounts_post_login(struct req *r)
{
    struct form f;
    struct account account;
    bool right;
    TRY(form_read(r, &f));
    const char *email = form_word(&f, "email", 3, 254);
    const char *password = form_raw(&f, "password");
    const char *next = safe_next(form_text(&f, "next", 0, 500));
    if (!password || !*password)
        form_fail(&f, "password", "field.needed", "This is needed.");
    if (form_done(&f))
        return login_page(r, 422, &f, form_done(&f));

    TRY(login_check(r->work, email, password, &right, &account));
    if (!right)
        return login_page(r, 422, &f, wrong(r->work));
    TRY(begin(r, &account));
    return see_other(r, next ? next : home_of(&account));
}

struct err *
accounts_post_logout(struct req *r)
{
    TRY(session_end(r));
    return see_other(r, "/login?done=logout");
}

struct err *
accounts_show_root(struct req *r)
{
    if (!r->visitor.user.n)
        return see_other(r, "/login");
    return see_other(r, r->visitor.role == ROLE_ADMIN ? "/admin/platform-health" : "/vendor/");
}

/* The look of the pages, kept with the account; a reload shows it everywhere. */
struct err *
accounts_post_look(struct req *r)
{
    struct form f;
    TRY(form_read(r, &f));
    const char *theme = form_text(&f, "theme", 0, 10), *language = form_text(&f, "language", 0, 5);
    bool good_theme = !*theme || text_is(theme, "light") || text_is(theme, "dark");
    if (!good_theme)
        form_fail(&f, "theme", "account.theme", "light or dark.");
    TRY(form_done(&f));
    TRY(db_exec(r->work, Q_accounts_set_look,
                ARGS(arg_i64(r->work, r->work->user.n),
                     form_has(&f, "theme") ? arg_text(theme) : arg_null(),
                     *language ? arg_text(language) : arg_null()),
                NULL));
    session_forget_copy(r);
    const char *next = safe_next(form_text(&f, "next", 0, 500));
    return see_other(r, next ? next : "/");
}

/* ---- For programs ---- */

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

struct err *
accounts_post_token(struct req *r)
{
    struct form f;
    struct account account;
    struct vendor_id shop = { 0 };
    const char *refresh;
    bool right;
    TRY(form_read(r, &f));
    const char *email = form_word(&f, "email", 3, 254);
    const char *password = form_raw(&f, "password");
    if (!password || !*password)
        form_fail(&f, "password", "field.needed", "This is needed.");
    TRY(form_done(&f));

    TRY(login_check(r->work, email, password, &right, &account));
    if (!right)
        return FAIL(r->work->arena, ERR_NO_LOGIN, "login.wrong",
                    "E-mail address or password is not right.");
    tx_open(r->work, TX_WRITE);
    if (!account.admin)
        TRY(accounts_first_shop(r->work, account.id, &shop));
    TRY(refresh_begin(r->work, &account, shop, &refresh));
    TRY(tx_commit(r->work));
    return tokens_answer(r, &account, shop, refresh);
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
    TRY(form_read(r, &f));
    const char *token = form_word(&f, "refresh_token", 0, 100);
    TRY(form_done(&f));
    if (*token)
        TRY(refresh_end(r->work, token));
    TRY(session_end(r));
    return no_content(r);
}

struct err *
accounts_get_sessions(struct req *r)
{
    struct rows rows;
    TRY(db_many(r->work, Q_accounts_sessions, ARGS(arg_i64(r->work, r->work->user.n)), &rows));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_array(&j, "data");
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        int64_t id = scan_i64(&s);
        scan_skip(&s);
        json_put_object(&j, NULL);
        json_put_id(&j, "id", id);
        json_put_text(&j, "device", scan_text(&s));
        json_put_text(&j, "network", scan_text(&s));
        json_put_time(&j, "created_at", scan_time(&s));
        json_put_time(&j, "seen_at", scan_time(&s));
        json_put_bool(&j, "current", id == r->visitor.session_id.n);
        json_put_end(&j);
    }
    json_put_end(&j);
    json_put_null(&j, "next_cursor");
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

struct err *
accounts_delete_session(struct req *r)
{
    struct session_id id;
    TRY(param_id(r, 0, &id.n));
    TRY(session_end_by_id(r, id));
    return no_content(r);
}
