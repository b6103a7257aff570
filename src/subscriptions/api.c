/* /api/v1/vendor/billing: what the pages do, for programs. */
#include "base/clock.h"
#include "base/text.h"
#include "entitle/limit.h"
#include "http/cursor.h"
#include "http/form.h"
#include "subscriptions/documents.h"
#include "subscriptions/look.h"
#include "subscriptions/routes.h"
#include "subscriptions/show.h"

static struct err *
look(struct req *r, struct book *book)
{
    return book_open(r->work, BOOK_LOOK, 0, book);
}

/* Tiers or add-ons: what is sold, and what is held though it is not sold any more. */
static struct err *
answer_offers(struct req *r, bool addons)
{
    struct book b;
    TRY(look(r, &b));
    struct json j = list_begin(r);
    for (size_t i = 0; i < b.offers.count; i++) {
        const struct entitle_offer *offer = &b.offers.rows[i];
        if ((offer->rank == ADD_ON) == addons &&
            (!offer->retired || subscription_item(&b.acc.sub, offer->code)))
            put_offer(&j, &b, offer);
    }
    return list_answer(r, &j, NULL);
}

struct err *
subscriptions_get_tiers(struct req *r)
{
    return answer_offers(r, false);
}

struct err *
subscriptions_get_addons(struct req *r)
{
    return answer_offers(r, true);
}

struct err *
subscriptions_get_subscription(struct req *r)
{
    struct book b;
    TRY(look(r, &b));
    struct json j = json_begin(r->work->arena);
    put_subscription_state(&j, NULL, &b);
    return json_answer(r, 200, &j.out);
}

