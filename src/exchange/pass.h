/* A pass over an import's file: the check, or the run. In chunks: what a chunk writes, what it
 * found, the counters and how far the file is through are one transaction. Killed at any moment,
 * the next one goes on behind the last chunk that was committed, and nothing is done twice. */
#pragma once
#include "exchange/import.h"

struct job;

enum pass_kind { PASS_CHECK = 1, PASS_RUN };

struct pass_how {
    enum pass_kind kind;
    const struct job *job; /* NULL: nobody's, `souk import` */
    bool last_try;         /* what fails now fails for good: the import says so */
    /* After each chunk and at the end; may be NULL. */
    void (*tell)(void *arg, const struct import *i);
    void *arg;
};

/* Until its end, which may be that the file cannot be read or that the person cancelled it: the
 * import's row says which. Opens transactions of its own. CONFLICT queue.lost: somebody else is at
 * it. BROKEN, BUSY, FULL: it may be tried again. */
struct err *pass(struct work *w, struct import_id id, const struct pass_how *how) MUST_CHECK;
