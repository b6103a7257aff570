/* The inventory by page and API: figures changed where they stand, and nothing lost that somebody
 * else changed meanwhile. */
#include "webtest.h"

#include <string.h>

#include "base/text.h"
#include "stock/stock.h"

#define API "/api/v1/vendor/inventory"

/* A product's variant of that SKU in "mine". */
static int64_t
variant(struct web *w, const char *sku)
{
    return dbtest_number(w->db,
                         "WITH p AS (INSERT INTO product (vendor_id, sku, price_minor, currency) "
                         "VALUES (%lld, '%s-p', 100, 'EUR') RETURNING vendor_id, id) "
                         "INSERT INTO product_variant (vendor_id, product_id, sku, option_values) "
                         "SELECT vendor_id, id, '%s', '{red}' FROM p RETURNING id",
                         (long long)w->mine.n, sku, sku);
}

static int64_t
warehouse(struct web *w, const char *code)
{
    return dbtest_number(w->db,
                         "INSERT INTO warehouse (vendor_id, code, name) VALUES (%lld, '%s', 'House "
                         "%s') ON CONFLICT (vendor_id, lower(code)) DO UPDATE SET active = true "
                         "RETURNING id",
                         (long long)w->mine.n, code, code);
}

static int64_t
on_hand(struct web *w, int64_t v)
{
    return dbtest_number(w->db,
                         "SELECT coalesce(sum(on_hand), 0) FROM stock WHERE variant_id = "
                         "%lld",
                         (long long)v);
}

static struct reply
bulk(struct web *w, const char *changes)
{
    return web_json(
        w, as(&w->staff), "POST", API,
        text_printf(w->work.arena, "{\"reason\":\"counted\",\"changes\":[%s]}", changes));
}

static const char *
path_of(struct web *w, const char *base, int64_t id, const char *more)
{
    return text_printf(w->work.arena, "%s/%lld%s", base, (long long)id, more);
}

static void
what_is_counted_by_program_stands_on_the_page(void **state)
{
    struct web *w = *state;
    int64_t v = variant(w, "WEB-1");
    warehouse(w, "north");
    struct reply r =
        bulk(w, "{\"sku\":\"web-1\",\"warehouse\":\"NORTH\",\"bin\":\"A1\",\"on_hand\":12}");
    assert_status(r, 200);
    assert_body_has(r, "\"changed\":true");
    r = web_get(w, as(&w->staff), "/vendor/inventory");
    assert_status(r, 200);
    assert_body_has(r, "WEB-1");
    assert_body_has(r, "House north");
    assert_body_has(r, "value=\"12\"");
    r = web_get(w, as(&w->staff), path_of(w, "/vendor/inventory", v, ""));
    assert_status(r, 200);
    assert_body_has(r, "+12");
    r = web_get(w, as(&w->staff), "/vendor/inventory/movements.csv");
    assert_status(r, 200);
    assert_body_has(r, ",\"WEB-1\",\"north\",\"A1\",\"count\",12,0,,\"counted\",");
}

static void
many_are_changed_all_or_none(void **state)
{
    struct web *w = *state;
    int64_t v = variant(w, "WEB-2");
    warehouse(w, "north");
    struct reply r = bulk(w, "{\"sku\":\"WEB-2\",\"warehouse\":\"north\",\"on_hand\":5},"
                             "{\"sku\":\"NOBODYS\",\"on_hand\":5}");
    assert_problem(r, 404, "stock.variant");
    assert_body_has(r, "changes.1.sku");
    assert_int_equal(on_hand(w, v), 0);
    r = bulk(w, "{\"sku\":\"WEB-2\",\"on_hand\":5,\"adjust\":1},{\"sku\":\"WEB-2\",\"onhand\":5}");
    assert_problem(r, 422, "field.unknown");
    assert_body_has(r, "changes.1.onhand");
    assert_body_has(r, "stock.one_of");
}

