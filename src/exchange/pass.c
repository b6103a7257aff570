#include "exchange/pass.h"

#include <fcntl.h>

#include "base/file.h"
#include "base/settings.h"
#include "base/text.h"
#include "db/db.h"
#include "exchange/errors_file.h"
#include "exchange/exchange.h"
#include "exchange/export.h"
#include "exchange/import_store.h"
#include "exchange/orders_in.h"
#include "exchange/put.h"
#include "exchange/put_orders.h"
#include "exchange/reader.h"
#include "queue/queue.h"

#define CHUNK_THINGS  500  /* products or orders */
#define CHUNK_ROWS    2000 /* their variants or lines, the last one's being over */
#define ROUND_CEILING ((size_t)256 << 20)
#define RETRIES       5 /* of a chunk that met somebody else's */

/* A file is of products or of past orders. */
union thing {
    struct import_product *product;
    struct past_order *order;
};

struct pass {
    struct work *w; /* its arena lives as long as the pass */
    const struct pass_how *how;
    struct import import;
    struct import_plan plan;
    struct import_fixed fixed[IMPORT_FIXED_MOST];
    struct put_how put;
    const char **languages; /* of the shop */
    size_t language_count;
    struct import_reader *reader;
    struct past_orders *orders; /* NULL: products */
    struct arena *round;        /* of what is in hand */
    union thing *things;
    size_t count;
    bool ended;     /* the file has no more */
    bool cancelled; /* by the person */
    bool stopped;   /* a product was refused that was to stop it */
};

static void
end_arena(void *a)
{
    arena_free(a);
}

/* ---- Beginning ---- */

static struct err *
load(struct pass *p, struct import_id id)
{
    struct work *w = p->w;
    tx_open(w, TX_READ);
    TRY(import_load(w, id, &p->import));
    TRY(exchange_shop(w, &p->put.currency, &p->put.language, &p->put.images_most));
    TRY(export_languages(w, &p->languages, &p->language_count));
    tx_rollback(w);
    return NULL;
}

/* Another pass was begun, or this one has ended: whoever asked for it is served. */
static bool
is_ours(const struct pass *p)
{
    enum import_state s = p->import.state;
    bool checked = p->import.checked != NULL;
    if (s == IMPORT_CANCELLING)
        return checked == (p->how->kind == PASS_RUN);
    return s == (p->how->kind == PASS_CHECK ? IMPORT_CHECKING : IMPORT_RUNNING);
}

/* *there false: the file has no more. */
static struct err *
next(struct pass *p, union thing *out, bool *there)
{
    if (p->orders) {
        TRY(past_orders_next(p->orders, p->round, &out->order));
        *there = out->order != NULL;
    } else {
        TRY(import_next(p->reader, p->round, &out->product));
        *there = out->product != NULL;
    }
    return NULL;
}

static struct err *
skip(struct pass *p)
{
    for (int64_t i = 0; i < p->import.counts.through && !p->ended; i++) {
        union thing one;
        bool there;
        TRY(next(p, &one, &there));
        p->ended = !there;
        arena_reset(p->round);
    }
    return NULL;
}

static struct err *
open_file(struct pass *p, int fd)
{
    struct arena *a = p->w->arena;
    const struct import_settings settings = { .currency = p->put.currency,
                                              .language = p->put.language,
                                              .languages = p->languages,
                                              .language_count = p->language_count,
                                              .spool = p->w->settings->exchange,
                                              .lenient = p->import.lenient };
    TRY(plan_from_json(a, p->import.plan, &p->plan));
    TRY(import_read_fixed(a, p->import.fixed, p->fixed, &p->put.fixed_count));
    p->put.dry = p->how->kind == PASS_CHECK;
    p->put.mapping = &p->plan.mapping;
    p->put.priced = mapping_has(p->put.mapping, FIELD_PRICE) ||
                    mapping_has(p->put.mapping, FIELD_PRICE_MINOR) ||
                    mapping_has(p->put.mapping, FIELD_SALE_PRICE);
    p->put.fixed = p->fixed;
    if (p->plan.shape.dialect == DIALECT_ORDERS)
        TRY(past_orders_open(a, fd, &p->plan, &settings, &p->orders));
    else
        TRY(import_open(a, fd, &p->plan, &settings, &p->reader));
    return skip(p);
}

/* ---- A chunk ---- */

static size_t
rows_within(const struct pass *p, const union thing *one)
{
    return p->orders ? one->order->line_count : one->product->variant_count;
}

