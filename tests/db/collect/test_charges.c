/* Money by card against a bank of this file's own: whatever is lost, doubled or broken off, and at
 * whichever line a process dies, afterwards there is one charge and what it was for, or neither. */
#include "dbtest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/must.h"
#include "base/text.h"
#include "collect/collect.h"
#include "collect/inside.h"
#include "net/fetch.h"
#include "queue/queue.h"
#include "subscriptions/act.h"

#define START INT64_C(1767225600) /* 2026-01-01 */
#define MOST  200

/* ---- The bank ---- */

enum fault {
    NO_FAULT,
    LOST_BEFORE, /* nothing comes back, and nothing happened */
    LOST_AFTER,  /* nothing comes back, but it happened */
    BROKEN_500,  /* happened, and 500 */
    CUT,         /* happened, and the answer is cut short */
    TOO_MANY,    /* 429 */
    RUNNING,     /* 409 */
    FAULTS
};

static int shops;

static struct bank {
    enum fault fault;
    int faulty; /* how many of the next calls */
    const char *status, *decline;
    struct intent {
        char key[64], refund_key[64], id[32], status[32], operation[32];
        int64_t amount;
        bool refunded;
        int64_t returned;
    } intents[MOST];
    size_t count;
    int asked;
    struct fetch *running[FETCH_AT_ONCE_MOST];
    size_t busy;
} bank;

struct err *
fetcher_open(struct arena *a, const struct settings *s, const char *allow, struct fetcher **out)
{
    (void)a;
    (void)s;
    (void)allow;
    *out = (struct fetcher *)&bank;
    return NULL;
}

size_t
fetcher_busy(const struct fetcher *f)
{
    (void)f;
    return bank.busy;
}

void
fetch_begin(struct fetcher *f, struct fetch *x)
{
    (void)f;
    bank.running[bank.busy++] = x;
}

static void
part_of(const struct fetch *x, const char *name, char *to, size_t size)
{
    char body[4096];
    snprintf(body, sizeof(body), "&%.*s", (int)x->body.length, (const char *)x->body.at);
    const char *at = strstr(body, name);
    assert_non_null(at);
    at += strlen(name);
    snprintf(to, size, "%.*s", (int)strcspn(at, "&"), at);
}

static const char *
key_of(const struct fetch *x)
{
    for (size_t i = 0; i < x->header_count; i++)
        if (text_starts(x->headers[i], "Idempotency-Key: "))
            return x->headers[i] + strlen("Idempotency-Key: ");
    fail_msg("a POST without a key: %s", x->url);
    return NULL;
}

static struct intent *
intent_of_key(const char *key)
{
    for (size_t i = 0; i < bank.count; i++)
        if (text_is(bank.intents[i].key, key))
            return &bank.intents[i];
    return NULL;
}

static struct intent *
intent_of_id(const char *id)
{
    for (size_t i = 0; i < bank.count; i++)
        if (strncmp(bank.intents[i].id, id, strlen(bank.intents[i].id)) == 0)
            return &bank.intents[i];
    fail_msg("no payment %s", id);
    return NULL;
}

static struct intent *
charge(const struct fetch *x)
{
    struct intent *known = intent_of_key(key_of(x));
    char amount[32];
    if (known)
        return known;
    assert_true(bank.count < MOST);
    struct intent *new = &bank.intents[bank.count++];
    *new = (struct intent){ .amount = 0 };
    snprintf(new->key, sizeof(new->key), "%s", key_of(x));
    snprintf(new->id, sizeof(new->id), "pi_%d_%zu", shops, bank.count);
    snprintf(new->status, sizeof(new->status), "%s", bank.status);
    part_of(x, "&amount=", amount, sizeof(amount));
    part_of(x, "&metadata[operation]=", new->operation, sizeof(new->operation));
    assert_true(text_to_i64(amount, &new->amount));
    return new;
}

