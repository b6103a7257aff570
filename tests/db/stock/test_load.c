/* A thousand buyers, a hundred pieces, many processes at once: exactly a hundred are sold, and the
 * ledger knows each of them. Then the same while processes are killed, in the middle of their
 * transactions and anywhere else. */
#include "shop.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/random.h"
#include "base/text.h"

#define BUYERS    1000
#define PIECES    100
#define PROCESSES 20
#define EACH      (BUYERS / PROCESSES)
#define KILLS     20
#define ROUNDS    8 /* lives of a process: killed ones are replaced that often at most */

/* Seen by all processes. */
struct market {
    atomic_int next[PROCESSES]; /* the buyer at whom each process is */
    atomic_int bought, refused;
};

struct sale {
    struct dbtest *t;
    struct variant_id v;
    struct market *market;
    bool dies; /* some buyers' process ends by itself between reservation and commit */
};

/* ---- A process of buyers ---- */

static void
buy(struct work *w, const struct sale *s, int process, int nth)
{
    const struct stock_line line = { 1, s->v, 1 };
    const struct order_id order = { process * EACH + nth + 1 };
    struct stock_held held;
    tx_open(w, TX_WRITE);
    struct err *e = stock_reserve(w, order, &line, 1, 0, &held);
    if (s->dies && !e && nth % 25 == 3)
        raise(SIGKILL);
    if (!e)
        e = tx_commit(w);
    else
        tx_rollback(w);
    if (!e)
        atomic_fetch_add(&s->market->bought, 1);
    else if (text_is(e->code, "stock.short"))
        atomic_fetch_add(&s->market->refused, 1);
    else
        _exit(2);
}

static void __attribute__((noreturn)) be_buyers(const struct sale *s, int process)
{
    struct work w = s->t->w;
    struct arena *process_long = arena_new((size_t)64 << 20);
    w.arena = arena_new((size_t)64 << 20);
    if (db_open(process_long, s->t->app_url, true, &w.db))
        _exit(3);
    for (;;) {
        int nth = atomic_fetch_add(&s->market->next[process], 1);
        if (nth >= EACH)
            _exit(0);
        buy(&w, s, process, nth);
        arena_reset(w.arena);
    }
}

static pid_t
start_process(const struct sale *s, int process)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (!pid)
        be_buyers(s, process);
    return pid;
}

/* ---- All of them ---- */

static void
pause_ms(long ms)
{
    const struct timespec t = { .tv_nsec = ms * 1000000 };
    nanosleep(&t, NULL);
}

/* One that was killed is followed by another, who goes on with the next buyer. */
static void
tend(const struct sale *s, pid_t *pids, int *lives, int *running)
{
    int status;
    pid_t ended;
    while ((ended = waitpid(-1, &status, WNOHANG)) > 0)
        for (int i = 0; i < PROCESSES; i++) {
            if (pids[i] != ended)
                continue;
            if (WIFEXITED(status) && WEXITSTATUS(status))
                fail_msg("a process of buyers ended with %d", WEXITSTATUS(status));
            bool again = WIFSIGNALED(status) && ++lives[i] < ROUNDS;
            pids[i] = again ? start_process(s, i) : 0;
            *running -= !again;
        }
}

static void
sell(const struct sale *s, int kills)
{
    pid_t pids[PROCESSES];
    int lives[PROCESSES] = { 0 }, running = PROCESSES;
    for (int i = 0; i < PROCESSES; i++)
        pids[i] = start_process(s, i);
    while (running) {
        pause_ms(5);
        pid_t victim = pids[random_u64() % PROCESSES];
        if (kills > 0 && victim && kills--)
            kill(victim, SIGKILL);
        tend(s, pids, lives, &running);
    }
}

static struct sale
sale_of(struct dbtest *t, const char *slug)
{
    struct vendor_id shop = shop_open(t, slug);
    struct sale s = { t, shop_variant(t, shop, "HOT"), NULL, false };
    s.market =
        mmap(NULL, sizeof(*s.market), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(s.market != MAP_FAILED);
    shop_count(t, s.v, shop_warehouse(t, shop, "near"), "", PIECES - 30);
    shop_count(t, s.v, shop_warehouse(t, shop, "far"), "", 30);
    return s;
}

static int64_t
reservations(struct dbtest *t, struct variant_id v)
{
    return dbtest_number(t,
                         "SELECT coalesce(sum(quantity), 0) FROM reservation WHERE variant_id = "
                         "%lld",
                         (long long)v.n);
}

static void
of_a_thousand_buyers_at_once_exactly_a_hundred_get_one_of_a_hundred_pieces(void **state)
{
    struct dbtest *t = *state;
    struct sale s = sale_of(t, "thousand");
    sell(&s, 0);
    assert_int_equal(s.market->bought, PIECES);
    assert_int_equal(s.market->refused, BUYERS - PIECES);
    assert_int_equal(reservations(t, s.v), PIECES);
    assert_int_equal(shop_reserved(t, s.v), PIECES);
    assert_int_equal(shop_on_hand(t, s.v), PIECES);
    assert_proven(t);
}

/* Who was killed before the commit bought nothing; who was killed behind it bought, though nobody
 * told us. */
static void
nothing_is_oversold_or_lost_when_processes_are_killed_meanwhile(void **state)
{
    struct dbtest *t = *state;
    struct sale s = sale_of(t, "killed");
    s.dies = true;
    sell(&s, KILLS);
    assert_int_equal(reservations(t, s.v), PIECES);
    assert_int_equal(shop_reserved(t, s.v), PIECES);
    assert_in_range(s.market->bought, PIECES - KILLS, PIECES);
    assert_proven(t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        DBTEST(of_a_thousand_buyers_at_once_exactly_a_hundred_get_one_of_a_hundred_pieces),
        DBTEST(nothing_is_oversold_or_lost_when_processes_are_killed_meanwhile),
    };
    return cmocka_run_group_tests(tests, dbtest_start, dbtest_stop);
}
