/* Logging in and what people see and change of it, by page and by API. */
#include "webtest.h"

#include <string.h>

#include "accounts/totp.h"
#include "base/clock.h"
#include "base/text.h"

#define PASSWORD "walked through the door"

/* ---- Cookies ---- */

/* The value that the answer gives this cookie; NULL when it sets none. */
static const char *
cookie_of(struct web *w, const struct reply *r, const char *name)
{
    const char *start = text_printf(w->work.arena, "__Host-%s=", name);
    for (int i = 0; i < r->header_count; i++)
        if (text_is(r->headers[i].name, "Set-Cookie") && text_starts(r->headers[i].value, start)) {
            const char *value = r->headers[i].value + strlen(start);
            return text_copy_n(w->work.arena, value, strcspn(value, ";"));
        }
    return NULL;
}

static const char *
attributes_of(struct web *w, const struct reply *r, const char *name)
{
    const char *start = text_printf(w->work.arena, "__Host-%s=", name);
    for (int i = 0; i < r->header_count; i++)
        if (text_is(r->headers[i].name, "Set-Cookie") && text_starts(r->headers[i].value, start))
            return strchr(r->headers[i].value, ';');
    return NULL;
}

/* A form of the pages before any session, with these cookies. */
static struct reply
post_with(struct web *w, const char *path, const char *form, const char *cookies)
{
    struct call c = { .who = nobody(),
                      .method = "POST",
                      .path = path,
                      .type = "application/x-www-form-urlencoded",
                      .body = BYTES(form, strlen(form)),
                      .headers = {
                          { "HTTP_USER_AGENT", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0" },
                          { "HTTP_ORIGIN", "https://souk.test" },
                          { cookies ? "HTTP_COOKIE" : NULL, cookies } } };
    return web_send(w, &c);
}

static struct reply
log_in(struct web *w, const struct person *p, const char *more, const char *cookies)
{
    const char *form = text_printf(w->work.arena, "email=%s&password=%s%s", p->email,
                                   "walked+through+the+door", more);
    return post_with(w, "/login", form, cookies);
}

/* The person goes on with the session of that answer. */
static void
take_session(struct web *w, struct person *p, const struct reply *r)
{
    const char *token = cookie_of(w, r, "session");
    assert_non_null(token);
    p->session = text_copy(w->db->process, token);
}

static void
fresh(struct web *w, struct person *p)
{
    dbtest_sql(w->db, "DELETE FROM login_guard");
    dbtest_sql(w->db, "DELETE FROM account_totp");
    web_give_password(w, p, PASSWORD);
    web_log_in(w, p);
}

static int64_t
sessions_of(struct web *w, const struct person *p)
{
    return dbtest_number(w->db, "SELECT count(*) FROM session WHERE account_id = %lld",
                         (long long)p->user.n);
}

/* ---- Log-in ---- */

static void
a_log_in_gives_cookies_that_end_with_the_browser_unless_it_is_to_stay(void **state)
{
    struct web *w = *state;
    fresh(w, &w->owner);
    struct reply r = log_in(w, &w->owner, "", NULL);
    assert_status(r, 303);
    assert_string_equal(reply_header(&r, "Location"), "/vendor/");
    assert_string_equal(attributes_of(w, &r, "session"),
                        "; Path=/; HttpOnly; SameSite=Lax; Secure");
    assert_string_equal(attributes_of(w, &r, "device"),
                        "; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=15552000");
    const char *device = text_printf(w->work.arena, "__Host-device=%s", cookie_of(w, &r, "device"));
    r = log_in(w, &w->owner, "&stay=1&next=%2Fvendor%2Fproducts%3Fq%3Da", device);
    assert_status(r, 303);
    assert_string_equal(reply_header(&r, "Location"), "/vendor/products?q=a");
    assert_string_equal(attributes_of(w, &r, "session"),
                        "; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=2592000");
    assert_null(cookie_of(w, &r, "device")); /* it is known */
}

static void
wrong_and_unknown_get_the_same_bytes_up_to_the_wait(void **state)
{
    struct web *w = *state;
    static const char *const mails[] = { "who@nowhere.example", "known@nowhere.example" };
    dbtest_sql(w->db, "DELETE FROM login_guard");
    dbtest_sql(w->db, "INSERT INTO account (email, password_hash) VALUES ('%s', 'x')", mails[1]);
    for (int i = 0; i < 7; i++) {
        struct reply r[2];
        for (int k = 0; k < 2; k++) {
            struct call c = { .who = nobody(),
                              .method = "POST",
                              .path = "/api/v1/auth/token",
                              .type = "application/json" };
            const char *json =
                text_printf(w->work.arena, "{\"email\":\"%s\",\"password\":\"wrong\"}", mails[k]);
            c.body = BYTES(json, strlen(json));
            r[k] = web_send(w, &c);
            assert_true(i >= 3 || r[k].status == 401);
        }
        assert_int_equal(r[0].status, r[1].status);
        assert_true(i < 6 || r[0].status == 429);
        const char *id = strstr(r[0].body, "request_id");
        assert_int_equal(r[0].length, r[1].length);
        assert_memory_equal(r[0].body, r[1].body, (size_t)(id - r[0].body));
        for (int k = 0; k < 2; k++)
            assert_int_equal(reply_header(&r[k], "Retry-After") != NULL, r[k].status == 429);
    }
}

static int64_t
device_mails(struct web *w, const struct person *p)
{
    return dbtest_number(
        w->db, "SELECT count(*) FROM mail WHERE kind = 'new_device' AND address = '%s'", p->email);
}

static void
a_new_device_is_told_by_mail_a_known_one_is_not(void **state)
{
    struct web *w = *state;
    fresh(w, &w->manager);
    log_in(w, &w->manager, "", NULL);
    assert_int_equal(device_mails(w, &w->manager), 0); /* the first of all */
    log_in(w, &w->manager, "", NULL);
    assert_int_equal(device_mails(w, &w->manager), 0); /* from there before */
    dbtest_sql(w->db, "UPDATE login_place SET network = '198.51.100.0/24'");
    dbtest_sql(w->db,
               "INSERT INTO login_attempt (account_id, outcome, network) "
               "SELECT %lld, 'waiting', '' FROM generate_series(1, 300)",
               (long long)w->manager.user.n); /* which hide nothing */
    log_in(w, &w->manager, "", NULL);
    assert_int_equal(device_mails(w, &w->manager), 1);
}

/* ---- Sessions ---- */

static void
all_other_sessions_end_with_one_click_and_every_token_too(void **state)
{
    struct web *w = *state;
    fresh(w, &w->owner);
    struct person old = w->owner;
    web_log_in(w, &w->owner);
    struct call c = { .who = by_token(&w->owner),
                      .method = "GET",
                      .path = "/api/v1/auth/sessions" };
    assert_status(web_send(w, &c), 200);
    int64_t version = dbtest_number(w->db, "SELECT token_version FROM account WHERE id = %lld",
                                    (long long)w->owner.user.n);
    struct reply r = web_get(w, as(&w->owner), "/vendor/security");
    assert_status(r, 200);
    assert_body_has(r, "/account/security/sessions/end");
    assert_status(web_post(w, as(&w->owner), "/account/security/sessions/end", ""), 303);
    assert_int_equal(sessions_of(w, &w->owner), 1);
    assert_status(web_get(w, as(&old), "/vendor/security"), 303);
    assert_status(web_get(w, as(&w->owner), "/vendor/security"), 200);
    assert_int_equal(dbtest_number(w->db, "SELECT token_version FROM account WHERE id = %lld",
                                   (long long)w->owner.user.n),
                     version + 1);
    web_log_in(w, &old);
    assert_status(web_json(w, as(&w->owner), "DELETE", "/api/v1/auth/sessions", NULL), 204);
    assert_int_equal(sessions_of(w, &w->owner), 1);
}

static void
be_idle(struct web *w, int minutes)
{
    dbtest_sql(w->db, "UPDATE session SET seen_at = now() - interval '%d minutes'", minutes);
}

static void
a_session_without_use_ends_and_the_operators_sooner(void **state)
{
    struct web *w = *state;
    web_log_in(w, &w->owner);
    web_log_in(w, &w->operator);
    be_idle(w, 29);
    assert_status(web_get(w, as(&w->operator), "/admin/security"), 200);
    be_idle(w, 31);
    assert_status(web_get(w, as(&w->operator), "/admin/security"), 303);
    assert_status(web_get(w, as(&w->owner), "/vendor/security"), 200);
    be_idle(w, 12 * 60 + 1);
    assert_status(web_get(w, as(&w->owner), "/vendor/security"), 303);
}

/* ---- The second factor ---- */

static const char *
own_post(struct web *w, struct person *p, const char *path, const char *form, struct reply *out)
{
    *out = web_post(w, as(p), path, form);
    const char *token = cookie_of(w, out, "session");
    if (token)
        p->session = text_copy(w->db->process, token);
    return reply_header(out, "Location");
}

/* The secret behind the key that the page shows. */
static void
read_key(const char *body, uint8_t secret[TOTP_SECRET])
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const char *p = strstr(body, "id=\"key\" value=\"");
    assert_non_null(p);
    p += strlen("id=\"key\" value=\"");
    unsigned bits = 0, held = 0;
    for (size_t n = 0; n < TOTP_SECRET; p++) {
        if (*p == ' ')
            continue;
        bits = bits << 5 | (unsigned)(strchr(letters, *p) - letters);
        held += 5;
        if (held >= 8)
            secret[n++] = (uint8_t)(bits >> (held -= 8));
    }
}

