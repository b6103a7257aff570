/* A person's own password and address. Both ask for the password once more, so that a browser left
 * open is not enough. Another address is confirmed at that address; the one before is told, and can
 * take it back for a week. */
#include <string.h>

#include "accounts/link.h"
#include "accounts/reset.h"
#include "accounts/routes.h"
#include "accounts/session.h"
#include "accounts/store.h"
#include "base/clock.h"
#include "base/text.h"
#include "http/form.h"
#include "http/json.h"
#include "mail/mail.h"
#include "view/value.h"

#define CONFIRM_LIFE_S 86400
#define UNDO_LIFE_S    (7 * 86400)

static struct err *
form_page(struct req *r, int status, const char *template_name, const struct form *f,
          const struct err *e)
{
    struct val *m = val_map(r->work->arena);
    if (f)
        form_show(f, e, m);
    return page_status(r, status, template_name, m);
}

/* The person who asks, when `current` is the password there is; wrong ones count like log-ins. */
static struct err *
prove(struct req *r, struct form *f, struct person *out)
{
    struct work *w = r->work;
    const char *current = form_raw(f, "current");
    bool right = false;
    tx_open(w, TX_READ);
    TRY(person_load(w, w->user, out));
    tx_rollback(w);
    TRY(accounts_limit(w, "login-account", out->email));
    if (current && *current)
        TRY(password_check(w, current, out->password_hash, &right));
    if (!right)
        form_fail(f, "current", "password.wrong", "This is not your password.");
    return NULL;
}

/* ---- Password ---- */

struct err *
accounts_show_password(struct req *r)
{
    return form_page(r, 200, "account/password", NULL, NULL);
}

/* All log-ins end, and this browser's begins anew. */
static struct err *
set_password(struct req *r, const struct person *p, const char *hash, struct ended *ended)
{
    struct work *w = r->work;
    tx_open(w, TX_WRITE);
    TRY(db_exec(w, Q_signup_set_password,
                ARGS(arg_i64(w, p->id.n), arg_text(hash), arg_bool(false)), NULL));
    TRY(person_end(w, p, ended));
    TRY(session_begin(r, &(struct account){ .id = p->id, .admin = p->admin }, r->visitor.vendor,
                      false));
    TRY(mail_add(w, &(struct mail_draft){ .kind = "password_changed",
                                          .to = p->email,
                                          .name = p->name,
                                          .language = p->language,
                                          .args = person_circumstances(r, NULL, NULL) }));
    TRY(person_note(w, p->id, "account.password_changed"));
    return tx_commit(w);
}

struct err *
accounts_post_password(struct req *r)
{
    struct work *w = r->work;
    struct form f;
    struct person p;
    struct ended ended = { 0 };
    const char *hash;
    TRY(form_read(r, &f));
    const char *password = form_raw(&f, "password");
    TRY(prove(r, &f, &p));
    struct err *e = form_done(&f);
    struct password_owner owner = person_as_owner(&p);
    if (!e)
        e = password_refusal(w, password ? password : "", &owner);
    if (e)
        return form_page(r, 422, "account/password", &f, e);
    TRY(password_hash(w, password, &hash));
    TRY(set_password(r, &p, hash, &ended));
    session_forget(w, &ended);
    return see_other(r, "/account/password?done=password.changed");
}

/* ---- Address ---- */

struct err *
accounts_show_email(struct req *r)
{
    return form_page(r, 200, "account/email", NULL, NULL);
}

/* An address that has an account already gets a mail that says so, and its link goes to nobody:
 * who asks learns nothing of it. */
static struct err *
send_confirmation(struct req *r, const struct person *p, const char *email)
{
    struct work *w = r->work;
    bool taken;
    struct mail_link link = link_make(w, "/account/email/confirm");
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    json_put_text(&j, "new_address", email);
    json_put_time(&j, "until_at", w->now_us + CONFIRM_LIFE_S * SECOND_US);
    json_put_end(&j);
    tx_open(w, TX_WRITE);
    TRY(accounts_tell_owner(w, email, &taken));
    TRY(db_exec(w, Q_signup_put_confirm_link,
                ARGS(arg_bytes(w, BYTES(link.hash.bytes, 32)), arg_i64(w, p->id.n), arg_text(email),
                     arg_i64(w, CONFIRM_LIFE_S)),
                NULL));
    if (!taken)
        TRY(mail_add(w, &(struct mail_draft){ .kind = "email_change",
                                              .to = email,
                                              .name = p->name,
                                              .language = p->language,
                                              .args = j.out.at,
                                              .secret = link_secret(w, link.url) }));
    return tx_commit(w);
}

