/* Names that change with the contents, so that a browser may keep a file for ever: nginx takes the
 * fingerprint off again. Read once at start; the files are few. */
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/text.h"
#include "http/site.h"
#include "view/value.h"

#define STATIC_MOST ((size_t)1 << 20)

struct static_file {
    const char *name, *key, *url;
    struct static_file *next;
};

struct statics {
    struct arena *arena;
    struct static_file *first;
};

static struct err *
add_file(void *arg, const char *path, const char *name)
{
    struct statics *s = arg;
    struct file_facts facts;
    const char *dot = strrchr(name, '.');
    if (!dot || !file_facts(path, &facts) || !facts.is_file || facts.bytes > STATIC_MOST)
        return NULL;

    struct arena *reading = arena_new(2 * STATIC_MOST);
    struct bytes bytes;
    struct err *e = file_read(reading, path, STATIC_MOST, &bytes);
    if (!e) {
        struct sha256 hash = sha256_of(bytes);
        struct static_file *f = NEW(s->arena, struct static_file);
        f->name = text_copy(s->arena, name);
        f->url = text_printf(s->arena, "/static/%.*s.%.12s%s", (int)(dot - name), name,
                             hex_text(reading, BYTES(hash.bytes, 6)), dot);
        char *key = text_copy(s->arena, name);
        for (char *c = key; *c; c++)
            if (*c == '.' || *c == '-')
                *c = '_';
        f->key = key;
        f->next = s->first;
        s->first = f;
    }
    arena_free(reading);
    return e ? BROKEN(s->arena, "statics.read", text_copy(s->arena, path)) : NULL;
}

struct err *
statics_load(struct arena *process, const char *directory, struct statics **out)
{
    struct statics *s = NEW(process, struct statics);
    s->arena = process;
    TRY(file_each(process, directory, add_file, s));
    *out = s;
    return NULL;
}

const char *
statics_url(const struct statics *s, const char *name)
{
    for (const struct static_file *f = s ? s->first : NULL; f; f = f->next)
        if (text_is(f->name, name))
            return f->url;
    return NULL;
}

void
statics_model(const struct statics *s, struct val *model)
{
    for (const struct static_file *f = s ? s->first : NULL; f; f = f->next)
        val_set_text(model, f->key, f->url);
}
