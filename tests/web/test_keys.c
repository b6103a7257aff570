/* API keys: what they may, until when, and who makes them. */
#include "webtest.h"

#include <jansson.h>
#include <string.h>

#include "base/text.h"
#include "http/site.h"

/* ---- Helpers ---- */

static const char *
field_of(struct web *w, const struct reply *r, const char *name)
{
    json_t *document = json_loadb(r->body, r->length, 0, NULL);
    assert_non_null(document);
    const char *value = json_string_value(json_object_get(document, name));
    assert_non_null(value);
    const char *copy = text_copy(w->work.arena, value);
    json_decref(document);
    return copy;
}

/* The key, and its id where `id` is not NULL. */
static const char *
make_key(struct web *w, const struct person *by, const char *scopes, const char **id)
{
    struct reply r =
        web_json(w, as(by), "POST", "/api/v1/vendor/api-keys",
                 text_printf(w->work.arena, "{\"name\":\"Import\",\"scopes\":[%s]}", scopes));
    assert_status(r, 201);
    if (id)
        *id = field_of(w, &r, "id");
    return field_of(w, &r, "key");
}

static struct reply
call_with(struct web *w, const char *key, const char *method, const char *path, const char *json)
{
    struct call c = { .who = nobody(),
                      .method = method,
                      .path = path,
                      .type = json ? "application/json" : NULL,
                      .body = json ? BYTES(json, strlen(json)) : BYTES("", 0),
                      .headers = {
                          { "HTTP_AUTHORIZATION", text_printf(w->work.arena, "Bearer %s", key) },
                          { "HTTP_IF_MATCH", "*" } } };
    return web_send(w, &c);
}

#define ALL "\"products.read\",\"products.write\",\"images.write\""
#define PRODUCT                                                                                    \
    "{\"sku\":\"%s\",\"price\":{\"amount\":100,\"currency\":\"EUR\"},\"translations\":{\"en\":{"   \
    "\"title\":\"By key\"}}}"

/* ---- What a key may ---- */

static void
a_key_does_what_its_scopes_say_without_a_csrf_token(void **state)
{
    struct web *w = *state;
    const char *reads = make_key(w, &w->owner, "\"products.read\"", NULL);
    const char *writes = make_key(w, &w->owner, "\"products.write\"", NULL);
    const char *body = text_printf(w->work.arena, PRODUCT, "KEY-1");
    assert_status(call_with(w, reads, "GET", "/api/v1/vendor/products", NULL), 200);
    assert_problem(call_with(w, reads, "POST", "/api/v1/vendor/products", body), 403,
                   "guard.scope");
    assert_status(call_with(w, writes, "POST", "/api/v1/vendor/products", body), 201);
    assert_problem(call_with(w, writes, "GET", "/api/v1/vendor/products", NULL), 403,
                   "guard.scope");
    int64_t product = dbtest_number(w->db, "SELECT id FROM product WHERE sku = 'KEY-1'");
    assert_problem(call_with(w, writes, "DELETE",
                             text_printf(w->work.arena, "/api/v1/vendor/products/%lld/images/1",
                                         (long long)product),
                             NULL),
                   403, "guard.scope");
}

/* By the program's own table: what no scope names is for no key, whatever its scopes. */
static void
no_key_passes_a_row_that_no_scope_names(void **state)
{
    struct web *w = *state;
    static const char *const methods[METHODS] = {
        [GET] = "GET", [POST] = "POST", [PUT] = "PUT", [PATCH] = "PATCH", [DELETE] = "DELETE"
    };
    const char *key = make_key(w, &w->owner, ALL, NULL);
    size_t tables, refused = 0;
    const struct route_table *table = router_tables(w->site->router, &tables);
    for (size_t t = 0; t < tables; t++)
        for (size_t i = 0; i < table[t].count; i++) {
            const struct route *row = &table[t].rows[i];
            const char *scope = guard_scope_of(row);
            if (row->who == WHO_ANYONE || row->who == WHO_LOCAL) {
                assert_null(scope);
                continue;
            }
            if (scope) {
                assert_true(text_starts(row->path, "/api/v1/vendor/"));
                continue;
            }
            struct reply r = call_with(w, key, methods[row->method], row->path, NULL);
            if (r.status != 403)
                fail_msg("%s %s by key: %d", methods[row->method], row->path, r.status);
            refused++;
        }
    assert_true(refused > 40);
}

