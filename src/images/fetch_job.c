/* The job that fetches images from addresses. Many servers are asked at once, of one host two at
 * most; a file that has come becomes an image as an upload does, one after the other, while others
 * are still on their way. What may come right later is asked again; who dies repeats what was in
 * hand, which is the image that is there already. */
#include <unistd.h>

#include "base/clock.h"
#include "base/random.h"
#include "base/settings.h"
#include "base/text.h"
#include "db/db.h"
#include "images/images.h"
#include "images/store.h"
#include "images/tasks.h"
#include "net/fetch.h"

#define AT_ONCE      16
#define OF_ONE_HOST  2
#define ANSWER_S     60 /* less than the lease of three minutes */
#define RUN_US       (10 * SECOND_US)
#define LOOK_MS      200
#define TRIES        6
#define FLIGHT_ARENA ((size_t)64 << 20)
#define ROUND_ARENA  ((size_t)16 << 20)

static const int64_t rests_s[TRIES] = { 30, 120, 600, 3600, 6 * 3600, 12 * 3600 };
static const char *const types[] = { "image/", "application/octet-stream", "binary/octet-stream" };

struct flight {
    struct arena *arena; /* NULL until it was first needed */
    bool used;
    struct vendor_id vendor;
    struct product_id product;
    int64_t id, position;
    const char *alt;
    int tries;
    struct fetch fetch;
};

/* As long as a run of the job. */
struct fetching {
    struct fetcher *fetcher;
    struct flight flights[AT_ONCE];
    int64_t until_us;
    int64_t done, put_off, failed;
};

/* ---- Claiming ---- */

static void
end_file(void *path)
{
    unlink(path); /* moved into the store, or of no use */
}

static void
start_row(struct fetching *run, const struct settings *s, struct scan *row)
{
    struct flight *f = run->flights;
    while (f->used)
        f++; /* no more are claimed than there are places */
    if (!f->arena)
        f->arena = arena_new(FLIGHT_ARENA);
    f->vendor.n = scan_i64(row);
    f->id = scan_i64(row);
    f->product.n = scan_i64(row);
    const char *url = text_copy(f->arena, scan_text(row));
    f->position = scan_i64(row);
    f->alt = text_copy(f->arena, scan_text(row));
    f->tries = (int)scan_i64(row);
    scan_end(row);
    char *path = text_printf(f->arena, "%s/%s.fetched", s->uploads, random_token(f->arena, 16));
    arena_defer(f->arena, end_file, path);
    f->fetch = (struct fetch){ .url = url,
                               .of = f,
                               .path = path,
                               .most_bytes = (uint64_t)s->upload_bytes,
                               .types = types,
                               .type_count = COUNT(types),
                               .total_s = ANSWER_S };
    f->used = true;
    fetch_begin(run->fetcher, &f->fetch);
}

static struct err *
claim(struct fetching *run, struct work *w, size_t *n)
{
    struct rows rows, lock;
    tx_open(w, TX_OPERATOR_WRITE);
    struct err *e = db_many(w, Q_images_claim_lock, NO_ARGS, &lock);
    if (!e)
        e = db_many(w, Q_images_claim,
                    ARGS(arg_i64(w, (int64_t)(AT_ONCE - fetcher_busy(run->fetcher))),
                         arg_i64(w, OF_ONE_HOST)),
                    &rows);
    TRY(tx_end(w, e));
    for (int i = 0; i < rows.count; i++) {
        struct scan row = rows_at(&rows, i);
        start_row(run, w->settings, &row);
    }
    *n = (size_t)rows.count;
    return NULL;
}

/* ---- What came ---- */

static struct err *
place(struct work *w, const struct flight *f, const struct image *image)
{
    tx_open(w, TX_WRITE);
    return tx_end(w, db_exec(w, Q_images_place_fetched,
                             ARGS(arg_i64(w, f->vendor.n), arg_i64(w, image->id.n),
                                  arg_i64(w, f->position), arg_text(f->alt)),
                             NULL));
}

static struct err *
accept_file(struct work *w, struct flight *f, struct image *image)
{
    const struct fetch *x = &f->fetch;
    struct work of_shop = *w;
    of_shop.arena = f->arena;
    of_shop.vendor = f->vendor;
    struct err *e = image_accept(&of_shop, f->product, x->path, x->bytes, &x->hash, image);
    tx_rollback(&of_shop);
    return e ? e : place(&of_shop, f, image);
}

