/* From a class of routes to a decision: which rules apply to this peer, one script call for all of
 * them, and what to do without Redis. */
#include "limits/limits.h"

#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/text.h"
#include "cache/cache.h"
#include "limits/gcra.h"
#include "limits/local.h"
#include "limits/rules.h"
#include "limits/script.h"

#define LOGIN_TIMES 5 /* many people share an office's address, each with a rule of their own */
#define WIDE_TIMES  8

/* A refusal is believed for this long without asking Redis again: the operator may have lifted it.
 */
#define BELIEVED_US (10 * SECOND_US)

/* Process-long. */
struct limits {
    struct cache *cache;
    struct cache_script *script;
    struct bytes key;
    struct local_table *local;
    struct limit_rule rules[LIMIT_RULES];
};

struct limits *
limits_open(struct arena *process, struct cache *c, const struct settings *s, struct bytes key,
            const char *shared_path)
{
    struct limits *l = NEW(process, struct limits);
    must(key.length >= 32);
    l->cache = c;
    l->script = cache_script(c, process, limits_script);
    l->key = key;
    l->local = local_open(process, shared_path);
    limit_rules_fill(l->rules, s);
    return l;
}

void
limits_close(struct limits *l)
{
    if (l)
        local_close(l->local);
}

/* FNV-1a over the whole key. Its secret part cannot be chosen, so neither can a collision. */
static uint64_t
tag_of(const char *key)
{
    uint64_t tag = 0xcbf29ce484222325;
    for (; *key; key++)
        tag = (tag ^ (unsigned char)*key) * 0x100000001b3;
    return tag ? tag : 1;
}

static void
add(const struct limits *l, struct work *w, struct limits_call *call, const char *rule,
    struct bytes identity, int64_t times, int64_t cost)
{
    struct limit_check *c = &call->checks[call->n++];
    struct sha256 mac = hmac_sha256(l->key, identity);

    must(call->n <= LIMIT_CHECKS_MAX);
    c->rule = limit_rule_named(l->rules, rule);
    must(c->rule);
    c->times = times;
    c->cost = cost;
    c->key = text_join(w->arena, "rl:{v", text_i64(w->arena, w->vendor.n), "}:", rule, ":",
                       hex_text(w->arena, BYTES(mac.bytes, 8)), NULL);
    c->tag = tag_of(c->key);
}

static struct bytes
text_bytes(const char *text)
{
    return BYTES(text, strlen(text));
}

static void
add_network(const struct limits *l, struct work *w, struct limits_call *call, const char *rule,
            const struct limit_who *who)
{
    int64_t times =
        who->credential.length && !limit_rule_named(l->rules, rule)->strict ? LOGIN_TIMES : 1;
    const char *network = limits_network(w->arena, who->address);
    const char *wide = limits_wide_network(w->arena, who->address);
    add(l, w, call, rule, text_bytes(network ? network : who->address), times, 1);
    if (wide)
        add(l, w, call, rule, text_bytes(wide), times * WIDE_TIMES, 1);
}

static void
add_by(const struct limits *l, struct work *w, struct limits_call *call, const char *rule,
       enum limit_by by, const struct limit_who *who)
{
    if (by == LIMIT_BY_NETWORK)
        add_network(l, w, call, rule, who);
    else if (by == LIMIT_BY_CREDENTIAL && who->credential.length)
        add(l, w, call, rule, who->credential, 1, 1);
    else if (by == LIMIT_BY_ACCOUNT && who->account && *who->account)
        add(l, w, call, rule, text_bytes(text_lower(w->arena, who->account)), 1, 1);
}

static struct gcra
gcra_of_check(const struct limit_check *c, bool halved)
{
    return gcra_of(c->rule, c->times, halved);
}

/* ---- Decisions ---- */

static int64_t
seconds_up(int64_t us)
{
    return (us + SECOND_US - 1) / SECOND_US;
}

static struct limit_decision
refused_by(const struct limit_check *c, int64_t wait_us)
{
    int64_t s = seconds_up(wait_us > 0 ? wait_us : 1);
    return (struct limit_decision){ .rule = c->rule,
                                    .limit = c->rule->requests * c->times,
                                    .reset_s = s,
                                    .retry_after_s = (int)s };
}

/* The rule with least left speaks for all. */
static void
allowed_by(struct limit_decision *d, const struct limit_check *c, int64_t remaining,
           int64_t whole_in_us)
{
    if (d->rule && d->remaining <= remaining)
        return;
    *d = (struct limit_decision){ .allowed = true,
                                  .rule = c->rule,
                                  .limit = c->rule->requests * c->times,
                                  .remaining = remaining,
                                  .reset_s = seconds_up(whole_in_us) };
}

/* ---- Without Redis ---- */

static bool
known_refusal(struct limits *l, struct limits_call *call, int64_t now_us)
{
    for (int i = 0; i < call->n; i++) {
        int64_t wait_us = local_refused_for(l->local, call->checks[i].tag, now_us);
        if (!wait_us)
            continue;
        call->decision = refused_by(&call->checks[i], wait_us);
        return true;
    }
    return false;
}

static struct gcra_step
take_locally(struct limits *l, const struct limit_check *c, int64_t now_us)
{
    return local_take(l->local, c->tag, gcra_of_check(c, c->rule->strict), now_us, c->cost,
                      c->rule->strict);
}