struct err *
accounts_post_email(struct req *r)
{
    struct form f;
    struct person p;
    TRY(form_read(r, &f));
    const char *email = accounts_read_email(&f, "email");
    TRY(prove(r, &f, &p));
    if (*email && text_is(email, p.email))
        form_fail(&f, "email", "account.email_same", "This is your address already.");
    if (form_done(&f))
        return form_page(r, 422, "account/email", &f, form_done(&f));
    TRY(accounts_limit(r->work, "register-mail", email));
    TRY(send_confirmation(r, &p, email));
    struct val *m = val_map(r->work->arena);
    val_set_text(m, "email", email);
    return page_status(r, 202, "account/email_sent", m);
}

/* ---- The links of both addresses ---- */

static struct err *
show_link(struct req *r, const char *act, const char *template_name)
{
    struct work *w = r->work;
    struct scan s;
    const char *token = query_text(r, "token");
    struct sha256 hash = link_hash(token);
    bool found;
    TRY(db_maybe(w, Q_signup_email_link, ARGS(arg_bytes(w, BYTES(hash.bytes, 32)), arg_text(act)),
                 &found, &s));
    if (!found)
        return link_over(r, "email.over", "/account/email");
    struct val *m = val_map(w->arena);
    scan_skip(&s);
    val_set_text(m, "to", scan_text(&s));
    val_set_text(m, "from", scan_text(&s));
    val_set_text(m, "token", token);
    link_keep_private(r);
    return page(r, template_name, m);
}

struct err *
accounts_show_confirm_email(struct req *r)
{
    return show_link(r, "confirm", "account/email_confirm");
}

struct err *
accounts_show_undo_email(struct req *r)
{
    return show_link(r, "undo", "account/email_undo");
}

/* In a transaction that writes: whose link it is, and the address it leads to. */
static struct err *
take_link(struct req *r, enum query use, bool *found, struct person *p, const char **to)
{
    struct work *w = r->work;
    struct form f;
    struct scan s;
    TRY(form_read(r, &f));
    struct sha256 hash = link_hash(form_raw(&f, "token"));
    tx_open(w, TX_WRITE);
    TRY(db_maybe(w, use, ARGS(arg_bytes(w, BYTES(hash.bytes, 32))), found, &s));
    if (!*found)
        return NULL;
    struct user_id id = { scan_i64(&s) };
    *to = scan_text(&s);
    return person_load(w, id, p);
}

/* The address so far may take it back. */
static struct err *
tell_address_before(struct req *r, const struct person *p, const char *to)
{
    struct work *w = r->work;
    struct mail_link link = link_make(w, "/account/email/undo");
    TRY(db_exec(w, Q_signup_put_undo_link,
                ARGS(arg_bytes(w, BYTES(link.hash.bytes, 32)), arg_i64(w, p->id.n),
                     arg_text(p->email), arg_i64(w, UNDO_LIFE_S)),
                NULL));
    return mail_add(w, &(struct mail_draft){ .kind = "email_changed",
                                             .to = p->email,
                                             .name = p->name,
                                             .language = p->language,
                                             .args = person_circumstances(r, "new_address", to),
                                             .secret = link_secret(w, link.url) });
}

struct err *
accounts_post_confirm_email(struct req *r)
{
    struct work *w = r->work;
    struct person p;
    const char *to;
    bool found;
    TRY(take_link(r, Q_signup_use_confirm_link, &found, &p, &to));
    if (!found)
        return link_over(r, "email.over", "/account/email");
    TRY(tell_address_before(r, &p, to));
    TRY(accounts_set_email(w, p.id, to));
    TRY(person_note(w, p.id, "account.email_changed"));
    TRY(tx_commit(w));
    session_forget_own(r);
    return see_other(r, r->visitor.user.n ? "/account/email?done=email.changed"
                                          : "/login?done=email.changed");
}

/* Whoever changed the address knew the password: it is good for nothing any more, and the way back
 * in goes by the address. */
static struct err *
take_back(struct work *w, struct person *p, const char *to, struct ended *ended)
{
    p->email = to;
    TRY(accounts_set_email(w, p->id, to));
    TRY(db_exec(w, Q_signup_set_password, ARGS(arg_i64(w, p->id.n), arg_null(), arg_bool(true)),
                NULL));
    TRY(person_end(w, p, ended));
    TRY(reset_send(w, p, ""));
    TRY(person_note(w, p->id, "account.email_undone"));
    return tx_commit(w);
}

struct err *
accounts_post_undo_email(struct req *r)
{
    struct work *w = r->work;
    struct person p;
    struct ended ended = { 0 };
    const char *to;
    bool found;
    TRY(take_link(r, Q_signup_use_undo_link, &found, &p, &to));
    if (!found)
        return link_over(r, "email.over", "/account/email");
    TRY(take_back(w, &p, to, &ended));
    session_forget(w, &ended);
    return see_other(
        r, text_printf(w->arena, "/login?done=email.undone&email=%s", url_part(w->arena, to)));
}
