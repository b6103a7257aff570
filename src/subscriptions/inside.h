/* What the files of this room share. */
#pragma once
#include "queue/queue.h"
#include "subscriptions/book.h"

/* In arrears for so long, creating things is refused; selling goes on. */
#define RESTRICTED_AFTER_S (7 * DAY_S)

/* When book_stage() will be another one without anybody's doing, or NEVER. */
int64_t book_stage_ends(const struct book *book);
/* Keeps what book_save() compares with. */
void book_remember(struct book *book);
size_t book_known_before(const struct book *book);         /* documents: those behind are new */
bool book_fell_overdue(const struct book *book, size_t i); /* the document, since it was read */
bool book_ended(const struct book *book);                  /* the subscription, likewise */

/* A refusal of the rules as a failure; NULL for REFUSED_NOT. */
struct err *act_refused(struct work *w, enum refusal why);

/* quote.c: of the book's instant and version, for that change only. */
const char *quote_make(const struct book *book, const struct change *wanted, int64_t until);
/* *at: the quote's instant. */
bool quote_holds(const struct book *book, const struct change *wanted, const char *quote,
                 int64_t *at);

/* The jobs: due.c, trials.c; operate.c: the ledger against the documents, and a dead job, which the
 * operator sees, when they part. */
struct err *subscriptions_prove_ledger(struct work *w, const struct job *j);
struct err *subscriptions_bill_due(struct work *w, const struct job *j);
struct err *subscriptions_alarm(struct work *w, const struct job *j); /* alarms.c */
struct err *subscriptions_check_trials(struct work *w, const struct job *j);