static void
write_intent(char *to, size_t size, const struct intent *i)
{
    snprintf(to, size,
             "{\"id\":\"%s\",\"object\":\"payment_intent\",\"status\":\"%s\",\"amount\":%lld,"
             "\"currency\":\"eur\",\"created\":1,\"metadata\":{\"operation\":\"%s\"},"
             "\"last_payment_error\":%s%s%s,\"next_action\":{\"redirect_to_url\":{\"url\":"
             "\"https://bank.example/%s\"}}}",
             i->id, i->status, (long long)i->amount, i->operation,
             bank.decline ? "{\"code\":\"" : "", bank.decline ? bank.decline : "null",
             bank.decline ? "\"}" : "", i->id);
}

static void
write_list(char *to, size_t size)
{
    size_t n = (size_t)snprintf(to, size, "{\"data\":[");
    for (size_t i = 0; i < bank.count; i++) {
        if (i)
            to[n++] = ',';
        write_intent(to + n, size - n, &bank.intents[i]);
        n += strlen(to + n);
    }
    snprintf(to + n, size - n, "],\"has_more\":false}");
}

/* What it does, and what it would say. */
static void
do_it(const struct fetch *x, char *to, size_t size)
{
    const char *path = strstr(x->url, "/v1/");
    snprintf(to, size, "{\"id\":\"ok\"}");
    if (text_is(path, "/v1/payment_intents")) {
        write_intent(to, size, charge(x));
    } else if (text_starts(path, "/v1/payment_intents?")) {
        write_list(to, size);
    } else if (text_starts(path, "/v1/events?")) {
        snprintf(to, size, "{\"data\":[],\"has_more\":false}");
    } else if (text_starts(path, "/v1/payment_intents/")) {
        struct intent *i = intent_of_id(path + strlen("/v1/payment_intents/"));
        if (strstr(path, "/cancel") && !text_is(i->status, "succeeded"))
            snprintf(i->status, sizeof(i->status), "canceled");
        write_intent(to, size, i);
    } else if (text_is(path, "/v1/refunds")) {
        char id[32];
        part_of(x, "&payment_intent=", id, sizeof(id));
        struct intent *i = intent_of_id(id);
        char amount[32];
        int64_t minor = 0;
        part_of(x, "&amount=", amount, sizeof(amount));
        assert_true(text_to_i64(amount, &minor));
        struct intent *once = intent_of_key(key_of(x));
        assert_null(once); /* of a charge's key */
        if (!text_is(i->refund_key, key_of(x)))
            i->returned += minor;
        snprintf(i->refund_key, sizeof(i->refund_key), "%s", key_of(x));
        i->refunded = i->returned == i->amount;
    }
}

struct fetch *
fetch_next(struct fetcher *f, int wait_ms)
{
    char answer[65536];
    (void)f;
    (void)wait_ms;
    if (!bank.busy)
        return NULL;
    struct fetch *x = bank.running[0];
    memmove(bank.running, bank.running + 1, --bank.busy * sizeof(x));
    enum fault fault = bank.faulty > 0 ? bank.fault : NO_FAULT;
    bank.faulty -= bank.faulty > 0;
    bank.asked++;
    if (fault != LOST_BEFORE && fault != TOO_MANY && fault != RUNNING)
        do_it(x, answer, sizeof(answer));
    else
        snprintf(answer, sizeof(answer), "{\"error\":{\"type\":\"api_error\"}}");
    bool declined = strstr(answer, "requires_payment_method") && x->body.at;
    if (declined) {
        char inner[1024];
        snprintf(inner, sizeof(inner), "%.1000s", answer);
        snprintf(answer, sizeof(answer),
                 "{\"error\":{\"type\":\"card_error\",\"code\":\"card_declined\",\"decline_code\":"
                 "\"%s\",\"payment_intent\":%s}}",
                 bank.decline, inner);
    }
    bool lost = fault == LOST_BEFORE || fault == LOST_AFTER;
    x->status = fault == BROKEN_500 ? 500
                : fault == TOO_MANY ? 429
                : fault == RUNNING  ? 409
                : declined          ? 402
                                    : 200;
    if (lost)
        x->status = 0;
    x->code = lost ? "fetch.timeout" : x->status == 200 ? NULL : "fetch.status";
    x->room_used = fault == CUT ? strlen(answer) / 2 : lost ? 0 : strlen(answer);
    memcpy(x->room, answer, x->room_used);
    return x;
}

