/* Lists of issued documents. */
#pragma once
#include "base/money.h"
#include "base/work.h"

struct document_row {
    int64_t n;
    const char *number;
    bool credit_note;
    int64_t issued_us, due_us; /* due_us: 0 without */
    struct money total, due, remaining;
    const char *state; /* "open", "paid", "void", "uncollectible" */
    bool overdue;      /* open, and its payment failed or its day has passed */
};

#define DOCUMENTS_PAGE 50

/* w->vendor's, the newest first, up to `most`; behind the document `behind`, 0: from the start. */
struct err *documents_list(struct work *w, const char *state, int64_t behind, int64_t most,
                           struct document_row **out, size_t *count) MUST_CHECK;
/* NOT_FOUND subscriptions.not_found. */
struct err *documents_find(struct work *w, const char *number, int64_t *n) MUST_CHECK;
