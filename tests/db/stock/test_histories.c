/* Random histories of all that happens to stock, against a model that is a few numbers: whatever
 * came, figures are what the model says, nothing is negative, and the ledger sums to the stock. */
#include "shop.h"

#include <string.h>

#include "base/random.h"
#include "base/text.h"

#define VARIANTS   3
#define WAREHOUSES 2
#define BINS       2
#define ORDERS     6
#define STEPS      250
#define HISTORIES  2

struct model {
    struct variant_id v[VARIANTS];
    struct warehouse_id h[WAREHOUSES];
    int64_t on_hand[VARIANTS], held[ORDERS][VARIANTS], shipped[ORDERS][VARIANTS];
};

static const char *const bins[BINS] = { "", "A1" };
static uint64_t seed;

/* xorshift: a history can be had again by its seed. */
static int64_t
draw(int64_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (int64_t)(seed % (uint64_t)below);
}

static int64_t
held_of(const struct model *m, int v)
{
    int64_t sum = 0;
    for (int o = 0; o < ORDERS; o++)
        sum += m->held[o][v];
    return sum;
}

static struct order_id
order_of(int o)
{
    return (struct order_id){ o + 1 };
}

/* ---- Steps, each in a transaction of its own ---- */

static void
reserve_some(struct work *w, struct model *m)
{
    int o = (int)draw(ORDERS), v = (int)draw(VARIANTS), other = (v + 1) % VARIANTS;
    const struct stock_line lines[] = { { 1, m->v[v], 1 + draw(6) },
                                        { 2, m->v[other], 1 + draw(3) } };
    struct stock_held held[2];
    bool fits = lines[0].quantity <= m->on_hand[v] - held_of(m, v) &&
                lines[1].quantity <= m->on_hand[other] - held_of(m, other);
    struct err *e = stock_reserve(w, order_of(o), lines, 2, 0, held);
    if (!fits) {
        assert_err(e, ERR_CONFLICT, "stock.short");
        return;
    }
    assert_no_err(e);
    m->held[o][v] += lines[0].quantity;
    m->held[o][other] += lines[1].quantity;
}

static void
release_one(struct work *w, struct model *m)
{
    int o = (int)draw(ORDERS);
    const struct order_id order = order_of(o);
    assert_no_err(stock_release(w, &order, 1, draw(2) ? STOCK_RELEASED : STOCK_EXPIRED));
    memset(m->held[o], 0, sizeof(m->held[o]));
}

static void
ship_one(struct work *w, struct model *m)
{
    int o = (int)draw(ORDERS);
    assert_no_err(stock_ship(w, order_of(o), NULL, 0));
    for (int v = 0; v < VARIANTS; v++) {
        m->on_hand[v] -= m->held[o][v];
        m->shipped[o][v] += m->held[o][v];
        m->held[o][v] = 0;
    }
}

static void
return_some(struct work *w, struct model *m)
{
    int o = (int)draw(ORDERS), v = (int)draw(VARIANTS);
    const struct stock_line line = { 1, m->v[v], m->shipped[o][v] };
    if (!line.quantity)
        return;
    assert_no_err(stock_return(w, order_of(o), &line, 1, "came back"));
    m->on_hand[v] += line.quantity;
    m->shipped[o][v] = 0;
}

static void
receive_or_correct(struct work *w, struct model *m)
{
    int v = (int)draw(VARIANTS);
    struct stock_outcome_of out;
    const struct stock_change c = { .variant = m->v[v],
                                    .warehouse = m->h[draw(WAREHOUSES)],
                                    .bin = bins[draw(BINS)],
                                    .by = true,
                                    .pieces = draw(13) - 4,
                                    .expected = -1 };
    assert_no_err(stock_set_many(w, &c, 1, c.pieces > 0 ? STOCK_RECEIVE : STOCK_CORRECT, "", &out));
    if (out.outcome == STOCK_CHANGED)
        m->on_hand[v] += c.pieces;
    else if (c.pieces)
        assert_int_equal(out.outcome, STOCK_PROMISED);
}

