/* Events written with their cause, and the sender, with endpoints that answer as the test says: the
 * functions of net/fetch.h are this file's (tests/http/webhooks.test.mjs has real servers). */
#include "dbtest.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "hooks/delivery.h"
#include "hooks/endpoint.h"
#include "hooks/hooks.h"
#include "hooks/pace.h"
#include "hooks/tasks.h"
#include "http/signature.h"
#include "net/fetch.h"

/* ---- The endpoints' side ---- */

static struct {
    struct fetch *running[FETCH_AT_ONCE_MOST];
    size_t busy, most_busy;
    int status;          /* of each answer; 0: none */
    const char *only_at; /* that status is of addresses with this in them; others take all */
    int retry_after_s;
    struct buf seen;           /* "type:sequence " in the order of coming */
    const char *header, *body; /* of the last one */
} world;

struct err *
fetcher_open(struct arena *a, const struct settings *s, const char *allow, struct fetcher **out)
{
    (void)a;
    (void)s;
    (void)allow;
    *out = NULL;
    return NULL;
}

size_t
fetcher_busy(const struct fetcher *f)
{
    (void)f;
    return world.busy;
}

void
fetch_begin(struct fetcher *f, struct fetch *x)
{
    (void)f;
    world.running[world.busy++] = x;
    world.most_busy = world.busy > world.most_busy ? world.busy : world.most_busy;
}

/* The digits behind `name`. */
static int64_t
number_behind(const char *text, const char *name)
{
    int64_t n;
    const char *at = strstr(text, name);
    assert_non_null(at);
    at += strlen(name);
    assert_true(text_to_i64(text_copy_n(world.seen.arena, at, strspn(at, "0123456789")), &n));
    return n;
}

static void
see(const struct fetch *x)
{
    const char *body = text_copy_n(world.seen.arena, x->body.at, x->body.length);
    const char *type = strstr(body, "\"type\":\"") + 8;
    buf_printf(&world.seen, "%.*s:%lld ", (int)strcspn(type, "\""), type,
               (long long)number_behind(body, "\"sequence\":"));
    world.body = body;
    world.header = text_copy(world.seen.arena, x->headers[0] + strlen("Souk-Signature: "));
}

/* The one that began first ends first. */
struct fetch *
fetch_next(struct fetcher *f, int wait_ms)
{
    (void)f;
    (void)wait_ms;
    if (!world.busy)
        return NULL;
    struct fetch *x = world.running[0];
    memmove(world.running, world.running + 1, --world.busy * sizeof(x));
    see(x);
    bool refused = world.only_at ? strstr(x->url, world.only_at) != NULL : world.status != 200;
    x->status = refused ? world.status : 200;
    x->code = refused ? (world.status ? "fetch.status" : "fetch.timeout") : NULL;
    x->retry_after_s = refused ? world.retry_after_s : 0;
    snprintf(x->answer, sizeof(x->answer), "%s", refused ? "not today" : "thanks");
    x->took_ms = 5;
    return x;
}

/* ---- The shop's side ---- */

static struct vendor_id shop, other;

static int
start(void **state)
{
    int failed = dbtest_start(state);
    if (failed)
        return failed;
    struct dbtest *t = *state;
    hooks_use(BYTES("0123456789abcdef0123456789abcdef", 32));
    dbtest_before(state);
    shop = dbtest_vendor(t, "tea");
    other = dbtest_vendor(t, "tins");
    dbtest_sql(t, "INSERT INTO account (email, password_hash) VALUES ('anna@example.org', 'x')");
    dbtest_sql(t, "INSERT INTO membership SELECT %lld, id, 'owner' FROM account",
               (long long)shop.n);
    return 0;
}

