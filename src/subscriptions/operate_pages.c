/* /admin/billing, /admin/tiers, /admin/invoices, /admin/subscriptions. */
#include <string.h>

#include "audit/audit.h"
#include "base/clock.h"
#include "base/must.h"
#include "base/settings.h"
#include "base/text.h"
#include "db/db.h"
#include "entitle/edit.h"
#include "http/cursor.h"
#include "http/response.h"
#include "subscriptions/model.h"
#include "subscriptions/operate.h"
#include "subscriptions/routes.h"

#define CLOCK_MOST_DAYS 400

static void
set_minor(struct val *m, const char *name, int64_t minor, enum currency cur)
{
    val_set_money(m, name, (struct money){ minor, cur });
}

static void
set_tab(struct val *m, const char *name)
{
    val_set_bool(val_set_map(m, "tab"), name, true);
}

/* Tabs, one a state; their words begin with `words`. */
static void
add_states(struct arena *a, struct val *m, const char *const *states, size_t n, const char *words,
           const char *current)
{
    struct val *tabs = val_set_list(m, "states");
    for (size_t i = 0; i < n; i++) {
        struct val *one = val_add_map(tabs);
        val_set_text(one, "state", states[i]);
        val_set_word(one, "label", text_join(a, words, states[i], NULL));
        val_set_bool(one, "current", text_is(current, states[i]));
    }
    val_set_bool(m, "all", !current);
}

/* ---- Figures ---- */

/* The end of the day that is asked for, in UTC; now without one. */
static int64_t
asked_day(const struct req *r)
{
    const char *day = query_text(r, "as_of");
    int64_t at = 0;
    if (day && strlen(day) == 10 &&
        clock_parse_rfc3339(text_join(r->work->arena, day, "T23:59:59Z", NULL), &at))
        return at;
    return r->work->now_us;
}

struct err *
subscriptions_show_figures(struct req *r)
{
    static const char *const ages[AGES] = { "billing.age.not_due", "billing.age.week",
                                            "billing.age.dunning", "billing.age.old" };
    struct val *m = val_map(r->work->arena);
    struct operate_figures f;
    struct seller seller;
    int64_t as_of = asked_day(r);
    TRY(operate_figures(r->work, as_of, &f));
    TRY(operate_seller(r->work, &seller));
    set_minor(m, "mrr", f.mrr, seller.currency);
    set_minor(m, "deferred", f.deferred, seller.currency);
    val_set_count(m, "active", f.active);
    val_set_count(m, "trials", f.trials);
    val_set_count(m, "ended", f.ended_30d);
    val_set_count(m, "lived", f.lived_30d);
    val_set_text(m, "churn",
                 f.lived_30d ? text_i64(r->work->arena, f.ended_30d * 100 / f.lived_30d) : NULL);
    struct val *list = val_set_list(m, "ages");
    for (int i = 0; i < AGES; i++) {
        struct val *one = val_add_map(list);
        val_set_word(one, "label", ages[i]);
        val_set_count(one, "count", f.owed_count[i]);
        set_minor(one, "sum", f.owed[i], seller.currency);
    }
    list = val_set_list(m, "ledger");
    for (int i = 0; i < LEDGER_ACCOUNTS; i++) {
        struct val *one = val_add_map(list);
        val_set_text(one, "account", ledger_account_names[i]);
        val_set_word(one, "label",
                     text_join(r->work->arena, "billing.ledger.",
                               text_lower(r->work->arena, ledger_account_names[i]), NULL));
        set_minor(one, "sum", f.ledger[i], seller.currency);
    }
    val_set_bool(m, "proven", !f.differences[0] && !f.differences[1] && !f.differences[2]);
    val_set_time(m, "as_of", as_of);
    val_set_text(m, "as_of_day", query_text(r, "as_of"));
    set_tab(m, "figures");
    return page(r, "admin/billing/figures", m);
}

/* ---- Who bills ---- */