static struct reply
patch(struct web *w, int64_t v, const char *tag, const char *json)
{
    struct call c = { .who = by_token(&w->owner),
                      .method = "PATCH",
                      .path = path_of(w, API, v, ""),
                      .type = "application/json",
                      .body = BYTES(json, strlen(json)) };
    if (tag)
        c.headers[0] = (struct header){ "HTTP_IF_MATCH", tag };
    return web_send(w, &c);
}

static void
a_figure_is_set_only_by_who_saw_the_one_before(void **state)
{
    struct web *w = *state;
    int64_t v = variant(w, "WEB-3");
    warehouse(w, "north");
    assert_status(bulk(w, "{\"sku\":\"WEB-3\",\"warehouse\":\"north\",\"on_hand\":5}"), 200);
    static const char set[] = "{\"warehouse\":\"north\",\"on_hand\":9,\"reason\":\"found\"}";
    struct reply seen = web_get(w, by_token(&w->owner), path_of(w, API, v, ""));
    const char *tag = reply_header(&seen, "ETag");
    assert_non_null(tag);
    assert_problem(patch(w, v, NULL, set), 428, "request.if_match");
    assert_status(patch(w, v, tag, set), 200);
    assert_problem(patch(w, v, tag, set), 412, "request.stale");
    assert_problem(patch(w, v, NULL,
                         "{\"warehouse\":\"north\",\"on_hand\":1,\"expected\":5,"
                         "\"reason\":\"lost\"}"),
                   412, "stock.stale");
    assert_status(patch(w, v, NULL, "{\"warehouse\":\"north\",\"adjust\":-2,\"reason\":\"lost\"}"),
                  200);
    assert_int_equal(on_hand(w, v), 7);
    assert_problem(patch(w, v, NULL, "{\"warehouse\":\"north\",\"adjust\":1}"), 422,
                   "field.needed");
    assert_problem(
        patch(w, v, NULL, "{\"warehouse\":\"north\",\"adjust\":1,\"reason\":\"because\"}"), 422,
        "stock.reason");
}

static void
a_row_that_is_refused_keeps_what_was_typed_and_says_why(void **state)
{
    struct web *w = *state;
    int64_t v = variant(w, "WEB-4"), h = warehouse(w, "north");
    const struct stock_line line = { 1, { v }, 3 };
    struct stock_held held;
    assert_status(bulk(w, "{\"sku\":\"WEB-4\",\"warehouse\":\"north\",\"on_hand\":5}"), 200);
    w->db->w.vendor = w->mine;
    tx_open(&w->db->w, TX_WRITE);
    assert_no_err(stock_reserve(&w->db->w, (struct order_id){ 1 }, &line, 1, 0, &held));
    assert_no_err(tx_commit(&w->db->w));
    struct arena *a = w->work.arena;
    struct reply r = web_post(w, as(&w->staff), "/vendor/inventory?q=WEB-4",
                              text_printf(a,
                                          "variant=%lld&warehouse=%lld&bin=&on_hand=2&expected=5&"
                                          "reason=damaged",
                                          (long long)v, (long long)h));
    assert_status(r, 409);
    assert_body_has(r, "value=\"2\"");
    assert_body_has(r, "orders hold 3");
    r = web_post(
        w, as(&w->staff), "/vendor/inventory?q=WEB-4",
        text_printf(a,
                    "variant=%lld&warehouse=%lld&bin=&on_hand=4&expected=5&low_at=2&reason="
                    "damaged",
                    (long long)v, (long long)h));
    assert_status(r, 303);
    assert_string_equal(reply_header(&r, "Location"), "/vendor/inventory?q=WEB-4&done=stock.saved");
    assert_body_has(web_get(w, as(&w->staff), "/vendor/inventory?state=low"), "WEB-4");
    assert_null(strstr(web_get(w, as(&w->staff), "/vendor/inventory?state=out").body, "WEB-4"));
}

