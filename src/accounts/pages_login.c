/* Pages of logging in and out. */
#include <string.h>

#include "accounts/login.h"
#include "accounts/routes.h"
#include "accounts/session.h"
#include "accounts/step.h"
#include "accounts/unlock.h"
#include "base/settings.h"
#include "base/text.h"
#include "http/form.h"
#include "view/value.h"

static const char *
home_of_visitor(const struct req *r)
{
    return r->visitor.role == ROLE_ADMIN ? "/admin/platform-health" : "/vendor/";
}

struct err *
accounts_show_root(struct req *r)
{
    return see_other(r, r->visitor.user.n ? home_of_visitor(r) : "/login");
}

static struct val *
login_model(struct req *r)
{
    struct val *m = val_map(r->work->arena);
    val_set_bool(m, "may_register", r->work->settings->registration);
    return m;
}

/* A form of one of these pages, as it was sent and with what was wrong with it. */
static struct err *
again(struct req *r, const char *template_name, const struct form *f, const struct err *e)
{
    struct val *m = login_model(r);
    form_show(f, e, m);
    return page_status(r, err_status(e), template_name, m);
}

static struct err *
wrong(struct work *w)
{
    return FAIL_FIELD(w->arena, ERR_INVALID, "login.wrong", "email",
                      "E-mail address or password is not right.");
}

/* ---- Password ---- */

struct err *
accounts_show_login(struct req *r)
{
    struct val *m = login_model(r);
    const char *next = login_safe_next(query_text(r, "next"));
    if (r->visitor.user.n)
        return see_other(r, home_of_visitor(r));
    if (next)
        form_prefill(m, "next", next);
    form_prefill(m, "email", query_text(r, "email"));
    return page(r, "login", m);
}

static struct err *
go_on(struct req *r, const struct account *account, bool stays, const char *next)
{
    tx_open(r->work, TX_WRITE);
    TRY(login_begin(r, account, stays));
    TRY(tx_commit(r->work));
    return see_other(r, next ? next : login_home(r, account));
}

static struct err *
ask_code(struct req *r, const struct account *account, bool stays, const char *next)
{
    step_begin(r, account, stays);
    const char *to =
        next ? text_printf(r->work->arena, "/login/code?next=%s", url_part(r->work->arena, next))
             : "/login/code";
    return see_other(r, to);
}

struct err *
accounts_post_login(struct req *r)
{
    struct form f;
    struct account account;
    enum login_answer answer;
    TRY(form_read(r, &f));
    const char *email = form_word(&f, "email", 3, 254);
    const char *password = form_raw(&f, "password");
    const char *next = login_safe_next(form_text(&f, "next", 0, 500));
    bool stays = form_flag(&f, "stay");
    if (!password || !*password)
        form_fail(&f, "password", "field.needed", "This is needed.");
    if (form_done(&f))
        return again(r, "login", &f, form_done(&f));

    struct login_try t = login_try_of(r, email, password);
    TRY(login_check(r->work, &t, &answer, &account));
    if (answer == LOGIN_WRONG)
        return again(r, "login", &f, wrong(r->work));
    if (answer == LOGIN_CODE_NEEDED)
        return ask_code(r, &account, stays, next);
    return go_on(r, &account, stays, next);
}

/* ---- Code ---- */

struct err *
accounts_show_code(struct req *r)
{
    struct step step;
    struct val *m = val_map(r->work->arena);
    const char *next = login_safe_next(query_text(r, "next"));
    if (!step_read(r, &step))
        return see_other(r, "/login");
    if (next)
        form_prefill(m, "next", next);
    return page(r, "login/code", m);
}

/* Whose password was shown; gone when it was changed since. */
static struct err *
load_step(struct req *r, struct step *step, bool *found, struct account *out)
{
    *found = step_read(r, step);
    if (!*found)
        return NULL;
    tx_open(r->work, TX_READ);
    TRY(accounts_by_id(r->work, step->user, found, out));
    tx_rollback(r->work);
    *found = *found && out->token_version == step->version;
    return NULL;
}

struct err *
accounts_post_code(struct req *r)
{
    struct form f;
    struct step step;
    struct account account = { .email = "" };
    enum login_answer answer;
    bool found;
    TRY(form_read(r, &f));
    const char *code = form_text(&f, "code", 6, 40);
    const char *next = login_safe_next(form_text(&f, "next", 0, 500));
    if (form_done(&f))
        return again(r, "login/code", &f, form_done(&f));
    TRY(load_step(r, &step, &found, &account));
    if (!found)
        return see_other(r, "/login");

    struct login_try t = login_try_of(r, account.email, "");
    t.code = code;
    t.inside = true;
    TRY(login_check_code(r->work, &t, &answer, &account));
    if (answer != LOGIN_RIGHT)
        return again(r, "login/code", &f,
                     FAIL_FIELD(r->work->arena, ERR_INVALID, "totp.wrong", "code",
                                "This code is not right."));
    step_end(r);
    return go_on(r, &account, step.stays, next);
}

/* ---- Unlocking ---- */

/* Says nothing on whether the link is good: looking at it changes nothing, the button does. */
struct err *
accounts_show_unlock(struct req *r)
{
    struct val *m = val_map(r->work->arena);
    const char *token = query_text(r, "token");
    form_prefill(m, "token", token && strlen(token) < 100 ? token : "");
    resp_header(r, "Referrer-Policy", "no-referrer");
    return page(r, "login/unlock", m);
}

struct err *
accounts_post_unlock(struct req *r)
{
    struct form f;
    TRY(form_read(r, &f));
    const char *token = form_word(&f, "token", 1, 100);
    TRY(form_done(&f));
    TRY(unlock_use(r->work, token));
    return see_other(r, "/login?done=unlock");
}

/* ---- Out, and looks ---- */

struct err *
accounts_post_logout(struct req *r)
{
    struct ended ended = { 0 };
    tx_open(r->work, TX_WRITE);
    TRY(session_end(r, &ended));
    TRY(tx_commit(r->work));
    session_forget(r->work, &ended);
    return see_other(r, "/login?done=logout");
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
    tx_open(r->work, TX_WRITE);
    TRY(db_exec(r->work, Q_accounts_set_look,
                ARGS(arg_i64(r->work, r->work->user.n),
                     form_has(&f, "theme") ? arg_text(theme) : arg_null(),
                     *language ? arg_text(language) : arg_null()),
                NULL));
    TRY(tx_commit(r->work));
    session_forget_own(r);
    const char *next = login_safe_next(form_text(&f, "next", 0, 500));
    return see_other(r, next ? next : "/");
}
