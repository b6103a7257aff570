/* Asking a server that is ours, in a process beside: what it may do to us, and what it may not. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/settings.h"
#include "base/text.h"
#include "net/fetch.h"

#define BIG 100000

/* ---- The server ---- */

static void
say(int client, const char *head, const char *body)
{
    dprintf(client, "HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n%s", head,
            strlen(body), body);
}

static void
say_big(int client)
{
    static char zeros[BIG];
    dprintf(client, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: image/png\r\n\r\n");
    if (write(client, zeros, sizeof(zeros)) < 0)
        return; /* who asked had enough */
}

static void
answer(int client, int port)
{
    char asked[4096];
    ssize_t n = read(client, asked, sizeof(asked) - 1);
    asked[n > 0 ? n : 0] = 0;
    char *path = strchr(asked, ' ');
    if (!path)
        return;
    path++;
    path[strcspn(path, " \r\n")] = 0;
    if (text_is(path, "/ok"))
        say(client, "200 OK\r\nContent-Type: image/jpeg", "a picture");
    else if (text_is(path, "/empty"))
        say(client, "200 OK", "");
    else if (text_is(path, "/page"))
        say(client, "200 OK\r\nContent-Type: text/html", "<p>");
    else if (text_is(path, "/big"))
        say_big(client);
    else if (text_is(path, "/gone"))
        say(client, "404 Not Found", "no\x01such \xff thing");
    else if (text_is(path, "/busy"))
        say(client, "503 Later\r\nRetry-After: 120", "later");
    else if (text_is(path, "/slow"))
        sleep(30);
    else if (text_is(path, "/drop"))
        dprintf(client, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    else if (text_is(path, "/to-ok"))
        say(client, "302 Found\r\nLocation: /ok", "");
    else if (text_is(path, "/to-itself"))
        say(client, "302 Found\r\nLocation: /to-itself", "");
    else if (text_is(path, "/to-private"))
        say(client,
            text_printf(arena_new(4096), "302 Found\r\nLocation: http://127.0.0.2:%d/ok", port),
            "");
    else if (text_is(path, "/to-metadata"))
        say(client, "302 Found\r\nLocation: http://169.254.169.254/latest/", "");
    else if (text_is(path, "/to-file"))
        say(client, "302 Found\r\nLocation: file:///etc/passwd", "");
}

static void
serve(int listening, int port)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGCHLD, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    for (;;) {
        int client = accept(listening, NULL, NULL);
        if (client < 0)
            _exit(1);
        if (fork() == 0) {
            answer(client, port);
            _exit(0);
        }
        close(client);
    }
}

struct place {
    struct arena *a;
    struct fetcher *fetcher;
    struct settings settings;
    char root[64];
    int port;
    pid_t server;
};

static int
start(void **state)
{
    struct arena *a = arena_new((size_t)8 << 20);
    struct place *p = NEW(a, struct place);
    struct sockaddr_in any = { .sin_family = AF_INET };
    socklen_t length = sizeof(any);
    int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    p->a = a;
    assert_int_equal(bind(listening, (void *)&any, sizeof(any)), 0);
    assert_int_equal(listen(listening, 64), 0);
    assert_int_equal(getsockname(listening, (void *)&any, &length), 0);
    p->port = ntohs(any.sin_port);
    p->server = fork();
    if (p->server == 0)
        serve(listening, p->port);
    close(listening);
    snprintf(p->root, sizeof(p->root), "/tmp/souk-fetch-XXXXXX");
    assert_non_null(mkdtemp(p->root));
    assert_null(settings_read(a, &p->settings));
    p->settings.fetch_allow = text_printf(a, "127.0.0.1/32:%d", p->port);
    assert_null(fetcher_open(a, &p->settings, p->settings.fetch_allow, &p->fetcher));
    *state = p;
    return 0;
}

static int
stop(void **state)
{
    struct place *p = *state;
    kill(p->server, SIGKILL);
    waitpid(p->server, NULL, 0);
    unlink(text_printf(p->a, "%s/file", p->root));
    rmdir(p->root);
    arena_free(p->a);
    return 0;
}

static const char *const images[] = { "image/" };

static struct fetch
get(struct place *p, const char *path)
{
    return (struct fetch){ .url = text_printf(p->a, "http://127.0.0.1:%d%s", p->port, path),
                           .path = text_printf(p->a, "%s/file", p->root),
                           .most_bytes = 1000,
                           .types = images,
                           .type_count = 1,
                           .total_s = 2 };
}

static struct fetch
post(struct place *p, const char *path)
{
    struct fetch x = get(p, path);
    x.path = NULL;
    x.body = BYTES("{}", 2);
    x.type = "application/json";
    return x;
}

static void
run(struct place *p, struct fetch *x)
{
    fetch_begin(p->fetcher, x);
    assert_ptr_equal(fetch_next(p->fetcher, 10000), x);
    assert_int_equal(fetcher_busy(p->fetcher), 0);
}

/* ---- Tests ---- */

static void
a_file_is_fetched_and_hashed(void **state)
{
    struct place *p = *state;
    struct fetch x = get(p, "/ok");
    struct bytes file;
    struct sha256 wanted = sha256_of(BYTES("a picture", 9));
    run(p, &x);
    assert_null(x.code);
    assert_int_equal(x.status, 200);
    assert_int_equal(x.bytes, 9);
    assert_true(sha256_equal(&x.hash, &wanted));
    assert_null(file_read(p->a, x.path, 100, &file));
    assert_memory_equal(file.at, "a picture", 9);
    x = get(p, "/empty");
    run(p, &x);
    assert_null(x.code);
    assert_null(file_read(p->a, x.path, 100, &file));
    assert_int_equal(file.length, 0);
}

static void
each_failure_has_its_code(void **state)
{
    static const struct {
        const char *path, *code;
        int status;
        bool recovers;
    } gets[] = {
        { "/page", "fetch.type", 200, false },
        { "/big", "fetch.too_large", 200, false },
        { "/gone", "fetch.status", 404, false },
        { "/busy", "fetch.status", 503, true },
        { "/slow", "fetch.timeout", 0, true },
        { "/drop", "fetch.dropped", 200, true },
        { "/nothing", "fetch.dropped", 0, true },
        { "/to-itself", "fetch.redirects", 302, false },
        { "/to-private", "fetch.private", 302, false },
        { "/to-metadata", "fetch.private", 302, false },
        { "/to-file", "fetch.scheme", 302, false },
    };
    struct place *p = *state;
    for (size_t i = 0; i < COUNT(gets); i++) {
        struct fetch x = get(p, gets[i].path);
        run(p, &x);
        if (!text_is(x.code, gets[i].code) || x.status != gets[i].status ||
            fetch_may_recover(&x) != gets[i].recovers)
            fail_msg("%s: %s, status %d, %s", gets[i].path, x.code, x.status, x.why);
        assert_string_equal(fetch_failure(p->a, &x)->code, gets[i].code);
    }
}

static void
a_refusal_is_kept_as_text_that_can_be_shown(void **state)
{
    struct place *p = *state;
    struct fetch x = get(p, "/gone");
    run(p, &x);
    assert_string_equal(x.answer, "no such ? thing");
    x = get(p, "/busy");
    run(p, &x);
    assert_int_equal(x.retry_after_s, 120);
}

static void
redirects_are_followed_by_get_and_not_by_post(void **state)
{
    struct place *p = *state;
    struct fetch x = get(p, "/to-ok");
    run(p, &x);
    assert_null(x.code);
    assert_int_equal(x.bytes, 9);
    x = post(p, "/to-ok");
    run(p, &x);
    assert_string_equal(x.code, "fetch.status");
    assert_int_equal(x.status, 302);
}

static void
of_an_answer_to_a_post_little_is_kept(void **state)
{
    struct place *p = *state;
    struct fetch x = post(p, "/big");
    run(p, &x);
    assert_null(x.code);
    assert_int_equal(strlen(x.answer), FETCH_ANSWER_MOST);
    assert_true(x.bytes <= BIG);
    x = post(p, "/ok");
    run(p, &x);
    assert_string_equal(x.answer, "a picture");
}

/* By another address of this host: that one is not allowed. */
static void
a_private_address_is_refused_when_it_is_connected_to(void **state)
{
    struct place *p = *state;
    struct fetch x = get(p, "/ok");
    x.url = text_printf(p->a, "http://127.0.0.2:%d/ok", p->port);
    run(p, &x);
    assert_string_equal(x.code, "fetch.private");
    x.url = "http://no-such-name.invalid/";
    run(p, &x);
    assert_string_equal(x.code, "fetch.host");
    x.url = "http://127.0.0.1:1/";
    run(p, &x);
    assert_string_equal(x.code, "fetch.private");
}

/* The host's own name leads to an address that is not public: what it is called does not matter. */
static void
a_name_is_judged_by_the_address_it_leads_to(void **state)
{
    struct place *p = *state;
    char name[256] = "";
    struct fetch x = get(p, "/ok");
    struct settings nothing_allowed = p->settings;
    struct fetcher *fetcher;
    nothing_allowed.fetch_allow = "";
    assert_null(fetcher_open(p->a, &nothing_allowed, nothing_allowed.fetch_allow, &fetcher));
    assert_int_equal(gethostname(name, sizeof(name) - 1), 0);
    x.url = text_printf(p->a, "http://%s:%d/ok", name, p->port);
    fetch_begin(fetcher, &x);
    assert_ptr_equal(fetch_next(fetcher, 10000), &x);
    if (text_is(x.code, "fetch.host"))
        skip(); /* a host that does not know itself */
    assert_string_equal(x.code, "fetch.private");
}

static void
a_slow_server_delays_nobody_else(void **state)
{
    struct place *p = *state;
    struct fetch all[FETCH_AT_ONCE_MOST];
    int64_t began_us = clock_mono_us();
    for (size_t i = 0; i < FETCH_AT_ONCE_MOST; i++) {
        all[i] = post(p, i < 8 ? "/slow" : "/ok");
        fetch_begin(p->fetcher, &all[i]);
    }
    for (size_t i = 8; i < FETCH_AT_ONCE_MOST; i++)
        assert_null(fetch_next(p->fetcher, 5000)->code);
    assert_true(clock_mono_us() - began_us < 2 * SECOND_US);
    assert_int_equal(fetcher_busy(p->fetcher), 8);
    for (size_t i = 0; i < 8; i++)
        assert_string_equal(fetch_next(p->fetcher, 5000)->code, "fetch.timeout");
    assert_null(fetch_next(p->fetcher, 5000));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_fetched_and_hashed),
        cmocka_unit_test(each_failure_has_its_code),
        cmocka_unit_test(a_refusal_is_kept_as_text_that_can_be_shown),
        cmocka_unit_test(redirects_are_followed_by_get_and_not_by_post),
        cmocka_unit_test(of_an_answer_to_a_post_little_is_kept),
        cmocka_unit_test(a_private_address_is_refused_when_it_is_connected_to),
        cmocka_unit_test(a_name_is_judged_by_the_address_it_leads_to),
        cmocka_unit_test(a_slow_server_delays_nobody_else),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