static int64_t
charged(void)
{
    int64_t n = 0;
    for (size_t i = 0; i < bank.count; i++)
        n += text_is(bank.intents[i].status, "succeeded") && !bank.intents[i].refunded;
    return n;
}

static void
bank_says(const char *status, const char *decline)
{
    bank.status = status;
    bank.decline = decline;
}

/* ---- The shop ---- */

static const uint8_t quote_key[32] = { 1 };

static int
start(void **state)
{
    int failed = dbtest_start(state);
    if (failed)
        return failed;
    struct dbtest *t = *state;
    static char folder[] = "/tmp/souk-collect-XXXXXX";
    char path[] = "/tmp/souk-key-XXXXXX";
    assert_non_null(mkdtemp(folder));
    t->settings.uploads = folder;
    t->settings.workers = 4;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(dprintf(fd, "sk_test_1\n"), 10);
    close(fd);
    t->settings.stripe_key_file = path;
    t->settings.stripe_webhook_file = "";
    t->settings.stripe_url = "https://bank.example";
    assert_null(collect_open(t->process, &t->settings));
    t->settings.stripe_key_file = "";
    unlink(path);
    subscriptions_use(BYTES(quote_key, sizeof(quote_key)));
    return 0;
}

/* A shop of its own that pays by card, and a bank that has no record. */
static struct work *
card_shop(struct dbtest *t)
{
    bank = (struct bank){ .status = "succeeded" };
    t->w.vendor = dbtest_vendor(t, text_printf(t->process, "card-%d", ++shops));
    t->w.now_us = START * SECOND_US;
    t->w.role = ROLE_OWNER;
    t->w.outside = 0;
    dbtest_sql(t,
               "UPDATE billing_account SET email = 'shop@example.org', collection = 'automatic', "
               "customer = 'cus_%d', method = "
               "'pm_1', card = 'visa 4242, 12/2030' WHERE vendor_id = %lld",
               shops, (long long)t->w.vendor.n);
    return &t->w;
}

static struct err *
subscribe_once(struct work *w)
{
    struct purchase wanted = { .tier = "essential", .interval = INTERVAL_MONTH, .anchor = NEVER };
    struct act act;
    tx_open(w, TX_WRITE);
    struct err *e = act_subscribe(w, &wanted, &act);
    if (!e || e->kind == ERR_OUTSIDE) {
        struct err *failed = tx_commit(w);
        return failed ? failed : e;
    }
    tx_rollback(w);
    return e;
}

/* As http/dispatch.c does it. */
static struct err *
subscribe(struct work *w)
{
    w->outside = 0;
    struct err *e = subscribe_once(w);
    if (!e || e->kind != ERR_OUTSIDE)
        return e;
    assert_no_err(collect_ask(w));
    e = subscribe_once(w);
    w->outside = 0;
    return e;
}

static void
time_goes_by(struct dbtest *t)
{
    dbtest_sql(t, "UPDATE billing_operation SET leased_until = now() - interval '1 s', next_at = "
                  "now() - interval '1 s'");
}

static const struct job_kind kinds[] = {
    { "collect_payments", ON_DEMAND, 1, collect_payments },
    { "cleanup_stale_subscriptions", ON_DEMAND, 1, collect_clean },
    { "sync_stripe_status", ON_DEMAND, 1, collect_sync },
};

static void
run(struct dbtest *t, const char *name)
{
    static const struct job_table table = { kinds, COUNT(kinds) };
    struct vendor_id vendor = t->w.vendor;
    assert_no_err(queue_once(&t->w, &table, 1, name));
    t->w.vendor = vendor;
    t->w.outside = 0;
}