struct err *
subscriptions_get_usage(struct req *r)
{
    struct book b;
    struct usage usage;
    TRY(look(r, &b));
    TRY(usage_load(r->work, &b, &usage));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_time(&j, "window_start", usage.window.from * SECOND_US);
    json_put_time(&j, "window_end", usage.window.to * SECOND_US);
    json_put_array(&j, "data");
    for (int i = 0; i < ENTITLE_LIMITS && usage.known; i++) {
        const struct entitle_use *use = &usage.uses[i];
        json_put_object(&j, NULL);
        json_put_text(&j, "limit", entitle_names[use->limit]);
        json_put_i64(&j, "used", use->used);
        if (use->most == UNLIMITED)
            json_put_null(&j, "allowed");
        else
            json_put_i64(&j, "allowed", use->most);
        json_put_i64(&j, "percent", use->percent);
        json_put_text(&j, "level", limit_level_names[use->level]);
        json_put_time_or_null(&j, "reached_at", use->expected ? use->reached_at * SECOND_US : 0);
        json_put_end(&j);
    }
    json_put_end(&j);
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

struct err *
subscriptions_get_upcoming(struct req *r)
{
    struct book b;
    TRY(look(r, &b));
    struct outcome o = account_upcoming(&b.acc);
    TRY(act_refused(r->work, o.refused));
    struct json j = json_begin(r->work->arena);
    put_document(&j, NULL, &b, o.document);
    return json_answer(r, 200, &j.out);
}

struct err *
subscriptions_get_invoices(struct req *r)
{
    struct document_row *rows;
    int64_t behind = 0, limit;
    size_t n;
    TRY(query_limit(r, DOCUMENTS_PAGE, 200, &limit));
    TRY(cursor_read_id(r, &behind));
    TRY(documents_list(r->work, query_text(r, "status"), behind, limit + 1, &rows, &n));
    struct json j = list_begin(r);
    bool more = n > (size_t)limit;
    n -= more;
    for (size_t i = 0; i < n; i++) {
        json_put_object(&j, NULL);
        json_put_text(&j, "number", rows[i].number);
        json_put_text(&j, "type", rows[i].credit_note ? "credit_note" : "invoice");
        json_put_time(&j, "issued_at", rows[i].issued_us);
        json_put_time_or_null(&j, "due_at", rows[i].due_us);
        json_put_money(&j, "total", rows[i].total);
        json_put_money(&j, "amount_due", rows[i].due);
        json_put_money(&j, "amount_remaining", rows[i].remaining);
        json_put_text(&j, "status", rows[i].state);
        json_put_bool(&j, "overdue", rows[i].overdue);
        json_put_end(&j);
    }
    return list_answer(r, &j, more ? cursor_make_id(r, rows[n - 1].n) : NULL);
}

struct err *
subscriptions_get_invoice(struct req *r)
{
    struct issued issued;
    TRY(issued_load(r->work, r->params[0], &issued));
    struct json j = json_begin(r->work->arena);
    put_document(&j, NULL, &issued.book, issued.document);
    return json_answer(r, 200, &j.out);
}

/* ---- Commands ---- */

static struct err *
answer_act(struct req *r, const struct act *act)
{
    struct json j = json_begin(r->work->arena);
    put_outcome(&j, act);
    return json_answer(r, 200, &j.out);
}

/* With what would be frozen: it stays, but cannot be used. */
static void
put_over(struct json *j, const struct entitle_over *over, size_t n)
{
    json_put_array(j, "over_limits");
    for (size_t i = 0; i < n; i++) {
        json_put_object(j, NULL);
        json_put_text(j, "limit", entitle_names[over[i].limit]);
        json_put_i64(j, "used", over[i].used);
        json_put_i64(j, "allowed", over[i].most);
        json_put_i64(j, "excess", over[i].excess);
        json_put_array(j, "newest");
        for (size_t k = 0; k < over[i].newest_count; k++) {
            json_put_object(j, NULL);
            json_put_id(j, "id", over[i].newest[k].id);
            json_put_text(j, "name", over[i].newest[k].name);
            json_put_end(j);
        }
        json_put_end(j);
        json_put_end(j);
    }
    json_put_end(j);
}

static struct err *
answer_preview(struct req *r, const struct change *wanted)
{
    struct entitle_over over[ENTITLE_LIMITS];
    struct act act;
    size_t n;
    TRY(act_preview(r->work, wanted, &act));
    TRY(look_impact(r->work, &act.book, wanted, over, &n));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    put_outcome_members(&j, &act);
    put_over(&j, over, n);
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

/* A change, or only its preview. */
static struct err *
change(struct req *r, struct form *f, struct change *wanted)
{
    struct act act;
    bool preview = form_flag(f, "preview");
    const char *quote = form_has(f, "quote") ? form_text(f, "quote", 1, 200) : NULL;
    TRY(form_done(f));
    if (preview)
        return answer_preview(r, wanted);
    TRY(act_change(r->work, wanted, quote, &act));
    return answer_act(r, &act);
}

struct err *
subscriptions_post_change_tier(struct req *r)
{
    struct form f;
    TRY(form_read(r, &f));
    struct change wanted = { .tier = form_word(&f, "tier", 1, 32),
                             .interval = look_interval(&f, "interval"),
                             .when = look_when(&f, "when") };
    return change(r, &f, &wanted);
}

struct err *
subscriptions_post_subscribe(struct req *r)
{
    struct form f;
    struct act act;
    TRY(form_read(r, &f));
    struct purchase wanted = { .tier = form_word(&f, "tier", 1, 32),
                               .interval = look_interval(&f, "interval"),
                               .anchor = NEVER };
    TRY(form_done(&f));
    if (!wanted.interval)
        wanted.interval = INTERVAL_MONTH;
    TRY(act_subscribe(r->work, &wanted, &act));
    return answer_act(r, &act);
}

struct err *
subscriptions_post_addon(struct req *r)
{
    struct form f;
    TRY(look_offer(r->work, r->params[0]));
    TRY(form_read(r, &f));
    struct change wanted = { .addon = r->params[0],
                             .quantity = form_i64(&f, "quantity", 0, QUANTITY_MOST, 1),
                             .when = look_when(&f, "when") };
    return change(r, &f, &wanted);
}

struct err *
subscriptions_post_addon_cancel(struct req *r)
{
    struct form f;
    TRY(look_offer(r->work, r->params[0]));
    TRY(form_read(r, &f));
    struct change wanted = { .addon = r->params[0], .when = look_when(&f, "at") };
    return change(r, &f, &wanted);
}

struct err *
subscriptions_post_cancel(struct req *r)
{
    struct form f;
    struct act act;
    TRY(form_read(r, &f));
    enum when when = look_when(&f, "at");
    bool prorate = form_flag(&f, "prorate");
    TRY(form_done(&f));
    TRY(act_cancel(r->work, when, prorate, &act));
    return answer_act(r, &act);
}

struct err *
subscriptions_post_pay(struct req *r)
{
    struct act act;
    int64_t n;
    TRY(documents_find(r->work, r->params[0], &n));
    TRY(act_collect(r->work, n, &act));
    return subscriptions_get_invoice(r);
}

struct err *
subscriptions_post_reactivate(struct req *r)
{
    struct act act;
    TRY(act_reactivate(r->work, &act));
    return answer_act(r, &act);
}

struct err *
subscriptions_post_convert(struct req *r)
{
    struct act act;
    TRY(act_convert_trial(r->work, &act));
    return answer_act(r, &act);
}
