/* Billing accounts in rows: they are what the rules alone would have made of the same commands, one
 * at a time whoever asks, and the database holds on to what was issued. */
#include "dbtest.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "entitle/edit.h"
#include "subscriptions/act.h"
#include "subscriptions/tasks.h"

#define START     INT64_C(1767225600) /* 2026-01-01 */
#define HISTORIES 25
#define STEPS     24

static const uint8_t key[32] = { 1 };

static int
start(void **state)
{
    subscriptions_use(BYTES(key, sizeof(key)));
    return dbtest_start(state);
}

static struct work *
as_shop(struct dbtest *t, const char *slug, int64_t now)
{
    t->w.vendor = dbtest_vendor(t, slug);
    t->w.now_us = now * SECOND_US;
    t->w.role = ROLE_OWNER;
    return &t->w;
}

static struct err *
ended(struct work *w, struct err *e)
{
    return tx_end(w, e);
}

static struct err *
take(struct work *w, const char *tier, struct act *act)
{
    struct purchase wanted = { .tier = tier, .interval = INTERVAL_MONTH, .anchor = NEVER };
    tx_open(w, TX_WRITE);
    return ended(w, act_subscribe(w, &wanted, act));
}

static struct err *
change_to(struct work *w, const char *tier, const char *quote, struct act *act)
{
    struct change wanted = { .tier = tier };
    tx_open(w, TX_WRITE);
    return ended(w, act_change(w, &wanted, quote, act));
}

/* What is due by then happens, as the runner does it. */
static void
renew(struct work *w, int64_t now)
{
    struct book book;
    w->now_us = now * SECOND_US;
    tx_open(w, TX_WRITE);
    struct err *e = book_open(w, BOOK_RENEW, 0, &book);
    assert_no_err(ended(w, e ? e : book_save(w, &book)));
}

/* ---- Rows and rules ---- */

static uint64_t random_state;

static uint64_t
draw(uint64_t below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (random_state >> 11) % below;
}

/* Documents as a text that either side gives. */
static const char *
documents_of(const struct account *acc)
{
    struct buf b = buf_new(acc->arena, 1024);
    for (size_t i = 0; i < acc->document_count; i++) {
        const struct document *d = acc->documents[i];
        buf_printf(&b, "%lld:%lld:%lld:%lld:%s:%lld:%lld:%lld:%zu;", (long long)d->n,
                   (long long)d->sums.total, (long long)d->sums.tax, (long long)d->due,
                   invoice_state_names[d->state], (long long)d->paid, (long long)d->remaining,
                   (long long)d->noted, d->line_count);
    }
    return b.at;
}

static const char *
documents_stored(struct dbtest *t)
{
    const char *text = dbtest_sql(
        t,
        "SELECT string_agg(concat_ws(':', n, total, tax, due, state, paid, remaining, noted, "
        "(SELECT count(*) FROM billing_line l WHERE l.vendor_id = d.vendor_id AND l.document = "
        "d.n)) || ';', '' ORDER BY n) FROM billing_document d WHERE vendor_id = %lld",
        (long long)t->w.vendor.n);
    return text ? text : "";
}

static const char *const tiers[] = { "essential", "professional", "business", "enterprise" };
static const char *const addons[] = { "extra_member", "extra_products" };