/* What is left is not left alone for ever. */
static void
run_all(struct dbtest *t)
{
    for (size_t i = 0; i < COUNT(kinds); i++) {
        time_goes_by(t);
        run(t, kinds[i].name);
    }
}

static int64_t
count(struct dbtest *t, const char *what)
{
    return dbtest_number(t, "SELECT count(*) FROM %s AND vendor_id = %lld", what,
                         (long long)t->w.vendor.n);
}

static const char *
state_of(struct dbtest *t)
{
    return dbtest_sql(t,
                      "SELECT string_agg(state, ' ' ORDER BY id) FROM billing_operation WHERE "
                      "vendor_id = %lld",
                      (long long)t->w.vendor.n);
}

static void
assert_books_are_right(struct dbtest *t)
{
    int64_t n = (long long)t->w.vendor.n;
    assert_int_equal(
        dbtest_number(t,
                      "SELECT coalesce(sum(amount), 0) FROM ledger_posting WHERE vendor_id = %lld",
                      (long long)n),
        0);
    /* Cash is what the bank took for invoices that are paid. */
    assert_int_equal(
        dbtest_number(
            t,
            "SELECT coalesce(sum(amount) FILTER (WHERE account = 'CASH'), 0) - "
            "(SELECT coalesce(sum(paid), 0) FROM billing_document WHERE vendor_id = %lld) "
            "FROM ledger_posting WHERE vendor_id = %lld",
            (long long)n, (long long)n),
        0);
    assert_int_equal(charged(), count(t, "billing_document WHERE paid > 0"));
    assert_int_equal(
        count(t, "billing_operation WHERE state IN ('asked', 'paid', 'refused', 'undo')"), 0);
}

/* ---- Tests ---- */

static void
what_is_bought_is_paid_first(void **state)
{
    struct dbtest *t = *state;
    struct work *w = card_shop(t);
    assert_no_err(subscribe(w));
    assert_int_equal(charged(), 1);
    assert_string_equal(state_of(t), "done");
    assert_int_equal(count(t, "billing_document WHERE state = 'paid' AND payment LIKE 'pi_%_1'"),
                     1);
    assert_int_equal(count(t, "subscription WHERE state = 'active'"), 1);
    assert_err(subscribe(w), ERR_CONFLICT, "subscriptions.already_subscribed");
    assert_books_are_right(t);
}

static void
a_refused_payment_changes_nothing(void **state)
{
    struct dbtest *t = *state;
    struct work *w = card_shop(t);
    bank_says("requires_payment_method", "insufficient_funds");
    assert_err(subscribe(w), ERR_PAYMENT, "subscriptions.payment_failed");
    assert_int_equal(count(t, "billing_document WHERE true"), 0);
    assert_int_equal(count(t, "subscription WHERE true"), 0);
    assert_string_equal(state_of(t), "failed");
    bank_says("succeeded", NULL); /* the next try is another operation, with another key */
    assert_no_err(subscribe(w));
    assert_string_equal(state_of(t), "failed done");
    assert_books_are_right(t);
}

static void
what_must_be_confirmed_waits_for_the_person(void **state)
{
    struct dbtest *t = *state;
    struct work *w = card_shop(t);
    bank_says("requires_action", NULL);
    struct err *e = subscribe(w);
    assert_err(e, ERR_PAYMENT, "subscriptions.action_required");
    assert_string_equal(e->url,
                        text_join(w->arena, "https://bank.example/", bank.intents[0].id, NULL));
    assert_err(subscribe(w), ERR_PAYMENT, "subscriptions.action_required"); /* the same one */
    assert_int_equal(bank.count, 1);
    assert_int_equal(count(t, "subscription WHERE true"), 0);
    snprintf(bank.intents[0].status, sizeof(bank.intents[0].status), "succeeded");
    assert_no_err(charge_settle(w, dbtest_number(t, "SELECT max(id) FROM billing_operation")));
    assert_string_equal(state_of(t), "done");
    assert_int_equal(count(t, "subscription WHERE state = 'active'"), 1);
    assert_books_are_right(t);
}