static int
begin(void **state)
{
    struct dbtest *t = *state;
    dbtest_before(state);
    dbtest_sql(t, "DELETE FROM hook_endpoint; DELETE FROM hook_sequence; DELETE FROM job; DELETE "
                  "FROM mail");
    memset(&world, 0, sizeof(world));
    world.status = 200;
    world.seen = buf_new(t->w.arena, 256);
    t->w.vendor = shop;
    return 0;
}

#define HOOKTEST(fn) cmocka_unit_test_setup_teardown(fn, begin, dbtest_after)

static int64_t
add_endpoint(struct dbtest *t, const char *address, const char *events)
{
    return dbtest_number(t,
                         "INSERT INTO hook_endpoint (vendor_id, address, events, salt) VALUES "
                         "(%lld, 'https://%s/', '{%s}', '0123456789abcdef') RETURNING id",
                         (long long)shop.n, address, events);
}

static void
emit(struct work *w, enum hook_event event, int64_t object, const char *data)
{
    tx_open(w, TX_WRITE);
    assert_no_err(hooks_emit(w, event, object, data));
    assert_no_err(tx_commit(w));
}

static void
send_waiting(struct work *w)
{
    struct job j = { .kind = HOOKS_SEND, .key = "", .args = "{}", .attempt = 1 };
    struct vendor_id before = w->vendor;
    assert_no_err(hooks_jobs[0].run_many(w, &j, 1));
    w->vendor = before;
}

static int64_t
count(struct dbtest *t, const char *where)
{
    return dbtest_number(t, "SELECT count(*) FROM hook_delivery WHERE %s", where);
}

static void
all_due_now(struct dbtest *t)
{
    dbtest_sql(t, "UPDATE hook_delivery SET due_at = now() - interval '1 second'; UPDATE "
                  "hook_endpoint SET rest_until = NULL");
}

/* ---- Writing ---- */

static void
an_event_is_written_for_each_endpoint_that_wants_it_and_for_no_other(void **state)
{
    struct dbtest *t = *state;
    emit(&t->w, HOOK_ORDER_PAID, 1, "{}");
    assert_int_equal(count(t, "true"), 0);
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM hook_sequence"), 0);
    add_endpoint(t, "a.example", "order.paid,order.created");
    add_endpoint(t, "b.example", "order.paid");
    add_endpoint(t, "c.example", "stock.low");
    emit(&t->w, HOOK_ORDER_PAID, 1, "{\"id\":\"1\"}");
    assert_int_equal(count(t, "true"), 2);
    assert_int_equal(dbtest_number(t, "SELECT count(DISTINCT event_id) FROM hook_delivery"), 1);
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM job WHERE kind = 'hooks_send'"), 1);
    t->w.vendor = other;
    emit(&t->w, HOOK_ORDER_PAID, 1, "{}");
    assert_int_equal(count(t, "true"), 2);
}

static void
what_was_rolled_back_is_told_to_nobody(void **state)
{
    struct dbtest *t = *state;
    add_endpoint(t, "a.example", "order.paid");
    tx_open(&t->w, TX_WRITE);
    assert_no_err(hooks_emit(&t->w, HOOK_ORDER_PAID, 1, "{}"));
    tx_rollback(&t->w);
    assert_int_equal(count(t, "true"), 0);
}

static void
events_of_an_object_are_numbered_and_told_in_that_order(void **state)
{
    struct dbtest *t = *state;
    add_endpoint(t, "a.example", "order.created,order.paid,order.cancelled");
    emit(&t->w, HOOK_ORDER_CREATED, 7, "{}");
    emit(&t->w, HOOK_ORDER_PAID, 7, "{}");
    emit(&t->w, HOOK_ORDER_CREATED, 8, "{}");
    emit(&t->w, HOOK_ORDER_CANCELLED, 7, "{}");
    dbtest_sql(t,
               "UPDATE hook_delivery SET due_at = due_at - interval '1 hour' WHERE sequence = 3");
    send_waiting(&t->w);
    assert_int_equal(count(t, "state = 'done'"), 4);
    const char *created = strstr(world.seen.at, "order.created:1");
    const char *paid = strstr(world.seen.at, "order.paid:2");
    const char *cancelled = strstr(world.seen.at, "order.cancelled:3");
    assert_true(created && paid && cancelled && created < paid && paid < cancelled);
}