static const char *
code_of(struct web *w, const uint8_t *secret, int64_t off)
{
    return text_printf(w->work.arena, "code=%06d",
                       totp_code(secret, clock_now_us() / SECOND_US / TOTP_STEP_S + off));
}

static void
the_second_factor_is_turned_on_asked_for_and_turned_off(void **state)
{
    struct web *w = *state;
    uint8_t secret[TOTP_SECRET];
    struct reply r;
    fresh(w, &w->staff);
    struct person *p = &w->staff;

    dbtest_sql(w->db, "UPDATE session SET proved_at = now() - interval '11 minutes'");
    assert_string_equal(own_post(w, p, "/account/security/totp", "", &r),
                        "/account/confirm?next=%2Faccount%2Fsecurity%2Ftotp");
    own_post(w, p, "/account/confirm", "password=wrong", &r);
    assert_status(r, 422);
    const char *before = p->session;
    assert_string_equal(own_post(w, p, "/account/confirm",
                                 "password=walked+through+the+door&next=/account/security/totp",
                                 &r),
                        "/account/security/totp");
    assert_string_not_equal(p->session, before);
    own_post(w, p, "/account/security/totp", "again=1", &r);
    assert_status(r, 303);
    r = web_get(w, as(p), "/account/security/totp");
    assert_body_has(r, "<path d=\"M4 4h7v1h-7z");
    read_key(r.body, secret);

    own_post(w, p, "/account/security/totp/on", "code=12345", &r);
    assert_status(r, 422);
    assert_status(log_in(w, p, "", NULL), 303); /* not on yet */
    before = p->session;
    own_post(w, p, "/account/security/totp/on", code_of(w, secret, 0), &r);
    assert_status(r, 200);
    assert_string_not_equal(p->session, before);
    const char *recovery = strstr(r.body, "<code>") + strlen("<code>");
    recovery = text_printf(w->work.arena, "code=%.11s", recovery);
    assert_body_has(web_get(w, as(p), "/vendor/security"), "10");

    r = log_in(w, p, "&stay=1", NULL);
    assert_string_equal(reply_header(&r, "Location"), "/login/code");
    assert_null(cookie_of(w, &r, "session"));
    const char *step = text_printf(w->work.arena, "__Host-step=%s", cookie_of(w, &r, "step"));
    assert_status(post_with(w, "/login/code", code_of(w, secret, 0), step), 422); /* used */
    r = post_with(w, "/login/code", code_of(w, secret, 1), step);
    assert_status(r, 303);
    assert_non_null(strstr(attributes_of(w, &r, "session"), "Max-Age=2592000"));
    assert_string_equal(attributes_of(w, &r, "step"),
                        "; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0");
    assert_status(post_with(w, "/login/code", recovery, step), 303);
    assert_status(post_with(w, "/login/code", recovery, step), 422);

    own_post(w, p, "/account/security/totp/off",
             text_printf(w->work.arena, "password=walked+through+the+door&%s", recovery), &r);
    assert_status(r, 422);
    own_post(w, p, "/account/security/codes", "", &r);
    assert_status(r, 200);
    recovery = text_printf(w->work.arena, "code=%.11s", strstr(r.body, "<code>") + 6);
    assert_string_equal(
        own_post(w, p, "/account/security/totp/off",
                 text_printf(w->work.arena, "password=walked+through+the+door&%s", recovery), &r),
        "/vendor/security?done=totp_off");
    assert_int_equal(dbtest_number(w->db, "SELECT count(*) FROM mail WHERE kind = 'totp_changed'"),
                     2);
}

