#include "subscriptions/operate.h"

#include "audit/audit.h"
#include "base/clock.h"
#include "base/must.h"
#include "base/settings.h"
#include "base/text.h"
#include "db/db.h"
#include "http/json.h"
#include "subscriptions/inside.h"

/* ---- Documents ---- */

static struct owed_row
read_owed(struct scan *s)
{
    struct owed_row row = { .vendor.n = scan_i64(s), .shop = scan_text(s), .slug = scan_text(s) };
    struct document_row *d = &row.document;
    d->n = scan_i64(s);
    d->number = scan_text(s);
    d->credit_note = scan_bool(s);
    d->issued_us = scan_time(s);
    d->due_us = scan_time(s);
    d->total.minor = scan_i64(s);
    d->due.minor = scan_i64(s);
    d->remaining.minor = scan_i64(s);
    d->state = scan_text(s);
    d->overdue = scan_bool(s) && text_is(d->state, "open");
    must(currency_read(scan_text(s), &d->total.cur));
    d->due.cur = d->remaining.cur = d->total.cur;
    row.late_days = scan_null(s) ? -1 : 0;
    row.late_days += scan_i64(s);
    scan_end(s);
    return row;
}

struct err *
operate_documents(struct work *w, const char *state, const struct owed_place *behind, int64_t most,
                  struct owed_row **out, size_t *count)
{
    struct rows rows;
    bool from_start = !behind->issued_us;
    TRY(db_many(w, Q_subscriptions_all_documents,
                ARGS(arg_text(state), from_start ? arg_null() : arg_time(w, behind->issued_us),
                     arg_i64(w, behind->vendor), arg_i64(w, behind->n), arg_i64(w, most),
                     arg_time(w, w->now_us)),
                &rows));
    struct owed_row *list = NEW_ARRAY(w->arena, struct owed_row, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        list[i] = read_owed(&s);
    }
    *out = list;
    *count = (size_t)rows.count;
    return NULL;
}

struct err *
operate_pick(struct work *w, const char *number, int64_t *n)
{
    struct scan s;
    bool found = false;
    TRY(db_maybe(w, Q_subscriptions_owner, ARGS(arg_text(number)), &found, &s));
    if (!found)
        return act_refused(w, REFUSED_NOT_FOUND);
    w->vendor.n = scan_i64(&s);
    *n = scan_i64(&s);
    scan_end(&s);
    tx_concerns(w, w->vendor);
    return NULL;
}

struct err *
operate_pick_vendor(struct work *w, int64_t id)
{
    struct scan s;
    TRY(db_one(w, Q_subscriptions_is_vendor, ARGS(arg_i64(w, id)), &s));
    bool there = scan_bool(&s);
    scan_end(&s);
    if (!there)
        return FAIL(w->arena, ERR_NOT_FOUND, "subscriptions.no_account", "There is no such shop.");
    w->vendor.n = id;
    tx_concerns(w, w->vendor);
    return NULL;
}

/* ---- Figures ---- */

static struct err *
read_ledger(struct work *w, int64_t as_of_us, struct operate_figures *out)
{
    struct rows rows;
    TRY(db_many(w, Q_subscriptions_ledger, ARGS(arg_time(w, as_of_us)), &rows));
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        int account = scan_enum(&s, ledger_account_names, LEDGER_ACCOUNTS);
        out->ledger[account] = scan_i64(&s);
        scan_end(&s);
    }
    return NULL;
}

struct err *
operate_figures(struct work *w, int64_t as_of_us, struct operate_figures *out)
{
    struct scan s;
    *out = (struct operate_figures){ 0 };
    TRY(db_one(w, Q_subscriptions_figures, ARGS(arg_time(w, as_of_us)), &s));
    out->mrr = scan_i64(&s);
    out->active = scan_i64(&s);
    out->trials = scan_i64(&s);
    out->ended_30d = scan_i64(&s);
    out->lived_30d = scan_i64(&s);
    out->deferred = scan_i64(&s);
    scan_end(&s);
    TRY(db_one(w, Q_subscriptions_ageing, ARGS(arg_time(w, w->now_us)), &s));
    for (int i = 0; i < AGES; i++) {
        out->owed[i] = scan_i64(&s);
        out->owed_count[i] = scan_i64(&s);
    }
    scan_end(&s);
    TRY(db_one(w, Q_subscriptions_proofs, NO_ARGS, &s));
    for (size_t i = 0; i < COUNT(out->differences); i++)
        out->differences[i] = scan_i64(&s);
    scan_end(&s);
    return read_ledger(w, as_of_us, out);
}

struct err *
subscriptions_prove_ledger(struct work *w, const struct job *j)
{
    struct operate_figures f;
    tx_open(w, TX_OPERATOR_READ);
    TRY(tx_end(w, operate_figures(w, w->now_us, &f)));
    for (size_t i = 0; i < COUNT(f.differences); i++)
        if (f.differences[i])
            return BROKEN(w->arena, "subscriptions.ledger",
                          text_printf(w->arena, "receivables %lld, balances %lld, tax %lld apart",
                                      (long long)f.differences[0], (long long)f.differences[1],
                                      (long long)f.differences[2]));
    tx_open(w, TX_OPERATOR_WRITE);
    return tx_end(w, job_finish(w, j, "{}"));
}

/* ---- Subscriptions ---- */

