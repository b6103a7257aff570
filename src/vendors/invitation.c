#include "vendors/invitation.h"

#include "accounts/link.h"
#include "audit/audit.h"
#include "base/clock.h"
#include "base/text.h"
#include "http/json.h"
#include "mail/mail.h"

#define LIFE_S (7 * 86400)

/* ---- Rows ---- */

static struct invitation_row
scan_invitation(struct scan *s)
{
    struct invitation_row i = { .id = scan_i64(s) };
    i.email = scan_text(s);
    bool known = role_read(scan_text(s), &i.role);
    must(known);
    i.inviter = scan_text(s);
    i.sent_us = scan_time(s);
    i.expires_us = scan_time(s);
    i.over = scan_bool(s);
    scan_end(s);
    return i;
}

struct err *
invitation_list(struct work *w, struct invitation_row **out, size_t *n)
{
    struct rows rows;
    TRY(db_many(w, Q_team_invitations, ARGS(arg_i64(w, w->vendor.n)), &rows));
    struct invitation_row *all = NEW_ARRAY(w->arena, struct invitation_row, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        all[i] = scan_invitation(&s);
    }
    *out = all;
    *n = (size_t)rows.count;
    return NULL;
}

void
invitation_read(struct form *f, const char **email, enum role *role)
{
    *email = accounts_read_email(f, "email");
    team_read_role(f, role);
}

/* ---- The mail ---- */

static char *
facts(struct work *w, const char *shop, const char *inviter, enum role role)
{
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    json_put_text(&j, "shop", shop);
    json_put_text(&j, "inviter", inviter);
    json_put_text(&j, "role_word", text_printf(w->arena, "role.%s", role_name(role)));
    json_put_time(&j, "until_at", w->now_us + LIFE_S * SECOND_US);
    json_put_end(&j);
    return j.out.at;
}

static struct err *
send_mail(struct work *w, const char *email, enum role role, const struct mail_link *link)
{
    struct scan s;
    TRY(db_one(w, Q_team_letter,
               ARGS(arg_i64(w, w->vendor.n), arg_i64(w, w->user.n), arg_text(email)), &s));
    const char *shop = scan_text(&s), *inviter = scan_text(&s);
    struct mail_draft mail = { .kind = "invitation",
                               .to = email,
                               .language = scan_text(&s),
                               .args = facts(w, shop, inviter, role),
                               .secret = link_secret(w, link->url) };
    scan_end(&s);
    return mail_add(w, &mail);
}

/* ---- Asking ---- */

static struct err *
full(struct work *w, const struct seats *seats)
{
    int64_t used = seats->members + seats->invited;
    struct err *e = FAIL_FIELD(w->arena, ERR_CONFLICT, "team.full", "email",
                               text_printf(w->arena, "%lld of %lld places of this team are taken.",
                                           (long long)used, (long long)seats->limit));
    e->used = used;
    e->limit = seats->limit;
    return e;
}

static struct err *
owners_only(struct work *w, const char *field)
{
    return FAIL_FIELD(w->arena, ERR_DENIED, "team.owners_only", field,
                      "Only owners decide about owners and managers.");
}

/* `more`: places that are needed beside those taken. */
static struct err *
check_seats(struct work *w, int64_t more)
{
    struct seats seats;
    TRY(team_seats(w, &seats));
    return seats.limit && seats.members + seats.invited + more > seats.limit ? full(w, &seats)
                                                                             : NULL;
}

static struct err *
check_new(struct work *w, const char *email)
{
    struct seats seats;
    struct scan s;
    TRY(team_lock(w));
    TRY(db_one(w, Q_team_has_address, ARGS(arg_i64(w, w->vendor.n), arg_text(email)), &s));
    if (scan_bool(&s))
        return FAIL_FIELD(w->arena, ERR_CONFLICT, "team.member_already", "email",
                          "This person is in the team already.");
    TRY(check_seats(w, 1));
    TRY(team_seats(w, &seats));
    if (seats.invitations >= INVITATIONS_MOST)
        return FAIL_FIELD(w->arena, ERR_CONFLICT, "team.too_many_invitations", "email",
                          "There are 50 invitations already. Revoke some of them.");
    return NULL;
}

static struct err *
note(struct work *w, const char *what, int64_t id, const char *email, enum role role)
{
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    json_put_text(&j, "email", email);
    json_put_text(&j, "role", role_name(role));
    json_put_end(&j);
    struct audit_act act = { .what = what,
                             .object = audit_object(w, "invitation", id),
                             .after = j.out.at };
    return audit_note(w, &act);
}

