/* A world without servers around a request made of bytes. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "db/connection.h"
#include "view/views.h"

#define PARAMS_MAX 64

void
fuzz_found(const char *cond, const char *file, int line)
{
    fprintf(stderr, "%s:%d: not true: %s\n", file, line, cond);
    abort();
}

/* ---- A request ---- */

static const char *
param(void *arg, const char *name)
{
    return pairs_text(&((struct fuzz_request *)arg)->params, name);
}

static ptrdiff_t
read_body(void *arg, void *to, size_t length)
{
    struct fuzz_request *f = arg;
    size_t n = f->body.length - f->at;
    if (n > length)
        n = length;
    if (n > f->step)
        n = f->step;
    if (n)
        memcpy(to, f->body.at + f->at, n);
    f->at += n;
    return (ptrdiff_t)n;
}

void
fuzz_param_set(struct fuzz_request *f, struct arena *a, const char *name, const char *value)
{
    if (f->params.count < PARAMS_MAX)
        f->params.at[f->params.count++] = (struct pair){ text_copy(a, name), text_copy(a, value) };
}

static void
read_line(struct fuzz_request *f, struct arena *a, const char *line)
{
    const char *equals = strchr(line, '=');
    if (equals)
        fuzz_param_set(f, a, text_copy_n(a, line, (size_t)(equals - line)), equals + 1);
}

void
fuzz_request_read(struct arena *a, struct bytes b, struct fuzz_request *out)
{
    *out = (struct fuzz_request){ .source = { param, read_body, out } };
    out->params.at = NEW_ARRAY(a, struct pair, PARAMS_MAX);
    for (bool ended = false; b.length && !ended;) {
        const unsigned char *newline = memchr(b.at, '\n', b.length);
        size_t n = newline ? (size_t)(newline - b.at) : b.length;
        ended = n == 0;
        read_line(out, a, text_copy_n(a, b.at, n));
        n += newline != NULL;
        b = BYTES(b.at + n, b.length - n);
    }
    out->body = b;
    int64_t step;
    const char *text = param(out, "STEP");
    out->step = text && text_to_i64(text, &step) && step > 0 ? (size_t)step : b.length;
    if (!param(out, "CONTENT_LENGTH"))
        fuzz_param_set(out, a, "CONTENT_LENGTH", text_printf(a, "%zu", b.length));
}

/* ---- The world around it ---- */

static struct arena *process;
static char uploads[] = "/tmp/souk-fuzz-XXXXXX";

static void
end_site(void)
{
    rmdir(uploads);
    arena_free(process);
}

static struct site *
make_site(void)
{
    static struct site site;
    static struct settings settings;
    process = arena_new((size_t)64 << 20);
    if (!mkdtemp(uploads) || settings_read(process, &settings) ||
        views_load(process, SOUK_SRCDIR "/templates", &site.views))
        fuzz_found("the world can be made", __FILE__, __LINE__);
    atexit(end_site);
    settings.uploads = uploads;
    settings.upload_bytes = 8 * 1024;
    site.settings = &settings;
    site.csrf_key = site.cursor_key = BYTES("0123456789abcdef0123456789abcdef", 32);
    return &site;
}

const struct site *
fuzz_site(void)
{
    static struct site *site;
    if (!site)
        site = make_site();
    return site;
}

struct work
fuzz_work(struct arena *a)
{
    static struct db away = { .next_try_us = INT64_MAX, .away = true };
    memset(&away.tx, 0, sizeof(away.tx));
    return (struct work){ .arena = a,
                          .db = &away,
                          .settings = fuzz_site()->settings,
                          .id = "0123456789abcdef0123456789abcdef",
                          .now_us = INT64_C(1795530904000000),
                          .address = "192.0.2.1",
                          .language = "en" };
}

struct req
fuzz_req(struct work *w, struct fuzz_request *f, const struct route *route)
{
    return (struct req){ .work = w,
                         .site = fuzz_site(),
                         .source = &f->source,
                         .method = route->method,
                         .path = route->path,
                         .route = route };
}
