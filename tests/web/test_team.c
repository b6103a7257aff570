/* Who works in a shop, by page and by API: inviting, joining, roles, going; and switching shops. */
#include "webtest.h"

#include <string.h>

#include "base/digest.h"
#include "base/text.h"

/* ---- Helpers ---- */

static int64_t
count(struct web *w, const char *what)
{
    return dbtest_number(w->db, "SELECT count(*) FROM %s", what);
}

static int64_t
member_of_mine(struct web *w, struct user_id user)
{
    return dbtest_number(w->db,
                         "SELECT count(*) FROM membership WHERE vendor_id = %lld AND account_id = "
                         "%lld",
                         (long long)w->mine.n, (long long)user.n);
}

static int64_t
invite(struct web *w, const struct person *by, const char *email, const char *role)
{
    struct reply r =
        web_json(w, as(by), "POST", "/api/v1/vendor/team/invitations",
                 text_printf(w->work.arena, "{\"email\":\"%s\",\"role\":\"%s\"}", email, role));
    assert_status(r, 201);
    return dbtest_number(w->db, "SELECT id FROM invitation WHERE email = '%s'", email);
}

/* The newest mail's link has the token; the database only its hash. */
static const char *
token_mailed(struct web *w, const char *email)
{
    const char *link =
        dbtest_sql(w->db,
                   "SELECT secret->>'link' FROM mail WHERE address = '%s' AND kind = "
                   "'invitation' ORDER BY id DESC LIMIT 1",
                   email);
    assert_non_null(link);
    const char *token = strstr(link, "/invitation?token=");
    assert_non_null(token);
    return token + strlen("/invitation?token=");
}

static struct person
newcomer(struct web *w, const char *email)
{
    struct person p = { .name = "a newcomer", .email = email, .shop = w->theirs };
    p.user.n =
        dbtest_number(w->db,
                      "INSERT INTO account (email, password_hash) VALUES ('%s', '') RETURNING "
                      "id",
                      email);
    dbtest_sql(w->db, "INSERT INTO membership VALUES (%lld, %lld, 'staff')", (long long)w->theirs.n,
               (long long)p.user.n);
    web_log_in(w, &p);
    return p;
}

static struct reply
accept(struct web *w, struct caller who, const char *token, const char *more)
{
    return web_post(w, who, "/invitation", text_printf(w->work.arena, "token=%s%s", token, more));
}

/* ---- Inviting ---- */

static void
an_invitation_goes_by_mail_and_only_its_hash_is_kept(void **state)
{
    struct web *w = *state;
    struct reply r = web_post(w, as(&w->owner), "/vendor/team/invitations",
                              "email=Cleo%40Example.org&role=manager");
    assert_status(r, 303);
    const char *token = token_mailed(w, "cleo@example.org");
    struct sha256 hash = sha256_of(BYTES(token, strlen(token)));
    assert_int_equal(
        count(w, text_printf(w->work.arena,
                             "invitation WHERE email = 'cleo@example.org' AND "
                             "token_hash = '\\x%s'",
                             hex_text(w->work.arena, BYTES(hash.bytes, sizeof(hash.bytes))))),
        1);
    r = web_get(w, as(&w->owner), "/vendor/team");
    assert_status(r, 200);
    assert_body_has(r, "cleo@example.org");
    assert_int_equal(count(w, "audit_log WHERE what = 'team.invited'"), 1);
    assert_problem(web_json(w, as(&w->owner), "POST", "/api/v1/vendor/team/invitations",
                            "{\"email\":\"cleo@example.org\",\"role\":\"staff\"}"),
                   409, "team.invited_already");
}

static void
a_manager_invites_staff_and_nobody_above(void **state)
{
    struct web *w = *state;
    invite(w, &w->manager, "sam@example.org", "staff");
    assert_problem(web_json(w, as(&w->manager), "POST", "/api/v1/vendor/team/invitations",
                            "{\"email\":\"x@example.org\",\"role\":\"manager\"}"),
                   403, "team.owners_only");
    assert_problem(web_json(w, as(&w->staff), "POST", "/api/v1/vendor/team/invitations",
                            "{\"email\":\"x@example.org\",\"role\":\"staff\"}"),
                   403, "guard.role");
    int64_t id = invite(w, &w->owner, "boss@example.org", "owner");
    assert_problem(
        web_json(w, as(&w->manager), "DELETE",
                 text_printf(w->work.arena, "/api/v1/vendor/team/invitations/%lld", (long long)id),
                 NULL),
        403, "team.owners_only");
}

