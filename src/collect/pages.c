/* /vendor/billing/payment and its API: how one pays. A card is given on the provider's pages. */
#include <string.h>

#include "audit/audit.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/must.h"
#include "base/random.h"
#include "base/text.h"
#include "collect/inside.h"
#include "collect/routes.h"
#include "db/db.h"
#include "http/form.h"
#include "http/json.h"
#include "http/response.h"
#include "http/site.h"
#include "view/value.h"

#define HOME "/vendor/billing/payment"

static struct err *
live_operation(struct work *w, bool *found, struct operation *op)
{
    *found = false;
    return collect_provider()->collects ? operation_find(w, 0, found, op) : NULL;
}

/* *place: to be closed when the provider has answered. */
static struct err *
enter(struct work *w, int *place)
{
    if (!collect_provider()->collects)
        return FAIL(w->arena, ERR_CONFLICT, "collect.manual", "Cards are not taken here.");
    *place = collect_place(w);
    if (*place >= 0)
        return NULL;
    struct err *e = FAIL(w->arena, ERR_BUSY, "collect.away",
                         "The payment provider cannot be reached. Try again in a minute.");
    e->retry_after_s = 5;
    return e;
}

/* ---- Showing it ---- */

static void
add_waiting(struct val *m, const struct operation *op)
{
    struct money amount = { .minor = op->amount };
    bool known = currency_read(op->currency, &amount.cur);
    must(known);
    val_set_bool(m, "waits", true);
    val_set_bool(m, "confirms", op->state == OPERATION_ACTION && *op->url);
    val_set_text(m, "confirm_at", op->url);
    val_set_time(m, "waits_since", op->created_us);
    val_set_money(m, "waits_for", amount);
}

struct err *
collect_show_method(struct req *r)
{
    struct work *w = r->work;
    struct val *m = val_map(w->arena);
    struct operation op;
    struct book b;
    bool found;
    TRY(book_open(w, BOOK_LOOK, 0, &b));
    TRY(live_operation(w, &found, &op));
    if (found)
        add_waiting(m, &op);
    val_set_bool(m, "by_transfer", b.acc.by_transfer);
    val_set_text(m, "card", b.card);
    val_set_bool(m, "refused", b.method_refused != NULL);
    val_set_bool(m, "cards", collect_provider()->collects);
    val_set_bool(m, "customer", b.customer != NULL);
    val_set_bool(m, "arrears", b.acc.sub.state == SUB_PAST_DUE);
    val_set_text(m, "iban", b.seller.iban);
    val_set_text(m, "bic", b.seller.bic);
    val_set_i64(m, "terms_days", b.acc.terms_days);
    return page(r, "vendor/billing/payment", m);
}

