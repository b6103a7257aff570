/* Opening a shop, and what the links of mails do: each once, for a while, and nothing before. */
#include "webtest.h"

#include <string.h>

#include "accounts/accounts.h"
#include "accounts/routes.h"
#include "base/text.h"
#include "queue/queue.h"

#define GOOD "password=a+lamp+beside+my+bed"

/* ---- Mail ---- */

static int64_t
mails(struct web *w, const char *kind, const char *address)
{
    return dbtest_number(w->db, "SELECT count(*) FROM mail WHERE kind = '%s' AND address = '%s'",
                         kind, address);
}

/* The token of the newest mail of this kind; NULL: there is none. */
static const char *
token_in(struct web *w, const char *kind, const char *address)
{
    const char *link = dbtest_sql(w->db,
                                  "SELECT secret->>'link' FROM mail WHERE kind = '%s' AND "
                                  "address = '%s' ORDER BY id DESC LIMIT 1",
                                  kind, address);
    const char *token = link ? strstr(link, "?token=") : NULL;
    if (link)
        assert_true(text_starts(link, "https://souk.test/"));
    return token ? token + 7 : NULL;
}

static struct reply
open_link(struct web *w, const char *path, const char *token)
{
    struct reply r = web_get(w, nobody(), text_printf(w->work.arena, "%s?token=%s", path, token));
    assert_string_equal(reply_header(&r, "Referrer-Policy"), "no-referrer");
    return r;
}

/* As a browser sends it from a page that hides where it comes from. */
static struct reply
use_link(struct web *w, const char *path, const char *token, const char *more)
{
    const char *body =
        text_printf(w->work.arena, "token=%s%s%s", token, more ? "&" : "", more ? more : "");
    struct call c = { .method = "POST",
                      .path = path,
                      .type = "application/x-www-form-urlencoded",
                      .body = BYTES(body, strlen(body)),
                      .headers = { { "HTTP_ORIGIN", "null" } } };
    return web_send(w, &c);
}

static void
run_jobs(struct web *w)
{
    const struct job_table table = { accounts_jobs, accounts_job_count };
    const struct runner_options how = { .tables = &table, .count = 1, .name = "test" };
    struct runner *runner;
    bool ran = true;
    assert_no_err(runner_new(w->db->process, &how, &runner));
    while (ran)
        assert_no_err(runner_turn(&w->work, runner, &ran));
}

/* ---- Opening a shop ---- */

static struct reply
sign_up(struct web *w, const char *email, const char *slug, const char *more)
{
    return web_post(w, nobody(), "/register",
                    text_printf(w->work.arena,
                                "shop=Tea+and+Tins&slug=%s&currency=CHF&language=de&name=Anna&"
                                "email=%s&%s",
                                slug, email, more ? more : GOOD));
}

static int64_t
shops_named(struct web *w, const char *slug)
{
    return dbtest_number(w->db, "SELECT count(*) FROM vendor WHERE slug = '%s'", slug);
}

static void
a_shop_opens_with_the_link_of_its_mail_and_not_before(void **state)
{
    struct web *w = *state;
    const char *email = "anna@first.example";
    assert_status(sign_up(w, email, "first", NULL), 202);
    assert_int_equal(shops_named(w, "first"), 0);
    assert_int_equal(dbtest_number(w->db, "SELECT count(*) FROM account WHERE email = '%s'", email),
                     0);

    const char *token = token_in(w, "verification", email);
    struct reply shown = open_link(w, "/verify", token);
    assert_status(shown, 200);
    assert_body_has(shown, "Tea and Tins");
    assert_int_equal(shops_named(w, "first"), 0);

    struct reply opened = use_link(w, "/verify", token, NULL);
    assert_status(opened, 303);
    assert_string_equal(reply_header(&opened, "Location"),
                        "/login?done=register.open&email=anna%40first.example");
    assert_string_equal(
        dbtest_sql(w->db,
                   "SELECT concat_ws(' ', v.name, v.currency, v.language, m.role, a.name, "
                   "a.verified_at IS NOT NULL, round(extract(epoch FROM v.trial_ends_at - now()) "
                   "/ 86400), (SELECT products FROM vendor_counter WHERE vendor_id = v.id)) "
                   "FROM vendor v JOIN membership m ON m.vendor_id = v.id "
                   "JOIN account a ON a.id = m.account_id WHERE v.slug = 'first'"),
        "Tea and Tins CHF de owner Anna t 14 0");
    assert_status(use_link(w, "/verify", token, NULL), 410);
    assert_status(open_link(w, "/verify", token), 410);
    assert_status(web_post(w, nobody(), "/login", "email=anna@first.example&" GOOD), 303);
}