/* The same command on both sides; a refusal must be the same too. */
static void
step_both(struct work *w, struct account *alone, int64_t now)
{
    struct act act = { 0 };
    struct outcome o;
    struct err *e = NULL;
    struct change wanted = { .when = (enum when)(draw(3) ? 0 : draw(3)) };
    account_advance(alone, now);
    tx_open(w, TX_WRITE);
    switch (draw(8)) {
    case 0:
        e = act_cancel(w, draw(3) ? WHEN_PERIOD_END : WHEN_NOW, true, &act);
        o = account_cancel(alone, now, act.outcome.effect == EFFECT_NOW ? WHEN_NOW : WHEN_USUAL,
                           true);
        if (e) /* either kind of it may have been refused: neither changed anything */
            o.refused = REFUSED_NO_CHANGE;
        break;
    case 1:
        e = act_reactivate(w, &act);
        o = account_reactivate(alone);
        break;
    case 2: {
        int64_t n = 1 + (int64_t)draw((uint64_t)alone->next_n);
        e = act_pay(w, n, &act);
        o = account_pay(alone, now, n);
        break;
    }
    case 3:
        wanted.addon = addons[draw(2)];
        wanted.quantity = (int64_t)draw(4);
        e = act_change(w, &wanted, NULL, &act);
        o = account_change(alone, now, &wanted);
        break;
    default:
        wanted.tier = tiers[draw(4)];
        wanted.interval = draw(4) ? 0 : draw(2) ? INTERVAL_MONTH : INTERVAL_YEAR;
        e = act_change(w, &wanted, NULL, &act);
        o = account_change(alone, now, &wanted);
    }
    if (!e != !o.refused)
        fail_msg("rows: %s, rules: %s", e ? e->code : "done",
                 o.refused ? refusal_codes[o.refused] : "done");
    e = ended(w, e);
    (void)e;
}

static struct account
alone_like(struct work *w, struct arena *a)
{
    struct account acc = account_new(a);
    struct book book;
    tx_open(w, TX_READ);
    assert_no_err(book_open(w, BOOK_LOOK, 0, &book));
    tx_rollback(w);
    struct offer *offers = NEW_ARRAY(a, struct offer, book.acc.offer_count);
    memcpy(offers, book.acc.offers, book.acc.offer_count * sizeof(*offers));
    int *days = NEW_ARRAY(a, int, book.acc.retry_count);
    memcpy(days, book.acc.retry_days, book.acc.retry_count * sizeof(*days));
    acc.offers = offers;
    acc.offer_count = book.acc.offer_count;
    acc.vat = book.acc.vat;
    acc.by_transfer = true;
    acc.terms_days = book.acc.terms_days;
    acc.retry_days = days;
    acc.retry_count = book.acc.retry_count;
    acc.final_days = book.acc.final_days;
    return acc;
}

static void
rows_are_what_the_rules_make(void **state)
{
    struct dbtest *t = *state;
    struct arena *a = arena_new((size_t)64 << 20);
    for (uint64_t h = 1; h <= HISTORIES; h++) {
        random_state = h * 0x9E3779B97F4A7C15u;
        int64_t now = START + (int64_t)draw(500) * DAY_S;
        struct work *w = as_shop(t, text_printf(t->process, "history-%d", (int)h), now);
        struct account alone = alone_like(w, a);
        struct purchase wanted = { .tier = tiers[draw(4)],
                                   .interval = INTERVAL_MONTH,
                                   .anchor = NEVER };
        struct act act;
        tx_open(w, TX_WRITE);
        assert_no_err(ended(w, act_subscribe(w, &wanted, &act)));
        assert_int_equal(account_subscribe(&alone, now, &wanted).refused, REFUSED_NOT);
        for (int i = 0; i < STEPS; i++) {
            now += (int64_t)draw(4) * 5 * DAY_S + (int64_t)draw(9000);
            w->now_us = now * SECOND_US;
            if (draw(3) == 0)
                renew(w, now);
            step_both(w, &alone, now);
            /* A refused command leaves what fell due to the next one. */
            renew(w, now);
            assert_string_equal(documents_stored(t), documents_of(&alone));
            arena_reset(w->arena);
        }
        assert_int_equal(dbtest_number(t, "SELECT coalesce(sum(amount), 0) FROM ledger_posting"),
                         0);
        assert_int_equal(
            dbtest_number(t, "SELECT coalesce(sum(amount) FILTER (WHERE account = 'AR'), 0) - "
                             "(SELECT coalesce(sum(remaining), 0) FROM billing_document WHERE "
                             "state = 'open') FROM ledger_posting"),
            0);
        arena_reset(a);
    }
    arena_free(a);
}

