/* From a row of the route table to a decision: which rules this peer meets, one script call for all
 * of them, and what to do without Redis. */
#include "limits/limits.h"

#include <sodium.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/text.h"
#include "cache/cache.h"
#include "limits/decide.h"
#include "limits/draft.h"
#include "limits/network.h"
#include "limits/script.h"
#include "limits/store.h"
#include "limits/tell.h"

struct limits *
limits_open(struct arena *process, struct cache *c, const struct settings *s, struct bytes key,
            const char *shared_path)
{
    struct limits *l = NEW(process, struct limits);
    must(key.length >= 32);
    struct sha256 tags = hmac_sha256(key, BYTES("tags", 4));
    l->cache = c;
    l->script = cache_script(c, process, limits_script);
    l->key = key;
    memcpy(l->tag_key, tags.bytes, sizeof(l->tag_key));
    l->hosts = s->hosts > 0 ? s->hosts : 1;
    l->shared = shared_open(shared_path);
    l->set = set_new(process, s);
    l->me = seen_begin(l->shared);
    return l;
}

void
limits_close(struct limits *l, struct work *w)
{
    if (!l)
        return;
    if (w)
        limits_tell(l, w);
    seen_end(l->me);
    set_free(l->set);
    shared_close(l->shared);
}

int64_t
limits_local_since(const struct limits *l)
{
    return shared_load(&l->shared->away_us);
}

/* ---- Which rules ---- */

static uint64_t
tag_of(const struct limits *l, const void *bytes, size_t length)
{
    uint64_t tag;
    crypto_shorthash((unsigned char *)&tag, bytes, length, l->tag_key);
    return tag ? tag : 1;
}

/* Of the rule too, and of the tenant: its keys in Redis are as many. */
static uint64_t
tag_of_check(const struct limits *l, const struct limit_check *c, int64_t vendor)
{
    const uint64_t parts[3] = { tag_of(l, c->identity.at, c->identity.length), (uint64_t)vendor,
                                (uint64_t)(c->rule - l->set->rules) };
    return tag_of(l, parts, sizeof(parts));
}

static struct limit_check *
add(struct limits *l, struct limits_call *call, int place, int form)
{
    if (call->n == LIMIT_CHECKS_MAX) /* an operator's rules may be more than any delivered set */
        return NULL;
    struct limit_check *c = &call->checks[call->n++];
    c->rule = &l->set->rules[place];
    c->form = &l->set->forms[place][form];
    c->cost = 1;
    return c;
}

static void
add_own(struct limits *l, struct limits_call *call, int place, int form, const void *bytes,
        size_t length)
{
    struct limit_check *c = add(l, call, place, form);
    if (!c)
        return;
    memcpy(c->own, bytes, length);
    c->identity = BYTES(c->own, length);
    c->tag = tag_of_check(l, c, call->person.vendor.n);
}

static void
add_number(struct limits *l, struct limits_call *call, int place, char kind, int64_t n)
{
    unsigned char own[1 + sizeof(n)] = { (unsigned char)kind };
    memcpy(own + 1, &n, sizeof(n));
    if (n)
        add_own(l, call, place, (int)call->class, own, sizeof(own));
}

static void
add_network(struct limits *l, struct limits_call *call, int place)
{
    unsigned char network[NETWORK_BYTES] = { 0 }, wide[NETWORK_BYTES] = { 0 };
    size_t length, wide_length;
    if (!network_read(call->who.address, network, &length, wide, &wide_length)) {
        network[0] = 0; /* a peer without an address: a local socket */
        length = 1;
        wide_length = 0;
    }
    network[0] |= call->class != LIMIT_STRANGER; /* strangers cannot use up what colleagues have */
    wide[0] |= call->class != LIMIT_STRANGER;
    add_own(l, call, place, (int)call->class, network, length);
    if (wide_length)
        add_own(l, call, place, LIMIT_CLASSES + (int)call->class, wide, wide_length);
}

