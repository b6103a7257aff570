/* Products by page and API, and what the shop window shows of them. */
#include "webtest.h"

#include <jansson.h>
#include <string.h>

#include "base/text.h"

#define LAMP                                                                                       \
    "{\"sku\":\"%s\",\"active\":true,\"price\":{\"amount\":1995,\"currency\":\"EUR\"},"            \
    "\"translations\":{\"en\":{\"title\":\"A lamp\"},\"fr\":{\"title\":\"Une lampe\"}}}"

static const char *
member(struct web *w, struct reply r, const char *name)
{
    json_t *answer = json_loadb(r.body, r.length, 0, NULL);
    const char *text = json_string_value(json_object_get(answer, name));
    assert_non_null(text);
    char *copy = text_copy(w->work.arena, text);
    json_decref(answer);
    return copy;
}

static const char *
path_of_new(struct web *w, const char *sku)
{
    struct reply r = web_json(w, by_token(&w->owner), "POST", "/api/v1/vendor/products",
                              text_printf(w->work.arena, LAMP, sku));
    assert_status(r, 201);
    return text_printf(w->work.arena, "/api/v1/vendor/products/%s", member(w, r, "id"));
}

static void
a_product_made_by_page_is_in_the_list(void **state)
{
    struct web *w = *state;
    struct reply r = web_post(w, as(&w->staff), "/vendor/products",
                              "sku=PAGE-1&price=19.95&active=on&translations.en.title=A+chair");
    assert_status(r, 303);
    assert_body_has(web_get(w, as(&w->staff), "/vendor/products"), "A chair");
}

static void
what_is_wrong_with_a_form_is_said_at_its_fields(void **state)
{
    struct web *w = *state;
    struct reply r = web_post(w, as(&w->owner), "/vendor/products",
                              "sku=&price=1.999&gtin=4006381333932&translations.en.title=Kept");
    assert_status(r, 422);
    assert_body_has(r, "aria-invalid=\"true\"");
    assert_body_has(r, "value=\"Kept\"");
    assert_body_has(r, "value=\"1.999\"");
}

static void
a_title_is_shown_as_text_whatever_is_in_it(void **state)
{
    struct web *w = *state;
    struct reply r = web_post(w, as(&w->owner), "/vendor/products",
                              "sku=XSS&price=1&active=on&translations.en.title="
                              "%3Cscript%3Ealert(1)%3C%2Fscript%3E%7B%7Bx%7D%7D");
    assert_status(r, 303);
    r = web_get(w, as(&w->owner), "/vendor/products");
    assert_body_has(r, "&lt;script&gt;alert(1)&lt;/script&gt;{{x}}");
    assert_null(strstr(r.body, "<script>alert"));
}

static void
a_change_needs_the_version_it_was_made_from(void **state)
{
    struct web *w = *state;
    const char *path = path_of_new(w, "ETAG");
    struct reply seen = web_get(w, by_token(&w->owner), path);
    const char *tag = reply_header(&seen, "ETag");
    struct call change = { .who = by_token(&w->owner),
                           .method = "PATCH",
                           .path = path,
                           .type = "application/json",
                           .body = BYTES("{\"brand\":\"B\"}", 13) };
    assert_non_null(tag);
    assert_problem(web_send(w, &change), 428, "request.if_match");
    change.headers[0] = (struct header){ "HTTP_IF_MATCH", tag };
    assert_status(web_send(w, &change), 200);
    assert_problem(web_send(w, &change), 412, "request.stale");
    const struct call unchanged = { .who = by_token(&w->owner),
                                    .method = "GET",
                                    .path = path,
                                    .headers = { { "HTTP_IF_NONE_MATCH", tag } } };
    assert_status(web_send(w, &unchanged), 200); /* it changed */
}

