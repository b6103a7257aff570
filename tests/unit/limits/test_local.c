/* The limiter without Redis, its shared memory, its headers, and what counts as one peer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above first */
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "cache/cache.h"
#include "gcra_vectors.h"
#include "limits/counts.h"
#include "limits/days.h"
#include "limits/local.h"
#include "limits/people.h"
#include "limits/seen.h"

#define NOW INT64_C(1790000000000000)

static struct arena *arena;
static const struct settings settings = { .api_per_minute = 200,
                                          .login_per_minute = 20,
                                          .upload_per_minute = 120,
                                          .register_per_hour = 50,
                                          .forgot_per_hour = 20,
                                          .orders_per_minute = 60 };
static const char key[32] = "a key of the tests, not a secret";

static struct work
someone(const char *address, int64_t now_us)
{
    return (struct work){ .arena = arena, .address = address, .now_us = now_us };
}

/* Nobody listens there: every decision falls to this host. */
static struct cache *c;
static struct limits *l;
static struct limits_call call;
static struct limit_person person; /* whom the log-in finds */

static int
begin(void **state)
{
    (void)state;
    c = cache_open(arena, "unix:/dev/null/redis");
    l = limits_open(arena, c, &settings, BYTES(key, sizeof(key)), NULL);
    return 0;
}

static int
end(void **state)
{
    (void)state;
    limits_close(l, NULL);
    person = (struct limit_person){ { 0 }, { 0 } };
    cache_close(c);
    return 0;
}

static struct err *
ask(struct work *w, const char *class, const struct limit_who *who)
{
    cache_begin(c);
    limits_ask(l, w, class, NULL, who, &call);
    cache_send(c);
    return limits_answer(l, w, &person, &call);
}

/* ---- Without Redis ---- */

static void
without_redis_the_same_rules_hold_and_those_of_log_ins_at_half(void **state)
{
    static const struct {
        const char *class;
        int admitted;
    } rows[] = { { "login", 2 }, { "search", 50 }, { "api", 50 }, { "panel.read", 50 } };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct work w = someone(text_printf(arena, "203.0.113.%zu", i), NOW);
        struct limit_who who = { .address = w.address };
        int admitted = 0;
        for (int k = 0; k < 300; k++)
            admitted += ask(&w, rows[i].class, &who) == NULL;
        assert_int_equal(admitted, rows[i].admitted);
        assert_false(call.decision.allowed);
        assert_true(call.decision.retry_after_s >= 1);
    }
}

static void
a_refused_request_takes_from_no_rule(void **state)
{
    struct work w = someone("203.0.113.9", NOW);
    (void)state;
    struct limit_who mine = { .address = w.address, .credential = BYTES("mine", 4) };
    person.user.n = 7;
    while (!ask(&w, "api", &mine)) {
    }
    assert_string_equal(call.decision.rule->name, "api-user");
    /* 50 of the network's 250 are used, however often the credential was refused */
    for (int i = 0; i < 100; i++)
        assert_non_null(ask(&w, "api", &mine));
    struct limit_who other = { .address = w.address, .credential = BYTES("other", 5) };
    person.user.n = 8;
    int more = 0;
    for (int i = 0; i < 50; i++)
        more += ask(&w, "api", &other) == NULL;
    assert_int_equal(more, 50);
}

static void
an_upload_takes_from_its_vendor(void **state)
{
    struct work w = someone("203.0.113.9", NOW);
    struct limit_who who = { .address = w.address, .credential = BYTES("x", 1) };
    int admitted = 0;
    (void)state;
    person = (struct limit_person){ { 5 }, { 7 } };
    for (int i = 0; i < 100; i++)
        admitted += ask(&w, "upload", &who) == NULL;
    assert_int_equal(admitted, 30);
    assert_string_equal(call.decision.rule->name, "upload-vendor");
    assert_string_equal(
        limits_policy_header(arena, &call),
        "\"api-ip\";q=1000;w=60, \"api-user\";q=200;w=60, \"upload-vendor\";q=120;w=60");
}

static void
a_forged_credential_has_the_limits_of_a_stranger(void **state)
{
    struct work w = someone("203.0.113.9", NOW);
    int admitted = 0;
    (void)state;
    for (int i = 0; i < 300; i++) {
        char *forged = text_printf(arena, "forged-%d", i);
        struct limit_who who = { .address = w.address,
                                 .credential = BYTES(forged, strlen(forged)) };
        admitted += ask(&w, "api", &who) == NULL;
    }
    assert_int_equal(admitted, 50);
    assert_string_equal(call.decision.rule->name, "api-ip");
}