/* ---- Who comes second ---- */

struct racer {
    struct work *w;
    pthread_barrier_t *gate;
    struct err *e;
};

static void *
race(void *arg)
{
    struct racer *r = arg;
    struct act act;
    pthread_barrier_wait(r->gate);
    r->e = change_to(r->w, "business", NULL, &act);
    return NULL;
}

static void
two_changes_at_once_are_one(void **state)
{
    struct dbtest *t = *state;
    struct act act;
    struct work *w = as_shop(t, "race", START), *second = dbtest_second(t);
    assert_no_err(take(w, "essential", &act));
    second->vendor = w->vendor;
    second->now_us = w->now_us = (START + DAY_S) * SECOND_US;
    pthread_barrier_t gate;
    pthread_barrier_init(&gate, NULL, 2);
    struct racer racers[] = { { w, &gate, NULL }, { second, &gate, NULL } };
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&gate);
    struct err *refused = racers[0].e ? racers[0].e : racers[1].e;
    assert_true(!racers[0].e != !racers[1].e);
    assert_string_equal(refused->code, "subscriptions.no_change");
    assert_int_equal(dbtest_number(t,
                                   "SELECT count(*) FROM billing_document WHERE vendor_id = %lld",
                                   (long long)w->vendor.n),
                     2);
}

static void
a_renewal_twice_is_one(void **state)
{
    struct dbtest *t = *state;
    struct act act;
    struct work *w = as_shop(t, "twice", START);
    assert_no_err(take(w, "essential", &act));
    for (int i = 0; i < 3; i++)
        renew(w, START + 31 * DAY_S);
    assert_int_equal(dbtest_number(t,
                                   "SELECT count(*) FROM billing_document WHERE vendor_id = %lld",
                                   (long long)w->vendor.n),
                     2);
}

/* ---- The runner ---- */

#define SHOPS   150 /* more than a batch */
#define ENDED   (START + 14 * DAY_S)
#define RUNS_AT (START + 20 * DAY_S)

/* Shops whose trials end on one day, all of them with mail. */
static void
open_shops(struct dbtest *t, const char *slug)
{
    dbtest_sql(
        t,
        "INSERT INTO vendor (slug, name, created_at, trial_ends_at) "
        "SELECT '%s-' || n, 'Shop', to_timestamp(%lld), to_timestamp(%lld) "
        "  FROM generate_series(1, %d) n;"
        "INSERT INTO vendor_counter (vendor_id) SELECT id FROM vendor WHERE slug LIKE '%s-%%';"
        "UPDATE billing_account a SET email = 'billing@example.org', "
        "       wake_at = to_timestamp(%lld) "
        "  FROM vendor v WHERE v.id = a.vendor_id AND v.slug LIKE '%s-%%'",
        slug, (long long)START, (long long)ENDED, SHOPS, slug, (long long)ENDED, slug);
}

static struct err *
run_due(struct work *w, int64_t now)
{
    struct job once = { .kind = "bill_due_subscriptions", .key = "", .args = "{}", .attempt = 1 };
    must(text_is(subscriptions_jobs[0].name, once.kind));
    w->vendor.n = 0;
    w->now_us = now * SECOND_US;
    return subscriptions_jobs[0].run(w, &once);
}

/* Of these shops: how many have so many documents, each told by one mail. */
static int64_t
shops_with(struct dbtest *t, const char *slug, int documents)
{
    return dbtest_number(
        t,
        "SELECT count(*) FROM vendor v WHERE v.slug LIKE '%s-%%'"
        "   AND (SELECT count(*) FROM billing_document d WHERE d.vendor_id = v.id) = %d"
        "   AND (SELECT count(*) FROM mail m WHERE m.for_vendor = v.id) = %d"
        "   AND (SELECT count(*) FROM ledger_posting p WHERE p.vendor_id = v.id AND p.line = 1) = "
        "%d",
        slug, documents, documents, documents);
}