static void
one_sku_is_one_product(void **state)
{
    struct web *w = *state;
    path_of_new(w, "ONCE");
    assert_problem(web_json(w, by_token(&w->owner), "POST", "/api/v1/vendor/products",
                            text_printf(w->work.arena, LAMP, "ONCE")),
                   409, "product.sku_taken");
    /* Another shop has names of its own. */
    assert_status(web_json(w, by_token(&w->stranger), "POST", "/api/v1/vendor/products",
                           text_printf(w->work.arena, LAMP, "ONCE")),
                  201);
}

static void
the_shop_window_shows_what_is_active_with_its_pictures(void **state)
{
    struct web *w = *state;
    const char *path = path_of_new(w, "WINDOW");
    const char *id = strrchr(path, '/') + 1;
    struct arena *a = w->work.arena;
    struct reply r =
        web_upload(w, by_token(&w->owner), text_printf(a, "%s/images", path), web_picture(w));
    assert_status(r, 201);
    const char *window = text_printf(a, "/shops/mine/products/%s", id);
    r = web_get(w, nobody(), window);
    assert_status(r, 200);
    assert_body_has(r, ".webp");
    assert_body_has(web_get(w, nobody(), text_printf(a, "%s?lang=fr", window)), "Une lampe");
    assert_status(web_get(w, nobody(), text_printf(a, "/shops/theirs/products/%s", id)), 404);
    assert_status(web_json(w, by_token(&w->owner), "PATCH", path, "{\"active\":false}"), 200);
    assert_status(web_get(w, nobody(), window), 404);
}

#define SHIRT                                                                                      \
    "{\"sku\":\"%s\",\"status\":\"active\",\"price\":{\"amount\":1995,\"currency\":\"EUR\"},"      \
    "\"translations\":{\"en\":{\"title\":\"A shirt %s\"},\"ar\":{\"title\":\"قميص\"}},"        \
    "\"options\":[\"Size\"],\"variants\":["                                                        \
    "{\"sku\":\"%s-M\",\"options\":{\"Size\":\"M\"}},"                                             \
    "{\"sku\":\"%s-L\",\"options\":{\"Size\":\"L\"},\"price\":\"25.00\"}]}"

static const char *
path_of_shirt(struct web *w, const char *sku)
{
    struct reply r = web_json(w, by_token(&w->owner), "POST", "/api/v1/vendor/products",
                              text_printf(w->work.arena, SHIRT, sku, sku, sku, sku));
    assert_status(r, 201);
    return text_printf(w->work.arena, "/api/v1/vendor/products/%s", member(w, r, "id"));
}

static json_t *
variants_of(struct web *w, const char *path)
{
    struct reply r = web_get(w, by_token(&w->owner), path);
    assert_status(r, 200);
    json_t *answer = json_loadb(r.body, r.length, 0, NULL);
    json_t *variants = json_incref(json_object_get(answer, "variants"));
    json_decref(answer);
    return variants;
}

static const char *
id_at(struct web *w, const char *path, size_t i)
{
    json_t *all = variants_of(w, path);
    char *id =
        text_copy(w->work.arena, json_string_value(json_object_get(json_array_get(all, i), "id")));
    json_decref(all);
    return id;
}

static void
variants_that_are_given_again_keep_their_ids_and_others_go(void **state)
{
    struct web *w = *state;
    struct arena *a = w->work.arena;
    const char *path = path_of_shirt(w, "KEEP"), *large = id_at(w, path, 1);
    struct call change = { .who = by_token(&w->owner),
                           .method = "PATCH",
                           .path = path,
                           .type = "application/json",
                           .headers = { { "HTTP_IF_MATCH", "*" } } };
    const char *body = "{\"variants\":[{\"sku\":\"keep-l\"},"
                       "{\"sku\":\"KEEP-S\",\"options\":{\"Size\":\"S\"}}]}";
    change.body = BYTES(body, strlen(body));
    assert_status(web_send(w, &change), 200);
    assert_string_equal(id_at(w, path, 0), large);
    json_t *all = variants_of(w, path);
    assert_int_equal(json_array_size(all), 2);
    json_decref(all);
    /* One by one, too. */
    const char *one = text_printf(a, "%s/variants/%s", path, large);
    assert_body_has(web_get(w, by_token(&w->owner), one), "25");
    assert_status(web_json(w, by_token(&w->owner), "POST", text_printf(a, "%s/variants", path),
                           "{\"sku\":\"KEEP-XL\",\"options\":{\"Size\":\"XL\"}}"),
                  201);
    struct call gone = { .who = by_token(&w->owner), .method = "DELETE", .path = one };
    assert_status(web_send(w, &gone), 204);
    assert_status(web_get(w, by_token(&w->owner), one), 404);
}

