/* The team of a shop: who is in it, who is asked, who may what. */
#include "base/text.h"
#include "http/form.h"
#include "http/site.h"
#include "vendors/invitation.h"
#include "vendors/routes.h"
#include "view/value.h"

#define HOME "/vendor/team"

static const enum role shop_roles[] = { ROLE_OWNER, ROLE_MANAGER, ROLE_STAFF };

static void
set_role(struct arena *a, struct val *m, const char *name, enum role role)
{
    val_set_word(m, name, text_printf(a, "role.%s", role_name(role)));
}

/* ---- The parts of the page ---- */

static void
member_model(struct req *r, struct val *m, const struct member *who, bool last_owner)
{
    struct work *w = r->work;
    val_set_text(m, "path", text_printf(w->arena, HOME "/members/%lld", (long long)who->user.n));
    val_set_text(m, "email", who->email);
    val_set_text(m, "member", who->name);
    val_set_text(m, "called", member_called(who));
    set_role(w->arena, m, "role", who->role);
    val_set_bool(val_set_map(m, "role_is"), role_name(who->role), true);
    val_set_time(m, "since", who->since_us);
    if (who->seen_us)
        val_set_time(m, "seen", who->seen_us);
    else
        val_set_null(m, "seen");
    val_set_bool(m, "has_factor", who->has_factor);
    val_set_bool(m, "you", who->user.n == w->user.n);
    val_set_bool(m, "last_owner", last_owner);
    val_set_bool(m, "may_change",
                 !r->visitor.acted_by.n && guard_may(w->role, MAY_MANAGE_TEAM) &&
                     team_may_touch(w->role, who->role));
}

static size_t
owners_in(const struct member *all, size_t n)
{
    size_t owners = 0;
    for (size_t i = 0; i < n; i++)
        owners += all[i].role == ROLE_OWNER;
    return owners;
}

static struct err *
add_members(struct req *r, struct val *m)
{
    struct member *all;
    size_t n;
    TRY(team_load(r->work, &all, &n));
    struct val *list = val_set_list(m, "members"), *owners = val_set_list(m, "owners");
    bool single = owners_in(all, n) == 1;
    for (size_t i = 0; i < n; i++) {
        member_model(r, val_add_map(list), &all[i], single && all[i].role == ROLE_OWNER);
        if (all[i].role == ROLE_OWNER)
            val_add_text(owners, member_called(&all[i]));
    }
    val_set_count(m, "count", (int64_t)n);
    return NULL;
}

static struct err *
add_invitations(struct req *r, struct val *m)
{
    struct invitation_row *all;
    struct work *w = r->work;
    size_t n;
    TRY(invitation_list(w, &all, &n));
    struct val *list = val_set_list(m, "invitations");
    for (size_t i = 0; i < n; i++) {
        struct val *row = val_add_map(list);
        val_set_text(row, "path",
                     text_printf(w->arena, HOME "/invitations/%lld", (long long)all[i].id));
        val_set_text(row, "email", all[i].email);
        set_role(w->arena, row, "role", all[i].role);
        val_set_text(row, "inviter", all[i].inviter);
        val_set_time(row, "sent", all[i].sent_us);
        val_set_time(row, "expires", all[i].expires_us);
        val_set_bool(row, "over", all[i].over);
        val_set_bool(row, "may_change", team_may_touch(w->role, all[i].role));
    }
    val_set_bool(m, "has_invitations", n > 0);
    return NULL;
}

static struct err *
add_seats(struct req *r, struct val *m)
{
    struct seats seats;
    TRY(team_seats(r->work, &seats));
    int64_t used = seats.members + seats.invited;
    struct val *meter = val_set_map(m, "seats");
    val_set_word(meter, "label", "team.seats");
    val_set_bool(meter, "known", true);
    val_set_bool(meter, "unlimited", !seats.limit);
    val_set_i64(meter, "value", used);
    val_set_i64(meter, "max", seats.limit);
    val_set_i64(meter, "low", seats.limit);
    val_set_i64(meter, "high", seats.limit);
    val_set_count(meter, "used", used);
    val_set_count(meter, "limit", seats.limit);
    val_set_word(meter, "text", seats.limit ? "team.seats_text" : "team.seats_unlimited");
    val_set_null(meter, "link");
    val_set_null(meter, "state");
    return NULL;
}

/* What each role may, from the table that the guard goes by. */
static void
add_roles(struct arena *a, struct val *m)
{
    struct val *heads = val_set_list(m, "roles"), *rows = val_set_list(m, "rights");
    for (size_t i = 0; i < COUNT(shop_roles); i++)
        set_role(a, val_add_map(heads), "role", shop_roles[i]);
    for (enum may_kind may = MAY_ALL; may < MAY_KINDS; may++) {
        if (!guard_may_word(may))
            continue;
        struct val *row = val_add_map(rows);
        val_set_word(row, "right", guard_may_word(may));
        struct val *cells = val_set_list(row, "cells");
        for (size_t i = 0; i < COUNT(shop_roles); i++)
            val_set_bool(val_add_map(cells), "yes", guard_may(shop_roles[i], may));
    }
}

