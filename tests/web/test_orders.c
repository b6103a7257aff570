/* Orders by page and API, from the public's basket to the parcel and the refund. */
#include "webtest.h"

#include <jansson.h>
#include <string.h>

#include "base/text.h"
#include "db/db.h"
#include "orders/tasks.h"

#define TEA                                                                                        \
    "{\"sku\":\"%s\",\"active\":true,\"price\":{\"amount\":495,\"currency\":\"EUR\"},"             \
    "\"translations\":{\"en\":{\"title\":\"Green tea\"},\"fr\":{\"title\":\"Th\xc3\xa9 vert\"}}}"

static const char *
member(struct web *w, struct reply r, const char *name)
{
    json_t *answer = json_loadb(r.body, r.length, 0, NULL);
    const char *text = json_string_value(json_object_get(answer, name));
    if (!text)
        fail_msg("no text %s in %s", name, r.body);
    char *copy = text_copy(w->work.arena, text);
    json_decref(answer);
    return copy;
}

static int64_t
amount(struct reply r, const char *name)
{
    json_t *answer = json_loadb(r.body, r.length, 0, NULL);
    json_t *money = json_object_get(answer, name);
    int64_t n =
        json_integer_value(json_is_object(money) ? json_object_get(money, "amount") : money);
    json_decref(answer);
    return n;
}

/* A product for sale; gives the id of its variant. */
static int64_t
tea(struct web *w, const char *sku)
{
    assert_status(web_json(w, by_token(&w->owner), "POST", "/api/v1/vendor/products",
                           text_printf(w->work.arena, TEA, sku)),
                  201);
    return dbtest_number(w->db,
                         "SELECT id FROM product_variant WHERE vendor_id = %lld AND sku = '%s'",
                         (long long)w->mine.n, sku);
}

/* Of a tracked variant so many lie there. */
static void
stock_up(struct web *w, int64_t variant, int64_t pieces)
{
    dbtest_sql(w->db,
               "WITH place AS (INSERT INTO warehouse (vendor_id, code, name) VALUES (%lld, "
               "'w%lld', 'W') RETURNING id), "
               "tracked AS (UPDATE product_variant SET tracked = true WHERE id = %lld), "
               "moved AS (INSERT INTO stock_movement (vendor_id, variant_id, warehouse_id, sku, "
               "kind, on_hand, reserved) "
               "SELECT %lld, %lld, id, 'x', 'receive', %lld, 0 FROM place) "
               "INSERT INTO stock (vendor_id, variant_id, warehouse_id, on_hand) SELECT %lld, "
               "%lld, id, %lld FROM place",
               (long long)w->mine.n, (long long)variant, (long long)variant, (long long)w->mine.n,
               (long long)variant, (long long)pieces, (long long)w->mine.n, (long long)variant,
               (long long)pieces);
}

static const char *
order_json(struct web *w, int64_t variant, int64_t quantity, const char *email)
{
    return text_printf(
        w->work.arena,
        "{\"items\":[{\"variant_id\":\"%lld\",\"quantity\":%lld}],"
        "\"customer\":{\"email\":\"%s\",\"name\":\"Anna \xf0\x9f\xab\x96\"},"
        "\"shipping_address\":{\"street\":\"1, rue du Th\xc3\xa9\",\"city\":\"Wiltz\","
        "\"country\":\"lu\"}}",
        (long long)variant, (long long)quantity, email);
}

static struct reply
buy(struct web *w, const char *key, const char *json)
{
    struct call call = { .method = "POST",
                         .path = "/api/v1/shops/mine/orders",
                         .type = "application/json",
                         .body = BYTES(json, strlen(json)) };
    if (key)
        call.headers[0] = (struct header){ "HTTP_IDEMPOTENCY_KEY", key };
    return web_send(w, &call);
}

static int64_t
orders_of(struct web *w, const char *email)
{
    return dbtest_number(w->db, "SELECT count(*) FROM orders WHERE buyer_email = '%s'", email);
}

/* An order of the public; gives its address in the shop's API. */
static const char *
ordered(struct web *w, int64_t variant, int64_t quantity, const char *email)
{
    struct reply r = buy(w, email, order_json(w, variant, quantity, email));
    assert_status(r, 201);
    return text_printf(
        w->work.arena, "/api/v1/vendor/orders/%lld",
        (long long)dbtest_number(w->db, "SELECT id FROM orders WHERE buyer_email = '%s'", email));
}