static void
a_full_team_says_its_limit_and_its_use(void **state)
{
    struct web *w = *state;
    int64_t used =
        dbtest_number(w->db,
                      "SELECT (SELECT count(*) FROM membership WHERE vendor_id = %lld) + "
                      "(SELECT count(*) FROM invitation WHERE vendor_id = %lld)",
                      (long long)w->mine.n, (long long)w->mine.n);
    dbtest_sql(w->db, "UPDATE vendor SET team_limit = %lld WHERE id = %lld", (long long)used,
               (long long)w->mine.n);
    struct reply r = web_json(w, as(&w->owner), "POST", "/api/v1/vendor/team/invitations",
                              "{\"email\":\"late@example.org\",\"role\":\"staff\"}");
    assert_problem(r, 409, "team.full");
    assert_body_has(
        r, text_printf(w->work.arena, "%lld of %lld places", (long long)used, (long long)used));
    assert_body_has(r, text_printf(w->work.arena, "\"limit\":%lld", (long long)used));
    r = web_post(w, as(&w->owner), "/vendor/team/invitations",
                 "email=late%40example.org&role=staff");
    assert_status(r, 409);
    assert_body_has(
        r, text_printf(w->work.arena, "%lld of %lld places", (long long)used, (long long)used));
    dbtest_sql(w->db, "UPDATE vendor SET team_limit = NULL");
}

/* ---- Joining ---- */

static void
whoever_has_no_account_sets_a_password_and_is_in(void **state)
{
    struct web *w = *state;
    invite(w, &w->owner, "new@example.org", "staff");
    const char *token = token_mailed(w, "new@example.org");
    struct reply r =
        web_get(w, nobody(), text_printf(w->work.arena, "/invitation?token=%s", token));
    assert_status(r, 200);
    assert_body_has(r, "name=\"password\"");
    assert_status(accept(w, nobody(), token, "&name=New&password=short"), 422);
    r = accept(w, nobody(), token, "&name=New&password=a+long+enough+sentence");
    assert_status(r, 303);
    assert_string_equal(reply_header(&r, "Location"), "/login?done=team.joined");
    assert_int_equal(count(w, "membership m JOIN account a ON a.id = m.account_id WHERE a.email = "
                              "'new@example.org' AND m.role = 'staff'"),
                     1);
    assert_int_equal(count(w, "audit_log l JOIN account a ON a.id = l.actor WHERE what = "
                              "'team.joined' AND a.email = 'new@example.org'"),
                     1);
    /* Once. */
    assert_status(accept(w, nobody(), token, "&name=New&password=a+long+enough+sentence"), 410);
    assert_status(web_get(w, nobody(), text_printf(w->work.arena, "/invitation?token=%s", token)),
                  410);
}

static void
only_the_very_address_can_accept_and_works_there_at_once(void **state)
{
    struct web *w = *state;
    struct person p = newcomer(w, "both@example.org");
    invite(w, &w->owner, p.email, "manager");
    const char *token = token_mailed(w, p.email);
    struct reply r =
        web_get(w, nobody(), text_printf(w->work.arena, "/invitation?token=%s", token));
    assert_body_has(r, "/login?next=");
    assert_status(accept(w, nobody(), token, "&name=X&password=a+long+enough+sentence"), 403);
    assert_status(accept(w, as(&w->stranger), token, ""), 403);
    assert_int_equal(member_of_mine(w, p.user), 0);

    r = accept(w, as(&p), token, "");
    assert_status(r, 303);
    assert_string_equal(reply_header(&r, "Location"), "/vendor/?done=team.joined");
    assert_int_equal(member_of_mine(w, p.user), 1);
    /* What it may has changed, so the session has another token. */
    assert_non_null(reply_header(&r, "Set-Cookie"));
    assert_status(web_get(w, as(&p), "/vendor/team"), 303);
    assert_int_equal(dbtest_number(w->db,
                                   "SELECT acting_vendor FROM session WHERE account_id = %lld "
                                   "ORDER BY id DESC LIMIT 1",
                                   (long long)p.user.n),
                     w->mine.n);
}

