/* The keeper: a child of the runner that looks at a page of memory both share. The runner writes
 * there what it is at; the keeper renews the leases of that, and when it has taken too long, writes
 * the failure and kills the runner. So a job needs no thread and no signal handler to be kept, may
 * sit in a loop or in a system call, and two runners never believe for long that it is theirs.
 *
 * The failure is written before the kill: whatever the runner still wanted to commit then finds
 * that the job is no longer its own. A job that has just been finished is not ours to end, and its
 * runner lives on.
 *
 * The page is a sequence lock: the count is odd while the runner writes. The keeper only reads. */
#include "queue/keeper.h"

#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "db/db.h"
#include "queue/lease.h"

#define LOOK_MS    500
#define BEAT_US    (20 * SECOND_US)
#define ARENA_MOST ((size_t)16 * 1024 * 1024)

struct held {
    uint32_t turn; /* a number of this hold */
    int n, begun, limit_s;
    int64_t since_us; /* monotonic, which all processes of a host share */
    struct {
        int64_t id;
        int attempt;
    } jobs[JOB_BATCH];
};

struct page {
    _Atomic uint32_t count;
    struct held held;
};

/* Process-long, in the runner. */
struct keeper {
    struct page *page;
    const char *conninfo;
    bool prepare;
    pid_t pid;
};

/* ---- The runner's side ---- */

static void
begin_writing(struct page *p)
{
    atomic_fetch_add_explicit(&p->count, 1, memory_order_acq_rel);
    atomic_thread_fence(memory_order_release);
}

static void
end_writing(struct page *p)
{
    atomic_fetch_add_explicit(&p->count, 1, memory_order_release);
}

void
keeper_hold(struct keeper *k, const struct job *jobs, size_t n, size_t begun, int limit_s)
{
    if (!k)
        return;
    must(n <= JOB_BATCH && begun <= n);
    struct held *h = &k->page->held;
    begin_writing(k->page);
    h->turn++;
    h->n = (int)n;
    h->begun = (int)begun;
    h->limit_s = limit_s;
    h->since_us = clock_mono_us();
    for (size_t i = 0; i < n; i++) {
        h->jobs[i].id = jobs[i].id;
        h->jobs[i].attempt = jobs[i].attempt;
    }
    end_writing(k->page);
}

void
keeper_release(struct keeper *k)
{
    if (!k)
        return;
    begin_writing(k->page);
    k->page->held.n = 0;
    end_writing(k->page);
}

/* ---- The keeper's side ---- */

struct watch {
    struct page *page;
    pid_t runner;
    struct arena *arena;
    struct work work; /* its db is opened at the first beat */
    const char *conninfo;
    bool prepare;
    struct held held;
    uint32_t turn;     /* of the hold that `beaten_us` belongs to */
    int64_t beaten_us; /* when its leases were renewed */
};

/* A whole copy of what the runner holds; false while it is writing. */
static bool
look(struct watch *k)
{
    uint32_t before = atomic_load_explicit(&k->page->count, memory_order_acquire);
    if (before % 2)
        return false;
    memcpy(&k->held, &k->page->held, sizeof(k->held));
    atomic_thread_fence(memory_order_acquire);
    return atomic_load_explicit(&k->page->count, memory_order_relaxed) == before;
}

static struct job *
held_jobs(struct watch *k)
{
    struct job *jobs = NEW_ARRAY(k->arena, struct job, (size_t)k->held.n);
    for (int i = 0; i < k->held.n; i++) {
        jobs[i].id = k->held.jobs[i].id;
        jobs[i].attempt = k->held.jobs[i].attempt;
    }
    return jobs;
}

static struct err *
connect_once(struct watch *k)
{
    struct db_options how = { .prepare = k->prepare, .statement_s = 5, .may_be_away = true };
    if (k->work.db)
        return NULL;
    return db_open_with(k->arena, k->conninfo, &how, &k->work.db);
}

static void
begin_round(struct watch *k, struct arena *round)
{
    k->work.arena = round;
    k->work.now_us = clock_now_us();
}

