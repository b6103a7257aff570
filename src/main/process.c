/* What every subcommand that works on an installation begins and ends with. */
#include <stdio.h>

#include "base/clock.h"
#include "cache/cache.h"
#include "db/db.h"
#include "http/copy.h"
#include "images/storage.h"
#include "main/commands.h"

#define PROCESS_CEILING ((size_t)64 * 1024 * 1024)

#define JOBS_STATEMENT_S 60

struct err *
process_more(struct process *p, unsigned parts)
{
    struct work *w = &p->work;
    struct db_options jobs = { .prepare = p->settings.prepare,
                               .statement_s = JOBS_STATEMENT_S,
                               .may_be_away = true };
    if (parts & PROCESS_DB)
        TRY(db_open(p->arena, p->settings.database_url, p->settings.prepare, &w->db));
    if (parts & PROCESS_DB_JOBS)
        TRY(db_open_with(p->arena, p->settings.database_url, &jobs, &w->db));
    if (parts & PROCESS_CACHE)
        w->cache = cache_open(p->arena, p->settings.redis_url);
    if (w->cache)
        cache_patience(w->cache, p->settings.redis_answer_ms);
    if (w->db && w->cache)
        db_when_written(w->db, copies_drop);
    if (parts & PROCESS_MEDIA)
        w->media = storage_disk(p->arena, p->settings.media);
    return NULL;
}

static struct err *
open_parts(struct process *p, unsigned parts)
{
    TRY(settings_read(p->arena, &p->settings));
    return process_more(p, parts);
}

void
process_complain(const struct err *e)
{
    fprintf(stderr, "souk: %s: %s%s%s\n", e->code, e->say, e->log ? " " : "", e->log ? e->log : "");
}

bool
process_open(struct process *p, unsigned parts)
{
    *p = (struct process){ .arena = arena_new(PROCESS_CEILING) };
    p->work = (struct work){ .arena = p->arena,
                             .settings = &p->settings,
                             .id = "process",
                             .address = "",
                             .language = "en",
                             .now_us = clock_now_us() };
    struct err *e = open_parts(p, parts);
    if (!e)
        return true;
    process_complain(e);
    process_close(p);
    return false;
}

void
process_close(struct process *p)
{
    if (p->work.db)
        db_close(p->work.db);
    cache_close(p->work.cache);
    arena_free(p->arena);
    *p = (struct process){ 0 };
}
