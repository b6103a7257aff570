/* The worker's loop over libfcgi. One request at a time; nginx has read the request whole before a
 * worker sees it, and takes the answer at once, so a slow client holds nobody here. */
#include <fcgiapp.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "http/site.h"
#include "view/views.h"

static volatile sig_atomic_t ending, reloading;

static void
on_signal(int signal)
{
    if (signal == SIGHUP) {
        reloading = 1;
        return;
    }
    ending = 1;
    FCGX_ShutdownPending();
}

static const char *
param(void *arg, const char *name)
{
    char **at = ((FCGX_Request *)arg)->envp;
    for (; *at; at++) {
        const char *n = name, *p = *at;
        while (*n && *n == *p)
            n++, p++;
        if (!*n && *p == '=')
            return p + 1;
    }
    return NULL;
}

static ptrdiff_t
read_body(void *arg, void *to, size_t length)
{
    int most = length > (1 << 20) ? 1 << 20 : (int)length;
    return FCGX_GetStr(to, most, ((FCGX_Request *)arg)->in);
}

static void
put_header(struct buf *head, const char *name, const char *value)
{
    buf_text(head, name);
    buf_add(head, ": ", 2);
    buf_text(head, value);
    buf_add(head, "\r\n", 2);
}

/* Status, headers and body in one run of the stream's buffer. */
static void
send_answer(FCGX_Request *request, const struct req *r)
{
    struct buf head = buf_new(r->work->arena, 2048);
    put_header(&head, "Status", text_i64(r->work->arena, r->resp.status));
    for (int i = 0; i < r->resp.header_count; i++)
        put_header(&head, r->resp.headers[i].name, r->resp.headers[i].value);
    bool bodiless = r->resp.status == 204 || r->resp.status == 304;
    if (!bodiless)
        put_header(&head, "Content-Length", text_i64(r->work->arena, (int64_t)r->resp.body.length));
    buf_add(&head, "\r\n", 2);
    FCGX_PutStr(head.at, (int)head.length, request->out);
    if (!bodiless && !r->head)
        FCGX_PutStr((const char *)r->resp.body.at, (int)r->resp.body.length, request->out);
}

/* libfcgi closes with care, for a peer whose request was left unread: shutdown, poll, read. Where
 * all of it was read, close() alone loses nothing. */
static void
finish(FCGX_Request *request)
{
    if (FCGX_GetChar(request->in) == EOF)
        FCGX_Detach(request);
    FCGX_Finish_r(request);
}

static void
reload(const struct site *site)
{
    reloading = 0;
    struct err *e = views_reload(site->views);
    if (e)
        log_error("reload", "code", e->code, "say", e->say, NULL);
    else
        log_info("reload", NULL);
}

static void
take_signals(void)
{
    /* Without SA_RESTART: the signal ends the wait for the next request. */
    struct sigaction action = { .sa_handler = on_signal };
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

int
fcgi_serve(const struct site *site, const struct work *process)
{
    FCGX_Request request;
    struct arena *arena = arena_new((size_t)site->settings->arena_bytes);

    if (FCGX_Init() != 0 ||
        FCGX_InitRequest(&request, STDIN_FILENO, FCGI_FAIL_ACCEPT_ON_INTR) != 0) {
        log_error("fcgi.init", "why", "descriptor 0 is no listening socket", NULL);
        return 1;
    }
    take_signals();
    while (!ending) {
        if (reloading)
            reload(site);
        if (FCGX_Accept_r(&request) != 0) {
            if (!reloading && !ending)
                break;
            continue;
        }
        struct work w = *process;
        struct source source = { param, read_body, &request };
        struct req r;
        w.arena = arena;
        dispatch(site, &w, &source, &r);
        send_answer(&request, &r);
        finish(&request);
        arena_reset(arena);
    }
    arena_free(arena);
    return 0;
}
