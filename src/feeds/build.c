/* Writes a shop's files. A language at a time: one walk over the items gives the lines of both
 * channels and what each would refuse; then each file is put in place, or left, or held back. */
#include <string.h>

#include "audit/audit.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/settings.h"
#include "base/text.h"
#include "db/db.h"
#include "feeds/feeds.h"
#include "feeds/file.h"
#include "feeds/place.h"
#include "feeds/store.h"
#include "http/json.h"
#include "images/feed.h"
#include "vendors/vendors.h"

#define PICTURES_AT_ONCE  200
#define PICTURES_MS       INT64_C(60000)
#define ROUND_CEILING     ((size_t)256 << 20)
#define ITEM_CEILING      ((size_t)64 << 20)
#define DROP_MOST_PERCENT 30

/* One language's two files on their way. */
struct round {
    struct work *w;     /* its arena ends with the round */
    struct arena *item; /* of one item */
    const struct feed_terms *terms;
    struct half {
        struct feed_file *file;
        struct buf rejected; /* struct feed_rejected */
    } halves[FEED_CHANNELS];
    int64_t begun_us;
    bool told; /* held back for the first time: the owners are to know */
};

/* ---- Lines ---- */

static feed_reasons
refusing(feed_reasons reasons)
{
    for (int i = 0; i < FEED_REASONS; i++)
        if (!feed_reason_rows[i].refuses)
            reasons &= ~FEED_BIT(i);
    return reasons;
}

static struct err *
write_item(void *arg, const struct feed_item *item)
{
    struct round *round = arg;
    struct feed_shaped shaped;
    arena_reset(round->item);
    feed_shape(round->item, round->terms, item, &shaped);
    for (enum feed_channel i = 0; i < FEED_CHANNELS; i++) {
        struct half *half = &round->halves[i];
        struct feed_rejected no = { item->variant, refusing(shaped.reasons[i]) };
        if (no.reasons) {
            buf_add(&half->rejected, &no, sizeof(no));
            continue;
        }
        feed_put_line(&half->file->lines, i, &shaped);
        half->file->rows++;
        TRY(feed_file_pass(half->file));
    }
    return NULL;
}

static struct err *
write_files(struct round *round, const struct feed_shop *shop)
{
    struct work *w = round->w;
    for (enum feed_channel i = 0; i < FEED_CHANNELS; i++) {
        struct half *half = &round->halves[i];
        half->rejected = buf_new(w->arena, 4096);
        TRY(feed_file_begin(w->arena, place_file(w, w->vendor, round->terms->language, i),
                            &half->file));
        feed_put_header(&half->file->lines, i);
    }
    tx_open(w, TX_READ);
    TRY(feeds_each_item(w, shop, round->terms->language, (struct product_id){ 0 }, write_item,
                        round));
    TRY(tx_commit(w));
    for (enum feed_channel i = 0; i < FEED_CHANNELS; i++)
        TRY(feed_file_end(round->halves[i].file));
    return NULL;
}

/* ---- What becomes of them ---- */

static bool
fell_too_far(int64_t before, int64_t rows)
{
    return rows < before && (before - rows) * 100 > before * DROP_MOST_PERCENT;
}

static void
hold_back(struct round *round, struct feed *to, int64_t rows)
{
    if (to->held_rows < 0) {
        to->held_us = round->begun_us;
        round->told = true;
    }
    to->held_rows = rows;
}

static struct err *
publish(struct round *round, struct feed_file *file, struct feed *to)
{
    TRY(feed_file_publish(file, round->begun_us));
    to->packed_bytes = file->packed_bytes;
    to->rows = file->rows;
    to->bytes = file->bytes;
    to->digest = file->digest;
    to->changed_us = round->begun_us;
    return NULL;
}