static void
a_colleague_gets_in_where_strangers_of_the_network_do_not(void **state)
{
    struct work w = someone("203.0.113.9", NOW);
    struct limit_who stranger = { .address = w.address };
    struct limit_who who = { .address = w.address, .credential = BYTES("colleague", 9) };
    (void)state;
    while (!ask(&w, "api", &stranger)) {
    }
    person = (struct limit_person){ { 5 }, { 0 } };
    assert_null(ask(&w, "api", &who));
    assert_null(ask(&w, "api", &who)); /* remembered now */
    assert_int_equal(call.person.user.n, 5);
    person = (struct limit_person){ { 0 }, { 0 } }; /* logged out meanwhile */
    assert_null(ask(&w, "api", &who));
    assert_non_null(ask(&w, "api", &who)); /* a stranger again */
}

static void
all_sessions_of_a_user_take_from_one_rule(void **state)
{
    struct work w = someone("203.0.113.9", NOW);
    int admitted = 0;
    (void)state;
    person = (struct limit_person){ { 5 }, { 0 } };
    for (int i = 0; i < 100; i++) {
        char *session = text_printf(arena, "session-%d", i);
        struct limit_who who = { .address = text_printf(arena, "203.0.113.%d", i),
                                 .credential = BYTES(session, strlen(session)) };
        admitted += ask(&w, "panel.read", &who) == NULL;
    }
    assert_int_equal(admitted, 50);
}

static void
an_address_of_one_network_counts_as_one_and_the_wider_network_for_eight(void **state)
{
    int admitted = 0;
    (void)state;
    for (int network = 0; network < 40; network++)
        for (int i = 0; i < 5; i++) {
            struct work w = someone(text_printf(arena, "2001:db8:1:%x::%x", network, i), NOW);
            struct limit_who who = { .address = w.address };
            admitted += ask(&w, "login", &who) == NULL;
        }
    assert_int_equal(admitted, 20); /* two each, until eight times five, halved, are gone */
    assert_string_equal(limits_policy_header(arena, &call), "\"login-ip\";q=20;w=60");
}

/* ---- Headers ---- */

static void
headers_tell_the_rules_and_what_is_left(void **state)
{
    struct work w = someone("203.0.113.9", NOW);
    struct limit_who who = { .address = w.address, .credential = BYTES("x", 1) };
    (void)state;
    person.user.n = 5;
    assert_null(ask(&w, "api", &who)); /* the host learns who this is */
    assert_null(ask(&w, "api", &who));
    assert_string_equal(limits_policy_header(arena, &call),
                        "\"api-ip\";q=1000;w=60, \"api-user\";q=200;w=60");
    assert_string_equal(limits_header(arena, &call), "\"api-user\";r=48;t=1");
    struct err *e;
    while (!(e = ask(&w, "api", &who))) {
    }
    assert_int_equal(e->kind, ERR_LIMIT);
    assert_string_equal(e->code, "limit.api-user");
    assert_int_equal(e->retry_after_s, 1);
    assert_string_equal(limits_header(arena, &call), "\"api-user\";r=0;t=1");
}

static void
a_class_without_rules_says_nothing_and_refuses_nobody(void **state)
{
    struct work w = someone("203.0.113.9", NOW);
    struct limit_who who = { .address = w.address };
    (void)state;
    for (int i = 0; i < 1000; i++)
        assert_null(ask(&w, "none", &who));
    assert_null(limits_policy_header(arena, &call));
    assert_null(limits_header(arena, &call));
}

/* ---- Shared memory ---- */

static struct shared *table;
static uint64_t line_tag;

static void
one_step(const struct gcra_vector *v, void *arg)
{
    struct gcra g = { .interval_us = v->interval_us, .burst = v->burst };
    (void)arg;
    line_tag += v->is_first;
    struct gcra_step s = local_take(table, line_tag, g, v->now_us, v->cost, false);
    assert_int_equal(s.admitted, v->admit);
    assert_int_equal(s.retry_after_us, v->retry_after_us);
    assert_int_equal(s.remaining, v->remaining);
}

static void
each_decision_is_met_to_the_microsecond(void **state)
{
    (void)state;
    table = shared_open(NULL);
    bool there = gcra_vectors_each(one_step, NULL);
    shared_close(table);
    if (!there)
        skip();
}

