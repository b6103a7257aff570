/* The job that sends. It claims a few of the oldest mails in one short transaction, hands each to
 * the server with no transaction open, and notes at once what became of it: who dies in between
 * repeats one mail, with the same Message-ID. When the server is away nothing is noted against the
 * mails; they go back to their places, and the server is looked for with one mail at a time, at
 * growing intervals. */
#include <poll.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/settings.h"
#include "base/text.h"
#include "db/db.h"
#include "mail/mail.h"
#include "mail/message.h"
#include "mail/render.h"
#include "mail/server.h"
#include "mail/store.h"
#include "mail/tasks.h"

#define BATCH        50
#define BATCH_US     (20 * SECOND_US) /* with one slow mail more still within the lease of 90 s */
#define LOOK_US      (30 * SECOND_US)
#define RUN_US       (5 * SECOND_US) /* then the runner has its turn again */
#define DROPS_MOST   2               /* in a row: it is the server, not the mails */
#define ARENA_MOST   ((size_t)64 << 20)
#define RATE_WAIT_US 100000 /* longer waits end the run */

static const struct views *templates;

void
mail_use(const struct views *views)
{
    templates = views;
}

/* As long as a run of the job. */
struct sender {
    struct smtp *smtp;
    const char *host;
    int64_t began_us;
    int64_t sent, failed, put_off;
    int drops;
    bool away;
};

/* ---- Notes, each in a transaction of its own ---- */

static struct err *
note_refused_address(struct work *w, const struct mail *m, const char *answer)
{
    TRY(mail_failed(w, m, "address", answer));
    return mail_suppress(w, m->address, answer, true);
}

/* In the open transaction. */
static struct err *
note(struct sender *s, struct work *w, const struct mail *m, const struct smtp_reply *reply)
{
    const char *answer = reply->code >= 400 || reply->end == SMTP_SENT
                             ? text_printf(w->arena, "%d %s", reply->code, reply->answer)
                             : reply->answer;
    s->drops = reply->end == SMTP_DROPPED ? s->drops + 1 : 0;
    s->sent += reply->end == SMTP_SENT;
    s->put_off += reply->end == SMTP_LATER || reply->end == SMTP_DROPPED;
    s->failed += reply->end == SMTP_REFUSED || reply->end == SMTP_REFUSED_ADDRESS;
    if (reply->end != SMTP_AWAY && reply->end != SMTP_DROPPED)
        TRY(relay_is_back(w));
    switch (reply->end) {
    case SMTP_SENT:
        return mail_sent(w, m, answer);
    case SMTP_REFUSED:
        return mail_failed(w, m, "refused", answer);
    case SMTP_REFUSED_ADDRESS:
        return note_refused_address(w, m, answer);
    case SMTP_LATER:
        return mail_put_off(w, m, "later", answer);
    case SMTP_DROPPED:
        s->away = s->drops >= DROPS_MOST;
        TRY(mail_put_off(w, m, "dropped", answer));
        return s->away ? relay_failed(w, answer) : NULL;
    case SMTP_AWAY:
        s->away = true;
        TRY(mails_release(w, m, 1));
        return relay_failed(w, answer);
    }
    must(false); /* an end that is none */
    return NULL;
}

/* A mail that cannot be made is no reason for others to wait. */
static struct err *
note_unmade(struct sender *s, struct work *w, const struct mail *m, const struct err *why)
{
    log_error("mail.unmade", "mail", text_printf(w->arena, "%lld", (long long)m->id), "kind",
              m->kind, "code", why->code, "why", why->log, NULL);
    s->failed++;
    tx_open(w, TX_OPERATOR_WRITE);
    return tx_end(w, mail_failed(w, m, "unmade", why->code));
}

/* ---- Sending ---- */

static struct bytes
compose(const struct sender *s, struct work *w, const struct mail *m, const struct rendered *r)
{
    return message_write(w->arena, &(struct message){ .id = m->id,
                                                      .created_us = m->created_us,
                                                      .resent = m->resent,
                                                      .host = s->host,
                                                      .from = w->settings->mail_from,
                                                      .from_name = w->settings->mail_name,
                                                      .to = m->address,
                                                      .to_name = m->name,
                                                      .language = m->language,
                                                      .subject = r->subject,
                                                      .text = r->text,
                                                      .html = r->html });
}

