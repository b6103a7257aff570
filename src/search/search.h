/* Lists of a shop's products: in any order, filtered, a page at a time; and what people mean when
 * they type words. Gives ids in order; the room of the products loads and shows them.
 *
 *     struct search_query q;
 *     struct search_result found;
 *     TRY(search_read(r, &q));                  q, sort, status, category, cursor, limit
 *     TRY(search_find(r->work, &q, &found));
 *     … rows of found.ids in that order …
 *     search_model(r, m, &q, &found);           or json: search_put(r, &j, &found)
 *
 * Words: all of them, in any order, whatever their endings, accents and capitals, in title,
 * description, brand, category, tags, MPN, SKU, and the options and SKUs of variants. When too few
 * products have all of them, those that have some follow. A word that no product of the shop has is
 * taken for the beginning of one, then for two written as one, then for one with a slip of the
 * finger, always by the shop's own words. A SKU or GTIN finds its product first. */
#pragma once
#include "base/work.h"
#include "http/cursor.h"
#include "http/json.h"
#include "view/value.h"

#define SEARCH_TEXT_MOST 200 /* characters; what is longer is cut */
#define SEARCH_MOST      200 /* products of a page */

enum search_sort {
    SEARCH_BEST = 1, /* only with a text: the best answer first */
    SEARCH_NEWEST,
    SEARCH_OLDEST,
    SEARCH_PRICE_UP,
    SEARCH_PRICE_DOWN,
    SEARCH_TITLE_UP, /* in the reader's language; products without a text in it come last */
    SEARCH_TITLE_DOWN,
    SEARCH_UPDATED, /* the last changed first */
    SEARCH_SORTS
};

/* Zero, but for limit, is the first page of all products, the newest first. */
struct search_query {
    const char *text;                   /* NULL: no words */
    const char *status;                 /* "draft", "active", "archived"; NULL: any */
    const char *category;               /* a path, "A > B": that and what is below it; NULL: any */
    enum search_sort sort;              /* 0: SEARCH_BEST with a text, else SEARCH_NEWEST */
    bool as_typed;                      /* no word is mended or completed */
    bool alike;                         /* none with some of the words behind those with all */
    int64_t limit;                      /* 1 … SEARCH_MOST */
    const char *after[CURSOR_KEYS_MAX]; /* keys of the row the page begins behind */
    bool has_after;
};

/* Lives in the arena of the work. */
struct search_result {
    int64_t *ids;
    size_t count;
    bool more; /* there is a further page; `next` are its keys */
    const char *next[CURSOR_KEYS_MAX];
    size_t next_count;
    const char *corrected; /* what was looked for instead of the text; NULL: the text */
    bool only_some;        /* no product has all the words: these have some */
    int64_t total;         /* answers, up to some thousands; -1: not counted */
};

/* `q`, `sort` (best, price, -price, title, -title, created, -created, -updated), `status`,
 * `category`, `exact` (1: as typed), `cursor` and `limit` of the address. A status of "inactive" is
 * no filter of one status and left to the caller. MALFORMED request.sort, request.status,
 * request.cursor, request.limit. */
struct err *search_read(struct req *r, int64_t limit_normal, int64_t limit_most,
                        struct search_query *out) MUST_CHECK;

/* Inside a transaction of the tenant, also TX_SHOP_READ. At most three round trips with a text, one
 * without. MALFORMED request.cursor when `after` is of another order. */
struct err *search_find(struct work *w, const struct search_query *q,
                        struct search_result *out) MUST_CHECK;

/* The cursor of the next page, for query_with(r, "cursor", …) or an API answer; NULL: the last. */
const char *search_next(const struct req *r, const struct search_result *found);

/* For templates: q, sort_is.<sort>, corrected, as_typed (the address that takes the text as it is),
 * only_some, total, total_is_many, newer, older. */
void search_model(struct req *r, struct val *m, const struct search_query *q,
                  const struct search_result *found);
/* For APIs: next_cursor, and `corrected` when the text was mended. */
void search_put(const struct req *r, struct json *j, const struct search_result *found);

/* All that have all words of a text, or when there are none some, the best first, at most `most`:
 * for lists with filters of their own, and for what is done to all that was found. *corrected as in
 * struct search_result. */
struct err *search_ids(struct work *w, const char *text, int64_t most, int64_t **out, size_t *count,
                       const char **corrected) MUST_CHECK;

/* As somebody types: up to `most` of the shop's own words that go on from the text, the whole text
 * each time ("usb ca" → "usb cable", "usb card"). */
struct err *search_suggest(struct work *w, const char *text, size_t most, const char ***out,
                           size_t *count) MUST_CHECK;
