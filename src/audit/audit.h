/* Who did what. Every act of the operator, every act about money, and what changes who may do what
 * is noted in the transaction of the act, so that neither stands without the other. The log is only
 * added to: workers cannot change or delete a row, and the rows of a chain (one a shop, one for the
 * platform) are tied by hashes that `souk doctor` and a daily job check. */
#pragma once
#include "base/work.h"

/* Texts are copied by PostgreSQL; JSON texts are objects that hold what changed, never a secret. */
struct audit_act {
    const char *what;   /* for programs, stable: "rate_limit.changed"; small letters, one dot */
    const char *object; /* what it was done to: "rate_limit:login-ip", "account:12" */
    const char *before; /* JSON, or NULL */
    const char *after;
    const char *reason; /* in the words of who acted, or NULL */
};

/* In the caller's writing transaction, of whatever kind. Chain: w->vendor, or the platform's when
 * that is 0. Who: w->user, and w->acted_by behind it. Two acts of one chain take turns, so it
 * stands near the end of a transaction. */
struct err *audit_note(struct work *w, const struct audit_act *act) MUST_CHECK;
/* The same about a shop that is not w->vendor: the operator's acts on it. */
struct err *audit_note_of(struct work *w, struct vendor_id vendor,
                          const struct audit_act *act) MUST_CHECK;

/* "vendor:12" */
const char *audit_object(struct work *w, const char *kind, int64_t id);

/* In an operator transaction. The first rows (at most 100) that are not as they were written;
 * *n is 0 when all chains are whole. */
struct audit_break {
    int64_t chain, seq, at_us;
    const char *what; /* "": the chain's end is missing */
};
struct err *audit_verify(struct work *w, struct audit_break **out, size_t *n) MUST_CHECK;