static void
of_a_product_that_changes_often_one_change_waits(void **state)
{
    struct dbtest *t = *state;
    int64_t ids[300];
    add_endpoint(t, "a.example", "product.changed,product.deleted");
    for (int64_t i = 0; i < 300; i++)
        ids[i] = 1000 - i;
    for (int round = 0; round < 3; round++) {
        tx_open(&t->w, TX_WRITE);
        assert_no_err(hooks_emit_many(&t->w, HOOK_PRODUCT_CHANGED, ids, NULL, 300));
        assert_no_err(tx_commit(&t->w));
    }
    assert_int_equal(count(t, "sequence = 3"), 300);
    assert_int_equal(count(t, "true"), 300);
    emit(&t->w, HOOK_PRODUCT_CHANGED, 1000, "{\"id\":\"1000\",\"sku\":\"A\"}");
    assert_string_equal(dbtest_sql(t, "SELECT data FROM hook_delivery WHERE object_id = 1000"),
                        "{\"id\":\"1000\",\"sku\":\"A\"}");
    assert_string_equal(dbtest_sql(t, "SELECT data FROM hook_delivery WHERE object_id = 999"),
                        "{\"id\" : \"999\"}");
    emit(&t->w, HOOK_PRODUCT_DELETED, 1000, NULL);
    assert_int_equal(count(t, "object_id = 1000"), 2);
}

static void
a_change_that_was_sent_once_is_not_written_over(void **state)
{
    struct dbtest *t = *state;
    add_endpoint(t, "a.example", "product.changed");
    emit(&t->w, HOOK_PRODUCT_CHANGED, 1, NULL);
    world.status = 500;
    send_waiting(&t->w);
    emit(&t->w, HOOK_PRODUCT_CHANGED, 1, NULL);
    assert_int_equal(count(t, "sequence = 1 AND attempt = 1"), 1);
    assert_int_equal(count(t, "sequence = 2 AND attempt = 0"), 1);
}

static void
objects_named_twice_in_one_call_are_one_event(void **state)
{
    struct dbtest *t = *state;
    static const int64_t ids[] = { 5, 4, 5 };
    static const char *const data[] = { "{\"n\":1}", NULL, "{\"n\":2}" };
    add_endpoint(t, "a.example", "stock.low");
    tx_open(&t->w, TX_WRITE);
    assert_no_err(hooks_emit_many(&t->w, HOOK_STOCK_LOW, ids, data, 3));
    assert_no_err(tx_commit(&t->w));
    assert_int_equal(count(t, "true"), 2);
    assert_int_equal(count(t, "object_id = 5 AND data = '{\"n\":2}'"), 1);
}

static void
a_shop_knows_whether_an_event_is_wanted(void **state)
{
    struct dbtest *t = *state;
    bool wanted;
    add_endpoint(t, "a.example", "stock.low");
    tx_open(&t->w, TX_READ);
    assert_no_err(hooks_wanted(&t->w, HOOK_STOCK_LOW, &wanted));
    assert_true(wanted);
    assert_no_err(hooks_wanted(&t->w, HOOK_ORDER_PAID, &wanted));
    assert_false(wanted);
}

/* ---- Sending ---- */

