/* What happens to jobs when their runner dies at any point, takes too long, or loses PostgreSQL:
 * every job still runs, and no effect is there twice. A job's effect is a row that each run makes
 * anew, so that a second one would be seen. Runners are processes, with keepers, as in souk jobs.
 */
#include "dbtest.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/random.h"
#include "base/text.h"
#include "queue/queue.h"

#define ROUNDS_US (8 * SECOND_US)
#define SINGLES   400
#define MANY      400

static void
nap(int most_ms)
{
    poll(NULL, 0, (int)(random_u64() % (unsigned)(most_ms + 1)));
}

static struct err *
leave_effect(struct work *w, const struct job *j)
{
    const char *of = text_printf(w->arena, "{\"of\": \"%s\"}", j->key);
    return queue_add_with(
        w, &(struct job_draft){ .kind = "effect", .key = random_token(w->arena, 12), .args = of },
        NULL);
}

static struct err *
do_single(struct work *w, const struct job *j)
{
    tx_open(w, TX_WRITE);
    TRY(leave_effect(w, j));
    nap(4);
    TRY(job_finish(w, j, "{}"));
    nap(2);
    return tx_commit(w);
}

static struct err *
do_many(struct work *w, const struct job *jobs, size_t n)
{
    tx_open(w, TX_WRITE);
    for (size_t i = 0; i < n; i++)
        TRY(leave_effect(w, &jobs[i]));
    nap(10);
    TRY(jobs_finish(w, jobs, n));
    return tx_commit(w);
}

static struct err *
do_sleep(struct work *w, const struct job *j)
{
    poll(NULL, 0, 60000);
    tx_open(w, TX_WRITE);
    TRY(job_finish(w, j, "{}"));
    return tx_commit(w);
}

/* clang-format off */
static const struct job_kind kinds[] = {
    /* name       when       tries  run */
    { "single",   ON_DEMAND, 10000, do_single },
    { "relaxed",  ON_DEMAND, 10000, do_single, .relaxed = true, .batch = 5 },
    { "many",     ON_DEMAND, 10000, NULL,      .batch = 20, .run_many = do_many },
    { "sleep",    ON_DEMAND, 3,     do_sleep,  .limit_s = 1 },
};
/* clang-format on */
static const struct job_table table = { kinds, COUNT(kinds) };

/* ---- A runner as souk jobs has it ---- */

static void
turn(struct work *w, struct runner *r)
{
    bool ran = false;
    struct err *e = runner_turn(w, r, &ran);
    if (!e && !ran)
        e = runner_wait(w, r);
    if (!e)
        return;
    tx_rollback(w);
    poll(NULL, 0, 50);
}

static _Noreturn void
run_for_ever(struct dbtest *t)
{
    struct arena *process = arena_new((size_t)16 << 20), *arena = arena_new((size_t)16 << 20);
    struct work w = { .arena = arena, .id = "runner", .address = "" };
    struct db_options how = { .prepare = true, .statement_s = 60, .may_be_away = true };
    struct keeper *keeper;
    struct runner *r;
    if (keeper_start(process, t->app_url, true, &keeper) ||
        runner_new(process,
                   &(struct runner_options){
                       .tables = &table, .count = 1, .name = "doomed", .keeper = keeper },
                   &r) ||
        db_open_with(process, t->app_url, &how, &w.db))
        _exit(1);
    for (;;) {
        arena_reset(arena);
        w.now_us = clock_now_us();
        turn(&w, r);
    }
}

static pid_t
start_runner(struct dbtest *t)
{
    pid_t parent = getpid(), pid = fork();
    if (pid)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(0);
    run_for_ever(t);
}