static void
a_step_that_is_forged_or_from_before_a_new_password_leads_to_the_beginning(void **state)
{
    struct web *w = *state;
    static const char *const cookies[] = { NULL, "__Host-step=", "__Host-step=1.1.0.9999999999.AA",
                                           "__Host-step=1.1.0.9999999999.", "__Host-step=...." };
    for (size_t i = 0; i < COUNT(cookies); i++) {
        struct reply r = post_with(w, "/login/code", "code=123456", cookies[i]);
        assert_status(r, 303);
        assert_string_equal(reply_header(&r, "Location"), "/login");
    }
}

/* ---- The operator ---- */

static void
the_operator_sees_who_is_locked_and_unlocks(void **state)
{
    struct web *w = *state;
    fresh(w, &w->stranger);
    web_log_in(w, &w->operator);
    log_in(w, &w->stranger, "x", NULL);
    dbtest_sql(w->db,
               "UPDATE login_guard SET locked_at = now(), in_a_row = 100 WHERE account_id = %lld",
               (long long)w->stranger.user.n);
    assert_status(log_in(w, &w->stranger, "", NULL), 429);
    struct reply r = web_get(w, as(&w->operator), "/admin/security");
    assert_status(r, 200);
    assert_body_has(r, w->stranger.email);
    const char *path =
        text_printf(w->work.arena, "/admin/security/%lld/unlock", (long long)w->stranger.user.n);
    assert_body_has(r, path);
    assert_status(web_post(w, as(&w->operator), path, ""), 303);
    assert_status(web_post(w, as(&w->operator), path, "again=1"), 404);
    assert_int_equal(
        dbtest_number(w->db, "SELECT count(*) FROM audit_log WHERE what = 'account.unlocked'"), 1);
    assert_status(log_in(w, &w->stranger, "", NULL), 303);
}

