#include "subscriptions/tell.h"

#include "base/clock.h"
#include "base/settings.h"
#include "base/text.h"
#include "db/db.h"
#include "http/json.h"
#include "mail/mail.h"
#include "subscriptions/inside.h"

static struct json
begin_args(struct work *w, const struct book *b)
{
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    json_put_text(&j, "shop", b->vendor_name);
    json_put_text(&j, "link",
                  text_join(w->arena, w->settings->public_url, "/vendor/billing", NULL));
    return j;
}

/* Mails that wait to be written, so that those of many accounts go in one statement. */
struct letters {
    struct mail_draft *at;
    size_t count, room;
};

static void
add(struct work *w, struct letters *all, const struct mail_draft *mail)
{
    if (all->count == all->room) {
        struct mail_draft *more =
            NEW_ARRAY(w->arena, struct mail_draft, all->room = 2 * all->room + 1);
        for (size_t i = 0; i < all->count; i++)
            more[i] = all->at[i];
        all->at = more;
    }
    all->at[all->count++] = *mail;
}

/* To the address that the shop gave for invoices, else to its owners. */
static struct err *
write(struct work *w, const struct book *b, const char *kind, struct json *args, const char *about,
      struct letters *out)
{
    struct rows owners;
    struct mail_draft mail = { .kind = kind, .language = b->language, .vendor = b->vendor };
    json_put_end(args);
    mail.args = args->out.at;
    mail.key = text_printf(w->arena, "%lld:%s", (long long)b->vendor.n, about);
    if (b->buyer.email && mail_address_is_one(b->buyer.email)) {
        mail.to = b->buyer.email;
        add(w, out, &mail);
        return NULL;
    }
    TRY(db_many(w, Q_team_owners, ARGS(arg_i64(w, b->vendor.n)), &owners));
    for (int i = 0; i < owners.count; i++) {
        struct scan s = rows_at(&owners, i);
        mail.to = scan_text(&s);
        mail.name = scan_text(&s);
        mail.language = scan_text(&s);
        scan_end(&s);
        mail.key = text_printf(w->arena, "%lld:%s:%d", (long long)b->vendor.n, about, i);
        if (mail_address_is_one(mail.to))
            add(w, out, &mail);
    }
    return NULL;
}

static struct err *
send(struct work *w, const struct book *b, const char *kind, struct json *args, const char *about)
{
    struct letters letters = { 0 };
    TRY(write(w, b, kind, args, about, &letters));
    return mails_add(w, letters.at, letters.count);
}

static struct err *
tell_document(struct work *w, const struct book *b, const char *kind, const struct document *d,
              struct letters *out)
{
    struct json args = begin_args(w, b);
    struct money total = { d->sums.total < 0 ? -d->sums.total : d->sums.total, b->currency };
    json_put_text(&args, "number", d->number);
    json_put_text(&args, "total", money_words(w->arena, total, b->language));
    json_put_bool(&args, "credit_note", d->credit_note);
    if (d->state == INVOICE_OPEN && d->due_at != NEVER)
        json_put_time(&args, "due_at", d->due_at * SECOND_US);
    return write(w, b, kind, &args, text_join(w->arena, kind, ":", d->number, NULL), out);
}

static struct err *
tell_issued(struct work *w, const struct book *b, struct letters *out)
{
    for (size_t i = book_known_before(b); i < b->acc.document_count; i++)
        TRY(tell_document(w, b, "billing_invoice", b->acc.documents[i], out));
    return NULL;
}

static struct err *
tell_overdue(struct work *w, const struct book *b, struct letters *out)
{
    for (size_t i = 0; i < b->acc.document_count; i++) {
        const struct document *d = b->acc.documents[i];
        if (d->number && d->state == INVOICE_OPEN && d->failed_at != NEVER && d->due_at != NEVER &&
            book_fell_overdue(b, i))
            TRY(tell_document(w, b, "billing_overdue", d, out));
    }
    return NULL;
}

static struct err *
tell_one(struct work *w, const struct book *b, struct letters *out)
{
    TRY(tell_issued(w, b, out));
    TRY(tell_overdue(w, b, out));
    if (!book_ended(b) || b->acc.sub.state != SUB_EXPIRED)
        return NULL;
    struct json args = begin_args(w, b);
    return write(w, b, "billing_expired", &args,
                 text_printf(w->arena, "expired:%lld", (long long)b->acc.sub.number), out);
}

struct err *
tell_changes(struct work *w, const struct book *books, size_t n)
{
    struct letters letters = { 0 };
    for (size_t i = 0; i < n; i++)
        TRY(tell_one(w, &books[i], &letters));
    return mails_add(w, letters.at, letters.count);
}

struct err *
tell_payment_failed(struct work *w, const struct book *b, const struct document *d,
                    const char *decline)
{
    struct json args = begin_args(w, b);
    struct money owed = { d->remaining, b->currency };
    json_put_text(&args, "number", d->number);
    json_put_text(&args, "total", money_words(w->arena, owed, b->language));
    json_put_text(&args, "card", b->card);
    json_put_bool(&args, "confirm", text_is(decline, "authentication_required"));
    return send(w, b, "payment_failed", &args,
                text_printf(w->arena, "payment_failed:%s:%d", d->number, d->attempts));
}

struct err *
tell_trial(struct work *w, const struct book *b, int days)
{
    struct json args = begin_args(w, b);
    json_put_i64(&args, "days", days);
    json_put_time(&args, "ends_at", b->acc.sub.trial_end * SECOND_US);
    return send(w, b, "trial_ending", &args,
                text_printf(w->arena, "trial:%lld:%d", (long long)b->acc.sub.number, days));
}

struct err *
tell_near_limit(struct work *w, const struct book *b, const struct near_limit *use)
{
    struct json args = begin_args(w, b);
    json_put_i64(&args, "used", use->used);
    json_put_i64(&args, "most", use->most);
    json_put_bool(&args, "closed", use->level >= 110);
    return send(w, b, "orders_near_limit", &args,
                text_printf(w->arena, "orders:%lld:%d", (long long)use->window_from, use->level));
}
