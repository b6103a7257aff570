/* A forgotten password. Whoever asks gets the same answer in the same time: the request writes a
 * job and looks nobody up; the job does, and sends the mail where there is somebody. Nothing
 * changes before the link is used, and then every log-in ends. The link logs nobody in, so a second
 * factor is asked for as ever. */
#include "accounts/reset.h"

#include <jansson.h>
#include <string.h>

#include "accounts/link.h"
#include "accounts/routes.h"
#include "base/clock.h"
#include "base/text.h"
#include "http/form.h"
#include "http/json.h"
#include "limits/limits.h"
#include "mail/mail.h"
#include "queue/queue.h"
#include "view/value.h"

#define RESET_LIFE_S      (30 * 60)
#define INVITATION_LIFE_S (7 * 86400)

/* ---- Making links ---- */

static struct err *
put_link(struct work *w, struct user_id id, const char *reason, int64_t life_s,
         struct mail_link *out)
{
    *out = link_make(w, "/password/reset");
    return db_exec(w, Q_signup_put_password_link,
                   ARGS(arg_i64(w, id.n), arg_bytes(w, BYTES(out->hash.bytes, 32)),
                        arg_text(reason), arg_i64(w, life_s)),
                   NULL);
}

struct err *
reset_send(struct work *w, const struct person *p, const char *place)
{
    struct mail_link link;
    TRY(put_link(w, p->id, "reset", RESET_LIFE_S, &link));
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    json_put_text(&j, "place", place);
    json_put_time(&j, "until_at", w->now_us + RESET_LIFE_S * SECOND_US);
    json_put_end(&j);
    return mail_add(w, &(struct mail_draft){ .kind = "reset",
                                             .to = p->email,
                                             .name = p->name,
                                             .language = p->language,
                                             .args = j.out.at,
                                             .secret = link_secret(w, link.url) });
}

struct err *
accounts_invite(struct work *w, const struct invitation *i, const char **link)
{
    struct mail_link made;
    TRY(put_link(w, i->id, "invitation", INVITATION_LIFE_S, &made));
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    json_put_text(&j, "shop", i->shop);
    json_put_text(&j, "inviter", i->inviter);
    json_put_text(&j, "role_word", text_printf(w->arena, "role.%s", role_name(i->role)));
    json_put_time(&j, "until_at", w->now_us + INVITATION_LIFE_S * SECOND_US);
    json_put_end(&j);
    TRY(mail_add(w, &(struct mail_draft){ .kind = "invitation",
                                          .to = i->email,
                                          .name = i->name,
                                          .language = i->language,
                                          .args = j.out.at,
                                          .secret = link_secret(w, made.url) }));
    *link = made.url;
    return NULL;
}

/* ---- Asking for one ---- */

static struct err *
forgot_page(struct req *r, int status, const struct form *f)
{
    struct val *m = val_map(r->work->arena);
    if (f)
        form_show(f, f->errors, m);
    else
        form_prefill(m, "email", query_text(r, "email"));
    return page_status(r, status, "password/forgot", m);
}

struct err *
accounts_show_forgot(struct req *r)
{
    return forgot_page(r, 200, NULL);
}

static struct err *
add_job(struct work *w, const char *email)
{
    struct sha256 key = sha256_of(BYTES(email, strlen(email)));
    const char *place = limits_network(w->arena, w->address);
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    json_put_text(&j, "email", email);
    json_put_text(&j, "place", place ? place : "");
    json_put_end(&j);
    return queue_add(w, ACCOUNTS_FORGOT, hex_text(w->arena, BYTES(key.bytes, 16)), j.out.at, NULL);
}

struct err *
accounts_post_forgot(struct req *r)
{
    struct form f;
    TRY(form_read(r, &f));
    const char *email = accounts_read_email(&f, "email");
    if (form_done(&f))
        return forgot_page(r, 422, &f);
    TRY(accounts_limit(r->work, "forgot-mail", email));
    TRY(add_job(r->work, email));
    struct val *m = val_map(r->work->arena);
    val_set_text(m, "email", email);
    return page_status(r, 202, "password/sent", m);
}

static void
release(void *json)
{
    json_decref(json);
}