static void
seller_prefill(struct work *w, struct val *m, const struct seller *s)
{
    form_prefill(m, "legal_name", s->party.name);
    form_prefill(m, "street", s->party.street);
    form_prefill(m, "postcode", s->party.postcode);
    form_prefill(m, "city", s->party.city);
    form_prefill(m, "country", s->party.country);
    form_prefill(m, "vat_id", s->party.vat_id);
    form_prefill(m, "email", s->party.email);
    form_prefill(m, "iban", s->party.iban);
    form_prefill(m, "bic", s->party.bic);
    form_prefill(m, "terms_days", text_i64(w->arena, s->terms_days));
    form_prefill(m, "exempt", s->exempt ? "1" : "");
    form_prefill(m, "one_stop", s->one_stop ? "1" : "");
    form_prefill(m, "version", text_i64(w->arena, s->version));
}

static struct err *
seller_page(struct req *r, const struct form *f, const struct err *e)
{
    struct val *m = val_map(r->work->arena);
    struct seller seller;
    TRY(operate_seller(r->work, &seller));
    if (f)
        form_show(f, e, m);
    else
        seller_prefill(r->work, m, &seller);
    set_tab(m, "seller");
    return page_status(r, e ? err_status(e) : 200, "admin/billing/seller", m);
}

struct err *
subscriptions_show_seller(struct req *r)
{
    return seller_page(r, NULL, NULL);
}

struct err *
subscriptions_post_seller(struct req *r)
{
    struct form f;
    struct seller s = { .currency = CUR_EUR };
    TRY(form_read(r, &f));
    s.party = (struct party){
        .name = form_text(&f, "legal_name", 1, 200),
        .street = form_text(&f, "street", 1, 200),
        .postcode = form_text(&f, "postcode", 0, 20),
        .city = form_text(&f, "city", 1, 100),
        .country = form_text(&f, "country", 2, 2),
        .vat_id = form_text(&f, "vat_id", 0, 20),
        .email = form_text(&f, "email", 0, 254),
        .iban = form_text(&f, "iban", 0, 42),
        .bic = form_text(&f, "bic", 0, 11),
    };
    if (s.party.country[0] < 'A' || s.party.country[0] > 'Z' || s.party.country[1] < 'A' ||
        s.party.country[1] > 'Z')
        form_fail(&f, "country", "billing.country",
                  "The country as two letters, such as LU or DE.");
    s.exempt = form_flag(&f, "exempt");
    s.one_stop = form_flag(&f, "one_stop");
    s.terms_days = form_i64(&f, "terms_days", 0, 365, 14);
    s.version = form_i64(&f, "version", 1, INT64_MAX, 1);
    struct err *e = form_done(&f);
    if (e)
        return seller_page(r, &f, e);
    TRY(operate_seller_save(r->work, &s));
    return see_other(r, "/admin/billing/seller?done=billing.saved");
}

/* ---- Invoices ---- */

struct err *
subscriptions_show_all_invoices(struct req *r)
{
    static const char *const states[] = { "open", "paid", "uncollectible", "void" };
    struct work *w = r->work;
    struct val *m = val_map(w->arena);
    const char *state = query_text(r, "state"), *keys[3];
    struct owed_place behind = { 0 };
    struct owed_row *rows;
    bool further = false;
    size_t n;
    TRY(cursor_read(r, keys, 3, &further));
    if (further && (!text_to_i64(keys[0], &behind.issued_us) ||
                    !text_to_i64(keys[1], &behind.vendor) || !text_to_i64(keys[2], &behind.n)))
        return cursor_refused(r);
    TRY(operate_documents(w, state, &behind, DOCUMENTS_PAGE + 1, &rows, &n));
    bool more = n > DOCUMENTS_PAGE;
    n -= more;
    struct val *list = val_set_list(m, "rows");
    for (size_t i = 0; i < n; i++) {
        const struct document_row *d = &rows[i].document;
        struct val *one = val_add_map(list);
        val_set_text(one, "number", d->number);
        val_set_text(one, "shop", rows[i].shop);
        val_set_time(one, "issued_at", d->issued_us);
        val_set_money(one, "total", d->total);
        val_set_money(one, "remaining", d->remaining);
        val_set_bool(one, "owed", text_is(d->state, "open"));
        val_set_bool(one, "overdue", rows[i].late_days >= 0);
        val_set_count(one, "late_days", rows[i].late_days);
        val_set_word(one, "state", text_join(w->arena, "billing.state.", d->state, NULL));
    }
    add_states(w->arena, m, states, COUNT(states), "billing.state.", state);
    val_set_bool(m, "found", n > 0);
    val_set_text(m, "newer", further ? query_with(r, "cursor", NULL) : NULL);
    val_set_null(m, "older");
    if (more) {
        const struct owed_row *last = &rows[n - 1];
        const char *place[] = { text_i64(w->arena, last->document.issued_us),
                                text_i64(w->arena, last->vendor.n),
                                text_i64(w->arena, last->document.n) };
        val_set_text(m, "older", query_with(r, "cursor", cursor_make(r, place, 3)));
    }
    set_tab(m, "invoices");
    return page(r, "admin/invoices/list", m);
}