static void
wait_at(struct dbtest *t, const char *slug, int64_t gate)
{
    dbtest_sql(t,
               "CREATE FUNCTION wait_here() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN "
               "PERFORM pg_advisory_xact_lock(hashtextextended('billing:%lld', 0)); RETURN NEW; "
               "END $f$;"
               "CREATE TRIGGER wait_here AFTER INSERT ON mail_key FOR EACH ROW WHEN "
               "(starts_with(NEW.key, %lld || ':')) EXECUTE FUNCTION wait_here()",
               (long long)gate,
               (long long)dbtest_number(t, "SELECT id FROM vendor WHERE slug = '%s'", slug));
}

/* In a process of its own, killed while the second batch has written all but its last mail. */
static void
kill_a_runner(struct dbtest *t)
{
    int64_t waiting = 0;
    pid_t runner = fork();
    if (!runner) {
        struct err *e = run_due(dbtest_second(t), RUNS_AT);
        _exit(e ? 1 : 2);
    }
    assert_true(runner > 0);
    for (int i = 0; i < 1000 && !waiting; i++) {
        usleep(20000);
        waiting = dbtest_number(t, "SELECT count(*) FROM pg_stat_activity WHERE datname = "
                                   "current_database() AND wait_event = 'advisory'");
    }
    int status = 0;
    kill(runner, SIGKILL);
    assert_int_equal(waitpid(runner, &status, 0), runner);
    assert_true(waiting == 1 && WIFSIGNALED(status));
}

static void
a_runner_that_is_killed_renews_each_once(void **state)
{
    struct dbtest *t = *state;
    struct book book;
    struct work *gate = dbtest_second(t);
    gate->vendor = dbtest_vendor(t, "gate");
    gate->now_us = START * SECOND_US;
    open_shops(t, "killed");
    tx_open(gate, TX_WRITE);
    assert_no_err(book_open(gate, BOOK_CHANGE, 0, &book)); /* its lock */
    wait_at(t, text_printf(t->process, "killed-%d", SHOPS), gate->vendor.n);
    kill_a_runner(t);
    int64_t before = shops_with(t, "killed", 1);
    assert_in_range(before, 1, SHOPS - 1); /* it was in the middle */
    assert_int_equal(shops_with(t, "killed", 0), SHOPS - before);
    tx_rollback(gate);
    dbtest_sql(t, "DROP FUNCTION wait_here CASCADE");
    for (int i = 0; i < 2; i++) {
        assert_no_err(run_due(&t->w, RUNS_AT));
        assert_int_equal(shops_with(t, "killed", 1), SHOPS);
    }
}

static void
one_that_cannot_be_billed_stops_no_other(void **state)
{
    struct dbtest *t = *state;
    open_shops(t, "parked");
    dbtest_sql(t, "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN "
                  "IF (SELECT slug FROM vendor WHERE id = NEW.vendor_id) = 'parked-7' THEN "
                  "RAISE 'no'; END IF; RETURN NEW; END $f$;"
                  "CREATE TRIGGER refuse BEFORE INSERT ON ledger_posting FOR EACH ROW EXECUTE "
                  "FUNCTION refuse()");
    assert_no_err(run_due(&t->w, RUNS_AT));
    assert_int_equal(shops_with(t, "parked", 1), SHOPS - 1);
    assert_int_equal(shops_with(t, "parked", 0), 1);
    dbtest_sql(t, "DROP FUNCTION refuse CASCADE");
    assert_no_err(run_due(&t->w, RUNS_AT + 3599));
    assert_int_equal(shops_with(t, "parked", 0), 1);
    assert_no_err(run_due(&t->w, RUNS_AT + 3600));
    assert_int_equal(shops_with(t, "parked", 1), SHOPS);
}