static struct err *
team_page(struct req *r, const struct form *f, const struct err *e)
{
    struct work *w = r->work;
    struct val *m = val_map(w->arena), *roles = val_set_list(m, "choices");
    TRY(add_members(r, m));
    TRY(add_invitations(r, m));
    TRY(add_seats(r, m));
    add_roles(w->arena, m);
    const char *chosen = f ? form_raw(f, "role") : role_name(ROLE_STAFF);
    for (size_t i = 0; i < COUNT(shop_roles); i++) {
        if (!team_may_touch(w->role, shop_roles[i]))
            continue;
        struct val *row = val_add_map(roles);
        val_set_text(row, "code", role_name(shop_roles[i]));
        set_role(w->arena, row, "role", shop_roles[i]);
        val_set_bool(row, "selected", text_is(chosen, role_name(shop_roles[i])));
    }
    val_set_bool(m, "may_manage", !r->visitor.acted_by.n && guard_may(w->role, MAY_MANAGE_TEAM));
    val_set_bool(m, "may_leave", !r->visitor.acted_by.n);
    if (f)
        form_show(f, e, m);
    return page_status(r, e ? err_status(e) : 200, "vendor/team/index", m);
}

struct err *
vendors_show_team(struct req *r)
{
    return team_page(r, NULL, NULL);
}

static struct err *
done(struct req *r, const char *what)
{
    return see_other(r, text_printf(r->work->arena, HOME "?done=team.%s", what));
}

/* What a person can mend, or wait for; it is said on the page that was left. */
static bool
is_answer(const struct err *e)
{
    return e && (e->kind == ERR_INVALID || e->kind == ERR_CONFLICT || e->kind == ERR_DENIED);
}

/* ---- Invitations ---- */

struct err *
vendors_post_invitation(struct req *r)
{
    struct form f;
    const char *email;
    enum role role;
    int64_t id;
    TRY(form_read(r, &f));
    invitation_read(&f, &email, &role);
    struct err *e = form_done(&f);
    if (!e)
        e = invitation_add(r->work, email, role, &id);
    if (is_answer(e))
        return team_page(r, &f, e);
    TRY(e);
    return done(r, "invited");
}

static struct err *
with_invitation(struct req *r, struct err *(*change)(struct work *w, int64_t id), const char *what)
{
    int64_t id;
    TRY(param_id(r, 0, &id));
    TRY(change(r->work, id));
    return done(r, what);
}

struct err *
vendors_post_resend(struct req *r)
{
    return with_invitation(r, invitation_resend, "sent_again");
}

struct err *
vendors_post_revoke(struct req *r)
{
    return with_invitation(r, invitation_revoke, "revoked");
}

/* ---- One member ---- */

static struct err *
member_page(struct req *r, const struct member *who, const struct form *f, const struct err *e)
{
    struct val *m = val_map(r->work->arena), *roles = val_set_list(m, "choices");
    struct member *all;
    size_t n;
    TRY(team_load(r->work, &all, &n));
    member_model(r, m, who, who->role == ROLE_OWNER && owners_in(all, n) == 1);
    for (size_t i = 0; i < COUNT(shop_roles); i++) {
        if (!team_may_touch(r->work->role, shop_roles[i]))
            continue;
        struct val *row = val_add_map(roles);
        val_set_text(row, "code", role_name(shop_roles[i]));
        set_role(r->work->arena, row, "role_name", shop_roles[i]);
        val_set_bool(row, "selected", who->role == shop_roles[i]);
    }
    if (f)
        form_show(f, e, m);
    return page_status(r, e ? err_status(e) : 200, "vendor/team/member", m);
}

static struct err *
load_named(struct req *r, struct member *out)
{
    struct user_id user;
    TRY(param_id(r, 0, &user.n));
    return team_member(r->work, user, out);
}

struct err *
vendors_show_member(struct req *r)
{
    struct member m;
    TRY(load_named(r, &m));
    return member_page(r, &m, NULL, NULL);
}

/* After the commit the log-ins that it ended are over everywhere; one's own leads to the log-in. */
static struct err *
end_and_go(struct req *r, struct ended *ended, const char *what, bool own)
{
    TRY(tx_commit(r->work));
    accounts_forget(r->work, ended);
    return own ? see_other(r, text_printf(r->work->arena, "/login?done=team.%s", what))
               : done(r, what);
}

static struct err *
refused_again(struct req *r, const struct form *f, const struct err *e)
{
    struct member m;
    tx_rollback(r->work);
    tx_open(r->work, TX_READ);
    TRY(load_named(r, &m));
    return member_page(r, &m, f, e);
}

struct err *
vendors_post_role(struct req *r)
{
    struct form f;
    struct user_id user;
    struct ended *ended;
    enum role role;
    TRY(param_id(r, 0, &user.n));
    TRY(form_read(r, &f));
    team_read_role(&f, &role);
    struct err *e = form_done(&f);
    tx_open(r->work, TX_WRITE);
    if (!e)
        e = team_set_role(r->work, user, role, &ended);
    if (is_answer(e))
        return refused_again(r, &f, e);
    TRY(e);
    return end_and_go(r, ended, "role_changed", user.n == r->work->user.n);
}

struct err *
vendors_post_remove(struct req *r)
{
    struct form f;
    struct user_id user;
    struct ended *ended;
    TRY(param_id(r, 0, &user.n));
    TRY(form_read(r, &f));
    tx_open(r->work, TX_WRITE);
    struct err *e = team_remove(r->work, user, &ended);
    if (is_answer(e))
        return refused_again(r, &f, e);
    TRY(e);
    return end_and_go(r, ended, "removed", user.n == r->work->user.n);
}

/* ---- Leaving ---- */

struct err *
vendors_show_leave(struct req *r)
{
    return page(r, "vendor/team/leave", val_map(r->work->arena));
}

struct err *
vendors_post_leave(struct req *r)
{
    struct ended *ended;
    tx_open(r->work, TX_WRITE);
    TRY(team_leave(r->work, &ended));
    return end_and_go(r, ended, "left", true);
}