static void
add_key(struct limits *l, struct limits_call *call, int place)
{
    if (call->who.bearer && call->person.user.n)
        add_number(l, call, place, 'k',
                   (int64_t)tag_of(l, call->who.credential.at, call->who.credential.length));
}

static void
add_by(struct limits *l, struct limits_call *call, int place)
{
    switch (l->set->rules[place].by) {
    case LIMIT_BY_NETWORK:
        add_network(l, call, place);
        break;
    case LIMIT_BY_USER:
        add_number(l, call, place, 'u', call->person.user.n);
        break;
    case LIMIT_BY_KEY:
        add_key(l, call, place);
        break;
    case LIMIT_BY_VENDOR:
        add_number(l, call, place, 'v', call->person.vendor.n);
        break;
    case LIMIT_BY_DAY:
        if (call->day_limit)
            add_number(l, call, place, 'd', call->person.vendor.n);
        break;
    case LIMIT_BY_ACCOUNT: /* asked by the handler, which reads the form */
        break;
    }
}

static void
add_rules(struct limits *l, struct limits_call *call, bool networks)
{
    const struct set_answer *answer = set_ask(l->set, call->class_name, call->path);
    for (int i = 0; i < answer->n; i++)
        if (networks || l->set->rules[answer->places[i]].by != LIMIT_BY_NETWORK)
            add_by(l, call, answer->places[i]);
}

/* ---- Decisions ---- */

static void
begin_check(struct limits *l, struct work *w, struct limits_call *call, int64_t vendor)
{
    call->decision = (struct limit_decision){ .allowed = true };
    call->queued = false;
    call->pending = 0;
    if (!call->n || decide_by_memory(l, call, w->now_us))
        return;
    decide_queue(l, w, call, vendor);
}

static struct err *
end_check(struct limits *l, struct work *w, struct limits_call *call)
{
    if (call->queued)
        call->decision = decide_by_reply(l, w, call);
    if (call->decision.allowed)
        return NULL;
    struct err *e = FAIL(w->arena, ERR_LIMIT, l->set->codes[call->decision.rule - l->set->rules],
                         "Too many requests. Please wait a moment and try again.");
    e->retry_after_s = call->decision.retry_after_s;
    return e;
}

static struct err *
check_alone(struct limits *l, struct work *w, struct limits_call *call, int64_t vendor)
{
    cache_begin(l->cache);
    begin_check(l, w, call, vendor);
    if (call->queued)
        cache_send(l->cache);
    return end_check(l, w, call);
}

/* ---- What others call ---- */

/* Before a strict rule all are strangers: a log-in is no way to more attempts at one. */
static void
recall_person(struct limits *l, struct work *w, struct limits_call *call)
{
    struct person p;
    if (set_ask(l->set, call->class_name, call->path)->strict)
        call->who.credential.length = 0;
    if (!call->who.credential.length)
        return;
    call->credential_tag = tag_of(l, call->who.credential.at, call->who.credential.length);
    if (!people_find(l->shared, call->credential_tag, w->now_us, &p))
        return;
    call->person = p.who;
    call->class = p.class;
    call->day_limit = p.day_limit;
}

void
limits_ask(struct limits *l, struct work *w, const char *class_name, const char *path,
           const struct limit_who *who, struct limits_call *call)
{
    set_refresh(l->set, l->shared, w);
    limits_tell_in_turn(l, w);
    seen_note(l->me, l->set->version, w->now_us);
    call->class_name = class_name;
    call->path = path;
    call->who = *who;
    call->person = (struct limit_person){ { 0 }, { 0 } };
    call->class = LIMIT_STRANGER;
    call->day_limit = 0;
    call->n = 0;
    recall_person(l, w, call);
    add_rules(l, call, true);
    begin_check(l, w, call, call->person.vendor.n);
}

