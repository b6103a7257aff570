/* /vendor/settings/feeds: addresses, figures, what was left out and why, the first rows. */
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/table.h"
#include "base/text.h"
#include "feeds/feeds.h"
#include "feeds/look.h"
#include "feeds/place.h"
#include "feeds/routes.h"
#include "feeds/shop.h"
#include "http/cursor.h"
#include "http/form.h"
#include "http/response.h"
#include "http/site.h"
#include "view/value.h"

#define HOME         "/vendor/settings/feeds"
#define PAGE         50
#define PREVIEW_ROWS 3
#define PREVIEW_CELL 80 /* characters */

/* ---- A feed ---- */

static const char *
path_of(struct arena *a, const char *language, enum feed_channel channel)
{
    return text_join(a, HOME "/", language, "/", feed_channel_names[channel], NULL);
}

static void
add_addresses(struct work *w, struct val *m, const struct feed_shop *shop, const char *language,
              enum feed_channel channel)
{
    if (shop->open)
        val_set_text(m, "open_url", place_url(w, shop->slug, NULL, language, channel));
    if (shop->secret)
        val_set_text(m, "private_url", place_url(w, shop->slug, shop->secret, language, channel));
    val_set_text(m, "type", feed_channel_types[channel]);
    val_set_text(m, "channel", feed_channel_names[channel]);
    val_set_word(m, "channel_word",
                 channel == FEED_META ? "feeds.channel.meta" : "feeds.channel.google");
    val_set_text(m, "language", language);
    val_set_text(m, "path", path_of(w->arena, language, channel));
}

static void
feed_model(struct work *w, struct val *m, const struct feed_shop *shop, const struct feeds *all,
           const char *language, enum feed_channel channel)
{
    const struct feed *f = feeds_find(all, language, channel);
    add_addresses(w, m, shop, language, channel);
    val_set_bool(m, "built", f != NULL);
    val_set_null(m, "held");
    if (!f)
        return;
    val_set_count(m, "rows", f->rows);
    val_set_count(m, "rejected", f->rejected);
    val_set_bool(m, "has_rejected", f->rejected > 0);
    val_set_bytes(m, "bytes", f->bytes);
    val_set_bytes(m, "packed", f->packed_bytes);
    val_set_time(m, "changed_at", f->changed_us);
    val_set_time(m, "built_at", f->built_us);
    if (f->held_rows < 0)
        return;
    struct val *held = val_set_map(m, "held");
    val_set_count(held, "rows", f->held_rows);
    val_set_time(held, "since", f->held_us);
    val_set_bool(held, "allowed", f->allowed_rows >= 0);
}

/* ---- All of them ---- */

static void
add_languages(struct work *w, struct val *m, const struct feed_shop *shop, const struct feeds *all)
{
    struct val *languages = val_set_list(m, "groups");
    bool held = false;
    for (size_t i = 0; i < shop->language_count; i++) {
        struct val *one = val_add_map(languages);
        struct val *feeds = val_set_list(one, "feeds");
        val_set_text(one, "code", shop->languages[i]);
        for (enum feed_channel c = 0; c < FEED_CHANNELS; c++) {
            const struct feed *f = feeds_find(all, shop->languages[i], c);
            feed_model(w, val_add_map(feeds), shop, all, shop->languages[i], c);
            held |= f && f->held_rows >= 0;
        }
    }
    val_set_bool(m, "any_held", held);
}

static void
prefill(struct work *w, struct val *m, const struct feed_shop *shop)
{
    form_prefill(m, "public", shop->open ? "1" : "");
    form_prefill(m, "fallback", shop->fallback ? "1" : "");
    form_prefill(m, "mail", shop->mail ? "1" : "");
    form_prefill(m, "backorder_days",
                 shop->backorder_days ? text_i64(w->arena, shop->backorder_days) : "");
}

static struct err *
settings_page(struct req *r, const struct form *f, const struct err *e)
{
    struct work *w = r->work;
    struct val *m = val_map(w->arena);
    struct feed_shop shop;
    struct feeds all;
    TRY(feeds_load_shop(w, &shop));
    TRY(feeds_load(w, &all));
    if (f)
        form_show(f, e, m);
    else
        prefill(w, m, &shop);
    add_languages(w, m, &shop, &all);
    val_set_bool(m, "open", shop.open);
    val_set_bool(m, "has_secret", shop.secret != NULL);
    val_set_bool(m, "may_change", guard_may(w->role, MAY_EDIT_SETTINGS));
    val_set_bool(val_set_map(m, "tab"), "feeds", true);
    return page_status(r, e ? err_status(e) : 200, "vendor/settings/feeds", m);
}