static struct reply
step(struct web *w, const char *order, const char *act)
{
    return web_json(w, by_token(&w->staff), "POST", text_printf(w->work.arena, "%s/steps", order),
                    text_printf(w->work.arena, "{\"action\":\"%s\"}", act));
}

/* ---- The public ---- */

static void
one_key_is_one_order_whatever_became_of_the_answer(void **state)
{
    struct web *w = *state;
    int64_t variant = tea(w, "ONCE");
    const char *json = order_json(w, variant, 2, "once@example.org");
    struct reply first = buy(w, "k-1", json), again = buy(w, "k-1", json);
    assert_status(first, 201);
    assert_status(again, 201);
    assert_string_equal(reply_header(&again, "Idempotent-Replayed"), "true");
    assert_string_equal(first.body, again.body);
    assert_int_equal(amount(first, "total"), 990);
    assert_int_equal(orders_of(w, "once@example.org"), 1);
    assert_problem(buy(w, "k-1", order_json(w, variant, 3, "once@example.org")), 422,
                   "idempotency.other_request");
    assert_problem(buy(w, NULL, json), 400, "idempotency.needed");
    assert_status(buy(w, "k-2", json), 201);
    assert_int_equal(orders_of(w, "once@example.org"), 2);
}

static void
prices_are_the_shops_and_a_buyer_is_asked_again_when_they_changed(void **state)
{
    struct web *w = *state;
    int64_t variant = tea(w, "PRICE");
    const char *json = text_printf(w->work.arena,
                                   "{\"items\":[{\"sku\":\"price\",\"quantity\":1,\"price\":1}],"
                                   "\"expected_total\":{\"amount\":%s},"
                                   "\"customer\":{\"email\":\"price@example.org\"}}",
                                   "494");
    (void)variant;
    assert_problem(buy(w, "p-1", json), 409, "order.total_changed");
    assert_int_equal(orders_of(w, "price@example.org"), 0);
    assert_problem(buy(w, "p-2",
                       "{\"items\":[{\"variant_id\":\"99999999\"}],\"customer\":{\"email\":\"x@"
                       "example.org\"}}"),
                   422, "order.unknown_item");
    assert_problem(buy(w, "p-3", "{\"items\":[],\"customer\":{\"email\":\"x\"}}"), 422,
                   "order.no_items");
}

static void
nothing_is_sold_that_is_not_there(void **state)
{
    struct web *w = *state;
    int64_t variant = tea(w, "LAST");
    stock_up(w, variant, 3);
    struct reply r = buy(w, "l-1", order_json(w, variant, 4, "last@example.org"));
    assert_problem(r, 409, "stock.short");
    assert_body_has(r, "\"items.0\"");
    assert_status(buy(w, "l-2", order_json(w, variant, 3, "last@example.org")), 201);
    assert_problem(buy(w, "l-3", order_json(w, variant, 1, "late@example.org")), 409,
                   "stock.short");
    assert_int_equal(orders_of(w, "late@example.org"), 0);
    assert_int_equal(
        dbtest_number(w->db, "SELECT count(*) FROM customer WHERE email = 'late@example.org'"), 0);
}

static void
the_buyer_sees_the_order_by_its_token_and_nobody_by_its_number(void **state)
{
    struct web *w = *state;
    struct arena *a = w->work.arena;
    struct reply r = buy(w, "t-1", order_json(w, tea(w, "TOKEN"), 1, "token@example.org"));
    const char *token = member(w, r, "token");
    r = web_get(w, nobody(), text_printf(a, "/shops/mine/orders/%s", token));
    assert_status(r, 200);
    assert_body_has(r, "Green tea");
    assert_string_equal(reply_header(&r, "Referrer-Policy"), "no-referrer");
    assert_status(web_get(w, nobody(), text_printf(a, "/api/v1/shops/mine/orders/%s", token)), 200);
    assert_status(web_get(w, nobody(), text_printf(a, "/shops/theirs/orders/%s", token)), 404);
    assert_status(web_get(w, nobody(), "/shops/mine/orders/1"), 404);
    assert_int_equal(
        dbtest_number(w->db, "SELECT count(*) FROM orders WHERE token = convert_to('%s', 'LATIN1')",
                      token),
        0);
}

