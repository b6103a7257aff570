/* The operator in a shop's place, and the end of a shop. */
#include "webtest.h"

#include <string.h>

#include "base/text.h"

static const char *
shop_path(struct web *w, const char *behind)
{
    return text_printf(w->work.arena, "/admin/vendors/%lld%s", (long long)w->mine.n, behind);
}

/* The operator goes on with the session that the answer has given. */
static void
take_session(struct web *w, struct person *p, const struct reply *r)
{
    static const char name[] = "__Host-session=";
    for (int i = 0; i < r->header_count; i++)
        if (text_is(r->headers[i].name, "Set-Cookie") && text_starts(r->headers[i].value, name)) {
            const char *value = r->headers[i].value + strlen(name);
            p->session = text_copy_n(w->db->process, value, strcspn(value, ";"));
            return;
        }
    fail_msg("no session came");
}

static void
act(struct web *w)
{
    web_log_in(w, &w->operator);
    struct reply r =
        web_post(w, as(&w->operator), shop_path(w, "/act"), "reason=Help+with+an+import");
    assert_status(r, 303);
    assert_string_equal(reply_header(&r, "Location"), "/vendor/");
    take_session(w, &w->operator, & r);
}

static int64_t
count(struct web *w, const char *what)
{
    return dbtest_number(w->db, "SELECT count(*) FROM %s", what);
}

static void
it_takes_a_reason_and_the_owners_are_told(void **state)
{
    struct web *w = *state;
    int64_t mails = count(w, "mail WHERE kind = 'operator_acted'");
    assert_status(web_post(w, as(&w->operator), shop_path(w, "/act"), "reason="), 422);
    assert_status(web_get(w, as(&w->operator), "/vendor/"), 403);
    const char *before = w->operator.session;
    act(w);
    assert_string_not_equal(before, w->operator.session);
    assert_int_equal(count(w, "mail WHERE kind = 'operator_acted'"), mails + 1);
    assert_int_equal(count(w, "audit_log WHERE what = 'operator.acted_as' AND reason = 'Help with "
                              "an import'"),
                     1);
}

static void
the_shop_is_seen_as_its_owner_does_with_a_banner_on_every_page(void **state)
{
    struct web *w = *state;
    act(w);
    static const char *const pages[] = { "/vendor/", "/vendor/products", "/vendor/team",
                                         "/admin/vendors", "/account/security" };
    for (size_t i = 0; i < COUNT(pages); i++) {
        struct reply r = web_get(w, as(&w->operator), pages[i]);
        assert_status(r, 200);
        assert_body_has(r, "action=\"/admin/act/end\"");
    }
}

static void
what_is_written_is_on_record_with_the_operator_behind_it(void **state)
{
    struct web *w = *state;
    act(w);
    struct reply r = web_post(w, as(&w->operator), "/vendor/products",
                              "sku=ACTED&price=1.00&translations.en.title=Acted");
    assert_status(r, 303);
    assert_int_equal(dbtest_number(w->db,
                                   "SELECT count(*) FROM audit_log WHERE chain = %lld AND what = "
                                   "'operator.wrote' AND object = 'POST /vendor/products' AND "
                                   "acted_by = %lld",
                                   (long long)w->mine.n, (long long)w->operator.user.n),
                     1);
}

static void
nothing_that_outlives_it_can_be_done(void **state)
{
    struct web *w = *state;
    act(w);
    assert_problem(web_json(w, as(&w->operator), "POST", "/api/v1/vendor/api-keys",
                            "{\"name\":\"k\",\"scopes\":[\"products.read\"]}"),
                   403, "guard.acting");
    assert_problem(web_json(w, as(&w->operator), "POST", "/api/v1/vendor/team/invitations",
                            "{\"email\":\"x@example.org\",\"role\":\"owner\"}"),
                   403, "guard.acting");
    assert_status(web_post(w, as(&w->operator), "/vendor/team/leave", ""), 403);
    assert_status(web_get(w, as(&w->operator), "/vendor/security/keys"), 403);
}

