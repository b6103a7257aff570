#include "exchange/export.h"

#include <jansson.h>
#include <string.h>

#include "base/outfile.h"
#include "base/random.h"
#include "base/text.h"
#include "db/db.h"
#include "exchange/exchange.h"
#include "exchange/export_store.h"
#include "exchange/import.h"
#include "exchange/tasks.h"
#include "exchange/writer.h"
#include "http/json.h"
#include "queue/queue.h"

#define BATCH         500
#define ROUND_CEILING ((size_t)256 << 20)

/* ---- Asking for one ---- */

static int
index_of(const char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (text_is(names[i], name))
            return (int)i;
    return -1;
}

static const char *
filter_json(struct arena *a, const struct export_filter *f)
{
    struct json j = json_begin(a);
    json_put_object(&j, NULL);
    if (f->q)
        json_put_text(&j, "q", f->q);
    if (f->status)
        json_put_text(&j, "status", f->status);
    if (f->category)
        json_put_text(&j, "category", f->category);
    json_put_end(&j);
    return j.out.at;
}

/* Those asked for, in the shop's order. */
static struct err *
choose_languages(struct work *w, const char *asked, const char ***out, size_t *count)
{
    const char **all, **chosen;
    size_t n, k = 0, words = 0;
    TRY(export_languages(w, &all, &n));
    if (!asked || !*asked) {
        *out = all;
        *count = n;
        return NULL;
    }
    chosen = NEW_ARRAY(w->arena, const char *, n + 1);
    char *list = text_copy(w->arena, asked), *rest = list;
    const char **names = NEW_ARRAY(w->arena, const char *, strlen(asked) + 1);
    for (char *one; (one = strsep(&rest, " "));)
        if (*one)
            names[words++] = one;
    for (size_t i = 0; i < words; i++)
        if (index_of(all, n, names[i]) < 0)
            return FAIL_FIELD(w->arena, ERR_INVALID, "export.language", "languages",
                              "The shop has no texts in this language.");
    for (size_t i = 0; i < n; i++)
        if (index_of(names, words, all[i]) >= 0)
            chosen[k++] = all[i];
    *out = chosen;
    *count = k;
    return NULL;
}

struct err *
export_add(struct work *w, const struct export_draft *draft, struct export_id *out)
{
    static const char *const statuses[] = { "draft", "active", "archived" };
    const char **languages = NULL;
    size_t n = 0;
    int format = index_of(export_format_names, EXPORT_FORMATS, draft->format);
    if (format < 0)
        return FAIL_FIELD(w->arena, ERR_INVALID, "export.format", "format",
                          "own, shopify_2024, woocommerce or translations.");
    if (draft->filter.status && index_of(statuses, COUNT(statuses), draft->filter.status) < 0)
        return FAIL_FIELD(w->arena, ERR_INVALID, "export.status", "status",
                          "draft, active or archived.");
    TRY(choose_languages(w, draft->languages, &languages, &n));
    TRY(export_store_add(w, (enum export_format)format, filter_json(w->arena, &draft->filter),
                         languages, n, out));
    return queue_add(w, EXCHANGE_EXPORT, text_i64(w->arena, out->n), "{}", NULL);
}

/* ---- Making it ---- */

struct making {
    struct work *w;
    struct export export;
    struct own_layout layout;
    struct outfile *out;
    struct arena *round;
    int64_t done;
};

static void
end_arena(void *a)
{
    arena_free(a);
}

static struct err *
add(struct making *m, const struct buf *b)
{
    return outfile_add(m->out, BYTES(b->at, b->length));
}

/* *more false: that was all. */
static struct err *
write_batch(struct making *m, int64_t *behind, bool *more)
{
    struct work w = *m->w;
    struct import_product *products;
    size_t n;
    arena_reset(m->round);
    w.arena = m->round;
    tx_open(&w, TX_READ);
    TRY(export_store_products(&w, &m->export, &m->layout, behind, BATCH, &products, &n));
    tx_rollback(&w);
    struct buf b = buf_new(m->round, (size_t)256 << 10);
    for (size_t i = 0; i < n; i++)
        write_product(&b, m->export.format, &m->layout, &products[i]);
    TRY(add(m, &b));
    m->done += (int64_t)n;
    *more = n == BATCH;
    tx_open(&w, TX_WRITE);
    TRY(export_store_move(&w, m->export.id, m->done));
    return tx_commit(&w);
}

static struct err *
write_file(struct making *m)
{
    struct work *w = m->w;
    struct buf header = buf_new(w->arena, 1024);
    int64_t of, behind = 0;
    bool more = true;
    tx_open(w, TX_READ);
    TRY(export_store_layout(w, &m->export, &of, &m->layout));
    tx_rollback(w);
    tx_open(w, TX_WRITE);
    TRY(export_store_begin(w, m->export.id, of));
    TRY(tx_commit(w));
    write_header(&header, m->export.format, &m->layout);
    TRY(add(m, &header));
    while (more)
        TRY(write_batch(m, &behind, &more));
    return NULL;
}

static struct err *
finish(struct making *m, const struct job *j, const char *path, int64_t bytes, const char *failure)
{
    struct work *w = m->w;
    tx_open(w, TX_WRITE);
    TRY(export_store_end(w, m->export.id, path, bytes, failure));
    TRY(job_finish(w, j, text_printf(w->arena, "{\"products\": %lld}", (long long)m->done)));
    return tx_commit(w);
}

struct err *
export_make(struct work *w, struct export_id id, const struct job *j, bool last_try)
{
    struct making m = { .w = w, .round = arena_new(ROUND_CEILING) };
    int64_t bytes;
    arena_defer(w->arena, end_arena, m.round);
    tx_open(w, TX_READ);
    TRY(export_load(w, id, &m.export));
    tx_rollback(w);
    const char *name = text_printf(w->arena, "exports/%lld/%s.csv", (long long)w->vendor.n,
                                   random_token(w->arena, 18));
    TRY(outfile_open(w->arena, exchange_path(w, name), &m.out));
    struct err *e = write_file(&m);
    tx_rollback(w);
    if (e && last_try)
        return finish(&m, j, NULL, 0, "export.broken");
    TRY(e);
    TRY(outfile_close(m.out, &bytes, NULL));
    return finish(&m, j, name, bytes, NULL);
}
