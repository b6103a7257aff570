/* What people see and change of their own log-in: /vendor/security and, for whoever has no shop,
 * /account/security are one page. */
#include <string.h>

#include "accounts/attempt.h"
#include "accounts/factor.h"
#include "accounts/login.h"
#include "accounts/notice.h"
#include "accounts/place.h"
#include "accounts/qr.h"
#include "accounts/routes.h"
#include "accounts/sessions.h"
#include "audit/audit.h"
#include "base/text.h"
#include "http/form.h"
#include "http/site.h"
#include "view/value.h"

#define RECENT 20

static const char *
home(const struct req *r)
{
    return r->visitor.vendor.n ? "/vendor/security" : "/account/security";
}

static struct err *
back(struct req *r, const char *done)
{
    return see_other(r, text_printf(r->work->arena, "%s?done=%s", home(r), done));
}

/* ---- The page ---- */

static void
set_place(struct val *row, const char *place)
{
    val_set_text(row, "place", place);
    val_set_bool(row, "private", place_is_private(place));
}

static struct err *
add_sessions(struct req *r, struct val *m)
{
    struct session_row *rows;
    int n;
    TRY(sessions_load(r->work, r->visitor.session_id, &rows, &n));
    struct val *list = val_set_list(m, "sessions");
    for (int i = 0; i < n; i++) {
        struct val *row = val_add_map(list);
        val_set_i64(row, "id", rows[i].id.n);
        val_set_text(row, "device", rows[i].device);
        set_place(row, rows[i].place);
        val_set_time(row, "begun", rows[i].created_us);
        val_set_time(row, "seen", rows[i].seen_us);
        val_set_bool(row, "this_one", rows[i].current);
    }
    val_set_bool(m, "has_others", n > 1);
    return NULL;
}

static struct err *
add_attempts(struct work *w, struct val *m)
{
    struct rows rows;
    TRY(db_many(w, Q_accounts_recent_attempts, ARGS(arg_i64(w, w->user.n), arg_i64(w, RECENT)),
                &rows));
    struct val *list = val_set_list(m, "attempts");
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        struct val *row = val_add_map(list);
        val_set_time(row, "at", scan_time(&s));
        const char *outcome = scan_text(&s);
        val_set_word(row, "outcome", text_printf(w->arena, "security.outcome.%s", outcome));
        val_set_bool(row, "good", text_is(outcome, attempt_outcomes[ATTEMPT_RIGHT]));
        set_place(row, scan_text(&s));
        val_set_text(row, "device", scan_text(&s));
        scan_end(&s);
    }
    return NULL;
}

static struct err *
add_factor(struct req *r, struct val *m)
{
    struct factor f;
    TRY(factor_load(r->work, r->work->user, &f));
    struct val *factor = val_set_map(m, "factor");
    val_set_bool(factor, "on", f.state == FACTOR_ON);
    val_set_count(factor, "codes_left", f.codes_left);
    val_set_bool(factor, "few", f.codes_left < 3);
    if (f.state == FACTOR_ON)
        val_set_time(factor, "since", f.on_since_us);
    return NULL;
}

struct err *
accounts_show_security(struct req *r)
{
    struct val *m = val_map(r->work->arena);
    val_set_text(m, "home", home(r));
    val_set_text(m, "own_email", r->visitor.email);
    val_set_bool(m, "may_manage_keys",
                 !r->visitor.acted_by.n && guard_may(r->visitor.role, MAY_MANAGE_KEYS));
    TRY(add_factor(r, m));
    TRY(add_sessions(r, m));
    TRY(add_attempts(r->work, m));
    return page(r, "account/security", m);
}

/* ---- Sessions ---- */

struct err *
accounts_post_end_session(struct req *r)
{
    struct session_id id;
    TRY(param_id(r, 0, &id.n));
    TRY(sessions_end_one(r, id));
    return back(r, "session_ended");
}

struct err *
accounts_post_end_others(struct req *r)
{
    TRY(sessions_end_others(r));
    return back(r, "sessions_ended");
}

/* ---- The password once more ---- */

struct err *
accounts_show_confirm(struct req *r)
{
    struct val *m = val_map(r->work->arena);
    const char *next = login_safe_next(query_text(r, "next"));
    form_prefill(m, "next", next ? next : home(r));
    val_set_text(m, "own_email", r->visitor.email);
    return page(r, "account/confirm", m);
}

/* Is it theirs? Counted like a log-in, so that a session that was left open is no way to guess. */
static struct err *
check_own(struct req *r, const char *password, const char *code, const char *field,
          struct account *out)
{
    enum login_answer answer;
    struct login_try t = login_try_of(r, r->visitor.email, password);
    t.code = code;
    t.inside = true;
    TRY(login_check(r->work, &t, &answer, out));
    if (answer == LOGIN_WRONG)
        return FAIL_FIELD(r->work->arena, ERR_INVALID, "account.password_wrong", "password",
                          "This is not your password.");
    if (answer != LOGIN_RIGHT && field)
        return FAIL_FIELD(r->work->arena, ERR_INVALID, "totp.wrong", field,
                          "This code is not right.");
    return NULL;
}

static struct err *
renew(struct req *r)
{
    struct ended ended = { 0 };
    tx_open(r->work, TX_WRITE);
    TRY(session_renew(r, true, &ended));
    TRY(tx_commit(r->work));
    session_forget(r->work, &ended);
    return NULL;
}