static void
what_is_not_counted_is_listed_and_its_first_delivery_counts_it(void **state)
{
    struct web *w = *state;
    int64_t v = variant(w, "WEB-5");
    assert_body_has(web_get(w, as(&w->staff), "/vendor/inventory?state=uncounted"), "WEB-5");
    struct reply r = web_post(w, as(&w->staff), path_of(w, "/vendor/inventory", v, "/receive"),
                              "pieces=8&bin=&note=Note+17");
    assert_status(r, 303);
    assert_int_equal(on_hand(w, v), 8);
    r = web_post(w, as(&w->staff), path_of(w, "/vendor/inventory", v, "/receive"), "pieces=-1");
    assert_status(r, 422);
    assert_body_has(r, "aria-invalid=\"true\"");
    r = web_get(w, by_token(&w->owner),
                text_printf(w->work.arena, API "/movements?variant=%lld", (long long)v));
    assert_body_has(r, "\"reason\":\"Note 17\"");
    assert_null(
        strstr(web_get(w, as(&w->staff), "/vendor/inventory?state=uncounted").body, "WEB-5"));
}

static void
pieces_are_moved_from_the_page(void **state)
{
    struct web *w = *state;
    int64_t v = variant(w, "WEB-6"), north = warehouse(w, "north"), south = warehouse(w, "south");
    struct arena *a = w->work.arena;
    assert_status(
        bulk(w, "{\"sku\":\"WEB-6\",\"warehouse\":\"north\",\"bin\":\"B:2\",\"on_hand\":5}"), 200);
    const char *move = path_of(w, "/vendor/inventory", v, "/move");
    struct reply r = web_post(
        w, as(&w->staff), move,
        text_printf(a, "place=%lld:B:2&to=%lld&moved=6", (long long)north, (long long)south));
    assert_status(r, 409);
    r = web_post(w, as(&w->staff), move,
                 text_printf(a, "place=%lld:B:2&to=%lld&to_bin=C&moved=2&move_note=nearer",
                             (long long)north, (long long)south));
    assert_status(r, 303);
    assert_int_equal(dbtest_number(w->db,
                                   "SELECT on_hand FROM stock WHERE variant_id = %lld AND "
                                   "bin = 'C'",
                                   (long long)v),
                     2);
    assert_int_equal(on_hand(w, v), 5);
}

static void
warehouses_are_added_ordered_and_closed_but_never_the_last(void **state)
{
    struct web *w = *state;
    dbtest_sql(w->db, "UPDATE warehouse SET active = false WHERE vendor_id = %lld",
               (long long)w->mine.n);
    struct reply r =
        web_post(w, as(&w->manager), "/vendor/settings/warehouses", "name=Harbour&code=harbour");
    assert_status(r, 303);
    assert_status(web_post(w, as(&w->staff), "/vendor/settings/warehouses", "name=X&code=x"), 403);
    r = web_post(w, as(&w->manager), "/vendor/settings/warehouses", "name=Again&code=HARBOUR");
    assert_status(r, 409);
    assert_body_has(r, "value=\"Again\"");
    r = web_post(w, as(&w->manager), "/vendor/settings/warehouses", "name=Bad&code=-x");
    assert_status(r, 422);
    int64_t h = dbtest_number(w->db, "SELECT id FROM warehouse WHERE code = 'harbour'");
    const char *base = "/vendor/settings/warehouses";
    r = web_post(w, as(&w->manager), path_of(w, base, h, "/deactivate"), "");
    assert_status(r, 409);
    int64_t other = warehouse(w, "other");
    assert_status(web_post(w, as(&w->manager), path_of(w, base, other, "/earlier"), ""), 303);
    r = web_get(w, by_token(&w->owner), "/api/v1/vendor/warehouses");
    assert_status(r, 200);
    assert_true(strstr(r.body, "\"other\"") < strstr(r.body, "\"harbour\""));
    assert_body_has(web_get(w, as(&w->manager), path_of(w, base, h, "/deactivate")), "Harbour");
    assert_status(web_post(w, as(&w->manager), path_of(w, base, h, "/deactivate"), ""), 303);
    r = web_json(w, by_token(&w->owner), "PATCH", path_of(w, "/api/v1/vendor/warehouses", h, ""),
                 "{\"active\":true}");
    assert_status(r, 200);
    assert_body_has(r, "\"active\":true");
}

