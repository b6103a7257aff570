/* The log of acts as the operator reads it, and that what they do to a shop is in it. */
#include "webtest.h"

#include <string.h>

#include "base/text.h"

static const char *
shop_path(struct web *w, const char *before, const char *behind)
{
    return text_printf(w->work.arena, "%s%lld%s", before, (long long)w->theirs.n, behind);
}

static void
a_suspended_shop_is_in_the_log_with_its_reason(void **state)
{
    struct web *w = *state;
    const char *path = shop_path(w, "/admin/vendors/", "/suspend");
    assert_status(web_post(w, as(&w->operator), path, "reason="), 422);
    assert_status(web_post(w, as(&w->operator), path, "reason=Sells+%3Cb%3Eair%3C%2Fb%3E"), 303);
    struct reply log =
        web_get(w, by_token(&w->operator), "/api/v1/admin/audit?what=vendor.&limit=1");
    assert_status(log, 200);
    assert_body_has(log, "\"what\":\"vendor.suspended\"");
    assert_body_has(log, "\"before\":{\"state\": \"active\"},\"after\":{\"state\": \"suspended\"}");
    assert_body_has(log, "\"reason\":\"Sells <b>air</b>\"");
    struct reply page = web_get(w, as(&w->operator), "/admin/audit");
    assert_status(page, 200);
    assert_body_has(page, "Sells &lt;b&gt;air&lt;/b&gt;");
    assert_status(web_post(w, as(&w->operator), shop_path(w, "/admin/vendors/", "/reactivate"), ""),
                  303);
}

static void
the_log_is_filtered_and_read_page_by_page(void **state)
{
    struct web *w = *state;
    const char *patch = shop_path(w, "/api/v1/admin/vendors/", "");
    for (int i = 0; i < 3; i++)
        assert_status(web_json(w, by_token(&w->operator), "PATCH", patch,
                               text_printf(w->work.arena, "{\"name\": \"Name %d\"}", i)),
                      200);
    const char *mine = text_printf(w->work.arena, "/api/v1/admin/audit?what=vendor.changed&who=%s",
                                   w->operator.email);
    struct reply first =
        web_get(w, by_token(&w->operator), text_printf(w->work.arena, "%s&limit=2", mine));
    assert_body_has(first, "Name 2");
    assert_null(strstr(first.body, "\"after\":{\"name\": \"Name 0\"}"));
    const char *cursor = strstr(first.body, "\"next_cursor\":\"") + strlen("\"next_cursor\":\"");
    struct reply second = web_get(w, by_token(&w->operator),
                                  text_printf(w->work.arena, "%s&limit=2&cursor=%.*s", mine,
                                              (int)strcspn(cursor, "\""), cursor));
    assert_body_has(second, "\"after\":{\"name\": \"Name 0\"}");
    assert_body_has(second, "\"next_cursor\":null");
    struct reply none = web_get(w, by_token(&w->operator), "/api/v1/admin/audit?vendor=987654");
    assert_body_has(none, "\"data\":[]");
    assert_problem(web_get(w, by_token(&w->operator), "/api/v1/admin/audit?cursor=1-2"), 400,
                   "request.cursor");
    assert_problem(web_get(w, by_token(&w->operator), "/api/v1/admin/audit?from=yesterday"), 400,
                   "audit.filter");
}

static void
a_cell_of_the_export_is_never_a_formula(void **state)
{
    struct web *w = *state;
    assert_status(web_json(w, by_token(&w->operator), "PATCH",
                           shop_path(w, "/api/v1/admin/vendors/", ""),
                           "{\"name\": \"Calm\", \"reason\": \"=1+\\\"1\\\"\"}"),
                  200);
    struct reply csv = web_get(w, as(&w->operator), "/admin/audit/export");
    assert_status(csv, 200);
    assert_string_equal(reply_header(&csv, "Content-Type"), "text/csv; charset=utf-8");
    assert_body_has(csv, ",\"'=1+\"\"1\"\"\",");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WEBTEST(a_suspended_shop_is_in_the_log_with_its_reason),
        WEBTEST(the_log_is_filtered_and_read_page_by_page),
        WEBTEST(a_cell_of_the_export_is_never_a_formula),
    };
    return cmocka_run_group_tests(tests, web_start, web_stop);
}
