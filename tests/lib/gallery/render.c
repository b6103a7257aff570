/* Renders the gallery: pages of every part of the templates, filled from model.json with titles
 * that hurt, in every language, by the engine that serves the real pages.
 *
 *     render TEMPLATES MODEL.json OUT     writes OUT/<page>.<language>.html
 *
 * model.json: `base` is the model all pages share; `pages` has a map of what differs for each, with
 * its template. A map of one member names a value that JSON lacks: {"$time": microseconds},
 * {"$money": [minor, "EUR"]}, {"$count": n}, {"$bytes": n}, {"$word": "key"}. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "base/file.h"
#include "view/views.h"

#define NOW_US INT64_C(1795530904000000) /* a fixed day, so that "today" stays today */

static void put(struct val *map, const char *name, const json_t *json);

static int64_t
number(const json_t *json)
{
    return (int64_t)json_integer_value(json);
}

static void
put_money(struct val *map, const char *name, const json_t *pair)
{
    struct money m = { .minor = number(json_array_get(pair, 0)) };
    if (currency_read(json_string_value(json_array_get(pair, 1)), &m.cur))
        val_set_money(map, name, m);
}

/* True when the object was one of those that stand for a value of their own. */
static bool
put_special(struct val *map, const char *name, const json_t *object)
{
    const json_t *v;
    if ((v = json_object_get(object, "$time")))
        val_set_time(map, name, number(v));
    else if ((v = json_object_get(object, "$money")))
        put_money(map, name, v);
    else if ((v = json_object_get(object, "$count")))
        val_set_count(map, name, number(v));
    else if ((v = json_object_get(object, "$bytes")))
        val_set_bytes(map, name, number(v));
    else if ((v = json_object_get(object, "$word")))
        val_set_word(map, name, json_string_value(v));
    return v != NULL;
}

static void
put_all(struct val *map, json_t *object)
{
    const char *name;
    json_t *v;
    json_object_foreach(object, name, v) put(map, name, v);
}

static void
put_list(struct val *list, const json_t *array)
{
    size_t i;
    json_t *v;
    json_array_foreach(array, i, v) put_all(val_add_map(list), v);
}

static void
put(struct val *map, const char *name, const json_t *json)
{
    if (json_is_object(json) && !put_special(map, name, json))
        put_all(val_set_map(map, name), (json_t *)(uintptr_t)json);
    else if (json_is_array(json))
        put_list(val_set_list(map, name), json);
    else if (json_is_string(json))
        val_set_text(map, name, json_string_value(json));
    else if (json_is_integer(json))
        val_set_i64(map, name, number(json));
    else if (json_is_boolean(json))
        val_set_bool(map, name, json_is_true(json));
    else if (json_is_null(json))
        val_set_null(map, name);
}

struct gallery {
    struct arena *arena;
    struct views *views;
    json_t *base;
    const char *out;
};

static struct err *
render_page(const struct gallery *g, const char *page, json_t *own, const char *language)
{
    struct arena *a = g->arena;
    struct val *model = val_map(a);
    put_all(model, g->base);
    put_all(model, own);
    val_set_text(model, "lang", language);
    struct buf html = buf_new(a, 32768);
    TRY(views_render(g->views, language, NOW_US,
                     json_string_value(json_object_get(own, "template")), model, &html));
    struct bytes b = { (const uint8_t *)html.at, html.length };
    return file_write_durably(a, text_printf(a, "%s/%s.%s.html", g->out, page, language), b);
}

static struct err *
render_all(const struct gallery *g, json_t *pages)
{
    const char *const *codes;
    size_t n = language_codes(&codes);
    const char *page;
    json_t *own;
    json_object_foreach(pages, page, own)
    {
        for (size_t i = 0; i < n; i++)
            TRY(render_page(g, page, own, codes[i]));
    }
    return NULL;
}

int
main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: render TEMPLATES MODEL.json OUT\n");
        return 2;
    }
    json_error_t wrong;
    json_t *model = json_load_file(argv[2], 0, &wrong);
    if (!model) {
        fprintf(stderr, "%s:%d: %s\n", argv[2], wrong.line, wrong.text);
        return 1;
    }
    struct gallery g = { .arena = arena_new((size_t)256 << 20),
                         .base = json_object_get(model, "base"),
                         .out = argv[3] };
    struct err *e = views_load(g.arena, argv[1], &g.views);
    if (!e)
        e = render_all(&g, json_object_get(model, "pages"));
    if (e)
        fprintf(stderr, "%s: %s %s\n", e->code, e->say, e->log ? e->log : "");
    arena_free(g.arena);
    json_decref(model);
    return e != NULL;
}
