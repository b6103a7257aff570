/* Builds the feeds of one shop, as the job does: milliseconds, peak memory (KiB), rows and bytes of
 * all files.
 *
 *     build VENDOR
 *
 * The database is that of SOUK_DATABASE_URL, the files lie in SOUK_FEEDS. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/settings.h"
#include "base/text.h"
#include "db/db.h"
#include "feeds/feeds.h"

static void
give_up(const struct err *e)
{
    if (!e)
        return;
    fprintf(stderr, "build: %s: %s\n", e->code, e->log ? e->log : e->say);
    exit(1);
}

int
main(int argc, char **argv)
{
    struct arena *process = arena_new((size_t)512 << 20);
    struct settings *settings = NEW(process, struct settings);
    struct db_options how = { .prepare = true, .statement_s = 60 };
    struct work w = { .arena = process, .settings = settings, .id = "bench", .address = "" };
    struct feeds_result result;
    struct rusage u;
    if (argc != 2 || !text_to_id(argv[1], &w.vendor.n))
        return 2;
    give_up(settings_read(process, settings));
    give_up(db_open_with(process, settings->database_url, &how, &w.db));
    w.now_us = clock_now_us();
    int64_t began = clock_mono_us();
    give_up(feeds_build(&w, &result));
    int64_t took = clock_mono_us() - began;
    getrusage(RUSAGE_SELF, &u);
    printf("%.1f %ld %lld %lld\n", (double)took / 1000, u.ru_maxrss, (long long)result.rows,
           (long long)result.files);
    return 0;
}
