#include "orders/letters.h"

#include "base/settings.h"
#include "base/text.h"
#include "http/json.h"
#include "mail/mail.h"

static void
put_amount(struct json *j, const char *name, struct money m, const char *language)
{
    if (m.minor)
        json_put_text(j, name, money_words(j->out.arena, m, language));
    else
        json_put_text(j, name, "");
}

static void
put_item(struct json *j, int64_t quantity, const char *title, struct money total,
         const char *language)
{
    json_put_object(j, NULL);
    json_put_i64(j, "quantity", quantity);
    json_put_text(j, "title", title);
    json_put_text(j, "amount", money_words(j->out.arena, total, language));
    json_put_end(j);
}

/* What both mails show. */
static const char *
args_of(struct work *w, const struct order_draft *d, const struct order_quote *q,
        const struct order_placed *placed, const char *language)
{
    const struct order_sums *s = &q->sums;
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    json_put_text(&j, "shop", q->terms.name);
    json_put_text(&j, "number", text_i64(w->arena, placed->number));
    json_put_text(&j, "order", text_i64(w->arena, placed->id.n));
    json_put_text(&j, "buyer", *d->name ? d->name : d->email);
    json_put_array(&j, "items");
    for (size_t i = 0; i < q->n; i++)
        put_item(&j, q->goods[i].quantity, q->goods[i].title, q->goods[i].total, language);
    json_put_end(&j);
    put_amount(&j, "shipping", s->shipping, language);
    put_amount(&j, "discount", s->discount, language);
    put_amount(&j, "tax", s->tax, language);
    json_put_text(&j, "total", money_words(w->arena, s->total, language));
    json_put_text(&j, "pay_by", q->terms.pay_by);
    json_put_end(&j);
    return j.out.at;
}

static const char *
link_of(struct work *w, const struct order_quote *q, const struct order_placed *placed)
{
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    json_put_text(&j, "link",
                  text_printf(w->arena, "%s/shops/%s/orders/%s", w->settings->public_url,
                              q->terms.shop, placed->token));
    json_put_end(&j);
    return j.out.at;
}

struct err *
letters_placed(struct work *w, const struct order_draft *d, const struct order_quote *q,
               const struct order_placed *placed)
{
    const char *key = text_printf(w->arena, "order:%lld", (long long)placed->id.n);
    if (!d->quiet)
        TRY(mail_add(w, &(struct mail_draft){ .kind = "order_confirmation",
                                              .to = d->email,
                                              .name = d->name,
                                              .language = d->language,
                                              .args = args_of(w, d, q, placed, d->language),
                                              .secret = link_of(w, q, placed),
                                              .key = key }));
    if (!*q->terms.tell)
        return NULL;
    return mail_add(w, &(struct mail_draft){ .kind = "order_received",
                                             .to = q->terms.tell,
                                             .language = q->terms.language,
                                             .args = args_of(w, d, q, placed, q->terms.language),
                                             .key = key });
}

/* ---- On its way ---- */

static const char *
sent_args(struct work *w, const struct order *o, const char *shop, const char *tracking,
          const struct order_line *lines, size_t n)
{
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    json_put_text(&j, "shop", shop);
    json_put_text(&j, "number", order_called(w->arena, o->number, o->external));
    json_put_text(&j, "tracking", tracking);
    json_put_array(&j, "items");
    for (size_t i = 0; i < n; i++)
        put_item(&j, lines[i].quantity, lines[i].title, lines[i].total, o->language);
    json_put_end(&j);
    json_put_end(&j);
    return j.out.at;
}

struct err *
letters_sent(struct work *w, const struct order *o, const char *tracking)
{
    struct order_line *lines;
    struct terms terms;
    size_t n;
    if (!mail_address_is_one(o->email))
        return NULL;
    TRY(terms_load(w, &terms));
    TRY(order_lines(w, o, &lines, &n));
    return mail_add(
        w, &(struct mail_draft){ .kind = "order_sent",
                                 .to = o->email,
                                 .name = o->name,
                                 .language = o->language,
                                 .args = sent_args(w, o, terms.name, tracking, lines, n),
                                 .key = text_printf(w->arena, "order:%lld", (long long)o->id.n) });
}