/* ---- Quotes ---- */

static void
a_quote_is_kept_to_the_second(void **state)
{
    struct dbtest *t = *state;
    struct act act, shown;
    struct change up = { .tier = "business" };
    struct work *w = as_shop(t, "quote", START);
    assert_no_err(take(w, "essential", &act));
    w->now_us += 1123456 * SECOND_US;
    tx_open(w, TX_READ);
    assert_no_err(act_preview(w, &up, &shown));
    tx_rollback(w);
    int64_t total = shown.outcome.document->sums.total;
    const char *quote = text_copy(t->process, shown.quote);
    w->now_us += 600 * SECOND_US;
    assert_err(change_to(w, "enterprise", quote, &act), ERR_CONFLICT, "subscriptions.quote_stale");
    assert_no_err(change_to(w, "business", quote, &act));
    assert_int_equal(act.outcome.document->sums.total, total);
    assert_err(change_to(w, "business", quote, &act), ERR_CONFLICT, "subscriptions.quote_stale");
}

static void
a_quote_runs_out(void **state)
{
    struct dbtest *t = *state;
    struct act act, shown;
    struct change up = { .tier = "business" };
    struct work *w = as_shop(t, "late-quote", START);
    assert_no_err(take(w, "essential", &act));
    tx_open(w, TX_READ);
    assert_no_err(act_preview(w, &up, &shown));
    tx_rollback(w);
    w->now_us += (QUOTE_S + 1) * SECOND_US;
    assert_err(change_to(w, "business", shown.quote, &act), ERR_CONFLICT,
               "subscriptions.quote_stale");
}

/* ---- What the database holds on to ---- */

static bool
refused_by(struct dbtest *t, const char *constraint, const char *statement)
{
    const char *said = dbtest_sql(
        t,
        "CREATE OR REPLACE FUNCTION pg_temp.tried(s text) RETURNS text LANGUAGE plpgsql AS $f$ "
        "DECLARE c text; BEGIN EXECUTE s; SET CONSTRAINTS ALL IMMEDIATE; RETURN 'done'; EXCEPTION "
        "WHEN OTHERS THEN GET STACKED DIAGNOSTICS c = CONSTRAINT_NAME; RETURN c; END $f$; "
        "SELECT pg_temp.tried($s$%s$s$)",
        statement);
    return text_is(said, constraint);
}

static void
what_is_issued_stays(void **state)
{
    struct dbtest *t = *state;
    struct act act;
    struct work *w = as_shop(t, "issued", START);
    assert_no_err(take(w, "essential", &act));
    long long v = (long long)w->vendor.n;
    assert_true(refused_by(t, "document_is_issued",
                           text_printf(w->arena,
                                       "UPDATE billing_document SET net = net + 1, total = total + "
                                       "1, due = due + 1, remaining = remaining + 1 WHERE "
                                       "vendor_id = %lld",
                                       v)));
    assert_true(refused_by(
        t, "line_is_issued",
        text_printf(w->arena, "UPDATE billing_line SET amount = 1 WHERE vendor_id = %lld", v)));
    assert_true(refused_by(
        t, "ledger_sums_to_0",
        text_printf(w->arena,
                    "INSERT INTO ledger_posting VALUES (%lld, 999999, 1, 'AR', 5, 'EUR', now())",
                    v)));
    assert_true(refused_by(
        t, "line_time_once",
        text_printf(w->arena,
                    "INSERT INTO billing_line SELECT vendor_id, document, 99, subscription, item, "
                    "rank, kind, quantity, unit, period_from + interval '1 day', period_to, "
                    "basis_amount, basis_seconds, amount, vat_category, vat_bp, of_document, "
                    "of_line, covered_until, credited FROM billing_line WHERE vendor_id = %lld",
                    v)));
    assert_true(refused_by(
        t, "subscription_one_lives",
        text_printf(w->arena,
                    "INSERT INTO subscription (vendor_id, number, state, months, period, "
                    "started_at) VALUES (%lld, 2, 'active', 1, 'empty', now())",
                    v)));
}