/* Of one picture, for good; anything else may come right, or is ours. */
static bool
is_final(const struct err *e)
{
    return e->kind == ERR_INVALID || e->kind == ERR_UNSUPPORTED || e->kind == ERR_TOO_LARGE ||
           e->kind == ERR_CONFLICT || e->kind == ERR_NOT_FOUND;
}

static struct err *
note_done(struct work *w, const struct flight *f, const struct image *image)
{
    return db_exec(w, Q_images_fetched,
                   ARGS(arg_i64(w, f->vendor.n), arg_i64(w, f->id), arg_i64(w, f->tries),
                        arg_bytes(w, BYTES(image->hash.bytes, sizeof(image->hash.bytes)))),
                   NULL);
}

static struct err *
note_not(struct fetching *run, struct work *w, const struct flight *f, const char *code, bool final)
{
    final |= f->tries >= TRIES;
    run->failed += final;
    run->put_off += !final;
    return db_exec(w, Q_images_not_fetched,
                   ARGS(arg_i64(w, f->vendor.n), arg_i64(w, f->id), arg_i64(w, f->tries),
                        arg_text(code), final ? arg_null() : arg_i64(w, rests_s[f->tries - 1])),
                   NULL);
}

static struct err *
note(struct fetching *run, struct work *w, struct flight *f)
{
    struct image image;
    struct err *e = NULL;
    const char *code = f->fetch.code;
    bool final = code && !fetch_may_recover(&f->fetch);
    if (!code && (e = accept_file(w, f, &image))) {
        code = e->code;
        final = is_final(e);
    }
    tx_open(w, TX_OPERATOR_WRITE);
    run->done += !code;
    return tx_end(w, code ? note_not(run, w, f, code, final) : note_done(w, f, &image));
}

/* ---- The job ---- */

static struct err *
turn(void *arg, struct work *w, bool *more)
{
    struct fetching *run = arg;
    size_t claimed = 0;
    bool in_time = clock_mono_us() < run->until_us;
    if (in_time && fetcher_busy(run->fetcher) < AT_ONCE)
        TRY(claim(run, w, &claimed));
    struct fetch *x = fetch_next(run->fetcher, LOOK_MS);
    if (x) {
        struct flight *f = x->of;
        struct err *e = note(run, w, f);
        f->used = false;
        arena_reset(f->arena);
        TRY(e);
    }
    *more = fetcher_busy(run->fetcher) > 0 || claimed > 0 || x;
    return NULL;
}

static struct err *
finish(struct work *w, const struct job *jobs, size_t n, const struct fetching *run)
{
    if (n > 1)
        return jobs_finish(w, jobs, n);
    return job_finish(w, jobs,
                      text_printf(w->arena, "{\"done\": %lld, \"put_off\": %lld, \"failed\": %lld}",
                                  (long long)run->done, (long long)run->put_off,
                                  (long long)run->failed));
}

/* What was written meanwhile found its job there and added none. */
static struct err *
wake_next(struct work *w)
{
    struct scan s;
    TRY(db_one(w, Q_images_fetch_due, NO_ARGS, &s));
    bool due = scan_bool(&s);
    scan_end(&s);
    return due ? queue_add(w, IMAGES_FETCH, "now", "{}", NULL) : NULL;
}

static void
end_flights(void *arg)
{
    struct fetching *run = arg;
    for (size_t i = 0; i < AT_ONCE; i++)
        if (run->flights[i].arena)
            arena_free(run->flights[i].arena);
}

struct err *
images_fetch(struct work *w, const struct job *jobs, size_t n)
{
    struct fetching *run = NEW(w->arena, struct fetching);
    w->vendor.n = 0;
    run->until_us = clock_mono_us() + RUN_US;
    arena_defer(w->arena, end_flights, run);
    TRY(fetcher_open(w->arena, w->settings, w->settings->fetch_allow, &run->fetcher));
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(tx_end(w, db_exec(w, Q_images_fetch_reclaim, NO_ARGS, NULL)));
    TRY(work_rounds(w, ROUND_ARENA, turn, run));
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(tx_end(w, finish(w, jobs, n, run)));
    tx_open(w, TX_OPERATOR_WRITE);
    return tx_end(w, wake_next(w));
}
