/* What Stripe is asked, to the byte, and what its answers mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above first */
#include <cmocka.h>
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "pay/provider.h"

static struct arena *arena;
static const struct provider *const stripe = &provider_stripe;

static struct pay_reply
reply(int status, const char *body)
{
    return (struct pay_reply){ .status = status, .body = BYTES(body, strlen(body)) };
}

static void
assert_part(const char *form, const char *part)
{
    if (!strstr(form, part))
        fail_msg("%s is not in %s", part, form);
}

static void
a_charge_is_one_payment_intent_with_its_key(void **state)
{
    struct pay_charge charge = { .operation = 17,
                                 .vendor = 3,
                                 .amount = 5880,
                                 .currency = "EUR",
                                 .customer = "cus_1",
                                 .method = "pm_1",
                                 .description = "Invoice INV-2026-000042",
                                 .key = "pay:INV-2026-000042:1" };
    struct pay_call call = stripe->charge(arena, &charge);
    (void)state;
    assert_string_equal(call.path, "/v1/payment_intents");
    assert_string_equal(call.key, "pay:INV-2026-000042:1");
    assert_part(call.form, "amount=5880&");
    assert_part(call.form, "currency=eur&");
    assert_part(call.form, "off_session=true");
    assert_part(call.form, "confirm=true");
    assert_part(call.form, "metadata[operation]=17");
    assert_null(strstr(call.form, "return_url"));
    charge.return_url = "https://souk.example/vendor/billing/payment/confirmed?operation=17";
    charge.currency = "ISK"; /* sent as if it had decimals */
    call = stripe->charge(arena, &charge);
    assert_part(call.form, "amount=588000&");
    assert_part(call.form, "off_session=false");
    assert_part(call.form, "return_url=https%3A%2F%2Fsouk.example%2Fvendor");
}

static void
what_an_answer_means(void **state)
{
    static const struct {
        int status;
        const char *should_retry, *body;
        enum pay_verdict verdict;
    } rows[] = {
        { 200, "", "{\"id\":\"re_1\"}", PAY_FINE },
        { 200, "", "{\"id\":\"re_", PAY_LATER }, /* cut short: it may have happened */
        { 200, "", "[]", PAY_LATER },
        { 0, "", "", PAY_LATER },
        { 400, "", "{\"error\":{\"type\":\"invalid_request_error\"}}", PAY_WRONG },
        { 400, "", "{\"error\":{\"type\":\"idempotency_error\"}}", PAY_WRONG },
        { 400, "true", "{\"error\":{}}", PAY_LATER },
        { 401, "", "{\"error\":{}}", PAY_LOCKED },
        { 403, "", "<html>", PAY_LOCKED },
        { 402, "", "{\"error\":{\"type\":\"card_error\"}}", PAY_REFUSED },
        { 404, "", "{\"error\":{\"code\":\"resource_missing\"}}", PAY_WRONG },
        { 409, "", "{\"error\":{}}", PAY_LATER },
        { 424, "", "{\"error\":{}}", PAY_LATER },
        { 429, "", "{\"error\":{\"code\":\"lock_timeout\"}}", PAY_LATER },
        { 429, "false", "{\"error\":{}}", PAY_WRONG },
        { 500, "", "{\"error\":{\"type\":\"api_error\"}}", PAY_LATER },
        { 500, "false", "{\"error\":{}}", PAY_LATER }, /* what happened is not known all the same */
        { 503, "", "<html>", PAY_LATER },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct pay_reply r = reply(rows[i].status, rows[i].body);
        r.should_retry = rows[i].should_retry;
        struct pay_refusal why = stripe->read_done(arena, &r);
        if (why.verdict != rows[i].verdict)
            fail_msg("%d %s is %s", rows[i].status, rows[i].body, pay_verdict_names[why.verdict]);
    }
}

#define INTENT(status, more)                                                                       \
    "{\"id\":\"pi_1\",\"object\":\"payment_intent\",\"status\":\"" status                          \
    "\",\"amount\":9007199254740993,\"currency\":\"eur\",\"customer\":{\"id\":\"cus_1\"},"         \
    "\"created\":1700000000,\"unknown\":[1.5],\"metadata\":{\"operation\":\"17\"}" more "}"

