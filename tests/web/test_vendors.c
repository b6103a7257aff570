/* The operator's shops. */
#include "webtest.h"

#include <string.h>

#include "base/text.h"

static void
a_new_shop_has_an_owner_and_a_window(void **state)
{
    struct web *w = *state;
    struct reply r =
        web_json(w, by_token(&w->operator), "POST", "/api/v1/admin/vendors",
                 "{\"slug\":\"new-shop\",\"name\":\"Newest\",\"owner_email\":\"n@n.example\"}");
    assert_status(r, 201);
    assert_status(web_get(w, nobody(), "/shops/new-shop"), 200);
    assert_body_has(web_get(w, as(&w->operator), "/admin/vendors"), "Newest");
    assert_int_equal(dbtest_number(w->db, "SELECT count(*) FROM membership m JOIN vendor v ON "
                                          "v.id = m.vendor_id WHERE v.slug = 'new-shop' AND "
                                          "m.role = 'owner'"),
                     1);
}

static void
two_shops_do_not_have_one_address(void **state)
{
    struct web *w = *state;
    struct reply r = web_json(w, by_token(&w->operator), "POST", "/api/v1/admin/vendors",
                              "{\"slug\":\"mine\",\"name\":\"M\",\"owner_email\":\"m@m.example\"}");
    assert_problem(r, 409, "vendor.slug_taken");
}

static void
a_suspended_shop_is_away_until_it_is_back(void **state)
{
    struct web *w = *state;
    const char *path = text_printf(w->work.arena, "/admin/vendors/%lld", (long long)w->theirs.n);
    assert_status(web_post(w, as(&w->operator), text_printf(w->work.arena, "%s/suspend", path),
                           "sure=1&reason=late"),
                  303);
    assert_status(web_get(w, nobody(), "/shops/theirs"), 404);
    assert_status(
        web_post(w, as(&w->operator), text_printf(w->work.arena, "%s/reactivate", path), ""), 303);
    assert_status(web_get(w, nobody(), "/shops/theirs"), 200);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WEBTEST(a_new_shop_has_an_owner_and_a_window),
        WEBTEST(two_shops_do_not_have_one_address),
        WEBTEST(a_suspended_shop_is_away_until_it_is_back),
    };
    return cmocka_run_group_tests(tests, web_start, web_stop);
}
