/* How the rules stand: where they are in force, and what they did in the last hour. Inside of
 * src/limits. */
#pragma once
#include "limits/counts.h"
#include "limits/inside.h"

struct limits_state {
    int64_t workers, in_force, idle; /* on all hosts; idle: of this host's */
    int64_t since_us;                /* since when this host knows them; 0: not yet */
    int64_t away_us;                 /* since when it decides without Redis; 0: it does not */
    struct limit_count counts[LIMIT_RULES];
};
/* Inside a transaction. `version`: of the rules as PostgreSQL has them. */
struct err *limits_read_state(struct limits *l, struct work *w, int64_t version,
                              struct limits_state *out) MUST_CHECK;
