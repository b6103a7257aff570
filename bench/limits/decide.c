/* Decisions of the limiter as a worker makes them, as fast as they go. Prints numbers.
 *
 *   decide redis SOCKET SECONDS PROCESSES   three limits (network, user, vendor) in one call: all a
 * second decide refused SOCKET SECONDS           refused out of shared memory: a CPU second; and
 * how many asked Redis decide fill SOCKET PAIRS                two live keys each for so many
 * users: how many keys
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "cache/cache.h"
#include "limits/limits.h"

#define USERS   10000
#define VENDORS 500
#define STEP    512 /* decisions between looks at the clock */

static const char key[32] = "a key of the bench, not a secret";

struct bench {
    struct arena *process, *request;
    struct settings settings;
    struct cache *cache;
    struct limits *limits;
    struct work w;
};

static void
open_bench(struct bench *b, const char *url, int64_t per_minute)
{
    *b = (struct bench){ .process = arena_new((size_t)1 << 28),
                         .request = arena_new((size_t)1 << 20) };
    b->settings = (struct settings){ .api_per_minute = per_minute,
                                     .login_per_minute = per_minute,
                                     .upload_per_minute = per_minute,
                                     .register_per_hour = 50,
                                     .forgot_per_hour = 20 };
    b->cache = cache_open(b->process, url);
    cache_patience(b->cache, 2000); /* beside whatever else runs: late is not away */
    b->limits = limits_open(b->process, b->cache, &b->settings, BYTES(key, sizeof(key)), NULL);
    b->w = (struct work){ .arena = b->request, .settings = &b->settings, .now_us = clock_now_us() };
}

struct caller {
    char address[32], token[32];
    size_t length;
};

static struct caller
caller_of(int user)
{
    struct caller c;
    c.length = (size_t)snprintf(c.token, sizeof(c.token), "token-%d", user);
    snprintf(c.address, sizeof(c.address), "10.%d.%d.%d", user >> 16, user >> 8 & 255, user & 255);
    return c;
}

/* What a worker does for one request of that user; *asked: did it ask Redis? */
static bool
decide(struct bench *b, const char *class_name, int user, const struct caller *c, long *asked)
{
    struct limits_call call;
    struct limit_person person = { { user + 1 }, { user % VENDORS + 1 } };
    arena_reset(b->request);
    struct limit_who who = { .address = c->address, .credential = BYTES(c->token, c->length) };
    cache_begin(b->cache);
    limits_ask(b->limits, &b->w, class_name, NULL, &who, &call);
    cache_send(b->cache);
    *asked += call.queued && !limits_local_since(b->limits);
    return !limits_answer(b->limits, &b->w, &person, &call);
}

/* Each of these users once: then it is known who is who, and every key is there. */
static void
meet(struct bench *b, const char *class_name, int from, int to)
{
    long asked = 0;
    for (int user = from; user < to; user++) {
        struct caller c = caller_of(user);
        decide(b, class_name, user, &c, &asked);
    }
}

/* How many asked Redis: without it the host decides, which does not count here. */
static long
run_for(struct bench *b, double seconds, int first)
{
    long n = 0, asked = 0;
    int64_t end = clock_mono_us() + (int64_t)(seconds * 1e6);
    while (clock_mono_us() < end) {
        b->w.now_us = clock_now_us();
        for (int i = 0; i < STEP; i++, n++) {
            int user = (int)((first + n) % USERS);
            struct caller c = caller_of(user);
            decide(b, "upload", user, &c, &asked);
        }
    }
    return asked;
}

static void
by_redis(const char *url, double seconds, int processes)
{
    long *sums =
        mmap(NULL, sizeof(long) * 128, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (int p = 0; p < processes && p < 64; p++)
        if (fork() == 0) {
            struct bench b;
            open_bench(&b, url, 1000000000);
            meet(&b, "upload", 0, USERS);
            int64_t began = clock_cpu_us();
            sums[p] = run_for(&b, seconds, p * 1000);
            sums[64 + p] = (long)(clock_cpu_us() - began);
            _exit(0);
        }
    while (wait(NULL) > 0) {
    }
    long all = 0, cpu_us = 0;
    for (int p = 0; p < processes && p < 64; p++) {
        all += sums[p];
        cpu_us += sums[64 + p];
    }
    printf("%.0f %.3f\n", (double)all / seconds, (double)cpu_us / (double)all);
}

/* Redis refuses once; from then on the host remembers, for longer than this takes. By CPU time, so
 * that what else runs does not count. */
static void
by_memory(const char *url, double seconds)
{
    struct bench b;
    struct caller c = caller_of(0);
    long asked = 0, n = 0;
    open_bench(&b, url, 1);
    while (decide(&b, "public", 0, &c, &asked))
        b.w.now_us = clock_now_us();
    asked = 0;
    int64_t began = clock_cpu_us(), end = began + (int64_t)(seconds * 1e6), now;
    while ((now = clock_cpu_us()) < end)
        for (int i = 0; i < STEP; i++, n++)
            decide(&b, "public", 0, &c, &asked);
    printf("%.0f %ld\n", (double)n / ((double)(now - began) / 1e6), asked);
}

static void
fill(const char *url, int pairs)
{
    enum { PROCESSES = 4 };
    for (int p = 0; p < PROCESSES; p++)
        if (fork() == 0) {
            struct bench b;
            open_bench(&b, url, 1);
            meet(&b, "panel.read", pairs / PROCESSES * p, pairs / PROCESSES * (p + 1));
            _exit(0);
        }
    while (wait(NULL) > 0) {
    }
    printf("%d\n", 2 * pairs);
}

static int64_t
number(const char *text)
{
    int64_t n = 0;
    must(text_to_i64(text, &n));
    return n;
}

int
main(int argc, char **argv)
{
    if (argc == 5 && text_is(argv[1], "redis"))
        by_redis(argv[2], (double)number(argv[3]), (int)number(argv[4]));
    else if (argc == 4 && text_is(argv[1], "refused"))
        by_memory(argv[2], (double)number(argv[3]));
    else if (argc == 4 && text_is(argv[1], "fill"))
        fill(argv[2], (int)number(argv[3]));
    else
        return 2;
    return 0;
}