static void
it_ends_by_itself_and_the_operators_session_goes_on(void **state)
{
    struct web *w = *state;
    act(w);
    assert_int_equal(count(w, "session WHERE acting_until > now() + interval '30 minutes'"), 0);
    dbtest_sql(w->db, "UPDATE session SET acting_until = now()");
    assert_status(web_get(w, as(&w->operator), "/vendor/"), 403);
    struct reply r = web_get(w, as(&w->operator), "/admin/vendors");
    assert_status(r, 200);
    assert_null(strstr(r.body, "/admin/act/end"));
}

static void
the_operator_leaves_by_one_click(void **state)
{
    struct web *w = *state;
    act(w);
    struct reply r = web_post(w, as(&w->operator), "/admin/act/end", "");
    assert_status(r, 303);
    assert_string_equal(reply_header(&r, "Location"), shop_path(w, ""));
    take_session(w, &w->operator, & r);
    assert_status(web_get(w, as(&w->operator), "/vendor/"), 403);
    assert_status(web_get(w, as(&w->operator), shop_path(w, "")), 200);
    assert_int_equal(count(w, "audit_log WHERE what = 'operator.left'"), 1);
}

static void
nobody_else_can_and_an_old_password_is_asked_for_again(void **state)
{
    struct web *w = *state;
    assert_status(web_post(w, as(&w->owner), shop_path(w, "/act"), "reason=because"), 403);
    web_log_in(w, &w->operator);
    dbtest_sql(w->db, "UPDATE session SET proved_at = now() - interval '11 minutes'");
    struct reply r = web_post(w, as(&w->operator), shop_path(w, "/act"), "reason=because");
    assert_status(r, 303);
    assert_true(text_starts(reply_header(&r, "Location"), "/account/confirm?next="));
    dbtest_sql(w->db, "UPDATE session SET proved_at = now()");
}

static void
a_suspended_shops_owners_are_told_why(void **state)
{
    struct web *w = *state;
    web_log_in(w, &w->operator);
    assert_status(web_post(w, as(&w->operator), shop_path(w, "/suspend"), "reason=Wrong+labels"),
                  303);
    assert_int_equal(count(w, "mail WHERE kind = 'shop_suspended' AND args->>'reason' = 'Wrong "
                              "labels'"),
                     1);
    assert_status(web_post(w, as(&w->operator), shop_path(w, "/reactivate"), ""), 303);
}

/* The last test: the shop is gone for the others. */
static void
a_shop_is_closed_by_typing_its_name_and_everybody_is_out(void **state)
{
    struct web *w = *state;
    web_log_in(w, &w->operator);
    assert_status(web_get(w, as(&w->owner), "/vendor/"), 200);
    assert_status(web_post(w, as(&w->operator), shop_path(w, "/close"), "confirm=your&reason=gone"),
                  422);
    assert_status(web_post(w, as(&w->operator), shop_path(w, "/close"), "confirm=mine&reason=gone"),
                  303);
    assert_status(web_get(w, as(&w->owner), "/vendor/"), 303);
    assert_status(web_get(w, as(&w->operator), shop_path(w, "")), 200);
    assert_status(web_post(w, as(&w->operator), shop_path(w, "/reactivate"), "again=1"), 409);
    assert_status(web_post(w, as(&w->operator), shop_path(w, "/act"), "reason=because"), 409);
    assert_int_equal(count(w, "mail WHERE kind = 'shop_closed'"), 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WEBTEST(it_takes_a_reason_and_the_owners_are_told),
        WEBTEST(the_shop_is_seen_as_its_owner_does_with_a_banner_on_every_page),
        WEBTEST(what_is_written_is_on_record_with_the_operator_behind_it),
        WEBTEST(nothing_that_outlives_it_can_be_done),
        WEBTEST(it_ends_by_itself_and_the_operators_session_goes_on),
        WEBTEST(the_operator_leaves_by_one_click),
        WEBTEST(nobody_else_can_and_an_old_password_is_asked_for_again),
        WEBTEST(a_suspended_shops_owners_are_told_why),
        WEBTEST(a_shop_is_closed_by_typing_its_name_and_everybody_is_out),
    };
    return cmocka_run_group_tests(tests, web_start, web_stop);
}
