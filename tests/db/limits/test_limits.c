/* Limits against a real Redis: the script's decisions, what it keeps, and what happens when Redis
 * goes away in the middle. */
#include "dbtest.h"

#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "base/text.h"
#include "cache/cache.h"
#include "gcra_vectors.h"
#include "limits/limits.h"
#include "limits/script.h"

static struct cache *cache;
static struct cache_script *script;
static struct limits *limits;
static char secret[32];

/* This and the secret differ in each run: what Redis keeps of the one before does not count. */
static const char *once;

static int
start(void **state)
{
    int failed = dbtest_start(state);
    if (failed)
        return failed;
    struct dbtest *t = *state;
    t->settings.login_per_minute = 20;
    random_fill(secret, sizeof(secret));
    once = random_token(t->process, 12);
    cache = cache_open(t->process, t->redis_url);
    cache_patience(cache, 2000);
    script = cache_script(cache, t->process, limits_script);
    limits = limits_open(t->process, cache, &t->settings, BYTES(secret, sizeof(secret)), NULL);
    return 0;
}

static int
stop(void **state)
{
    limits_close(limits);
    cache_close(cache);
    return dbtest_stop(state);
}

static struct bytes
b(const char *text)
{
    return BYTES(text, strlen(text));
}

static struct bytes
n(struct dbtest *t, int64_t number)
{
    return b(text_printf(t->w.arena, "%lld", (long long)number));
}

static struct cache_reply
command(struct dbtest *t, const char *first, const char *second)
{
    const struct bytes argv[] = { b(first), b(second) };
    return cache_command(cache, t->w.arena, 2, argv);
}

static struct cache_reply
run_script(struct dbtest *t, struct cache_script *s, int keys, int argc, const struct bytes *argv)
{
    cache_begin(cache);
    cache_queue_script(cache, s, keys, argc, argv);
    cache_send(cache);
    struct cache_reply r = cache_reply(cache, t->w.arena);
    assert_true(r.ok);
    return r;
}

/* ---- The script ---- */

struct vectors_run {
    struct dbtest *t;
    struct cache_script *script;
    int line, steps;
};

/* A key's time to live runs by Redis' own clock, far from the vectors' times: here it has none. */
static const char without_expiry[] = "local real = redis\n"
                                     "local redis = { call = function(c, k, v)\n"
                                     "  if c == 'SET' then return real.call(c, k, v) end\n"
                                     "  return real.call(c, k)\n"
                                     "end }\n";

static void
one_step(const struct gcra_vector *v, void *arg)
{
    struct vectors_run *run = arg;
    run->line += v->is_first;
    run->steps++;
    struct dbtest *t = run->t;
    struct bytes key = b(text_printf(t->w.arena, "vector:%s:%d", once, run->line));
    struct cache_reply r =
        run_script(t, run->script, 1, 5,
                   (const struct bytes[]){ key, n(t, v->now_us), n(t, v->interval_us),
                                           n(t, v->burst), n(t, v->cost) });
    assert_int_equal(r.count, 4);
    assert_int_equal(r.numbers[0], v->admit ? 0 : 1);
    assert_int_equal(r.numbers[1], v->retry_after_us);
    assert_int_equal(r.numbers[2], v->remaining);
}

static void
each_decision_is_met_to_the_microsecond(void **state)
{
    struct dbtest *t = *state;
    struct vectors_run run = { .t = t };
    run.script = cache_script(cache, t->process,
                              text_printf(t->process, "%s%s", without_expiry, limits_script));
    if (!gcra_vectors_each(one_step, &run))
        skip();
    assert_true(run.steps >= 600);
}

static void
a_refusal_writes_nothing_and_names_the_first_rule(void **state)
{
    struct dbtest *t = *state;
    const struct bytes argv[] = { b("{z}a"),     b("{z}b"), b("{z}c"), n(t, 1000000),
                                  n(t, 1000000), b("5"),    b("1"), /* a: room */
                                  n(t, 1000000), b("2"),    b("3"), /* b: never */
                                  n(t, 1000000), b("1"),    b("4") /* c: longer */ };
    struct cache_reply r = run_script(t, script, 3, 13, argv);
    assert_int_equal(r.numbers[0], 2);
    assert_int_equal(r.numbers[1], 3000000); /* the longest wait, c's */
    assert_int_equal(r.numbers[2], 5);
    assert_int_equal(command(t, "EXISTS", "{z}a").number, 0);
    assert_int_equal(command(t, "EXISTS", "{z}b").number, 0);
}