static const char *
without(struct web *w, const char *text, const char *part)
{
    struct buf b = buf_new(w->work.arena, strlen(text) + 1);
    while (*text) {
        if (strncmp(text, part, strlen(part)) == 0)
            text += strlen(part);
        else
            buf_char(&b, *text++);
    }
    return b.at;
}

/* The page, without what differs between any two of them. */
static const char *
plain(struct web *w, struct reply r, const char *email)
{
    const char *body = without(w, r.body, email), *ticket = strstr(body, "name=\"ticket\"");
    if (!ticket)
        return body;
    char *copy = text_copy(w->work.arena, body);
    memset(copy + (ticket - body), 'x', strcspn(ticket, ">"));
    return copy;
}

static void
a_known_address_gets_the_same_answer_and_a_mail_that_says_so(void **state)
{
    struct web *w = *state;
    const char *known = w->owner.email;
    struct reply new_one = sign_up(w, "bert@second.example", "second", NULL);
    struct reply old_one = sign_up(w, known, "second-2", NULL);
    assert_status(new_one, 202);
    assert_status(old_one, 202);
    assert_string_equal(plain(w, new_one, "bert@second.example"), plain(w, old_one, known));
    assert_int_equal(mails(w, "verification", known), 0);
    assert_int_equal(mails(w, "account_exists", known), 1);
}

static void
an_addresss_registrations_wait_side_by_side_until_one_is_used(void **state)
{
    struct web *w = *state;
    const char *email = "carla@third.example";
    sign_up(w, email, "third", NULL);
    const char *first = token_in(w, "verification", email);
    sign_up(w, email, "third-of-another", "password=somebody+else+chose");
    const char *second = token_in(w, "verification", email);
    assert_string_not_equal(first, second);
    assert_status(use_link(w, "/verify", first, NULL), 303);
    assert_status(use_link(w, "/verify", second, NULL), 410);
    assert_int_equal(shops_named(w, "third-of-another"), 0);
    assert_status(
        web_post(w, nobody(), "/login", "email=carla@third.example&password=somebody+else+chose"),
        422);
}

static void
the_mail_is_sent_again_to_the_browser_that_registered(void **state)
{
    struct web *w = *state;
    const char *email = "dora@fourth.example";
    struct reply r = sign_up(w, email, "fourth", NULL);
    const char *ticket = strstr(r.body, "name=\"ticket\" value=\"") + 21;
    const char *first = token_in(w, "verification", email);
    ticket = text_copy_n(w->work.arena, ticket, strcspn(ticket, "\""));
    const char *form = text_printf(w->work.arena, "ticket=%s", ticket);
    assert_status(web_post(w, nobody(), "/register/again", form), 202);
    assert_int_equal(mails(w, "verification", email), 2);
    assert_string_not_equal(first, token_in(w, "verification", email));
    assert_status(web_post(w, nobody(), "/register/again", "ticket=none"), 410);
    assert_status(use_link(w, "/verify", first, NULL), 303);
}