static void
processes_on_a_host_count_together(void **state)
{
    char path[] = "/tmp/souk-limits-XXXXXX";
    struct gcra g = { .interval_us = 1000000, .burst = 100 };
    (void)state;
    close(mkstemp(path));
    struct shared *t = shared_open(path);
    for (int i = 0; i < 4; i++)
        if (fork() == 0) {
            struct shared *own = shared_open(path);
            for (int k = 0; k < 20; k++)
                local_take(own, 42, g, NOW, 1, false);
            _exit(0);
        }
    while (wait(NULL) > 0) {
    }
    assert_int_equal(local_take(t, 42, g, NOW, 1, false).remaining, 19);
    shared_close(t);
    unlink(path);
}

static void
a_full_set_refuses_new_keys_of_log_ins_only(void **state)
{
    struct shared *t = shared_open(NULL);
    struct gcra g = { .interval_us = 1000000, .burst = 10 };
    const uint64_t set = 16384; /* tags this far apart share one */
    (void)state;
    for (uint64_t i = 1; i <= 4; i++)
        assert_true(local_take(t, i * set, g, NOW + (int64_t)i, 1, true).admitted);
    assert_false(local_take(t, 5 * set, g, NOW + 5, 1, true).admitted);
    assert_true(local_take(t, 6 * set, g, NOW + 5, 1, false).admitted);
    /* it took the place of the key that was nearest to being whole: the first */
    assert_int_equal(local_take(t, 4 * set, g, NOW + 5, 1, true).remaining, 8);
    assert_true(local_take(t, 7 * set, g, NOW + 60 * SECOND_US, 1, true).admitted);
    shared_close(t);
}

static void
a_known_refusal_answers_until_its_time(void **state)
{
    struct shared *t = shared_open(NULL);
    (void)state;
    assert_int_equal(local_refused_for(t, 9, NOW), 0);
    local_note_refusal(t, 9, NOW + 500, NOW);
    assert_int_equal(local_refused_for(t, 9, NOW + 100), 400);
    assert_int_equal(local_refused_for(t, 9, NOW + 500), 0);
    shared_close(t);
}

static void
a_file_that_cannot_be_shared_is_replaced_by_memory(void **state)
{
    struct gcra g = { .interval_us = 1000000, .burst = 1 };
    (void)state;
    struct shared *t = shared_open("/dev/null/limits");
    assert_true(local_take(t, 1, g, NOW, 1, true).admitted);
    assert_false(local_take(t, 1, g, NOW, 1, true).admitted);
    shared_close(t);
}

static void
an_hour_of_counts_is_told(void **state)
{
    struct shared *t = shared_open(NULL);
    (void)state;
    for (int minute = 0; minute < 200; minute++) {
        counts_add(t, 3, COUNT_PASSED, NOW + minute * 60 * SECOND_US);
        counts_add(t, 3, COUNT_REFUSED, NOW + minute * 60 * SECOND_US);
        counts_add(t, 3, COUNT_REFUSED, NOW + minute * 60 * SECOND_US);
    }
    struct limit_count n = counts_of_hour(t, 3, NOW + 199 * 60 * SECOND_US);
    assert_int_equal(n.passed, 60);
    assert_int_equal(n.refused, 120);
    assert_int_equal(n.would, 0);
    assert_int_equal(counts_of_hour(t, 2, NOW).passed, 0);
    shared_close(t);
}

static void
a_person_is_remembered_for_a_minute(void **state)
{
    struct shared *t = shared_open(NULL);
    struct person p = { { { 5 }, { 7 } }, LIMIT_PREMIUM, 20000 }, found;
    (void)state;
    assert_false(people_find(t, 9, NOW, &found));
    people_learn(t, 9, &p, NOW);
    assert_true(people_find(t, 9, NOW + 59 * SECOND_US, &found));
    assert_int_equal(found.who.user.n, 5);
    assert_int_equal(found.who.vendor.n, 7);
    assert_int_equal(found.class, LIMIT_PREMIUM);
    assert_int_equal(found.day_limit, 20000);
    assert_false(people_find(t, 9, NOW + 60 * SECOND_US, &found));
    people_learn(t, 9, &p, NOW);
    people_forget(t, 9);
    assert_false(people_find(t, 9, NOW, &found));
    shared_close(t);
}

