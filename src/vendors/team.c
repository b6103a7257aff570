#include "vendors/team.h"

#include "audit/audit.h"
#include "base/text.h"
#include "http/form.h"
#include "http/json.h"

static const struct db_refusal refusals[] = {
    { "team_last_owner", "team.last_owner", NULL,
      "A shop keeps an owner. Make somebody else an owner first." },
};

const char *
member_called(const struct member *m)
{
    return *m->name ? m->name : m->email;
}

bool
team_may_touch(enum role actor, enum role target)
{
    return actor == ROLE_OWNER || (actor == ROLE_MANAGER && target == ROLE_STAFF);
}

void
team_read_role(struct form *f, enum role *out)
{
    const char *name = form_word(f, "role", 1, 20);
    *out = ROLE_STAFF;
    if (*name && !role_read(name, out))
        form_fail(f, "role", "team.role", "staff, manager or owner.");
}

/* ---- Rows ---- */

static struct member
scan_member(struct scan *s)
{
    struct member m = { .user = { scan_i64(s) } };
    m.email = scan_text(s);
    m.name = scan_text(s);
    m.language = scan_text(s);
    bool known = role_read(scan_text(s), &m.role);
    must(known);
    m.since_us = scan_time(s);
    if (scan_null(s))
        scan_skip(s);
    else
        m.seen_us = scan_time(s);
    m.has_factor = scan_bool(s);
    scan_end(s);
    return m;
}

struct err *
team_load(struct work *w, struct member **out, size_t *n)
{
    struct rows rows;
    TRY(db_many(w, Q_team_members, ARGS(arg_i64(w, w->vendor.n)), &rows));
    struct member *all = NEW_ARRAY(w->arena, struct member, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        all[i] = scan_member(&s);
    }
    *out = all;
    *n = (size_t)rows.count;
    return NULL;
}

struct err *
team_member(struct work *w, struct user_id user, struct member *out)
{
    struct scan s;
    bool found;
    TRY(db_maybe(w, Q_team_member, ARGS(arg_i64(w, w->vendor.n), arg_i64(w, user.n)), &found, &s));
    if (!found)
        return FAIL(w->arena, ERR_NOT_FOUND, "team.unknown", "Nobody of this team.");
    *out = scan_member(&s);
    return NULL;
}

struct err *
team_seats(struct work *w, struct seats *out)
{
    struct scan s;
    TRY(db_one(w, Q_team_seats, ARGS(arg_i64(w, w->vendor.n)), &s));
    out->members = scan_i64(&s);
    out->invited = scan_i64(&s);
    out->invitations = scan_i64(&s);
    out->limit = scan_i64(&s);
    scan_end(&s);
    return NULL;
}

struct err *
team_lock(struct work *w)
{
    return db_exec(w, Q_team_lock, ARGS(arg_i64(w, w->vendor.n)), NULL);
}

/* ---- Changes ---- */

static const char *
role_json(struct work *w, const struct member *m, enum role role)
{
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    json_put_text(&j, "email", m->email);
    json_put_text(&j, "role", role_name(role));
    json_put_end(&j);
    return j.out.at;
}

static struct err *
owners_only(struct work *w)
{
    return FAIL(w->arena, ERR_DENIED, "team.owners_only",
                "Only owners decide about owners and managers.");
}

struct err *
team_set_role(struct work *w, struct user_id user, enum role role, struct ended **ended)
{
    struct member m;
    TRY(team_lock(w));
    TRY(team_member(w, user, &m));
    if (!team_may_touch(w->role, m.role) || !team_may_touch(w->role, role))
        return owners_only(w);
    TRY(db_refusal(
        w,
        db_exec(w, Q_team_set_role,
                ARGS(arg_i64(w, w->vendor.n), arg_i64(w, user.n), arg_text(role_name(role))), NULL),
        refusals, COUNT(refusals)));
    TRY(accounts_end_in_shop(w, user, w->vendor, false, ended));
    struct audit_act act = { .what = "team.role_changed",
                             .object = audit_object(w, "account", user.n),
                             .before = role_json(w, &m, m.role),
                             .after = role_json(w, &m, role) };
    return audit_note(w, &act);
}

static struct err *
take_out(struct work *w, const struct member *m, const char *what, struct ended **ended)
{
    TRY(accounts_end_in_shop(w, m->user, w->vendor, true, ended));
    TRY(db_refusal(
        w, db_exec(w, Q_team_remove, ARGS(arg_i64(w, w->vendor.n), arg_i64(w, m->user.n)), NULL),
        refusals, COUNT(refusals)));
    struct audit_act act = { .what = what,
                             .object = audit_object(w, "account", m->user.n),
                             .before = role_json(w, m, m->role) };
    return audit_note(w, &act);
}

struct err *
team_remove(struct work *w, struct user_id user, struct ended **ended)
{
    struct member m;
    TRY(team_lock(w));
    TRY(team_member(w, user, &m));
    if (!team_may_touch(w->role, m.role))
        return owners_only(w);
    return take_out(w, &m, "team.removed", ended);
}

struct err *
team_leave(struct work *w, struct ended **ended)
{
    struct member m;
    TRY(team_lock(w));
    TRY(team_member(w, w->user, &m));
    return take_out(w, &m, "team.left", ended);
}