static void
lists_take_only_the_parameters_they_know(void **state)
{
    struct web *w = *state;
    assert_problem(web_get(w, by_token(&w->owner), API "?sku=x"), 400, "request.parameter");
    assert_problem(web_get(w, by_token(&w->owner), API "?state=many"), 400,
                   "request.parameter_value");
    assert_problem(web_get(w, by_token(&w->owner), API "/movements?variant=x"), 400,
                   "request.parameter_value");
    assert_problem(web_get(w, by_token(&w->owner), API "?cursor=x"), 400, "request.cursor");
}

static void
a_place_is_found_by_the_words_of_its_product(void **state)
{
    struct web *w = *state;
    variant(w, "FIND-1");
    warehouse(w, "north");
    dbtest_sql(w->db,
               "INSERT INTO product_text (vendor_id, product_id, language, title, slug) SELECT "
               "vendor_id, id, 'en', 'Walnut bookshelf', 'walnut' FROM product WHERE sku = "
               "'FIND-1-p'");
    assert_status(bulk(w, "{\"sku\":\"FIND-1\",\"warehouse\":\"north\",\"on_hand\":2}"), 200);
    assert_body_has(web_get(w, as(&w->staff), "/vendor/inventory?q=bookshelf+walnut"), "FIND-1");
    assert_body_has(web_get(w, as(&w->staff), "/vendor/inventory?q=find-1"), "FIND-1");
    assert_null(
        strstr(web_get(w, as(&w->staff), "/vendor/inventory?q=walnut&state=out").body, "FIND-1"));
}

static void
pages_of_a_list_follow_each_other(void **state)
{
    struct web *w = *state;
    warehouse(w, "north");
    for (int i = 0; i < 5; i++) {
        variant(w, text_printf(w->work.arena, "NEXT-%d", i));
        assert_status(bulk(w, text_printf(w->work.arena,
                                          "{\"sku\":\"NEXT-%d\",\"warehouse\":\"north\","
                                          "\"on_hand\":1}",
                                          i)),
                      200);
    }
    struct reply r = web_get(w, by_token(&w->owner), API "?limit=2");
    assert_body_has(r, "NEXT-4");
    const char *cursor = strstr(r.body, "\"next_cursor\":\"");
    assert_non_null(cursor);
    cursor += strlen("\"next_cursor\":\"");
    r = web_get(
        w, by_token(&w->owner),
        text_printf(w->work.arena, API "?limit=2&cursor=%.*s", (int)strcspn(cursor, "\""), cursor));
    assert_body_has(r, "NEXT-2");
    assert_body_has(r, "NEXT-1");
    assert_null(strstr(r.body, "NEXT-3"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WEBTEST(what_is_counted_by_program_stands_on_the_page),
        WEBTEST(many_are_changed_all_or_none),
        WEBTEST(a_figure_is_set_only_by_who_saw_the_one_before),
        WEBTEST(a_row_that_is_refused_keeps_what_was_typed_and_says_why),
        WEBTEST(what_is_not_counted_is_listed_and_its_first_delivery_counts_it),
        WEBTEST(pieces_are_moved_from_the_page),
        WEBTEST(warehouses_are_added_ordered_and_closed_but_never_the_last),
        WEBTEST(lists_take_only_the_parameters_they_know),
        WEBTEST(a_place_is_found_by_the_words_of_its_product),
        WEBTEST(pages_of_a_list_follow_each_other),
    };
    return cmocka_run_group_tests(tests, web_start, web_stop);
}