struct err *
accounts_run_forgot(struct work *w, const struct job *j)
{
    struct person p;
    bool found;
    json_t *args = json_loads(j->args, 0, NULL);
    if (args)
        arena_defer(w->arena, release, args);
    const char *email = json_string_value(json_object_get(args, "email"));
    const char *place = json_string_value(json_object_get(args, "place"));
    if (!email)
        return BROKEN(w->arena, "accounts.forgot", "the job names no address");
    tx_open(w, TX_WRITE);
    TRY(person_by_email(w, email, &found, &p));
    if (found)
        TRY(reset_send(w, &p, place ? place : ""));
    TRY(job_finish(w, j, "{}"));
    return tx_commit(w);
}

/* ---- Using one ---- */

struct opened {
    struct sha256 hash;
    bool invited;
    struct person person;
};

static struct err *
open_link(struct work *w, const char *token, bool *found, struct opened *out)
{
    struct scan s;
    out->hash = link_hash(token);
    tx_open(w, TX_READ);
    TRY(db_maybe(w, Q_signup_password_link, ARGS(arg_bytes(w, BYTES(out->hash.bytes, 32))), found,
                 &s));
    if (*found) {
        struct user_id id = { scan_i64(&s) };
        out->invited = text_is(scan_text(&s), "invitation");
        TRY(person_load(w, id, &out->person));
    }
    tx_rollback(w);
    return NULL;
}

static struct err *
over(struct req *r)
{
    return link_over(r, "password.over", "/password/forgot");
}

static struct err *
reset_page(struct req *r, int status, const struct opened *o, const char *token,
           const struct err *e)
{
    struct val *m = val_map(r->work->arena);
    struct form none = { .r = r };
    form_show(&none, e, m);
    val_set_text(m, "token", token);
    val_set_text(m, "email", o->person.email);
    val_set_bool(m, "invited", o->invited);
    link_keep_private(r);
    return page_status(r, status, "password/reset", m);
}

struct err *
accounts_show_reset(struct req *r)
{
    struct opened o;
    bool found;
    const char *token = query_text(r, "token");
    TRY(open_link(r->work, token, &found, &o));
    return found ? reset_page(r, 200, &o, token, NULL) : over(r);
}

/* *found false: somebody else used the link meanwhile. */
static struct err *
use_link(struct req *r, const struct opened *o, const char *hash, bool *found, struct ended *ended)
{
    struct work *w = r->work;
    const struct person *p = &o->person;
    struct scan s;
    tx_open(w, TX_WRITE);
    TRY(db_maybe(w, Q_signup_use_password_link, ARGS(arg_bytes(w, BYTES(o->hash.bytes, 32))), found,
                 &s));
    if (!*found)
        return NULL;
    TRY(db_exec(w, Q_signup_set_password, ARGS(arg_i64(w, p->id.n), arg_text(hash), arg_bool(true)),
                NULL));
    TRY(person_end(w, p, ended));
    if (!o->invited)
        TRY(mail_add(w, &(struct mail_draft){ .kind = "password_changed",
                                              .to = p->email,
                                              .name = p->name,
                                              .language = p->language,
                                              .args = person_circumstances(r, NULL, NULL) }));
    TRY(person_note(w, p->id, o->invited ? "account.invitation_used" : "account.password_reset"));
    return tx_commit(w);
}

struct err *
accounts_post_reset(struct req *r)
{
    struct work *w = r->work;
    struct form f;
    struct opened o;
    struct ended ended = { 0 };
    bool found;
    const char *hash;
    TRY(form_read(r, &f));
    const char *token = form_raw(&f, "token"), *password = form_raw(&f, "password");
    TRY(open_link(w, token, &found, &o));
    if (!found)
        return over(r);
    struct password_owner owner = person_as_owner(&o.person);
    struct err *e = password_refusal(w, password ? password : "", &owner);
    if (e)
        return reset_page(r, 422, &o, token, e);
    TRY(password_hash(w, password, &hash));
    TRY(use_link(r, &o, hash, &found, &ended));
    if (!found)
        return over(r);
    session_forget(w, &ended);
    return see_other(r, text_printf(w->arena, "/login?done=password.set&email=%s",
                                    url_part(w->arena, o.person.email)));
}
