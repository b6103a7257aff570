#include "feeds/store.h"

#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "db/db.h"

#define REJECTED_AT_ONCE 2000

struct err *
feeds_load_shop(struct work *w, struct feed_shop *out)
{
    struct scan s;
    bool found;
    TRY(db_maybe(w, Q_feeds_shop, NO_ARGS, &found, &s));
    if (!found)
        return FAIL(w->arena, ERR_NOT_FOUND, "vendor.unknown", "There is no such shop.");
    struct feed_shop shop = { .slug = scan_text(&s) };
    shop.name = scan_text(&s);
    shop.active = scan_bool(&s);
    shop.language = scan_text(&s);
    for (char *at = text_copy(w->arena, scan_text(&s)), *part; (part = strsep(&at, " "));)
        if (*part && shop.language_count < FEED_LANGUAGES_MOST)
            shop.languages[shop.language_count++] = part;
    shop.open = scan_bool(&s);
    shop.secret = scan_null(&s) ? NULL : "";
    const char *secret = scan_text(&s);
    if (shop.secret)
        shop.secret = secret;
    shop.fallback = scan_bool(&s);
    shop.backorder_days = scan_i64(&s);
    shop.mail = scan_bool(&s);
    shop.begun_us = scan_time(&s);
    scan_end(&s);
    *out = shop;
    return NULL;
}

/* ---- Files ---- */

static struct sha256
scan_digest(struct work *w, struct scan *s)
{
    struct sha256 d;
    struct bytes b = scan_bytes(w, s);
    must(b.length == sizeof(d.bytes));
    memcpy(d.bytes, b.at, sizeof(d.bytes));
    return d;
}

static struct feed
read_feed(struct work *w, struct scan *s)
{
    struct feed f = { .language = scan_text(s) };
    f.channel = (enum feed_channel)scan_enum(s, feed_channel_names, FEED_CHANNELS);
    f.rows = scan_i64(s);
    f.bytes = scan_i64(s);
    f.packed_bytes = scan_i64(s);
    f.digest = scan_digest(w, s);
    f.changed_us = scan_time(s);
    f.built_us = scan_time(s);
    f.took_us = scan_i64(s);
    f.rejected = scan_i64(s);
    f.verdicts = scan_digest(w, s);
    f.held_rows = scan_i64(s);
    f.held_us = scan_time(s);
    f.allowed_rows = scan_i64(s);
    scan_end(s);
    return f;
}

struct err *
feeds_load(struct work *w, struct feeds *out)
{
    struct rows rows;
    TRY(db_many(w, Q_feeds_all, NO_ARGS, &rows));
    struct feed *all = NEW_ARRAY(w->arena, struct feed, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        all[i] = read_feed(w, &s);
    }
    *out = (struct feeds){ all, (size_t)rows.count };
    return NULL;
}

struct feed *
feeds_find(const struct feeds *all, const char *language, enum feed_channel channel)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->at[i].channel == channel && text_is(all->at[i].language, language))
            return &all->at[i];
    return NULL;
}

static struct arg
arg_digest(struct work *w, const struct sha256 *d)
{
    return arg_bytes(w, BYTES(d->bytes, sizeof(d->bytes)));
}

struct err *
feeds_save(struct work *w, const struct feed *f)
{
    return db_exec(
        w, Q_feeds_save,
        ARGS(arg_text(f->language), arg_text(feed_channel_names[f->channel]), arg_i64(w, f->rows),
             arg_i64(w, f->bytes), arg_i64(w, f->packed_bytes), arg_digest(w, &f->digest),
             arg_time(w, f->changed_us), arg_time(w, f->built_us), arg_i64(w, f->took_us),
             arg_i64(w, f->rejected), arg_digest(w, &f->verdicts), arg_i64(w, f->held_rows),
             f->held_rows < 0 ? arg_null() : arg_time(w, f->held_us), arg_i64(w, f->allowed_rows)),
        NULL);
}

/* ---- Items ---- */

static struct feed_item
read_item(struct scan *s)
{
    struct feed_item item = { .variant = scan_i64(s) };
    item.product = scan_i64(s);
    item.active = scan_bool(s);
    item.title = scan_text(s);
    item.description = scan_text(s);
    item.language = scan_text(s);
    item.gtin = scan_text(s);
    item.mpn = scan_text(s);
    item.brand = scan_text(s);
    item.category = scan_text(s);
    item.google_category = scan_text(s);
    int64_t price = scan_i64(s);
    item.compare_at.minor = scan_i64(s);
    must(currency_read(scan_text(s), &item.price.cur));
    item.price.minor = price;
    item.compare_at.cur = item.price.cur;
    item.tracked = scan_bool(s);
    item.backorder = scan_bool(s);
    item.there = scan_i64(s);
    item.weight_g = scan_i64(s);
    item.condition = scan_text(s);
    item.option_names = scan_text(s);
    item.option_values = scan_text(s);
    item.image = scan_i64(s);
    item.images = scan_text(s);
    item.tags = scan_text(s);
    scan_end(s);
    return item;
}

struct items {
    struct err *(*fn)(void *arg, const struct feed_item *item);
    void *arg;
};

static struct err *
pass_item(void *arg, struct scan *row)
{
    const struct items *to = arg;
    struct feed_item item = read_item(row);
    return to->fn(to->arg, &item);
}

struct err *
feeds_each_item(struct work *w, const struct feed_shop *shop, const char *language,
                struct product_id product,
                struct err *(*fn)(void *arg, const struct feed_item *item), void *arg)
{
    struct items to = { fn, arg };
    return db_each(w, Q_feeds_items,
                   ARGS(arg_text(language), arg_bool(shop->fallback),
                        product.n ? arg_i64(w, product.n) : arg_null()),
                   pass_item, &to);
}

/* ---- What was left out ---- */

static struct err *
add_rejected(struct work *w, const char *language, enum feed_channel channel,
             const struct feed_rejected *rejected, size_t n)
{
    int64_t *variants = NEW_ARRAY(w->arena, int64_t, n), *bits = NEW_ARRAY(w->arena, int64_t, n);
    const char *names[FEED_REASONS];
    for (int i = 0; i < FEED_REASONS; i++)
        names[i] = feed_reason_rows[i].name;
    for (size_t i = 0; i < n; i++) {
        variants[i] = rejected[i].variant;
        bits[i] = (int64_t)rejected[i].reasons;
    }
    return db_exec(w, Q_feeds_add_verdicts,
                   ARGS(arg_text(language), arg_text(feed_channel_names[channel]),
                        arg_i64s(w, variants, n), arg_i64s(w, bits, n),
                        arg_texts(w, names, FEED_REASONS)),
                   NULL);
}

struct err *
feeds_save_rejected(struct work *w, const char *language, enum feed_channel channel,
                    const struct feed_rejected *rejected, size_t n)
{
    TRY(db_exec(w, Q_feeds_drop_verdicts,
                ARGS(arg_text(language), arg_text(feed_channel_names[channel])), NULL));
    for (size_t i = 0; i < n; i += REJECTED_AT_ONCE) {
        size_t some = n - i < REJECTED_AT_ONCE ? n - i : REJECTED_AT_ONCE;
        TRY(add_rejected(w, language, channel, rejected + i, some));
    }
    return NULL;
}
