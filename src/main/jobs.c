/* `souk jobs`: a runner. Does what is waiting, then looks again four times a second. Several may
 * run, on one host or many. --once NAME runs one kind now and says what came of it; --now TIME is
 * its clock. */
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accounts/routes.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/settings.h"
#include "base/text.h"
#include "cache/cache.h"
#include "db/db.h"
#include "health/tasks.h"
#include "images/storage.h"
#include "images/tasks.h"
#include "main/commands.h"
#include "queue/queue.h"
#include "queue/tasks.h"

#define IDLE_MS     250
#define AWAY_MS     1000
#define JOB_CEILING ((size_t)512 * 1024 * 1024)

static volatile sig_atomic_t ending;

static void
end_soon(int signal)
{
    (void)signal;
    ending = 1;
}

static const struct job_table *
job_tables(size_t *n)
{
    static struct job_table tables[4];
    tables[0] = (struct job_table){ queue_jobs, queue_job_count };
    tables[1] = (struct job_table){ images_jobs, images_job_count };
    tables[2] = (struct job_table){ health_jobs, health_job_count };
    tables[3] = (struct job_table){ accounts_jobs, accounts_job_count };
    *n = COUNT(tables);
    return tables;
}

static void
begin_work(struct work *w, const struct work *process, struct arena *arena, int64_t now_us)
{
    arena_reset(arena);
    *w = *process;
    w->arena = arena;
    w->now_us = now_us ? now_us : clock_now_us();
    w->id = "jobs";
    w->address = "";
    w->language = "en";
}

static void
run_until_ended(const struct work *process)
{
    struct arena *arena = arena_new(JOB_CEILING);
    size_t n;
    const struct job_table *tables = job_tables(&n);

    while (!ending) {
        struct work w;
        bool ran = false;
        begin_work(&w, process, arena, 0);
        struct err *e = queue_turn(&w, tables, n, &ran);
        if (e) {
            tx_rollback(&w);
            log_warn("jobs.turn", "code", e->code, "why", e->log, "where", e->at, NULL);
        }
        if (!ran)
            poll(NULL, 0, e ? AWAY_MS : IDLE_MS);
    }
    arena_free(arena);
}

static int
run_once(const struct work *process, const char *name, int64_t now_us)
{
    struct arena *arena = arena_new(JOB_CEILING);
    struct work w;
    size_t n;
    const struct job_table *tables = job_tables(&n);

    begin_work(&w, process, arena, now_us);
    struct err *e = queue_once(&w, tables, n, name);
    if (e)
        process_complain(e);
    else
        printf("%s done\n", name);
    arena_free(arena);
    return e ? 1 : 0;
}

int
main_jobs(int argc, char **argv)
{
    static const struct option options[] = { { "once", required_argument, NULL, 'o' },
                                             { "now", required_argument, NULL, 'n' },
                                             { 0 } };
    const char *once = NULL;
    int64_t now_us = 0;
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == 'o')
            once = optarg;
        else if (c != 'n' || !clock_parse_rfc3339(optarg, &now_us)) {
            fprintf(stderr, "usage: souk jobs [--once NAME] [--now 2026-01-31T00:00:00Z]\n");
            return 2;
        }
    }

    struct process p;
    if (!process_open(&p, PROCESS_DB | PROCESS_CACHE | PROCESS_MEDIA))
        return 1;
    struct sigaction action = { .sa_handler = end_soon };
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);

    int status = 0;
    if (once)
        status = run_once(&p.work, once, now_us);
    else
        run_until_ended(&p.work);
    process_close(&p);
    return status;
}