static void
a_revoked_resent_or_old_link_opens_nothing(void **state)
{
    struct web *w = *state;
    struct arena *a = w->work.arena;
    int64_t id = invite(w, &w->owner, "gone@example.org", "staff");
    const char *path = text_printf(a, "/api/v1/vendor/team/invitations/%lld", (long long)id);
    const char *first = token_mailed(w, "gone@example.org");
    assert_problem(web_json(w, as(&w->owner), "POST", text_printf(a, "%s/resend", path), NULL), 409,
                   "team.sent_just_now");
    dbtest_sql(w->db, "UPDATE invitation SET sent_at = sent_at - interval '2 minutes'");
    assert_status(web_json(w, as(&w->owner), "POST", text_printf(a, "%s/resend", path), NULL), 204);
    const char *second = token_mailed(w, "gone@example.org");
    assert_string_not_equal(first, second);
    assert_status(accept(w, nobody(), first, "&name=G&password=a+long+enough+sentence"), 410);

    dbtest_sql(w->db, "UPDATE invitation SET expires_at = now() WHERE id = %lld", (long long)id);
    assert_status(accept(w, nobody(), second, "&name=G&password=a+long+enough+sentence"), 410);
    dbtest_sql(w->db, "UPDATE invitation SET expires_at = now() + interval '1 day'");
    assert_status(web_json(w, as(&w->owner), "DELETE", path, NULL), 204);
    assert_status(accept(w, nobody(), second, "&name=G&password=a+long+enough+sentence"), 410);
}

/* ---- Roles and going ---- */

static const char *
member_path(struct web *w, const struct person *p)
{
    return text_printf(w->work.arena, "/api/v1/vendor/team/%lld", (long long)p->user.n);
}

static void
a_changed_role_ends_the_log_ins_in_this_shop(void **state)
{
    struct web *w = *state;
    struct person p = newcomer(w, "role@example.org");
    dbtest_sql(w->db, "INSERT INTO membership VALUES (%lld, %lld, 'staff')", (long long)w->mine.n,
               (long long)p.user.n);
    struct person there = p;
    p.shop = w->mine;
    web_log_in(w, &p);
    assert_status(web_get(w, as(&p), "/vendor/team"), 200);
    assert_problem(
        web_json(w, as(&w->manager), "PATCH", member_path(w, &p), "{\"role\":\"owner\"}"), 403,
        "team.owners_only");
    assert_status(web_json(w, as(&w->owner), "PATCH", member_path(w, &p), "{\"role\":\"manager\"}"),
                  204);
    assert_status(web_get(w, as(&p), "/vendor/team"), 303);
    assert_status(web_get(w, as(&there), "/vendor/team"), 200); /* the other shop's is another */
    assert_int_equal(count(w, "audit_log WHERE what = 'team.role_changed' AND before->>'role' = "
                              "'staff' AND after->>'role' = 'manager'"),
                     1);
}

static void
whoever_is_removed_is_out_at_once_and_so_are_their_keys(void **state)
{
    struct web *w = *state;
    struct person p = newcomer(w, "out@example.org");
    dbtest_sql(w->db, "INSERT INTO membership VALUES (%lld, %lld, 'manager')", (long long)w->mine.n,
               (long long)p.user.n);
    p.shop = w->mine;
    web_log_in(w, &p);
    dbtest_sql(w->db,
               "INSERT INTO api_key (vendor_id, account_id, name, hint, token_hash, scopes) "
               "VALUES (%lld, %lld, 'k', 'h', sha256('out'), '{products.read}')",
               (long long)w->mine.n, (long long)p.user.n);
    assert_problem(web_json(w, as(&w->manager), "DELETE", member_path(w, &p), NULL), 403,
                   "team.owners_only");
    struct reply r = web_post(
        w, as(&w->owner),
        text_printf(w->work.arena, "/vendor/team/members/%lld/remove", (long long)p.user.n), "");
    assert_status(r, 303);
    assert_status(web_get(w, as(&p), "/vendor/team"), 303);
    assert_problem(web_json(w, by_token(&p), "GET", "/api/v1/vendor/team", NULL), 403,
                   "guard.role");
    assert_int_equal(count(w, "api_key WHERE name = 'k'"), 0);
    assert_int_equal(member_of_mine(w, p.user), 0);
}

static void
one_leaves_by_oneself_but_the_last_owner_is_told_what_to_do(void **state)
{
    struct web *w = *state;
    struct person p = newcomer(w, "leaves@example.org");
    dbtest_sql(w->db, "INSERT INTO membership VALUES (%lld, %lld, 'staff')", (long long)w->mine.n,
               (long long)p.user.n);
    p.shop = w->mine;
    web_log_in(w, &p);
    assert_status(web_get(w, as(&p), "/vendor/team/leave"), 200);
    struct reply r = web_post(w, as(&p), "/vendor/team/leave", "");
    assert_status(r, 303);
    assert_string_equal(reply_header(&r, "Location"), "/login?done=team.left");
    assert_int_equal(member_of_mine(w, p.user), 0);

    r = web_post(w, as(&w->owner), "/vendor/team/leave", "");
    assert_status(r, 409);
    assert_body_has(r, "Make somebody else an owner first");
    r = web_post(
        w, as(&w->owner),
        text_printf(w->work.arena, "/vendor/team/members/%lld/role", (long long)w->owner.user.n),
        "role=staff");
    assert_status(r, 409);
    assert_body_has(r, "is the only owner");
    assert_status(web_get(w, as(&w->owner), "/vendor/team"), 200);
}

