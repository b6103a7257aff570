/* The worker's loop over FastCGI. One request at a time; nginx has read the request whole before a
 * worker sees it, and takes the answer at once, so a slow client holds nobody here. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "http/site.h"
#include "http/wire.h"
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
}

static void
put_header(struct buf *head, const char *name, const char *value)
{
    buf_text(head, name);
    buf_add(head, ": ", 2);
    buf_text(head, value);
    buf_add(head, "\r\n", 2);
}

/* Status, headers and body in one write. */
static void
send_answer(struct wire *wire, const struct req *r)
{
    struct buf head = buf_new(r->work->arena, 2048);
    put_header(&head, "Status", text_i64(r->work->arena, r->resp.status));
    for (int i = 0; i < r->resp.header_count; i++)
        put_header(&head, r->resp.headers[i].name, r->resp.headers[i].value);
    bool bodiless = r->resp.status == 204 || r->resp.status == 304;
    if (!bodiless)
        put_header(&head, "Content-Length", text_i64(r->work->arena, (int64_t)r->resp.body.length));
    buf_add(&head, "\r\n", 2);
    wire_answer(wire, BYTES(head.at, head.length),
                bodiless || r->head ? BYTES("", 0) : r->resp.body);
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

static void
serve_one(const struct site *site, const struct work *process, struct arena *arena,
          struct wire *wire)
{
    struct work w = *process;
    struct source source = { wire_param, wire_read, wire };
    struct req r;
    w.arena = arena;
    dispatch(site, &w, &source, &r);
    send_answer(wire, &r);
}

int
fcgi_serve(const struct site *site, const struct work *process)
{
    struct arena *arena = arena_new((size_t)site->settings->arena_bytes);
    struct wire wire;
    take_signals();
    while (!ending) {
        if (reloading)
            reload(site);
        int fd = accept4(STDIN_FILENO, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0 && (errno == EINTR || errno == ECONNABORTED))
            continue;
        if (fd < 0) {
            log_error("fcgi.accept", "why", strerror(errno), NULL);
            break;
        }
        if (wire_begin(&wire, arena, fd))
            serve_one(site, process, arena, &wire);
        wire_end(&wire);
        arena_reset(arena);
    }
    arena_free(arena);
    return ending ? 0 : 1;
}