static void
what_nobody_confirms_is_given_up_after_23_hours(void **state)
{
    struct dbtest *t = *state;
    struct work *w = card_shop(t);
    bank_says("requires_action", NULL);
    assert_err(subscribe(w), ERR_PAYMENT, "subscriptions.action_required");
    run_all(t);
    assert_string_equal(state_of(t), "action");
    dbtest_sql(t, "UPDATE billing_operation SET created_at = now() - interval '24 hours'");
    run_all(t);
    assert_string_equal(state_of(t), "failed");
    assert_string_equal(bank.intents[0].status, "canceled");
    assert_books_are_right(t);
}

/* Whichever way the answer goes astray, for however many calls. */
static void
lost_answers_make_one_charge(void **state)
{
    struct dbtest *t = *state;
    for (enum fault fault = LOST_BEFORE; fault < FAULTS; fault++)
        for (int calls = 1; calls <= 4; calls += 3) {
            struct work *w = card_shop(t);
            bank.fault = fault;
            bank.faulty = calls;
            struct err *e = subscribe(w);
            if (calls < 3)
                assert_no_err(e); /* the second try found it */
            else
                assert_err(e, ERR_PAYMENT, "subscriptions.payment_pending");
            for (int i = 0; i < 3; i++)
                run_all(t);
            assert_string_equal(state_of(t), "done");
            assert_int_equal(bank.count, 1);
            assert_int_equal(count(t, "subscription WHERE state = 'active'"), 1);
            assert_books_are_right(t);
        }
}

/* The process is gone after each step in turn, and the next one finds what it left. */
static void
a_process_may_die_between_any_two_steps(void **state)
{
    struct dbtest *t = *state;
    for (int step = 0; step < 3; step++) {
        struct work *w = card_shop(t);
        assert_err(subscribe_once(w), ERR_OUTSIDE, "subscriptions.ask");
        if (step == 1) { /* asked, and dead before the answer came */
            struct call call = { 0 };
            struct operation op;
            bool found;
            tx_open(w, TX_READ);
            assert_no_err(tx_end(w, operation_find(w, w->outside, &found, &op)));
            call.what = collect_provider()->charge(
                w->arena, &(struct pay_charge){ .operation = op.id,
                                                .vendor = w->vendor.n,
                                                .amount = op.amount,
                                                .currency = op.currency,
                                                .customer = op.customer,
                                                .method = op.method,
                                                .description = "Subscription",
                                                .return_url = "https://souk.example/",
                                                .key = op.key });
            assert_no_err(caller_ask(w, &call, 1, OF_A_JOB));
        }
        if (step == 2) /* answered, noted, and dead before it was applied */
            assert_no_err(collect_ask(w));
        w->outside = 0;
        run(t, "collect_payments"); /* somebody is at it, for all it knows */
        assert_int_equal(count(t, "subscription WHERE true"), 0);
        run_all(t);
        assert_string_equal(state_of(t), "done");
        assert_int_equal(bank.count, 1);
        assert_books_are_right(t);
    }
}

/* The person presses the button again meanwhile. */
static void
the_same_command_again_goes_on_with_the_same_charge(void **state)
{
    struct dbtest *t = *state;
    struct work *w = card_shop(t);
    struct change other = { .tier = "business" };
    struct act act;
    assert_err(subscribe_once(w), ERR_OUTSIDE, "subscriptions.ask");
    w->outside = 0;
    assert_err(subscribe(w), ERR_CONFLICT, "subscriptions.payment_running");
    tx_open(w, TX_WRITE);
    struct err *e = act_change(w, &other, NULL, &act);
    tx_rollback(w);
    assert_err(e, ERR_CONFLICT, "subscriptions.payment_waits");
    time_goes_by(t);
    assert_no_err(subscribe(w));
    assert_int_equal(bank.count, 1);
    assert_books_are_right(t);
}