/* A count says the whole, so the model asks what lay there. */
static void
count_one(struct dbtest *t, struct model *m)
{
    int v = (int)draw(VARIANTS);
    struct stock_outcome_of out;
    const struct stock_change c = { .variant = m->v[v],
                                    .warehouse = m->h[draw(WAREHOUSES)],
                                    .bin = bins[draw(BINS)],
                                    .pieces = draw(20),
                                    .expected = -1 };
    int64_t was = dbtest_number(t,
                                "SELECT coalesce(sum(on_hand), 0) FROM stock WHERE variant_id = "
                                "%lld AND warehouse_id = %lld AND bin = '%s'",
                                (long long)c.variant.n, (long long)c.warehouse.n, c.bin);
    assert_no_err(stock_set_many(&t->w, &c, 1, STOCK_IMPORT, "", &out));
    if (out.outcome == STOCK_CHANGED)
        m->on_hand[v] += c.pieces - was;
    else
        assert_int_equal(out.outcome, c.pieces == was ? STOCK_SAME : STOCK_PROMISED);
}

static void
move_some(struct work *w, struct model *m)
{
    const struct stock_move move = {
        m->v[draw(VARIANTS)], m->h[0], m->h[draw(WAREHOUSES)], bins[draw(BINS)], bins[draw(BINS)],
        1 + draw(5),          "tidy"
    };
    struct err *e = stock_move(w, &move);
    if (e && !text_is(e->code, "stock.promised") && !text_is(e->code, "stock.same_place") &&
        !text_is(e->code, "stock.place"))
        assert_no_err(e);
}

static void
step(struct dbtest *t, struct model *m)
{
    tx_open(&t->w, TX_WRITE);
    switch (draw(8)) {
    case 0:
    case 1:
        reserve_some(&t->w, m);
        break;
    case 2:
        release_one(&t->w, m);
        break;
    case 3:
        ship_one(&t->w, m);
        break;
    case 4:
        return_some(&t->w, m);
        break;
    case 5:
        count_one(t, m);
        break;
    case 6:
        move_some(&t->w, m);
        break;
    default:
        receive_or_correct(&t->w, m);
    }
    assert_no_err(tx_commit(&t->w));
    arena_reset(t->w.arena);
}

static void
compare(struct dbtest *t, const struct model *m)
{
    for (int v = 0; v < VARIANTS; v++) {
        assert_int_equal(shop_on_hand(t, m->v[v]), m->on_hand[v]);
        assert_int_equal(shop_reserved(t, m->v[v]), held_of(m, v));
    }
    assert_proven(t);
}

static void
whatever_happens_the_ledger_sums_to_the_stock(void **state)
{
    struct dbtest *t = *state;
    for (int n = 0; n < HISTORIES; n++) {
        struct model m = { 0 };
        struct vendor_id shop = shop_open(t, text_printf(t->process, "history-%d", n));
        seed = random_u64() | 1;
        print_message("history of seed %llu\n", (unsigned long long)seed);
        for (int i = 0; i < VARIANTS; i++)
            m.v[i] = shop_variant(t, shop, text_printf(t->process, "H%d", i));
        for (int i = 0; i < WAREHOUSES; i++)
            m.h[i] = shop_warehouse(t, shop, text_printf(t->process, "w%d", i));
        for (int i = 0; i < VARIANTS; i++)
            shop_count(t, m.v[i], m.h[0], "", m.on_hand[i] = 10);
        for (int i = 1; i <= STEPS; i++) {
            step(t, &m);
            if (i % 25 == 0)
                compare(t, &m);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = { DBTEST(whatever_happens_the_ledger_sums_to_the_stock) };
    return cmocka_run_group_tests(tests, dbtest_start, dbtest_stop);
}