struct err *
feeds_show_settings(struct req *r)
{
    return settings_page(r, NULL, NULL);
}

struct err *
feeds_post_settings(struct req *r)
{
    struct feed_choice choice;
    struct form f;
    TRY(form_read(r, &f));
    look_choice(&f, &choice);
    struct err *e = form_done(&f);
    if (e)
        return settings_page(r, &f, e);
    TRY(feeds_choose(r->work, &choice));
    return see_other(r, HOME "?done=feeds.saved");
}

struct err *
feeds_post_build(struct req *r)
{
    TRY(feeds_build_soon(r->work));
    return see_other(r, HOME "?done=feeds.building");
}

struct err *
feeds_show_renew(struct req *r)
{
    struct val *m = val_map(r->work->arena);
    struct feed_shop shop;
    TRY(feeds_load_shop(r->work, &shop));
    val_set_bool(m, "has_secret", shop.secret != NULL);
    return page(r, "vendor/settings/feeds_renew", m);
}

struct err *
feeds_post_renew(struct req *r)
{
    TRY(feeds_renew_secret(r->work));
    return see_other(r, HOME "?done=feeds.renewed");
}

struct err *
feeds_post_forget(struct req *r)
{
    TRY(feeds_drop_secret(r->work));
    return see_other(r, HOME "?done=feeds.forgotten");
}

/* ---- One of them ---- */

static void
add_reasons(struct req *r, struct val *m, const char *path, const struct reason_count *all,
            size_t n)
{
    struct arena *a = r->work->arena;
    const char *chosen = query_text(r, "reason");
    struct val *list = val_set_list(m, "reasons");
    for (size_t i = 0; i < n; i++) {
        struct val *one = val_add_map(list);
        val_set_word(one, "word", text_join(a, "feeds.reason.", all[i].name, NULL));
        val_set_count(one, "items", all[i].items);
        val_set_text(one, "path", text_join(a, path, "?reason=", all[i].name, NULL));
        val_set_bool(one, "chosen", text_is(chosen, all[i].name));
    }
    val_set_bool(m, "has_reasons", n > 0);
    val_set_bool(m, "filtered", chosen && *chosen);
}

static void
rejected_model(struct arena *a, struct val *m, const struct rejected_item *item)
{
    val_set_text(m, "path", text_printf(a, "/vendor/products/%lld/feed", (long long)item->product));
    val_set_text(m, "sku", item->sku);
    val_set_text(m, "title", item->title);
    val_set_text(m, "title_lang", item->language);
    struct val *why = val_set_list(m, "why");
    for (size_t i = 0; i < item->count; i++)
        val_set_word(val_add_map(why), "word",
                     text_join(a, "feeds.reason.", item->reasons[i], NULL));
}

static struct err *
add_rejected(struct req *r, struct val *m, const char *language, enum feed_channel channel)
{
    struct rejected_item *items;
    const char *reason = query_text(r, "reason");
    int64_t behind;
    size_t n;
    bool more;
    TRY(cursor_read_id(r, &behind));
    TRY(look_rejected(r->work, language, channel, reason && *reason ? reason : NULL, behind, PAGE,
                      &items, &n, &more));
    struct val *list = val_set_list(m, "items");
    for (size_t i = 0; i < n; i++)
        rejected_model(r->work->arena, val_add_map(list), &items[i]);
    val_set_bool(m, "has_items", n > 0);
    if (behind)
        val_set_text(m, "newer", query_with(r, "cursor", NULL));
    if (more)
        val_set_text(m, "older", query_with(r, "cursor", cursor_make_id(r, items[n - 1].variant)));
    return NULL;
}

static struct err *
read_file(void *arg, char *to, size_t most, size_t *got)
{
    ssize_t n = read(*(const int *)arg, to, most);
    *got = n > 0 ? (size_t)n : 0;
    return NULL;
}

static void
add_cells(struct arena *a, struct val *list, const struct row *row)
{
    for (size_t i = 0; i < row->count; i++) {
        const char *text = text_copy(a, row_text(row, i));
        size_t bytes = 0;
        for (int n = 0; text[bytes] && n <= PREVIEW_CELL; bytes++)
            n += ((unsigned char)text[bytes + 1] & 0xc0) != 0x80;
        val_add_text(list,
                     text[bytes] ? text_join(a, text_copy_n(a, text, bytes), "…", NULL) : text);
    }
}

