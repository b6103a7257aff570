/* The runner against a real server: what is claimed in which order, what becomes of jobs that fail,
 * are lost, or come too late, and what schedules add. Kinds are those of this file. */
#include "dbtest.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "queue/lease.h"
#include "queue/queue.h"

/* What the kinds did, in their order. */
static struct {
    char done[64][32];
    int count;
    size_t largest;
} seen;

static void
note(const char *key)
{
    must(seen.count < (int)COUNT(seen.done));
    snprintf(seen.done[seen.count++], sizeof(seen.done[0]), "%s", key);
}

static struct err *
do_note(struct work *w, const struct job *j)
{
    note(*j->key ? j->key : j->kind);
    tx_open(w, TX_WRITE);
    TRY(report_save(w, j->key, j->args));
    TRY(job_finish(w, j, "{\"noted\": true}"));
    return tx_commit(w);
}

static struct err *
do_fail(struct work *w, const struct job *j)
{
    tx_open(w, TX_WRITE);
    TRY(report_save(w, j->key, "{}"));
    return FAIL(w->arena, ERR_BUSY, "test.fails", "It fails.");
}

static struct err *
do_many(struct work *w, const struct job *jobs, size_t n)
{
    if (n > seen.largest)
        seen.largest = n;
    tx_open(w, TX_WRITE);
    for (size_t i = 0; i < n; i++)
        if (text_is(jobs[i].key, "poison"))
            return FAIL(w->arena, ERR_INVALID, "test.poison", "It is poison.");
    for (size_t i = 0; i < n; i++)
        note(jobs[i].key);
    TRY(jobs_finish(w, jobs, n));
    return tx_commit(w);
}

/* clang-format off */
static const struct job_kind kinds[] = {
    /* name      when               tries  run */
    { "note",    ON_DEMAND,         0,     do_note },
    { "letter",  ON_DEMAND,         0,     do_note, .queue = "mail" },
    { "fail",    ON_DEMAND,         2,     do_fail },
    { "many",    ON_DEMAND,         3,     NULL,    .batch = 10, .run_many = do_many },
    { "hourly",  EVERY(3600),       0,     do_note },
    { "daily",   DAILY_AT(0, 5),    0,     do_note },
};
/* clang-format on */
static const struct job_table table = { kinds, COUNT(kinds) };

static struct runner *runner;

static int
start(void **state)
{
    int failed = dbtest_start(state);
    if (failed)
        return failed;
    struct dbtest *t = *state;
    struct runner_options how = { .tables = &table, .count = 1, .name = "test:1" };
    return runner_new(t->process, &how, &runner) != NULL;
}

static void
turns(struct dbtest *t, struct runner *r, int most)
{
    bool ran = true;
    while (ran && most-- > 0)
        assert_no_err(runner_turn(&t->w, r, &ran));
}

/* No job waits, and no schedule is due: each test begins with this. */
static int
settle(void **state)
{
    struct dbtest *t = *state;
    dbtest_before(state);
    turns(t, runner, 5);
    dbtest_sql(t, "DELETE FROM job");
    dbtest_sql(t, "TRUNCATE job_run, job_slot, job_queue_pause");
    dbtest_sql(t, "UPDATE job_kind SET next_at = now() + interval '1 hour', paused = false "
                  " WHERE next_at IS NOT NULL");
    seen.count = 0;
    seen.largest = 0;
    return 0;
}

static void
add(struct dbtest *t, const struct job_draft *draft)
{
    tx_open(&t->w, TX_WRITE);
    assert_no_err(queue_add_with(&t->w, draft, NULL));
    assert_no_err(tx_commit(&t->w));
}

static void
add_note(struct dbtest *t, const char *key)
{
    add(t, &(struct job_draft){ .kind = "note", .key = key });
}

static void
assert_seen(const char *wanted)
{
    char all[512] = "";
    size_t length = 0;
    for (int i = 0; i < seen.count; i++)
        length += (size_t)snprintf(all + length, sizeof(all) - length, "%s%s", i ? " " : "",
                                   seen.done[i]);
    assert_string_equal(all, wanted);
}

/* ---- Claiming ---- */

static void
jobs_run_in_the_order_they_are_due_and_by_priority(void **state)
{
    struct dbtest *t = *state;
    add_note(t, "first");
    add_note(t, "second");
    add(t, &(struct job_draft){ .kind = "note", .key = "later", .priority = -1 });
    add(t, &(struct job_draft){ .kind = "note", .key = "sooner", .priority = 1 });
    add(t, &(struct job_draft){
               .kind = "note", .key = "tomorrow", .run_at_us = t->w.now_us + 86400 * SECOND_US });
    turns(t, runner, 9);
    assert_seen("sooner first second later");
}

