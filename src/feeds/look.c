#include "feeds/look.h"

#include <string.h>

#include "base/must.h"
#include "base/settings.h"
#include "base/text.h"
#include "db/db.h"
#include "feeds/shop.h"
#include "http/form.h"

struct err *
look_named(struct req *r, const struct feed_shop *shop, const char **language,
           enum feed_channel *channel)
{
    for (size_t i = 0; i < shop->language_count; i++)
        for (enum feed_channel c = 0; c < FEED_CHANNELS; c++)
            if (text_is(r->params[0], shop->languages[i]) &&
                text_is(r->params[1], feed_channel_names[c])) {
                *language = shop->languages[i];
                *channel = c;
                return NULL;
            }
    return FAIL(r->work->arena, ERR_NOT_FOUND, "feed.unknown", "There is no such feed.");
}

void
look_choice(struct form *f, struct feed_choice *choice)
{
    choice->open = form_flag(f, "public");
    choice->fallback = form_flag(f, "fallback");
    choice->mail = form_flag(f, "mail");
    choice->backorder_days = form_i64(f, "backorder_days", 0, 365, 0);
}

/* ---- What was left out ---- */

struct err *
look_reasons(struct work *w, const char *language, enum feed_channel channel,
             struct reason_count **out, size_t *n)
{
    struct rows rows;
    TRY(db_many(w, Q_feeds_reasons, ARGS(arg_text(language), arg_text(feed_channel_names[channel])),
                &rows));
    struct reason_count *all = NEW_ARRAY(w->arena, struct reason_count, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        all[i].name = scan_text(&s);
        all[i].items = scan_i64(&s);
        scan_end(&s);
    }
    *out = all;
    *n = (size_t)rows.count;
    return NULL;
}

static struct rejected_item
read_rejected(struct work *w, struct scan *s)
{
    struct rejected_item item = { .variant = scan_i64(s) };
    item.product = scan_i64(s);
    item.sku = scan_text(s);
    item.title = scan_text(s);
    item.language = scan_text(s);
    for (char *at = text_copy(w->arena, scan_text(s)), *part; (part = strsep(&at, " "));)
        if (item.count < FEED_REASONS)
            item.reasons[item.count++] = part;
    scan_end(s);
    return item;
}

struct err *
look_rejected(struct work *w, const char *language, enum feed_channel channel, const char *reason,
              int64_t behind, int64_t most, struct rejected_item **out, size_t *n, bool *more)
{
    struct rows rows;
    TRY(db_many(w, Q_feeds_rejected,
                ARGS(arg_text(language), arg_text(feed_channel_names[channel]), arg_text(reason),
                     arg_i64(w, behind), arg_i64(w, most + 1), arg_text(w->language)),
                &rows));
    *more = rows.count > most;
    *n = (size_t)(*more ? most : rows.count);
    struct rejected_item *all = NEW_ARRAY(w->arena, struct rejected_item, *n + 1);
    for (size_t i = 0; i < *n; i++) {
        struct scan s = rows_at(&rows, (int)i);
        all[i] = read_rejected(w, &s);
    }
    *out = all;
    return NULL;
}

/* ---- One product ---- */

struct checking {
    struct arena *arena;
    struct feed_terms terms;
    struct product_check *check;
};

static struct err *
check_item(void *arg, const struct feed_item *item)
{
    struct checking *c = arg;
    struct feed_shaped shaped;
    feed_shape(c->arena, &c->terms, item, &shaped);
    c->check->variants++;
    for (int i = 0; i < FEED_CHANNELS; i++) {
        c->check->ready[i] += !feed_refused(shaped.reasons[i]);
        for (int k = 0; k < FEED_REASONS; k++)
            c->check->counts[i][k] += !!(shaped.reasons[i] & FEED_BIT(k));
    }
    return NULL;
}

static struct err *
check_language(struct work *w, const struct feed_shop *shop, struct product_id product,
               const char *language, struct product_check *out)
{
    struct checking c = { .arena = w->arena, .check = out };
    *out = (struct product_check){ .language = language };
    c.terms = (struct feed_terms){ .url = w->settings->public_url,
                                   .slug = shop->slug,
                                   .name = shop->name,
                                   .language = language,
                                   .backorder_days = shop->backorder_days,
                                   .now_us = w->now_us };
    return feeds_each_item(w, shop, language, product, check_item, &c);
}

struct err *
look_product(struct work *w, struct product_id product, const char **sku, const char **title,
             const char **title_language, struct product_check **out, size_t *n)
{
    struct feed_shop shop;
    struct scan s;
    bool found;
    TRY(db_maybe(w, Q_feeds_product, ARGS(arg_i64(w, product.n), arg_text(w->language)), &found,
                 &s));
    if (!found)
        return FAIL(w->arena, ERR_NOT_FOUND, "product.unknown", "There is no such product.");
    *sku = scan_text(&s);
    *title = scan_text(&s);
    *title_language = scan_text(&s);
    scan_end(&s);
    TRY(feeds_load_shop(w, &shop));
    struct product_check *all = NEW_ARRAY(w->arena, struct product_check, shop.language_count + 1);
    for (size_t i = 0; i < shop.language_count; i++)
        TRY(check_language(w, &shop, product, shop.languages[i], &all[i]));
    *out = all;
    *n = shop.language_count;
    return NULL;
}
