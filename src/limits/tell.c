#include "limits/tell.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "db/db.h"
#include "limits/counts.h"
#include "limits/store.h"

#define EVERY_US (60 * SECOND_US)

static const char *
counts_json(struct limits *l, struct work *w)
{
    struct buf b = buf_new(w->arena, 512);
    buf_char(&b, '{');
    for (int i = 0; i < LIMIT_RULES; i++) {
        struct limit_count n = counts_of_hour(l->shared, i, w->now_us);
        buf_printf(&b, "%s\"%s\": [%lld, %lld, %lld]", i ? ", " : "", l->set->rules[i].name,
                   (long long)n.passed, (long long)n.refused, (long long)n.would);
    }
    buf_char(&b, '}');
    return b.at;
}

/* The vendors that asked today. */
static void
list_days(struct limits *l, struct work *w, struct told *t)
{
    size_t most = SHARED_WAYS * SHARED_DAYS;
    const char **vendors = NULL, **used = NULL;
    for (size_t i = 0; i < most; i++) {
        struct shared_day *d = &l->shared->days[i];
        if (shared_load(&d->day) != t->day || !shared_load(&d->vendor))
            continue;
        if (!vendors) {
            vendors = NEW_ARRAY(w->arena, const char *, most);
            used = NEW_ARRAY(w->arena, const char *, most);
        }
        int64_t n = shared_load(&d->used) + shared_load(&d->pending);
        vendors[t->n] = text_printf(w->arena, "%lld", (long long)shared_load(&d->vendor));
        used[t->n++] = text_printf(w->arena, "%lld", (long long)n);
    }
    t->vendors = vendors;
    t->used = used;
}

void
limits_tell(struct limits *l, struct work *w)
{
    char host[128] = "";
    int64_t version = shared_load(&l->shared->version);
    struct seen seen = seen_of(l->shared, version);
    if (!w->db || tx_is_open(w))
        return;
    gethostname(host, sizeof(host) - 1);
    struct told t = { .host = host,
                      .version = version,
                      .workers = seen.workers,
                      .in_force = seen.in_force,
                      .counts = counts_json(l, w),
                      .day = w->now_us / (86400 * SECOND_US) };
    list_days(l, w, &t);
    struct err *e = limits_tell_others(w, &t);
    if (e)
        log_warn("limits.not_told", "code", e->code, "why", e->log, NULL);
}

void
limits_tell_in_turn(struct limits *l, struct work *w)
{
    int64_t last = shared_load(&l->shared->told_us);
    bool due = w->now_us - last >= EVERY_US || last > w->now_us;
    if (due && w->db && !tx_is_open(w) && shared_claim(&l->shared->told_us, last, w->now_us))
        limits_tell(l, w);
}