static void
one_live_job_for_each_kind_and_key(void **state)
{
    struct dbtest *t = *state;
    bool added;
    tx_open(&t->w, TX_WRITE);
    assert_no_err(queue_add(&t->w, "note", "k", "{}", &added));
    assert_true(added);
    assert_no_err(queue_add(&t->w, "note", "k", "{}", &added));
    assert_false(added);
    assert_no_err(tx_commit(&t->w));
    turns(t, runner, 9);
    tx_open(&t->w, TX_WRITE);
    assert_no_err(queue_add(&t->w, "note", "k", "{}", &added));
    assert_true(added);
    tx_rollback(&t->w);
}

static void
a_runner_of_some_queues_leaves_the_others(void **state)
{
    struct dbtest *t = *state;
    const char *const queues[] = { "mail" };
    struct runner_options how = {
        .tables = &table, .count = 1, .queues = queues, .queue_count = 1, .name = "test:2"
    };
    struct runner *mail;
    assert_no_err(runner_new(t->process, &how, &mail));
    add_note(t, "not mail");
    add(t, &(struct job_draft){ .kind = "letter", .key = "a letter" });
    turns(t, mail, 9);
    assert_seen("a letter");
}

static void
a_queue_that_no_kind_has_is_refused(void **state)
{
    struct dbtest *t = *state;
    const char *const queues[] = { "nail" };
    struct runner_options how = {
        .tables = &table, .count = 1, .queues = queues, .queue_count = 1, .name = "test:2"
    };
    struct runner *none;
    assert_err(runner_new(t->process, &how, &none), ERR_INVALID, "queue.unknown_queue");
}

static void
a_paused_queue_waits(void **state)
{
    struct dbtest *t = *state;
    dbtest_sql(t, "INSERT INTO job_queue_pause (queue) VALUES ('default')");
    add_note(t, "waits");
    turns(t, runner, 9);
    assert_seen("");
    dbtest_sql(t, "DELETE FROM job_queue_pause");
    turns(t, runner, 9);
    assert_seen("waits");
}

/* ---- Ending ---- */

static void
an_ended_job_leaves_the_live_table_and_is_found_in_the_history(void **state)
{
    struct dbtest *t = *state;
    struct job_view job;
    bool found;
    add_note(t, "gone");
    turns(t, runner, 9);
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM job"), 0);
    assert_string_equal(dbtest_sql(t, "SELECT outcome || ' ' || runner FROM job_run"),
                        "done test:1");
    tx_open(&t->w, TX_READ);
    assert_no_err(queue_newest(&t->w, "note", &found, &job));
    tx_rollback(&t->w);
    assert_true(found);
    assert_string_equal(job.state, "done");
    assert_string_equal(job.result, "{\"noted\": true}");
}

static void
a_failure_undoes_the_effect_waits_and_dies_in_sight(void **state)
{
    struct dbtest *t = *state;
    add(t, &(struct job_draft){ .kind = "fail", .key = "x" });
    turns(t, runner, 9);
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM report WHERE name = 'x'"), 0);
    assert_string_equal(dbtest_sql(t, "SELECT state || ' ' || error FROM job"),
                        "waiting test.fails: It fails.");
    assert_string_equal(dbtest_sql(t, "SELECT run_at > now() + interval '1.5 s' AND "
                                      "run_at < now() + interval '2.3 s' FROM job"),
                        "t");
    dbtest_sql(t, "UPDATE job SET run_at = now()");
    turns(t, runner, 9);
    assert_string_equal(dbtest_sql(t, "SELECT state::text FROM job"), "dead");
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM job_run WHERE outcome = 'failed'"), 2);
}

static void
who_was_taken_for_dead_can_finish_nothing(void **state)
{
    struct dbtest *t = *state;
    struct claim c;
    const char *const kind[] = { "note" }, *const queue[] = { "default" };
    add_note(t, "lost");
    assert_no_err(
        lease_claim(&t->w, arg_texts(&t->w, kind, 1), arg_texts(&t->w, queue, 1), "a", &c));
    assert_int_equal(c.count, 1);
    dbtest_sql(t, "UPDATE job SET lease_until = now() - interval '1 second'");
    assert_no_err(lease_reap(&t->w));
    assert_string_equal(dbtest_sql(t, "SELECT state || ' ' || error FROM job"),
                        "waiting queue.runner_lost");
    tx_open(&t->w, TX_WRITE);
    assert_err(job_finish(&t->w, &c.jobs[0], "{}"), ERR_CONFLICT, "queue.lost");
    tx_rollback(&t->w);
    turns(t, runner, 9);
    assert_seen("lost");
}

