/* The team for programs: what the pages do. */
#include "base/text.h"
#include "http/form.h"
#include "http/json.h"
#include "vendors/invitation.h"
#include "vendors/routes.h"

static void
member_json(struct json *j, const struct member *m)
{
    json_put_object(j, NULL);
    json_put_id(j, "id", m->user.n);
    json_put_text(j, "email", m->email);
    json_put_text(j, "name", m->name);
    json_put_text(j, "role", role_name(m->role));
    json_put_bool(j, "second_factor", m->has_factor);
    json_put_time(j, "since", m->since_us);
    json_put_time_or_null(j, "seen_at", m->seen_us);
    json_put_end(j);
}

static void
invitation_json(struct json *j, const struct invitation_row *i)
{
    json_put_object(j, NULL);
    json_put_id(j, "id", i->id);
    json_put_text(j, "email", i->email);
    json_put_text(j, "role", role_name(i->role));
    json_put_text(j, "invited_by", i->inviter);
    json_put_time(j, "sent_at", i->sent_us);
    json_put_time(j, "expires_at", i->expires_us);
    json_put_bool(j, "over", i->over);
    json_put_end(j);
}

static void
seats_json(struct json *j, const struct seats *s)
{
    json_put_object(j, "seats");
    json_put_i64(j, "used", s->members + s->invited);
    if (s->limit)
        json_put_i64(j, "limit", s->limit);
    else
        json_put_null(j, "limit");
    json_put_end(j);
}

struct err *
vendors_get_team(struct req *r)
{
    struct member *members;
    struct invitation_row *invitations;
    struct seats seats;
    size_t n, open;
    TRY(team_load(r->work, &members, &n));
    TRY(invitation_list(r->work, &invitations, &open));
    TRY(team_seats(r->work, &seats));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_array(&j, "data");
    for (size_t i = 0; i < n; i++)
        member_json(&j, &members[i]);
    json_put_end(&j);
    json_put_array(&j, "invitations");
    for (size_t i = 0; i < open; i++)
        invitation_json(&j, &invitations[i]);
    json_put_end(&j);
    seats_json(&j, &seats);
    json_put_null(&j, "next_cursor");
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

struct err *
vendors_post_invitation_json(struct req *r)
{
    struct form f;
    const char *email;
    enum role role;
    int64_t id;
    TRY(form_read(r, &f));
    invitation_read(&f, &email, &role);
    TRY(form_done(&f));
    TRY(invitation_add(r->work, email, role, &id));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_id(&j, "id", id);
    json_put_text(&j, "email", email);
    json_put_text(&j, "role", role_name(role));
    json_put_end(&j);
    return json_answer(r, 201, &j.out);
}

struct err *
vendors_post_resend_json(struct req *r)
{
    int64_t id;
    TRY(param_id(r, 0, &id));
    TRY(invitation_resend(r->work, id));
    return no_content(r);
}

struct err *
vendors_delete_invitation(struct req *r)
{
    int64_t id;
    TRY(param_id(r, 0, &id));
    TRY(invitation_revoke(r->work, id));
    return no_content(r);
}

static struct err *
end_and_answer(struct req *r, struct ended *ended)
{
    TRY(tx_commit(r->work));
    accounts_forget(r->work, ended);
    return no_content(r);
}

struct err *
vendors_patch_member(struct req *r)
{
    struct form f;
    struct user_id user;
    struct member member;
    struct ended *ended;
    enum role role;
    TRY(param_id(r, 0, &user.n));
    TRY(form_read(r, &f));
    team_read_role(&f, &role);
    tx_open(r->work, TX_WRITE);
    TRY(team_member(r->work, user, &member)); /* what is not there is said first */
    TRY(form_done(&f));
    TRY(team_set_role(r->work, user, role, &ended));
    return end_and_answer(r, ended);
}

struct err *
vendors_delete_member(struct req *r)
{
    struct user_id user;
    struct ended *ended;
    TRY(param_id(r, 0, &user.n));
    tx_open(r->work, TX_WRITE);
    TRY(user.n == r->work->user.n ? team_leave(r->work, &ended)
                                  : team_remove(r->work, user, &ended));
    return end_and_answer(r, ended);
}
