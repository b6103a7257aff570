/* `souk jobs`: a runner, with its keeper beside it. Does what is waiting, then waits for more.
 * Several may run, on one host or many; --queues a,b runs those queues only, --except a,b all but
 * those. --once NAME runs one
 * kind now and says what came of it; --now TIME is its clock.
 *
 * Without PostgreSQL it waits, having said so once, at start as later. */
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "accounts/routes.h"
#include "audit/tasks.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/settings.h"
#include "base/text.h"
#include "cache/cache.h"
#include "collect/tasks.h"
#include "db/db.h"
#include "entitle/tasks.h"
#include "exchange/exchange.h"
#include "exchange/tasks.h"
#include "feeds/tasks.h"
#include "health/tasks.h"
#include "hooks/tasks.h"
#include "images/storage.h"
#include "images/tasks.h"
#include "mail/mail.h"
#include "mail/tasks.h"
#include "main/commands.h"
#include "main/wiring.h"
#include "orders/tasks.h"
#include "outlook/tasks.h"
#include "queue/queue.h"
#include "queue/tasks.h"
#include "search/tasks.h"
#include "stock/tasks.h"
#include "subscriptions/tasks.h"
#include "view/views.h"

#define AWAY_MS     1000
#define QUEUES_MOST 16
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
    const struct job_table rooms[] = {
        { queue_jobs, queue_job_count },
        { audit_jobs, audit_job_count },
        { accounts_jobs, accounts_job_count },
        { images_jobs, images_job_count },
        { health_jobs, health_job_count },
        { mail_jobs, mail_job_count },
        { orders_jobs, orders_job_count },
        { feeds_jobs, feeds_job_count },
        { exchange_jobs, exchange_job_count },
        { stock_jobs, stock_job_count },
        { hooks_jobs, hooks_job_count },
        { search_jobs, search_job_count },
        { subscriptions_jobs, subscriptions_job_count },
        { collect_jobs, collect_job_count },
        { outlook_jobs, outlook_job_count },
        { entitle_jobs, entitle_job_count },
    };
    static struct job_table tables[COUNT(rooms)];
    memcpy(tables, rooms, sizeof(rooms));
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

/* PostgreSQL being away is said by the connection, once; anything else is news. */
static void
complain(struct work *w, const struct err *e)
{
    tx_rollback(w);
    if (e->kind != ERR_BUSY)
        log_warn("jobs.turn", "code", e->code, "why", e->log, "where", e->at, NULL);
}

static struct err *
turn(struct work *w, struct runner *r)
{
    bool ran = false;
    TRY(runner_turn(w, r, &ran));
    return ran || ending ? NULL : runner_wait(w, r);
}

static void
run_until_ended(const struct work *process, struct runner *r)
{
    struct arena *arena = arena_new(JOB_CEILING);
    while (!ending) {
        struct work w;
        begin_work(&w, process, arena, 0);
        struct err *e = turn(&w, r);
        if (!e)
            continue;
        complain(&w, e);
        poll(NULL, 0, AWAY_MS);
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

struct asked {
    const char *once;
    int64_t now_us; /* 0: as it is */
    const char *queues[QUEUES_MOST];
    size_t queue_count;
    bool except; /* all queues but these */
};

/* Cuts the argument at its commas. */
static bool
read_queues(char *list, struct asked *out)
{
    for (char *name; (name = strsep(&list, ",")); out->queues[out->queue_count++] = name)
        if (!*name || out->queue_count == QUEUES_MOST)
            return false;
    return true;
}

static bool
read_arguments(int argc, char **argv, struct asked *out)
{
    static const struct option options[] = { { "once", required_argument, NULL, 'o' },
                                             { "now", required_argument, NULL, 'n' },
                                             { "queues", required_argument, NULL, 'q' },
                                             { "except", required_argument, NULL, 'e' },
                                             { 0 } };
    *out = (struct asked){ 0 };
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == 'o')
            out->once = optarg;
        else if (c == 'q' || c == 'e') {
            if (out->queue_count || !read_queues(optarg, out))
                return false;
            out->except = c == 'e';
        } else if (c != 'n' || !clock_parse_rfc3339(optarg, &out->now_us))
            return false;
    }
    return optind == argc;
}

static bool
is_among(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (text_is(names[i], name))
            return true;
    return false;
}

/* The queues of all kinds, but those that --except names. */
static void
queues_except(struct arena *a, const struct asked *asked, struct runner_options *how)
{
    const char **queues = NEW_ARRAY(a, const char *, QUEUES_MOST);
    how->queues = queues;
    how->queue_count = 0;
    for (size_t i = 0; i < how->count; i++)
        for (size_t k = 0; k < how->tables[i].count; k++) {
            const char *queue = how->tables[i].rows[k].queue;
            queue = queue ? queue : QUEUE_NORMAL;
            if (is_among(queue, asked->queues, asked->queue_count) ||
                is_among(queue, queues, how->queue_count))
                continue;
            must(how->queue_count < QUEUES_MOST);
            queues[how->queue_count++] = queue;
        }
}

/* What jobs say to people: mails, files of errors. */
static struct err *
load_templates(struct process *p)
{
    struct views *views;
    TRY(views_load(p->arena, p->settings.templates, &views));
    mail_use(views);
    exchange_use(views);
    return NULL;
}

/* "host:1234" */
static const char *
runner_name(struct arena *a)
{
    char host[256] = "";
    if (gethostname(host, sizeof(host) - 1) != 0)
        host[0] = 0;
    return text_printf(a, "%s:%d", host, (int)getpid());
}

static void
catch_signals(void)
{
    struct sigaction action = { .sa_handler = end_soon };
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGHUP, &action, NULL); /* settings are read at start: a supervisor starts another */
}

/* The keeper is forked while there is nothing yet that two processes must not share. */
static struct err *
start_runner(struct process *p, const struct asked *asked, struct keeper **keeper,
             struct runner **out)
{
    struct runner_options how = { .queues = asked->queues,
                                  .queue_count = asked->queue_count,
                                  .name = runner_name(p->arena) };
    how.tables = job_tables(&how.count);
    if (asked->except)
        queues_except(p->arena, asked, &how);
    TRY(keeper_start(p->arena, p->settings.database_url, p->settings.prepare, keeper));
    how.keeper = *keeper;
    TRY(runner_new(p->arena, &how, out));
    return process_more(p, PROCESS_DB_JOBS | PROCESS_CACHE | PROCESS_MEDIA);
}

static int
run(struct process *p, const struct asked *asked)
{
    struct keeper *keeper = NULL;
    struct runner *r;
    struct err *e = start_runner(p, asked, &keeper, &r);
    if (e)
        process_complain(e);
    else
        run_until_ended(&p->work, r);
    keeper_end(keeper);
    return e ? 1 : 0;
}

int
main_jobs(int argc, char **argv)
{
    struct asked asked;
    struct process p;
    if (!read_arguments(argc, argv, &asked)) {
        fprintf(stderr, "usage: souk jobs [--queues NAME,… | --except NAME,…] "
                        "[--once NAME] [--now 2026-01-31T00:00:00Z]\n");
        return 2;
    }
    if (!process_open(&p, asked.once ? PROCESS_DB_JOBS | PROCESS_CACHE | PROCESS_MEDIA : 0))
        return 1;
    catch_signals();
    int status = 1;
    struct err *e = load_templates(&p);
    if (!e)
        e = wire_hooks(p.arena, &p.work);
    if (e)
        process_complain(e);
    else
        status = asked.once ? run_once(&p.work, asked.once, asked.now_us) : run(&p, &asked);
    process_close(&p);
    return status;
}
