/* The job that sends. It claims a few of the oldest events of each endpoint in one short
 * transaction, sends all at once with no transaction open, and notes each as it ends; while a slow
 * endpoint keeps its few waiting, others go on being claimed and sent. Who dies in between repeats
 * what was in hand, under the same ids.
 *
 * Of one object an endpoint is told one event at a time, in order. An endpoint that fails several
 * times in a row is asked by one event only, at growing intervals; after days of that it is
 * switched off and the shop's owners are told. */
#include <string.h>

#include "audit/audit.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/settings.h"
#include "base/text.h"
#include "db/db.h"
#include "hooks/delivery.h"
#include "hooks/hooks.h"
#include "hooks/pace.h"
#include "hooks/secret.h"
#include "hooks/tasks.h"
#include "http/json.h"
#include "http/signature.h"
#include "net/fetch.h"
#include "vendors/vendors.h"

#define AT_ONCE      FETCH_AT_ONCE_MOST
#define OF_ONE       4  /* endpoint at once */
#define ANSWER_S     10 /* an endpoint has for its answer: less than the lease of a minute */
#define RUN_US       (10 * SECOND_US)
#define LOOK_MS      200 /* between claims while some are on their way */
#define LATER_US     (30 * SECOND_US)
#define FLIGHT_ARENA ((size_t)4 << 20)
#define ROUND_ARENA  ((size_t)64 << 20)
#define HEADERS      3

/* One delivery on its way. */
struct flight {
    struct arena *arena; /* NULL until it was first needed */
    bool used;
    int64_t vendor, endpoint, id, created_us;
    int attempt;
    const char *headers[HEADERS];
    struct fetch fetch;
};

/* As long as a run of the job. */
struct sender {
    struct fetcher *fetcher;
    struct flight flights[AT_ONCE];
    int64_t until_us;
    int64_t sent, put_off, failed;
};

/* ---- Claiming ---- */

static struct flight *
free_flight(struct sender *s)
{
    for (size_t i = 0; i < AT_ONCE; i++)
        if (!s->flights[i].used) {
            struct flight *f = &s->flights[i];
            if (!f->arena)
                f->arena = arena_new(FLIGHT_ARENA);
            return f;
        }
    must(false); /* more were claimed than there are places */
    return NULL;
}

/* Signed when it leaves: `t` is of now. */
static void
start(struct sender *s, struct flight *f, const struct delivery *d, const char *address,
      const char *secret, const char *old_secret)
{
    struct arena *a = f->arena;
    const char *secrets[] = { secret, old_secret };
    char *body = delivery_body(a, d);
    struct bytes bytes = BYTES(body, strlen(body));
    f->headers[0] = text_join(
        a, "Souk-Signature: ",
        signature_make(a, bytes, secrets, COUNT(secrets), clock_now_us() / SECOND_US), NULL);
    f->headers[1] = text_join(a, "Souk-Event: ", d->event, NULL);
    f->headers[2] = text_join(a, "Souk-Event-Id: ", d->event_id, NULL);
    f->fetch = (struct fetch){ .url = text_copy(a, address),
                               .of = f,
                               .body = bytes,
                               .type = "application/json",
                               .headers = f->headers,
                               .header_count = HEADERS,
                               .total_s = ANSWER_S };
    f->used = true;
    fetch_begin(s->fetcher, &f->fetch);
}

static void
start_row(struct sender *s, struct work *w, struct scan *row)
{
    struct flight *f = free_flight(s);
    struct delivery d = { 0 };
    f->vendor = scan_i64(row);
    f->id = scan_i64(row);
    f->created_us = scan_time(row);
    f->endpoint = scan_i64(row);
    d.event_id = scan_text(row);
    d.event = scan_text(row);
    d.sequence = scan_i64(row);
    d.happened_us = scan_time(row);
    f->attempt = (int)scan_i64(row);
    d.data = scan_text(row);
    const char *address = scan_text(row);
    struct bytes salt = scan_bytes(w, row);
    bool no_old = scan_null(row);
    struct bytes old_salt = scan_bytes(w, row);
    scan_end(row);
    start(s, f, &d, address, hook_secret(w->arena, salt),
          no_old ? "" : hook_secret(w->arena, old_salt));
}