static void
kill_runner(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

/* Until the statement gives 0; at most so many seconds. A try that failed waits for its next one,
 * the longer the more there were: here that time is always over. */
static void
await_none(struct dbtest *t, const char *count, int seconds)
{
    int64_t until = clock_mono_us() + seconds * SECOND_US;
    while (dbtest_number(t, "%s", count) && clock_mono_us() < until) {
        dbtest_sql(t, "UPDATE job SET run_at = now() WHERE state = 'waiting' AND run_at > now()");
        poll(NULL, 0, 50);
    }
    assert_int_equal(dbtest_number(t, "%s", count), 0);
}

static const char live[] = "SELECT count(*) FROM job WHERE kind <> 'effect'";

static int
empty(void **state)
{
    dbtest_before(state);
    dbtest_sql(*state, "TRUNCATE job, job_run");
    return 0;
}

/* ---- Killed ---- */

/* Until a runner has claimed something, so that there is something to lose. */
static void
await_claim(struct dbtest *t)
{
    int64_t until = clock_mono_us() + 2 * SECOND_US;
    while (!dbtest_number(t, "SELECT count(*) FROM job WHERE state = 'running'") &&
           clock_mono_us() < until)
        poll(NULL, 0, 2);
}

/* Due at any time of the last minute, so that kinds come in turns. */
static void
add_jobs(struct dbtest *t, const char *kind, int n)
{
    dbtest_sql(t,
               "INSERT INTO job (kind, key, run_at) "
               "SELECT '%s', '%s-' || i, now() - random() * interval '1 min' "
               "  FROM generate_series(1, %d) i",
               kind, kind, n);
}

static void
jobs_of_runners_killed_at_any_point_all_run_and_no_effect_is_doubled(void **state)
{
    struct dbtest *t = *state;
    int rounds = 0;
    add_jobs(t, "single", SINGLES);
    add_jobs(t, "relaxed", SINGLES);
    add_jobs(t, "many", MANY);
    for (int64_t end = clock_mono_us() + ROUNDS_US; clock_mono_us() < end; rounds++) {
        pid_t runners[2] = { start_runner(t), start_runner(t) };
        await_claim(t);
        nap(60);
        for (size_t i = 0; i < COUNT(runners); i++)
            kill_runner(runners[i]);
        /* a minute later */
        dbtest_sql(t,
                   "UPDATE job SET lease_until = now() - interval '1 s' WHERE state = 'running'");
    }
    int64_t lost = dbtest_number(t, "SELECT count(*) FROM job_run WHERE outcome = 'lost'");
    print_message("%d rounds, %d jobs lost and run again\n", rounds, (int)lost);
    pid_t last = start_runner(t);
    await_none(t, live, 75);
    kill_runner(last);
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM job WHERE kind = 'effect'"),
                     2 * SINGLES + MANY);
    assert_int_equal(
        dbtest_number(t, "SELECT count(DISTINCT args->>'of') FROM job WHERE kind = 'effect'"),
        2 * SINGLES + MANY);
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM job_run WHERE outcome = 'done'"),
                     2 * SINGLES + MANY);
}

/* ---- Too long ---- */

static void
a_job_that_takes_too_long_ends_with_its_runner_and_counts_as_a_try(void **state)
{
    struct dbtest *t = *state;
    int status = 0;
    add_jobs(t, "sleep", 1);
    pid_t runner = start_runner(t);
    assert_int_equal(waitpid(runner, &status, 0), runner);
    assert_true(WIFSIGNALED(status));
    assert_string_equal(dbtest_sql(t, "SELECT state || ' ' || attempt || ' ' || error FROM job"),
                        "waiting 1 queue.late: took longer than 1 s");
    assert_string_equal(dbtest_sql(t, "SELECT outcome::text FROM job_run"), "late");
}

static void
no_keeper_outlives_its_runner(void **state)
{
    struct dbtest *t = *state;
    int ends[2];
    char byte;
    assert_int_equal(pipe(ends), 0);
    pid_t runner = start_runner(t); /* both hold the writing end */
    close(ends[1]);
    nap(100);
    kill_runner(runner);
    struct pollfd p = { .fd = ends[0], .events = POLLIN };
    assert_int_equal(poll(&p, 1, 5000), 1);
    assert_int_equal(read(ends[0], &byte, 1), 0);
    close(ends[0]);
}

/* ---- PostgreSQL away ---- */

static void
cut_all(struct dbtest *t)
{
    dbtest_sql(t, "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity "
                  " WHERE usename = 'souk_app' AND datname = current_database()");
}

static void
a_runner_waits_for_postgresql_and_goes_on_by_itself(void **state)
{
    struct dbtest *t = *state;
    pid_t runner = start_runner(t);
    add_jobs(t, "single", 1);
    await_none(t, live, 10);
    const char *name = dbtest_sql(t, "SELECT current_database()");
    dbtest_sql(t, "ALTER DATABASE %s CONNECTION LIMIT 0", name);
    cut_all(t);
    poll(NULL, 0, 1500);
    dbtest_sql(t, "INSERT INTO job (kind, key) VALUES ('single', 'meanwhile')");
    assert_int_equal(waitpid(runner, NULL, WNOHANG), 0);
    dbtest_sql(t, "ALTER DATABASE %s CONNECTION LIMIT -1", name);
    await_none(t, live, 10);
    kill_runner(runner);
}

#define FAULTTEST(fn) cmocka_unit_test_setup_teardown(fn, empty, dbtest_after)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        FAULTTEST(jobs_of_runners_killed_at_any_point_all_run_and_no_effect_is_doubled),
        FAULTTEST(a_job_that_takes_too_long_ends_with_its_runner_and_counts_as_a_try),
        FAULTTEST(no_keeper_outlives_its_runner),
        FAULTTEST(a_runner_waits_for_postgresql_and_goes_on_by_itself),
    };
    return cmocka_run_group_tests(tests, dbtest_start, dbtest_stop);
}