static void
the_confirmation_is_in_the_buyers_language(void **state)
{
    struct web *w = *state;
    const char *json = text_printf(w->work.arena,
                                   "{\"items\":[{\"variant_id\":\"%lld\"}],\"language\":\"fr\","
                                   "\"customer\":{\"email\":\"fr@example.org\",\"name\":"
                                   "\"\xd8\xb3\xd8\xa7\xd8\xb1\xd8\xa9 \xf0\x9f\x8c\xbf\"}}",
                                   (long long)tea(w, "MAIL"));
    assert_status(buy(w, "m-1", json), 201);
    assert_string_equal(
        dbtest_sql(w->db,
                   "SELECT language || ' ' || name || ' ' || (args -> 'items' -> 0 ->> 'title') "
                   "  FROM mail WHERE address = 'fr@example.org'"),
        "fr \xd8\xb3\xd8\xa7\xd8\xb1\xd8\xa9 \xf0\x9f\x8c\xbf Th\xc3\xa9 vert");
    assert_int_equal(
        dbtest_number(w->db,
                      "SELECT count(*) FROM mail WHERE address = 'fr@example.org' "
                      "   AND secret ->> 'link' LIKE 'https://souk.test/shops/mine/orders/%%'"),
        1);
}

/* ---- Without script ---- */

static struct reply
post_basket(struct web *w, const char *form)
{
    struct call call = { .method = "POST",
                         .path = "/shops/mine/basket",
                         .type = "application/x-www-form-urlencoded",
                         .body = BYTES(form, strlen(form)),
                         .headers = { { "HTTP_ORIGIN", "https://souk.test" } } };
    return web_send(w, &call);
}

static const char *
cookie_of(struct web *w, struct reply *r)
{
    const char *cookie = reply_header(r, "Set-Cookie");
    assert_non_null(cookie);
    return text_copy_n(w->work.arena, cookie, strcspn(cookie, ";"));
}

static const char *
hidden_value(struct web *w, struct reply r, const char *name)
{
    const char *at = strstr(r.body, text_printf(w->work.arena, "name=\"%s\" value=\"", name));
    assert_non_null(at);
    at = strstr(at, "value=\"") + strlen("value=\"");
    return text_copy_n(w->work.arena, at, strcspn(at, "\""));
}

static void
a_basket_becomes_one_order_however_often_the_button_is_pressed(void **state)
{
    struct web *w = *state;
    struct arena *a = w->work.arena;
    int64_t variant = tea(w, "BASKET");
    struct reply r = post_basket(w, text_printf(a, "variant=%lld&quantity=2", (long long)variant));
    assert_status(r, 303);
    struct call look = { .method = "GET",
                         .path = "/shops/mine/orders",
                         .headers = { { "HTTP_COOKIE", cookie_of(w, &r) } } };
    r = web_send(w, &look);
    assert_status(r, 200);
    assert_body_has(r, "9.90");
    const char *form = text_printf(
        a,
        "key=%s&expected_total=%s&items.0.variant_id=%lld&items.0.quantity=2&customer.email=form%%"
        "40example.org"
        "&shipping_address.street=Rue+1&shipping_address.city=Wiltz&shipping_address.country=LU",
        hidden_value(w, r, "key"), hidden_value(w, r, "expected_total"), (long long)variant);
    struct call order = { .method = "POST",
                          .path = "/shops/mine/orders",
                          .type = "application/x-www-form-urlencoded",
                          .body = BYTES(form, strlen(form)),
                          .headers = { { "HTTP_ORIGIN", "https://souk.test" } } };
    struct reply first = web_send(w, &order), second = web_send(w, &order);
    assert_status(first, 303);
    assert_status(second, 303);
    assert_string_equal(reply_header(&first, "Location"), reply_header(&second, "Location"));
    assert_int_equal(orders_of(w, "form@example.org"), 1);
    const char *path = reply_header(&first, "Location");
    assert_status(web_get(w, nobody(), path), 200);
}

static void
a_form_with_a_mistake_is_shown_again_with_what_was_typed(void **state)
{
    struct web *w = *state;
    const char *form = text_printf(w->work.arena,
                                   "key=a&items.0.variant_id=%lld&items.0.quantity=1&customer."
                                   "email=nobody&shipping_address.city=Wiltz",
                                   (long long)tea(w, "TYPO"));
    struct call order = { .method = "POST",
                          .path = "/shops/mine/orders",
                          .type = "application/x-www-form-urlencoded",
                          .body = BYTES(form, strlen(form)),
                          .headers = { { "HTTP_ORIGIN", "https://souk.test" } } };
    struct reply r = web_send(w, &order);
    assert_status(r, 422);
    assert_body_has(r, "aria-invalid=\"true\"");
    assert_body_has(r, "value=\"Wiltz\"");
    order.headers[0].value = "https://elsewhere.example";
    assert_status(web_send(w, &order), 403);
}