static struct err *
claim(struct sender *s, struct work *w, size_t *n)
{
    struct rows rows, lock;
    tx_open(w, TX_OPERATOR_WRITE);
    struct err *e = db_many(w, Q_hooks_claim_lock, NO_ARGS, &lock);
    if (!e)
        e = db_many(w, Q_hooks_claim,
                    ARGS(arg_i64(w, (int64_t)(AT_ONCE - fetcher_busy(s->fetcher))),
                         arg_i64(w, OF_ONE), arg_i64(w, HOOK_FAILS_MOST)),
                    &rows);
    TRY(tx_end(w, e));
    for (int i = 0; i < rows.count; i++) {
        struct scan row = rows_at(&rows, i);
        start_row(s, w, &row);
    }
    *n = (size_t)rows.count;
    return NULL;
}

/* ---- What became of it, in an open transaction ---- */

static struct arg
arg_answer(struct work *w, const struct fetch *x)
{
    return arg_text(*x->answer || !x->code ? x->answer : text_copy(w->arena, x->why));
}

static struct err *
note_taken(struct work *w, const struct flight *f)
{
    const struct fetch *x = &f->fetch;
    TRY(db_exec(w, Q_hooks_took,
                ARGS(arg_i64(w, f->vendor), arg_i64(w, f->id), arg_time(w, f->created_us),
                     arg_i64(w, f->attempt), arg_i64(w, x->status), arg_i64(w, x->took_ms),
                     arg_answer(w, x)),
                NULL));
    return db_exec(w, Q_hooks_endpoint_took, ARGS(arg_i64(w, f->vendor), arg_i64(w, f->endpoint)),
                   NULL);
}

/* Switches it off; its owners learn it, once. */
static struct err *
stop(struct work *w, const struct flight *f, const char *why)
{
    struct scan s;
    bool found;
    struct json j = json_begin(w->arena);
    TRY(db_maybe(w, Q_hooks_endpoint_stop,
                 ARGS(arg_i64(w, f->vendor), arg_i64(w, f->endpoint), arg_text(why)), &found, &s));
    if (!found)
        return NULL;
    json_put_object(&j, NULL);
    json_put_text(&j, "shop", scan_text(&s));
    json_put_text(&j, "address", scan_text(&s));
    json_put_time(&j, "since_at", scan_time(&s));
    json_put_text(&j, "why_word", text_printf(w->arena, "hooks.why.%s", why));
    json_put_end(&j);
    scan_end(&s);
    struct vendor_id vendor = { f->vendor };
    TRY(db_exec(w, Q_hooks_stop_waiting, ARGS(arg_i64(w, f->vendor), arg_i64(w, f->endpoint)),
                NULL));
    TRY(vendors_tell_owners(w, vendor, "webhook_stopped", j.out.at));
    return audit_note_of(
        w, vendor,
        &(struct audit_act){ .what = "webhook.stopped",
                             .object = audit_object(w, "webhook", f->endpoint),
                             .after = text_printf(w->arena, "{\"why\": \"%s\"}", why) });
}

static struct err *
note_failing(struct work *w, const struct flight *f)
{
    struct scan s;
    bool found;
    TRY(db_maybe(w, Q_hooks_endpoint_failed,
                 ARGS(arg_i64(w, f->vendor), arg_i64(w, f->endpoint), arg_i64(w, HOOK_GIVE_UP_S)),
                 &found, &s));
    if (!found)
        return NULL;
    int failures = (int)scan_i64(&s);
    bool given_up = scan_bool(&s);
    scan_end(&s);
    if (given_up)
        return stop(w, f, "failing");
    int64_t rest_s = endpoint_rest_s(failures);
    if (!rest_s)
        return NULL;
    return db_exec(w, Q_hooks_endpoint_rest,
                   ARGS(arg_i64(w, f->vendor), arg_i64(w, f->endpoint),
                        arg_i64(w, hook_jitter_ms(rest_s, random_u64()))),
                   NULL);
}

/* By our table, or later when the endpoint asks for that. */
static struct arg
arg_wait(struct work *w, const struct flight *f)
{
    int64_t rest_s = hook_rest_s(f->attempt);
    if (rest_s < 0)
        return arg_null();
    int64_t asked_s = f->fetch.retry_after_s < 3600 ? f->fetch.retry_after_s : 3600;
    return arg_i64(w, hook_jitter_ms(rest_s > asked_s ? rest_s : asked_s, random_u64()));
}

