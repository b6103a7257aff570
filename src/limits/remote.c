/* The way to a decision with Redis: one call of the script for all rules of a request. */
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "cache/cache.h"
#include "limits/decide.h"
#include "limits/local.h"

/* A refusal is believed for this long without asking Redis again: the operator may have lifted it.
 */
#define BELIEVED_US (10 * SECOND_US)

/* How long after Redis came back the hosts' own memory still has a say: the longest window. */
#define REMEMBERED_US (INT64_C(86400) * SECOND_US)

/* A worker that has not noticed yet that Redis is back does not call it away once more. */
#define SETTLED_US (3 * SECOND_US)

static size_t
put_number(char *to, int64_t n)
{
    char digits[20];
    size_t length = 0, at = 0;
    if (n < 0)
        to[at++] = '-';
    uint64_t rest = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    do
        digits[length++] = (char)('0' + rest % 10);
    while (rest /= 10);
    while (length)
        to[at++] = digits[--length];
    return at;
}

static size_t
put_text(char *to, const char *text)
{
    size_t n = strlen(text);
    memcpy(to, text, n);
    return n;
}

/* q:{v12}:20261125 */
static size_t
put_day_key(char *to, int64_t vendor, int64_t now_us)
{
    time_t now_s = (time_t)(now_us / SECOND_US);
    struct tm day;
    gmtime_r(&now_s, &day);
    size_t n = put_text(to, "q:{v");
    n += put_number(to + n, vendor);
    n += put_text(to + n, "}:");
    return n + strftime(to + n, 9, "%Y%m%d", &day);
}

/* rl:{v12}:a:0123456789abcdef, with a letter for the rule (its place in rules.c): up to 30 bytes
 * fit into 32 with their header, where a name would take 48. */
static size_t
put_key(const struct limits *l, char *to, const struct limit_check *c, int64_t vendor)
{
    static const char digits[] = "0123456789abcdef";
    struct sha256 mac = hmac_sha256(l->key, c->identity);
    size_t n = put_text(to, "rl:{v");
    n += put_number(to + n, vendor);
    n += put_text(to + n, "}:");
    to[n++] = (char)('a' + (c->rule - l->set->rules));
    to[n++] = ':';
    for (int i = 0; i < 8; i++) {
        to[n++] = digits[mac.bytes[i] >> 4];
        to[n++] = digits[mac.bytes[i] & 15];
    }
    return n;
}

#define KEY_BYTES    96
#define NUMBER_BYTES 21

struct script_args {
    struct bytes at[LIMIT_CHECKS_MAX * 5 + 1];
    int n;
    char keys[LIMIT_CHECKS_MAX][KEY_BYTES];
    char numbers[LIMIT_CHECKS_MAX * 3][NUMBER_BYTES];
    int numbers_used;
};

static void
put_arg(struct script_args *args, const char *text)
{
    args->at[args->n++] = BYTES(text, strlen(text));
}

static void
put_arg_number(struct script_args *args, int64_t n)
{
    char *to = args->numbers[args->numbers_used++];
    args->at[args->n++] = BYTES(to, put_number(to, n));
}

static void
put_check(struct limits *l, struct script_args *args, const struct limits_call *call,
          const struct limit_check *c, int64_t now_us)
{
    if (check_is_day(c)) {
        struct shared_day *d = check_day(l, call, now_us);
        put_arg_number(args, d ? -shared_load(&d->used) : 0);
        put_arg_number(args, call->day_limit);
    } else {
        put_arg(args, c->form->interval);
        put_arg(args, c->form->burst);
    }
    if (c->cost == 1)
        put_arg(args, c->rule->dry_run ? "-1" : "1");
    else
        put_arg_number(args, c->rule->dry_run ? -c->cost : c->cost);
}

static void
put_floors(struct limits *l, struct script_args *args, const struct limits_call *call,
           int64_t now_us)
{
    int64_t back_us = shared_load(&l->shared->back_us);
    bool lately = back_us && now_us - back_us < REMEMBERED_US;
    if (!lately && !shared_load(&l->shared->away_us))
        return;
    for (int i = 0; i < call->n; i++)
        put_arg_number(args, local_tat(l->shared, call->checks[i].tag));
}

static void
queue_script(struct limits *l, struct work *w, struct limits_call *call, int64_t vendor)
{
    struct script_args args;
    args.n = args.numbers_used = 0;
    for (int i = 0; i < call->n; i++) {
        const struct limit_check *c = &call->checks[i];
        size_t n = check_is_day(c) ? put_day_key(args.keys[i], vendor, w->now_us)
                                   : put_key(l, args.keys[i], c, vendor);
        args.at[args.n++] = BYTES(args.keys[i], n);
    }
    put_arg(&args, "");
    for (int i = 0; i < call->n; i++)
        put_check(l, &args, call, &call->checks[i], w->now_us);
    put_floors(l, &args, call, w->now_us);
    cache_queue_script(l->cache, l->script, call->n, args.n, args.at);
    call->queued = true;
}