/* There, and not only in the table: somebody may have emptied the folder. */
static bool
is_there(struct work *w, const char *language, enum feed_channel channel)
{
    struct file_facts facts;
    char *path = place_file(w, w->vendor, language, channel);
    return file_facts(path, &facts) && file_facts(text_printf(w->arena, "%s.gz", path), &facts);
}

static struct err *
settle(struct round *round, enum feed_channel channel, const struct feed *before, struct feed *to)
{
    struct work *w = round->w;
    struct feed_file *file = round->halves[channel].file;
    bool there = before && is_there(w, round->terms->language, channel);
    *to = before ? *before
                 : (struct feed){ .language = round->terms->language,
                                  .channel = channel,
                                  .held_rows = -1,
                                  .allowed_rows = -1 };
    if (there && fell_too_far(before->rows, file->rows) &&
        (before->allowed_rows < 0 || file->rows < before->allowed_rows)) {
        hold_back(round, to, file->rows);
        return NULL;
    }
    to->held_rows = to->allowed_rows = -1;
    if (there && sha256_equal(&before->digest, &file->digest))
        return NULL;
    return publish(round, file, to);
}

static struct err *
save(struct round *round, enum feed_channel channel, const struct feed *before, struct feed *to)
{
    const struct buf *rejected = &round->halves[channel].rejected;
    size_t n = rejected->length / sizeof(struct feed_rejected);
    to->verdicts = sha256_of(BYTES(rejected->at, rejected->length));
    to->rejected = (int64_t)n;
    to->built_us = round->begun_us;
    to->took_us = clock_now_us() - round->begun_us;
    if (!before || !sha256_equal(&before->verdicts, &to->verdicts))
        TRY(feeds_save_rejected(round->w, to->language, channel,
                                (const struct feed_rejected *)(const void *)rejected->at, n));
    return feeds_save(round->w, to);
}

static struct err *
tell(struct round *round, const struct feed_shop *shop)
{
    struct work *w = round->w;
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    json_put_text(&j, "shop", shop->name);
    json_put_text(&j, "feed", round->terms->language);
    json_put_text(&j, "link",
                  text_join(w->arena, w->settings->public_url, "/vendor/settings/feeds", NULL));
    json_put_end(&j);
    if (shop->mail)
        TRY(vendors_tell_owners(w, w->vendor, "feed_held", j.out.at));
    struct audit_act act = {
        .what = "feed.held",
        .object = text_join(w->arena, "feed:", round->terms->language, NULL),
    };
    return audit_note(w, &act);
}

static struct err *
settle_all(struct round *round, const struct feed_shop *shop, const struct feeds *before,
           struct feeds_result *result)
{
    struct work *w = round->w;
    struct feed files[FEED_CHANNELS];
    for (enum feed_channel i = 0; i < FEED_CHANNELS; i++) {
        TRY(settle(round, i, feeds_find(before, round->terms->language, i), &files[i]));
        result->files += files[i].changed_us == round->begun_us;
        result->rows += files[i].rows;
        result->held += files[i].held_rows >= 0;
    }
    tx_open(w, TX_WRITE);
    for (enum feed_channel i = 0; i < FEED_CHANNELS; i++) {
        TRY(save(round, i, feeds_find(before, round->terms->language, i), &files[i]));
        result->rejected += files[i].rejected;
    }
    if (round->told)
        TRY(tell(round, shop));
    return tx_commit(w);
}

/* ---- The shop ---- */

static struct err *
build_language(struct work *w, const struct feed_shop *shop, const struct feeds *before,
               const char *language, struct feeds_result *result)
{
    struct feed_terms terms = { .url = w->settings->public_url,
                                .slug = shop->slug,
                                .name = shop->name,
                                .language = language,
                                .backorder_days = shop->backorder_days,
                                .now_us = w->now_us };
    struct work own = *w;
    struct round round = { .w = &own, .terms = &terms, .begun_us = clock_now_us() };
    own.arena = arena_new(ROUND_CEILING);
    round.item = arena_new(ITEM_CEILING);
    struct err *e = write_files(&round, shop);
    if (!e)
        e = settle_all(&round, shop, before, result);
    tx_rollback(&own);
    if (e)
        e = err_copy(w->arena, e);
    arena_free(round.item);
    arena_free(own.arena);
    return e;
}