static void
what_is_sent_is_signed_and_says_what_happened(void **state)
{
    struct dbtest *t = *state;
    struct endpoint e;
    const char *new_secret;
    int64_t id = add_endpoint(t, "a.example", "order.paid");
    tx_open(&t->w, TX_WRITE);
    assert_no_err(endpoint_load(&t->w, id, &e));
    assert_no_err(endpoint_rotate(&t->w, &e, &new_secret));
    assert_no_err(tx_commit(&t->w));
    emit(&t->w, HOOK_ORDER_PAID, 3, "{\"id\":\"3\",\"total\":{\"amount\":4900}}");
    send_waiting(&t->w);
    const char *secrets[] = { new_secret };
    int64_t now_s = number_behind(world.header, "t=");
    struct bytes body = BYTES(world.body, strlen(world.body));
    assert_true(signature_holds(t->w.arena, world.header, body, secrets, 1, now_s, 5));
    assert_non_null(strstr(world.body, "\"type\":\"order.paid\""));
    assert_non_null(strstr(world.body, "\"data\":{\"id\":\"3\",\"total\":{\"amount\":4900}}"));
    /* two signatures while both secrets are good, one when the old one's day is over */
    const char *first = strstr(world.header, "v1=");
    assert_non_null(strstr(first + 3, "v1="));
    dbtest_sql(t, "UPDATE hook_endpoint SET old_until = now()");
    emit(&t->w, HOOK_ORDER_PAID, 4, "{}");
    send_waiting(&t->w);
    first = strstr(world.header, "v1=");
    assert_null(strstr(first + 3, "v1="));
}

static void
a_refused_event_is_tried_again_later_until_its_tries_are_over(void **state)
{
    struct dbtest *t = *state;
    add_endpoint(t, "a.example", "order.paid");
    emit(&t->w, HOOK_ORDER_PAID, 1, "{}");
    world.status = 500;
    for (int i = 1; i <= HOOK_TRIES; i++) {
        send_waiting(&t->w);
        assert_int_equal(dbtest_number(t, "SELECT attempt FROM hook_delivery"), i);
        if (i < HOOK_TRIES)
            assert_int_equal(count(t, "state = 'waiting' AND due_at > now() + interval '8 s'"), 1);
        all_due_now(t);
    }
    assert_int_equal(count(t, "state = 'failed' AND ended_at IS NOT NULL"), 1);
    assert_int_equal(dbtest_number(t, "SELECT jsonb_array_length(answers) FROM hook_delivery"),
                     HOOK_TRIES);
    assert_string_equal(dbtest_sql(t, "SELECT answers->0->>'answer' FROM hook_delivery"),
                        "not today");
}

static void
what_asks_for_time_gets_it(void **state)
{
    struct dbtest *t = *state;
    add_endpoint(t, "a.example", "order.paid");
    emit(&t->w, HOOK_ORDER_PAID, 1, "{}");
    world.status = 429;
    world.retry_after_s = 600;
    send_waiting(&t->w);
    assert_int_equal(count(t, "due_at > now() + interval '500 s'"), 1);
}

static void
an_event_waits_for_the_one_before_it_of_its_object_only(void **state)
{
    struct dbtest *t = *state;
    add_endpoint(t, "a.example", "order.created,order.paid");
    emit(&t->w, HOOK_ORDER_CREATED, 1, "{}");
    emit(&t->w, HOOK_ORDER_PAID, 1, "{}");
    world.status = 503;
    send_waiting(&t->w);
    assert_string_equal(world.seen.at, "order.created:1 ");
    world.status = 200;
    emit(&t->w, HOOK_ORDER_CREATED, 2, "{}");
    send_waiting(&t->w);
    assert_string_equal(world.seen.at, "order.created:1 order.created:1 ");
    all_due_now(t);
    send_waiting(&t->w);
    assert_string_equal(world.seen.at,
                        "order.created:1 order.created:1 order.created:1 order.paid:2 ");
}