static struct limit_decision
decide_locally(struct limits *l, const struct limits_call *call, int64_t now_us)
{
    struct limit_decision d = { .allowed = true };
    for (int i = 0; i < call->n; i++) {
        const struct limit_check *c = &call->checks[i];
        struct gcra_step step = take_locally(l, c, now_us);
        if (step.admitted) {
            allowed_by(&d, c, step.remaining, step.whole_in_us);
            continue;
        }
        while (i-- > 0)
            local_give_back(l->local, call->checks[i].tag,
                            gcra_of_check(&call->checks[i], call->checks[i].rule->strict),
                            call->checks[i].cost);
        return refused_by(c, step.retry_after_us);
    }
    return d;
}

/* ---- With Redis ---- */

static void
queue_script(struct limits *l, struct work *w, struct limits_call *call)
{
    struct bytes argv[1 + LIMIT_CHECKS_MAX * 4];
    int n = 0;
    for (int i = 0; i < call->n; i++)
        argv[n++] = text_bytes(call->checks[i].key);
    argv[n++] = BYTES("", 0);
    for (int i = 0; i < call->n; i++) {
        struct gcra g = gcra_of_check(&call->checks[i], false);
        argv[n++] = text_bytes(text_i64(w->arena, g.interval_us));
        argv[n++] = text_bytes(text_i64(w->arena, g.burst));
        argv[n++] = text_bytes(text_i64(w->arena, call->checks[i].cost));
    }
    cache_queue_script(l->cache, l->script, call->n, n, argv);
    call->queued = true;
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
        local_note_refusal(l->local, c->tag, now_us + believed, now_us);
        return refused_by(c, wait_us);
    }
    for (int i = 0; i < call->n; i++)
        allowed_by(&d, &call->checks[i], r->numbers[2 + 2 * i], r->numbers[3 + 2 * i]);
    return d;
}

static void
begin_check(struct limits *l, struct work *w, struct limits_call *call)
{
    call->decision = (struct limit_decision){ .allowed = true };
    call->queued = false;
    if (call->n && !known_refusal(l, call, w->now_us))
        queue_script(l, w, call);
}

static struct err *
end_check(struct limits *l, struct work *w, struct limits_call *call)
{
    if (call->queued) {
        struct cache_reply r = cache_reply(l->cache, w->arena);
        call->decision = r.ok && r.count == 2 + 2 * (size_t)call->n
                             ? read_decision(l, call, &r, w->now_us)
                             : decide_locally(l, call, w->now_us);
    }
    if (call->decision.allowed)
        return NULL;
    struct err *e =
        FAIL(w->arena, ERR_LIMIT, text_printf(w->arena, "limit.%s", call->decision.rule->name),
             "Too many requests. Please wait a moment and try again.");
    e->retry_after_s = call->decision.retry_after_s;
    return e;
}

/* ---- What others call ---- */

void
limits_ask(struct limits *l, struct work *w, const char *class_name, const struct limit_who *who,
           struct limits_call *call)
{
    const struct limit_class *class = limit_class_named(class_name);
    must(class);
    *call = (struct limits_call){ .class_name = class_name };
    for (int i = 0; i < CLASS_RULES_MOST && class->asks[i].rule; i++)
        add_by(l, w, call, class->asks[i].rule, class->asks[i].by, who);
    begin_check(l, w, call);
}

static struct err *
check_alone(struct limits *l, struct work *w, struct limits_call *call)
{
    cache_begin(l->cache);
    begin_check(l, w, call);
    if (call->queued)
        cache_send(l->cache);
    return end_check(l, w, call);
}

/* What was decided in two calls is one answer: the headers name all rules, and the one that speaks
 * is the one that refuses or has least left. */
static void
join(struct limits_call *call, const struct limits_call *more)
{
    const struct limit_decision *d = &more->decision;
    for (int i = 0; i < more->n && call->n < LIMIT_CHECKS_MAX; i++)
        call->checks[call->n++] = more->checks[i];
    if (!d->allowed || !call->decision.rule || d->remaining < call->decision.remaining)
        call->decision = *d;
}

static struct err *
ask_of_vendor(struct limits *l, struct work *w, const char *rule, struct limits_call *call)
{
    struct limits_call more = { .n = 0 };
    add(l, w, &more, rule, text_bytes(text_i64(w->arena, w->vendor.n)), 1, 1);
    struct err *e = check_alone(l, w, &more);
    join(call, &more);
    return e;
}

struct err *
limits_answer(struct limits *l, struct work *w, struct limits_call *call)
{
    TRY(end_check(l, w, call));
    const struct limit_class *class = limit_class_named(call->class_name);
    for (int i = 0; i < CLASS_RULES_MOST && class->asks[i].rule; i++)
        if (class->asks[i].by == LIMIT_BY_VENDOR && w->vendor.n)
            TRY(ask_of_vendor(l, w, class->asks[i].rule, call));
    return NULL;
}

struct err *
limits_take(struct limits *l, struct work *w, const char *rule, struct bytes identity, int64_t cost)
{
    struct limits_call call = { .n = 0 };
    add(l, w, &call, rule, identity, 1, cost);
    return check_alone(l, w, &call);
}