struct err *
accounts_post_confirm(struct req *r)
{
    struct form f;
    struct account account;
    TRY(form_read(r, &f));
    const char *password = form_raw(&f, "password");
    const char *next = login_safe_next(form_text(&f, "next", 0, 500));
    if (!password || !*password)
        form_fail(&f, "password", "field.needed", "This is needed.");
    struct err *e = form_done(&f);
    if (!e)
        e = check_own(r, password, "", NULL, &account);
    if (e && e->kind != ERR_INVALID)
        return e;
    if (e) {
        struct val *m = val_map(r->work->arena);
        form_show(&f, e, m);
        val_set_text(m, "own_email", r->visitor.email);
        return page_status(r, err_status(e), "account/confirm", m);
    }
    TRY(renew(r));
    return see_other(r, next ? next : home(r));
}

struct err *
session_need_fresh(struct req *r, const char *next, bool *fresh)
{
    TRY(session_is_fresh(r, fresh));
    if (*fresh)
        return NULL;
    return see_other(
        r, text_printf(r->work->arena, "/account/confirm?next=%s", url_part(r->work->arena, next)));
}

/* ---- The second factor ---- */

static const char setup[] = "/account/security/totp";

static struct err *
show_setup(struct req *r, const struct form *f, const struct err *e)
{
    struct factor factor;
    struct val *m = val_map(r->work->arena);
    int side;
    TRY(factor_load(r->work, r->work->user, &factor));
    if (f)
        form_show(f, e, m);
    val_set_text(m, "home", home(r));
    val_set_bool(m, "on", factor.state == FACTOR_ON);
    val_set_bool(m, "pending", factor.state == FACTOR_PENDING);
    if (factor.state == FACTOR_PENDING) {
        const char *address = totp_address(r->work->arena, factor.secret, r->visitor.email);
        val_set_text(m, "path", qr_path(r->work->arena, address, &side));
        val_set_i64(m, "side", side);
        val_set_text(m, "key", totp_key_text(r->work->arena, factor.secret));
    }
    r->resp.secret = true;
    return page_status(r, e ? err_status(e) : 200, "account/totp", m);
}

struct err *
accounts_show_totp(struct req *r)
{
    return show_setup(r, NULL, NULL);
}

struct err *
accounts_post_totp(struct req *r)
{
    bool fresh;
    TRY(session_need_fresh(r, setup, &fresh));
    if (!fresh)
        return NULL;
    TRY(factor_begin(r->work, r->work->user));
    return see_other(r, setup);
}

static struct err *
show_codes(struct req *r, const char *const *codes, bool just_on)
{
    struct val *m = val_map(r->work->arena);
    struct val *list = val_set_list(m, "codes");
    for (int i = 0; i < RECOVERY_CODES; i++)
        val_add_text(list, codes[i]);
    val_set_bool(m, "just_on", just_on);
    val_set_text(m, "home", home(r));
    r->resp.secret = true;
    return page(r, "account/codes", m);
}

static struct err *
note(struct req *r, const char *what)
{
    struct audit_act act = { .what = what,
                             .object = audit_object(r->work, "account", r->work->user.n) };
    return audit_note(r->work, &act);
}

static struct err *
tell(struct req *r, bool on)
{
    struct account account;
    bool found;
    TRY(accounts_by_id(r->work, r->work->user, &found, &account));
    return notice_totp(r->work, &account, on);
}

/* What it may has grown or shrunk, so it goes on under another token. */
static struct err *
commit_change(struct req *r, bool on)
{
    struct ended ended = { 0 };
    TRY(tell(r, on));
    TRY(note(r, on ? "account.totp_on" : "account.totp_off"));
    TRY(session_renew(r, false, &ended));
    TRY(tx_commit(r->work));
    session_forget(r->work, &ended);
    return NULL;
}

struct err *
accounts_post_totp_on(struct req *r)
{
    struct form f;
    const char *codes[RECOVERY_CODES];
    TRY(form_read(r, &f));
    const char *code = form_text(&f, "code", 6, 12);
    struct err *e = form_done(&f);
    tx_open(r->work, TX_WRITE);
    if (!e)
        e = factor_confirm(r->work, r->work->user, code);
    if (e && e->kind == ERR_INVALID)
        return show_setup(r, &f, e);
    TRY(e);
    TRY(factor_new_codes(r->work, r->work->user, codes));
    TRY(commit_change(r, true));
    return show_codes(r, codes, true);
}

static struct err *
show_off(struct req *r, const struct form *f, const struct err *e)
{
    struct val *m = val_map(r->work->arena);
    if (f)
        form_show(f, e, m);
    val_set_text(m, "home", home(r));
    return page_status(r, e ? err_status(e) : 200, "account/totp_off", m);
}

struct err *
accounts_show_totp_off(struct req *r)
{
    return show_off(r, NULL, NULL);
}

struct err *
accounts_post_totp_off(struct req *r)
{
    struct form f;
    struct account account;
    TRY(form_read(r, &f));
    const char *password = form_raw(&f, "password");
    const char *code = form_text(&f, "code", 6, 40);
    if (!password || !*password)
        form_fail(&f, "password", "field.needed", "This is needed.");
    struct err *e = form_done(&f);
    if (!e)
        e = check_own(r, password, code, "code", &account);
    if (e && e->kind == ERR_INVALID)
        return show_off(r, &f, e);
    TRY(e);
    tx_open(r->work, TX_WRITE);
    TRY(factor_end(r->work, r->work->user));
    TRY(commit_change(r, false));
    return back(r, "totp_off");
}

struct err *
accounts_post_codes(struct req *r)
{
    struct factor factor;
    const char *codes[RECOVERY_CODES];
    bool fresh;
    TRY(session_need_fresh(r, home(r), &fresh));
    if (!fresh)
        return NULL;
    TRY(factor_load(r->work, r->work->user, &factor));
    if (factor.state != FACTOR_ON)
        return see_other(r, setup);
    TRY(factor_new_codes(r->work, r->work->user, codes));
    TRY(note(r, "account.recovery_codes"));
    return show_codes(r, codes, false);
}
