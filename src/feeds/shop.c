#include "feeds/shop.h"

#include "audit/audit.h"
#include "base/digest.h"
#include "base/random.h"
#include "base/text.h"
#include "db/db.h"
#include "feeds/feeds.h"
#include "feeds/place.h"
#include "http/json.h"

#define SECRET_BYTES 16

static const char *
choice_json(struct work *w, const struct feed_choice *c)
{
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    json_put_bool(&j, "public", c->open);
    json_put_bool(&j, "fallback", c->fallback);
    json_put_i64(&j, "backorder_days", c->backorder_days);
    json_put_bool(&j, "mail", c->mail);
    json_put_end(&j);
    return j.out.at;
}

/* The row is locked by what changed it. */
static struct err *
settle_address(struct work *w, struct feed_shop *shop)
{
    TRY(feeds_load_shop(w, shop));
    return place_address(w, w->vendor, shop->slug, shop->active && shop->open,
                         shop->active ? shop->secret : NULL);
}

struct err *
feeds_choose(struct work *w, const struct feed_choice *to)
{
    struct feed_shop shop;
    TRY(feeds_load_shop(w, &shop));
    const struct feed_choice before = { shop.open, shop.fallback, shop.mail, shop.backorder_days };
    TRY(db_exec(w, Q_feeds_choose,
                ARGS(arg_bool(to->open), arg_bool(to->fallback),
                     to->backorder_days ? arg_i64(w, to->backorder_days) : arg_null(),
                     arg_bool(to->mail)),
                NULL));
    TRY(settle_address(w, &shop));
    TRY(feeds_build_soon(w));
    struct audit_act act = { .what = "feed.changed",
                             .object = audit_object(w, "vendor", w->vendor.n),
                             .before = choice_json(w, &before),
                             .after = choice_json(w, to) };
    return audit_note(w, &act);
}

static struct err *
set_secret(struct work *w, const char *secret, const char *what)
{
    struct feed_shop shop;
    TRY(db_exec(w, Q_feeds_set_secret, ARGS(arg_text(secret)), NULL));
    TRY(settle_address(w, &shop));
    struct audit_act act = { .what = what, .object = audit_object(w, "vendor", w->vendor.n) };
    return audit_note(w, &act);
}

struct err *
feeds_renew_secret(struct work *w)
{
    unsigned char bytes[SECRET_BYTES];
    random_fill(bytes, sizeof(bytes));
    return set_secret(w, hex_text(w->arena, BYTES(bytes, sizeof(bytes))), "feed.address_renewed");
}

struct err *
feeds_drop_secret(struct work *w)
{
    return set_secret(w, NULL, "feed.address_dropped");
}

struct err *
feeds_allow(struct work *w, const char *language, enum feed_channel channel)
{
    int64_t n;
    TRY(db_exec(w, Q_feeds_allow, ARGS(arg_text(language), arg_text(feed_channel_names[channel])),
                &n));
    if (!n)
        return FAIL(w->arena, ERR_CONFLICT, "feed.not_held", "This feed is not held back.");
    TRY(feeds_build_soon(w));
    struct audit_act act = {
        .what = "feed.allowed",
        .object = text_join(w->arena, "feed:", language, ".", feed_channel_types[channel], NULL),
    };
    return audit_note(w, &act);
}