/* ---- The shop ---- */

static void
an_order_goes_from_its_payment_to_its_parcel(void **state)
{
    struct web *w = *state;
    int64_t variant = tea(w, "PARCEL");
    stock_up(w, variant, 5);
    const char *order = ordered(w, variant, 2, "parcel@example.org");
    const char *held = text_printf(
        w->work.arena, "SELECT on_hand * 10 + reserved FROM stock WHERE variant_id = %lld",
        (long long)variant);
    assert_int_equal(dbtest_number(w->db, "%s", held), 52);
    struct reply r = step(w, order, "ship");
    assert_problem(r, 409, "order.unpaid");
    assert_body_has(r, "\"allowed\":[\"pay\",\"cancel\"]");
    assert_status(step(w, order, "pay"), 200);
    r = step(w, order, "cancel");
    assert_problem(r, 409, "order.refund_instead");
    assert_body_has(r, "\"allowed\":[\"ship\",\"refund\"]");
    assert_status(step(w, order, "ship"), 200);
    assert_int_equal(dbtest_number(w->db, "%s", held), 30);
    assert_status(step(w, order, "complete"), 200);
    r = web_json(w, by_token(&w->staff), "POST", text_printf(w->work.arena, "%s/steps", order),
                 "{\"action\":\"refund\",\"restock\":true,\"note\":\"Broken\"}");
    assert_status(r, 200);
    assert_body_has(r, "Broken");
    assert_int_equal(dbtest_number(w->db, "%s", held), 50);
    assert_problem(step(w, order, "pay"), 409, "order.over");
    assert_problem(step(w, order, "lose"), 422, "order.act");
}

static void
the_buyer_hears_that_it_was_sent_when_the_shop_wants_that(void **state)
{
    struct web *w = *state;
    int64_t variant = tea(w, "SENT");
    stock_up(w, variant, 3);
    const char *quiet = ordered(w, variant, 1, "quiet@example.org"),
               *told = ordered(w, variant, 1, "told@example.org");
    assert_status(step(w, quiet, "pay"), 200);
    assert_status(step(w, quiet, "ship"), 200);
    assert_status(step(w, told, "pay"), 200);
    struct reply r = web_json(
        w, by_token(&w->staff), "POST", text_printf(w->work.arena, "%s/steps", told),
        "{\"action\":\"ship\",\"notify\":true,\"tracking\":\"LU 77\",\"note\":\"Two boxes\"}");
    assert_status(r, 200);
    assert_body_has(r, "LU 77\\nTwo boxes");
    assert_string_equal(dbtest_sql(w->db,
                                   "SELECT string_agg(concat_ws(' ', address, language, "
                                   "args ->> 'tracking', args #>> '{items,0,quantity}'), ',')"
                                   " FROM mail WHERE kind = 'order_sent'"),
                        "told@example.org en LU 77 1");
}

static void
what_nobody_pays_ends_and_is_for_sale_again(void **state)
{
    struct web *w = *state;
    int64_t variant = tea(w, "LATE");
    stock_up(w, variant, 1);
    ordered(w, variant, 1, "never@example.org");
    dbtest_sql(w->db, "UPDATE orders SET expires_at = now() - interval '1 s' WHERE buyer_email = "
                      "'never@example.org'");
    const struct job_table jobs = { orders_jobs, orders_job_count };
    struct work job = w->work;
    assert_no_err(queue_once(&job, &jobs, 1, "orders_expire"));
    assert_string_equal(
        dbtest_sql(w->db, "SELECT state FROM orders WHERE buyer_email = 'never@example.org'"),
        "cancelled");
    assert_int_equal(dbtest_number(w->db, "SELECT reserved FROM stock WHERE variant_id = %lld",
                                   (long long)variant),
                     0);
    assert_status(buy(w, "e-2", order_json(w, variant, 1, "second@example.org")), 201);
}

