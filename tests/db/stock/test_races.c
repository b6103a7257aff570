/* Two who want the same at once, with the order of their steps given: the second begins while the
 * first has not committed, and waits where it must. */
#include "shop.h"

#include <pthread.h>
#include <time.h>

#include "base/text.h"

struct second {
    struct work *w;
    struct err *(*step)(struct second *s); /* inside its transaction */
    int64_t order;
    struct variant_id v, other;
    int64_t quantity;
    struct stock_held held[2];
    struct stock_change change;
    struct stock_outcome_of outcome;
    struct err *e;
};

static void *
run_second(void *arg)
{
    struct second *s = arg;
    tx_open(s->w, TX_WRITE);
    s->e = s->step(s);
    if (!s->e)
        s->e = tx_commit(s->w);
    else
        tx_rollback(s->w);
    return NULL;
}

static struct err *
take(struct second *s)
{
    const struct stock_line line = { 1, s->v, s->quantity };
    return stock_reserve(s->w, (struct order_id){ s->order }, &line, 1, 0, s->held);
}

static struct err *
take_both(struct second *s)
{
    const struct stock_line lines[] = { { 1, s->v, 1 }, { 2, s->other, 1 } };
    return stock_reserve(s->w, (struct order_id){ s->order }, lines, 2, 0, s->held);
}

static struct err *
change(struct second *s)
{
    return stock_set_many(s->w, &s->change, 1, STOCK_COUNT, "", &s->outcome);
}

static struct err *
give_back(struct second *s)
{
    const struct order_id order = { s->order };
    return stock_release(s->w, &order, 1, STOCK_RELEASED);
}

static void
wait_until_one_waits(struct dbtest *t)
{
    const struct timespec pause = { .tv_nsec = 5000000 };
    for (int i = 0; i < 2000; i++) {
        if (dbtest_number(t, "SELECT count(*) FROM pg_stat_activity WHERE datname = "
                             "current_database() AND wait_event_type = 'Lock'"))
            return;
        nanosleep(&pause, NULL);
    }
    fail_msg("nobody waits");
}

/* What the first did is committed, or undone, once the second waits for it. */
static void
let_the_second_meet_it(struct dbtest *t, struct second *s, bool commits)
{
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, run_second, s), 0);
    wait_until_one_waits(t);
    if (commits)
        assert_no_err(tx_commit(&t->w));
    else
        tx_rollback(&t->w);
    pthread_join(thread, NULL);
}

static struct second
second_of(struct dbtest *t, struct variant_id v, int64_t quantity)
{
    struct second s = {
        .w = dbtest_second(t), .step = take, .order = 2, .v = v, .quantity = quantity
    };
    s.w->vendor = t->w.vendor;
    return s;
}

static struct err *
first_takes(struct dbtest *t, struct variant_id v, int64_t quantity)
{
    struct second first = { .w = &t->w, .order = 1, .v = v, .quantity = quantity };
    tx_open(&t->w, TX_WRITE);
    return take(&first);
}

static void
of_two_who_want_the_last_piece_the_second_is_told_that_none_is_left(void **state)
{
    struct dbtest *t = *state;
    struct vendor_id shop = shop_open(t, "last");
    struct variant_id v = shop_variant(t, shop, "R1");
    shop_count(t, v, shop_warehouse(t, shop, "w"), "", 1);
    struct second s = second_of(t, v, 1);
    assert_no_err(first_takes(t, v, 1));
    let_the_second_meet_it(t, &s, true);
    assert_err(s.e, ERR_CONFLICT, "stock.short");
    assert_int_equal(s.e->limit, 0);
    assert_int_equal(shop_reserved(t, v), 1);
    assert_proven(t);
}

