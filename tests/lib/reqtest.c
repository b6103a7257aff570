#include "reqtest.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/settings.h"
#include "base/text.h"
#include "http/site.h"

static char folder[] = "/tmp/souk-req-XXXXXX";
static bool made;

struct given {
    const char *type, *length;
    struct bytes body;
    size_t step;
};

static const char *
param(void *arg, const char *name)
{
    const struct given *g = arg;
    if (text_is(name, "CONTENT_TYPE"))
        return g->type;
    return text_is(name, "CONTENT_LENGTH") ? g->length : NULL;
}

static ptrdiff_t
read_body(void *arg, void *to, size_t length)
{
    struct given *g = arg;
    size_t n = length < g->body.length ? length : g->body.length;
    if (g->step && n > g->step)
        n = g->step;
    if (n)
        memcpy(to, g->body.at, n);
    g->body = BYTES(g->body.at + n, g->body.length - n);
    return (ptrdiff_t)n;
}

static void
make_folder(void)
{
    if (!made && !mkdtemp(folder))
        abort();
    made = true;
}

struct req *
reqtest(struct arena *a, const struct route *route, const char *type, struct bytes body,
        size_t step)
{
    struct settings *settings = NEW(a, struct settings);
    struct given *given = NEW(a, struct given);
    struct source *source = NEW(a, struct source);
    struct work *work = NEW(a, struct work);
    struct site *site = NEW(a, struct site);
    struct req *r = NEW(a, struct req);
    if (route->body == UPLOAD || route->body == UPLOAD_FILE)
        make_folder();
    settings->uploads = folder;
    settings->upload_bytes = settings->import_bytes = (int64_t)1 << 20;
    *given = (struct given){ type, text_printf(a, "%zu", body.length), body, step };
    *source = (struct source){ param, read_body, given };
    *work = (struct work){ .arena = a, .settings = settings, .id = "test", .language = "en" };
    site->settings = settings;
    site->cursor_key = BYTES("0123456789abcdef0123456789abcdef", 32);
    *r = (struct req){
        .work = work, .site = site, .source = source, .route = route, .method = POST
    };
    return r;
}

static int
remove_one(const char *path, const struct stat *facts, int type, struct FTW *at)
{
    (void)facts;
    (void)type;
    (void)at;
    return remove(path);
}

void
reqtest_end(void)
{
    if (made)
        nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
