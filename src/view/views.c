#include "view/views.h"

#include <string.h>

#include "base/file.h"
#include "view/tree.h"

#define TEMPLATE_MOST ((size_t)1 << 20)
#define VIEWS_CEILING ((size_t)32 << 20)

/* One generation of templates and words lives in an arena of its own, so that a reload frees the
 * one before. */
struct generation {
    struct arena *arena;
    struct template_set *set;
    struct languages *languages;
};

struct views {
    const char *directory;
    struct generation now;
};

struct loading {
    struct generation *generation;
    const char *prefix;
};

static struct err *load_directory(struct loading *l, const char *path, const char *prefix);

static struct err *
load_template(struct loading *l, const char *path, const char *name)
{
    struct arena *a = l->generation->arena;
    struct bytes text;
    bool html = text_ends(name, ".html");
    TRY(file_read(a, path, TEMPLATE_MOST, &text));
    size_t n = strlen(name) - (html ? 5 : 0);
    const char *full = text_printf(a, "%s%.*s", l->prefix, (int)n, name);
    return template_add(l->generation->set, full, (const char *)text.at, text.length, html);
}

static struct err *
load_entry(void *arg, const char *path, const char *name)
{
    struct loading *l = arg;
    struct file_facts facts;
    if (!file_facts(path, &facts))
        return NULL;
    if (facts.is_directory && !(text_is(l->prefix, "") && text_is(name, "language")))
        return load_directory(l, path, text_printf(l->generation->arena, "%s%s/", l->prefix, name));
    if (facts.is_file && (text_ends(name, ".html") || text_ends(name, ".txt")))
        return load_template(l, path, name);
    return NULL;
}

static struct err *
load_directory(struct loading *l, const char *path, const char *prefix)
{
    struct loading below = { l->generation, prefix };
    return file_each(l->generation->arena, path, load_entry, &below);
}

static struct err *
load(struct generation *g, const char *directory)
{
    struct loading l = { g, "" };
    g->set = template_set_new(g->arena);
    TRY(load_directory(&l, directory, ""));
    return languages_load(g->arena, text_printf(g->arena, "%s/language", directory), &g->languages);
}

static void
end_views(void *views)
{
    arena_free(((struct views *)views)->now.arena);
}

struct err *
views_load(struct arena *process, const char *directory, struct views **out)
{
    struct views *v = NEW(process, struct views);
    v->directory = directory;
    v->now.arena = arena_new(VIEWS_CEILING);
    arena_defer(process, end_views, v);
    TRY(load(&v->now, directory));
    *out = v;
    return NULL;
}

struct err *
views_reload(struct views *v)
{
    struct generation next = { .arena = arena_new(VIEWS_CEILING) };
    struct err *e = load(&next, v->directory);
    if (e) {
        arena_defer(v->now.arena, (void (*)(void *))arena_free, next.arena); /* holds the failure */
        return e;
    }
    arena_free(v->now.arena);
    v->now = next;
    return NULL;
}

struct err *
views_render(const struct views *v, const char *language, int64_t now_us, const char *name,
             const struct val *model, struct buf *out)
{
    const struct template *t = template_find(v->now.set, name);
    if (!t)
        return BROKEN(out->arena, "view.missing", text_printf(out->arena, "no template %s", name));
    struct render how = { .set = v->now.set,
                          .language = language_find(v->now.languages, language),
                          .now_us = now_us };
    template_render(t, &how, model, out);
    return NULL;
}

const struct language *
views_language(const struct views *v, const char *code)
{
    return language_find(v->now.languages, code);
}
