/* Renditions for feeds. Like an original, a file is durable before its row says that it is there,
 * and the row is written under the content's lock: a content that was swept away meanwhile gets
 * nothing. */
#include "images/feed.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/settings.h"
#include "base/text.h"
#include "db/db.h"
#include "images/make.h"
#include "images/store.h"

#define NAME "feed.jpg"

struct err *
images_feed_missing(struct work *w, bool active_only, int64_t most, struct image_hashes *out)
{
    struct rows rows;
    TRY(db_many(w, Q_images_feed_missing,
                ARGS(arg_i64(w, w->vendor.n), arg_bool(active_only), arg_i64(w, most)), &rows));
    images_read_hashes(w, &rows, &out->at, &out->count);
    return NULL;
}

/* ---- One content ---- */

struct content {
    struct sha256 hash;
    struct image image;
    bool wanted; /* known, and neither made nor refused */
    bool small;
};

static struct err *
look(struct work *w, const struct sha256 *hash, struct content *out)
{
    struct content c = { .hash = *hash };
    bool known;
    tx_open(w, TX_OPERATOR_READ);
    TRY(images_load_content(w, hash, &known, &c.image));
    if (known)
        TRY(images_feed_wanted(w, hash, &c.wanted));
    tx_rollback(w);
    const struct image_variant *original = &c.image.variants[IMAGE_ORIGINAL];
    c.small = original->width < IMAGE_FEED_LEAST || original->height < IMAGE_FEED_LEAST;
    *out = c;
    return NULL;
}

/* In the open transaction. `made` is NULL when there will be none. */
static struct err *
write_row(struct work *w, const struct sha256 *hash, const struct make_feed *made,
          const char *refused)
{
    bool there = true;
    uint64_t bytes;
    TRY(images_lock_content(w, hash));
    if (made)
        TRY(storage_size(w->media, w->arena, image_name(w->arena, hash, NAME), &there, &bytes));
    return there ? images_save_feed(w, hash, made, refused) : NULL;
}

static struct err *
save(struct work *w, const struct sha256 *hash, const struct make_feed *made, const char *refused)
{
    tx_open(w, TX_OPERATOR_WRITE);
    return tx_end(w, write_row(w, hash, made, refused));
}

/* From the upload while it is kept, else from the original. */
static struct err *
make_one(struct work *w, const struct content *c)
{
    struct make_feed made;
    const char *source = c->image.pending ? "source.bin" : "original";
    const char *path = text_printf(w->arena, "%s/%s.feed", w->settings->uploads,
                                   hex_text(w->arena, BYTES(c->hash.bytes, sizeof(c->hash.bytes))));
    TRY(storage_fetch(w->media, w->arena, image_name(w->arena, &c->hash, source), path));
    TRY(make_feed_file(w->arena, w->media, w->settings, path, &c->hash, &made));
    return save(w, &c->hash, &made, NULL);
}

/* A picture that cannot be made is refused for good; what is ours is passed on. */
static struct err *
see_to(struct work *w, const struct sha256 *hash)
{
    struct content c;
    TRY(look(w, hash, &c));
    if (!c.wanted)
        return NULL;
    if (c.small)
        return save(w, hash, NULL, "small");
    struct err *e = make_one(w, &c);
    if (!e || (e->kind != ERR_INVALID && e->kind != ERR_UNSUPPORTED && e->kind != ERR_NOT_FOUND))
        return e;
    log_warn("images.feed", "hash", hex_text(w->arena, BYTES(hash->bytes, sizeof(hash->bytes))),
             "code", e->code, NULL);
    return save(w, hash, NULL, "broken");
}

/* As long as one call. */
struct feed_run {
    const struct image_hashes *hashes;
    int64_t until_us;
    size_t looked;
};

/* Each with an arena of its own: there may be thousands. */
static struct err *
turn(void *arg, struct work *w, bool *more)
{
    struct feed_run *run = arg;
    if (run->looked < run->hashes->count)
        TRY(see_to(w, &run->hashes->at[run->looked++]));
    *more = run->looked < run->hashes->count && clock_mono_us() < run->until_us;
    return NULL;
}

struct err *
images_feed_make(struct work *w, const struct image_hashes *hashes, int64_t most_ms, size_t *looked)
{
    struct feed_run run = { .hashes = hashes, .until_us = clock_mono_us() + most_ms * 1000 };
    TRY(work_rounds(w, (size_t)16 << 20, turn, &run));
    *looked = run.looked;
    return NULL;
}