static void
the_figures_by_state_are_what_the_orders_say(void **state)
{
    struct web *w = *state;
    const struct job_table jobs = { orders_jobs, orders_job_count };
    struct work job = w->work;
    step(w, ordered(w, tea(w, "COUNT"), 1, "count@example.org"), "pay");
    assert_no_err(queue_once(&job, &jobs, 1, "orders_prove"));
    assert_string_equal(
        dbtest_sql(w->db, "SELECT body ->> 'miscounted' FROM report WHERE name = 'orders'"), "[]");
    dbtest_sql(w->db, "UPDATE order_counter SET paid = paid + 1 WHERE vendor_id = %lld",
               (long long)w->mine.n);
    assert_no_err(queue_once(&job, &jobs, 1, "orders_prove"));
    assert_string_equal(
        dbtest_sql(w->db, "SELECT body -> 'miscounted' ->> 0 FROM report WHERE name = 'orders'"),
        text_i64(w->work.arena, w->mine.n));
    dbtest_sql(w->db, "UPDATE order_counter SET paid = paid - 1 WHERE vendor_id = %lld",
               (long long)w->mine.n);
}

static void
numbers_follow_each_other_and_titles_stay_what_they_were(void **state)
{
    struct web *w = *state;
    int64_t variant = tea(w, "FROZEN");
    const char *first = ordered(w, variant, 1, "one@example.org");
    const char *second = ordered(w, variant, 1, "two@example.org");
    struct reply r = web_get(w, by_token(&w->staff), first);
    int64_t number = amount(r, "number");
    assert_int_equal(amount(web_get(w, by_token(&w->staff), second), "number"), number + 1);
    dbtest_sql(w->db, "UPDATE product_text SET title = 'Black tea' WHERE title = 'Green tea'");
    assert_body_has(web_get(w, by_token(&w->staff), first), "Green tea");
    dbtest_sql(w->db, "UPDATE product_text SET title = 'Green tea' WHERE title = 'Black tea'");
    assert_status(web_get(w, by_token(&w->stranger), first), 404);
}

static void
the_pages_show_what_is_next_and_the_slip_shows_no_prices(void **state)
{
    struct web *w = *state;
    struct arena *a = w->work.arena;
    const char *order = ordered(w, tea(w, "SLIP"), 3, "slip@example.org");
    const char *path = text_printf(a, "/vendor/orders/%s", strrchr(order, '/') + 1);
    struct reply r = web_get(w, as(&w->staff), path);
    assert_status(r, 200);
    assert_body_has(r, "Mark as paid");
    assert_status(web_get(w, as(&w->staff), text_printf(a, "%s/pay", path)), 200);
    assert_status(
        web_post(w, as(&w->staff), text_printf(a, "%s/pay", path), "payment_reference=RF18"), 303);
    assert_body_has(web_get(w, as(&w->staff), path), "RF18");
    assert_status(web_get(w, as(&w->staff), text_printf(a, "%s/cancel", path)), 409);
    r = web_get(w, as(&w->staff), text_printf(a, "%s/packing-slip", path));
    assert_body_has(r, "Green tea");
    assert_body_has(r, "Wiltz");
    assert_null(strstr(r.body, "14.85"));
    assert_body_has(web_get(w, as(&w->staff), "/vendor/orders?q=slip%40exam"), path);
    assert_body_has(web_get(w, as(&w->staff), "/vendor/orders?q=slip"), path); /* the SKU */
    assert_status(web_post(w, as(&w->staff), text_printf(a, "%s/notes", path), "note=Called+twice"),
                  303);
    assert_body_has(web_get(w, as(&w->staff), path), "Called twice");
    const char *id = strrchr(order, '/') + 1;
    r = web_post(w, as(&w->staff), "/vendor/orders/bulk", text_printf(a, "do=ship&id=%s", id));
    assert_status(r, 303);
    assert_body_has(web_get(w, as(&w->staff), "/vendor/orders?state=fulfilled"), path);
}

static void
a_list_has_no_parameter_that_it_does_not_know(void **state)
{
    struct web *w = *state;
    struct caller me = by_token(&w->staff);
    ordered(w, tea(w, "LIST"), 1, "list@example.org");
    struct reply r = web_get(w, me, "/api/v1/vendor/orders?limit=1");
    assert_status(r, 200);
    const char *next = member(w, r, "next_cursor");
    r = web_get(w, me, text_printf(w->work.arena, "/api/v1/vendor/orders?limit=1&cursor=%s", next));
    assert_status(r, 200);
    assert_problem(web_get(w, me, "/api/v1/vendor/orders?stat=paid"), 400, "request.parameter");
    assert_problem(web_get(w, me, "/api/v1/vendor/orders?state=lost"), 400, "order.filter");
    assert_problem(web_get(w, me, "/api/v1/vendor/orders?state=paid&sku=x"), 400, "order.filters");
    assert_body_has(web_get(w, me, "/api/v1/vendor/orders?email=list@example.org"),
                    "list@example.org");
    assert_body_has(web_get(w, me, "/api/v1/vendor/orders?sku=list"), "list@example.org");
}