static void
a_name_in_the_address_is_made_from_the_shops_and_a_taken_one_is_said_so(void **state)
{
    struct web *w = *state;
    struct reply r = sign_up(w, "emil@fifth.example", "mine", NULL);
    assert_status(r, 422);
    assert_body_has(r, "Another shop has this name in its address.");
    assert_body_has(r, "value=\"mine-2\"");
    assert_status(sign_up(w, "emil@fifth.example", "", NULL), 202);
    assert_string_equal(
        dbtest_sql(w->db, "SELECT slug FROM registration WHERE email = 'emil@fifth.example'"),
        "tea-and-tins");

    dbtest_vendor(w->db, "tea-and-tins"); /* somebody is faster */
    const char *token = token_in(w, "verification", "emil@fifth.example");
    assert_body_has(open_link(w, "/verify", token), "value=\"tea-and-tins-2\"");
    assert_status(use_link(w, "/verify", token, NULL), 422);
    assert_status(use_link(w, "/verify", token, "slug=No+Slug"), 422);
    assert_status(use_link(w, "/verify", token, "slug=tea-and-tins-2"), 303);
    assert_int_equal(shops_named(w, "tea-and-tins-2"), 1);
}

static void
what_will_not_do_is_said_field_by_field(void **state)
{
    struct web *w = *state;
    struct reply r = web_json(w, nobody(), "POST", "/api/v1/auth/register",
                              "{\"shop\": \"\", \"email\": \"a@b\", \"password\": \"password1\", "
                              "\"currency\": \"XXX\", \"language\": \"xx\", \"slug\": \"-\"}");
    static const char *const said[] = { "field.needed",    "account.email",   "password.common",
                                        "vendor.currency", "vendor.language", "vendor.slug" };
    assert_status(r, 422);
    for (size_t i = 0; i < COUNT(said); i++)
        assert_body_has(r, said[i]);
    r = web_json(w, nobody(), "POST", "/api/v1/auth/register",
                 "{\"shop\": \"Over JSON\", \"name\": \"Finn\", \"email\": \"Finn@Sixth.example\", "
                 "\"password\": \"a lamp beside my bed\"}");
    assert_status(r, 202);
    assert_string_equal(r.body, "{\"email\":\"finn@sixth.example\",\"slug\":\"over-json\"}");
}

static void
a_link_is_over_after_a_day_and_its_row_is_pruned(void **state)
{
    struct web *w = *state;
    sign_up(w, "gina@seventh.example", "seventh", NULL);
    dbtest_sql(w->db, "UPDATE registration SET expires_at = now() - interval '1 s' "
                      "WHERE email = 'gina@seventh.example'");
    const char *token = token_in(w, "verification", "gina@seventh.example");
    assert_status(use_link(w, "/verify", token, NULL), 410);
    tx_open(&w->work, TX_OPERATOR_WRITE);
    assert_no_err(db_exec(&w->work, Q_signup_prune, NO_ARGS, NULL));
    assert_no_err(tx_commit(&w->work));
    assert_int_equal(dbtest_number(w->db, "SELECT count(*) FROM registration "
                                          "WHERE email = 'gina@seventh.example'"),
                     0);
}

static void
the_operator_may_keep_registration_closed(void **state)
{
    struct web *w = *state;
    w->db->settings.registration = false;
    struct reply page = web_get(w, nobody(), "/register"), login = web_get(w, nobody(), "/login");
    struct reply sent = sign_up(w, "hugo@eighth.example", "eighth", NULL);
    w->db->settings.registration = true;
    assert_status(page, 403);
    assert_body_has(page, "New shops are opened by the operator only.");
    assert_status(sent, 403);
    assert_null(strstr(login.body, "/register"));
}

/* ---- A forgotten password ---- */

static struct reply
forget(struct web *w, const char *email)
{
    struct reply r =
        web_post(w, nobody(), "/password/forgot", text_printf(w->work.arena, "email=%s", email));
    run_jobs(w);
    return r;
}

static void
who_forgot_gets_the_same_answer_whether_there_is_an_account(void **state)
{
    struct web *w = *state;
    struct reply known = forget(w, w->manager.email), unknown = forget(w, "nobody@souk.test");
    assert_status(known, 202);
    assert_status(unknown, 202);
    assert_string_equal(plain(w, known, w->manager.email), plain(w, unknown, "nobody@souk.test"));
    assert_int_equal(mails(w, "reset", w->manager.email), 1);
    assert_int_equal(mails(w, "reset", "nobody@souk.test"), 0);
}

