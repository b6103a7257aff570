/* /vendor/billing: what one has, uses and pays, and what would be if one changed it. */
#include "audit/audit.h"
#include "base/text.h"
#include "db/db.h"
#include "http/cursor.h"
#include "http/response.h"
#include "http/site.h"
#include "subscriptions/buyer.h"
#include "subscriptions/documents.h"
#include "subscriptions/model.h"
#include "subscriptions/routes.h"

#define HOME      "/vendor/billing"
#define LAST_ONES 6 /* invoices on the overview */

/* ---- Overview ---- */

static void
add_upcoming(struct val *m, struct book *b)
{
    struct outcome next = account_upcoming(&b->acc);
    val_set_null(m, "upcoming");
    if (!next.refused)
        model_document(val_set_map(m, "upcoming"), b, next.document);
}

static void
add_rows(struct val *m, struct arena *a, const struct document_row *rows, size_t n)
{
    struct val *list = val_set_list(m, "invoices");
    for (size_t i = 0; i < n; i++) {
        struct val *one = val_add_map(list);
        val_set_text(one, "number", rows[i].number);
        val_set_bool(one, "credit_note", rows[i].credit_note);
        val_set_time(one, "issued_at", rows[i].issued_us);
        val_set_money(one, "total", rows[i].total);
        val_set_money(one, "remaining", rows[i].remaining);
        val_set_bool(one, "owed", text_is(rows[i].state, "open"));
        val_set_bool(one, "overdue", rows[i].overdue);
        val_set_word(one, "state", text_join(a, "billing.state.", rows[i].state, NULL));
    }
    val_set_bool(m, "has_invoices", n > 0);
}

struct err *
subscriptions_show_overview(struct req *r)
{
    struct work *w = r->work;
    struct val *m = val_map(w->arena);
    struct document_row *rows;
    struct usage usage;
    struct book b;
    size_t n;
    TRY(book_open(w, BOOK_LOOK, 0, &b));
    TRY(usage_load(w, &b, &usage));
    TRY(documents_list(w, NULL, 0, LAST_ONES, &rows, &n));
    model_subscription(m, &b);
    model_usage(w->arena, m, &usage);
    model_addons(m, &b);
    add_upcoming(m, &b);
    add_rows(m, w->arena, rows, n);
    val_set_bool(m, "known", usage.known);
    val_set_bool(m, "may_buy", guard_may(w->role, MAY_BUY));
    val_set_bool(m, "may_add",
                 subscription_lives(b.acc.sub.state) && b.acc.sub.state != SUB_PAST_DUE &&
                     guard_may(w->role, MAY_BUY));
    return page(r, "vendor/billing/overview", m);
}

/* ---- Tiers, and the preview of a change ---- */

static enum interval
asked_interval(const struct req *r, const struct book *b)
{
    enum interval interval = b->acc.sub.number ? b->acc.sub.interval : INTERVAL_MONTH;
    interval_read(query_text(r, "interval"), &interval);
    return interval;
}

struct err *
subscriptions_show_tiers(struct req *r)
{
    struct val *m = val_map(r->work->arena);
    struct book b;
    TRY(book_open(r->work, BOOK_LOOK, 0, &b));
    model_subscription(m, &b);
    model_tiers(m, &b, asked_interval(r, &b));
    val_set_bool(m, "may_buy", guard_may(r->work->role, MAY_BUY));
    return page(r, "vendor/billing/tiers", m);
}

static void
add_outcome(struct val *m, const struct act *act)
{
    const struct outcome *o = &act->outcome;
    val_set_bool(m, "now", o->effect == EFFECT_NOW);
    val_set_bool(m, "later", o->effect == EFFECT_PERIOD_END);
    val_set_bool(m, "clears", o->effect == EFFECT_SCHEDULE_CLEARED);
    val_set_text(m, "quote", act->quote);
    val_set_null(m, "document");
    if (o->document)
        model_document(val_set_map(m, "document"), &act->book, o->document);
}

