/* The closed list of what lists can be filtered and sorted by. */
#include "catalog/filter.h"

#include <stdlib.h>

#include "base/text.h"
#include "catalog/inside.h"
#include "db/db.h"
#include "search/search.h"

static const char *const stocks[] = { "out", "low", "in" };
static const char *const gaps[] = { "image", "translation", "gtin", "price" };
static const char *const sorts[] = { "newest", "title", "sku", "price", "updated" };

static const char *
one_of(const char *word, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (text_is(word, words[i]))
            return words[i];
    return NULL;
}

struct product_filter
product_filter_read(const struct pairs *query)
{
    struct product_filter f = { .q = pairs_text(query, "q") };
    const char *category = pairs_text(query, "category"), *sort = pairs_text(query, "sort");
    if (f.q && !*f.q)
        f.q = NULL;
    f.status = one_of(pairs_text(query, "status"), product_status_names, PRODUCT_STATUSES);
    f.stock = one_of(pairs_text(query, "stock"), stocks, COUNT(stocks));
    f.missing = one_of(pairs_text(query, "missing"), gaps, COUNT(gaps));
    if (!category || !text_to_id(category, &f.category))
        f.category = 0;
    const char *plain = sort && *sort == '-' ? sort + 1 : sort;
    f.sort = one_of(plain, sorts, COUNT(sorts)) ? sort : "newest";
    return f;
}

bool
product_filter_is_set(const struct product_filter *f)
{
    return f->q || f->status || f->stock || f->missing || f->category;
}

/* Ids as the statement gives them: the newest first. */
static int
compare_falling(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x < y) - (x > y);
}

/* Answers to a text, best first, cut to the page behind `behind` (0: the first): those of them that
 * pass the filters, which the statement gave in an order of its own. */
static void
best_first(struct work *w, struct product_page *page, const struct ids *best, int64_t behind,
           int64_t limit)
{
    struct ids passed = page->ids;
    bool begun = behind == 0;
    page->ids = (struct ids){ .at = NEW_ARRAY(w->arena, int64_t, passed.count + 1) };
    for (size_t i = 0; i < best->count && (int64_t)page->ids.count < limit; i++) {
        bool is_there = bsearch(&best->at[i], passed.at, passed.count, sizeof(*passed.at),
                                compare_falling) != NULL;
        if (begun && is_there)
            page->ids.at[page->ids.count++] = best->at[i];
        begun |= best->at[i] == behind;
    }
    for (size_t i = 0; i < page->ids.count; i++)
        page->keys[i] = text_i64(w->arena, page->ids.at[i]);
}

struct err *
product_page_load(struct work *w, const struct product_filter *f, const char *key, int64_t id,
                  int64_t limit, struct product_page *out)
{
    struct rows rows;
    struct arg answers = arg_null();
    struct ids best = { .count = 0 };
    const char *corrected = NULL;
    bool down = *f->sort == '-', by_answer = f->q && text_is(f->sort, "newest");
    bool first = !id || by_answer;
    if (f->q) {
        TRY(search_ids(w, f->q, FOUND_MOST, &best.at, &best.count, &corrected));
        answers = arg_i64s(w, best.at, best.count);
    }
    TRY(db_many(w, Q_catalog_page,
                ARGS(arg_text(f->sort + down), arg_bool(down), arg_text(w->language), answers,
                     arg_text(f->status), f->category ? arg_i64(w, f->category) : arg_null(),
                     arg_text(f->stock), arg_text(f->missing), first ? arg_null() : arg_text(key),
                     first ? arg_null() : arg_i64(w, id),
                     arg_i64(w, by_answer ? FOUND_MOST : limit)),
                &rows));
    struct product_page page = { .keys =
                                     NEW_ARRAY(w->arena, const char *, (size_t)rows.count + 1) };
    page.corrected = corrected;
    page.ids.at = NEW_ARRAY(w->arena, int64_t, (size_t)rows.count + 1);
    page.ids.count = (size_t)rows.count;
    for (int i = 0; i < rows.count; i++) {
        struct scan s = rows_at(&rows, i);
        page.ids.at[i] = scan_i64(&s);
        page.keys[i] = scan_text(&s);
        scan_end(&s);
    }
    if (by_answer)
        best_first(w, &page, &best, id, limit);
    *out = page;
    return NULL;
}