/* Fills p->things; at the end of the file with fewer, or none. */
static struct err *
gather(struct pass *p)
{
    size_t rows = 0;
    arena_reset(p->round);
    p->things = NEW_ARRAY(p->round, union thing, CHUNK_THINGS);
    p->count = 0;
    while (!p->ended && p->count < CHUNK_THINGS && rows < CHUNK_ROWS) {
        union thing one;
        bool there;
        TRY(next(p, &one, &there));
        p->ended = !there;
        if (!there)
            break;
        rows += rows_within(p, &one);
        p->things[p->count++] = one;
    }
    return NULL;
}

/* What is wrong with the file as a whole is said once, with its first chunk. */
static void
add_notes(struct pass *p, struct found *found)
{
    const struct findings *notes = p->reader ? import_notes(p->reader) : NULL;
    for (size_t i = 0; notes && !p->import.counts.through && i < notes->count; i++)
        found_add(found, &notes->at[i]);
}

static struct err *
write_found(struct pass *p, struct work *w, const struct found *found)
{
    int64_t done, of;
    if (p->orders)
        past_orders_progress(p->orders, &done, &of);
    else
        import_progress(p->reader, &done, &of);
    return found_write(w, p->import.id, found, done, of);
}

/* The first refused product ends it all: what was found is kept, nothing of the chunk is. */
static struct err *
stop(struct pass *p, struct work *w, const struct found *found)
{
    struct found kept = *found;
    tx_rollback(w);
    tx_open(w, TX_WRITE);
    kept.counts = (struct import_counts){ .refused = found->counts.refused,
                                          .warnings = found->counts.warnings };
    TRY(write_found(p, w, &kept));
    p->stopped = true;
    return tx_commit(w);
}

static struct err *
put_things(struct pass *p, struct work *w, const union thing *at, size_t n, struct found *found)
{
    _Static_assert(sizeof(*at) == sizeof(void *), "an array of either is an array of pointers");
    if (p->orders)
        return put_orders(w, p->put.dry, &at->order, n, found);
    return put_products(w, &p->put, &at->product, n, found);
}

/* Between chunks, in a transaction of its own: plans of the next one go by what there is by now. */
static struct err *
measure(struct work *w)
{
    struct scan s;
    tx_open(w, TX_WRITE);
    TRY(db_one(w, Q_exchange_measure, NO_ARGS, &s));
    scan_skip(&s);
    scan_end(&s);
    return tx_commit(w);
}

static struct err *
try_chunk(struct pass *p, struct work *w, const union thing *at, size_t n)
{
    struct import_hold hold;
    struct found found = found_new(w->arena);
    bool ours;
    tx_open(w, TX_WRITE);
    TRY(import_store_hold(w, p->import.id, p->import.counts.through, &ours, &hold));
    if (!ours)
        return FAIL(w->arena, ERR_CONFLICT, "queue.lost", "Somebody else is at this import.");
    if (hold.state == IMPORT_CANCELLING) {
        p->cancelled = true;
        return NULL;
    }
    p->put.limited = hold.limited;
    p->put.room = hold.room;
    TRY(put_things(p, w, at, n, &found));
    add_notes(p, &found);
    if (found.counts.refused && p->import.stop_on_errors && !p->put.dry)
        return stop(p, w, &found);
    TRY(write_found(p, w, &found));
    TRY(tx_commit(w));
    p->import.counts.through += (int64_t)n;
    return p->put.dry ? NULL : measure(w);
}

static bool
is_of_one(const struct err *e)
{
    return (e->kind == ERR_INVALID || e->kind == ERR_CONFLICT) && !text_is(e->code, "queue.lost");
}

static void
add_finding(struct findings *all, struct arena *a, const struct finding *f)
{
    struct finding *at = NEW_ARRAY(a, struct finding, all->count + 1);
    for (size_t i = 0; i < all->count; i++)
        at[i] = all->at[i];
    at[all->count] = *f;
    all->at = at;
    all->room = ++all->count;
    all->refused = true;
}

/* What the database would not take of one, though nobody had seen it coming. False: it is refused
 * already, so that is not what is wrong. */
static bool
refuse_one(struct pass *p, const union thing *one, const struct err *e)
{
    struct finding f = { .code = e->code, .refuses = true, .header = "", .other = "" };
    bool *refused = p->orders ? &one->order->refused : &one->product->refused;
    if (*refused)
        return false;
    *refused = true;
    if (p->orders) {
        f.line = one->order->line;
        f.row = one->order->row;
        f.value = one->order->name;
        add_finding(&one->order->findings, p->round, &f);
    } else {
        f.line = one->product->line;
        f.row = one->product->row;
        f.value = one->product->sku ? one->product->sku : "";
        add_finding(&one->product->findings, p->round, &f);
    }
    return true;
}