/* What was counted while Redis was away goes to it with the first call after that. */
static void
queue_pending(struct limits *l, struct work *w, struct limits_call *call)
{
    char key[KEY_BYTES], number[NUMBER_BYTES];
    struct shared_day *d = check_day(l, call, w->now_us);
    if (!d || !shared_load(&d->pending) || cache_state(l->cache) != CACHE_UP)
        return;
    call->pending = atomic_exchange_explicit(&d->pending, 0, memory_order_relaxed);
    if (!call->pending)
        return;
    const struct bytes argv[] = { BYTES("INCRBY", 6),
                                  BYTES(key, put_day_key(key, call->person.vendor.n, w->now_us)),
                                  BYTES(number, put_number(number, call->pending)) };
    cache_queue(l->cache, 3, argv);
}

static void
read_pending(struct limits *l, struct work *w, struct limits_call *call)
{
    struct cache_reply r = cache_reply(l->cache, w->arena);
    struct shared_day *d = check_day(l, call, w->now_us);
    if (d && r.ok)
        days_raise(d, r.number);
    else if (d)
        atomic_fetch_add_explicit(&d->pending, call->pending, memory_order_relaxed);
    call->pending = 0;
}

static void
note_passed(struct limits *l, const struct limits_call *call, const struct limit_check *c,
            const int64_t *reply, int64_t now_us)
{
    struct shared_day *d = check_is_day(c) ? check_day(l, call, now_us) : NULL;
    check_count(l, c, reply[0] < 0 && !check_is_day(c) ? COUNT_WOULD : COUNT_PASSED, now_us);
    if (d)
        days_raise(d, call->day_limit - reply[0]);
    else if (!check_is_day(c))
        local_note_tat(l->shared, c->tag, now_us + reply[1], now_us);
}

static struct limit_decision
read_decision(struct limits *l, const struct limits_call *call, const struct cache_reply *r,
              int64_t now_us)
{
    struct limit_decision d = { .allowed = true };
    int64_t refuses = r->numbers[0], wait_us = r->numbers[1];
    if (refuses >= 1 && refuses <= call->n) {
        const struct limit_check *c = &call->checks[refuses - 1];
        int64_t believed = wait_us < BELIEVED_US ? wait_us : BELIEVED_US;
        local_note_refusal(l->shared, c->tag, now_us + believed, now_us);
        return check_refuses(l, call, c, wait_us, now_us);
    }
    for (int i = 0; i < call->n; i++) {
        const struct limit_check *c = &call->checks[i];
        note_passed(l, call, c, &r->numbers[2 + 2 * i], now_us);
        check_allows(&d, call, c, r->numbers[2 + 2 * i], r->numbers[3 + 2 * i]);
    }
    return d;
}

/* One line for a host's change of state, by whoever notices first. */
static void
note_state(struct limits *l, bool answered, int64_t now_us)
{
    struct shared *s = l->shared;
    int64_t away_us = shared_load(&s->away_us);
    bool settled = now_us - shared_load(&s->back_us) > SETTLED_US;
    if (answered && away_us && shared_claim(&s->away_us, away_us, 0)) {
        shared_store(&s->back_us, now_us);
        log_info("limits.by_redis", NULL);
    } else if (!answered && !away_us && settled && cache_state(l->cache) == CACHE_AWAY &&
               shared_claim(&s->away_us, 0, now_us)) {
        log_warn("limits.by_host", NULL);
    }
}

void
decide_queue(struct limits *l, struct work *w, struct limits_call *call, int64_t vendor)
{
    queue_script(l, w, call, vendor);
    if (call->day_limit)
        queue_pending(l, w, call);
}

struct limit_decision
decide_by_reply(struct limits *l, struct work *w, struct limits_call *call)
{
    struct cache_reply r = cache_reply(l->cache, w->arena);
    bool decided = r.ok && r.count == 2 + 2 * (size_t)call->n;
    note_state(l, decided, w->now_us);
    struct limit_decision d =
        decided ? read_decision(l, call, &r, w->now_us) : decide_locally(l, call, w->now_us);
    if (call->pending)
        read_pending(l, w, call);
    return d;
}

void
decide_peek(struct limits *l, struct work *w, struct limits_call *call, int64_t vendor,
            int64_t *left)
{
    cache_begin(l->cache);
    if (call->n)
        queue_script(l, w, call, vendor);
    cache_send(l->cache);
    struct cache_reply r = { .ok = false };
    if (call->n)
        r = cache_reply(l->cache, w->arena);
    bool told = r.ok && r.count == 2 + 2 * (size_t)call->n;
    for (int i = 0; i < call->n; i++) {
        const struct limit_check *c = &call->checks[i];
        int64_t tat = local_tat(l->shared, c->tag);
        left[i] = told ? r.numbers[2 + 2 * i] : gcra_step(c->form->g, tat, w->now_us, 0).remaining;
    }
}