/* The first rows as they stand in the file that is served. */
static struct err *
add_preview(struct work *w, struct val *m, const char *language, enum feed_channel channel)
{
    SCOPED(close_fd)
    int fd = open(place_file(w, w->vendor, language, channel), O_RDONLY | O_CLOEXEC);
    struct val *head = val_set_list(m, "head"), *rows = val_set_list(m, "preview");
    struct table *t = table_new(w->arena, (struct table_source){ read_file, &fd },
                                channel == FEED_META ? ',' : '\t');
    struct row row;
    bool more = fd >= 0;
    for (int i = 0; more && i <= PREVIEW_ROWS; i++) {
        TRY(table_next(t, &row, &more));
        if (!more)
            break;
        add_cells(w->arena, i ? val_set_list(val_add_map(rows), "cells") : head, &row);
        val_set_bool(m, "has_preview", i > 0);
    }
    return NULL;
}

struct err *
feeds_show_one(struct req *r)
{
    struct work *w = r->work;
    struct val *m = val_map(w->arena);
    struct feed_shop shop;
    struct feeds all;
    struct reason_count *reasons;
    const char *language;
    enum feed_channel channel;
    size_t n;
    TRY(feeds_load_shop(w, &shop));
    TRY(look_named(r, &shop, &language, &channel));
    TRY(feeds_load(w, &all));
    feed_model(w, m, &shop, &all, language, channel);
    TRY(look_reasons(w, language, channel, &reasons, &n));
    add_reasons(r, m, path_of(w->arena, language, channel), reasons, n);
    TRY(add_rejected(r, m, language, channel));
    TRY(add_preview(w, m, language, channel));
    return page(r, "vendor/settings/feed", m);
}

struct err *
feeds_post_publish(struct req *r)
{
    struct feed_shop shop;
    const char *language;
    enum feed_channel channel;
    TRY(feeds_load_shop(r->work, &shop));
    TRY(look_named(r, &shop, &language, &channel));
    TRY(feeds_allow(r->work, language, channel));
    return see_other(r, text_join(r->work->arena, path_of(r->work->arena, language, channel),
                                  "?done=feeds.allowed", NULL));
}

/* ---- A product ---- */

static void
add_check_reasons(struct arena *a, struct val *m, const struct product_check *c, int channel)
{
    struct val *list = val_set_list(m, "reasons");
    for (int i = 0; i < FEED_REASONS; i++) {
        if (!c->counts[channel][i])
            continue;
        struct val *one = val_add_map(list);
        val_set_word(one, "word", text_join(a, "feeds.reason.", feed_reason_rows[i].name, NULL));
        val_set_word(one, "mend", text_join(a, "feeds.mend.", feed_reason_rows[i].field, NULL));
        val_set_text(one, "place", feed_reason_rows[i].place);
        val_set_bool(one, "refuses", feed_reason_rows[i].refuses);
        val_set_count(one, "count", c->counts[channel][i]);
        val_set_bool(one, "some", c->counts[channel][i] < c->variants);
    }
}

struct err *
feeds_show_product(struct req *r)
{
    struct arena *a = r->work->arena;
    struct val *m = val_map(a), *list = val_set_list(m, "checks");
    struct product_id id;
    struct product_check *checks;
    const char *sku, *title, *language;
    bool ready = true;
    size_t n;
    TRY(param_id(r, 0, &id.n));
    TRY(look_product(r->work, id, &sku, &title, &language, &checks, &n));
    for (size_t i = 0; i < n; i++)
        for (int c = 0; c < FEED_CHANNELS; c++) {
            struct val *one = val_add_map(list);
            bool all = checks[i].ready[c] == checks[i].variants && checks[i].variants;
            val_set_text(one, "language", checks[i].language);
            val_set_word(one, "channel",
                         c == FEED_META ? "feeds.channel.meta" : "feeds.channel.google");
            val_set_bool(one, "ready", all);
            val_set_bool(one, "partly", !all && checks[i].ready[c]);
            val_set_count(one, "ready_count", checks[i].ready[c]);
            val_set_count(one, "count", checks[i].variants);
            add_check_reasons(a, one, &checks[i], c);
            ready &= all;
        }
    val_set_text(m, "path", text_printf(a, "/vendor/products/%lld", (long long)id.n));
    val_set_text(m, "sku", sku);
    val_set_text(m, "title", *title ? title : sku);
    val_set_text(m, "title_lang", language);
    val_set_bool(m, "all_ready", ready);
    return page(r, "vendor/products/feed", m);
}