static struct err *
load_issued(struct req *r, struct issued *out)
{
    int64_t n = 0;
    TRY(operate_pick(r->work, r->params[0], &n));
    TRY(book_open(r->work, BOOK_LOOK, n, &out->book));
    out->document = account_document(&out->book.acc, n);
    return out->document ? NULL : act_refused(r->work, REFUSED_NOT_FOUND);
}

struct err *
subscriptions_show_any_invoice(struct req *r)
{
    struct val *m = val_map(r->work->arena);
    struct issued issued;
    TRY(load_issued(r, &issued));
    const struct document *d = issued.document;
    model_document(val_set_map(m, "document"), &issued.book, d);
    val_set_text(m, "number", d->number);
    val_set_text(m, "shop", issued.book.vendor_name);
    val_set_bool(m, "payable", d->state == INVOICE_OPEN || d->state == INVOICE_UNCOLLECTIBLE);
    val_set_bool(m, "can_write_off", d->state == INVOICE_OPEN);
    val_set_bool(m, "creditable", !d->credit_note);
    set_minor(m, "balance", issued.book.acc.balance, issued.book.currency);
    set_tab(m, "invoices");
    return page(r, "admin/invoices/show", m);
}

/* One act on one invoice, by the button that was pressed. */
struct err *
subscriptions_post_any_invoice(struct req *r)
{
    static const struct {
        const char *name;
        struct err *(*run)(struct work *, int64_t, struct act *);
        const char *done;
    } acts[] = {
        { "pay", act_pay, "billing.was_paid" },
        { "credit", act_credit, "billing.was_credited" },
        { "write_off", act_write_off, "billing.was_written_off" },
    };
    struct form f;
    struct act act;
    int64_t n = 0;
    TRY(form_read(r, &f));
    const char *wanted = form_word(&f, "do", 1, 20);
    TRY(form_done(&f));
    TRY(operate_pick(r->work, r->params[0], &n));
    for (size_t i = 0; i < COUNT(acts); i++)
        if (text_is(wanted, acts[i].name)) {
            TRY(acts[i].run(r->work, n, &act));
            return see_other(r, text_join(r->work->arena, "/admin/invoices/",
                                          url_part(r->work->arena, r->params[0]),
                                          "?done=", acts[i].done, NULL));
        }
    return FAIL_FIELD(r->work->arena, ERR_INVALID, "subscriptions.act", "do",
                      "pay, credit or write_off.");
}

/* ---- Subscriptions ---- */

