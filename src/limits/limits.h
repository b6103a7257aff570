/* How often may one ask? Rules (GCRA) over identities: a network, a user, an account, an API key, a
 * vendor; and how many API requests a vendor has a day.
 *
 * All rules of a request are decided in one Redis script call, all or nothing: a refused request
 * takes from none of them. A refused key is remembered in memory shared by the workers of a host
 * and answers without Redis until its time. When Redis is away the same rules hold in that memory,
 * shared out among the hosts, those of log-ins at half: never unlimited, never an error.
 *
 * The rules are the operator's: rows of rate_rule. Each decision is by rules that are at most a
 * second old (set.h says how), so a change is in force everywhere within two.
 *
 * Two steps, so that the call travels with whatever else the request asks of Redis:
 *
 *     limits_ask(l, w, route->rate, route->path, &who, &call);   queues (cache_begin before,
 *                                                                cache_send after)
 *     e = limits_answer(l, w, &person, &call);        reads its reply, in the order of the queueing
 *
 * Who a credential stands for is known only after the log-in was read, and the log-in travels in
 * the same pipeline. So a host remembers, for a minute, whom a credential stood for when it was
 * last found good (people.h): user, class and vendor are then known before asking, and one round
 * trip decides all. A credential that is new to the host is counted as a stranger's first; once it
 * is found good, what goes by user and vendor is decided by a second call. A forged one never gets
 * that far, so it has only the limits of its network. */
#pragma once
#include "base/bytes.h"
#include "base/settings.h"
#include "base/work.h"

struct cache;
struct limits;

/* What a rule counts by. */
enum limit_by {
    LIMIT_BY_NETWORK = 1, /* IPv4 address, IPv6 /64 (and the /48 around it at 8 times) */
    LIMIT_BY_USER,        /* logged in, by cookie or token */
    LIMIT_BY_ACCOUNT,     /* the e-mail address typed into a form: limits_take() */
    LIMIT_BY_KEY,         /* the API key or access token, once found good */
    LIMIT_BY_VENDOR,
    LIMIT_BY_DAY /* a vendor's API requests of this UTC day, as its tier has them */
};

/* Classes of visitors. A rule has a percentage of its numbers for each; a stranger has 100 %. */
enum limit_class { LIMIT_STRANGER, LIMIT_NEW, LIMIT_VERIFIED, LIMIT_PREMIUM, LIMIT_CLASSES };

/* A rule. `requests` in `window_s` in the long run, `burst` of them at once. A strict rule gives
 * never more than `requests` in any window of that length (interval window / (requests - burst));
 * another one up to requests + burst. Texts live as long as the rules are in force. */
struct limit_rule {
    const char *name;   /* "login-ip", as in RateLimit headers */
    const char *routes; /* which: classes of routes and paths ("/api/v1/shops/…" with * at the end),
                           apart by blanks */
    enum limit_by by;
    int64_t requests, window_s, burst;
    int64_t percent[LIMIT_CLASSES];
    bool strict;                 /* for log-ins: strict, and half when Redis is away */
    bool enabled;                /* false: counts nobody */
    bool dry_run;                /* counts, and says what it would refuse, but refuses nobody */
    int64_t version, changed_us; /* of the row; changed_us 0: as it was delivered */
};

/* Process-long. `key`: at least 32 secret bytes, kept by pointer; identities go to Redis only as
 * HMACs. `shared_path`: a file that the workers of a host have in common, made when it is not there
 * (6 MiB); NULL, or a file that cannot be made: this process alone. */
struct limits *limits_open(struct arena *process, struct cache *c, const struct settings *s,
                           struct bytes key, const char *shared_path);
/* Writes what this host counted for vendors to PostgreSQL when `w` is not NULL. Accepts NULL. */
void limits_close(struct limits *l, struct work *w);

/* For the check of route tables at start: is there a class of this name? */
bool limits_has_class(const char *name);

/* Who asks, as far as it is known before the log-in is read. */
struct limit_who {
    const char *address;     /* of the peer */
    struct bytes credential; /* session token or bearer token as it came, not checked yet */
    bool bearer;             /* it came as a bearer token: an API key or an access token */
};
/* Whom the log-in found; zero: nobody. */
struct limit_person {
    struct user_id user;
    struct vendor_id vendor;
};

#define LIMIT_CHECKS_MAX 14

struct limit_form;
struct limit_check {
    const struct limit_rule *rule;
    const struct limit_form *form; /* the rule's numbers for this visitor */
    struct bytes identity;         /* in `own`, or the caller's */
    unsigned char own[18];
    uint64_t tag; /* of rule and identity, for the shared memory */
    int64_t cost;
};

struct limit_decision {
    bool allowed;
    const struct limit_rule *rule; /* the first that refuses, or the one with least left; NULL: none
                                      asked */
    int64_t limit, remaining;      /* of that rule */
    int64_t reset_s;   /* allowed: until it is whole again; refused: until it gives one */
    int retry_after_s; /* refused: until all rules would allow it; at least 1 */
};

/* On the caller's stack or in its arena, from ask to answer. */
struct limits_call {
    const char *class_name, *path;
    struct limit_who who;
    struct limit_person person; /* whom the credential stood for, as it is remembered */
    enum limit_class class;
    uint64_t credential_tag;
    int64_t day_limit; /* of the vendor; 0: none */
    int64_t pending;   /* of its requests, counted without Redis, on their way to it */
    struct limit_check checks[LIMIT_CHECKS_MAX];
    int n;
    bool queued; /* a reply will come */
    struct limit_decision decision;
};

/* Queues what the class, and the path of the route's row, ask of this peer; must() for a class that
 * is not there. */
void limits_ask(struct limits *l, struct work *w, const char *class_name, const char *path,
                const struct limit_who *who, struct limits_call *call);
/* LIMIT limit.<rule> with retry_after_s, or NULL; call->decision either way. */
struct err *limits_answer(struct limits *l, struct work *w, const struct limit_person *person,
                          struct limits_call *call) MUST_CHECK;

/* One rule outside of a request's pipeline: both steps in one. must() for an unknown rule. LIMIT
 * limit.<rule>. */
struct err *limits_take(struct limits *l, struct work *w, const char *rule, struct bytes identity,
                        int64_t cost) MUST_CHECK;

/* Texts of the answer's headers, NULL where there is nothing to say:
 * RateLimit-Policy: "api-ip";q=200;w=60        RateLimit: "api-ip";r=12;t=7 */
char *limits_policy_header(struct arena *a, const struct limits_call *call);
char *limits_header(struct arena *a, const struct limits_call *call);

/* Since when this host decides without Redis; 0: Redis answers. */
int64_t limits_local_since(const struct limits *l);

/* For the pages and tasks of this room: what main opened. */
void limits_use(struct limits *l);
/* NULL where main opened none. */
struct limits *limits_in_use(void);

/* The network that counts as one peer: an IPv4 address whole (also when mapped into IPv6), IPv6 as
 * its /64. NULL when the text is no address. */
char *limits_network(struct arena *a, const char *address);
/* The /48 around an IPv6 address, which together may have eight times as much; else NULL. */
char *limits_wide_network(struct arena *a, const char *address);