static void
a_key_acts_for_its_shop_only(void **state)
{
    struct web *w = *state;
    const char *key = make_key(w, &w->stranger, ALL, NULL);
    int64_t ours = dbtest_number(w->db,
                                 "INSERT INTO product (vendor_id, sku, price_minor, currency) "
                                 "VALUES (%lld, 'OURS', 1, 'EUR') RETURNING id",
                                 (long long)w->mine.n);
    const char *path = text_printf(w->work.arena, "/api/v1/vendor/products/%lld", (long long)ours);
    assert_status(call_with(w, key, "GET", path, NULL), 404);
    assert_status(call_with(w, key, "DELETE", path, NULL), 404);
}

static void
a_key_may_never_more_than_whoever_made_it(void **state)
{
    struct web *w = *state;
    const char *key = make_key(w, &w->manager, ALL, NULL);
    assert_status(call_with(w, key, "GET", "/api/v1/vendor/products", NULL), 200);
    dbtest_sql(w->db, "DELETE FROM membership WHERE account_id = %lld",
               (long long)w->manager.user.n);
    assert_status(call_with(w, key, "GET", "/api/v1/vendor/products", NULL), 401);
    dbtest_sql(w->db, "INSERT INTO membership VALUES (%lld, %lld, 'manager')", (long long)w->mine.n,
               (long long)w->manager.user.n);
}

/* ---- Its life ---- */

static void
the_secret_is_told_once_and_only_its_hash_is_kept(void **state)
{
    struct web *w = *state;
    const char *id, *key = make_key(w, &w->owner, ALL, &id);
    assert_true(text_starts(key, text_printf(w->work.arena, "souk_%s_", id)));
    struct reply r = web_json(w, as(&w->owner), "GET", "/api/v1/vendor/api-keys", NULL);
    assert_status(r, 200);
    assert_null(strstr(r.body, key));
    assert_int_equal(dbtest_number(w->db,
                                   "SELECT count(*) FROM api_key WHERE id = %s AND token_hash = "
                                   "sha256('%s')",
                                   id, key),
                     1);
    r = web_get(w, as(&w->owner), "/vendor/security/keys");
    assert_status(r, 200);
    assert_body_has(r, "Import");
    assert_null(strstr(r.body, key));
}

static void
a_revoked_an_expired_and_a_forged_key_are_nobody(void **state)
{
    struct web *w = *state;
    struct arena *a = w->work.arena;
    const char *id, *key = make_key(w, &w->owner, ALL, &id);
    static const char path[] = "/api/v1/vendor/products";
    assert_status(call_with(w, key, "GET", path, NULL), 200);
    char *forged = text_copy(a, key);
    forged[strlen(forged) - 1] = forged[strlen(forged) - 1] == 'A' ? 'B' : 'A';
    const char *broken[] = {
        forged,
        "souk_",
        "souk_1_",
        "souk_x_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "souk_99999999999999999999_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        text_printf(a, "%sA", key)
    };
    for (size_t i = 0; i < COUNT(broken); i++)
        assert_status(call_with(w, broken[i], "GET", path, NULL), 401);
    dbtest_sql(w->db, "UPDATE api_key SET expires_at = now() WHERE id = %s", id);
    assert_status(call_with(w, key, "GET", path, NULL), 401);
    dbtest_sql(w->db, "UPDATE api_key SET expires_at = NULL WHERE id = %s", id);
    assert_status(call_with(w, key, "GET", path, NULL), 200);
    struct reply r =
        web_post(w, as(&w->owner), text_printf(a, "/vendor/security/keys/%s/revoke", id), "");
    assert_status(r, 303);
    assert_status(call_with(w, key, "GET", path, NULL), 401);
    assert_int_equal(dbtest_number(w->db,
                                   "SELECT count(*) FROM audit_log WHERE what = "
                                   "'key.revoked' AND object = 'api_key:%s'",
                                   id),
                     1);
}