static void
a_variant_has_a_sku_of_its_own_in_the_whole_shop(void **state)
{
    struct web *w = *state;
    path_of_shirt(w, "WHOLE");
    assert_problem(web_json(w, by_token(&w->owner), "POST", "/api/v1/vendor/products",
                            text_printf(w->work.arena, LAMP, "whole-m")),
                   409, "product.sku_taken");
}

static void
an_address_says_its_language_and_an_old_one_leads_on(void **state)
{
    struct web *w = *state;
    const char *path = path_of_shirt(w, "SLUG");
    struct reply r = web_get(w, nobody(), "/shops/mine/products/a-shirt-slug");
    assert_status(r, 200);
    assert_string_equal(reply_header(&r, "Content-Language"), "en");
    struct call change = { .who = by_token(&w->owner),
                           .method = "PATCH",
                           .path = path,
                           .type = "application/json",
                           .headers = { { "HTTP_IF_MATCH", "*" } } };
    const char *body = "{\"translations\":{\"en\":{\"slug\":\"the-shirt\"}}}";
    change.body = BYTES(body, strlen(body));
    assert_status(web_send(w, &change), 200);
    r = web_get(w, nobody(), "/shops/mine/products/a-shirt-slug");
    assert_status(r, 301);
    assert_string_equal(reply_header(&r, "Location"), "/shops/mine/products/the-shirt");
}

static void
a_parameter_that_no_list_knows_is_named(void **state)
{
    struct web *w = *state;
    assert_problem(web_get(w, by_token(&w->owner), "/api/v1/vendor/products?colour=red"), 400,
                   "request.parameter");
}

static void
options_make_variants_and_the_plain_one_goes_on_as_the_first(void **state)
{
    struct web *w = *state;
    struct arena *a = w->work.arena;
    const char *path = path_of_new(w, "AXES"), *plain = id_at(w, path, 0);
    const char *page = text_printf(a, "/vendor/products/%s", strrchr(path, '/') + 1);
    assert_status(web_post(w, as(&w->owner), page,
                           "version=1&save=generate&axes.0.name=Size&axes.0.values=S,+M,+L"),
                  303);
    json_t *all = variants_of(w, path);
    assert_int_equal(json_array_size(all), 3);
    json_decref(all);
    assert_string_equal(id_at(w, path, 0), plain);
    assert_body_has(web_get(w, as(&w->owner), page), "AXES-M");
    /* What goes is asked first. */
    struct reply r = web_post(w, as(&w->owner), page,
                              "version=2&save=generate&axes.0.name=Size&axes.0.values=S");
    assert_status(r, 200);
    assert_body_has(r, "name=\"sure\"");
    all = variants_of(w, path);
    assert_int_equal(json_array_size(all), 3);
    json_decref(all);
    assert_body_has(web_get(w, as(&w->owner), text_printf(a, "%s/history", page)), "AXES-M");
}

