/* The same for programs: /api/v1/vendor/feeds. */
#include "base/text.h"
#include "feeds/feeds.h"
#include "feeds/look.h"
#include "feeds/place.h"
#include "feeds/routes.h"
#include "feeds/shop.h"
#include "http/cursor.h"
#include "http/form.h"
#include "http/json.h"
#include "http/response.h"

static void
put_feed(struct work *w, struct json *j, const struct feed_shop *shop, const struct feeds *all,
         const char *language, enum feed_channel channel)
{
    const struct feed *f = feeds_find(all, language, channel);
    json_put_object(j, NULL);
    json_put_text(j, "language", language);
    json_put_text(j, "channel", feed_channel_names[channel]);
    json_put_text(j, "url", shop->open ? place_url(w, shop->slug, NULL, language, channel) : NULL);
    json_put_text(j, "private_url",
                  shop->secret ? place_url(w, shop->slug, shop->secret, language, channel) : NULL);
    json_put_i64(j, "items", f ? f->rows : 0);
    json_put_i64(j, "rejected", f ? f->rejected : 0);
    json_put_i64(j, "bytes", f ? f->bytes : 0);
    json_put_i64(j, "gzip_bytes", f ? f->packed_bytes : 0);
    json_put_time_or_null(j, "changed_at", f ? f->changed_us : 0);
    json_put_time_or_null(j, "built_at", f ? f->built_us : 0);
    json_put_time_or_null(j, "held_at", f && f->held_rows >= 0 ? f->held_us : 0);
    if (f && f->held_rows >= 0)
        json_put_i64(j, "held_items", f->held_rows);
    else
        json_put_null(j, "held_items");
    json_put_end(j);
}

struct err *
feeds_get_all(struct req *r)
{
    struct work *w = r->work;
    struct feed_shop shop;
    struct feeds all;
    TRY(feeds_load_shop(w, &shop));
    TRY(feeds_load(w, &all));
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    json_put_bool(&j, "public", shop.open);
    json_put_bool(&j, "private", shop.secret != NULL);
    json_put_bool(&j, "fallback", shop.fallback);
    json_put_i64(&j, "backorder_days", shop.backorder_days);
    json_put_bool(&j, "mail", shop.mail);
    json_put_array(&j, "data");
    for (size_t i = 0; i < shop.language_count; i++)
        for (enum feed_channel c = 0; c < FEED_CHANNELS; c++)
            put_feed(w, &j, &shop, &all, shop.languages[i], c);
    json_put_end(&j);
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

struct err *
feeds_patch(struct req *r)
{
    struct feed_shop shop;
    struct feed_choice choice, given;
    struct form f;
    TRY(form_read(r, &f));
    TRY(feeds_load_shop(r->work, &shop));
    choice = (struct feed_choice){ shop.open, shop.fallback, shop.mail, shop.backorder_days };
    look_choice(&f, &given);
    TRY(form_done(&f));
    if (form_has(&f, "public"))
        choice.open = given.open;
    if (form_has(&f, "fallback"))
        choice.fallback = given.fallback;
    if (form_has(&f, "mail"))
        choice.mail = given.mail;
    if (form_has(&f, "backorder_days"))
        choice.backorder_days = given.backorder_days;
    TRY(feeds_choose(r->work, &choice));
    return feeds_get_all(r);
}

struct err *
feeds_post_build_json(struct req *r)
{
    TRY(feeds_build_soon(r->work));
    return no_content(r);
}

struct err *
feeds_post_renew_json(struct req *r)
{
    TRY(feeds_renew_secret(r->work));
    return feeds_get_all(r);
}

struct err *
feeds_post_publish_json(struct req *r)
{
    struct feed_shop shop;
    const char *language;
    enum feed_channel channel;
    TRY(feeds_load_shop(r->work, &shop));
    TRY(look_named(r, &shop, &language, &channel));
    TRY(feeds_allow(r->work, language, channel));
    return no_content(r);
}

static void
put_rejected(struct json *j, const struct rejected_item *item)
{
    json_put_object(j, NULL);
    json_put_id(j, "variant_id", item->variant);
    json_put_id(j, "product_id", item->product);
    json_put_text(j, "sku", item->sku);
    json_put_text(j, "title", item->title);
    json_put_array(j, "reasons");
    for (size_t i = 0; i < item->count; i++)
        json_put_text(j, NULL, item->reasons[i]);
    json_put_end(j);
    json_put_end(j);
}

struct err *
feeds_get_rejected(struct req *r)
{
    struct feed_shop shop;
    struct rejected_item *items;
    const char *language;
    enum feed_channel channel;
    int64_t behind, limit;
    size_t n;
    bool more;
    TRY(feeds_load_shop(r->work, &shop));
    TRY(look_named(r, &shop, &language, &channel));
    TRY(cursor_read_id(r, &behind));
    TRY(query_limit(r, 50, 200, &limit));
    TRY(look_rejected(r->work, language, channel, query_text(r, "reason"), behind, limit, &items,
                      &n, &more));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_array(&j, "data");
    for (size_t i = 0; i < n; i++)
        put_rejected(&j, &items[i]);
    json_put_end(&j);
    json_put_text(&j, "next_cursor", more ? cursor_make_id(r, items[n - 1].variant) : NULL);
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}

/* ---- A product ---- */

static void
put_check(struct json *j, const struct product_check *c, enum feed_channel channel)
{
    json_put_object(j, NULL);
    json_put_text(j, "language", c->language);
    json_put_text(j, "channel", feed_channel_names[channel]);
    json_put_bool(j, "ready", c->variants && c->ready[channel] == c->variants);
    json_put_i64(j, "variants", c->variants);
    json_put_i64(j, "variants_ready", c->ready[channel]);
    json_put_array(j, "reasons");
    for (int i = 0; i < FEED_REASONS; i++) {
        if (!c->counts[channel][i])
            continue;
        json_put_object(j, NULL);
        json_put_text(j, "reason", feed_reason_rows[i].name);
        json_put_text(j, "field", feed_reason_rows[i].field);
        json_put_bool(j, "rejects", feed_reason_rows[i].refuses);
        json_put_i64(j, "variants", c->counts[channel][i]);
        json_put_end(j);
    }
    json_put_end(j);
    json_put_end(j);
}

struct err *
feeds_get_product(struct req *r)
{
    struct product_id id;
    struct product_check *checks;
    const char *sku, *title, *language;
    size_t n;
    TRY(param_id(r, 0, &id.n));
    TRY(look_product(r->work, id, &sku, &title, &language, &checks, &n));
    struct json j = json_begin(r->work->arena);
    json_put_object(&j, NULL);
    json_put_array(&j, "data");
    for (size_t i = 0; i < n; i++)
        for (enum feed_channel c = 0; c < FEED_CHANNELS; c++)
            put_check(&j, &checks[i], c);
    json_put_end(&j);
    json_put_end(&j);
    return json_answer(r, 200, &j.out);
}
