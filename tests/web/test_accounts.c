/* Logging in and out, by page and API. Each test logs in somebody else, since tries are counted. */
#include "webtest.h"

#include <jansson.h>
#include <string.h>

#include "base/text.h"

#define PASSWORD "correct-horse-battery"

static const char *
log_in_form(struct web *w, const struct person *p, const char *password, const char *next)
{
    return text_printf(w->work.arena, "email=%s&password=%s&next=%s",
                       url_part(w->work.arena, p->email), password, next);
}

static void
a_log_in_sets_a_cookie_that_pages_take(void **state)
{
    struct web *w = *state;
    web_give_password(w, &w->owner, PASSWORD);
    struct reply r = web_post(w, nobody(), "/login",
                              log_in_form(w, &w->owner, PASSWORD, "%2Fvendor%2Fproducts"));
    assert_status(r, 303);
    assert_string_equal(reply_header(&r, "Location"), "/vendor/products");
    const char *cookie = reply_header(&r, "Set-Cookie");
    assert_non_null(cookie);
    assert_true(text_starts(cookie, "__Host-session=") && strstr(cookie, "; HttpOnly") &&
                strstr(cookie, "; Secure") && strstr(cookie, "; SameSite=Lax"));
    struct person again = w->owner;
    again.session = text_copy_n(w->work.arena, cookie + strlen("__Host-session="), 43);
    assert_status(web_get(w, as(&again), "/vendor/products"), 200);
}

static void
a_wrong_password_and_an_unknown_person_get_the_same_answer(void **state)
{
    struct web *w = *state;
    struct reply wrong =
        web_post(w, nobody(), "/login", log_in_form(w, &w->owner, "not-the-password", "/"));
    struct reply unknown =
        web_post(w, nobody(), "/login", "email=nobody%40example.org&password=not-the-password");
    assert_int_equal(wrong.status, unknown.status);
    assert_in_range(wrong.status, 400, 499);
    assert_null(reply_header(&wrong, "Set-Cookie"));
    assert_null(reply_header(&unknown, "Set-Cookie"));
}

static void
after_a_log_in_nobody_is_sent_to_another_site(void **state)
{
    static const char *const elsewhere[] = { "https%3A%2F%2Fevil.example", "%2F%2Fevil.example",
                                             "%2F%5Cevil.example", "javascript%3Aalert(1)" };
    struct web *w = *state;
    web_give_password(w, &w->stranger, PASSWORD);
    for (size_t i = 0; i < COUNT(elsewhere); i++) {
        struct reply r =
            web_post(w, nobody(), "/login", log_in_form(w, &w->stranger, PASSWORD, elsewhere[i]));
        assert_status(r, 303);
        const char *to = reply_header(&r, "Location");
        assert_true(to[0] == '/' && to[1] != '/' && to[1] != '\\');
    }
}

static void
a_session_that_was_left_is_over(void **state)
{
    struct web *w = *state;
    struct person p = w->staff;
    web_log_in(w, &p);
    assert_status(web_get(w, as(&p), "/vendor/"), 200);
    assert_status(web_post(w, as(&p), "/logout", ""), 303);
    struct reply r = web_get(w, as(&p), "/vendor/");
    assert_status(r, 303);
    assert_true(text_starts(reply_header(&r, "Location"), "/login?next=%2Fvendor%2F"));
}

/* What the API hands out for `json`, whose member of that name is returned. */
static const char *
token_for(struct web *w, const char *path, const char *json, const char *member)
{
    struct reply r = web_json(w, nobody(), "POST", path, json);
    assert_status(r, 200);
    json_t *answer = json_loadb(r.body, r.length, 0, NULL);
    const char *token = json_string_value(json_object_get(answer, member));
    assert_non_null(token);
    const char *copy = text_copy(w->work.arena, token);
    json_decref(answer);
    return copy;
}

/* What /auth/token hands out for who has this password: of it, that member. */
static const char *
token_of(struct web *w, const struct person *p, const char *member)
{
    web_give_password(w, p, PASSWORD);
    return token_for(
        w, "/api/v1/auth/token",
        text_printf(w->work.arena, "{\"email\":\"%s\",\"password\":\"%s\"}", p->email, PASSWORD),
        member);
}

static void
a_token_of_the_api_opens_the_api(void **state)
{
    struct web *w = *state;
    const char *token = token_of(w, &w->manager, "access_token");
    const struct call call = { .method = "GET",
                               .path = "/api/v1/vendor/products",
                               .headers = { { "HTTP_AUTHORIZATION",
                                              text_printf(w->work.arena, "Bearer %s", token) } } };
    assert_status(web_send(w, &call), 200);
    assert_problem(web_json(w, nobody(), "GET", "/api/v1/vendor/products", NULL), 401,
                   "guard.login");
}

static void
a_refresh_token_that_comes_twice_ends_its_family(void **state)
{
    struct web *w = *state;
    const char *path = "/api/v1/auth/refresh";
    const char *json = text_printf(w->work.arena, "{\"refresh_token\":\"%s\"}",
                                   token_of(w, &w->operator, "refresh_token"));
    const char *second = token_for(w, path, json, "refresh_token");
    assert_problem(web_json(w, nobody(), "POST", path, json), 401, "login.refresh");
    json = text_printf(w->work.arena, "{\"refresh_token\":\"%s\"}", second);
    assert_problem(web_json(w, nobody(), "POST", path, json), 401, "login.refresh");
}

static void
when_a_persons_tokens_are_revoked_older_ones_end(void **state)
{
    struct web *w = *state;
    assert_status(web_get(w, by_token(&w->manager), "/api/v1/vendor/products"), 200);
    dbtest_sql(w->db, "UPDATE account SET token_version = 2 WHERE id = %lld",
               (long long)w->manager.user.n);
    assert_problem(web_get(w, by_token(&w->manager), "/api/v1/vendor/products"), 401,
                   "guard.login");
    dbtest_sql(w->db, "UPDATE account SET token_version = 1 WHERE id = %lld",
               (long long)w->manager.user.n);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WEBTEST(a_log_in_sets_a_cookie_that_pages_take),
        WEBTEST(a_wrong_password_and_an_unknown_person_get_the_same_answer),
        WEBTEST(after_a_log_in_nobody_is_sent_to_another_site),
        WEBTEST(a_session_that_was_left_is_over),
        WEBTEST(a_token_of_the_api_opens_the_api),
        WEBTEST(a_refresh_token_that_comes_twice_ends_its_family),
        WEBTEST(when_a_persons_tokens_are_revoked_older_ones_end),
    };
    return cmocka_run_group_tests(tests, web_start, web_stop);
}