static void
an_endpoint_that_fails_is_asked_by_one_event_and_then_left_alone(void **state)
{
    struct dbtest *t = *state;
    add_endpoint(t, "bad.example", "stock.low");
    add_endpoint(t, "good.example", "stock.low");
    for (int i = 1; i <= 40; i++)
        emit(&t->w, HOOK_STOCK_LOW, i, "{}");
    world.only_at = "bad";
    world.status = 0;
    send_waiting(&t->w);
    assert_int_equal(count(t, "state = 'done'"), 40);
    int64_t tried = dbtest_number(t, "SELECT sum(attempt) FROM hook_delivery WHERE state = "
                                     "'waiting'");
    assert_in_range(tried, HOOK_FAILS_MOST, HOOK_FAILS_MOST + 4);
    dbtest_sql(t, "UPDATE hook_endpoint SET rest_until = NULL");
    send_waiting(&t->w);
    assert_int_equal(
        dbtest_number(t, "SELECT sum(attempt) FROM hook_delivery WHERE state = 'waiting'"),
        tried + 1);
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM hook_endpoint WHERE failures > 0"), 1);
    world.only_at = "nobody";
    all_due_now(t);
    send_waiting(&t->w);
    assert_int_equal(count(t, "state = 'done'"), 80);
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM hook_endpoint WHERE failures > 0"), 0);
}

static void
an_endpoint_that_failed_for_days_is_switched_off_and_its_owners_are_told(void **state)
{
    struct dbtest *t = *state;
    add_endpoint(t, "bad.example", "stock.low");
    emit(&t->w, HOOK_STOCK_LOW, 1, "{}");
    emit(&t->w, HOOK_STOCK_LOW, 2, "{}");
    dbtest_sql(t,
               "UPDATE hook_endpoint SET failures = 9, failing_since = now() - interval '5 days'");
    world.status = 500;
    send_waiting(&t->w);
    assert_string_equal(dbtest_sql(t, "SELECT stopped_why FROM hook_endpoint WHERE NOT enabled"),
                        "failing");
    assert_int_equal(count(t, "state = 'stopped'"), 2);
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM mail WHERE kind = 'webhook_stopped' "
                                      "AND address = 'anna@example.org'"),
                     1);
    emit(&t->w, HOOK_STOCK_LOW, 3, "{}");
    assert_int_equal(count(t, "true"), 2);
}

static void
an_endpoint_that_says_gone_is_switched_off_at_once(void **state)
{
    struct dbtest *t = *state;
    add_endpoint(t, "a.example", "stock.low");
    emit(&t->w, HOOK_STOCK_LOW, 1, "{}");
    world.status = 410;
    send_waiting(&t->w);
    assert_string_equal(dbtest_sql(t, "SELECT stopped_why FROM hook_endpoint"), "gone");
    assert_int_equal(count(t, "state = 'stopped'"), 1);
}

static void
of_one_endpoint_few_are_under_way_at_once(void **state)
{
    struct dbtest *t = *state;
    add_endpoint(t, "a.example", "stock.low");
    for (int i = 1; i <= 100; i++)
        emit(&t->w, HOOK_STOCK_LOW, i, "{}");
    send_waiting(&t->w);
    assert_int_equal(count(t, "state = 'done'"), 100);
    assert_int_equal(world.most_busy, 4);
}

static void
what_a_dead_sender_had_in_hand_is_sent_by_the_next(void **state)
{
    struct dbtest *t = *state;
    add_endpoint(t, "a.example", "stock.low");
    emit(&t->w, HOOK_STOCK_LOW, 1, "{}");
    dbtest_sql(t, "UPDATE hook_delivery SET state = 'sending', attempt = 1, lease_until = now() + "
                  "interval '30 s'");
    send_waiting(&t->w);
    assert_int_equal(count(t, "state = 'sending'"), 1);
    dbtest_sql(t, "UPDATE hook_delivery SET lease_until = now()");
    send_waiting(&t->w);
    assert_int_equal(count(t, "state = 'done' AND attempt = 2"), 1);
}

/* ---- Once more ---- */