/* ---- Customers ---- */

static void
a_person_is_told_everything_and_forgotten_but_for_the_books(void **state)
{
    struct web *w = *state;
    struct arena *a = w->work.arena;
    const char *order = ordered(w, tea(w, "PERSON"), 1, "person@example.org");
    int64_t id = dbtest_number(w->db, "SELECT id FROM customer WHERE email = 'person@example.org'");
    const char *path = text_printf(a, "/vendor/customers/%lld", (long long)id);
    assert_body_has(web_get(w, as(&w->owner), path), "person@example.org");
    assert_body_has(web_get(w, as(&w->owner), "/vendor/customers?q=anna"), path);
    struct reply r = web_get(w, as(&w->owner), text_printf(a, "%s/export", path));
    assert_body_has(r, "rue du Th\xc3\xa9");
    assert_status(web_get(w, as(&w->staff), text_printf(a, "%s/export", path)), 403);
    const char *erase = text_printf(a, "%s/erase", path);
    assert_status(web_post(w, as(&w->owner), erase, "confirm=person%40example.org"),
                  409); /* pending */
    assert_status(step(w, order, "cancel"), 200);
    assert_status(web_post(w, as(&w->owner), erase, "confirm=somebody"), 422);
    assert_status(web_post(w, as(&w->owner), erase, "confirm=person%40example.org"), 303);
    r = web_get(w, as(&w->owner), text_printf(a, "%s/export", path));
    assert_null(strstr(r.body, "person@"));
    assert_null(strstr(r.body, "Anna"));
    assert_null(strstr(r.body, "rue du"));
    assert_body_has(r, "Green tea");
    assert_body_has(r, "\"LU\"");
    assert_int_equal(
        dbtest_number(w->db, "SELECT count(*) FROM audit_log WHERE what = 'customer.erased'"), 1);
}

static void
a_shop_says_what_sending_costs_and_from_when_it_does_not(void **state)
{
    struct web *w = *state;
    int64_t variant = tea(w, "TERMS");
    assert_status(web_post(w, as(&w->staff), "/vendor/settings/orders", "shipping=4.90"), 403);
    assert_status(
        web_post(w, as(&w->owner), "/vendor/settings/orders",
                 "shipping=4.90&free_from=20&hours=24&pay_by=IBAN+LU12&tell=shop%40example.org"),
        303);
    struct reply r = buy(w, "s-1", order_json(w, variant, 4, "terms@example.org"));
    assert_int_equal(amount(r, "total"), 4 * 495 + 490);
    r = buy(w, "s-2", order_json(w, variant, 5, "terms@example.org"));
    assert_int_equal(amount(r, "total"), 5 * 495);
    assert_int_equal(dbtest_number(w->db, "SELECT count(*) FROM mail WHERE address = "
                                          "'shop@example.org' AND kind = 'order_received'"),
                     2);
    assert_status(web_post(w, as(&w->owner), "/vendor/settings/orders", "shipping="), 303);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WEBTEST(one_key_is_one_order_whatever_became_of_the_answer),
        WEBTEST(prices_are_the_shops_and_a_buyer_is_asked_again_when_they_changed),
        WEBTEST(nothing_is_sold_that_is_not_there),
        WEBTEST(the_buyer_sees_the_order_by_its_token_and_nobody_by_its_number),
        WEBTEST(the_confirmation_is_in_the_buyers_language),
        WEBTEST(a_basket_becomes_one_order_however_often_the_button_is_pressed),
        WEBTEST(a_form_with_a_mistake_is_shown_again_with_what_was_typed),
        WEBTEST(an_order_goes_from_its_payment_to_its_parcel),
        WEBTEST(the_buyer_hears_that_it_was_sent_when_the_shop_wants_that),
        WEBTEST(what_nobody_pays_ends_and_is_for_sale_again),
        WEBTEST(the_figures_by_state_are_what_the_orders_say),
        WEBTEST(numbers_follow_each_other_and_titles_stay_what_they_were),
        WEBTEST(the_pages_show_what_is_next_and_the_slip_shows_no_prices),
        WEBTEST(a_list_has_no_parameter_that_it_does_not_know),
        WEBTEST(a_person_is_told_everything_and_forgotten_but_for_the_books),
        WEBTEST(a_shop_says_what_sending_costs_and_from_when_it_does_not),
    };
    return cmocka_run_group_tests(tests, web_start, web_stop);
}
