/* The cache against a real Redis: scripts, and Redis gone and back. */
#include "dbtest.h"

#include <string.h>

#include "base/text.h"
#include "cache/cache.h"

static struct cache *cache;

static int
start(void **state)
{
    int failed = dbtest_start(state);
    struct dbtest *t = *state;
    if (failed)
        return failed;
    cache = cache_open(t->process, t->redis_url);
    cache_patience(cache, 2000);
    return 0;
}

static int
stop(void **state)
{
    cache_close(cache);
    return dbtest_stop(state);
}

static struct bytes
b(const char *text)
{
    return BYTES(text, strlen(text));
}

static struct cache_reply
command(struct dbtest *t, const char *first, const char *second, const char *third)
{
    const struct bytes argv[] = { b(first), b(second), b(third ? third : "") };
    return cache_command(cache, t->w.arena, third ? 3 : 2, argv);
}

static void
what_was_set_is_got(void **state)
{
    struct dbtest *t = *state;
    const struct bytes set[] = { b("SET"), b("k"), BYTES("a\0\r\n", 4) };
    assert_true(cache_command(cache, t->w.arena, 3, set).ok);
    struct cache_reply r = command(t, "GET", "k", NULL);
    assert_int_equal(r.text.length, 4);
    assert_memory_equal(r.text.at, "a\0\r\n", 4);
    assert_true(command(t, "GET", "nothing", NULL).null);
    assert_int_equal(command(t, "DEL", "k", NULL).number, 1);
}

static int64_t
sum_by(struct dbtest *t, struct cache_script *s, int n)
{
    const struct bytes argv[] = { b("key"), b("20"), b("22") };
    cache_begin(cache);
    for (int i = 0; i < n; i++)
        cache_queue_script(cache, s, 1, 3, argv);
    cache_queue(cache, 2, (const struct bytes[]){ b("ECHO"), b("behind") });
    cache_send(cache);
    int64_t sum = 0;
    for (int i = 0; i < n; i++) {
        struct cache_reply r = cache_reply(cache, t->w.arena);
        assert_true(r.ok);
        sum += r.number;
    }
    assert_string_equal(cache_reply(cache, t->w.arena).text.at, "behind");
    return sum;
}

static void
a_script_that_redis_forgot_is_sent_again(void **state)
{
    struct dbtest *t = *state;
    struct cache_script *s = cache_script(cache, t->process, "return ARGV[1] + ARGV[2]");
    assert_int_equal(sum_by(t, s, 1), 42);
    assert_int_equal(sum_by(t, s, 3), 126);
    assert_true(command(t, "SCRIPT", "FLUSH", NULL).ok);
    assert_int_equal(sum_by(t, s, 3), 126);
    assert_int_equal(sum_by(t, s, 1), 42);
}

static void
a_cut_connection_is_made_again(void **state)
{
    struct dbtest *t = *state;
    struct cache *other = cache_open(t->process, t->redis_url);
    cache_patience(other, 2000);
    const struct bytes kill[] = { b("CLIENT"), b("KILL"), b("TYPE"), b("normal") };
    const struct bytes ping[] = { b("ECHO"), b("x") };
    assert_true(cache_command(cache, t->w.arena, 2, ping).ok);
    assert_int_equal(cache_command(other, t->w.arena, 4, kill).number, 1);
    cache_command(cache, t->w.arena, 2, ping); /* this one may be lost */
    assert_true(cache_command(cache, t->w.arena, 2, ping).ok);
    cache_close(other);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        DBTEST(what_was_set_is_got),
        DBTEST(a_script_that_redis_forgot_is_sent_again),
        DBTEST(a_cut_connection_is_made_again),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
