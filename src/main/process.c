/* What every subcommand that works on an installation begins and ends with. */
#include <stdio.h>

#include "base/clock.h"
#include "cache/cache.h"
#include "db/db.h"
#include "images/storage.h"
#include "main/commands.h"

#define PROCESS_CEILING ((size_t)64 * 1024 * 1024)

static struct err *
open_parts(struct process *p, unsigned parts)
{
    struct work *w = &p->work;
    TRY(settings_read(p->arena, &p->settings));
    if (parts & PROCESS_DB)
        TRY(db_open(p->arena, p->settings.database_url, p->settings.prepare, &w->db));
    if (parts & PROCESS_CACHE)
        w->cache = cache_open(p->arena, p->settings.redis_url);
    if (parts & PROCESS_MEDIA)
        w->media = storage_disk(p->arena, p->settings.media);
    return NULL;
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
