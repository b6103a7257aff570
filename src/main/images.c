/* `souk images ingest DIR --out DIR`: converts a folder of pictures as an upload would, each in a
 * process of its own, and says one line of JSON about each. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/text.h"
#include "http/json.h"
#include "images/make.h"
#include "main/commands.h"

#define FILE_MOST ((size_t)256 << 20)

struct ingest {
    const struct settings *settings;
    struct storage *store;
    const char *root;
    int refused;
};

static int64_t
children_cpu_us(void)
{
    struct rusage u;
    getrusage(RUSAGE_CHILDREN, &u);
    return (int64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * SECOND_US + u.ru_utime.tv_usec +
           u.ru_stime.tv_usec;
}

static void
put_result(struct json *j, const struct sha256 *hash, const struct make_result *made)
{
    static const char *const names[IMAGE_SIZES] = { "original", "800", "200" };
    json_put_i64(j, "width", made->width);
    json_put_i64(j, "height", made->height);
    json_put_object(j, "variants");
    for (int i = 0; i < IMAGE_SIZES; i++) {
        json_put_object(j, names[i]);
        json_put_text(j, "path", image_name(j->out.arena, hash, names[i]));
        json_put_i64(j, "width", made->variants[i].width);
        json_put_i64(j, "height", made->variants[i].height);
        json_put_i64(j, "bytes", (int64_t)made->variants[i].bytes);
        json_put_end(j);
    }
    json_put_end(j);
}

static struct err *
ingest_file(struct ingest *in, struct arena *a, const char *path)
{
    struct make_result made;
    struct bytes file;
    TRY(file_read(a, path, FILE_MOST, &file));
    struct sha256 hash = sha256_of(file);
    int64_t wall_us = clock_mono_us(), cpu_us = children_cpu_us();
    struct err *e = make_files(a, in->store, in->settings, path, &hash, MAKE_ALL, 0, &made);

    struct json j = json_begin(a);
    json_put_object(&j, NULL);
    json_put_text(&j, "name", path + strlen(in->root) + 1);
    json_put_text(&j, "status", e ? e->code : "ok");
    if (e)
        json_put_text(&j, "reason", e->say);
    else
        put_result(&j, &hash, &made);
    json_put_double(&j, "wall_ms", (double)(clock_mono_us() - wall_us) / 1000);
    json_put_double(&j, "cpu_ms", (double)(children_cpu_us() - cpu_us) / 1000);
    json_put_end(&j);
    puts(j.out.at);
    in->refused += e != NULL;
    return NULL;
}

static struct err *
visit(void *arg, const char *path, const char *name)
{
    struct ingest *in = arg;
    struct file_facts facts;
    (void)name;
    if (!file_facts(path, &facts))
        return NULL;
    struct arena *a = arena_new(FILE_MOST + ((size_t)16 << 20));
    struct err *e = NULL;
    if (facts.is_directory)
        e = file_each(a, path, visit, in);
    else if (facts.is_file)
        e = ingest_file(in, a, path);
    if (e) {
        process_complain(e);
        in->refused++;
    }
    arena_free(a);
    return NULL;
}

int
main_images(int argc, char **argv)
{
    static const struct option options[] = { { "out", required_argument, NULL, 'o' }, { 0 } };
    const char *out = NULL, *directory = NULL;
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;)
        if (c == 'o')
            out = optarg;
    if (argc - optind == 2 && text_is(argv[optind], "ingest"))
        directory = argv[optind + 1];
    if (!out || !directory) {
        fprintf(stderr, "usage: souk images ingest DIR --out DIR\n");
        return 2;
    }
    struct process p;
    if (!process_open(&p, 0))
        return 1;
    size_t n = strlen(directory);
    struct ingest in = { .settings = &p.settings,
                         .store = storage_disk(p.arena, out),
                         .root = text_copy_n(p.arena, directory,
                                             n > 1 && directory[n - 1] == '/' ? n - 1 : n) };
    visit(&in, in.root, "");
    fflush(stdout);
    process_close(&p);
    return in.refused ? 3 : 0;
}
