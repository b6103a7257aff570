/* The pipeline and its breaker against a Redis that the test plays itself: a child that answers
 * what it was told to, late or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above first */
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "cache/cache.h"

static struct arena *arena;
static char folder[] = "/tmp/souk-cache-XXXXXX";
static char path[64], url[72];

/* ---- A Redis of our own ---- */

/* What it does with each command, in order, over all connections: a reply, or one of these. */
#define SILENT  "silent"
#define HANG_UP "hang up"

/* A command is "*N" and N times "$length" and bytes: its end is found by counting lines. */
static bool
read_command(FILE *in)
{
    char line[256];
    if (!fgets(line, sizeof(line), in))
        return false;
    long lines = strtol(line + 1, NULL, 10) * 2;
    while (lines-- > 0)
        if (!fgets(line, sizeof(line), in))
            return false;
    return true;
}

static void
answer(int listener, const char *const *script, int n)
{
    int next = 0;
    while (next < n) {
        int fd = accept(listener, NULL, NULL);
        FILE *in = fdopen(dup(fd), "r");
        while (next < n && read_command(in)) {
            const char *reply = script[next++];
            if (text_is(reply, HANG_UP))
                break;
            if (text_is(reply, SILENT))
                continue;
            if (text_starts(reply, "late ")) {
                usleep(60 * 1000);
                reply += strlen("late ");
            }
            if (write(fd, reply, strlen(reply)) < 0)
                break;
        }
        fclose(in);
        if (next < n || text_is(script[n - 1], HANG_UP))
            close(fd);
    }
    pause();
}

static pid_t
redis_that_answers(const char *const *script, int n)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
    unlink(path);
    assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(listener, 8), 0);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGPIPE, SIG_IGN);
        answer(listener, script, n);
        _exit(0);
    }
    close(listener);
    return child;
}

#define REDIS(...)                                                                                 \
    redis_that_answers((const char *const[]){ __VA_ARGS__ },                                       \
                       (int)(sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *)))

static void
end(pid_t redis, struct cache *c)
{
    cache_close(c);
    kill(redis, SIGKILL);
    assert_int_equal(waitpid(redis, NULL, 0), redis);
    unlink(path);
}

/* ---- Short forms ---- */

static void
queue(struct cache *c, const char *a, const char *b)
{
    const struct bytes argv[] = { BYTES(a, strlen(a)), BYTES(b, strlen(b)) };
    cache_queue(c, 2, argv);
}

static struct cache_reply
ask(struct cache *c)
{
    cache_begin(c);
    queue(c, "GET", "x");
    cache_send(c);
    return cache_reply(c, arena);
}

/* ---- Tests ---- */

static void
every_kind_of_reply_is_read(void **state)
{
    pid_t redis = REDIS(":42\r\n", "$3\r\na\nb\r\n", "$-1\r\n", "*3\r\n:1\r\n:-2\r\n:3\r\n",
                        "-ERR no\r\n", "+OK\r\n");
    struct cache *c = cache_open(arena, url);
    (void)state;
    cache_begin(c);
    for (int i = 0; i < 6; i++)
        queue(c, "GET", "x");
    cache_send(c);
    assert_int_equal(cache_reply(c, arena).number, 42);
    assert_string_equal(cache_reply(c, arena).text.at, "a\nb");
    assert_true(cache_reply(c, arena).null);
    struct cache_reply r = cache_reply(c, arena);
    assert_int_equal(r.count, 3);
    assert_int_equal(r.numbers[1], -2);
    assert_false(cache_reply(c, arena).ok);
    assert_string_equal(cache_reply(c, arena).text.at, "OK");
    assert_int_equal(cache_state(c), CACHE_UP);
    end(redis, c);
}

static void
a_late_reply_is_never_taken_for_another_requests(void **state)
{
    pid_t redis = REDIS("late :1\r\n", ":2\r\n");
    struct cache *c = cache_open(arena, url);
    (void)state;
    assert_false(ask(c).ok);
    usleep(100 * 1000);
    struct cache_reply r = ask(c);
    assert_true(r.ok);
    assert_int_equal(r.number, 2);
    end(redis, c);
}

static void
replies_that_an_ended_request_left_are_passed_over(void **state)
{
    pid_t redis = REDIS(":1\r\n", ":2\r\n", ":3\r\n", ":4\r\n");
    struct cache *c = cache_open(arena, url);
    (void)state;
    cache_begin(c);
    queue(c, "GET", "a");
    queue(c, "GET", "b");
    queue(c, "GET", "c");
    cache_send(c);
    assert_int_equal(cache_reply(c, arena).number, 1);
    assert_int_equal(ask(c).number, 4);
    end(redis, c);
}