static void
what_the_first_gives_up_the_second_gets(void **state)
{
    struct dbtest *t = *state;
    struct vendor_id shop = shop_open(t, "gives-up");
    struct variant_id v = shop_variant(t, shop, "R2");
    shop_count(t, v, shop_warehouse(t, shop, "w"), "", 1);
    struct second s = second_of(t, v, 1);
    assert_no_err(first_takes(t, v, 1));
    let_the_second_meet_it(t, &s, false);
    assert_no_err(s.e);
    assert_int_equal(shop_reserved(t, v), 1);
    assert_proven(t);
}

static void
the_second_takes_what_the_first_left_and_the_rest_elsewhere(void **state)
{
    struct dbtest *t = *state;
    struct vendor_id shop = shop_open(t, "elsewhere");
    struct variant_id v = shop_variant(t, shop, "R3");
    struct warehouse_id near = shop_warehouse(t, shop, "near"),
                        far = shop_warehouse(t, shop, "far");
    shop_count(t, v, near, "", 5);
    shop_count(t, v, far, "", 5);
    struct second s = second_of(t, v, 4);
    assert_no_err(first_takes(t, v, 3));
    let_the_second_meet_it(t, &s, true);
    assert_no_err(s.e);
    assert_int_equal(
        dbtest_number(t, "SELECT reserved FROM stock WHERE warehouse_id = %lld", (long long)near.n),
        5);
    assert_int_equal(shop_reserved(t, v), 7);
    assert_proven(t);
}

static void
who_wants_what_is_sold_out_waits_for_nobody(void **state)
{
    struct dbtest *t = *state;
    struct vendor_id shop = shop_open(t, "sold-out");
    struct variant_id v = shop_variant(t, shop, "R4");
    struct warehouse_id h = shop_warehouse(t, shop, "w");
    const struct stock_change c = {
        .variant = v, .warehouse = h, .by = true, .pieces = 1, .expected = -1
    };
    struct stock_outcome_of outcome;
    shop_count(t, v, h, "", 0);
    struct second s = second_of(t, v, 1);
    tx_open(&t->w, TX_WRITE); /* somebody is at the row */
    assert_no_err(stock_set_many(&t->w, &c, 1, STOCK_RECEIVE, "", &outcome));
    run_second(&s); /* in this thread: it would wait for ever */
    assert_err(s.e, ERR_CONFLICT, "stock.short");
    assert_no_err(tx_commit(&t->w));
}

/* Lines in different orders, and not in that of the keys: nobody waits in a circle. */
static void
two_who_want_both_things_take_turns(void **state)
{
    struct dbtest *t = *state;
    struct vendor_id shop = shop_open(t, "both");
    struct variant_id a = shop_variant(t, shop, "R5"), b = shop_variant(t, shop, "R6");
    struct warehouse_id h = shop_warehouse(t, shop, "w");
    struct stock_held held[2];
    const struct stock_line lines[] = { { 1, b, 1 }, { 2, a, 1 } };
    shop_count(t, a, h, "", 9);
    shop_count(t, b, h, "", 9);
    struct second s = second_of(t, a, 1);
    s.step = take_both;
    s.other = b;
    tx_open(&t->w, TX_WRITE);
    assert_no_err(stock_reserve(&t->w, (struct order_id){ 1 }, lines, 2, 0, held));
    let_the_second_meet_it(t, &s, true);
    assert_no_err(s.e);
    assert_int_equal(shop_reserved(t, a) + shop_reserved(t, b), 4);
    assert_proven(t);
}

static void
a_count_that_meets_a_sale_is_told_what_lies_there_now(void **state)
{
    struct dbtest *t = *state;
    struct vendor_id shop = shop_open(t, "count");
    struct variant_id v = shop_variant(t, shop, "R7");
    struct warehouse_id h = shop_warehouse(t, shop, "w");
    shop_count(t, v, h, "", 5);
    assert_no_err(shop_reserve(&t->w, 1, v, 2));
    struct second s = second_of(t, v, 0);
    s.step = change;
    s.change = (struct stock_change){ .variant = v, .warehouse = h, .pieces = 9, .expected = 5 };
    tx_open(&t->w, TX_WRITE);
    assert_no_err(stock_ship(&t->w, (struct order_id){ 1 }, NULL, 0));
    let_the_second_meet_it(t, &s, true);
    assert_no_err(s.e);
    assert_int_equal(s.outcome.outcome, STOCK_STALE);
    assert_int_equal(s.outcome.on_hand, 3);
    assert_int_equal(shop_on_hand(t, v), 3);
    assert_proven(t);
}