static void
the_table_of_roles_is_the_guards_own(void **state)
{
    struct web *w = *state;
    struct reply r = web_get(w, as(&w->staff), "/vendor/team");
    assert_status(r, 200);
    assert_body_has(r, "Invite and remove people");
    assert_body_has(r, "Change products and pictures");
    assert_null(strstr(r.body, "action=\"/vendor/team/invitations\""));
}

static void
another_shops_people_and_invitations_are_not_found(void **state)
{
    struct web *w = *state;
    int64_t id = invite(w, &w->owner, "ours@example.org", "staff");
    assert_status(
        web_json(w, as(&w->stranger), "DELETE",
                 text_printf(w->work.arena, "/api/v1/vendor/team/invitations/%lld", (long long)id),
                 NULL),
        404);
    assert_status(
        web_json(w, as(&w->stranger), "PATCH", member_path(w, &w->staff), "{\"role\":\"owner\"}"),
        404);
    assert_status(web_json(w, as(&w->stranger), "DELETE", member_path(w, &w->staff), NULL), 404);
}

/* ---- Several shops ---- */

static void
who_works_in_several_shops_switches_and_gets_another_token(void **state)
{
    struct web *w = *state;
    struct person p = newcomer(w, "two@example.org");
    dbtest_sql(w->db, "INSERT INTO membership VALUES (%lld, %lld, 'staff')", (long long)w->mine.n,
               (long long)p.user.n);
    struct reply r = web_get(w, as(&p), "/vendor/");
    assert_body_has(r, "/account/shops");
    assert_status(web_get(w, as(&p), "/account/shops"), 200);
    assert_status(web_post(w, as(&w->stranger), "/account/shop",
                           text_printf(w->work.arena, "id=%lld", (long long)w->mine.n)),
                  422);
    r = web_post(w, as(&p), "/account/shop",
                 text_printf(w->work.arena, "id=%lld", (long long)w->mine.n));
    assert_status(r, 303);
    assert_non_null(reply_header(&r, "Set-Cookie"));
    assert_status(web_get(w, as(&p), "/vendor/"), 303); /* the old token is nobody's */
}

static void
a_program_says_which_shop_it_logs_in_to(void **state)
{
    struct web *w = *state;
    struct person p = newcomer(w, "api@example.org");
    dbtest_sql(w->db, "INSERT INTO membership VALUES (%lld, %lld, 'staff')", (long long)w->mine.n,
               (long long)p.user.n);
    web_give_password(w, &p, "walked through the door");
    static const char body[] = "{\"email\":\"api@example.org\",\"password\":\"walked through the "
                               "door\",\"vendor\":\"%lld\"}";
    assert_status(web_json(w, nobody(), "POST", "/api/v1/auth/token",
                           text_printf(w->work.arena, body, (long long)w->mine.n)),
                  200);
    assert_int_equal(
        dbtest_number(w->db, "SELECT acting_vendor FROM refresh_token WHERE account_id = %lld",
                      (long long)p.user.n),
        w->mine.n);
    assert_problem(web_json(w, nobody(), "POST", "/api/v1/auth/token",
                            text_printf(w->work.arena, body, 999999999LL)),
                   422, "accounts.no_shop");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WEBTEST(an_invitation_goes_by_mail_and_only_its_hash_is_kept),
        WEBTEST(a_manager_invites_staff_and_nobody_above),
        WEBTEST(a_full_team_says_its_limit_and_its_use),
        WEBTEST(whoever_has_no_account_sets_a_password_and_is_in),
        WEBTEST(only_the_very_address_can_accept_and_works_there_at_once),
        WEBTEST(a_revoked_resent_or_old_link_opens_nothing),
        WEBTEST(a_changed_role_ends_the_log_ins_in_this_shop),
        WEBTEST(whoever_is_removed_is_out_at_once_and_so_are_their_keys),
        WEBTEST(one_leaves_by_oneself_but_the_last_owner_is_told_what_to_do),
        WEBTEST(the_table_of_roles_is_the_guards_own),
        WEBTEST(another_shops_people_and_invitations_are_not_found),
        WEBTEST(who_works_in_several_shops_switches_and_gets_another_token),
        WEBTEST(a_program_says_which_shop_it_logs_in_to),
    };
    return cmocka_run_group_tests(tests, web_start, web_stop);
}
