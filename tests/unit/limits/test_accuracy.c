/* What each delivered rule admits and refuses, over windows and against a simulated clock: a flood,
 * bursts around a window's boundary, a polite client, a neighbour. The figures are printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above first */
#include <cmocka.h>

#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "limits/local.h"
#include "limits/rules.h"

#define START INT64_C(1790000000000000)

static const struct settings settings = { .api_per_minute = 200,
                                          .login_per_minute = 50,
                                          .register_per_hour = 50,
                                          .forgot_per_hour = 20,
                                          .orders_per_minute = 60,
                                          .upload_per_minute = 120 };
static struct limit_rule rules[LIMIT_RULES];
static struct shared *shared;
static uint64_t next_tag = 1;

/* The most that any window of the rule's length saw, kept while time goes on. */
struct window {
    int64_t length_us, most;
    int64_t at[1 << 12]; /* a ring of admissions */
    size_t first, count;
};

static void
window_add(struct window *w, int64_t now_us)
{
    while (w->count && w->at[w->first % 4096] <= now_us - w->length_us) {
        w->first++;
        w->count--;
    }
    assert_true(w->count < 4096);
    w->at[(w->first + w->count++) % 4096] = now_us;
    if ((int64_t)w->count > w->most)
        w->most = (int64_t)w->count;
}

/* Asks every `step` from `from` to `to`. */
static void
flood(struct window *w, uint64_t tag, struct gcra g, int64_t from, int64_t to, int64_t step)
{
    for (int64_t now = from; now < to; now += step)
        if (local_take(shared, tag, g, now, 1, false).admitted)
            window_add(w, now);
}

/* The worst of: without a pause for six windows; and silent but around each boundary. */
static int64_t
most_admitted(const struct limit_rule *rule, int64_t percent)
{
    static struct window w;
    struct gcra g = gcra_of(rule, percent);
    int64_t window = rule->window_s * SECOND_US, step = g.interval_us / 37 + 1;
    w = (struct window){ .length_us = window };
    flood(&w, next_tag++, g, START, START + 6 * window, step);
    int64_t most = w.most;
    w = (struct window){ .length_us = window };
    uint64_t tag = next_tag++;
    for (int i = 1; i < 12; i += 2) /* a tenth of the window on both sides */
        flood(&w, tag, g, START + i * window - window / 10, START + i * window + window / 10, step);
    return most > w.most ? most : w.most;
}

static void
a_flood_and_a_burst_at_a_boundary_admit_what_was_stated(void **state)
{
    (void)state;
    printf("%-14s %-9s %9s %9s %6s\n", "rule", "class", "limit", "most", "ratio");
    for (int i = 0; i < LIMIT_RULES; i++)
        for (int class = LIMIT_STRANGER; class < LIMIT_CLASSES; class ++) {
            const struct limit_rule *rule = &rules[i];
            int64_t percent = rule->percent[class], limit = rule->requests * percent / 100;
            if (rule->by == LIMIT_BY_DAY || (class && percent == rule->percent[class - 1]))
                continue;
            int64_t most = most_admitted(rule, percent);
            printf("%-14s %-9s %9lld %9lld %6.3f\n", rule->name, limit_class_names[class],
                   (long long)limit, (long long)most, (double)most / (double)limit);
            assert_true(rule->strict ? most <= limit : most * 4 <= limit * 5);
            assert_true(most + 1 >= limit); /* and nobody is sold short */
        }
}

/* Small, quick, and the same everywhere. */
static uint64_t seed = 88172645463325252;

static double
random_share(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (double)(seed >> 11) / 9007199254740992.0;
}

/* Requests that come by chance (Poisson) at so many a second. */
static int64_t
chance_us(double a_second)
{
    return (int64_t)(-log(1 - random_share()) / a_second * 1e6) + 1;
}

static void
a_polite_client_is_not_refused(void **state)
{
    enum { REQUESTS = 400000 };
    (void)state;
    for (int i = 0; i < LIMIT_RULES; i++) {
        const struct limit_rule *rule = &rules[i];
        if (rule->requests * 60 < 100 * rule->window_s || rule->strict)
            continue;
        struct gcra g = gcra_of(rule, 100);
        uint64_t tag = next_tag++;
        int64_t now = START, refused = 0;
        for (int k = 0; k < REQUESTS; k++) {
            now += chance_us(0.8 * (double)rule->requests / (double)rule->window_s);
            refused += !local_take(shared, tag, g, now, 1, false).admitted;
        }
        printf("%-14s polite at 0.8 x %lld/min: %lld of %d refused (%.4f %%)\n", rule->name,
               (long long)(rule->requests * 60 / rule->window_s), (long long)refused, REQUESTS,
               100.0 * (double)refused / REQUESTS);
        assert_true(refused * 1000 <= REQUESTS);
    }
}

/* The same requests of one key, alone and beside others that flood: not one decision differs. */
static void
two_keys_never_influence_each_other(void **state)
{
    enum { REQUESTS = 20000, NEIGHBOURS = 1000 };
    (void)state;
    struct gcra g = gcra_of(&rules[limit_rule_place("api-ip")], 100);
    uint64_t alone = next_tag++, beside = next_tag++, first = next_tag;
    int64_t now = START, other_us = START, differ = 0, flooded = 0;
    next_tag += NEIGHBOURS;
    for (int k = 0; k < REQUESTS; k++) {
        now += chance_us(4);
        for (; other_us < now; other_us += 10000, flooded++)
            local_take(shared, first + (uint64_t)flooded % NEIGHBOURS, g, other_us, 1, false);
        struct gcra_step a = local_take(shared, alone, g, now, 1, false);
        struct gcra_step b = local_take(shared, beside, g, now, 1, false);
        differ += a.admitted != b.admitted || a.remaining != b.remaining;
    }
    printf("two keys: %d decisions beside %lld of %d others, %lld differ\n", REQUESTS,
           (long long)flooded, NEIGHBOURS, (long long)differ);
    assert_int_equal(differ, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flood_and_a_burst_at_a_boundary_admit_what_was_stated),
        cmocka_unit_test(a_polite_client_is_not_refused),
        cmocka_unit_test(two_keys_never_influence_each_other),
    };
    limit_rules_fill(rules, &settings);
    shared = shared_open(NULL);
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    shared_close(shared);
    return failures;
}
