/* A page of products: of all, or of those that answer a text. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "search/plan.h"
#include "search/search.h"
#include "search/store.h"

#define KEYS       4 /* of every cursor: part, number, title or weights, id */
#define CLASS_SOME 4 /* as search_rows() numbers them */

static const char *const sort_names[SEARCH_SORTS] = {
    [SEARCH_BEST] = "best",         [SEARCH_NEWEST] = "-created",   [SEARCH_OLDEST] = "created",
    [SEARCH_PRICE_UP] = "price",    [SEARCH_PRICE_DOWN] = "-price", [SEARCH_TITLE_UP] = "title",
    [SEARCH_TITLE_DOWN] = "-title", [SEARCH_UPDATED] = "-updated",
};

const char *
search_sort_name(enum search_sort sort)
{
    must(sort > 0 && sort < SEARCH_SORTS);
    return sort_names[sort];
}

/* ---- Where the page begins ---- */

static struct err *
refuse_cursor(struct work *w)
{
    return FAIL_FIELD(w->arena, ERR_MALFORMED, "request.cursor", "cursor",
                      "This cursor is not one of ours.");
}

static struct err *
read_after(struct work *w, const struct search_query *q, struct hit *out)
{
    if (!text_to_i64(q->after[0], &out->part) || !text_to_i64(q->after[1], &out->number) ||
        !text_to_id(q->after[3], &out->id))
        return refuse_cursor(w);
    out->title = q->after[2];
    return NULL;
}

/* Weights travel with the cursor: they change as the shop's words are counted, and a page must go
 * on in the order that the first one began. */
static const char *
weights_text(struct work *w, const struct plan *p)
{
    struct buf b = buf_new(w->arena, 64);
    buf_char(&b, p->broad ? '+' : '-');
    for (size_t i = 0; i < p->count; i++)
        buf_printf(&b, "%s%lld", i ? " " : "", (long long)p->weights[i]);
    return b.at;
}

static void
keep_weights(struct work *w, const char *text, struct plan *p)
{
    char *rest = text_copy(w->arena, text + (*text != '\0')), *one;
    int64_t weights[PLAN_KEYS_MAX];
    size_t n = 0;
    while ((one = strsep(&rest, " ")))
        if (n == p->count || !text_to_i64(one, &weights[n++]))
            return;
    if (n != p->count)
        return; /* the shop's words are others by now */
    memcpy(p->weights, weights, n * sizeof(*weights));
    p->broad = *text == '+';
}

/* ---- Asking ---- */

static void
fill(struct work *w, const struct search_query *q, const struct hit *hits, size_t n,
     const char *weights, struct search_result *out)
{
    out->more = n > (size_t)q->limit;
    out->count = out->more ? (size_t)q->limit : n;
    out->ids = NEW_ARRAY(w->arena, int64_t, out->count + 1);
    for (size_t i = 0; i < out->count; i++)
        out->ids[i] = hits[i].id;
    if (!out->more)
        return;
    const struct hit *last = &hits[out->count - 1];
    out->next[0] = text_i64(w->arena, last->part);
    out->next[1] = text_i64(w->arena, last->number);
    out->next[2] = weights ? weights : last->title;
    out->next[3] = text_i64(w->arena, last->id);
    out->next_count = KEYS;
}

static int64_t
total_of(const struct plan *p, const struct hit *hits, size_t n)
{
    int64_t sum = 0;
    if (p->broad)
        return p->rarest;
    for (size_t i = 0; i < n; i++)
        if (!i || hits[i].part != hits[i - 1].part)
            sum += hits[i].total;
    return sum;
}

/* Products that have some of the words only are not mixed with those that have all: what is done to
 * all that was found would be done to them too. */
static size_t
count_alike(const struct hit *hits, size_t n, bool some)
{
    size_t count = 0;
    while (count < n && (hits[count].part >= CLASS_SOME) == some)
        count++;
    return count;
}

