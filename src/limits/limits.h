/* How often may one ask? Rules (GCRA) over identities: a network, a log-in, an account, a vendor.
 *
 * All rules of a request are decided in one Redis script call, all or nothing: a refused request
 * takes from none of them. A refused key is remembered in memory shared by the workers of a host
 * and answers without Redis until its time. When Redis is away the same rules hold in that memory,
 * those of log-ins at half: never unlimited, never an error.
 *
 * Two steps, so that the call travels with whatever else the request asks of Redis:
 *
 *     limits_ask(l, w, route->rate, &who, &call);     queues (cache_begin before, cache_send after)
 *     e = limits_answer(l, w, &call);                 reads its reply, in the order of the queueing
 */
#pragma once
#include "base/bytes.h"
#include "base/settings.h"
#include "base/work.h"

struct cache;
struct limits;

/* A rule. `requests` in `window_s` in the long run, `burst` of them at once. A strict rule gives
 * never more than `requests` in any window of that length (interval window / (requests - burst));
 * another one up to requests + burst. */
struct limit_rule {
    const char *name; /* "login-ip", as in RateLimit headers and keys */
    int64_t requests, window_s, burst;
    bool strict; /* for log-ins: strict, and half when Redis is away */
};

/* Process-long. `key`: at least 32 secret bytes, kept by pointer; identities go to Redis only as
 * HMACs. `shared_path`: a file that the workers of a host have in common, made when it is not there
 * (2 MiB); NULL, or a file that cannot be made: this process alone. */
struct limits *limits_open(struct arena *process, struct cache *c, const struct settings *s,
                           struct bytes key, const char *shared_path);
void limits_close(struct limits *l); /* accepts NULL */

/* For the check of route tables at start: is there a class of this name? */
bool limits_has_class(const char *name);

/* Who asks, as far as it is known before the log-in is read: what is missing leaves out the rules
 * that go by it. */
struct limit_who {
    const char *address;     /* of the peer */
    struct bytes credential; /* session token or bearer token as it came, not checked yet */
    const char *account;     /* the address typed into a log-in form */
};

#define LIMIT_CHECKS_MAX 8

struct limit_check {
    const struct limit_rule *rule;
    const char *key;     /* rl:{v12}:login-ip:0123456789abcdef */
    uint64_t tag;        /* of the key, for the shared memory */
    int64_t times, cost; /* the rule `times` as generous */
};

struct limit_decision {
    bool allowed;
    const struct limit_rule
        *rule; /* the first that refuses, or the one with least left; NULL: none asked */
    int64_t limit, remaining; /* of that rule */
    int64_t reset_s;          /* allowed: until it is whole again; refused: until it gives one */
    int retry_after_s;        /* refused: until all rules would allow it; at least 1 */
};

/* On the caller's stack or in its arena, from ask to answer. */
struct limits_call {
    const char *class_name;
    struct limit_check checks[LIMIT_CHECKS_MAX];
    int n;
    bool queued; /* a reply will come */
    struct limit_decision decision;
};

/* Queues what the class asks of this peer; must() for a class that is not there. */
void limits_ask(struct limits *l, struct work *w, const char *class_name,
                const struct limit_who *who, struct limits_call *call);
/* LIMIT limit.<rule> with retry_after_s, or NULL; call->decision either way. Rules by vendor
 * (uploads) are decided here, w->vendor being known by now, with a round trip of their own. */
struct err *limits_answer(struct limits *l, struct work *w, struct limits_call *call) MUST_CHECK;

/* One rule outside of a request's pipeline: both steps in one. must() for an unknown rule. LIMIT
 * limit.<rule>. */
struct err *limits_take(struct limits *l, struct work *w, const char *rule, struct bytes identity,
                        int64_t cost) MUST_CHECK;

/* Texts of the answer's headers, NULL where there is nothing to say:
 * RateLimit-Policy: "api-ip";q=200;w=60        RateLimit: "api-ip";r=12;t=7 */
char *limits_policy_header(struct arena *a, const struct limits_call *call);
char *limits_header(struct arena *a, const struct limits_call *call);

/* The network that counts as one peer: an IPv4 address whole (also when mapped into IPv6), IPv6 as
 * its /64. NULL when the text is no address. */
char *limits_network(struct arena *a, const char *address);
/* The /48 around an IPv6 address, which together may have eight times as much; else NULL. */
char *limits_wide_network(struct arena *a, const char *address);