static void
a_day_counts_from_what_is_known_of_it(void **state)
{
    struct shared *t = shared_open(NULL);
    struct shared_day *d = days_of(t, 7, 20000);
    (void)state;
    days_raise(d, 8);
    days_raise(d, 5);
    assert_true(days_take(d, 10));
    assert_true(days_take(d, 10));
    assert_false(days_take(d, 10));
    assert_ptr_equal(days_of(t, 7, 20000), d);
    assert_true(days_take(days_of(t, 7, 20001), 10)); /* a new day, a new counter */
    shared_close(t);
}

static void
a_worker_counts_as_long_as_it_lives(void **state)
{
    struct shared *t = shared_open(NULL);
    struct shared_worker *me = seen_begin(t);
    (void)state;
    shared_store(&t->version, 5);
    shared_store(&t->known_us, NOW);
    seen_note(me, 4, NOW - 1);
    assert_int_equal(seen_of(t, 5).in_force, 1); /* idle: it reads them before it decides */
    assert_int_equal(seen_of(t, 5).idle, 1);
    seen_note(me, 4, NOW + 1);
    assert_int_equal(seen_of(t, 5).in_force, 0); /* it decided, and by the old ones */
    seen_note(me, 5, NOW + 2);
    assert_int_equal(seen_of(t, 5).in_force, 1);
    pid_t other = fork();
    if (other == 0) {
        seen_begin(t);
        _exit(0);
    }
    waitpid(other, NULL, 0);
    assert_int_equal(seen_of(t, 5).workers, 1);
    seen_end(me);
    assert_int_equal(seen_of(t, 5).workers, 0);
    shared_close(t);
}

/* ---- Peers ---- */

static void
check_address(const json_t *line, void *arg)
{
    const char *address = json_string_value(json_object_get(line, "address"));
    const char *expected = json_string_value(json_object_get(line, "key"));
    const char *network = limits_network(arena, address);
    (*(int *)arg)++;
    if (text_is(expected, "reject"))
        expected = NULL;
    if (!text_is(network, expected))
        fail_msg("%s: %s, not %s", address, network, expected);
}

static void
an_address_is_counted_by_its_network(void **state)
{
    int n = 0;
    (void)state;
    assert_string_equal(limits_network(arena, "::ffff:192.0.2.1"), "192.0.2.1");
    assert_string_equal(limits_wide_network(arena, "2001:db8:1:2::3"), "2001:db8:1::/48");
    assert_null(limits_wide_network(arena, "192.0.2.1"));
    assert_null(limits_wide_network(arena, "::ffff:192.0.2.1"));
    if (!testdata_each("security/vectors/address-key.jsonl", check_address, &n))
        skip();
    assert_true(n >= 25);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            without_redis_the_same_rules_hold_and_those_of_log_ins_at_half, begin, end),
        cmocka_unit_test_setup_teardown(a_refused_request_takes_from_no_rule, begin, end),
        cmocka_unit_test_setup_teardown(an_upload_takes_from_its_vendor, begin, end),
        cmocka_unit_test_setup_teardown(a_forged_credential_has_the_limits_of_a_stranger, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_colleague_gets_in_where_strangers_of_the_network_do_not,
                                        begin, end),
        cmocka_unit_test_setup_teardown(all_sessions_of_a_user_take_from_one_rule, begin, end),
        cmocka_unit_test_setup_teardown(
            an_address_of_one_network_counts_as_one_and_the_wider_network_for_eight, begin, end),
        cmocka_unit_test_setup_teardown(headers_tell_the_rules_and_what_is_left, begin, end),
        cmocka_unit_test_setup_teardown(a_class_without_rules_says_nothing_and_refuses_nobody,
                                        begin, end),
        cmocka_unit_test(each_decision_is_met_to_the_microsecond),
        cmocka_unit_test(processes_on_a_host_count_together),
        cmocka_unit_test(an_hour_of_counts_is_told),
        cmocka_unit_test(a_person_is_remembered_for_a_minute),
        cmocka_unit_test(a_day_counts_from_what_is_known_of_it),
        cmocka_unit_test(a_worker_counts_as_long_as_it_lives),
        cmocka_unit_test(a_full_set_refuses_new_keys_of_log_ins_only),
        cmocka_unit_test(a_known_refusal_answers_until_its_time),
        cmocka_unit_test(a_file_that_cannot_be_shared_is_replaced_by_memory),
        cmocka_unit_test(an_address_is_counted_by_its_network),
    };
    arena = arena_new(1 << 26);
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failures;
}