static void
events_are_sent_again_one_or_all_of_a_time_with_their_ids(void **state)
{
    struct dbtest *t = *state;
    int64_t endpoint = add_endpoint(t, "a.example", "stock.low"), n;
    emit(&t->w, HOOK_STOCK_LOW, 1, "{}");
    send_waiting(&t->w);
    int64_t id = dbtest_number(t, "SELECT id FROM hook_delivery");
    const char *event = dbtest_sql(t, "SELECT event_id FROM hook_delivery");
    tx_open(&t->w, TX_WRITE);
    assert_no_err(delivery_again(&t->w, endpoint, id));
    assert_err(delivery_again(&t->w, endpoint, id), ERR_CONFLICT, "hook.on_its_way");
    assert_no_err(tx_commit(&t->w));
    send_waiting(&t->w);
    assert_non_null(strstr(world.body, event));
    assert_int_equal(count(t, "state = 'done' AND again = 1 AND jsonb_array_length(answers) = 2"),
                     1);
    tx_open(&t->w, TX_WRITE);
    assert_no_err(delivery_again_all(&t->w, endpoint, NULL, 0, INT64_C(4000000000000000), &n));
    assert_int_equal(n, 0);
    assert_no_err(delivery_again_all(&t->w, endpoint, "done", 0, INT64_C(4000000000000000), &n));
    assert_int_equal(n, 1);
    assert_err(delivery_again(&t->w, endpoint, id + 1), ERR_NOT_FOUND, "hook.no_delivery");
    t->w.vendor = other;
    tx_rollback(&t->w);
    tx_open(&t->w, TX_WRITE);
    assert_err(delivery_again(&t->w, endpoint, id), ERR_NOT_FOUND, "hook.unknown");
}

static void
a_test_goes_to_one_endpoint_whatever_it_wants(void **state)
{
    struct dbtest *t = *state;
    struct endpoint e;
    int64_t id = add_endpoint(t, "a.example", "order.paid"), delivery;
    add_endpoint(t, "b.example", "order.paid");
    tx_open(&t->w, TX_WRITE);
    assert_no_err(endpoint_load(&t->w, id, &e));
    assert_no_err(endpoint_test(&t->w, &e, &delivery));
    assert_no_err(tx_commit(&t->w));
    send_waiting(&t->w);
    assert_string_equal(world.seen.at, "test.ping:1 ");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        HOOKTEST(an_event_is_written_for_each_endpoint_that_wants_it_and_for_no_other),
        HOOKTEST(what_was_rolled_back_is_told_to_nobody),
        HOOKTEST(events_of_an_object_are_numbered_and_told_in_that_order),
        HOOKTEST(of_a_product_that_changes_often_one_change_waits),
        HOOKTEST(a_change_that_was_sent_once_is_not_written_over),
        HOOKTEST(objects_named_twice_in_one_call_are_one_event),
        HOOKTEST(a_shop_knows_whether_an_event_is_wanted),
        HOOKTEST(what_is_sent_is_signed_and_says_what_happened),
        HOOKTEST(a_refused_event_is_tried_again_later_until_its_tries_are_over),
        HOOKTEST(what_asks_for_time_gets_it),
        HOOKTEST(an_event_waits_for_the_one_before_it_of_its_object_only),
        HOOKTEST(an_endpoint_that_fails_is_asked_by_one_event_and_then_left_alone),
        HOOKTEST(an_endpoint_that_failed_for_days_is_switched_off_and_its_owners_are_told),
        HOOKTEST(an_endpoint_that_says_gone_is_switched_off_at_once),
        HOOKTEST(of_one_endpoint_few_are_under_way_at_once),
        HOOKTEST(what_a_dead_sender_had_in_hand_is_sent_by_the_next),
        HOOKTEST(events_are_sent_again_one_or_all_of_a_time_with_their_ids),
        HOOKTEST(a_test_goes_to_one_endpoint_whatever_it_wants),
    };
    return cmocka_run_group_tests(tests, start, dbtest_stop);
}
