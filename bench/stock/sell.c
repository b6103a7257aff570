/* What limits selling, and what lists of stock cost.
 *
 *     sell VARIANTS BUYERS SECONDS BATCH   so many processes at once reserve a piece of one of so
 *                                          many variants, BATCH of them a transaction: reservations
 *                                          a second
 *     sell refused BUYERS SECONDS          the same where nothing is left: refusals a second
 *     sell lists TIMES                     each list's statement from places all over the shop:
 *                                          name, median and p95 in milliseconds
 *
 * The database is that of SOUK_DATABASE_URL, with the shop that bench/stock/run makes. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/random.h"
#include "base/text.h"
#include "db/db.h"
#include "stock/stock.h"

#define ARENA_MOST ((size_t)64 * 1024 * 1024)
#define TIMES_MOST 10000
#define PAGE       51

/* Shared with the children. */
static struct shared {
    _Atomic int64_t done, orders;
    _Atomic int over;
} * shared;

static void
give_up(const struct err *e)
{
    if (!e)
        return;
    fprintf(stderr, "sell: %s: %s\n", e->code, e->log ? e->log : e->say);
    exit(1);
}

static struct work
open_work(void)
{
    struct db_options how = { .prepare = true, .statement_s = 60 };
    struct work w = { .arena = arena_new(ARENA_MOST), .id = "bench", .address = "" };
    w.vendor.n = 1;
    give_up(db_open_with(arena_new(ARENA_MOST), getenv("SOUK_DATABASE_URL"), &how, &w.db));
    return w;
}

/* ---- Selling ---- */

static void
buy(struct work *w, int64_t variants, int batch, bool left)
{
    tx_open(w, TX_WRITE);
    for (int i = 0; i < batch; i++) {
        /* Of ten variants one is out and one is low: the third has plenty. */
        int64_t nth = variants > 1 ? 2 + 10 * (int64_t)(random_u64() % (uint64_t)variants) : 1;
        const struct stock_line line = { 1, { nth }, 1 };
        const struct order_id order = { atomic_fetch_add(&shared->orders, 1) + 1 };
        struct stock_held held;
        if (i + 1 == batch && left)
            tx_last(w);
        struct err *e = stock_reserve(w, order, &line, 1, 0, &held);
        if (left || !e)
            give_up(e);
    }
    give_up(tx_commit(w));
}

static _Noreturn void
buy_in_child(int64_t variants, int batch, bool left)
{
    struct work w = open_work();
    while (!atomic_load(&shared->over)) {
        arena_reset(w.arena);
        w.now_us = clock_now_us();
        buy(&w, variants, batch, left);
        atomic_fetch_add(&shared->done, batch);
    }
    _exit(0);
}

static int
sell(int64_t variants, int buyers, int seconds, int batch, bool left)
{
    for (int i = 0; i < buyers; i++)
        if (fork() == 0)
            buy_in_child(variants, batch, left);
    sleep(1); /* connected, and statements prepared */
    int64_t began = clock_mono_us(), before = atomic_load(&shared->done);
    sleep((unsigned)seconds);
    int64_t sold = atomic_load(&shared->done) - before, took = clock_mono_us() - began;
    atomic_store(&shared->over, 1);
    while (wait(NULL) > 0) {
    }
    printf("%.0f\n", (double)sold * 1e6 / (double)took);
    return 0;
}

/* ---- Lists ---- */

static int
by_size(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* Everything a page asks behind a variant at random; which list is the caller's. */
static struct err *
ask(struct work *w, size_t list, int64_t behind, struct rows *rows)
{
    struct arg v = arg_i64(w, behind), h = arg_i64(w, 1), bin = arg_text(""), n = arg_i64(w, PAGE);
    switch (list) {
    case 0:
        return db_many(w, Q_stock_places, ARGS(v, h, bin, n), rows);
    case 1:
        return db_many(w, Q_stock_places_of, ARGS(v, h, bin, n, arg_i64(w, 2)), rows);
    case 2:
        return db_many(w, Q_stock_places_low, ARGS(v, h, bin, n, arg_null()), rows);
    case 3:
        return db_many(w, Q_stock_places_low, ARGS(v, h, bin, n, arg_i64(w, 2)), rows);
    case 4:
        return db_many(w, Q_stock_places_out, ARGS(v, h, bin, n, arg_null()), rows);
    case 5:
        return db_many(w, Q_stock_uncounted, ARGS(v, n), rows);
    case 6:
        return db_many(w, Q_stock_movements, ARGS(arg_i64(w, behind * 2), n), rows);
    default:
        return db_many(w, Q_stock_movements_of, ARGS(arg_i64(w, INT64_MAX), n, v), rows);
    }
}

static void
time_list(struct work *w, size_t list, const char *name, int64_t variants, int times)
{
    static int64_t took[TIMES_MOST];
    for (int i = 0; i < times; i++) {
        struct rows rows;
        arena_reset(w->arena);
        int64_t began = clock_mono_us();
        tx_open(w, TX_READ);
        give_up(ask(w, list, 1 + (int64_t)(random_u64() % (uint64_t)variants), &rows));
        tx_rollback(w);
        took[i] = clock_mono_us() - began;
    }
    qsort(took, (size_t)times, sizeof(*took), by_size);
    printf("%s|%.2f|%.2f\n", name, (double)took[times / 2] / 1e3,
           (double)took[times * 95 / 100] / 1e3);
}

static int
lists(int times)
{
    static const char *const names[] = {
        "all", "of a warehouse", "low",           "low, of a warehouse",
        "out", "not counted",    "all movements", "movements of a variant",
    };
    struct work w = open_work();
    for (size_t i = 0; i < COUNT(names); i++)
        time_list(&w, i, names[i], 100000, times > TIMES_MOST ? TIMES_MOST : times);
    return 0;
}

int
main(int argc, char **argv)
{
    int64_t n[4] = { 0 };
    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must(shared != MAP_FAILED);
    atomic_store(&shared->orders, (int64_t)(random_u64() % 1000000) * 1000000);
    for (int i = 1; i < argc && i < 5; i++)
        text_to_i64(argv[i], &n[i - 1]);
    if (argc == 3 && text_is(argv[1], "lists"))
        return lists((int)n[1]);
    if (argc == 4 && text_is(argv[1], "refused"))
        return sell(1, (int)n[1], (int)n[2], 1, false);
    if (argc == 5 && n[0] > 0)
        return sell(n[0], (int)n[1], (int)n[2], (int)n[3], true);
    fputs("usage: sell VARIANTS BUYERS SECONDS BATCH | refused BUYERS SECONDS | lists TIMES\n",
          stderr);
    return 2;
}