static struct err *
find_best(struct work *w, const struct search_query *q, struct plan *p, const struct hit *after,
          struct search_result *out)
{
    struct hit *hits;
    size_t n;
    if (after)
        keep_weights(w, after->title, p);
    TRY(search_load_best(w, q, p, after, &hits, &n));
    if (q->alike && n)
        n = count_alike(hits, n, (after ? after : hits)->part >= CLASS_SOME);
    fill(w, q, hits, n, weights_text(w, p), out);
    out->total = total_of(p, hits, n);
    out->only_some = n && (hits[0].part == CLASS_SOME || (p->missing && hits[0].part));
    return NULL;
}

static struct err *
find_sorted(struct work *w, const struct search_query *q, const struct plan *p,
            const struct hit *after, struct search_result *out)
{
    struct hit *hits;
    size_t n;
    TRY(search_load_list(w, q, p, after, &hits, &n));
    fill(w, q, hits, n, NULL, out);
    out->total = p ? n ? hits[0].total : 0 : -1;
    out->only_some = p && p->missing && n;
    return NULL;
}

struct err *
search_find(struct work *w, const struct search_query *asked, struct search_result *out)
{
    struct search_query q = *asked;
    struct search_result found = { .count = 0 };
    struct hit place, *after = q.has_after ? &place : NULL;
    struct word *words;
    size_t n;
    must(q.limit >= 1 && q.limit <= SEARCH_MOST);
    if (after)
        TRY(read_after(w, &q, &place));
    if (!q.sort)
        q.sort = q.text ? SEARCH_BEST : SEARCH_NEWEST;
    if (!q.text) {
        if (q.sort == SEARCH_BEST)
            q.sort = SEARCH_NEWEST;
        TRY(find_sorted(w, &q, NULL, after, &found));
        *out = found;
        return NULL;
    }
    TRY(search_load_words(w, q.text, false, &words, &n));
    struct plan p = plan_make(w->arena, words, n, q.as_typed);
    if (q.sort == SEARCH_BEST)
        TRY(find_best(w, &q, &p, after, &found));
    else if (p.slot_count)
        TRY(find_sorted(w, &q, &p, after, &found));
    found.corrected = p.corrected;
    *out = found;
    return NULL;
}

struct err *
search_ids(struct work *w, const char *text, int64_t most, int64_t **out, size_t *count,
           const char **corrected)
{
    const struct search_query q = { .text = text, .limit = most };
    struct word *words;
    struct hit *hits;
    size_t n;
    TRY(search_load_words(w, text, false, &words, &n));
    const struct plan p = plan_make(w->arena, words, n, false);
    TRY(search_load_best(w, &q, &p, NULL, &hits, &n));
    n = n ? count_alike(hits, n, hits[0].part >= CLASS_SOME) : 0;
    int64_t *ids = NEW_ARRAY(w->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++)
        ids[i] = hits[i].id;
    *out = ids;
    *count = n;
    *corrected = p.corrected;
    return NULL;
}

/* ---- As somebody types ---- */

struct err *
search_suggest(struct work *w, const char *text, size_t most, const char ***out, size_t *count)
{
    struct word *words;
    size_t n, made = 0;
    int64_t last = 0;
    struct buf before = buf_new(w->arena, 64);
    TRY(search_load_words(w, text, true, &words, &n));
    for (size_t i = 0; i < n; i++)
        if (words[i].slot > last)
            last = words[i].slot;
    for (int64_t slot = 1; slot < last; slot++)
        for (size_t i = 0; i < n; i++)
            if (words[i].slot == slot && words[i].kind == WORD_OWN) {
                buf_printf(&before, "%s ", words[i].typed);
                break;
            }
    const char **all = NEW_ARRAY(w->arena, const char *, most + 1);
    for (size_t i = 0; i < n && made < most; i++)
        if (words[i].slot == last && words[i].kind == WORD_LONGER)
            all[made++] = text_join(w->arena, before.at, words[i].word, NULL);
    *out = all;
    *count = made;
    return NULL;
}
