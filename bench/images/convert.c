/* One upload as the workers do it: what is to be shown at once (images/accept.c), then the original
 * as the job that follows makes it (images_finish_original), each in a child process. Says in one
 * line of JSON what it cost.
 *
 *     convert FILE OUT
 *
 * cpu_ms and wall_ms from the first byte read to the last file durable; small_ms until the 800 and
 * 200 variants are; child_kib is the largest of the processes that worked. What several share is
 * for the caller to look at. */
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/settings.h"
#include "base/text.h"
#include "http/json.h"
#include "images/make.h"

#define AT_ONCE_PIXELS 1500000 /* as in accept.c */

static int64_t
cpu_us(void)
{
    int64_t sum = 0;
    for (int i = 0; i < 2; i++) {
        struct rusage u;
        getrusage(i ? RUSAGE_CHILDREN : RUSAGE_SELF, &u);
        sum += (int64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * SECOND_US + u.ru_utime.tv_usec +
               u.ru_stime.tv_usec;
    }
    return sum;
}

static int64_t
child_kib(void)
{
    struct rusage u;
    getrusage(RUSAGE_CHILDREN, &u);
    return u.ru_maxrss;
}

static void
put_variants(struct json *j, const struct sha256 *hash, const struct make_result *small,
             const struct make_result *original)
{
    static const char *const names[IMAGE_SIZES] = { "original", "800", "200" };
    json_put_object(j, "files");
    for (int i = 0; i < IMAGE_SIZES; i++) {
        const struct make_result *m = i == IMAGE_ORIGINAL ? original : small;
        json_put_object(j, names[i]);
        json_put_text(j, "path", image_name(j->out.arena, hash, names[i]));
        json_put_i64(j, "bytes", (int64_t)m->variants[i].bytes);
        json_put_i64(j, "width", m->variants[i].width);
        json_put_i64(j, "height", m->variants[i].height);
        json_put_end(j);
    }
    json_put_end(j);
}

/* The job. What went on beside the upload ends as a child of ours, so that it is counted. */
static struct err *
finish(struct arena *a, struct storage *store, const struct settings *settings, const char *path,
       const struct sha256 *hash, struct make_result *out)
{
    uint64_t bytes;
    TRY(make_original(a, store, settings, path, hash, &bytes));
    while (wait(NULL) > 0)
        continue;
    out->variants[IMAGE_ORIGINAL].width = out->width;
    out->variants[IMAGE_ORIGINAL].height = out->height;
    out->variants[IMAGE_ORIGINAL].bytes = bytes;
    return NULL;
}

static struct err *
convert(struct arena *a, const char *path, const char *out)
{
    struct settings settings;
    struct make_result small, original;
    struct sha256 hash = sha256_of(BYTES(path, strlen(path))); /* names the files; no part of it */
    struct storage *store = storage_disk(a, out);
    TRY(settings_read(a, &settings));

    TRY(file_make_dirs(a, settings.uploads));
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    int64_t wall = clock_mono_us(), cpu = cpu_us();
    struct err *e =
        make_files(a, store, &settings, path, &hash, MAKE_SMALL, AT_ONCE_PIXELS, &small);
    int64_t small_us = clock_mono_us() - wall;
    original = small;
    if (!e && !small.variants[IMAGE_ORIGINAL].bytes)
        e = finish(a, store, &settings, path, &hash, &original);
    wall = clock_mono_us() - wall;
    cpu = cpu_us() - cpu;

    struct json j = json_begin(a);
    json_put_object(&j, NULL);
    json_put_text(&j, "status", e ? e->code : "ok");
    json_put_double(&j, "wall_ms", (double)wall / 1000);
    json_put_double(&j, "cpu_ms", (double)cpu / 1000);
    json_put_double(&j, "small_ms", (double)small_us / 1000);
    json_put_i64(&j, "child_kib", child_kib());
    if (!e)
        put_variants(&j, &hash, &small, &original);
    json_put_end(&j);
    puts(j.out.at);
    return NULL;
}

int
main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: convert FILE OUT\n");
        return 2;
    }
    struct arena *a = arena_new((size_t)16 << 20);
    struct err *e = convert(a, argv[1], argv[2]);
    if (e)
        fprintf(stderr, "%s: %s\n", e->code, e->log ? e->log : e->say);
    arena_free(a);
    return e != NULL;
}