static void
a_count_below_what_was_sold_meanwhile_is_refused(void **state)
{
    struct dbtest *t = *state;
    struct vendor_id shop = shop_open(t, "below");
    struct variant_id v = shop_variant(t, shop, "R8");
    struct warehouse_id h = shop_warehouse(t, shop, "w");
    shop_count(t, v, h, "", 5);
    struct second s = second_of(t, v, 0);
    s.step = change;
    s.change = (struct stock_change){ .variant = v, .warehouse = h, .pieces = 3, .expected = -1 };
    assert_no_err(first_takes(t, v, 4));
    let_the_second_meet_it(t, &s, true);
    assert_no_err(s.e);
    assert_int_equal(s.outcome.outcome, STOCK_PROMISED);
    assert_int_equal(s.outcome.reserved, 4);
    assert_int_equal(shop_on_hand(t, v), 5);
}

static void
two_who_give_back_one_order_give_it_back_once(void **state)
{
    struct dbtest *t = *state;
    struct vendor_id shop = shop_open(t, "twice");
    struct variant_id v = shop_variant(t, shop, "R9");
    const struct order_id order = { 5 };
    shop_count(t, v, shop_warehouse(t, shop, "w"), "", 5);
    assert_no_err(shop_reserve(&t->w, order.n, v, 3));
    struct second s = second_of(t, v, 0);
    s.step = give_back;
    s.order = order.n;
    tx_open(&t->w, TX_WRITE);
    assert_no_err(stock_release(&t->w, &order, 1, STOCK_EXPIRED));
    let_the_second_meet_it(t, &s, true);
    assert_no_err(s.e);
    assert_int_equal(shop_reserved(t, v), 0);
    assert_proven(t);
}

/* Somebody who forgot the rule: the table refuses it by itself. */
static void
the_database_sells_nothing_that_is_not_there(void **state)
{
    struct dbtest *t = *state;
    struct vendor_id shop = shop_open(t, "itself");
    struct variant_id v = shop_variant(t, shop, "R10");
    shop_count(t, v, shop_warehouse(t, shop, "w"), "", 1);
    assert_string_equal(
        dbtest_sql(t,
                   "CREATE FUNCTION pg_temp.oversell() RETURNS text LANGUAGE plpgsql AS $$ BEGIN "
                   "UPDATE stock SET reserved = 2 WHERE variant_id = %lld; RETURN 'sold'; "
                   "EXCEPTION WHEN check_violation THEN RETURN 'refused'; END $$; "
                   "SELECT pg_temp.oversell()",
                   (long long)v.n),
        "refused");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        DBTEST(of_two_who_want_the_last_piece_the_second_is_told_that_none_is_left),
        DBTEST(what_the_first_gives_up_the_second_gets),
        DBTEST(the_second_takes_what_the_first_left_and_the_rest_elsewhere),
        DBTEST(who_wants_what_is_sold_out_waits_for_nobody),
        DBTEST(two_who_want_both_things_take_turns),
        DBTEST(a_count_that_meets_a_sale_is_told_what_lies_there_now),
        DBTEST(a_count_below_what_was_sold_meanwhile_is_refused),
        DBTEST(two_who_give_back_one_order_give_it_back_once),
        DBTEST(the_database_sells_nothing_that_is_not_there),
    };
    return cmocka_run_group_tests(tests, dbtest_start, dbtest_stop);
}