static void
a_key_lives_until_it_is_whole_again(void **state)
{
    struct dbtest *t = *state;
    const struct bytes argv[] = { b("ttl"), b(""), n(t, 1000000), b("50"), b("7") };
    run_script(t, script, 1, 5, argv);
    assert_in_range(command(t, "PTTL", "ttl").number, 6000, 7000);
    assert_int_equal(command(t, "GET", "ttl").text.length, 16);
}

/* ---- The room's functions ---- */

static struct err *
ask(struct dbtest *t, const char *class, const char *address, struct limits_call *call)
{
    struct limit_who who = { .address = address };
    cache_begin(cache);
    limits_ask(limits, &t->w, class, &who, call);
    cache_send(cache);
    return limits_answer(limits, &t->w, call);
}

static void
a_burst_passes_and_then_the_rule_refuses(void **state)
{
    struct dbtest *t = *state;
    struct limits_call call;
    for (int i = 0; i < 5; i++) {
        assert_no_err(ask(t, "login", "198.51.100.1", &call));
        assert_int_equal(call.decision.remaining, 4 - i);
    }
    struct err *e = ask(t, "login", "198.51.100.1", &call);
    assert_err(e, ERR_LIMIT, "limit.login-ip");
    assert_in_range(e->retry_after_s, 3, 4);
    assert_string_equal(limits_header(t->w.arena, &call),
                        text_printf(t->w.arena, "\"login-ip\";r=0;t=%d", e->retry_after_s));
    assert_no_err(ask(t, "login", "198.51.100.2", &call));
}

static void
a_refused_key_answers_without_redis_until_its_time(void **state)
{
    struct dbtest *t = *state;
    struct limits_call call;
    while (!ask(t, "login", "198.51.100.3", &call)) {
    }
    assert_true(call.queued); /* this refusal came from Redis */
    assert_err(ask(t, "login", "198.51.100.3", &call), ERR_LIMIT, "limit.login-ip");
    assert_false(call.queued);
    t->w.now_us += 5000000;
    assert_err(ask(t, "login", "198.51.100.3", &call), ERR_LIMIT, "limit.login-ip");
    assert_true(call.queued); /* the clock of this host is ahead: Redis says it is not time yet */
}

static void
redis_holds_no_address_and_no_account(void **state)
{
    struct dbtest *t = *state;
    struct limits_call call;
    const char *key;
    assert_no_err(ask(t, "api", "198.51.100.4", &call));
    key = call.checks[0].key;
    assert_true(text_starts(key, "rl:{v0}:api-ip:"));
    assert_int_equal(strlen(key), strlen("rl:{v0}:api-ip:") + 16);
    assert_int_equal(command(t, "EXISTS", key).number, 1);
    assert_no_err(limits_take(limits, &t->w, "login-account", b("someone@example.org"), 1));
    const struct bytes keys[] = { b("EVAL"),
                                  b("local n = 0; for _, k in ipairs(redis.call('KEYS', '*')) do "
                                    "if k:find('198.51', 1, true) or k:find('someone', 1, true) "
                                    "then n = n + 1 end end return n"),
                                  b("0") };
    assert_int_equal(cache_command(cache, t->w.arena, 3, keys).number, 0);
}

static void
an_account_has_a_hundred_a_day_and_ten_at_once(void **state)
{
    struct dbtest *t = *state;
    for (int i = 0; i < 10; i++)
        assert_no_err(limits_take(limits, &t->w, "login-account", b("ten@example.org"), 1));
    struct err *e = limits_take(limits, &t->w, "login-account", b("ten@example.org"), 1);
    assert_err(e, ERR_LIMIT, "limit.login-account");
    assert_in_range(e->retry_after_s, 950, 960);
}

static void
a_redis_that_lost_its_data_or_its_scripts_changes_nothing_for_requests(void **state)
{
    struct dbtest *t = *state;
    struct limits_call call;
    assert_no_err(ask(t, "api", "198.51.100.5", &call));
    assert_true(command(t, "SCRIPT", "FLUSH").ok);
    assert_no_err(ask(t, "api", "198.51.100.5", &call));
    assert_int_equal(call.decision.remaining, 48);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        DBTEST(each_decision_is_met_to_the_microsecond),
        DBTEST(a_refusal_writes_nothing_and_names_the_first_rule),
        DBTEST(a_key_lives_until_it_is_whole_again),
        DBTEST(a_burst_passes_and_then_the_rule_refuses),
        DBTEST(a_refused_key_answers_without_redis_until_its_time),
        DBTEST(redis_holds_no_address_and_no_account),
        DBTEST(an_account_has_a_hundred_a_day_and_ten_at_once),
        DBTEST(a_redis_that_lost_its_data_or_its_scripts_changes_nothing_for_requests),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
