/* Limits against a real Redis: the script's decisions, what it keeps, and what happens when Redis
 * goes away in the middle. */
#include "dbtest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/random.h"
#include "base/text.h"
#include "cache/cache.h"
#include "gcra_vectors.h"
#include "limits/counts.h"
#include "limits/script.h"
#include "limits/store.h"
#include "limits/tell.h"

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
    limits_close(limits, NULL);
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

static const struct limit_person nobody;

static struct err *
ask(struct dbtest *t, const char *class, const char *address, struct limits_call *call)
{
    struct limit_who who = { .address = address };
    cache_begin(cache);
    limits_ask(limits, &t->w, class, NULL, &who, call);
    cache_send(cache);
    return limits_answer(limits, &t->w, &nobody, call);
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
    assert_no_err(ask(t, "api", "198.51.100.4", &call));
    const struct bytes named[] = { b("EVAL"),
                                   b("local n = 0; for _, k in ipairs(redis.call('KEYS', "
                                     "'rl:{v0}:h:*')) do "
                                     "if #k == 26 then n = n + 1 end end return n"),
                                   b("0") };
    assert_true(cache_command(cache, t->w.arena, 3, named).number >= 1);
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

/* ---- The rows ---- */

static void
the_rows_are_delivered_as_the_program_has_them(void **state)
{
    struct dbtest *t = *state;
    struct limit_rule program[LIMIT_RULES], rows[LIMIT_RULES];
    struct settings s = { .api_per_minute = 200,
                          .login_per_minute = 50,
                          .register_per_hour = 50,
                          .forgot_per_hour = 20,
                          .orders_per_minute = 60,
                          .upload_per_minute = 120 };
    limit_rules_fill(program, &s);
    for (int i = 0; i < LIMIT_RULES - 1; i++) { /* all but the vendor's day */
        const char *n = program[i].name;
        assert_int_equal(dbtest_number(t, "SELECT count(*) FROM rate_rule WHERE name = '%s'", n),
                         1);
        assert_int_equal(dbtest_number(t, "SELECT requests FROM rate_rule WHERE name = '%s'", n),
                         program[i].requests);
        assert_int_equal(dbtest_number(t, "SELECT burst FROM rate_rule WHERE name = '%s'", n),
                         program[i].burst);
        assert_string_equal(dbtest_sql(t, "SELECT counts_by FROM rate_rule WHERE name = '%s'", n),
                            limit_by_names[program[i].by]);
    }
    assert_int_equal(dbtest_number(t, "SELECT count(*) FROM rate_rule"), LIMIT_RULES - 1);

    int64_t version;
    memcpy(rows, program, sizeof(rows));
    assert_no_err(limits_load_rules(&t->w, t->w.arena, rows, &version));
    assert_int_equal(version, LIMIT_RULES - 1);
    for (int i = 0; i < LIMIT_RULES; i++) {
        assert_string_equal(rows[i].routes, program[i].routes);
        assert_int_equal(rows[i].window_s, program[i].window_s);
        assert_int_equal(rows[i].strict, program[i].strict);
        assert_memory_equal(rows[i].percent, program[i].percent, sizeof(rows[i].percent));
        assert_int_equal(rows[i].enabled, true);
        assert_int_equal(rows[i].changed_us, 0);
    }
}

/* Two workers of one host, and a change that nobody tells them of. */
static void
a_change_is_in_force_on_every_worker_within_two_seconds(void **state)
{
    struct dbtest *t = *state;
    char path[] = "/tmp/souk-limits-XXXXXX";
    struct limit_who who = { .address = "198.51.100.77" };
    struct limits_call call;
    close(mkstemp(path));
    struct limits *workers[2];
    for (int i = 0; i < 2; i++) {
        workers[i] = limits_open(t->process, cache, &t->settings, BYTES(secret, 32), path);
        cache_begin(cache);
        limits_ask(workers[i], &t->w, "search", NULL, &who, &call);
        cache_send(cache);
        assert_no_err(limits_answer(workers[i], &t->w, &nobody, &call));
        assert_int_equal(call.decision.limit, 200);
    }
    dbtest_sql(t, "UPDATE rate_rule SET requests = 300, burst = 75, version = version + 1, "
                  "changed_at = now() WHERE name = 'search-ip'");
    for (int i = 0; i < 2; i++) {
        t->w.now_us += 950000; /* both within two seconds of the change */
        cache_begin(cache);
        limits_ask(workers[i], &t->w, "search", NULL, &who, &call);
        cache_send(cache);
        assert_no_err(limits_answer(workers[i], &t->w, &nobody, &call));
        assert_int_equal(call.decision.limit, 300);
    }
    dbtest_sql(t, "UPDATE rate_rule SET requests = 200, burst = 50, version = version + 1, "
                  "changed_at = NULL WHERE name = 'search-ip'");
    for (int i = 0; i < 2; i++)
        limits_close(workers[i], NULL);
    unlink(path);
}

static void
a_dry_run_refuses_nobody_and_counts_whom_it_would(void **state)
{
    struct dbtest *t = *state;
    struct limits_call call;
    dbtest_sql(t, "UPDATE rate_rule SET requests = 4, burst = 1, dry_run = true, "
                  "version = version + 1, changed_at = now() WHERE name = 'search-ip'");
    t->w.now_us += 60000000;
    for (int i = 0; i < 10; i++)
        assert_no_err(ask(t, "search", "198.51.100.78", &call));
    assert_null(limits_policy_header(t->w.arena, &call));
    struct limit_count n =
        counts_of_hour(limits->shared, limit_rule_place("search-ip"), t->w.now_us);
    assert_int_equal(n.would, 9);
    assert_int_equal(n.refused, 0);
    dbtest_sql(t, "UPDATE rate_rule SET requests = 200, burst = 50, dry_run = false, "
                  "version = version + 1, changed_at = NULL WHERE name = 'search-ip'");
}

/* ---- A vendor's day ---- */

static struct err *
ask_as(struct dbtest *t, struct limits *l, const struct limit_person *person,
       struct limits_call *call)
{
    struct limit_who who = { .address = "198.51.100.80",
                             .credential = n(t, person->user.n),
                             .bearer = true };
    cache_begin(cache);
    limits_ask(l, &t->w, "api", "/api/v1/vendor/products", &who, call);
    cache_send(cache);
    t->w.vendor = person->vendor;
    struct err *e = limits_answer(l, &t->w, person, call);
    t->w.vendor.n = 0;
    return e;
}

/* `verified`: when the address was answered at; an expression. */
static struct user_id
somebody(struct dbtest *t, const char *email, const char *verified)
{
    return (struct user_id){ dbtest_number(t,
                                           "INSERT INTO account (email, password_hash, "
                                           "verified_at) VALUES ('%s', 'x', %s) RETURNING id",
                                           email, verified) };
}

static void
whose_address_nobody_has_answered_at_is_new(void **state)
{
    struct dbtest *t = *state;
    struct limits_call call;
    struct limit_person person = { .user = somebody(t, "new@x.example", "NULL") };
    assert_no_err(ask_as(t, limits, &person, &call));
    assert_int_equal(call.class, LIMIT_NEW);
    assert_string_equal(limits_policy_header(t->w.arena, &call),
                        "\"api-ip\";q=200;w=60, \"api-user\";q=60;w=60, \"api-key\";q=60;w=60");
}

static void
a_vendor_has_the_requests_of_its_tier_a_day(void **state)
{
    struct dbtest *t = *state;
    struct limits_call call;
    struct vendor_id vendor = dbtest_vendor(t, "counted");
    struct limit_person person = { somebody(t, "counted@x.example", "now()"), vendor };
    int64_t day = t->w.now_us / 86400000000;
    /* another program of these tests may have counted for its own first shop in this Redis */
    command(t, "DEL",
            dbtest_sql(t, "SELECT 'q:{v%lld}:' || to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD')",
                       (long long)vendor.n));
    dbtest_sql(t, "INSERT INTO vendor_limit (vendor_id, api_per_day) VALUES (%lld, 5)",
               (long long)vendor.n);
    dbtest_sql(t, "INSERT INTO api_day VALUES (to_timestamp(%lld) AT TIME ZONE 'UTC', %lld, 2)",
               (long long)day * 86400, (long long)vendor.n);
    for (int i = 0; i < 3; i++)
        assert_no_err(ask_as(t, limits, &person, &call));
    assert_string_equal(limits_policy_header(t->w.arena, &call),
                        "\"api-ip\";q=1000;w=60, \"api-user\";q=200;w=60, "
                        "\"api-key\";q=200;w=60, \"vendor-day\";q=5;w=86400");
    int64_t midnight_us = (day + 1) * 86400000000, before_us = clock_now_us();
    struct err *e = ask_as(t, limits, &person, &call);
    assert_err(e, ERR_LIMIT, "limit.vendor-day");
    assert_in_range(e->retry_after_s, (midnight_us - clock_now_us()) / 1000000,
                    (midnight_us - before_us + 999999) / 1000000);
    limits_tell(limits, &t->w);
    assert_int_equal(
        dbtest_number(t, "SELECT used FROM api_day WHERE for_vendor = %lld", (long long)vendor.n),
        5);
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
        DBTEST(the_rows_are_delivered_as_the_program_has_them),
        DBTEST(a_change_is_in_force_on_every_worker_within_two_seconds),
        DBTEST(a_dry_run_refuses_nobody_and_counts_whom_it_would),
        DBTEST(whose_address_nobody_has_answered_at_is_new),
        DBTEST(a_vendor_has_the_requests_of_its_tier_a_day),
        DBTEST(a_redis_that_lost_its_data_or_its_scripts_changes_nothing_for_requests),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
