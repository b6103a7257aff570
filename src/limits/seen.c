#include "limits/seen.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

static bool
is_alive(int64_t pid)
{
    return pid > 0 && (kill((pid_t)pid, 0) == 0 || errno != ESRCH);
}

struct shared_worker *
seen_begin(struct shared *s)
{
    for (int i = 0; i < SHARED_WORKERS; i++) {
        int64_t pid = shared_load(&s->workers[i].pid);
        if (is_alive(pid) || !shared_claim(&s->workers[i].pid, pid, getpid()))
            continue;
        shared_store(&s->workers[i].version, 0);
        shared_store(&s->workers[i].asked_us, 0);
        return &s->workers[i];
    }
    return NULL;
}

void
seen_end(struct shared_worker *me)
{
    if (me)
        shared_store(&me->pid, 0);
}

void
seen_note(struct shared_worker *me, int64_t version, int64_t now_us)
{
    if (!me)
        return;
    shared_store(&me->version, version);
    shared_store(&me->asked_us, now_us);
}

struct seen
seen_of(struct shared *s, int64_t version)
{
    struct seen n = { 0 };
    bool known = shared_load(&s->version) == version;
    int64_t known_us = shared_load(&s->known_us);
    for (int i = 0; i < SHARED_WORKERS; i++) {
        struct shared_worker *worker = &s->workers[i];
        if (!is_alive(shared_load(&worker->pid)))
            continue;
        bool idle = known && shared_load(&worker->asked_us) < known_us;
        n.workers++;
        n.idle += idle;
        n.in_force += idle || shared_load(&worker->version) == version;
    }
    return n;
}
