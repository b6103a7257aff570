/* Our engine: render TEMPLATE MODEL.json SECONDS renders as often as it can, each time into an
 * arena that is reset as a request's is, and says how often and in what time; with 0 seconds it
 * says the text. render NAME MODEL.json SECONDS DIRECTORY takes the template and the words of an
 * installation's templates, as a page is served. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/file.h"
#include "view/mustache.h"
#include "view/views.h"

#define MODEL_MOST ((size_t)1 << 20)

/* ---- The model: texts, flags, maps and lists ---- */

static void
put(struct val *map, const char *name, const json_t *json)
{
    size_t i;
    const char *member;
    json_t *v;
    struct val *below;
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        below = val_set_map(map, name);
        json_object_foreach((json_t *)(uintptr_t)json, member, v) put(below, member, v);
        break;
    case JSON_ARRAY:
        below = val_set_list(map, name);
        json_array_foreach(json, i, v)
        {
            struct val *item = val_add_map(below);
            const char *key;
            json_t *inner;
            json_object_foreach(v, key, inner) put(item, key, inner);
        }
        break;
    case JSON_STRING:
        val_set_text(map, name, json_string_value(json));
        break;
    default:
        val_set_bool(map, name, json_is_true(json));
    }
}

/* ---- The race ---- */

struct page {
    const struct template *template;
    struct render how;
    const struct views *views; /* NULL: a template of its own */
    const char *name;
    const struct val *model;
};

static struct err *
render(const struct page *p, struct buf *out)
{
    if (p->views)
        return views_render(p->views, "en", 0, p->name, p->model, out);
    template_render(p->template, &p->how, p->model, out);
    return NULL;
}

static struct err *
race(const struct page *p, int64_t us)
{
    struct arena *a = arena_new((size_t)4 << 20);
    int64_t began = clock_mono_us(), renders = 0, length = 0;
    struct err *e = NULL;
    do {
        for (int i = 0; i < 100 && !e; i++) {
            struct buf out = buf_new(a, 16 * 1024);
            e = render(p, &out);
            length += (int64_t)out.length;
            renders++;
            arena_reset(a);
        }
    } while (!e && clock_mono_us() - began < us);
    double ms = (double)(clock_mono_us() - began) / 1000;
    printf("{\"renders\": %lld, \"ms\": %.3f, \"length\": %.1f}\n", (long long)renders, ms,
           (double)length / (double)renders);
    arena_free(a);
    return e;
}

static struct err *
load(struct arena *a, char **argv, struct page *out)
{
    struct bytes text;
    struct template_set *set = template_set_new(a);
    if (argv[4]) {
        struct views *views;
        TRY(views_load(a, argv[4], &views));
        out->views = views;
        out->name = argv[1];
        return NULL;
    }
    TRY(file_read(a, argv[1], MODEL_MOST, &text));
    TRY(template_add(set, "page", (const char *)text.at, text.length, true));
    out->template = template_find(set, "page");
    out->how = (struct render){ .set = set };
    return NULL;
}

static struct err *
run(struct arena *a, char **argv, const json_t *json)
{
    struct page page = { 0 };
    struct val *root = val_map(a);
    int64_t seconds = strtol(argv[3], NULL, 10);
    put(root, "model", json);
    page.model = val_get(root, "model");
    TRY(load(a, argv, &page));
    if (seconds)
        return race(&page, seconds * SECOND_US);
    struct buf out = buf_new(a, 16 * 1024);
    TRY(render(&page, &out));
    fwrite(out.at, 1, out.length, stdout);
    return NULL;
}

int
main(int argc, char **argv)
{
    json_error_t error;
    if (argc != 4 && argc != 5) {
        fprintf(stderr, "usage: render TEMPLATE MODEL.json SECONDS [DIRECTORY]\n");
        return 2;
    }
    json_t *json = json_load_file(argv[2], 0, &error);
    if (!json) {
        fprintf(stderr, "%s: %s\n", argv[2], error.text);
        return 1;
    }
    struct arena *a = arena_new((size_t)16 << 20);
    struct err *e = run(a, argv, json);
    if (e)
        fprintf(stderr, "%s: %s\n", e->code, e->log ? e->log : e->say);
    arena_free(a);
    json_decref(json);
    return e != NULL;
}