static void
a_payment_is_read_whatever_its_state(void **state)
{
    static const struct {
        int status;
        const char *body;
        enum pay_state state;
        const char *decline, *url;
    } rows[] = {
        { 200, INTENT("succeeded", ""), PAY_PAID, NULL, NULL },
        { 200, INTENT("processing", ""), PAY_PENDING, NULL, NULL },
        { 200, INTENT("of_next_year", ""), PAY_PENDING, NULL, NULL },
        { 200, INTENT("canceled", ""), PAY_FAILED, NULL, NULL },
        { 200,
          INTENT("requires_payment_method", ",\"last_payment_error\":{\"code\":\"card_declined\","
                                            "\"decline_code\":\"lost_card\"}"),
          PAY_FAILED, "lost_card", NULL },
        { 200,
          INTENT("requires_action", ",\"next_action\":{\"type\":\"redirect_to_url\","
                                    "\"redirect_to_url\":{\"url\":\"https://hooks.example/3\"}}"),
          PAY_CONFIRM, NULL, "https://hooks.example/3" },
        { 200, INTENT("requires_action", ",\"next_action\":{\"type\":\"use_stripe_sdk\"}"),
          PAY_PENDING, NULL, NULL },
        { 402,
          "{\"error\":{\"type\":\"card_error\",\"code\":\"card_declined\",\"decline_code\":"
          "\"stolen_card\",\"payment_intent\":" INTENT("requires_payment_method", "") "}}",
          PAY_FAILED, "stolen_card", NULL },
        { 402,
          "{\"error\":{\"type\":\"card_error\",\"code\":\"authentication_required\","
          "\"payment_intent\":" INTENT("requires_payment_method", "") "}}",
          PAY_FAILED, "authentication_required", NULL },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct pay_reply r = reply(rows[i].status, rows[i].body);
        struct pay_intent intent;
        assert_int_equal(stripe->read_intent(arena, &r, &intent).verdict, PAY_FINE);
        assert_string_equal(intent.id, "pi_1");
        assert_int_equal(intent.state, rows[i].state);
        assert_int_equal(intent.operation, 17);
        assert_true(intent.amount == INT64_C(9007199254740993)); /* no double could hold it */
        assert_string_equal(intent.currency, "EUR");
        assert_string_equal(intent.customer, "cus_1");
        assert_true(text_is(intent.decline, rows[i].decline) || !rows[i].decline);
        assert_true(text_is(intent.url, rows[i].url) || (!intent.url && !rows[i].url));
    }
}

static void
an_intent_that_is_none_is_not_known(void **state)
{
    struct pay_reply r = reply(200, "{\"object\":\"payment_intent\"}");
    struct pay_intent intent;
    (void)state;
    assert_int_equal(stripe->read_intent(arena, &r, &intent).verdict, PAY_LATER);
    r = reply(402, "{\"error\":{\"code\":\"card_declined\",\"decline_code\":\"lost_card\"}}");
    struct pay_refusal why = stripe->read_intent(arena, &r, &intent);
    assert_int_equal(why.verdict, PAY_REFUSED);
    assert_string_equal(why.decline, "lost_card");
    assert_true(pay_is_hard(why.decline));
    assert_false(pay_is_hard("generic_decline"));
    assert_false(pay_is_hard(NULL));
}

static void
a_customer_is_read_with_the_card_that_is_charged(void **state)
{
    struct pay_reply r = reply(
        200,
        "{\"id\":\"cus_1\",\"invoice_settings\":{\"default_payment_method\":{\"id\":\"pm_1\","
        "\"card\":{\"brand\":\"visa\",\"last4\":\"4242\",\"exp_month\":3,\"exp_year\":2030}}}}");
    struct pay_customer customer;
    (void)state;
    assert_int_equal(stripe->read_customer(arena, &r, &customer).verdict, PAY_FINE);
    assert_string_equal(customer.method, "pm_1");
    assert_string_equal(customer.card, "visa 4242, 03/2030");
    r = reply(200, "{\"id\":\"cus_1\",\"deleted\":true}");
    assert_int_equal(stripe->read_customer(arena, &r, &customer).verdict, PAY_FINE);
    assert_true(customer.deleted);
    assert_null(customer.method);
}

static void
an_event_names_what_it_is_about(void **state)
{
    const char *body = "{\"id\":\"evt_1\",\"type\":\"charge.refunded\",\"created\":5,\"livemode\":"
                       "true,\"api_version\":\"2026-10-28.endive\",\"data\":{\"object\":{\"id\":"
                       "\"ch_1\",\"object\":\"charge\",\"payment_intent\":\"pi_1\",\"customer\":"
                       "\"cus_1\"}}}";
    struct pay_event event;
    (void)state;
    assert_true(stripe->read_event(arena, BYTES(body, strlen(body)), &event));
    assert_string_equal(event.object, "ch_1");
    assert_string_equal(event.payment, "pi_1");
    assert_string_equal(event.customer, "cus_1");
    assert_true(event.live);
    assert_false(stripe->read_event(arena, BYTES(body, strlen(body) - 1), &event));
    assert_false(stripe->read_event(arena, BYTES("{}", 2), &event));
}

static void
a_list_says_whether_there_is_more(void **state)
{
    struct pay_reply r =
        reply(200, "{\"data\":[" INTENT("succeeded", "") ",{}],\"has_more\":true}");
    struct pay_list list;
    (void)state;
    assert_int_equal(stripe->read_intents(arena, &r, &list).verdict, PAY_FINE);
    assert_int_equal(list.count, 1); /* the other one is nobody */
    assert_true(list.more);
    r = reply(200, "{\"data\":{}}");
    assert_int_equal(stripe->read_events(arena, &r, &list).verdict, PAY_LATER);
}

static int
set_up(void **state)
{
    (void)state;
    arena = arena_new((size_t)16 << 20);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_charge_is_one_payment_intent_with_its_key),
        cmocka_unit_test(what_an_answer_means),
        cmocka_unit_test(a_payment_is_read_whatever_its_state),
        cmocka_unit_test(an_intent_that_is_none_is_not_known),
        cmocka_unit_test(a_customer_is_read_with_the_card_that_is_charged),
        cmocka_unit_test(an_event_names_what_it_is_about),
        cmocka_unit_test(a_list_says_whether_there_is_more),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