struct err *
subscriptions_show_all(struct req *r)
{
    static const char *const states[] = { "trial", "active", "past_due", "cancelled", "expired" };
    struct work *w = r->work;
    struct val *m = val_map(w->arena);
    const char *state = query_text(r, "state");
    struct subscription_row *rows;
    struct seller seller;
    int64_t behind = 0;
    size_t n;
    TRY(cursor_read_id(r, &behind));
    TRY(operate_seller(w, &seller));
    TRY(operate_subscriptions(w, state, behind, DOCUMENTS_PAGE + 1, &rows, &n));
    bool more = n > DOCUMENTS_PAGE;
    n -= more;
    struct val *list = val_set_list(m, "rows");
    for (size_t i = 0; i < n; i++) {
        const struct subscription_row *row = &rows[i];
        struct val *one = val_add_map(list);
        val_set_i64(one, "vendor", row->vendor.n);
        val_set_text(one, "shop", row->shop);
        val_set_text(one, "tier", row->tier);
        val_set_word(one, "state", text_join(w->arena, "billing.sub.", row->state, NULL));
        val_set_bool(one, "past_due", text_is(row->state, "past_due"));
        val_set_bool(one, "yearly", row->yearly);
        val_set_bool(one, "cancelling", row->cancelling);
        val_set_time(one, "to", row->to_us);
        set_minor(one, "price", row->price, seller.currency);
        set_minor(one, "owed", row->owed, seller.currency);
        val_set_bool(one, "owes", row->owed > 0);
        val_set_count(one, "ahead_days", row->clock_s / DAY_S);
        val_set_bool(one, "ahead", row->clock_s > 0);
    }
    add_states(w->arena, m, states, COUNT(states), "billing.sub.", state);
    val_set_bool(m, "found", n > 0);
    val_set_bool(m, "demo", w->settings->demo);
    val_set_text(m, "newer", behind ? query_with(r, "cursor", NULL) : NULL);
    val_set_text(m, "older",
                 more ? query_with(r, "cursor", cursor_make_id(r, rows[n - 1].vendor.n)) : NULL);
    set_tab(m, "subscriptions");
    return page(r, "admin/subscriptions/list", m);
}

struct err *
subscriptions_post_clock(struct req *r)
{
    struct form f;
    int64_t id = 0;
    TRY(param_id(r, 0, &id));
    TRY(operate_pick_vendor(r->work, id));
    TRY(form_read(r, &f));
    int64_t days = form_i64(&f, "days", 1, CLOCK_MOST_DAYS, 1);
    TRY(form_done(&f));
    TRY(operate_move_clock(r->work, days));
    return see_other(r, "/admin/subscriptions?done=billing.clock_moved");
}

/* ---- Tiers ---- */

static void
model_offer(struct val *m, const struct entitle_offer *offer, int64_t holders, enum currency cur)
{
    val_set_text(m, "code", offer->code);
    val_set_text(m, "name", offer->name);
    val_set_bool(m, "addon", offer->rank == ADD_ON);
    val_set_bool(m, "retired", offer->retired);
    val_set_bool(m, "has_month", offer->month != NO_PRICE);
    val_set_bool(m, "has_year", offer->year != NO_PRICE);
    set_minor(m, "month", offer->month, cur);
    set_minor(m, "year", offer->year, cur);
    val_set_count(m, "holders", holders);
    val_set_bool(m, "held", holders > 0);
}

struct err *
subscriptions_show_offers(struct req *r)
{
    struct work *w = r->work;
    struct val *m = val_map(w->arena);
    struct entitle_offers offers;
    struct seller seller;
    TRY(operate_seller(w, &seller));
    TRY(entitle_offers(w, w->now_us / SECOND_US, &offers));
    int64_t *holders = NEW_ARRAY(w->arena, int64_t, offers.count + 1);
    TRY(edit_holders(w, &offers, holders));
    struct val *tiers = val_set_list(m, "tiers"), *addons = val_set_list(m, "addons");
    for (size_t i = 0; i < offers.count; i++)
        model_offer(val_add_map(offers.rows[i].rank == ADD_ON ? addons : tiers), &offers.rows[i],
                    holders[i], seller.currency);
    val_set_bool(m, "builtin", offers.builtin);
    set_tab(m, "tiers");
    return page(r, "admin/tiers/list", m);
}

struct found_offer {
    const struct entitle_offer *offer;
    int64_t holders;
    enum currency currency;
};

static struct err *
find_offer(struct req *r, struct found_offer *out)
{
    struct work *w = r->work;
    struct entitle_offers offers;
    struct seller seller;
    TRY(operate_seller(w, &seller));
    TRY(entitle_offers(w, w->now_us / SECOND_US, &offers));
    int64_t *holders = NEW_ARRAY(w->arena, int64_t, offers.count + 1);
    TRY(edit_holders(w, &offers, holders));
    out->offer = entitle_find(&offers, r->params[0]);
    if (!out->offer)
        return act_refused(w, REFUSED_NOT_FOUND);
    out->holders = holders[out->offer - offers.rows];
    out->currency = seller.currency;
    return NULL;
}

