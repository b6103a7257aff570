/* An operation from the question to its end. Each step is committed before the next begins, and
 * each may be done by whoever finds the operation there: the request that began it, the job, an
 * event, the nightly look at the provider's list. */
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/must.h"
#include "base/text.h"
#include "collect/inside.h"
#include "db/db.h"
#include "pay/amount.h"
#include "subscriptions/tell.h"

#define KEY_LASTS_US (23 * 3600 * SECOND_US) /* the provider keeps it for a day at least */
#define ROUND_ARENA  ((size_t)128 << 20)

/* ---- What the provider says of one ---- */

struct told {
    const char *state; /* of billing_operation; NULL: nothing, ask again after `later_s` */
    const char *payment, *url, *decline;
    int64_t later_s;
};

static const int64_t later_s[] = { 60, 300, 1800, 7200, 21600, 43200 };

static struct told
not_told(const struct operation *op)
{
    size_t last = COUNT(later_s) - 1;
    return (struct told){ .later_s = later_s[(size_t)op->tries < last ? (size_t)op->tries : last] };
}

/* Just what was asked for? Anything else is for people to look at. */
static bool
is_of(const struct operation *op, const struct pay_intent *intent)
{
    return intent->amount == amount_for_provider(op->amount, op->currency) &&
           text_is(intent->currency, op->currency);
}

static struct told
told_by(struct work *w, const struct operation *op, const struct pay_intent *intent)
{
    struct told t = { .payment = intent->id };
    if (!is_of(op, intent)) {
        log_error("collect.amount", "operation", text_i64(w->arena, op->id), "payment", intent->id,
                  NULL);
        return not_told(op);
    }
    switch (intent->state) {
    case PAY_PAID:
        t.state = "paid";
        return t;
    case PAY_FAILED:
        t.state = "refused";
        t.decline = intent->decline ? intent->decline : "cancelled";
        return t;
    case PAY_CONFIRM:
        t.state = op->on_session ? "action" : "refused";
        t.url = op->on_session ? intent->url : NULL;
        t.decline = op->on_session ? NULL : "authentication_required";
        return t;
    default:
        t.state = "action"; /* without an address: an event will tell */
        return t;
    }
}

/* Its payment among those that the provider has: *found false when there surely is none. */
static struct err *
look_for(struct work *w, const struct operation *op, bool *found, struct told *out)
{
    const struct provider *p = collect_provider();
    const char *after = NULL;
    struct pay_list list;
    *found = false;
    do {
        struct pay_reply reply;
        struct pay_call call =
            p->intents(w->arena, op->customer, op->created_us / SECOND_US - 300, after);
        TRY(caller_one(w, call, &reply));
        struct pay_refusal why = p->read_intents(w->arena, &reply, &list);
        TRY(caller_failed(w, call.path, &why));
        for (size_t i = 0; i < list.count; i++) {
            after = list.intents[i].id;
            if (list.intents[i].operation != op->id)
                continue;
            *out = told_by(w, op, &list.intents[i]);
            *found = true;
            return NULL;
        }
    } while (list.more && list.count);
    return NULL;
}

/* There is no use in the key any more: what it did shows in the list. */
static struct told
by_the_list(struct work *w, const struct operation *op)
{
    struct told t = { .state = "refused", .decline = "provider_error" };
    bool found;
    return look_for(w, op, &found, &t) ? not_told(op) : t;
}

static const char *
description(struct work *w, const struct operation *op)
{
    const char *number = op->key + strlen("pay:"); /* "pay:INV-2026-000042:1" */
    const char *end = strrchr(op->key, ':');
    if (op->of_command)
        return "Subscription";
    return text_printf(w->arena, "Invoice %.*s", (int)(end - number), number);
}

static struct pay_call
charge_of(struct work *w, const struct operation *op)
{
    struct pay_charge charge = { .operation = op->id,
                                 .vendor = w->vendor.n,
                                 .amount = op->amount,
                                 .currency = op->currency,
                                 .customer = op->customer,
                                 .method = op->method,
                                 .description = description(w, op),
                                 .key = op->key };
    if (op->on_session)
        charge.return_url =
            text_printf(w->arena, "%s/vendor/billing/payment/confirmed?operation=%lld",
                        w->settings->public_url, (long long)op->id);
    return collect_provider()->charge(w->arena, &charge);
}

static struct told
read_charge(struct work *w, const struct operation *op, const struct call *call)
{
    struct pay_intent intent;
    struct pay_refusal why = collect_provider()->read_intent(w->arena, &call->reply, &intent);
    if (why.verdict == PAY_FINE)
        return told_by(w, op, &intent);
    if (why.verdict == PAY_REFUSED)
        return (struct told){ .state = "refused", .decline = why.decline };
    struct err *e = caller_failed(w, call->what.path, &why); /* logs it */
    must(e);
    return why.verdict == PAY_WRONG ? by_the_list(w, op) : not_told(op);
}

/* ---- Noting and applying it ---- */