/* The next regular invoice once the change is made. */
static void
add_next(struct val *m, const struct act *act, const struct change *wanted)
{
    struct account then = act->book.acc;
    val_set_null(m, "next");
    then.by_transfer = true; /* its payment is not what this is about */
    if (!account_change(&then, act->book.now, wanted).refused) {
        struct outcome next = account_upcoming(&then);
        if (!next.refused)
            model_document(val_set_map(m, "next"), &act->book, next.document);
    }
}

static struct err *
show_preview(struct req *r, const struct change *wanted, struct val *m, const char *template_name)
{
    struct entitle_over over[ENTITLE_LIMITS];
    struct act act;
    size_t n;
    TRY(act_preview(r->work, wanted, &act));
    model_subscription(m, &act.book);
    add_outcome(m, &act);
    TRY(look_impact(r->work, &act.book, wanted, over, &n));
    model_over(r->work->arena, m, over, n);
    add_next(m, &act, wanted);
    return page(r, template_name, m);
}

struct err *
subscriptions_show_change(struct req *r)
{
    struct val *m = val_map(r->work->arena);
    struct book b;
    TRY(book_open(r->work, BOOK_LOOK, 0, &b));
    struct change wanted = { .tier = r->params[0], .interval = asked_interval(r, &b) };
    if (!entitle_find(&b.offers, wanted.tier))
        return act_refused(r->work, REFUSED_NOT_FOUND);
    val_set_text(m, "code", wanted.tier);
    val_set_text(m, "wanted", offer_name(&b, wanted.tier));
    val_set_text(m, "interval", interval_name(wanted.interval));
    val_set_bool(m, "yearly", wanted.interval == INTERVAL_YEAR);
    val_set_bool(m, "first", !subscription_lives(b.acc.sub.state));
    if (!subscription_lives(b.acc.sub.state)) {
        struct account then = b.acc;
        struct purchase purchase = { .tier = wanted.tier,
                                     .interval = wanted.interval,
                                     .anchor = NEVER };
        then.by_transfer = true;
        struct outcome o = account_subscribe(&then, b.now, &purchase);
        TRY(act_refused(r->work, o.refused));
        val_set_bool(m, "now", true);
        model_document(val_set_map(m, "document"), &b, o.document);
        model_over(r->work->arena, m, NULL, 0);
        return page(r, "vendor/billing/change", m);
    }
    return show_preview(r, &wanted, m, "vendor/billing/change");
}

struct err *
subscriptions_post_change(struct req *r)
{
    struct form f;
    struct act act;
    TRY(form_read(r, &f));
    enum interval interval = look_interval(&f, "interval");
    const char *quote = form_has(&f, "quote") ? form_text(&f, "quote", 0, 200) : "";
    bool first = form_flag(&f, "first");
    TRY(form_done(&f));
    TRY(look_offer(r->work, r->params[0]));
    if (first) {
        struct purchase wanted = { .tier = r->params[0],
                                   .interval = interval ? interval : INTERVAL_MONTH,
                                   .anchor = NEVER };
        TRY(act_subscribe(r->work, &wanted, &act));
    } else {
        struct change wanted = { .tier = r->params[0], .interval = interval };
        TRY(act_change(r->work, &wanted, *quote ? quote : NULL, &act));
    }
    return see_other(r, act.outcome.effect == EFFECT_NOW ? HOME "?done=billing.changed"
                                                         : HOME "?done=billing.scheduled");
}

struct err *
subscriptions_show_addon(struct req *r)
{
    struct val *m = val_map(r->work->arena);
    struct book b;
    int64_t quantity = 0;
    TRY(book_open(r->work, BOOK_LOOK, 0, &b));
    const struct item *held = subscription_item(&b.acc.sub, r->params[0]);
    const char *given = query_text(r, "quantity");
    val_set_text(m, "code", r->params[0]);
    val_set_text(m, "wanted", offer_name(&b, r->params[0]));
    val_set_i64(m, "has", held ? held->quantity : 0);
    if (given && text_to_i64(given, &quantity)) {
        struct change wanted = { .addon = r->params[0], .quantity = quantity };
        val_set_i64(m, "quantity", quantity);
        return show_preview(r, &wanted, m, "vendor/billing/addon");
    }
    if (!held && !account_offer(&b.acc, r->params[0]))
        return act_refused(r->work, REFUSED_NOT_FOUND);
    model_subscription(m, &b);
    val_set_i64(m, "quantity", held ? held->quantity : 1);
    val_set_bool(m, "asks", true);
    return page(r, "vendor/billing/addon", m);
}