static void
its_last_use_is_written_at_most_every_five_minutes(void **state)
{
    struct web *w = *state;
    const char *id, *key = make_key(w, &w->owner, ALL, &id);
    assert_status(call_with(w, key, "GET", "/api/v1/vendor/products", NULL), 200);
    const char *first = dbtest_sql(w->db, "SELECT used_at FROM api_key WHERE id = %s", id);
    assert_non_null(first);
    assert_status(call_with(w, key, "GET", "/api/v1/vendor/products", NULL), 200);
    assert_string_equal(dbtest_sql(w->db, "SELECT used_at FROM api_key WHERE id = %s", id), first);
    dbtest_sql(w->db, "UPDATE api_key SET used_at = used_at - interval '6 minutes' WHERE id = %s",
               id);
    assert_status(call_with(w, key, "GET", "/api/v1/vendor/products", NULL), 200);
    assert_int_equal(dbtest_number(w->db,
                                   "SELECT count(*) FROM api_key WHERE id = %s AND used_at > now() "
                                   "- interval '1 minute'",
                                   id),
                     1);
}

static void
a_page_makes_a_key_when_the_password_is_fresh(void **state)
{
    struct web *w = *state;
    static const char form[] = "name=Stock&scope.products.read=1&days=30";
    assert_status(web_get(w, as(&w->owner), "/vendor/security/keys/new"), 200);
    struct reply r = web_post(w, as(&w->owner), "/vendor/security/keys", "name=Stock&days=30");
    assert_status(r, 422);
    assert_body_has(r, "Choose at least one");
    r = web_post(w, as(&w->owner), "/vendor/security/keys", form);
    assert_status(r, 201);
    assert_body_has(r, "value=\"souk_");
    dbtest_sql(w->db, "UPDATE session SET proved_at = now() - interval '11 minutes'");
    r = web_post(w, as(&w->owner), "/vendor/security/keys",
                 "name=Other&scope.products.read=1&days=30");
    assert_status(r, 303);
    assert_true(text_starts(reply_header(&r, "Location"), "/account/confirm?next="));
    dbtest_sql(w->db, "UPDATE session SET proved_at = now()");
    assert_status(web_get(w, as(&w->staff), "/vendor/security/keys"), 403);
}

static void
scopes_that_are_not_in_the_list_are_refused(void **state)
{
    struct web *w = *state;
    static const char *const bodies[] = {
        "{\"name\":\"k\",\"scopes\":[\"team.write\"]}",
        "{\"name\":\"k\",\"scopes\":[\"products.read\",\"products.read\"]}",
        "{\"name\":\"k\",\"scopes\":[]}",
        "{\"name\":\"k\"}",
    };
    for (size_t i = 0; i < COUNT(bodies); i++)
        assert_status(web_json(w, as(&w->owner), "POST", "/api/v1/vendor/api-keys", bodies[i]),
                      422);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WEBTEST(a_key_does_what_its_scopes_say_without_a_csrf_token),
        WEBTEST(no_key_passes_a_row_that_no_scope_names),
        WEBTEST(a_key_acts_for_its_shop_only),
        WEBTEST(a_key_may_never_more_than_whoever_made_it),
        WEBTEST(the_secret_is_told_once_and_only_its_hash_is_kept),
        WEBTEST(a_revoked_an_expired_and_a_forged_key_are_nobody),
        WEBTEST(its_last_use_is_written_at_most_every_five_minutes),
        WEBTEST(a_page_makes_a_key_when_the_password_is_fresh),
        WEBTEST(scopes_that_are_not_in_the_list_are_refused),
    };
    return cmocka_run_group_tests(tests, web_start, web_stop);
}