static struct err *
drop_language(struct work *w, const char *language)
{
    for (enum feed_channel i = 0; i < FEED_CHANNELS; i++)
        TRY(place_drop(w, w->vendor, language, i));
    tx_open(w, TX_WRITE);
    TRY(db_exec(w, Q_feeds_drop, ARGS(arg_text(language)), NULL));
    return tx_commit(w);
}

static bool
has_language(const struct feed_shop *shop, const char *language)
{
    for (size_t i = 0; i < shop->language_count; i++)
        if (text_is(shop->languages[i], language))
            return true;
    return false;
}

static struct err *
drop_others(struct work *w, const struct feed_shop *shop, const struct feeds *before)
{
    for (size_t i = 0; i < before->count; i++)
        if (!has_language(shop, before->at[i].language))
            TRY(drop_language(w, before->at[i].language));
    return NULL;
}

/* The JPEGs that are not there yet, for a while; what is left is for the next build. */
static struct err *
make_pictures(struct work *w, bool *more)
{
    int64_t until_us = clock_mono_us() + PICTURES_MS * 1000, left_ms;
    struct image_hashes missing;
    size_t looked;
    *more = true;
    while ((left_ms = (until_us - clock_mono_us()) / 1000) > 0) {
        tx_open(w, TX_READ);
        TRY(images_feed_missing(w, true, PICTURES_AT_ONCE, &missing));
        TRY(tx_commit(w));
        *more = missing.count > 0;
        if (!missing.count)
            break;
        TRY(images_feed_make(w, &missing, left_ms, &looked));
    }
    return NULL;
}

static struct err *
begin(struct work *w, struct feed_shop *shop, struct feeds *before)
{
    tx_open(w, TX_WRITE);
    TRY(db_exec(w, Q_feeds_begin, NO_ARGS, NULL));
    TRY(feeds_load_shop(w, shop));
    TRY(feeds_load(w, before));
    return tx_commit(w);
}

/* By what the shop chose last: whoever changes that holds the row until the addresses are so. */
static struct err *
settle_address(struct work *w)
{
    struct feed_shop shop;
    struct scan s;
    bool found;
    tx_open(w, TX_WRITE);
    TRY(db_maybe(w, Q_feeds_lock_shop, NO_ARGS, &found, &s));
    TRY(feeds_load_shop(w, &shop));
    TRY(place_address(w, w->vendor, shop.slug, shop.active && shop.open,
                      shop.active ? shop.secret : NULL));
    return tx_commit(w);
}

static struct err *
touch(struct work *w)
{
    tx_open(w, TX_WRITE);
    TRY(db_exec(w, Q_feeds_touch, NO_ARGS, NULL));
    return tx_commit(w);
}

static struct err *
build_all(struct work *w, const struct feed_shop *shop, const struct feeds *before,
          struct feeds_result *result)
{
    bool more;
    TRY(make_pictures(w, &more));
    for (size_t i = 0; i < shop->language_count; i++)
        TRY(build_language(w, shop, before, shop->languages[i], result));
    TRY(drop_others(w, shop, before));
    return more ? touch(w) : NULL;
}

struct err *
feeds_build(struct work *w, struct feeds_result *out)
{
    struct feed_shop shop;
    struct feeds before;
    struct feeds_result result = { 0 };
    TRY(begin(w, &shop, &before));
    TRY(file_make_dirs(w->arena, place_folder(w, w->vendor)));
    TRY(settle_address(w));
    if (shop.active)
        TRY(build_all(w, &shop, &before, &result));
    *out = result;
    return NULL;
}