static void
a_late_job_has_failed_and_its_runner_finishes_nothing(void **state)
{
    struct dbtest *t = *state;
    struct claim c;
    int64_t ours = 0;
    const char *const kind[] = { "note" }, *const queue[] = { "default" };
    add_note(t, "late");
    assert_no_err(
        lease_claim(&t->w, arg_texts(&t->w, kind, 1), arg_texts(&t->w, queue, 1), "a", &c));
    assert_no_err(lease_fail(&t->w, c.jobs, 1, "late", "queue.late", &ours));
    assert_int_equal(ours, 1);
    assert_no_err(lease_fail(&t->w, c.jobs, 1, "late", "queue.late", &ours));
    assert_int_equal(ours, 0);
    tx_open(&t->w, TX_WRITE);
    assert_err(job_finish(&t->w, &c.jobs[0], "{}"), ERR_CONFLICT, "queue.lost");
    tx_rollback(&t->w);
}

/* ---- Batches ---- */

static void
a_batch_is_done_together_up_to_its_size(void **state)
{
    struct dbtest *t = *state;
    for (int i = 0; i < 25; i++)
        add(t, &(struct job_draft){ .kind = "many", .key = text_printf(t->w.arena, "%d", i) });
    turns(t, runner, 3);
    assert_int_equal(seen.count, 25);
    assert_int_equal(seen.largest, 10);
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM job_run WHERE outcome = 'done'"), 25);
}

static void
one_bad_job_holds_up_none_of_its_batch(void **state)
{
    struct dbtest *t = *state;
    add(t, &(struct job_draft){ .kind = "many", .key = "a" });
    add(t, &(struct job_draft){ .kind = "many", .key = "poison" });
    add(t, &(struct job_draft){ .kind = "many", .key = "b" });
    turns(t, runner, 1);
    assert_seen("a b");
    assert_string_equal(dbtest_sql(t, "SELECT state || ' ' || key || ' ' || error FROM job"),
                        "waiting poison test.poison: It is poison.");
}

/* ---- Schedules ---- */

static void
a_schedule_that_is_due_adds_one_job_however_long_nobody_ran(void **state)
{
    struct dbtest *t = *state;
    dbtest_sql(t, "UPDATE job_kind SET next_at = now() - interval '5 days' WHERE kind = 'hourly'");
    assert_no_err(runner_wait(&t->w, runner));
    turns(t, runner, 9);
    assert_seen("hourly");
    assert_int_equal(dbtest_number(t, "SELECT (next_at > now() AND next_at <= now() + "
                                      "interval '1 hour')::int FROM job_kind "
                                      " WHERE kind = 'hourly'"),
                     1);
}

static void
a_paused_schedule_adds_nothing(void **state)
{
    struct dbtest *t = *state;
    dbtest_sql(t, "UPDATE job_kind SET next_at = now() - interval '5 days', paused = true "
                  " WHERE kind = 'hourly'");
    assert_no_err(runner_wait(&t->w, runner));
    turns(t, runner, 9);
    assert_seen("");
}

static void
a_daily_time_is_that_of_utc(void **state)
{
    static const struct {
        const char *at, *next;
    } rows[] = {
        { "2026-01-31 00:04:59+00", "2026-01-31 00:05:00+00" },
        { "2026-01-31 00:05:00+00", "2026-02-01 00:05:00+00" },
        { "2026-01-31 00:30:00+01", "2026-01-31 00:05:00+00" },
        { "2026-03-29 12:00:00+02", "2026-03-30 00:05:00+00" },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(dbtest_number(*state, "SELECT (job_next_run(NULL, 300, '%s') = '%s')::int",
                                       rows[i].at, rows[i].next),
                         1);
}

#define RUNNERTEST(fn) cmocka_unit_test_setup_teardown(fn, settle, dbtest_after)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        RUNNERTEST(jobs_run_in_the_order_they_are_due_and_by_priority),
        RUNNERTEST(one_live_job_for_each_kind_and_key),
        RUNNERTEST(a_runner_of_some_queues_leaves_the_others),
        RUNNERTEST(a_queue_that_no_kind_has_is_refused),
        RUNNERTEST(a_paused_queue_waits),
        RUNNERTEST(an_ended_job_leaves_the_live_table_and_is_found_in_the_history),
        RUNNERTEST(a_failure_undoes_the_effect_waits_and_dies_in_sight),
        RUNNERTEST(who_was_taken_for_dead_can_finish_nothing),
        RUNNERTEST(a_late_job_has_failed_and_its_runner_finishes_nothing),
        RUNNERTEST(a_batch_is_done_together_up_to_its_size),
        RUNNERTEST(one_bad_job_holds_up_none_of_its_batch),
        RUNNERTEST(a_schedule_that_is_due_adds_one_job_however_long_nobody_ran),
        RUNNERTEST(a_paused_schedule_adds_nothing),
        RUNNERTEST(a_daily_time_is_that_of_utc),
    };
    return cmocka_run_group_tests(tests, start, dbtest_stop);
}
