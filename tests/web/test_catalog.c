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
    };
    return cmocka_run_group_tests(tests, web_start, web_stop);
}