struct err *
subscriptions_post_addon_page(struct req *r)
{
    struct form f;
    struct act act;
    TRY(form_read(r, &f));
    struct change wanted = { .addon = r->params[0],
                             .quantity = form_i64(&f, "quantity", 0, QUANTITY_MOST, 0) };
    const char *quote = form_text(&f, "quote", 1, 200);
    TRY(look_offer(r->work, r->params[0]));
    TRY(form_done(&f));
    TRY(act_change(r->work, &wanted, quote, &act));
    return see_other(r, act.outcome.effect == EFFECT_NOW ? HOME "?done=billing.changed"
                                                         : HOME "?done=billing.scheduled");
}

struct err *
subscriptions_post_start(struct req *r)
{
    struct form f;
    struct act act;
    TRY(form_read(r, &f));
    TRY(form_done(&f));
    TRY(act_convert_trial(r->work, &act));
    return see_other(r, HOME "?done=billing.changed");
}

/* ---- Ending it ---- */

struct err *
subscriptions_show_cancel(struct req *r)
{
    struct val *m = val_map(r->work->arena);
    struct book b;
    TRY(book_open(r->work, BOOK_LOOK, 0, &b));
    if (!subscription_lives(b.acc.sub.state))
        return act_refused(r->work, REFUSED_NOT_ACTIVE);
    model_subscription(m, &b);
    return page(r, "vendor/billing/cancel", m);
}

struct err *
subscriptions_post_cancel_page(struct req *r)
{
    struct form f;
    struct act act;
    TRY(form_read(r, &f));
    enum when when = look_when(&f, "at");
    TRY(form_done(&f));
    TRY(act_cancel(r->work, when, false, &act));
    return see_other(r, HOME "?done=billing.cancelled");
}

struct err *
subscriptions_post_reactivate_page(struct req *r)
{
    struct form f;
    struct act act;
    TRY(form_read(r, &f));
    TRY(form_done(&f));
    TRY(act_reactivate(r->work, &act));
    return see_other(r, HOME "?done=billing.reactivated");
}

/* ---- Who is billed ---- */

static struct err *
details_page(struct req *r, const struct form *f, const struct err *e)
{
    struct val *m = val_map(r->work->arena);
    struct book b;
    TRY(book_open(r->work, BOOK_LOOK, 0, &b));
    if (f) {
        form_show(f, e, m);
    } else {
        form_prefill(m, "legal_name", b.buyer.name);
        form_prefill(m, "street", b.buyer.street);
        form_prefill(m, "postcode", b.buyer.postcode);
        form_prefill(m, "city", b.buyer.city);
        form_prefill(m, "country", b.buyer.country);
        form_prefill(m, "vat_id", b.buyer.vat_id);
        form_prefill(m, "email", b.buyer.email);
    }
    val_set_bool(m, "vat_valid", b.vat_valid);
    return page_status(r, e ? err_status(e) : 200, "vendor/billing/details", m);
}

struct err *
subscriptions_show_details(struct req *r)
{
    return details_page(r, NULL, NULL);
}

struct err *
subscriptions_post_details(struct req *r)
{
    struct form f;
    struct buyer buyer;
    TRY(form_read(r, &f));
    buyer_read(&f, &buyer);
    struct err *e = form_done(&f);
    if (e)
        return details_page(r, &f, e);
    TRY(buyer_save(r->work, &buyer));
    return see_other(r, HOME "?done=billing.saved");
}

/* ---- Invoices ---- */