/* Without PostgreSQL, or in tests of this room alone, everybody who logged in is an ordinary
 * customer. */
static void
learn_person(struct limits *l, struct work *w, const struct limit_person *who,
             struct limits_call *call)
{
    struct person p = { .who = *who, .class = LIMIT_VERIFIED };
    int64_t used = 0, day = w->now_us / DAY_US;
    struct err *e = w->db ? limits_load_person(w, who, day, &p, &used) : NULL;
    call->person = *who;
    call->class = p.class;
    call->day_limit = p.day_limit;
    if (e) /* asked again with the next request */
        return;
    struct shared_day *d = p.day_limit ? check_day(l, call, w->now_us) : NULL;
    if (d)
        days_raise(d, used);
    people_learn(l->shared, call->credential_tag, &p, w->now_us);
}

/* What was decided in two calls is one answer: the headers name all rules, and the one that speaks
 * is the one that refuses or has least left. */
static void
join(struct limits_call *call, const struct limits_call *more)
{
    const struct limit_decision *d = &more->decision;
    for (int i = 0; i < more->n && call->n < LIMIT_CHECKS_MAX; i++)
        call->checks[call->n++] = more->checks[i];
    if (!d->allowed || !call->decision.rule || (d->rule && d->remaining < call->decision.remaining))
        call->decision = *d;
}

/* The log-in found somebody else than was remembered, or somebody where nobody was: what goes by
 * them is decided now. A stranger's network may have refused whom its own rules let pass; then all
 * of it is asked again. */
static struct err *
ask_again(struct limits *l, struct work *w, const struct limit_person *who,
          struct limits_call *call)
{
    bool refused = !call->decision.allowed;
    learn_person(l, w, who, call);
    struct limits_call more = *call;
    more.n = 0;
    add_rules(l, &more, refused);
    if (refused) {
        call->n = 0;
        call->decision = (struct limit_decision){ .allowed = true };
    }
    struct err *e = check_alone(l, w, &more, who->vendor.n);
    join(call, &more);
    return e;
}

struct err *
limits_answer(struct limits *l, struct work *w, const struct limit_person *person,
              struct limits_call *call)
{
    struct err *e = end_check(l, w, call);
    bool same = person->user.n == call->person.user.n && person->vendor.n == call->person.vendor.n;
    if (same || !call->who.credential.length)
        return e;
    if (person->user.n)
        return ask_again(l, w, person, call);
    people_forget(l->shared, call->credential_tag);
    return e;
}

struct err *
limits_take(struct limits *l, struct work *w, const char *rule, struct bytes identity, int64_t cost)
{
    struct limits_call call;
    int place = limit_rule_place(rule);
    must(place >= 0);
    call.n = 0;
    call.day_limit = 0;
    if (!l->set->rules[place].enabled)
        return NULL;
    struct limit_check *c = add(l, &call, place, LIMIT_STRANGER);
    c->identity = identity;
    c->cost = cost;
    c->tag = tag_of_check(l, c, w->vendor.n);
    return check_alone(l, w, &call, w->vendor.n);
}

/* ---- For the pages and tasks of this room ---- */

/* The script with a cost of nothing says what remains; without Redis the host's own memory does. */
int
limits_peek(struct limits *l, struct work *w, struct limits_call *call, struct limit_left *out)
{
    int64_t left[LIMIT_CHECKS_MAX];
    call->day_limit = 0;
    call->n = 0;
    add_rules(l, call, true);
    for (int i = 0; i < call->n; i++)
        call->checks[i].cost = 0;
    decide_peek(l, w, call, call->person.vendor.n, left);
    for (int i = 0; i < call->n; i++)
        out[i] = (struct limit_left){ call->checks[i].rule, call->checks[i].form->limit, left[i] };
    return call->n;
}

static struct limits *in_use;

void
limits_use(struct limits *l)
{
    in_use = l;
}

struct limits *
limits_in_use(void)
{
    return in_use;
}
