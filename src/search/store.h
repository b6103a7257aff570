/* Statements of search. */
#pragma once
#include "search/plan.h"
#include "search/search.h"

struct err *search_load_words(struct work *w, const char *text, bool typing, struct word **out,
                              size_t *n) MUST_CHECK;

/* A row of a page: its id, and its place in the order. */
struct hit {
    int64_t id;
    int64_t part;   /* class, or phase */
    int64_t number; /* score, or what is sorted by */
    const char *title;
    int64_t total;
};

struct err *search_load_best(struct work *w, const struct search_query *q, const struct plan *p,
                             const struct hit *after, struct hit **out, size_t *n) MUST_CHECK;
/* `p` NULL: of all products. */
struct err *search_load_list(struct work *w, const struct search_query *q, const struct plan *p,
                             const struct hit *after, struct hit **out, size_t *n) MUST_CHECK;

/* The name of an order in addresses and statements: "-price". */
const char *search_sort_name(enum search_sort sort);
