/* Keeping store and rows of one mind.
 *
 * A content whose last reference went a day ago is freed: its row and its files go under the
 * content's lock, so an upload of the same bytes either finds it whole or stores it anew. Files
 * that no row knows (a worker died between file and row) are found by walking the store; those
 * older than a day are removed, unless the scan is only asked to count them. */
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/settings.h"
#include "base/text.h"
#include "db/db.h"
#include "images/storage.h"
#include "images/store.h"
#include "images/sweep.h"

#define ORPHAN_AGE_US (INT64_C(86400) * SECOND_US)
#define UPLOAD_AGE_US (INT64_C(3600) * SECOND_US)
#define BATCH         1000

static const char *const parts[] = { "original", "800", "200", "feed.jpg", "source.bin" };

struct err *
images_drop_files(struct work *w, const struct sha256 *hash)
{
    for (size_t i = 0; i < COUNT(parts); i++)
        TRY(storage_drop(w->media, w->arena, image_name(w->arena, hash, parts[i])));
    return NULL;
}

/* In a transaction of its own, so that a lock is held for one content at a time. */
static struct err *
free_one(struct work *w, const struct sha256 *hash, bool *freed)
{
    int64_t rows;
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(images_lock_content(w, hash));
    TRY(images_free_content(w, hash, &rows));
    *freed = rows == 1;
    if (*freed)
        TRY(images_drop_files(w, hash));
    return tx_commit(w);
}

struct err *
images_sweep(struct work *w, const struct job *j)
{
    struct sha256 *hashes;
    size_t n, freed = 0;
    tx_open(w, TX_OPERATOR_READ);
    TRY(images_load_unused(w, &hashes, &n));
    tx_rollback(w);
    for (size_t i = 0; i < n; i++) {
        bool gone;
        TRY(free_one(w, &hashes[i], &gone));
        freed += gone;
    }
    TRY(images_drop_stale_uploads(w));
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(job_finish(w, j, text_printf(w->arena, "{\"freed\": %zu}", freed)));
    return tx_commit(w);
}

static struct err *
drop_if_stale(void *arg, const char *path, const char *name)
{
    const struct work *w = arg;
    struct file_facts facts;
    if (text_ends(name, ".lock") || text_ends(name, ".shared"))
        return NULL; /* what the workers of this host have in common: never written, still in use */
    if (file_facts(path, &facts) && facts.is_file && w->now_us - facts.written_us > UPLOAD_AGE_US)
        unlink(path);
    return NULL;
}

/* Bodies that a killed worker left in the uploads directory. */
struct err *
images_drop_stale_uploads(struct work *w)
{
    struct err *e = file_each(w->arena, w->settings->uploads, drop_if_stale, w);
    return e && e->kind == ERR_NOT_FOUND ? NULL : e;
}

/* ---- The walk ---- */

struct scan_run {
    struct work *w;
    const struct job *job;
    struct arena *batch_arena; /* of the names gathered so far */
    const char *names[BATCH];
    const char *hashes[BATCH]; /* hex, of the same file */
    int64_t ages_us[BATCH];
    size_t count;
    char leaf[64];
    int64_t leaf_files;
    struct images_scan found;
};

/* The 64 hex digits in "products/00/1a/001a…_800.webp"; NULL when the name is none of ours. */
static const char *
hash_in(struct arena *a, const char *name)
{
    const char *base = strrchr(name, '/');
    uint8_t raw[32];
    if (!base || strlen(base + 1) < 64)
        return NULL;
    char *hex = text_copy_n(a, base + 1, 64);
    return hex_bytes(hex, raw, sizeof(raw)) ? hex : NULL;
}

static bool
is_among(const char *hex, const struct rows *unknown)
{
    for (int i = 0; i < unknown->count; i++) {
        struct scan s = rows_at(unknown, i);
        if (text_is(scan_text(&s), hex))
            return true;
    }
    return false;
}

/* Under the content's lock: an upload that is about to write its row holds it too. */
static struct err *
drop_orphan(struct work *w, const char *name, const char *hex)
{
    struct sha256 hash;
    struct image known;
    bool found;
    must(hex_bytes(hex, hash.bytes, sizeof(hash.bytes)));
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(images_lock_content(w, &hash));
    TRY(images_load_content(w, &hash, &found, &known));
    if (!found)
        TRY(storage_drop(w->media, w->arena, name));
    return tx_commit(w);
}

static struct err *
judge_batch(struct scan_run *run)
{
    struct work *w = run->w;
    struct rows unknown;
    if (!run->count)
        return NULL;

    tx_open(w, TX_OPERATOR_READ);
    TRY(db_many(w, Q_images_unknown, ARGS(arg_texts(w, run->hashes, run->count)), &unknown));
    tx_rollback(w);
    for (size_t i = 0; i < run->count; i++) {
        bool orphan = !run->hashes[i][0] || is_among(run->hashes[i], &unknown);
        if (!orphan)
            continue;
        run->found.orphans++;
        if (run->found.dry_run || run->ages_us[i] < ORPHAN_AGE_US || !run->hashes[i][0])
            continue;
        TRY(drop_orphan(w, run->names[i], run->hashes[i]));
        run->found.removed++;
    }
    run->count = 0;
    arena_reset(run->batch_arena);
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(job_renew(w, run->job));
    return tx_commit(w);
}

static void
count_leaf(struct scan_run *run, const char *name)
{
    const char *slash = strrchr(name, '/');
    size_t n = slash ? (size_t)(slash - name) : 0;
    if (n >= sizeof(run->leaf))
        n = sizeof(run->leaf) - 1;
    if (strncmp(run->leaf, name, n) != 0 || run->leaf[n]) {
        memcpy(run->leaf, name, n);
        run->leaf[n] = 0;
        run->leaf_files = 0;
    }
    if (++run->leaf_files > run->found.fullest_files) {
        run->found.fullest_files = run->leaf_files;
        run->found.fullest = text_copy(run->w->arena, run->leaf);
    }
}

static struct err *
visit_file(void *arg, const struct storage_file *file)
{
    struct scan_run *run = arg;
    const char *hex = hash_in(run->batch_arena, file->name);

    run->found.files++;
    run->found.bytes += (int64_t)file->bytes;
    count_leaf(run, file->name);
    run->names[run->count] = text_copy(run->batch_arena, file->name);
    run->hashes[run->count] = hex ? hex : "";
    run->ages_us[run->count] = run->w->now_us - file->written_us;
    return ++run->count == BATCH ? judge_batch(run) : NULL;
}

struct err *
images_walk(struct work *w, const struct job *j, bool dry_run, struct images_scan *out)
{
    struct scan_run *run = NEW(w->arena, struct scan_run);
    run->w = w;
    run->job = j;
    run->found.dry_run = dry_run;
    run->found.fullest = "";
    run->batch_arena = arena_new((size_t)16 * 1024 * 1024);
    struct err *e = storage_each(w->media, w->arena, visit_file, run);
    if (!e)
        e = judge_batch(run);
    arena_free(run->batch_arena);
    if (e)
        return e;
    *out = run->found;
    return NULL;
}