/* One that is bad must not keep the others out: it is looked for by halves. */
static struct err *
put_chunk(struct pass *p, const union thing *at, size_t n)
{
    struct work w = *p->w;
    struct err *e = NULL;
    w.arena = p->round;
    for (int i = 0; i < RETRIES; i++) {
        e = try_chunk(p, &w, at, n);
        tx_rollback(&w);
        if (!e || !text_is(e->code, "db.retry"))
            break;
    }
    if (!e || !is_of_one(e))
        return e;
    if (n == 1)
        return refuse_one(p, at, e) ? put_chunk(p, at, 1) : e;
    TRY(put_chunk(p, at, n / 2));
    return p->cancelled || p->stopped ? NULL : put_chunk(p, at + n / 2, n - n / 2);
}

/* ---- Ending ---- */

static void
tell(struct pass *p)
{
    struct work w = *p->w;
    struct import now;
    if (!p->how->tell)
        return;
    w.arena = p->round;
    tx_open(&w, TX_READ);
    struct err *e = import_load(&w, p->import.id, &now);
    tx_rollback(&w);
    if (!e)
        p->how->tell(p->how->arg, &now);
}

static struct err *
finish(struct pass *p, enum import_state state, const char *failure)
{
    struct work *w = p->w;
    const char *errors = NULL;
    tx_open(w, TX_READ);
    TRY(import_load(w, p->import.id, &p->import));
    tx_rollback(w);
    if (p->import.counts.refused && p->import.path && state != IMPORT_UPLOADED)
        TRY(errors_file_write(w, &p->import, exchange_language(p->import.language), &errors));
    tx_open(w, TX_WRITE);
    TRY(import_store_end(w, p->import.id, state, failure, errors));
    if (p->how->job)
        TRY(job_finish(w, p->how->job,
                       text_printf(w->arena, "{\"through\": %lld, \"refused\": %lld}",
                                   (long long)p->import.counts.through,
                                   (long long)p->import.counts.refused)));
    TRY(tx_commit(w));
    tell(p);
    return NULL;
}

static struct err *
end(struct pass *p)
{
    if (p->stopped)
        return finish(p, IMPORT_FAILED, "import.stopped");
    if (p->cancelled)
        return finish(p, p->how->kind == PASS_CHECK ? IMPORT_UPLOADED : IMPORT_CANCELLED, NULL);
    return finish(p, p->how->kind == PASS_CHECK ? IMPORT_CHECKED : IMPORT_DONE, NULL);
}

/* The file's fault, not ours: trying again would not help. */
static bool
is_of_the_file(const struct err *e)
{
    return e->kind == ERR_INVALID || e->kind == ERR_TOO_LARGE || e->kind == ERR_UNSUPPORTED ||
           e->kind == ERR_NOT_FOUND;
}

static struct err *
run(struct pass *p)
{
    SCOPED(close_fd) int fd = -1;
    if (p->import.path)
        fd = open(exchange_path(p->w, p->import.path), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return FAIL(p->w->arena, ERR_NOT_FOUND, "import.swept", "Its file is kept no more.");
    TRY(open_file(p, fd));
    while (!p->ended && !p->cancelled && !p->stopped) {
        TRY(gather(p));
        if (p->count)
            TRY(put_chunk(p, p->things, p->count));
        tell(p);
    }
    return NULL;
}

struct err *
pass(struct work *w, struct import_id id, const struct pass_how *how)
{
    struct pass *p = NEW(w->arena, struct pass);
    *p = (struct pass){ .w = w, .how = how, .round = arena_new(ROUND_CEILING) };
    arena_defer(w->arena, end_arena, p->round);
    TRY(load(p, id));
    if (!is_ours(p)) {
        tx_open(w, TX_WRITE);
        if (how->job)
            TRY(job_finish(w, how->job, "{}"));
        return tx_commit(w);
    }
    struct err *e = run(p);
    tx_rollback(w);
    if (!e)
        return end(p);
    if (text_is(e->code, "queue.lost") || (!is_of_the_file(e) && !how->last_try))
        return e;
    return finish(p, IMPORT_FAILED, is_of_the_file(e) ? e->code : "import.broken");
}
