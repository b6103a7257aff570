/* What an address asks of a list, and what a page or an answer says of it. */
#include <string.h>

#include "base/text.h"
#include "search/search.h"
#include "search/store.h"

#define KEYS       4
#define TOTAL_MANY 3000 /* beyond it a number is an estimate */

static const char *
given(const struct req *r, const char *name)
{
    const char *text = query_text(r, name);
    return text && *text ? text : NULL;
}

static struct err *
read_sort(struct req *r, struct search_query *q)
{
    const char *name = given(r, "sort");
    if (!name)
        return NULL;
    for (int i = SEARCH_BEST; i < SEARCH_SORTS; i++)
        if (text_is(name, search_sort_name((enum search_sort)i))) {
            q->sort = (enum search_sort)i;
            return NULL;
        }
    return FAIL_FIELD(r->work->arena, ERR_MALFORMED, "request.sort", "sort",
                      "This list cannot be sorted by that.");
}

static struct err *
read_status(struct req *r, struct search_query *q)
{
    static const char *const known[] = { "draft", "active", "archived" };
    const char *name = given(r, "status");
    if (!name)
        return NULL;
    for (size_t i = 0; i < COUNT(known); i++)
        if (text_is(name, known[i])) {
            q->status = known[i];
            return NULL;
        }
    return FAIL_FIELD(r->work->arena, ERR_MALFORMED, "request.status", "status",
                      "There is no such status.");
}

struct err *
search_read(struct req *r, int64_t limit_normal, int64_t limit_most, struct search_query *out)
{
    struct search_query q = { .text = given(r, "q"), .category = given(r, "category") };
    const char *exact = given(r, "exact");
    q.as_typed = exact && !text_is(exact, "0");
    TRY(read_sort(r, &q));
    TRY(read_status(r, &q));
    TRY(query_limit(r, limit_normal, limit_most, &q.limit));
    TRY(cursor_read(r, q.after, KEYS, &q.has_after));
    *out = q;
    return NULL;
}

const char *
search_next(const struct req *r, const struct search_result *found)
{
    return found->more ? cursor_make(r, found->next, found->next_count) : NULL;
}

void
search_model(struct req *r, struct val *m, const struct search_query *q,
             const struct search_result *found)
{
    enum search_sort sort = q->sort ? q->sort : q->text ? SEARCH_BEST : SEARCH_NEWEST;
    const char *next = search_next(r, found);
    val_set_text(m, "q", q->text ? q->text : "");
    val_set_text(m, "sort", search_sort_name(sort));
    val_set_bool(val_set_map(m, "sort_is"), search_sort_name(sort), true);
    val_set_bool(m, "only_some", found->only_some);
    if (found->corrected) {
        val_set_text(m, "corrected", found->corrected);
        val_set_text(m, "as_typed", query_with(r, "exact", "1"));
    }
    if (q->text && found->total >= 0) {
        val_set_count(m, "total", found->total);
        val_set_bool(m, "total_is_many", found->total > TOTAL_MANY);
    }
    if (q->has_after)
        val_set_text(m, "newer", query_with(r, "cursor", NULL));
    if (next)
        val_set_text(m, "older", query_with(r, "cursor", next));
}

void
search_put(const struct req *r, struct json *j, const struct search_result *found)
{
    const char *next = search_next(r, found);
    if (next)
        json_put_text(j, "next_cursor", next);
    else
        json_put_null(j, "next_cursor");
    if (found->corrected)
        json_put_text(j, "corrected", found->corrected);
}