static struct err *
note(struct work *w, const struct operation *op, const struct told *t)
{
    if (!t->state)
        return db_exec(w, Q_operation_later,
                       ARGS(arg_i64(w, w->vendor.n), arg_i64(w, op->id), arg_i64(w, t->later_s)),
                       NULL);
    return db_exec(w, Q_operation_told,
                   ARGS(arg_i64(w, w->vendor.n), arg_i64(w, op->id), arg_text(t->state),
                        arg_text(t->payment), arg_text(t->url), arg_text(t->decline)),
                   NULL);
}

static struct err *
note_alone(struct work *w, const struct operation *op, const struct told *t)
{
    tx_open(w, TX_WRITE);
    return tx_end(w, note(w, op, t));
}

/* The invoice has its money, or is in arrears; one that has no use for it any more gives it back.
 */
static struct err *
apply_invoice(struct work *w, const struct operation *op)
{
    struct book book;
    bool paid = op->state == OPERATION_PAID;
    TRY(book_open(w, BOOK_CHANGE, op->document, &book));
    struct document *invoice = account_document(&book.acc, op->document);
    bool waits = invoice && invoice->state == INVOICE_OPEN && invoice->waiting &&
                 invoice->attempts == op->attempt;
    if (paid && (!waits || invoice->remaining != op->amount))
        return db_exec(w, Q_operation_undo, ARGS(arg_i64(w, w->vendor.n), arg_i64(w, op->id)),
                       NULL);
    if (waits) {
        account_settle(&book.acc, invoice, book.now, paid);
        book.acc.has_card &= !pay_is_hard(op->decline);
        TRY(book_save(w, &book));
        if (!paid)
            TRY(tell_payment_failed(w, &book, invoice, op->decline));
    }
    if (!paid && pay_is_hard(op->decline))
        TRY(db_exec(w, Q_collect_refuse_method,
                    ARGS(arg_i64(w, w->vendor.n), arg_text(op->method), arg_text(op->decline)),
                    NULL));
    return operation_end(w, op->id, paid ? OPERATION_DONE : OPERATION_FAILED, 0);
}

static struct err *
apply_command(struct work *w, const struct operation *op)
{
    struct act act;
    return act_resume(w, op, &act);
}

/* In a transaction of its own. */
static struct err *
apply(struct work *w, int64_t id)
{
    struct operation op;
    bool found;
    tx_open(w, TX_WRITE);
    struct err *e = operation_find(w, id, &found, &op);
    bool ready = !e && found && (op.state == OPERATION_PAID || op.state == OPERATION_REFUSED);
    if (ready)
        e = op.of_command ? apply_command(w, &op) : apply_invoice(w, &op);
    w->outside = 0;
    e = tx_end(w, e);
    if (!e || !ready || !op.of_command || e->kind != ERR_CONFLICT)
        return e;
    tx_open(w, TX_WRITE); /* it cannot be had any more */
    return tx_end(
        w, db_exec(w, Q_operation_undo, ARGS(arg_i64(w, w->vendor.n), arg_i64(w, op.id)), NULL));
}

static struct err *
find(struct work *w, int64_t id, bool *found, struct operation *op)
{
    tx_open(w, TX_READ);
    return tx_end(w, operation_find(w, id, found, op));
}

/* ---- By whom ---- */

/* Left to the job, which begins at once. */
static struct err *
leave(struct work *w, const struct operation *op)
{
    struct told nothing = { .later_s = 0 };
    tx_open(w, TX_WRITE);
    struct err *e = note(w, op, &nothing);
    return tx_end(w, e ? e : queue_add(w, COLLECT_JOB, op->key, "{}", NULL));
}

/* Before a person's eyes: the second run of the handler applies a command, which answers with what
 * came of it; an invoice is applied here. */
struct err *
collect_ask(struct work *w)
{
    struct operation op;
    bool found;
    int64_t id = w->outside;
    TRY(find(w, id, &found, &op));
    must(found);
    if (op.state != OPERATION_ASKED)
        return NULL;
    SCOPED(close_fd) int place = collect_place(w);
    if (place < 0)
        return leave(w, &op);
    struct call call = { .what = charge_of(w, &op) };
    TRY(caller_ask(w, &call, 1, OF_A_PERSON));
    struct told told = read_charge(w, &op, &call);
    TRY(note_alone(w, &op, &told));
    if (!op.of_command)
        TRY(apply(w, id));
    w->outside = id;
    return NULL;
}

struct err *
charge_settle(struct work *w, int64_t id)
{
    const struct provider *p = collect_provider();
    struct operation op;
    struct pay_intent intent;
    struct pay_reply reply;
    bool found;
    TRY(find(w, id, &found, &op));
    if (!found || op.state != OPERATION_ACTION)
        return found ? apply(w, id) : NULL;
    struct pay_call call = p->intent(w->arena, op.payment);
    TRY(caller_one(w, call, &reply));
    struct pay_refusal why = p->read_intent(w->arena, &reply, &intent);
    TRY(caller_failed(w, call.path, &why));
    struct told told = told_by(w, &op, &intent);
    TRY(note_alone(w, &op, &told));
    return apply(w, id);
}

