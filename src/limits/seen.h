/* Which workers of this host there are, and by which rules each decided last. Inside of src/limits.
 */
#pragma once
#include "limits/shared.h"

/* A place for this process; NULL when all are taken by processes that live. */
struct shared_worker *seen_begin(struct shared *s);
void seen_end(struct shared_worker *me); /* accepts NULL */
void seen_note(struct shared_worker *me, int64_t version, int64_t now_us);

/* In force on a worker: it decided by these rules, or has not decided anything since they are known
 * here, and takes them before it does. */
struct seen {
    int workers, in_force, idle; /* idle: of those in force, who has not decided since */
};
struct seen seen_of(struct shared *s, int64_t version);
