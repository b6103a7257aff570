/* The rows of images that come from addresses. */
#include "images/fetch.h"

#include "base/settings.h"
#include "base/text.h"
#include "db/db.h"
#include "images/tasks.h"
#include "net/url.h"
#include "view/value.h"

#define MANY       1000 /* in one statement */
#define SHOWN_MOST 20
#define ALT_MOST   500

/* One statement's worth of columns. */
struct columns {
    int64_t products[MANY], positions[MANY];
    const char *urls[MANY], *hosts[MANY], *alts[MANY], *reasons[MANY];
    size_t n;
};

/* A text of at most so many characters, cut where one ends. */
static const char *
shortened(struct arena *a, const char *text, size_t most)
{
    size_t at = 0, n = 0;
    for (; text[at] && n < most; n++)
        do
            at++;
        while (((unsigned char)text[at] & 0xc0) == 0x80);
    return text[at] ? text_copy_n(a, text, at) : text;
}

static void
add_row(struct work *w, struct columns *c, const struct image_want *want, const struct reach *reach)
{
    struct url url;
    struct err *e = url_read(w->arena, want->url, reach, &url);
    size_t i = c->n++;
    c->products[i] = want->product.n;
    c->positions[i] = want->position < 1 ? 1 : want->position;
    c->urls[i] = e ? shortened(w->arena, want->url, URL_MOST) : url.text;
    c->hosts[i] = e ? "" : url.host;
    c->alts[i] = want->alt ? shortened(w->arena, want->alt, ALT_MOST) : "";
    c->reasons[i] = e ? e->code : NULL;
}

static struct err *
save_rows(struct work *w, const struct columns *c, int64_t *written)
{
    int64_t rows;
    TRY(db_exec(w, Q_images_want,
                ARGS(arg_i64(w, w->vendor.n), arg_i64s(w, c->products, c->n),
                     arg_texts(w, c->urls, c->n), arg_texts(w, c->hosts, c->n),
                     arg_i64s(w, c->positions, c->n), arg_texts(w, c->alts, c->n),
                     arg_texts(w, c->reasons, c->n), arg_text(w->settings->public_url)),
                &rows));
    *written += rows;
    return NULL;
}

static struct err *
wake(struct work *w)
{
    return queue_add(w, IMAGES_FETCH, text_i64(w->arena, w->vendor.n), "{}", NULL);
}

struct err *
images_want(struct work *w, const struct image_want *wants, size_t n)
{
    struct columns *c = NEW(w->arena, struct columns);
    struct reach reach;
    int64_t written = 0;
    TRY(reach_read(w->arena, w->settings->fetch_allow, &reach));
    for (size_t i = 0; i < n; i++) {
        if (!*wants[i].url)
            continue;
        add_row(w, c, &wants[i], &reach);
        if (c->n < MANY)
            continue;
        TRY(save_rows(w, c, &written));
        c->n = 0;
    }
    if (c->n)
        TRY(save_rows(w, c, &written));
    return written ? wake(w) : NULL;
}

/* ---- Looking ---- */

static struct err *
look_new(struct work *w, const struct image_want *wants, size_t n, const struct reach *reach,
         bool *is_new)
{
    struct columns *c = NEW(w->arena, struct columns);
    struct rows rows;
    for (size_t i = 0; i < n; i++)
        add_row(w, c, &wants[i], reach);
    TRY(db_many(w, Q_images_want_new,
                ARGS(arg_i64(w, w->vendor.n), arg_i64s(w, c->products, n), arg_texts(w, c->urls, n),
                     arg_text(w->settings->public_url)),
                &rows));
    must((size_t)rows.count == n);
    for (size_t i = 0; i < n; i++) {
        struct scan s = rows_at(&rows, (int)i);
        is_new[i] = scan_bool(&s);
        scan_end(&s);
    }
    return NULL;
}

struct err *
images_want_new(struct work *w, const struct image_want *wants, size_t n, bool *is_new)
{
    struct reach reach;
    TRY(reach_read(w->arena, w->settings->fetch_allow, &reach));
    for (size_t i = 0; i < n; i += MANY)
        TRY(look_new(w, wants + i, n - i < MANY ? n - i : MANY, &reach, is_new + i));
    return NULL;
}

static struct arg
arg_product(struct work *w, struct product_id product)
{
    return product.n ? arg_i64(w, product.n) : arg_null();
}

struct err *
images_wanted_count(struct work *w, struct product_id product, struct image_want_counts *out)
{
    struct scan s;
    TRY(db_one(w, Q_images_wanted_count, ARGS(arg_i64(w, w->vendor.n), arg_product(w, product)),
               &s));
    out->waiting = scan_i64(&s);
    out->done = scan_i64(&s);
    out->failed = scan_i64(&s);
    scan_end(&s);
    return NULL;
}

struct err *
images_wanted_of(struct work *w, struct product_id product, int64_t most, struct image_wanted **out,
                 size_t *n)
{
    struct rows rows;
    TRY(db_many(w, Q_images_wanted_of,
                ARGS(arg_i64(w, w->vendor.n), arg_i64(w, product.n), arg_i64(w, most)), &rows));
    struct image_wanted *all = NEW_ARRAY(w->arena, struct image_wanted, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        all[i].id = scan_i64(&s);
        all[i].url = scan_text(&s);
        all[i].position = scan_i64(&s);
        all[i].alt = scan_text(&s);
        all[i].state = scan_text(&s);
        all[i].reason = scan_text(&s);
        all[i].tries = scan_i64(&s);
        all[i].due_us = scan_time(&s);
        scan_end(&s);
    }
    *out = all;
    *n = (size_t)rows.count;
    return NULL;
}

struct err *
images_want_again(struct work *w, struct product_id product, int64_t *n)
{
    int64_t again;
    TRY(db_exec(w, Q_images_want_again, ARGS(arg_i64(w, w->vendor.n), arg_product(w, product)),
                &again));
    if (n)
        *n = again;
    return again ? wake(w) : NULL;
}

struct err *
images_wanted_model(struct work *w, struct val *model, struct product_id product)
{
    struct image_want_counts counts;
    struct image_wanted *all;
    size_t n;
    TRY(images_wanted_count(w, product, &counts));
    if (!counts.waiting && !counts.failed)
        return NULL;
    TRY(images_wanted_of(w, product, SHOWN_MOST, &all, &n));
    struct val *wanted = val_set_map(model, "wanted"), *failed = val_set_list(wanted, "failed");
    val_set_count(wanted, "count", counts.waiting);
    val_set_bool(wanted, "some_wait", counts.waiting > 0);
    val_set_bool(wanted, "some_failed", counts.failed > 0);
    for (size_t i = 0; i < n; i++) {
        if (!text_is(all[i].state, "failed"))
            continue;
        struct val *row = val_add_map(failed);
        val_set_text(row, "url", all[i].url);
        val_set_word(row, "reason", text_printf(w->arena, "err.%s", all[i].reason));
    }
    return NULL;
}
