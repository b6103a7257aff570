#include "limits/state.h"

#include <unistd.h>

#include "db/db.h"

static struct err *
add_other_hosts(struct work *w, const char *host, int64_t version, struct limits_state *out)
{
    struct scan s;
    struct rows rows;
    TRY(db_one(w, Q_limits_other_hosts, ARGS(arg_text(host), arg_i64(w, version)), &s));
    out->workers += scan_i64(&s);
    out->in_force += scan_i64(&s);
    scan_end(&s);
    TRY(db_many(w, Q_limits_other_counts, ARGS(arg_text(host)), &rows));
    for (int i = 0; i < rows.count; i++) {
        s = rows_at(&rows, i);
        int place = limit_rule_place(scan_text(&s));
        if (place < 0)
            continue;
        out->counts[place].passed += scan_i64(&s);
        out->counts[place].refused += scan_i64(&s);
        out->counts[place].would += scan_i64(&s);
        scan_end(&s);
    }
    return NULL;
}

struct err *
limits_read_state(struct limits *l, struct work *w, int64_t version, struct limits_state *out)
{
    char host[128] = "";
    struct seen seen = seen_of(l->shared, version);
    bool known = shared_load(&l->shared->version) == version;
    gethostname(host, sizeof(host) - 1);
    *out = (struct limits_state){ .workers = seen.workers,
                                  .in_force = seen.in_force,
                                  .idle = seen.idle,
                                  .since_us = known ? shared_load(&l->shared->known_us) : 0,
                                  .away_us = limits_local_since(l) };
    for (int i = 0; i < LIMIT_RULES; i++)
        out->counts[i] = counts_of_hour(l->shared, i, w->now_us);
    return add_other_hosts(w, host, version, out);
}
