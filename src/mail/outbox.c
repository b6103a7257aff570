#include "mail/outbox.h"

#include "audit/audit.h"
#include "base/text.h"
#include "db/db.h"
#include "mail/kinds.h"
#include "mail/mail.h"

/* In the order in which they are offered. */
const char *const mail_states[MAIL_STATES] = { "waiting", "sending",    "sent",
                                               "failed",  "suppressed", "discarded" };

/* ---- Looking ---- */

static void
scan_line(struct scan *s, struct mail_line *m)
{
    m->id = scan_i64(s);
    m->created_us = scan_time(s);
    m->state = scan_text(s);
    m->kind = scan_text(s);
    m->address = scan_text(s);
    m->name = scan_text(s);
    m->language = scan_text(s);
    m->attempt = scan_i64(s);
    m->due_us = scan_time(s);
    m->ended_us = scan_time(s);
    m->vendor = scan_text(s);
    m->args = scan_text(s);
    m->has_secret = scan_bool(s);
    m->answer = scan_text(s);
    scan_end(s);
}

/* Each kind of list has a statement of its own, for the index that it goes by. */
static struct err *
ask_list(struct work *w, const struct mail_filter *f, struct rows *out)
{
    struct arg behind = arg_i64(w, f->behind), limit = arg_i64(w, f->limit);
    if (f->to)
        return db_many(
            w, Q_mail_lines_to,
            ARGS(arg_text(text_lower(w->arena, f->to)), arg_text(f->state), behind, limit), out);
    if (f->state)
        return db_many(w, Q_mail_lines_in, ARGS(arg_text(f->state), behind, limit), out);
    return db_many(w, Q_mail_lines, ARGS(behind, limit), out);
}

struct err *
outbox_list(struct work *w, const struct mail_filter *f, struct mail_line **out, size_t *n)
{
    struct rows rows;
    TRY(ask_list(w, f, &rows));
    struct mail_line *all = NEW_ARRAY(w->arena, struct mail_line, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        scan_line(&s, &all[i]);
    }
    *out = all;
    *n = (size_t)rows.count;
    return NULL;
}

struct err *
outbox_one(struct work *w, int64_t id, struct mail_line *out)
{
    struct scan s;
    bool found;
    TRY(db_maybe(w, Q_mail_line_one, ARGS(arg_i64(w, id)), &found, &s));
    if (!found)
        return FAIL(w->arena, ERR_NOT_FOUND, "mail.unknown", "There is no such mail.");
    scan_line(&s, out);
    return NULL;
}

struct err *
outbox_answers(struct work *w, int64_t id, struct mail_answer **out, size_t *n)
{
    struct rows rows;
    TRY(db_many(w, Q_mail_answers, ARGS(arg_i64(w, id)), &rows));
    struct mail_answer *all = NEW_ARRAY(w->arena, struct mail_answer, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        all[i].at_us = scan_time(&s);
        all[i].outcome = scan_text(&s);
        all[i].answer = scan_text(&s);
        scan_end(&s);
    }
    *out = all;
    *n = (size_t)rows.count;
    return NULL;
}

struct err *
outbox_counts(struct work *w, int64_t counts[MAIL_STATES])
{
    struct rows rows;
    TRY(db_many(w, Q_mail_counts,
                ARGS(arg_texts(w, mail_states, MAIL_STATES), arg_i64(w, MAIL_COUNT_MOST + 1)),
                &rows));
    must(rows.count == MAIL_STATES);
    for (int i = 0; i < MAIL_STATES; i++) {
        struct scan s = rows_at(&rows, i);
        counts[i] = scan_i64(&s);
        scan_end(&s);
    }
    return NULL;
}

struct err *
outbox_relay(struct work *w, struct relay_state *out)
{
    struct scan s;
    TRY(db_one(w, Q_mail_relay_state, NO_ARGS, &s));
    out->down_us = scan_time(&s);
    out->probe_us = scan_time(&s);
    out->answer = scan_text(&s);
    scan_end(&s);
    return NULL;
}

/* ---- Acts ---- */

static struct err *
note(struct work *w, const char *what, const char *object, const char *reason)
{
    return audit_note(w, &(struct audit_act){ .what = what, .object = object, .reason = reason });
}

struct err *
outbox_resend(struct work *w, int64_t id)
{
    struct mail_line m;
    int64_t changed;
    TRY(outbox_one(w, id, &m));
    const struct mail_kind *kind = mail_kind_find(m.kind);
    if (text_is(m.state, "waiting") || text_is(m.state, "sending"))
        return FAIL(w->arena, ERR_CONFLICT, "mail.on_its_way", "This mail is on its way already.");
    if (kind && kind->secret && !m.has_secret)
        return FAIL(w->arena, ERR_CONFLICT, "mail.link_gone",
                    "Its link is not kept once it has left. Have a new one asked for.");
    TRY(db_exec(w, Q_mail_resend, ARGS(arg_i64(w, id)), &changed));
    if (!changed)
        return FAIL(w->arena, ERR_CONFLICT, "mail.suppressed",
                    "Nothing is sent to this address. Take it from the list first.");
    TRY(note(w, "mail.resent", audit_object(w, "mail", id), NULL));
    return mail_wake(w);
}

struct err *
outbox_discard(struct work *w, int64_t id)
{
    struct mail_line m;
    int64_t changed;
    TRY(outbox_one(w, id, &m));
    TRY(db_exec(w, Q_mail_discard, ARGS(arg_i64(w, id)), &changed));
    if (!changed)
        return FAIL(w->arena, ERR_CONFLICT, "mail.not_waiting", "This mail does not wait.");
    return note(w, "mail.discarded", audit_object(w, "mail", id), NULL);
}

/* ---- Addresses that get nothing ---- */

struct err *
suppression_list(struct work *w, const char *to, const char *behind, int64_t limit,
                 struct suppression **out, size_t *n)
{
    struct rows rows;
    TRY(db_many(w, Q_mail_suppressed,
                ARGS(arg_text(text_lower(w->arena, to)), arg_text(behind), arg_i64(w, limit)),
                &rows));
    struct suppression *all = NEW_ARRAY(w->arena, struct suppression, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        all[i].address = scan_text(&s);
        all[i].reason = scan_text(&s);
        all[i].bounced = scan_bool(&s);
        all[i].created_us = scan_time(&s);
        scan_end(&s);
    }
    *out = all;
    *n = (size_t)rows.count;
    return NULL;
}

static const char *
suppression_object(struct work *w, const char *address)
{
    return text_printf(w->arena, "address:%s", text_lower(w->arena, address));
}

struct err *
suppression_add(struct work *w, const char *address, const char *reason)
{
    if (!mail_address_is_one(address))
        return FAIL_FIELD(w->arena, ERR_INVALID, "mail.address", "address",
                          "This is no e-mail address.");
    TRY(mail_suppress(w, address, reason, false));
    return note(w, "mail.suppressed", suppression_object(w, address), reason);
}

struct err *
suppression_remove(struct work *w, const char *address)
{
    int64_t removed;
    TRY(db_exec(w, Q_mail_unsuppress, ARGS(arg_text(text_lower(w->arena, address))), &removed));
    if (!removed)
        return FAIL(w->arena, ERR_NOT_FOUND, "mail.not_suppressed",
                    "This address is not on the list.");
    return note(w, "mail.unsuppressed", suppression_object(w, address), NULL);
}