static void
when_two_save_each_field_can_be_chosen(void **state)
{
    struct web *w = *state;
    struct arena *a = w->work.arena;
    const char *path = path_of_new(w, "BOTH");
    const char *page = text_printf(a, "/vendor/products/%s", strrchr(path, '/') + 1);
    assert_status(web_post(w, as(&w->owner), page, "version=1&save=price&price=30.00"), 303);
    struct reply r =
        web_post(w, as(&w->staff), page, "version=1&save=all&price=40.00&brand=Mine&sku=BOTH");
    assert_status(r, 409);
    assert_body_has(r, "name=\"take.price\"");
    r = web_post(w, as(&w->staff), page,
                 "version=2&save=all&price=40.00&brand=Mine&sku=BOTH&take.price=theirs");
    assert_status(r, 303);
    r = web_get(w, by_token(&w->owner), path);
    assert_body_has(r, "3000");
    assert_body_has(r, "Mine");
}

static void
prices_of_several_are_shown_before_they_change(void **state)
{
    struct web *w = *state;
    const char *path = path_of_new(w, "MOVE"), *id = strrchr(path, '/') + 1;
    struct arena *a = w->work.arena;
    struct reply r = web_post(w, as(&w->owner), "/vendor/products/bulk",
                              text_printf(a, "do=price&percent=10&step=5&sure=1&id=%s", id));
    assert_status(r, 200);
    assert_body_has(r, "21.95");
    r = web_post(w, as(&w->owner), "/vendor/products/bulk",
                 text_printf(a, "do=price&percent=10&step=5&sure=1&previewed=10+5&id=%s", id));
    assert_status(r, 303);
    assert_body_has(web_get(w, by_token(&w->owner), path), "2195");
}

static void
a_category_that_is_renamed_takes_its_products_along(void **state)
{
    struct web *w = *state;
    struct arena *a = w->work.arena;
    const char *path = path_of_new(w, "TREE");
    struct call change = { .who = by_token(&w->owner),
                           .method = "PATCH",
                           .path = path,
                           .type = "application/json",
                           .headers = { { "HTTP_IF_MATCH", "*" } } };
    const char *body = "{\"category\":\"Home >Lamps\"}";
    change.body = BYTES(body, strlen(body));
    assert_status(web_send(w, &change), 200);
    int64_t home = dbtest_number(w->db, "SELECT id FROM category WHERE path = 'Home'");
    change.path = text_printf(a, "/api/v1/vendor/categories/%lld", (long long)home);
    body = "{\"name\":\"House\",\"translations\":{\"de\":\"Haus\"}}";
    change.body = BYTES(body, strlen(body));
    assert_status(web_send(w, &change), 200);
    assert_body_has(web_get(w, by_token(&w->owner), path), "House > Lamps");
    assert_body_has(web_get(w, as(&w->owner),
                            text_printf(a, "/vendor/products?category=%lld", (long long)home)),
                    "TREE");
    assert_status(web_get(w, by_token(&w->stranger), change.path), 404);
}

static void
a_shop_chooses_its_languages(void **state)
{
    struct web *w = *state;
    assert_status(web_post(w, as(&w->owner), "/vendor/settings/languages", "do=add&code=ar"), 303);
    path_of_shirt(w, "ARAB");
    struct reply r = web_get(w, nobody(), "/shops/mine?in=ar");
    assert_status(r, 200);
    assert_string_equal(reply_header(&r, "Content-Language"), "ar");
    assert_body_has(r, "dir=\"rtl\"");
    assert_status(web_post(w, as(&w->owner), "/vendor/settings/languages", "do=add&code=xx"), 422);
    assert_status(web_post(w, as(&w->staff), "/vendor/settings/languages", "do=remove&code=ar"),
                  403);
    assert_status(web_post(w, as(&w->owner), "/vendor/settings",
                           "name=Mine&country=lu&tax_rate=17&prices_with_tax=1"),
                  303);
    assert_int_equal(dbtest_number(w->db, "SELECT tax_bp FROM vendor WHERE slug = 'mine'"), 1700);
}

