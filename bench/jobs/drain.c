/* Empty jobs through the runner as `souk jobs` has it, its keeper included.
 *
 *     drain jobs RUNNERS N   N jobs are waiting: jobs a second, and the runners' CPU microseconds
 *     drain start TIMES      one idle runner: milliseconds from the commit that adds a job to its
 * start drain add TIMES        jobs added, each in a transaction of its own: jobs a second
 *
 * The database is that of SOUK_DATABASE_URL, migrated. */
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/random.h"
#include "base/text.h"
#include "db/db.h"
#include "queue/queue.h"

#define RUNNERS_MOST 32
#define ARENA_MOST   ((size_t)64 * 1024 * 1024)

/* Shared with the children. */
static struct shared {
    _Atomic int64_t started_us; /* when a job of `drain start` was begun; 0: not yet */
    _Atomic int ready;
} * shared;

static struct err *
do_single(struct work *w, const struct job *j)
{
    atomic_store(&shared->started_us, clock_mono_us());
    tx_open(w, TX_WRITE);
    TRY(job_finish(w, j, "{}"));
    return tx_commit(w);
}

static struct err *
do_many(struct work *w, const struct job *jobs, size_t n)
{
    tx_open(w, TX_WRITE);
    TRY(jobs_finish(w, jobs, n));
    return tx_commit(w);
}

/* clang-format off */
static const struct job_kind kinds[] = {
    { "bench_durable", ON_DEMAND, 0, do_single },
    { "bench_relaxed", ON_DEMAND, 0, do_single, .relaxed = true },
    { "bench_small",   ON_DEMAND, 0, do_single, .relaxed = true, .batch = 50 },
    { "bench_many",    ON_DEMAND, 0, NULL,      .batch = 500, .run_many = do_many },
};
/* clang-format on */
static const struct job_table table = { kinds, COUNT(kinds) };

static void
give_up(const struct err *e)
{
    if (!e)
        return;
    fprintf(stderr, "drain: %s: %s\n", e->code, e->log ? e->log : e->say);
    exit(1);
}

static void
open_work(struct arena *process, struct work *w)
{
    struct db_options how = { .prepare = true, .statement_s = 60 };
    *w = (struct work){ .arena = arena_new(ARENA_MOST), .id = "bench", .address = "" };
    give_up(db_open_with(process, getenv("SOUK_DATABASE_URL"), &how, &w->db));
}

struct bench_runner {
    struct arena *process;
    struct work work;
    struct runner *runner;
};

static void
open_runner(struct bench_runner *b)
{
    struct keeper *keeper;
    b->process = arena_new(ARENA_MOST);
    give_up(keeper_start(b->process, getenv("SOUK_DATABASE_URL"), true, &keeper));
    struct runner_options how = { .tables = &table, .count = 1, .name = "bench", .keeper = keeper };
    give_up(runner_new(b->process, &how, &b->runner));
    open_work(b->process, &b->work);
}

static bool
turn(struct bench_runner *b)
{
    bool ran;
    arena_reset(b->work.arena);
    b->work.now_us = clock_now_us();
    give_up(runner_turn(&b->work, b->runner, &ran));
    return ran;
}

/* ---- Draining ---- */

static _Noreturn void
drain_in_child(void)
{
    struct bench_runner b;
    open_runner(&b);
    atomic_fetch_add(&shared->ready, 1);
    while (turn(&b)) {
    }
    _exit(0);
}

static int
drain(int64_t jobs, int runners)
{
    int64_t began = clock_mono_us();
    for (int i = 0; i < runners; i++)
        if (fork() == 0)
            drain_in_child();
    while (wait(NULL) > 0) {
    }
    int64_t took = clock_mono_us() - began;
    struct rusage u;
    getrusage(RUSAGE_CHILDREN, &u);
    int64_t cpu_us = (int64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * SECOND_US +
                     u.ru_utime.tv_usec + u.ru_stime.tv_usec;
    printf("%.0f %lld\n", (double)jobs * 1e6 / (double)took, (long long)cpu_us);
    return 0;
}

/* ---- From the commit to the start ---- */

static _Noreturn void
run_in_child(void)
{
    struct bench_runner b;
    open_runner(&b);
    for (;;)
        if (!turn(&b)) {
            atomic_store(&shared->ready, 1);
            give_up(runner_wait(&b.work, b.runner));
        }
}

static void
add(struct work *w, int i)
{
    arena_reset(w->arena);
    tx_open(w, TX_WRITE);
    give_up(queue_add(w, "bench_durable", text_printf(w->arena, "%d", i), "{}", NULL));
    give_up(tx_commit(w));
}

static int
by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double
start_once(struct work *w, int i)
{
    usleep(20000 + (useconds_t)(random_u64() % 80000));
    atomic_store(&shared->started_us, 0);
    int64_t began = clock_mono_us(), started;
    add(w, i);
    while (!(started = atomic_load(&shared->started_us)) && clock_mono_us() - began < 5 * SECOND_US)
        usleep(50);
    return (double)((started ? started : clock_mono_us()) - began) / 1000;
}

static int
measure_start(int times)
{
    struct work w;
    struct arena *process = arena_new(ARENA_MOST);
    double *ms = NEW_ARRAY(process, double, (size_t)times);
    pid_t child = fork();
    if (child == 0)
        run_in_child();
    open_work(process, &w);
    while (!atomic_load(&shared->ready))
        usleep(1000);
    for (int i = 0; i < times; i++)
        ms[i] = start_once(&w, i);
    kill(child, SIGKILL);
    qsort(ms, (size_t)times, sizeof(*ms), by_size);
    printf("%.2f %.2f %.2f\n", ms[times / 2], ms[times * 99 / 100], ms[times - 1]);
    return 0;
}

static int
measure_add(int times)
{
    struct work w;
    open_work(arena_new(ARENA_MOST), &w);
    int64_t began = clock_mono_us();
    for (int i = 0; i < times; i++)
        add(&w, i);
    printf("%.0f\n", times * 1e6 / (double)(clock_mono_us() - began));
    return 0;
}

int
main(int argc, char **argv)
{
    int64_t n = 0, jobs = 0;
    if (argc < 3 || !text_to_i64(argv[2], &n) || n < 1 || n > 1000000 ||
        !getenv("SOUK_DATABASE_URL"))
        return 2;
    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return 1;
    if (text_is(argv[1], "start"))
        return measure_start((int)n);
    if (text_is(argv[1], "add"))
        return measure_add((int)n);
    return argc == 4 && text_to_i64(argv[3], &jobs) && n <= RUNNERS_MOST ? drain(jobs, (int)n) : 2;
}
