#include "collect/caller.h"

#include <jansson.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/settings.h"
#include "base/text.h"
#include "collect/inside.h"
#include "net/fetch.h"

#define ANSWER    (256 << 10)      /* of one object */
#define LIST      (4 << 20)        /* of a hundred */
#define PACE_US   (SECOND_US / 20) /* between two calls: a fifth of what the provider allows */
#define WAIT_US   (SECOND_US / 2)  /* before the second try … */
#define WAIT_MOST (8 * SECOND_US)  /* … doubled each time up to this */
#define HEADERS   4

struct asking {
    struct call *call;
    struct fetch fetch;
    const char *headers[HEADERS];
    struct fetch_header wanted[3];
    int tries;
    int64_t not_before; /* monotonic */
    bool asked, ended;
};

enum wanted_header { SHOULD_RETRY, REQUEST_ID, DATE };

static void
prepare(struct work *w, struct call *call, int each_s, struct asking *x)
{
    const struct provider *p = collect_provider();
    bool list = !call->what.form && strchr(call->what.path, '?');
    *x = (struct asking){ .call = call };
    x->headers[0] = text_join(w->arena, "Authorization: Bearer ", collect_key(), NULL);
    x->headers[1] = text_join(w->arena, p->version_header, ": ", p->version, NULL);
    x->headers[2] =
        call->what.key ? text_join(w->arena, "Idempotency-Key: ", call->what.key, NULL) : NULL;
    x->wanted[SHOULD_RETRY].name = "Stripe-Should-Retry";
    x->wanted[REQUEST_ID].name = "Request-Id";
    x->wanted[DATE].name = "Date";
    x->fetch = (struct fetch){ .url = text_join(w->arena, collect_url(), call->what.path, NULL),
                               .of = x,
                               .total_s = each_s,
                               .headers = x->headers,
                               .header_count = call->what.key ? 3 : 2,
                               .room_size = list ? LIST : ANSWER,
                               .wanted = x->wanted,
                               .wanted_count = COUNT(x->wanted) };
    x->fetch.room = arena_alloc_raw(w->arena, x->fetch.room_size);
    if (call->what.form) {
        x->fetch.body = BYTES(call->what.form, strlen(call->what.form));
        x->fetch.type = "application/x-www-form-urlencoded";
    }
}

/* Answers are JSON, whatever the status: one that is cut short says nothing. */
static bool
is_whole(const struct fetch *f)
{
    json_t *root = json_loadb(f->room, f->room_used, 0, NULL);
    bool whole = root != NULL && (!f->code || text_is(f->code, "fetch.status"));
    json_decref(root);
    return whole;
}

/* As the provider says, else as its own library does; too many calls at once pass too. */
static bool
may_again(const struct asking *x)
{
    const char *said = x->wanted[SHOULD_RETRY].value;
    int status = x->fetch.status;
    if (text_is(said, "false") || text_is(said, "true"))
        return text_is(said, "true");
    return !x->call->reply.status || status == 409 || status == 424 || status == 429 ||
           status >= 500;
}

static void
take_answer(struct asking *x)
{
    struct fetch *f = &x->fetch;
    struct tm at;
    x->call->reply = (struct pay_reply){ .status = is_whole(f) ? f->status : 0,
                                         .body = BYTES(f->room, f->room_used),
                                         .should_retry = x->wanted[SHOULD_RETRY].value };
    if (strptime(x->wanted[DATE].value, "%a, %d %b %Y %H:%M:%S GMT", &at))
        x->call->answered_at = timegm(&at);
}

static void
end_try(struct work *w, struct asking *x, int tries)
{
    log_info("collect.call", "id", w->id, "path", x->call->what.path, "status",
             text_i64(w->arena, x->fetch.status), "code", x->fetch.code, "took_ms",
             text_i64(w->arena, x->fetch.took_ms), "request", x->wanted[REQUEST_ID].value, NULL);
    take_answer(x);
    x->asked = false;
    x->ended = ++x->tries >= tries || !may_again(x);
    int64_t wait = WAIT_US << (x->tries - 1);
    wait = wait < WAIT_MOST ? wait : WAIT_MOST;
    wait = wait / 2 + (int64_t)(random_u64() % (uint64_t)(wait / 2));
    wait = wait > WAIT_US ? wait : WAIT_US;
    if (x->fetch.retry_after_s * SECOND_US > wait)
        wait = x->fetch.retry_after_s * SECOND_US;
    x->not_before = clock_mono_us() + wait;
    if (wait > WAIT_MOST) /* longer than anybody waits here */
        x->ended = true;
}

/* Starts what may be started; when the next one may, or 0: nothing waits. */
static int64_t
start(struct fetcher *f, struct asking *all, size_t n, int64_t *last)
{
    int64_t next = 0, now = clock_mono_us();
    for (size_t i = 0; i < n; i++) {
        struct asking *x = &all[i];
        if (x->ended || x->asked)
            continue;
        int64_t at = x->not_before > *last + PACE_US ? x->not_before : *last + PACE_US;
        if (at <= now) {
            *last = now;
            x->asked = true;
            for (size_t k = 0; k < COUNT(x->wanted); k++)
                x->wanted[k].value[0] = 0;
            fetch_begin(f, &x->fetch);
        } else if (!next || at < next) {
            next = at;
        }
    }
    return next;
}

static void
wait_until(int64_t at)
{
    int64_t left = at - clock_mono_us();
    struct timespec t = { .tv_sec = left / SECOND_US, .tv_nsec = left % SECOND_US * 1000 };
    if (left > 0)
        nanosleep(&t, NULL);
}

struct err *
caller_ask(struct work *w, struct call *calls, size_t n, struct patience patience)
{
    static int64_t last; /* of this process's calls */
    struct fetcher *f;
    struct asking *all = NEW_ARRAY(w->arena, struct asking, n + 1);
    must(n <= CALLS_MOST);
    TRY(collect_fetcher(w, &f));
    for (size_t i = 0; i < n; i++)
        prepare(w, &calls[i], patience.each_s, &all[i]);
    for (;;) {
        int64_t next = start(f, all, n, &last);
        if (!fetcher_busy(f) && !next)
            return NULL;
        if (!fetcher_busy(f)) {
            wait_until(next);
            continue;
        }
        int64_t left = next ? (next - clock_mono_us()) / 1000 + 1 : 1000;
        struct fetch *done = fetch_next(f, left > 0 ? (int)left : 0);
        if (done)
            end_try(w, done->of, patience.tries);
    }
}

struct err *
caller_one(struct work *w, struct pay_call what, struct pay_reply *out)
{
    struct call call = { .what = what };
    TRY(caller_ask(w, &call, 1, OF_A_PERSON));
    *out = call.reply;
    return NULL;
}

struct err *
caller_failed(struct work *w, const char *path, const struct pay_refusal *why)
{
    if (why->verdict == PAY_FINE)
        return NULL;
    log_error("collect.failed", "id", w->id, "path", path, "verdict",
              pay_verdict_names[why->verdict], "code", why->code, "say", why->say, NULL);
    if (why->verdict == PAY_LATER || why->verdict == PAY_REFUSED) {
        struct err *e = FAIL(w->arena, ERR_BUSY, "collect.away",
                             "The payment provider cannot be reached. Try again in a minute.");
        e->retry_after_s = 60;
        return e;
    }
    return BROKEN(w->arena, why->verdict == PAY_LOCKED ? "collect.locked" : "collect.wrong",
                  why->say);
}