static void
a_reset_ends_every_log_in_and_changes_nothing_before_it_is_used(void **state)
{
    struct web *w = *state;
    const struct person *p = &w->staff;
    web_give_password(w, p, "the old password");
    forget(w, p->email);
    const char *older = token_in(w, "reset", p->email);
    forget(w, p->email);
    const char *token = token_in(w, "reset", p->email);
    assert_status(open_link(w, "/password/reset", older), 410);
    assert_status(open_link(w, "/password/reset", token), 200);
    assert_status(web_get(w, as(p), "/vendor/"), 200);
    assert_status(web_get(w, by_token(p), "/api/v1/vendor/products"), 200);

    assert_status(use_link(w, "/password/reset", token, "password=short"), 422);
    assert_status(use_link(w, "/password/reset", token, GOOD), 303);
    assert_status(web_get(w, as(p), "/vendor/"), 303);
    assert_status(web_get(w, by_token(p), "/api/v1/vendor/products"), 401);
    assert_status(use_link(w, "/password/reset", token, GOOD), 410);
    assert_int_equal(mails(w, "password_changed", p->email), 1);
    const char *right = text_printf(w->work.arena, "email=%s&" GOOD, p->email);
    const char *wrong = text_printf(w->work.arena, "email=%s&password=the+old+password", p->email);
    assert_status(web_post(w, nobody(), "/login", wrong), 422);
    assert_status(web_post(w, nobody(), "/login", right), 303);
}

static void
a_reset_lifts_the_lock_of_an_address(void **state)
{
    struct web *w = *state;
    struct person *p = &w->stranger;
    const char *form = text_printf(w->work.arena, "email=%s&" GOOD, p->email);
    assert_status(web_post(w, nobody(), "/login", form), 422);
    dbtest_sql(w->db, "UPDATE login_guard SET in_a_row = 100, locked_at = now(), wait_until = "
                      "now() + interval '1 hour' WHERE account_id IS NOT NULL");
    assert_status(web_post(w, nobody(), "/login", form), 429);
    forget(w, p->email);
    assert_status(use_link(w, "/password/reset", token_in(w, "reset", p->email), GOOD), 303);
    assert_status(web_post(w, nobody(), "/login", form), 303);
    web_log_in(w, p); /* as before, for the others */
}

static void
an_invited_owner_sets_the_first_password_by_the_link(void **state)
{
    struct web *w = *state;
    struct reply r = web_json(w, as(&w->operator), "POST", "/api/v1/admin/vendors",
                              "{\"name\": \"Invited\", \"owner_email\": \"ina@ninth.example\"}");
    assert_status(r, 201);
    const char *token = token_in(w, "invitation", "ina@ninth.example");
    assert_body_has(r, token);
    assert_status(web_post(w, nobody(), "/login", "email=ina@ninth.example&password="), 422);
    assert_status(use_link(w, "/password/reset", token, GOOD), 303);
    assert_int_equal(mails(w, "password_changed", "ina@ninth.example"), 0);
    assert_status(web_post(w, nobody(), "/login", "email=ina@ninth.example&" GOOD), 303);
}

/* ---- One's own ---- */

static void
a_new_password_needs_the_one_there_is_and_ends_all_other_log_ins(void **state)
{
    struct web *w = *state;
    struct person p = w->manager, elsewhere = p;
    web_give_password(w, &p, "the old password");
    web_log_in(w, &elsewhere);
    struct reply r = web_post(w, as(&p), "/account/password", "current=not+it&" GOOD);
    assert_status(r, 422);
    assert_body_has(r, "This is not your password.");
    assert_status(
        web_post(w, as(&p), "/account/password", "current=the+old+password&password=12345678"),
        422);
    r = web_post(w, as(&p), "/account/password", "current=the+old+password&" GOOD);
    assert_status(r, 303);
    assert_non_null(reply_header(&r, "Set-Cookie"));
    assert_status(web_get(w, as(&p), "/vendor/"), 303);
    assert_status(web_get(w, as(&elsewhere), "/vendor/"), 303);
    assert_int_equal(mails(w, "password_changed", p.email), 1);
    web_log_in(w, &w->manager);
}

