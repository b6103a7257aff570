#include "subscriptions/operation.h"

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"
#include "db/db.h"

const char *const operation_state_names[OPERATION_STATES] = {
    [OPERATION_ASKED] = "asked",     [OPERATION_ACTION] = "action", [OPERATION_PAID] = "paid",
    [OPERATION_REFUSED] = "refused", [OPERATION_UNDO] = "undo",     [OPERATION_DONE] = "done",
    [OPERATION_FAILED] = "failed",   [OPERATION_UNDONE] = "undone",
};

static enum operation_state
state_read(const char *name)
{
    for (int i = 0; i < OPERATION_STATES; i++)
        if (text_is(operation_state_names[i], name))
            return (enum operation_state)i;
    must(false); /* the table has a CHECK */
    return OPERATION_ASKED;
}

static void
read_row(struct scan *s, struct operation *op)
{
    op->id = scan_i64(s);
    op->of_command = text_is(scan_text(s), "command");
    op->state = state_read(scan_text(s));
    op->command = scan_text(s);
    op->version = scan_i64(s);
    op->document = scan_i64(s);
    op->attempt = scan_i64(s);
    op->at = scan_time(s) / SECOND_US;
    op->amount = scan_i64(s);
    op->currency = scan_text(s);
    op->key = scan_text(s);
    op->on_session = scan_bool(s);
    op->customer = scan_text(s);
    op->method = scan_text(s);
    op->payment = scan_text(s);
    op->url = scan_text(s);
    op->decline = scan_text(s);
    op->tries = scan_i64(s);
    op->created_us = scan_time(s);
    scan_end(s);
}

struct err *
operation_find(struct work *w, int64_t id, bool *found, struct operation *out)
{
    struct scan s;
    TRY(db_maybe(w, Q_operation_live,
                 ARGS(arg_i64(w, w->vendor.n), id ? arg_i64(w, id) : arg_null()), found, &s));
    if (*found)
        read_row(&s, out);
    return NULL;
}

struct err *
operation_of(struct work *w, const struct document *invoice, bool *found, struct operation *out)
{
    struct scan s;
    TRY(db_maybe(
        w, Q_operation_of_document,
        ARGS(arg_i64(w, w->vendor.n), arg_i64(w, invoice->n), arg_i64(w, invoice->attempts)), found,
        &s));
    if (*found)
        read_row(&s, out);
    return NULL;
}

/* Not a failure: what dispatch does next. */
static struct err *
ask_outside(struct work *w, int64_t id)
{
    w->outside = id;
    return FAIL(w->arena, ERR_OUTSIDE, "subscriptions.ask", "The payment is under way.");
}

struct err *
operation_ask(struct work *w, const struct book *book, int64_t at, const char *command,
              int64_t amount)
{
    struct scan s;
    TRY(db_one(w, Q_operation_ask,
               ARGS(arg_i64(w, w->vendor.n), arg_text(command), arg_i64(w, book->version),
                    arg_time(w, at * SECOND_US), arg_i64(w, amount),
                    arg_text(currency_code(book->currency))),
               &s));
    int64_t id = scan_i64(&s);
    scan_end(&s);
    return ask_outside(w, id);
}

static struct err *
pending(struct work *w)
{
    struct err *e =
        FAIL(w->arena, ERR_PAYMENT, "subscriptions.payment_pending", "The payment is under way.");
    e->retry_after_s = 1;
    return e;
}

struct err *
operation_refusal(struct work *w, const struct operation *op)
{
    struct err *e;
    int64_t ours = 0;
    switch (op->state) {
    case OPERATION_ACTION:
        if (!*op->url) /* the provider has yet to say */
            return pending(w);
        e = FAIL(w->arena, ERR_PAYMENT, "subscriptions.action_required",
                 "The bank asks you to confirm this payment.");
        e->url = op->url;
        return e;
    case OPERATION_FAILED:
    case OPERATION_REFUSED:
        e = FAIL(w->arena, ERR_PAYMENT, "subscriptions.payment_failed",
                 "The payment failed. Nothing was changed.");
        e->log = op->decline;
        return e;
    case OPERATION_ASKED:
        if (w->outside == op->id) /* it was asked just now, and the provider did not say */
            return pending(w);
        TRY(db_exec(w, Q_operation_lease, ARGS(arg_i64(w, w->vendor.n), arg_i64(w, op->id)),
                    &ours));
        if (!ours) { /* another request is at it */
            e = FAIL(w->arena, ERR_CONFLICT, "subscriptions.payment_running",
                     "The payment is under way.");
            e->retry_after_s = 1;
            return e;
        }
        return ask_outside(w, op->id);
    default:
        return FAIL(w->arena, ERR_CONFLICT, "subscriptions.quote_stale",
                    "Something changed since this was worked out. Look at it again.");
    }
}

struct err *
operation_end(struct work *w, int64_t id, enum operation_state how, int64_t document)
{
    return db_exec(w, Q_operation_end,
                   ARGS(arg_i64(w, w->vendor.n), arg_i64(w, id),
                        arg_text(operation_state_names[how]),
                        document ? arg_i64(w, document) : arg_null()),
                   NULL);
}

struct err *
operation_refund(struct work *w, int64_t amount, int64_t at, int64_t *by_hand)
{
    struct scan s;
    TRY(db_one(w, Q_operation_refund,
               ARGS(arg_i64(w, w->vendor.n), arg_i64(w, amount), arg_time(w, at * SECOND_US)), &s));
    *by_hand = scan_i64(&s);
    scan_end(&s);
    return NULL;
}