static void
commands_that_were_never_sent_are_forgotten(void **state)
{
    pid_t redis = REDIS(":1\r\n");
    struct cache *c = cache_open(arena, url);
    (void)state;
    cache_begin(c);
    queue(c, "SET", "never");
    assert_int_equal(ask(c).number, 1);
    end(redis, c);
}

static void
nothing_waits_longer_than_its_time_limit(void **state)
{
    pid_t redis = REDIS(SILENT, SILENT, SILENT, SILENT, SILENT, SILENT, SILENT, SILENT);
    struct cache *c = cache_open(arena, url);
    int64_t began = clock_mono_us();
    (void)state;
    cache_begin(c);
    for (int i = 0; i < 8; i++)
        queue(c, "GET", "x");
    cache_send(c);
    for (int i = 0; i < 8; i++)
        assert_false(cache_reply(c, arena).ok);
    assert_in_range(clock_mono_us() - began, 19000, 150000); /* 20 ms, on a busy machine more */
    end(redis, c);
}

static void
three_failures_open_the_breaker_for_a_second(void **state)
{
    struct cache *c = cache_open(arena, url);
    (void)state;
    assert_int_equal(cache_state(c), CACHE_UP);
    for (int i = 0; i < 3; i++)
        assert_false(ask(c).ok); /* nobody listens there */
    assert_int_equal(cache_state(c), CACHE_AWAY);

    int64_t began = clock_mono_us();
    for (int i = 0; i < 10000; i++)
        assert_false(ask(c).ok);
    assert_true(clock_mono_us() - began < 200000);

    pid_t redis = REDIS(":7\r\n");
    assert_false(ask(c).ok); /* still open: it is not even tried */
    usleep(1050 * 1000);
    assert_int_equal(ask(c).number, 7);
    assert_int_equal(cache_state(c), CACHE_UP);
    end(redis, c);
}

static void
what_others_rely_on_waits_for_a_slow_redis_and_passes_the_breaker(void **state)
{
    const struct bytes get[] = { BYTES("GET", 3), BYTES("x", 1) };
    struct cache *c = cache_open(arena, url);
    (void)state;
    for (int i = 0; i < 3; i++)
        assert_false(ask(c).ok); /* nobody listens there */
    assert_false(cache_insist(c, arena, 2, get).ok);
    assert_int_equal(cache_state(c), CACHE_AWAY);

    pid_t redis = REDIS("late :7\r\n", ":8\r\n", "late :9\r\n", "late :10\r\n");
    assert_false(ask(c).ok); /* the breaker is open */
    assert_int_equal(cache_insist(c, arena, 2, get).number, 7);
    assert_int_equal(cache_state(c), CACHE_UP);
    assert_int_equal(ask(c).number, 8);
    assert_int_equal(cache_insist(c, arena, 2, get).number, 10); /* 9 came too late */
    end(redis, c);
}

static void
a_connection_that_was_closed_costs_one_answer(void **state)
{
    pid_t redis = REDIS(":1\r\n", HANG_UP, ":3\r\n");
    struct cache *c = cache_open(arena, url);
    (void)state;
    assert_int_equal(ask(c).number, 1);
    assert_false(ask(c).ok);
    assert_int_equal(ask(c).number, 3);
    assert_int_equal(cache_state(c), CACHE_UP);
    end(redis, c);
}

static void
what_is_no_redis_is_a_failure_and_no_crash(void **state)
{
    static const char *const nonsense[] = { "HTTP/1.1 400 Bad Request\r\n\r\n", "$99999999999\r\n",
                                            "*-7\r\n", "$3\r\nabcdefgh\r\n" };
    (void)state;
    for (size_t i = 0; i < COUNT(nonsense); i++) {
        pid_t redis = REDIS(nonsense[i]);
        struct cache *c = cache_open(arena, url);
        ask(c);
        assert_false(ask(c).ok);
        end(redis, c);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_reply_is_read),
        cmocka_unit_test(a_late_reply_is_never_taken_for_another_requests),
        cmocka_unit_test(replies_that_an_ended_request_left_are_passed_over),
        cmocka_unit_test(commands_that_were_never_sent_are_forgotten),
        cmocka_unit_test(nothing_waits_longer_than_its_time_limit),
        cmocka_unit_test(three_failures_open_the_breaker_for_a_second),
        cmocka_unit_test(what_others_rely_on_waits_for_a_slow_redis_and_passes_the_breaker),
        cmocka_unit_test(a_connection_that_was_closed_costs_one_answer),
        cmocka_unit_test(what_is_no_redis_is_a_failure_and_no_crash),
    };
    if (!mkdtemp(folder))
        return 1;
    snprintf(path, sizeof(path), "%s/redis", folder);
    snprintf(url, sizeof(url), "unix:%s", path);
    arena = arena_new(1 << 24);
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    rmdir(folder);
    return failures;
}