static void
an_operator_without_a_second_factor_may_nothing_where_one_is_needed(void **state)
{
    struct web *w = *state;
    fresh(w, &w->operator);
    w->db->settings.admin_totp = true;
    struct reply r = log_in(w, &w->operator, "", NULL);
    assert_string_equal(reply_header(&r, "Location"), "/account/security/totp");
    take_session(w, &w->operator, & r);
    assert_status(web_get(w, as(&w->operator), "/admin/security"), 403);
    assert_status(web_get(w, as(&w->operator), "/account/security"), 200);
    dbtest_sql(w->db,
               "INSERT INTO account_totp (account_id, secret, on_since) VALUES (%lld, '', now())",
               (long long)w->operator.user.n);
    assert_status(web_get(w, as(&w->operator), "/admin/security"), 200);
    w->db->settings.admin_totp = false;
    dbtest_sql(w->db, "DELETE FROM account_totp");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WEBTEST(a_log_in_gives_cookies_that_end_with_the_browser_unless_it_is_to_stay),
        WEBTEST(wrong_and_unknown_get_the_same_bytes_up_to_the_wait),
        WEBTEST(a_new_device_is_told_by_mail_a_known_one_is_not),
        WEBTEST(all_other_sessions_end_with_one_click_and_every_token_too),
        WEBTEST(a_session_without_use_ends_and_the_operators_sooner),
        WEBTEST(the_second_factor_is_turned_on_asked_for_and_turned_off),
        WEBTEST(a_step_that_is_forged_or_from_before_a_new_password_leads_to_the_beginning),
        WEBTEST(the_operator_sees_who_is_locked_and_unlocks),
        WEBTEST(an_operator_without_a_second_factor_may_nothing_where_one_is_needed),
    };
    return cmocka_run_group_tests(tests, web_start, web_stop);
}