static const char *
address_of(struct web *w, const struct person *p)
{
    return dbtest_sql(w->db, "SELECT email FROM account WHERE id = %lld", (long long)p->user.n);
}

static void
a_new_address_is_confirmed_there_and_can_be_taken_back_from_the_old_one(void **state)
{
    struct web *w = *state;
    const struct person *p = &w->stranger;
    web_give_password(w, p, "the old password");
    assert_status(web_post(w, as(p), "/account/email", "email=new@tenth.example&current=no"), 422);
    assert_status(
        web_post(w, as(p), "/account/email", "email=new@tenth.example&current=the+old+password"),
        202);
    assert_string_equal(address_of(w, p), p->email);
    const char *token = token_in(w, "email_change", "new@tenth.example");
    assert_status(open_link(w, "/account/email/confirm", token), 200);
    assert_status(use_link(w, "/account/email/confirm", token, NULL), 303);
    assert_string_equal(address_of(w, p), "new@tenth.example");
    assert_status(use_link(w, "/account/email/confirm", token, NULL), 410);

    const char *undo = token_in(w, "email_changed", p->email);
    assert_status(use_link(w, "/account/email/confirm", undo, NULL), 410);
    assert_status(open_link(w, "/account/email/undo", undo), 200);
    assert_status(use_link(w, "/account/email/undo", undo, NULL), 303);
    assert_string_equal(address_of(w, p), p->email);
    assert_status(web_get(w, as(p), "/vendor/"), 303);
    const char *login = text_printf(w->work.arena, "email=%s&password=the+old+password", p->email);
    assert_status(web_post(w, nobody(), "/login", login), 422);
    assert_status(use_link(w, "/password/reset", token_in(w, "reset", p->email), GOOD), 303);
    web_log_in(w, &w->stranger);
}

static void
a_new_address_that_somebody_has_is_told_to_them_only(void **state)
{
    struct web *w = *state;
    const struct person *p = &w->stranger;
    int64_t told = mails(w, "account_exists", w->owner.email);
    web_give_password(w, p, "the old password");
    struct reply r =
        web_post(w, as(p), "/account/email",
                 text_printf(w->work.arena, "email=%s&current=the+old+password", w->owner.email));
    assert_status(r, 202);
    assert_int_equal(mails(w, "account_exists", w->owner.email), told + 1);
    assert_int_equal(mails(w, "email_change", w->owner.email), 0);
}

/* How often an address may be typed is another test's. */
static int
start(void **state)
{
    static const unsigned char key[32] = "of this program and of no other.";
    int failed = web_start(state);
    if (!failed)
        accounts_use(BYTES(key, sizeof(key)), NULL);
    return failed;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WEBTEST(a_shop_opens_with_the_link_of_its_mail_and_not_before),
        WEBTEST(a_known_address_gets_the_same_answer_and_a_mail_that_says_so),
        WEBTEST(an_addresss_registrations_wait_side_by_side_until_one_is_used),
        WEBTEST(the_mail_is_sent_again_to_the_browser_that_registered),
        WEBTEST(a_name_in_the_address_is_made_from_the_shops_and_a_taken_one_is_said_so),
        WEBTEST(what_will_not_do_is_said_field_by_field),
        WEBTEST(a_link_is_over_after_a_day_and_its_row_is_pruned),
        WEBTEST(the_operator_may_keep_registration_closed),
        WEBTEST(who_forgot_gets_the_same_answer_whether_there_is_an_account),
        WEBTEST(a_reset_ends_every_log_in_and_changes_nothing_before_it_is_used),
        WEBTEST(a_reset_lifts_the_lock_of_an_address),
        WEBTEST(an_invited_owner_sets_the_first_password_by_the_link),
        WEBTEST(a_new_password_needs_the_one_there_is_and_ends_all_other_log_ins),
        WEBTEST(a_new_address_is_confirmed_there_and_can_be_taken_back_from_the_old_one),
        WEBTEST(a_new_address_that_somebody_has_is_told_to_them_only),
    };
    return cmocka_run_group_tests(tests, start, web_stop);
}