static void
what_cannot_be_had_any_more_is_paid_back(void **state)
{
    struct dbtest *t = *state;
    struct work *w = card_shop(t);
    bank.fault = LOST_AFTER;
    bank.faulty = 3;
    assert_err(subscribe(w), ERR_PAYMENT, "subscriptions.payment_pending");
    dbtest_sql(t, "UPDATE billing_account SET version = version + 1 WHERE vendor_id = %lld",
               (long long)w->vendor.n);
    run_all(t);
    run_all(t);
    assert_string_equal(state_of(t), "undone");
    assert_true(bank.intents[0].refunded);
    assert_int_equal(count(t, "billing_document WHERE true"), 0);
    assert_books_are_right(t);
}

static void
renew(struct work *w, int64_t now)
{
    struct book book;
    w->now_us = now * SECOND_US;
    tx_open(w, TX_WRITE);
    struct err *e = book_open(w, BOOK_RENEW, 0, &book);
    assert_no_err(tx_end(w, e ? e : book_save(w, &book)));
}

static void
a_renewal_is_charged_once_and_tried_again_on_its_days(void **state)
{
    struct dbtest *t = *state;
    struct work *w = card_shop(t);
    int64_t due = INT64_C(1769904000); /* 2026-02-01 */
    assert_no_err(subscribe(w));
    renew(w, due);
    renew(w, due + 10);
    assert_int_equal(count(t, "billing_document WHERE waiting"), 1);
    bank_says("requires_payment_method", "insufficient_funds");
    run_all(t);
    run_all(t);
    assert_string_equal(state_of(t), "done failed");
    assert_int_equal(count(t, "subscription WHERE state = 'past_due'"), 1);
    assert_int_equal(dbtest_number(t,
                                   "SELECT count(*) FROM mail WHERE kind = 'payment_failed' AND "
                                   "for_vendor = %lld",
                                   (long long)w->vendor.n),
                     1);
    w->now_us = due * SECOND_US;
    renew(w, due + 2 * 86400); /* the first retry */
    assert_int_equal(count(t, "billing_document WHERE waiting"), 1);
    bank_says("succeeded", NULL);
    run_all(t);
    assert_string_equal(state_of(t), "done failed done");
    assert_int_equal(count(t, "subscription WHERE state = 'active'"), 1);
    assert_int_equal(bank.count, 3);
    assert_books_are_right(t);
}

static void
a_lost_card_is_not_tried_again(void **state)
{
    struct dbtest *t = *state;
    struct work *w = card_shop(t);
    int64_t due = INT64_C(1769904000);
    assert_no_err(subscribe(w));
    renew(w, due);
    bank_says("requires_payment_method", "lost_card");
    run_all(t);
    assert_int_equal(count(t, "billing_account WHERE method_refused = 'lost_card'"), 1);
    bank_says("succeeded", NULL);
    renew(w, due + 5 * 86400);
    run_all(t);
    assert_int_equal(bank.count, 2);
    assert_string_equal(state_of(t), "done failed");
    assert_books_are_right(t);
}

static void
an_invoice_that_was_paid_otherwise_meanwhile_gives_the_card_its_money_back(void **state)
{
    struct dbtest *t = *state;
    struct work *w = card_shop(t);
    struct act act;
    assert_no_err(subscribe(w));
    renew(w, INT64_C(1769904000));
    tx_open(w, TX_WRITE);
    assert_no_err(tx_end(w, act_pay(w, 2, &act)));
    run_all(t);
    run_all(t);
    assert_string_equal(state_of(t), "done undone");
    assert_true(bank.intents[1].refunded);
    assert_int_equal(charged(), 1);
    assert_int_equal(count(t, "billing_document WHERE state = 'paid'"), 2);
}