static struct err *
send_one(struct sender *s, struct work *w, const struct mail *m)
{
    struct rendered r;
    struct smtp_reply reply;
    struct err *unmade = mail_render(w, templates, m, true, &r);
    if (unmade)
        return note_unmade(s, w, m, unmade);
    smtp_send(s->smtp, w->settings->mail_from, m->address, compose(s, w, m, &r), &reply);
    tx_open(w, TX_OPERATOR_WRITE);
    return tx_end(w, note(s, w, m, &reply));
}

static struct err *
send_all(struct sender *s, struct work *w, const struct mails *mails)
{
    int64_t began_us = clock_mono_us();
    size_t i = 0;
    while (i < mails->count && !s->away && clock_mono_us() - began_us < BATCH_US)
        TRY(send_one(s, w, &mails->at[i++]));
    if (i == mails->count)
        return NULL;
    tx_open(w, TX_OPERATOR_WRITE);
    return tx_end(w, mails_release(w, mails->at + i, mails->count - i));
}

/* One batch with an arena of its own; *more is false when nothing is left to do now. */
static struct err *
turn(void *arg, struct work *w, bool *more)
{
    struct sender *s = arg;
    struct mails mails;
    int64_t wait_us;
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(tx_end(w, mails_claim(w, BATCH, &mails, &wait_us)));
    if (mails.count)
        TRY(send_all(s, w, &mails));
    else if (wait_us && wait_us <= RATE_WAIT_US)
        poll(NULL, 0, (int)(wait_us / 1000) + 1);
    *more = !s->away && (mails.count || (wait_us && wait_us <= RATE_WAIT_US)) &&
            clock_mono_us() - s->began_us < RUN_US;
    return NULL;
}

/* ---- The job ---- */

static struct err *
finish(struct work *w, const struct job *j, const struct sender *s)
{
    tx_open(w, TX_OPERATOR_WRITE);
    return tx_end(w, job_finish(w, j,
                                text_printf(w->arena,
                                            "{\"sent\": %lld, \"failed\": %lld, \"put_off\": %lld, "
                                            "\"away\": %s}",
                                            (long long)s->sent, (long long)s->failed,
                                            (long long)s->put_off, s->away ? "true" : "false")));
}

/* Now that this job is over: a mail that was added meanwhile found it there and added none, so
 * there is another one at once. For what is due later there is one under a key of its own, which
 * keeps none of the former from starting; it looks twice a minute for as long as something waits.
 */
static struct err *
wake_next(struct work *w)
{
    int64_t due_us, now_us = clock_now_us();
    TRY(mail_next_due(w, &due_us));
    if (!due_us)
        return NULL;
    if (due_us <= now_us)
        return mail_wake(w);
    struct job_draft later = { .kind = MAIL_SEND, .key = "later", .run_at_us = now_us + LOOK_US };
    later.run_at_us = due_us < later.run_at_us ? due_us : later.run_at_us;
    return queue_add_with(w, &later, NULL);
}

static struct err *
send_waiting(struct work *w, const struct job *j)
{
    struct sender s = { .host = mail_host(w->arena, w->settings), .began_us = clock_mono_us() };
    if (!mail_has_server(w->settings))
        return finish(w, j, &s);
    struct smtp_server server;
    TRY(mail_server(w, &server));
    s.smtp = smtp_open(w->arena, &server);
    must(templates);
    TRY(work_rounds(w, ARENA_MOST, turn, &s));
    TRY(finish(w, j, &s));
    tx_open(w, TX_OPERATOR_WRITE);
    return tx_end(w, wake_next(w));
}

static struct err *
prune(struct work *w, const struct job *j)
{
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(db_exec(w, Q_mail_prune, NO_ARGS, NULL));
    TRY(job_finish(w, j, "{}"));
    return tx_commit(w);
}

/* clang-format off */
const struct job_kind mail_jobs[] = {
    /* name         when            tries  run           queue */
    { MAIL_SEND,    EVERY(60),      0,     send_waiting, MAIL_QUEUE },
    { "mail_prune", DAILY_AT(3, 5), 0,     prune,        MAIL_QUEUE },
};
/* clang-format on */
const size_t mail_job_count = COUNT(mail_jobs);