static const char *
limit_text(struct arena *a, int64_t limit)
{
    return limit == UNLIMITED ? "" : text_i64(a, limit);
}

static void
offer_prefill(struct arena *a, struct val *m, const struct found_offer *found)
{
    const struct entitle_offer *o = found->offer;
    struct money month = { o->month, found->currency }, year = { o->year, found->currency };
    form_prefill(m, "name", o->name);
    form_prefill(m, "month", o->month == NO_PRICE ? "" : money_decimal(a, month));
    form_prefill(m, "year", o->year == NO_PRICE ? "" : money_decimal(a, year));
    for (int i = 0; i < ENTITLE_LIMITS; i++)
        form_prefill(m, entitle_names[i], limit_text(a, o->limit[i]));
    form_prefill(m, "version", text_i64(a, o->version));
}

static struct err *
offer_page(struct req *r, const struct form *f, const struct err *e)
{
    struct val *m = val_map(r->work->arena);
    struct found_offer found;
    TRY(find_offer(r, &found));
    model_offer(m, found.offer, found.holders, found.currency);
    val_set_text(m, "called", found.offer->name);
    val_set_text(m, "unit", currency_code(found.currency));
    if (f)
        form_show(f, e, m);
    else
        offer_prefill(r->work->arena, m, &found);
    set_tab(m, "tiers");
    return page_status(r, e ? err_status(e) : 200, "admin/tiers/edit", m);
}

struct err *
subscriptions_show_offer(struct req *r)
{
    return offer_page(r, NULL, NULL);
}

static int64_t
read_price(struct form *f, const char *name, enum currency currency)
{
    bool given = false;
    const char *raw = form_raw(f, name);
    if (!raw || !*raw)
        return NO_PRICE;
    struct money price = form_money(f, name, currency, &given);
    if (given && price.minor > PRICE_MOST)
        form_fail(f, name, "billing.price", "That is more than a price may be.");
    return given ? price.minor : NO_PRICE;
}

static int64_t
read_limit(struct form *f, const char *name, bool addon)
{
    const char *raw = form_raw(f, name);
    if (!raw || !*raw)
        return addon ? 0 : UNLIMITED;
    return form_i64(f, name, 0, INT64_C(1000000000000), 0);
}

struct err *
subscriptions_post_offer(struct req *r)
{
    struct form f;
    struct found_offer found;
    TRY(form_read(r, &f));
    TRY(find_offer(r, &found));
    struct entitle_offer offer = *found.offer;
    offer.name = form_text(&f, "name", 1, 80);
    offer.month = read_price(&f, "month", found.currency);
    offer.year = read_price(&f, "year", found.currency);
    for (int i = 0; i < ENTITLE_LIMITS; i++)
        offer.limit[i] = read_limit(&f, entitle_names[i], offer.rank == ADD_ON);
    offer.version = form_i64(&f, "version", 0, INT64_MAX, 0);
    struct err *e = form_done(&f);
    if (e)
        return offer_page(r, &f, e);
    TRY(edit_adopt(r->work));
    if (!offer.version) /* of the built-in table, which is the database's from here on */
        offer.version = 1;
    TRY(edit_save(r->work, &offer));
    struct audit_act note = { .what = "tier.changed",
                              .object = text_join(r->work->arena, "tier:", offer.code, NULL) };
    TRY(audit_note(r->work, &note));
    return see_other(r, "/admin/tiers?done=billing.saved");
}

struct err *
subscriptions_post_retire(struct req *r)
{
    struct form f;
    struct found_offer found;
    TRY(form_read(r, &f));
    TRY(form_done(&f));
    TRY(find_offer(r, &found));
    TRY(edit_adopt(r->work));
    TRY(edit_retire(r->work, found.offer->code, !found.offer->retired));
    struct audit_act note = { .what = found.offer->retired ? "tier.sold_again" : "tier.retired",
                              .object =
                                  text_join(r->work->arena, "tier:", found.offer->code, NULL) };
    TRY(audit_note(r->work, &note));
    return see_other(r, "/admin/tiers?done=billing.saved");
}
