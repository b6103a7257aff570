#include "search/store.h"

#include "base/text.h"
#include "db/db.h"

struct err *
search_load_words(struct work *w, const char *text, bool typing, struct word **out, size_t *n)
{
    struct rows rows;
    TRY(db_many(w, Q_search_words, ARGS(arg_text(text), arg_text(w->language), arg_bool(typing)),
                &rows));
    struct word *all = NEW_ARRAY(w->arena, struct word, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        all[i].slot = scan_i64(&s);
        all[i].kind = (enum word_kind)scan_i64(&s);
        all[i].typed = scan_text(&s);
        all[i].word = scan_text(&s);
        all[i].key = scan_i64(&s);
        all[i].second = scan_i64(&s);
        all[i].n = scan_i64(&s);
        scan_end(&s);
    }
    *out = all;
    *n = (size_t)rows.count;
    return NULL;
}

static struct hit *
room_for(struct work *w, const struct rows *rows)
{
    return NEW_ARRAY(w->arena, struct hit, (size_t)rows->count + 1);
}

struct err *
search_load_best(struct work *w, const struct search_query *q, const struct plan *p,
                 const struct hit *after, struct hit **out, size_t *n)
{
    struct rows rows;
    TRY(db_many(w, Q_search_best,
                ARGS(arg_text(q->text), arg_i64s(w, p->keys, p->count),
                     arg_i64s(w, p->slots, p->count), arg_i64s(w, p->weights, p->count),
                     p->any_count ? arg_i64s(w, p->any, p->any_count) : arg_null(),
                     arg_bool(p->broad), arg_text(q->status), arg_text(q->category),
                     arg_i64(w, after ? after->part : -1), arg_i64(w, after ? after->number : 0),
                     arg_i64(w, after ? after->id : 0), arg_i64(w, q->limit + 1)),
                &rows));
    struct hit *hits = room_for(w, &rows);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        hits[i].id = scan_i64(&s);
        hits[i].part = scan_i64(&s);
        hits[i].number = scan_i64(&s);
        hits[i].total = scan_i64(&s);
        hits[i].title = "";
        scan_end(&s);
    }
    *out = hits;
    *n = (size_t)rows.count;
    return NULL;
}

#define PAGE_ARGS(w, q, after)                                                                     \
    arg_text(search_sort_name((q)->sort)), arg_text((q)->status), arg_text((q)->category),         \
        arg_text((w)->language), arg_i64((w), (after) ? (after)->part : 0),                        \
        arg_i64((w), (after) ? (after)->number : 0), arg_text((after) ? (after)->title : ""),      \
        arg_i64((w), (after) ? (after)->id : 0), arg_i64((w), (q)->limit + 1)

struct err *
search_load_list(struct work *w, const struct search_query *q, const struct plan *p,
                 const struct hit *after, struct hit **out, size_t *n)
{
    struct rows rows;
    if (p)
        TRY(db_many(w, Q_search_list_of,
                    ARGS(arg_i64s(w, p->keys, p->count), arg_i64s(w, p->slots, p->count),
                         PAGE_ARGS(w, q, after)),
                    &rows));
    else
        TRY(db_many(w, Q_search_list, ARGS(PAGE_ARGS(w, q, after)), &rows));
    struct hit *hits = room_for(w, &rows);
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        hits[i].id = scan_i64(&s);
        hits[i].part = scan_i64(&s);
        hits[i].number = scan_i64(&s);
        hits[i].title = scan_text(&s);
        hits[i].total = p ? scan_i64(&s) : -1;
        scan_end(&s);
    }
    *out = hits;
    *n = (size_t)rows.count;
    return NULL;
}