static void
numbers_have_no_gap(void **state)
{
    struct dbtest *t = *state;
    (void)state;
    /* Those of all tests before, refused and rolled back ones among them. */
    assert_int_equal(
        dbtest_number(t, "SELECT count(*) FROM (SELECT split_part(number, '-', 1) AS kind, "
                         "split_part(number, '-', 2) AS year, max(split_part(number, '-', "
                         "3)::bigint) AS last, count(*) AS n FROM billing_document GROUP BY 1, 2) "
                         "x WHERE last <> n"),
        0);
}

/* ---- Tiers ---- */

static void
without_tiers_the_built_in_table_holds(void **state)
{
    struct dbtest *t = *state;
    struct entitle_offers offers;
    struct act act;
    struct work *w = as_shop(t, "built-in", START);
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM offer"), 0);
    tx_open(w, TX_READ);
    assert_no_err(entitle_offers(w, START, &offers));
    tx_rollback(w);
    assert_true(offers.builtin);
    assert_int_equal(entitle_find(&offers, "business")->month, 19900);
    assert_no_err(take(w, "business", &act));
    assert_int_equal(act.outcome.document->sums.net, 19900);
}

/* The last one: from here on the database has tiers of its own. */
static void
a_new_price_is_for_who_buys_then(void **state)
{
    struct dbtest *t = *state;
    struct entitle_offers offers;
    struct act act;
    struct work *w = as_shop(t, "held", START);
    assert_no_err(take(w, "business", &act));
    struct vendor_id held = w->vendor;
    w->vendor.n = 0;
    tx_open(w, TX_OPERATOR_WRITE);
    assert_no_err(edit_adopt(w));
    assert_no_err(entitle_offers(w, START, &offers));
    assert_false(offers.builtin);
    struct entitle_offer dearer = *entitle_find(&offers, "business");
    dearer.month = 25000;
    dearer.limit[ENTITLE_PRODUCTS] = 2500;
    assert_no_err(edit_save(w, &dearer));
    assert_no_err(tx_commit(w));
    w->vendor = held;
    renew(w, START + 31 * DAY_S);
    assert_int_equal(dbtest_number(t,
                                   "SELECT net FROM billing_document WHERE vendor_id = %lld AND "
                                   "n = 2",
                                   (long long)held.n),
                     19900);
    assert_int_equal(dbtest_number(t, "SELECT products FROM entitlement WHERE vendor_id = %lld",
                                   (long long)held.n),
                     2500);
    w = as_shop(t, "newcomer", START + DAY_S);
    assert_no_err(take(w, "business", &act));
    assert_int_equal(act.outcome.document->sums.net, 25000);
    /* Whoever saves what somebody else changed meanwhile is told. */
    w->vendor.n = 0;
    tx_open(w, TX_OPERATOR_WRITE);
    assert_err(edit_save(w, &dearer), ERR_CONFLICT, "entitle.changed");
    tx_rollback(w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        DBTEST(rows_are_what_the_rules_make),
        DBTEST(two_changes_at_once_are_one),
        DBTEST(a_renewal_twice_is_one),
        DBTEST(a_runner_that_is_killed_renews_each_once),
        DBTEST(one_that_cannot_be_billed_stops_no_other),
        DBTEST(a_quote_is_kept_to_the_second),
        DBTEST(a_quote_runs_out),
        DBTEST(what_is_issued_stays),
        DBTEST(numbers_have_no_gap),
        DBTEST(without_tiers_the_built_in_table_holds),
        DBTEST(a_new_price_is_for_who_buys_then),
    };
    return cmocka_run_group_tests(tests, start, dbtest_stop);
}