struct err *
subscriptions_show_invoices(struct req *r)
{
    struct work *w = r->work;
    struct val *m = val_map(w->arena);
    struct document_row *rows;
    int64_t behind = 0;
    size_t n;
    TRY(cursor_read_id(r, &behind));
    TRY(documents_list(w, NULL, behind, DOCUMENTS_PAGE + 1, &rows, &n));
    bool more = n > DOCUMENTS_PAGE;
    n -= more;
    add_rows(m, w->arena, rows, n);
    val_set_text(m, "newer", behind ? query_with(r, "cursor", NULL) : NULL);
    val_set_text(m, "older",
                 more ? query_with(r, "cursor", cursor_make_id(r, rows[n - 1].n)) : NULL);
    return page(r, "vendor/billing/invoices", m);
}

static void
add_party(struct val *m, const struct party *party)
{
    val_set_text(m, "name", party->name);
    val_set_text(m, "street", party->street);
    val_set_text(m, "postcode", party->postcode);
    val_set_text(m, "city", party->city);
    val_set_text(m, "country", party->country);
    val_set_text(m, "vat_id", party->vat_id);
    val_set_text(m, "iban", party->iban);
    val_set_text(m, "bic", party->bic);
}

struct err *
subscriptions_show_invoice(struct req *r)
{
    struct val *m = val_map(r->work->arena);
    struct issued issued;
    TRY(issued_load(r->work, r->params[0], &issued));
    model_document(val_set_map(m, "document"), &issued.book, issued.document);
    add_party(val_set_map(m, "seller"), &issued.book.paper_seller);
    add_party(val_set_map(m, "buyer"), &issued.book.paper_buyer);
    val_set_text(m, "number", issued.document->number);
    val_set_bool(m, "by_transfer", issued.document->due_at != NEVER);
    val_set_bool(m, "may_pay",
                 issued.document->state == INVOICE_OPEN && !issued.document->waiting &&
                     issued.book.acc.has_card && guard_may(r->work->role, MAY_BUY));
    return page(r, "vendor/billing/invoice", m);
}

struct err *
subscriptions_post_pay_page(struct req *r)
{
    struct form f;
    struct act act;
    int64_t n;
    TRY(form_read(r, &f));
    TRY(form_done(&f));
    TRY(documents_find(r->work, r->params[0], &n));
    TRY(act_collect(r->work, n, &act));
    return see_other(r, text_join(r->work->arena, HOME "/invoices/", r->params[0],
                                  "?done=payment.invoice_paid", NULL));
}

/* ---- Files ---- */

static struct paper
paper_of(struct req *r, const struct issued *issued)
{
    const struct document *d = issued->document;
    const char **titles = NEW_ARRAY(r->work->arena, const char *, d->line_count + 1);
    for (size_t i = 0; i < d->line_count; i++)
        titles[i] = offer_name(&issued->book, d->lines[i].item);
    return (struct paper){ .document = d,
                           .currency = issued->book.currency,
                           .language = r->work->language,
                           .seller = issued->book.paper_seller,
                           .buyer = issued->book.paper_buyer,
                           .titles = titles,
                           .fonts = r->work->settings->fonts,
                           .evidence = issued->book.paper_evidence };
}

static struct err *
answer_file(struct req *r, const char *number, const char *type, const char *ending,
            struct bytes file)
{
    resp_header(r, "Content-Disposition",
                text_printf(r->work->arena, "inline; filename=\"%s.%s\"", number, ending));
    return bytes_answer(r, 200, type, file);
}

struct err *
subscriptions_get_pdf(struct req *r)
{
    struct issued issued;
    struct bytes file;
    TRY(issued_load(r->work, r->params[0], &issued));
    struct paper paper = paper_of(r, &issued);
    TRY(paper_pdf(r->work->arena, &paper, &file));
    return answer_file(r, issued.document->number, "application/pdf", "pdf", file);
}

struct err *
subscriptions_get_xml(struct req *r)
{
    struct issued issued;
    struct bytes file;
    TRY(issued_load(r->work, r->params[0], &issued));
    struct paper paper = paper_of(r, &issued);
    TRY(paper_ubl(r->work->arena, &paper, &file));
    return answer_file(r, issued.document->number, "application/xml; charset=utf-8", "xml", file);
}