struct err *
collect_get_method(struct req *r)
{
    struct work *w = r->work;
    struct operation op;
    struct book b;
    bool found;
    TRY(book_open(w, BOOK_LOOK, 0, &b));
    TRY(live_operation(w, &found, &op));
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    json_put_text(&j, "collection", b.acc.by_transfer ? "manual" : "automatic");
    json_put_text(&j, "card", b.card);
    json_put_text(&j, "card_refused", b.method_refused);
    json_put_bool(&j, "cards_taken", collect_provider()->collects);
    json_put_text(&j, "pending", found ? operation_state_names[op.state] : NULL);
    json_put_text(&j, "action_url", found && *op.url ? op.url : NULL);
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

/* ---- To the provider's pages, and back ---- */

/* A page with a link that also goes there by itself: a redirect after a form is a thing that the
 * page's own policy does not let leave this site. */
static struct err *
onward(struct req *r, const char *url)
{
    struct val *m = val_map(r->work->arena);
    val_set_text(m, "url", url);
    return page(r, "vendor/billing/onward", m);
}

static struct err *
onward_json(struct req *r, const char *url)
{
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_text(&j, "url", url);
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

static struct err *
open_session(struct work *w, struct pay_call call, const char **url)
{
    struct pay_session session;
    struct pay_reply reply;
    TRY(caller_one(w, call, &reply));
    struct pay_refusal why = collect_provider()->read_session(w->arena, &reply, &session);
    TRY(caller_failed(w, call.path, &why));
    if (!session.url)
        return BROKEN(w->arena, "collect.wrong", "a session without an address");
    *url = session.url;
    return NULL;
}

static const char *
fresh_key(struct work *w, const char *what)
{
    return text_join(w->arena, "souk:", what, ":", random_token(w->arena, 16), ":1", NULL);
}

static struct err *
open_setup(struct work *w, const char **url)
{
    const char *customer;
    struct book b;
    SCOPED(close_fd) int place = -1;
    TRY(enter(w, &place));
    TRY(card_customer(w, &customer));
    tx_open(w, TX_READ);
    TRY(tx_end(w, book_open(w, BOOK_LOOK, 0, &b)));
    return open_session(
        w,
        collect_provider()->setup(w->arena, customer, currency_code(b.currency),
                                  text_join(w->arena, w->settings->public_url, HOME "/back", NULL),
                                  fresh_key(w, "setup")),
        url);
}

static struct err *
open_portal(struct work *w, const char **url)
{
    const char *customer;
    SCOPED(close_fd) int place = -1;
    TRY(enter(w, &place));
    TRY(card_customer(w, &customer));
    return open_session(
        w,
        collect_provider()->portal(w->arena, customer,
                                   text_join(w->arena, w->settings->public_url, HOME "/back", NULL),
                                   fresh_key(w, "portal")),
        url);
}

struct err *
collect_post_card(struct req *r)
{
    const char *url;
    TRY(open_setup(r->work, &url));
    return onward(r, url);
}

struct err *
collect_post_portal(struct req *r)
{
    const char *url;
    TRY(open_portal(r->work, &url));
    return onward(r, url);
}

struct err *
collect_post_card_json(struct req *r)
{
    const char *url;
    TRY(open_setup(r->work, &url));
    return onward_json(r, url);
}

struct err *
collect_post_portal_json(struct req *r)
{
    const char *url;
    TRY(open_portal(r->work, &url));
    return onward_json(r, url);
}

/* A name of theirs, that goes into an address. */
static bool
is_name(const char *text)
{
    size_t n = 0;
    for (; text && text[n]; n++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", text[n]))
            return false;
    return n >= 1 && n <= 255;
}

/* Asked for at once: the event about it may take a while. A GET that writes, but only what the
 * provider says, however often it is asked. */
struct err *
collect_show_taken(struct req *r)
{
    const char *session = query_text(r, "session");
    struct work *w = r->work;
    SCOPED(close_fd) int place = -1;
    TRY(enter(w, &place));
    if (!session)
        TRY(card_sync(w));
    else if (is_name(session))
        TRY(card_take(w, session));
    return see_other(r, session ? HOME "?done=payment.card_saved" : HOME);
}

struct err *
collect_show_confirmed(struct req *r)
{
    struct work *w = r->work;
    struct operation op;
    int64_t id = 0;
    bool found;
    const char *given = query_text(r, "operation");
    SCOPED(close_fd) int place = -1;
    TRY(enter(w, &place));
    if (!given || !text_to_i64(given, &id))
        return see_other(r, "/vendor/billing");
    TRY(charge_settle(w, id));
    tx_open(w, TX_READ);
    TRY(tx_end(w, operation_find(w, id, &found, &op)));
    if (found && op.state == OPERATION_DONE)
        return see_other(r, "/vendor/billing?done=payment.paid");
    if (found && op.state == OPERATION_FAILED)
        return see_other(r, "/vendor/billing?failed=payment.not_paid");
    return see_other(r, HOME);
}

/* ---- Changing it ---- */

static struct err *
by_transfer(struct work *w)
{
    struct book b;
    TRY(book_open(w, BOOK_CHANGE, 0, &b));
    if (b.acc.by_transfer)
        return NULL;
    if (b.acc.sub.state == SUB_PAST_DUE)
        return FAIL(w->arena, ERR_CONFLICT, "subscriptions.subscription_past_due",
                    "An invoice is overdue. Once it is paid, this can be changed.");
    TRY(db_exec(w, Q_collect_by_transfer, ARGS(arg_i64(w, w->vendor.n)), NULL));
    struct audit_act note = { .what = "payment.by_transfer",
                              .object = audit_object(w, "vendor", w->vendor.n) };
    return audit_note(w, &note);
}

struct err *
collect_post_transfer(struct req *r)
{
    struct form f;
    TRY(form_read(r, &f));
    TRY(form_done(&f));
    TRY(by_transfer(r->work));
    return see_other(r, HOME "?done=payment.saved");
}

struct err *
collect_post_transfer_json(struct req *r)
{
    TRY(by_transfer(r->work));
    return no_content(r);
}

static struct err *
give_up(struct work *w)
{
    struct operation op;
    bool found;
    SCOPED(close_fd) int place = -1;
    TRY(enter(w, &place));
    tx_open(w, TX_READ);
    TRY(tx_end(w, live_operation(w, &found, &op)));
    return found ? charge_give_up(w, op.id) : NULL;
}

struct err *
collect_post_give_up(struct req *r)
{
    TRY(give_up(r->work));
    return see_other(r, HOME "?done=payment.given_up");
}

struct err *
collect_post_give_up_json(struct req *r)
{
    TRY(give_up(r->work));
    return no_content(r);
}
