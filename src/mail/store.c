#include "mail/store.h"

#include "base/random.h"
#include "base/settings.h"
#include "base/text.h"
#include "db/db.h"

/* ---- Claiming ---- */

/* Locks the relay's row, so that all senders together keep the rate. */
static struct err *
lock_relay(struct work *w, struct relay *out)
{
    struct scan s;
    TRY(db_one(w, Q_mail_relay_lock, NO_ARGS, &s));
    struct relay r = { 0 };
    r.now_us = scan_time(&s);
    r.next_us = scan_time(&s);
    r.probe_us = scan_time(&s);
    r.failures = (int)scan_i64(&s);
    scan_end(&s);
    *out = r;
    return NULL;
}

static struct mail
read_mail(struct scan *s)
{
    struct mail m = { 0 };
    m.id = scan_i64(s);
    m.created_us = scan_time(s);
    m.attempt = (int)scan_i64(s);
    m.resent = (int)scan_i64(s);
    m.kind = scan_text(s);
    m.address = scan_text(s);
    m.name = scan_text(s);
    m.language = scan_text(s);
    m.args = scan_text(s);
    m.secret = scan_text(s);
    scan_end(s);
    return m;
}

static struct err *
claim(struct work *w, int most, struct mails *out)
{
    struct rows rows;
    TRY(db_many(w, Q_mail_claim, ARGS(arg_i64(w, most)), &rows));
    struct mails mails = { .at = NEW_ARRAY(w->arena, struct mail, (size_t)rows.count + 1) };
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        mails.at[mails.count++] = read_mail(&s);
    }
    *out = mails;
    return NULL;
}

struct err *
mails_claim(struct work *w, int most, struct mails *out, int64_t *wait_us)
{
    struct relay relay;
    struct mails mails = { 0 };
    int64_t rate = w->settings->mail_rate;
    TRY(db_exec(w, Q_mail_reclaim, NO_ARGS, NULL));
    TRY(lock_relay(w, &relay));
    int n = relay_allows(&relay, rate, most, wait_us);
    if (n)
        TRY(claim(w, n, &mails));
    if (mails.count)
        TRY(db_exec(w, Q_mail_relay_take,
                    ARGS(arg_time(w, relay_next(&relay, rate, (int)mails.count))), NULL));
    *out = mails;
    return NULL;
}

/* ---- What became of it ---- */

static struct err *
end_mail(struct work *w, const struct mail *m, const char *state, const char *outcome,
         const char *answer)
{
    return db_exec(w, Q_mail_end,
                   ARGS(arg_i64(w, m->id), arg_time(w, m->created_us), arg_i64(w, m->attempt),
                        arg_text(state), arg_text(outcome), arg_text(answer)),
                   NULL);
}

struct err *
mail_sent(struct work *w, const struct mail *m, const char *answer)
{
    return end_mail(w, m, "sent", "sent", answer);
}

struct err *
mail_failed(struct work *w, const struct mail *m, const char *outcome, const char *answer)
{
    return end_mail(w, m, "failed", outcome, answer);
}

struct err *
mail_put_off(struct work *w, const struct mail *m, const char *outcome, const char *answer)
{
    int64_t rest_ms = with_jitter_ms(mail_rest_s(m->attempt), random_u64());
    return db_exec(w, Q_mail_put_off,
                   ARGS(arg_i64(w, m->id), arg_time(w, m->created_us), arg_i64(w, m->attempt),
                        arg_i64(w, rest_ms), arg_text(outcome), arg_text(answer)),
                   NULL);
}

struct err *
mails_release(struct work *w, const struct mail *m, size_t n)
{
    const char **ids = NEW_ARRAY(w->arena, const char *, n + 1);
    for (size_t i = 0; i < n; i++)
        ids[i] = text_printf(w->arena, "%lld", (long long)m[i].id);
    return db_exec(w, Q_mail_release, ARGS(arg_texts(w, ids, n)), NULL);
}

/* ---- The server ---- */

struct err *
relay_failed(struct work *w, const char *answer)
{
    struct relay relay;
    TRY(lock_relay(w, &relay));
    int64_t rest_ms = with_jitter_ms(relay_rest_s(relay.failures + 1), random_u64());
    return db_exec(w, Q_mail_relay_failed, ARGS(arg_i64(w, rest_ms), arg_text(answer)), NULL);
}

struct err *
relay_is_back(struct work *w)
{
    return db_exec(w, Q_mail_relay_back, NO_ARGS, NULL);
}

struct err *
mail_next_due(struct work *w, int64_t *at_us)
{
    struct scan s;
    TRY(db_one(w, Q_mail_next_due, NO_ARGS, &s));
    *at_us = scan_time(&s);
    scan_end(&s);
    return NULL;
}

struct err *
mail_suppress(struct work *w, const char *address, const char *reason, bool bounced)
{
    return db_exec(
        w, Q_mail_suppress,
        ARGS(arg_text(text_lower(w->arena, address)), arg_text(reason), arg_bool(bounced)), NULL);
}