/* The prices of a list's products, one behind the other. */
static const char *
prices(struct web *w, struct reply r)
{
    struct buf b = buf_new(w->work.arena, 64);
    size_t i;
    json_t *one, *answer = json_loadb(r.body, r.length, 0, NULL);
    json_array_foreach(json_object_get(answer, "data"), i, one) buf_printf(
        &b, "%lld ",
        (long long)json_integer_value(json_object_get(json_object_get(one, "price"), "amount")));
    json_decref(answer);
    return b.at;
}

static void
lists_are_sorted_and_mend_words_for_the_shop_and_for_buyers(void **state)
{
    struct web *w = *state;
    static const char *const made[] = { "300", "100", "200" };
    const char *mine = "/api/v1/vendor/products", *public = "/api/v1/shops/mine/products";
    for (size_t i = 0; i < COUNT(made); i++)
        assert_status(
            web_json(w, by_token(&w->owner), "POST", mine,
                     text_printf(w->work.arena,
                                 "{\"sku\":\"ORDER-%s\",\"active\":true,\"price\":{\"amount\":%s,"
                                 "\"currency\":\"EUR\"},\"translations\":{\"en\":{\"title\":"
                                 "\"Quilted anorak %s\"}}}",
                                 made[i], made[i], made[i])),
            201);
    for (int shop = 0; shop < 2; shop++) {
        struct caller who = shop ? by_token(&w->owner) : nobody();
        const char *list = text_join(w->work.arena, shop ? mine : public, "?q=anorak&sort=", NULL);
        assert_string_equal(
            prices(w, web_get(w, who, text_join(w->work.arena, list, "price", NULL))),
            "100 200 300 ");
        struct reply r = web_get(w, who, text_join(w->work.arena, list, "-price&limit=2", NULL));
        assert_string_equal(prices(w, r), "300 200 ");
        r = web_get(w, who,
                    text_join(w->work.arena, list,
                              "-price&limit=2&cursor=", member(w, r, "next_cursor"), NULL));
        assert_string_equal(prices(w, r), "100 ");
        r = web_get(w, who, text_join(w->work.arena, shop ? mine : public, "?q=anroak", NULL));
        assert_string_equal(member(w, r, "corrected"), "anorak");
        assert_problem(web_get(w, who, text_join(w->work.arena, list, "colour", NULL)), 400,
                       "request.sort");
    }
    assert_problem(
        web_get(w, by_token(&w->owner), "/api/v1/vendor/products?active=false&sort=price"), 400,
        "product.active");
    assert_body_has(web_get(w, as(&w->owner), "/vendor/products?q=anroak"), "anorak");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WEBTEST(a_product_made_by_page_is_in_the_list),
        WEBTEST(what_is_wrong_with_a_form_is_said_at_its_fields),
        WEBTEST(a_title_is_shown_as_text_whatever_is_in_it),
        WEBTEST(a_change_needs_the_version_it_was_made_from),
        WEBTEST(one_sku_is_one_product),
        WEBTEST(the_shop_window_shows_what_is_active_with_its_pictures),
        WEBTEST(variants_that_are_given_again_keep_their_ids_and_others_go),
        WEBTEST(a_variant_has_a_sku_of_its_own_in_the_whole_shop),
        WEBTEST(an_address_says_its_language_and_an_old_one_leads_on),
        WEBTEST(a_parameter_that_no_list_knows_is_named),
        WEBTEST(options_make_variants_and_the_plain_one_goes_on_as_the_first),
        WEBTEST(when_two_save_each_field_can_be_chosen),
        WEBTEST(prices_of_several_are_shown_before_they_change),
        WEBTEST(a_category_that_is_renamed_takes_its_products_along),
        WEBTEST(a_shop_chooses_its_languages),
        WEBTEST(lists_are_sorted_and_mend_words_for_the_shop_and_for_buyers),
    };
    return cmocka_run_group_tests(tests, web_start, web_stop);
}