struct err *
invitation_add(struct work *w, const char *email, enum role role, int64_t *id)
{
    struct scan s;
    bool made;
    if (!team_may_touch(w->role, role))
        return owners_only(w, "role");
    TRY(check_new(w, email));
    struct mail_link link = link_make(w, "/invitation");
    TRY(db_maybe(w, Q_team_invite,
                 ARGS(arg_i64(w, w->vendor.n), arg_text(email), arg_text(role_name(role)),
                      arg_bytes(w, BYTES(link.hash.bytes, sizeof(link.hash.bytes))),
                      arg_i64(w, w->user.n), arg_i64(w, LIFE_S)),
                 &made, &s));
    if (!made)
        return FAIL_FIELD(w->arena, ERR_CONFLICT, "team.invited_already", "email",
                          "This address is invited already.");
    *id = scan_i64(&s);
    TRY(send_mail(w, email, role, &link));
    return note(w, "team.invited", *id, email, role);
}

/* One that is there, and that the person who asks may decide about. */
static struct err *
load_own(struct work *w, int64_t id, struct invitation_row *out)
{
    struct scan s;
    bool found;
    TRY(team_lock(w));
    TRY(db_maybe(w, Q_team_invitation, ARGS(arg_i64(w, w->vendor.n), arg_i64(w, id)), &found, &s));
    if (!found)
        return FAIL(w->arena, ERR_NOT_FOUND, "team.no_invitation", "There is no such invitation.");
    *out = scan_invitation(&s);
    return team_may_touch(w->role, out->role) ? NULL : owners_only(w, NULL);
}

struct err *
invitation_resend(struct work *w, int64_t id)
{
    struct invitation_row i;
    int64_t renewed;
    TRY(load_own(w, id, &i));
    TRY(check_seats(w, i.over ? 1 : 0)); /* an open one has its place already */
    struct mail_link link = link_make(w, "/invitation");
    TRY(db_exec(w, Q_team_renew_invitation,
                ARGS(arg_i64(w, w->vendor.n), arg_i64(w, id),
                     arg_bytes(w, BYTES(link.hash.bytes, sizeof(link.hash.bytes))),
                     arg_i64(w, LIFE_S)),
                &renewed));
    if (!renewed)
        return FAIL(w->arena, ERR_CONFLICT, "team.sent_just_now",
                    "The mail was sent less than a minute ago.");
    TRY(send_mail(w, i.email, i.role, &link));
    return note(w, "team.invited_again", id, i.email, i.role);
}

struct err *
invitation_revoke(struct work *w, int64_t id)
{
    struct invitation_row i;
    TRY(load_own(w, id, &i));
    TRY(db_exec(w, Q_team_drop_invitation, ARGS(arg_i64(w, w->vendor.n), arg_i64(w, id)), NULL));
    return note(w, "team.invitation_revoked", id, i.email, i.role);
}

/* ---- Accepting ---- */

struct err *
invitation_find(struct work *w, const char *token, bool *found, struct invited *out)
{
    struct scan s;
    struct sha256 hash = link_hash(token);
    TRY(db_maybe(w, Q_team_invited, ARGS(arg_bytes(w, BYTES(hash.bytes, sizeof(hash.bytes)))),
                 found, &s));
    if (!*found)
        return NULL;
    out->vendor.n = scan_i64(&s);
    out->id = scan_i64(&s);
    out->email = scan_text(&s);
    bool known = role_read(scan_text(&s), &out->role);
    must(known);
    out->shop = scan_text(&s);
    out->inviter = scan_text(&s);
    out->account.n = scan_i64(&s);
    out->admin = scan_bool(&s);
    scan_end(&s);
    return NULL;
}

struct err *
invitation_accept(struct work *w, const struct invited *i, struct user_id user)
{
    int64_t dropped;
    TRY(tx_tenant(w, i->vendor));
    TRY(team_lock(w));
    TRY(db_exec(w, Q_team_drop_invitation, ARGS(arg_i64(w, i->vendor.n), arg_i64(w, i->id)),
                &dropped));
    if (!dropped) /* revoked or used between looking and now */
        return FAIL(w->arena, ERR_NOT_FOUND, "team.no_invitation", "There is no such invitation.");
    TRY(check_seats(w, 1));
    TRY(db_exec(w, Q_team_join,
                ARGS(arg_i64(w, i->vendor.n), arg_i64(w, user.n), arg_text(role_name(i->role))),
                NULL));
    w->user = user;
    return note(w, "team.joined", i->id, i->email, i->role);
}