static struct err *
pay(struct work *w, int64_t n)
{
    struct act act;
    for (int run = 0; run < 2; run++) {
        tx_open(w, TX_WRITE);
        struct err *e = act_collect(w, n, &act);
        if (!e || e->kind == ERR_OUTSIDE)
            assert_no_err(tx_commit(w));
        else
            tx_rollback(w);
        if (!e || e->kind != ERR_OUTSIDE) {
            w->outside = 0;
            return e;
        }
        assert_no_err(collect_ask(w));
    }
    fail_msg("it is asked for ever");
    return NULL;
}

static void
the_person_pays_an_open_invoice_at_once(void **state)
{
    struct dbtest *t = *state;
    struct work *w = card_shop(t);
    assert_no_err(subscribe(w));
    renew(w, INT64_C(1769904000));
    bank_says("requires_payment_method", "authentication_required");
    run_all(t);
    w->now_us = INT64_C(1769990000) * SECOND_US;
    bank_says("requires_action", NULL);
    struct err *e = pay(w, 2);
    assert_err(e, ERR_PAYMENT, "subscriptions.action_required");
    assert_string_equal(e->url,
                        text_join(w->arena, "https://bank.example/", bank.intents[2].id, NULL));
    assert_err(pay(w, 2), ERR_PAYMENT, "subscriptions.action_required");
    snprintf(bank.intents[2].status, sizeof(bank.intents[2].status), "succeeded");
    assert_no_err(charge_settle(w, dbtest_number(t, "SELECT max(id) FROM billing_operation")));
    assert_err(pay(w, 2), ERR_CONFLICT, "subscriptions.invoice_not_open");
    assert_int_equal(count(t, "subscription WHERE state = 'active'"), 1);
    assert_books_are_right(t);
}

static void
a_refund_goes_back_to_the_cards_that_paid(void **state)
{
    struct dbtest *t = *state;
    struct work *w = card_shop(t);
    struct act act;
    assert_no_err(subscribe(w));
    renew(w, INT64_C(1769904000));
    run_all(t);
    int64_t once = bank.intents[0].amount;
    tx_open(w, TX_WRITE);
    assert_no_err(act_cancel(w, WHEN_NOW, true, &act));
    assert_no_err(tx_commit(w));
    int64_t balance = act.book.acc.balance;
    assert_true(balance > 0 && balance <= once);
    tx_open(w, TX_WRITE);
    assert_no_err(tx_end(w, act_refund(w, balance, &act)));
    assert_int_equal(act.by_hand, 0);
    run_all(t);
    run_all(t);
    assert_int_equal(bank.intents[1].returned, balance); /* the last one that paid */
    assert_int_equal(bank.intents[0].returned, 0);
    assert_string_equal(state_of(t), "done done undone");
    tx_open(w, TX_WRITE);
    assert_err(tx_end(w, act_refund(w, 1, &act)), ERR_CONFLICT, "subscriptions.nothing_left");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        DBTEST(what_is_bought_is_paid_first),
        DBTEST(a_refused_payment_changes_nothing),
        DBTEST(what_must_be_confirmed_waits_for_the_person),
        DBTEST(what_nobody_confirms_is_given_up_after_23_hours),
        DBTEST(lost_answers_make_one_charge),
        DBTEST(a_process_may_die_between_any_two_steps),
        DBTEST(the_same_command_again_goes_on_with_the_same_charge),
        DBTEST(what_cannot_be_had_any_more_is_paid_back),
        DBTEST(a_renewal_is_charged_once_and_tried_again_on_its_days),
        DBTEST(a_lost_card_is_not_tried_again),
        DBTEST(an_invoice_that_was_paid_otherwise_meanwhile_gives_the_card_its_money_back),
        DBTEST(the_person_pays_an_open_invoice_at_once),
        DBTEST(a_refund_goes_back_to_the_cards_that_paid),
    };
    return cmocka_run_group_tests(tests, start, dbtest_stop);
}