static struct err *
note_put_off(struct work *w, const struct flight *f)
{
    const struct fetch *x = &f->fetch;
    TRY(db_exec(w, Q_hooks_put_off,
                ARGS(arg_i64(w, f->vendor), arg_i64(w, f->id), arg_time(w, f->created_us),
                     arg_i64(w, f->attempt), arg_i64(w, x->status), arg_i64(w, x->took_ms),
                     arg_answer(w, x), arg_text(x->code), arg_wait(w, f)),
                NULL));
    return NULL;
}

static struct err *
note(struct sender *s, struct work *w, const struct flight *f)
{
    enum hook_end end = hook_judge(f->fetch.status, !f->fetch.code);
    if (end == HOOK_TAKEN) {
        s->sent++;
        return note_taken(w, f);
    }
    if (hook_rest_s(f->attempt) < 0)
        s->failed++;
    else
        s->put_off++;
    TRY(end == HOOK_GONE ? stop(w, f, "gone") : note_failing(w, f));
    return note_put_off(w, f);
}

/* All that have ended by now, in one transaction. */
static struct err *
note_ended(struct sender *s, struct work *w, struct fetch *first)
{
    struct err *e = NULL;
    tx_open(w, TX_OPERATOR_WRITE);
    for (struct fetch *x = first; x && !e; x = e ? NULL : fetch_next(s->fetcher, 0)) {
        struct flight *f = x->of;
        e = note(s, w, f);
        f->used = false;
        arena_reset(f->arena);
    }
    return tx_end(w, e);
}

/* ---- The job ---- */

/* One look: claims while there is time, then waits a little for what is on its way. */
static struct err *
turn(void *arg, struct work *w, bool *more)
{
    struct sender *s = arg;
    size_t claimed = 0;
    bool in_time = clock_mono_us() < s->until_us;
    if (in_time && fetcher_busy(s->fetcher) < AT_ONCE)
        TRY(claim(s, w, &claimed));
    struct fetch *x = fetch_next(s->fetcher, LOOK_MS);
    if (x)
        TRY(note_ended(s, w, x));
    *more = fetcher_busy(s->fetcher) > 0 || claimed > 0 || x;
    return NULL;
}

static struct err *
reclaim(struct work *w)
{
    tx_open(w, TX_OPERATOR_WRITE);
    return tx_end(w, db_exec(w, Q_hooks_reclaim, NO_ARGS, NULL));
}

static struct err *
finish(struct work *w, const struct job *jobs, size_t n, const struct sender *s)
{
    if (n > 1)
        return jobs_finish(w, jobs, n);
    return job_finish(w, jobs,
                      text_printf(w->arena, "{\"sent\": %lld, \"put_off\": %lld, \"failed\": %lld}",
                                  (long long)s->sent, (long long)s->put_off, (long long)s->failed));
}

/* Now that this run is over: what was written meanwhile found its job there and added none. */
static struct err *
wake_next(struct work *w)
{
    struct scan s;
    TRY(db_one(w, Q_hooks_next_due, NO_ARGS, &s));
    int64_t due_us = scan_time(&s), now_us = clock_now_us();
    scan_end(&s);
    if (!due_us)
        return NULL;
    struct job_draft next = { .kind = HOOKS_SEND, .key = due_us <= now_us ? "now" : "later" };
    if (due_us > now_us)
        next.run_at_us = due_us < now_us + LATER_US ? due_us : now_us + LATER_US;
    return queue_add_with(w, &next, NULL);
}

static void
end_flights(void *arg)
{
    struct sender *s = arg;
    for (size_t i = 0; i < AT_ONCE; i++)
        if (s->flights[i].arena)
            arena_free(s->flights[i].arena);
}

static struct err *
send_waiting(struct work *w, const struct job *jobs, size_t n)
{
    struct sender *s = NEW(w->arena, struct sender);
    w->vendor.n = 0;
    s->until_us = clock_mono_us() + RUN_US;
    arena_defer(w->arena, end_flights, s);
    TRY(fetcher_open(w->arena, w->settings, w->settings->fetch_allow, &s->fetcher));
    TRY(reclaim(w));
    TRY(work_rounds(w, ROUND_ARENA, turn, s));
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(tx_end(w, finish(w, jobs, n, s)));
    tx_open(w, TX_OPERATOR_WRITE);
    return tx_end(w, wake_next(w));
}

/* clang-format off */
const struct job_kind hooks_jobs[] = {
    /* name       when       tries */
    { HOOKS_SEND, EVERY(15), 0,    .queue = HOOKS_QUEUE, .limit_s = 120, .batch = 100, .run_many = send_waiting },
};
/* clang-format on */
const size_t hooks_job_count = COUNT(hooks_jobs);