static void
complain(struct watch *k, const char *event, const struct err *e)
{
    tx_rollback(&k->work);
    log_warn(event, "code", e->code, "why", e->log, "where", e->at, NULL);
}

static struct err *
renew(struct watch *k)
{
    TRY(connect_once(k));
    return lease_renew(&k->work, held_jobs(k), (size_t)k->held.n);
}

static void
beat(struct watch *k)
{
    struct err *e = renew(k);
    if (e)
        complain(k, "keeper.renew", e);
    k->beaten_us = clock_mono_us();
}

static struct err *
fail_late(struct watch *k, int64_t *still_ours)
{
    const char *error =
        text_printf(k->work.arena, "queue.late: took longer than %d s", k->held.limit_s);
    TRY(connect_once(k));
    struct job *jobs = held_jobs(k);
    size_t n = (size_t)k->held.n, begun = (size_t)k->held.begun;
    TRY(lease_fail(&k->work, jobs, begun, "late", error, still_ours));
    return *still_ours ? lease_give_back(&k->work, jobs + begun, n - begun) : NULL;
}

/* When the failure cannot be written the runner is ended all the same: the lease runs out. */
static void
end_runner(struct watch *k)
{
    int64_t still_ours = 1;
    struct err *e = fail_late(k, &still_ours);
    if (e)
        complain(k, "keeper.late", e);
    if (!still_ours)
        return;
    log_error("job.late", "id",
              text_printf(k->work.arena, "job-%lld", (long long)k->held.jobs[0].id), NULL);
    kill(k->runner, SIGKILL);
    pause(); /* the kernel ends us with it */
}

static void
watch_once(struct watch *k)
{
    int64_t now = clock_mono_us();
    if (!look(k) || !k->held.n)
        return;
    if (k->held.turn != k->turn) {
        k->turn = k->held.turn;
        k->beaten_us = k->held.since_us;
    }
    if (now - k->held.since_us >= k->held.limit_s * SECOND_US)
        end_runner(k);
    else if (now - k->beaten_us >= BEAT_US)
        beat(k);
}

/* A terminal's Ctrl-C, or a supervisor that ends the group, lets the runner finish its job; so we
 * stay until it is gone, which the kernel tells us by SIGKILL. */
static _Noreturn void
keep_watch(struct watch *k)
{
    struct arena *round = arena_new(ARENA_MOST);
    signal(SIGTERM, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    for (;;) {
        arena_reset(round);
        begin_round(k, round);
        watch_once(k);
        poll(NULL, 0, LOOK_MS);
    }
}

static void
start(struct keeper *k)
{
    pid_t runner = getpid();
    k->pid = fork();
    if (k->pid)
        return; /* -1: keeper_check() tries again */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != runner)
        _exit(0);
    struct arena *a = arena_new(ARENA_MOST);
    struct watch *w = NEW(a, struct watch);
    *w = (struct watch){ .page = k->page,
                         .runner = runner,
                         .arena = a,
                         .work = { .id = "keeper", .address = "", .language = "en" },
                         .conninfo = k->conninfo,
                         .prepare = k->prepare };
    keep_watch(w);
}

struct err *
keeper_start(struct arena *process, const char *conninfo, bool prepare, struct keeper **out)
{
    struct keeper *k = NEW(process, struct keeper);
    void *page =
        mmap(NULL, sizeof(struct page), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return BROKEN(process, "queue.keeper", "no shared memory");
    *k = (struct keeper){ .page = page, .conninfo = conninfo, .prepare = prepare };
    start(k);
    *out = k;
    return NULL;
}

void
keeper_check(struct keeper *k)
{
    if (k->pid > 0 && waitpid(k->pid, NULL, WNOHANG) == 0)
        return;
    log_warn("keeper.again", NULL);
    start(k);
}

void
keeper_end(struct keeper *k)
{
    if (!k)
        return;
    if (k->pid > 0) {
        kill(k->pid, SIGKILL);
        waitpid(k->pid, NULL, 0);
    }
    munmap(k->page, sizeof(struct page));
}