struct err *
operate_subscriptions(struct work *w, const char *state, int64_t behind, int64_t most,
                      struct subscription_row **out, size_t *count)
{
    struct rows rows;
    TRY(db_many(w, Q_subscriptions_all, ARGS(arg_text(state), arg_i64(w, behind), arg_i64(w, most)),
                &rows));
    struct subscription_row *list =
        NEW_ARRAY(w->arena, struct subscription_row, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        struct subscription_row *row = &list[i];
        row->vendor.n = scan_i64(&s);
        row->shop = scan_text(&s);
        row->slug = scan_text(&s);
        row->state = scan_text(&s);
        row->yearly = scan_i64(&s) == INTERVAL_YEAR;
        row->tier = scan_text(&s);
        row->from_us = scan_time(&s);
        row->to_us = scan_time(&s);
        row->cancelling = scan_bool(&s);
        row->waits = scan_bool(&s);
        row->price = scan_i64(&s);
        row->owed = scan_i64(&s);
        row->clock_s = scan_i64(&s);
        scan_end(&s);
    }
    *out = list;
    *count = (size_t)rows.count;
    return NULL;
}

struct err *
operate_move_clock(struct work *w, int64_t days)
{
    if (!w->settings->demo)
        return FAIL(w->arena, ERR_CONFLICT, "subscriptions.no_clock",
                    "Only a demo's clocks can be moved.");
    TRY(db_exec(w, Q_subscriptions_move_clock,
                ARGS(arg_i64(w, w->vendor.n), arg_i64(w, days * DAY_S)), NULL));
    TRY(queue_add(w, "bill_due_subscriptions", "now", NULL, NULL));
    struct audit_act note = { .what = "subscription.clock_moved",
                              .object = audit_object(w, "vendor", w->vendor.n),
                              .after = text_printf(w->arena, "{\"days\":%lld}", (long long)days) };
    return audit_note(w, &note);
}

static struct err *
changed_meanwhile(struct work *w)
{
    return FAIL(w->arena, ERR_CONFLICT, "subscriptions.changed",
                "Somebody changed this meanwhile. Look at it again.");
}

struct err *
operate_refund(struct work *w, int64_t amount, int64_t seen, struct act *out)
{
    struct act act;
    TRY(act_refund(w, amount, &act));
    if (seen != ANY_BALANCE && act.book.acc.balance + amount != seen)
        return changed_meanwhile(w);
    *out = act;
    return NULL;
}

struct err *
operate_vat_checked(struct work *w, const char *looked_up, bool valid, const char *source,
                    struct book *book)
{
    struct book b;
    TRY(book_open(w, BOOK_CHANGE, 0, &b));
    if (!*b.buyer.vat_id)
        return FAIL(w->arena, ERR_CONFLICT, "billing.no_vat_id",
                    "This shop has given no VAT number.");
    if (looked_up && !text_is(looked_up, b.buyer.vat_id))
        return changed_meanwhile(w);
    TRY(db_exec(
        w, Q_subscriptions_vat_checked,
        ARGS(arg_i64(w, w->vendor.n), arg_bool(valid), arg_time(w, w->now_us), arg_text(source)),
        NULL));
    struct audit_act note = { .what = valid ? "billing.vat_found_valid" : "billing.vat_found_wrong",
                              .object = audit_object(w, "vendor", w->vendor.n),
                              .reason = source };
    TRY(audit_note(w, &note));
    b.vat_valid = valid;
    b.vat_checked_at = w->now_us / SECOND_US;
    b.vat_source = source;
    *book = b;
    return NULL;
}

/* ---- Who bills ---- */

struct err *
operate_seller(struct work *w, struct seller *out)
{
    struct scan s;
    TRY(db_one(w, Q_subscriptions_seller, NO_ARGS, &s));
    out->party = (struct party){ .name = scan_text(&s), .street = scan_text(&s) };
    out->party.postcode = scan_text(&s);
    out->party.city = scan_text(&s);
    out->party.country = scan_text(&s);
    out->party.vat_id = scan_text(&s);
    out->party.email = scan_text(&s);
    out->party.iban = scan_text(&s);
    out->party.bic = scan_text(&s);
    out->exempt = scan_bool(&s);
    out->one_stop = scan_bool(&s);
    must(currency_read(scan_text(&s), &out->currency));
    out->terms_days = scan_i64(&s);
    scan_skip(&s);
    out->version = scan_i64(&s);
    scan_end(&s);
    return NULL;
}

struct err *
operate_seller_save(struct work *w, const struct seller *seller)
{
    struct json j = json_begin(w->arena);
    const struct party *p = &seller->party;
    int64_t written = 0;
    json_put_object(&j, NULL);
    json_put_text(&j, "legal_name", p->name);
    json_put_text(&j, "street", p->street);
    json_put_text(&j, "postcode", p->postcode);
    json_put_text(&j, "city", p->city);
    json_put_text(&j, "country", p->country);
    json_put_text(&j, "vat_id", p->vat_id);
    json_put_text(&j, "email", p->email);
    json_put_text(&j, "iban", p->iban);
    json_put_text(&j, "bic", p->bic);
    json_put_bool(&j, "exempt", seller->exempt);
    json_put_bool(&j, "one_stop", seller->one_stop);
    json_put_i64(&j, "terms_days", seller->terms_days);
    json_put_end(&j);
    TRY(db_exec(w, Q_subscriptions_seller_save,
                ARGS(arg_text(j.out.at), arg_i64(w, seller->version)), &written));
    if (!written)
        return changed_meanwhile(w);
    struct audit_act note = { .what = "billing.seller_changed",
                              .object = "seller",
                              .after = j.out.at };
    return audit_note(w, &note);
}