struct err *
charge_give_up(struct work *w, int64_t id)
{
    const struct provider *p = collect_provider();
    struct operation op;
    struct pay_reply reply;
    bool found;
    TRY(find(w, id, &found, &op));
    if (!found || op.state != OPERATION_ACTION)
        return NULL;
    struct pay_call call = p->cancel(w->arena, op.payment,
                                     text_printf(w->arena, "souk:cancel:%lld:1", (long long)op.id));
    TRY(caller_one(w, call, &reply));
    return charge_settle(w, id); /* cancelled, or confirmed a moment before */
}

struct err *
charge_note(struct work *w, const struct pay_intent *intent, bool *news)
{
    struct operation op;
    bool found;
    TRY(operation_find(w, intent->operation, &found, &op));
    *news = found && (op.state == OPERATION_ASKED || op.state == OPERATION_ACTION);
    if (!*news)
        return NULL;
    struct told told = told_by(w, &op, intent);
    return note(w, &op, &told);
}

/* ---- The job ---- */

struct taken {
    struct vendor_id vendor;
    struct operation op;
    struct call call;
    bool asked;
};

static struct err *
claim(struct work *w, struct taken taken[CALLS_MOST], size_t *n)
{
    struct rows rows;
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(tx_end(w, db_many(w, Q_operation_claim, ARGS(arg_i64(w, CALLS_MOST)), &rows)));
    *n = 0;
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        struct taken *t = &taken[*n];
        bool found;
        w->vendor.n = scan_i64(&s);
        int64_t id = scan_i64(&s);
        scan_end(&s);
        *t = (struct taken){ .vendor = w->vendor };
        TRY(find(w, id, &found, &t->op));
        *n += found;
    }
    return NULL;
}

static struct pay_call
question(struct work *w, const struct operation *op)
{
    if (op->state == OPERATION_ASKED)
        return charge_of(w, op);
    return collect_provider()->refund(
        w->arena, op->payment, amount_for_provider(op->amount, op->currency),
        text_printf(w->arena, "souk:refund:%lld:1", (long long)op->id));
}

/* All that have something to ask, at once. */
static struct err *
ask_all(struct work *w, struct taken *taken, size_t n)
{
    struct call calls[CALLS_MOST];
    size_t asked = 0;
    for (size_t i = 0; i < n; i++) {
        struct taken *t = &taken[i];
        w->vendor = t->vendor;
        bool old = w->now_us - t->op.created_us > KEY_LASTS_US && t->op.tries;
        t->asked = t->op.state == OPERATION_UNDO || (t->op.state == OPERATION_ASKED && !old);
        if (t->asked)
            calls[asked++] = (struct call){ .what = question(w, &t->op) };
    }
    TRY(caller_ask(w, calls, asked, OF_A_JOB));
    for (size_t i = n; i--;)
        if (taken[i].asked)
            taken[i].call = calls[--asked];
    return NULL;
}

/* Given back already is as good. */
static struct err *
end_undo(struct work *w, const struct taken *t)
{
    struct pay_refusal why = collect_provider()->read_done(w->arena, &t->call.reply);
    struct told again = not_told(&t->op);
    bool back = why.verdict == PAY_FINE || text_is(why.code, "charge_already_refunded");
    if (!back) {
        struct err *logged = caller_failed(w, t->call.what.path, &why);
        must(logged);
        return note_alone(w, &t->op, &again);
    }
    tx_open(w, TX_WRITE);
    return tx_end(w, operation_end(w, t->op.id, OPERATION_UNDONE, 0));
}

static struct err *
go_on(struct work *w, const struct taken *t)
{
    if (t->op.state == OPERATION_UNDO)
        return end_undo(w, t);
    if (t->op.state == OPERATION_ASKED) {
        struct told told = t->asked ? read_charge(w, &t->op, &t->call) : by_the_list(w, &t->op);
        TRY(note_alone(w, &t->op, &told));
    }
    return apply(w, t->op.id);
}

struct run {
    int64_t done, failed;
};

static struct err *
turn(void *arg, struct work *w, bool *more)
{
    struct run *run = arg;
    struct taken taken[CALLS_MOST];
    size_t n;
    TRY(claim(w, taken, &n));
    TRY(ask_all(w, taken, n));
    for (size_t i = 0; i < n; i++) {
        w->vendor = taken[i].vendor;
        struct err *e = go_on(w, &taken[i]);
        if (e) /* its lease ends, and it is tried again; the others go on */
            log_warn("collect.parked", "operation", text_i64(w->arena, taken[i].op.id), "code",
                     e->code, "why", e->log ? e->log : e->say, NULL);
        run->done += !e;
        run->failed += e != NULL;
    }
    *more = n == CALLS_MOST;
    return NULL;
}

struct err *
collect_payments(struct work *w, const struct job *j)
{
    struct run run = { 0 };
    if (collect_provider()->collects)
        TRY(work_rounds(w, ROUND_ARENA, turn, &run));
    w->vendor.n = 0;
    tx_open(w, TX_OPERATOR_WRITE);
    return tx_end(w, job_finish(w, j,
                                text_printf(w->arena, "{\"done\":%lld,\"failed\":%lld}",
                                            (long long)run.done, (long long)run.failed)));
}
