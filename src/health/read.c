/* All readings of one moment, and the job that samples what takes time. */
#include "base/clock.h"
#include "base/settings.h"
#include "base/text.h"
#include "cache/cache.h"
#include "db/db.h"
#include "health/health.h"
#include "health/tasks.h"
#include "limits/limits.h"

#define SAMPLE_S       10
#define STALE_US       (3 * SAMPLE_S * SECOND_US)
#define STORE_STALE_US (INT64_C(3) * 60 * SECOND_US)

static void
set(struct health *h, enum health_name name, int64_t as_of_us, double value, double limit)
{
    struct health_reading *r = &h->readings[name];
    r->known = true;
    r->as_of_us = as_of_us;
    r->value = value;
    r->limit = limit;
}

static void
forget(struct health *h, enum health_name name, int64_t last_us)
{
    h->readings[name].known = false;
    h->readings[name].as_of_us = last_us;
}

static struct err *
load_host(struct work *w, bool *found, int64_t *at_us, struct host_sample *out)
{
    struct scan s;
    TRY(db_maybe(w, Q_health_host, NO_ARGS, found, &s));
    if (!*found)
        return NULL;
    *at_us = scan_time(&s);
    out->cpu_percent = scan_double(&s);
    out->memory_used = scan_i64(&s);
    out->memory_total = scan_i64(&s);
    out->disk_used = scan_i64(&s);
    out->disk_total = scan_i64(&s);
    out->cpu_busy = scan_i64(&s);
    out->cpu_all = scan_i64(&s);
    scan_end(&s);
    return NULL;
}

static struct err *
read_host(struct work *w, struct health *h)
{
    struct host_sample host = { 0 };
    int64_t at_us = 0;
    bool found;

    TRY(load_host(w, &found, &at_us, &host));
    if (!found || w->now_us - at_us > STALE_US) {
        forget(h, FIG_CPU, at_us);
        forget(h, FIG_MEMORY, at_us);
        forget(h, FIG_DISK, at_us);
        return NULL;
    }
    if (host.cpu_percent >= 0)
        set(h, FIG_CPU, at_us, host.cpu_percent, 100);
    set(h, FIG_MEMORY, at_us, (double)host.memory_used, (double)host.memory_total);
    set(h, FIG_DISK, at_us, (double)host.disk_used, (double)host.disk_total);
    return NULL;
}

static struct err *
read_storage(struct work *w, struct health *h)
{
    struct scan s;
    bool found;
    TRY(db_maybe(w, Q_health_storage, NO_ARGS, &found, &s));
    if (!found)
        return NULL;
    int64_t at_us = scan_time(&s);
    int64_t bytes = scan_i64(&s);
    scan_end(&s);
    if (w->now_us - at_us > STORE_STALE_US)
        forget(h, FIG_STORAGE, at_us);
    else
        set(h, FIG_STORAGE, at_us, (double)bytes, 0);
    return NULL;
}

static struct err *
read_platform(struct work *w, struct health *h)
{
    /* In the order of the statement's columns. */
    static const enum health_name names[] = { FIG_VENDORS,  FIG_NEW_VENDORS, FIG_CLOSED_VENDORS,
                                              FIG_PRODUCTS, FIG_IMAGES,      FIG_ORDERS,
                                              FIG_DATABASE };
    struct scan s;
    TRY(db_one(w, Q_health_platform, NO_ARGS, &s));
    for (size_t i = 0; i < COUNT(names); i++)
        set(h, names[i], w->now_us, (double)scan_i64(&s), 0);
    double used = (double)scan_i64(&s), most = (double)scan_i64(&s);
    set(h, FIG_CONNECTIONS, w->now_us, used, most);
    scan_end(&s);
    return NULL;
}

struct err *
health_read(struct work *w, struct health *out)
{
    struct health h = { .at_us = w->now_us, .worst = HEALTH_OK };
    for (int i = 0; i < FIGURES; i++)
        h.readings[i].figure = &health_figures[i];

    TRY(read_host(w, &h));
    TRY(read_storage(w, &h));
    TRY(read_platform(w, &h));
    h.redis_away_us = limits_in_use() ? limits_local_since(limits_in_use()) : 0;
    h.redis_up = w->cache && cache_state(w->cache) == CACHE_UP && !h.redis_away_us;

    for (int i = 0; i < FIGURES; i++) {
        health_judge(&h.readings[i]);
        h.attention += h.readings[i].state != HEALTH_OK;
        if (h.readings[i].state > h.worst)
            h.worst = h.readings[i].state;
    }
    if (!h.redis_up) {
        h.attention++;
        if (h.worst < HEALTH_WARNING)
            h.worst = HEALTH_WARNING;
    }
    *out = h;
    return NULL;
}

/* CPU is a rate: it needs the sample before. Counters that went back (a reboot) start anew. */
static void
rate_since(const struct host_sample *before, struct host_sample *now)
{
    int64_t busy = now->cpu_busy - before->cpu_busy, all = now->cpu_all - before->cpu_all;
    now->cpu_percent = busy >= 0 && all > 0 ? 100.0 * (double)busy / (double)all : -1;
}

static const char *
sample_json(struct arena *a, const struct host_sample *s)
{
    return text_printf(a,
                       "{\"cpu_percent\": %.2f, \"cpu_busy\": %lld, \"cpu_all\": %lld, "
                       "\"memory_used\": %lld, \"memory_total\": %lld, "
                       "\"disk_used\": %lld, \"disk_total\": %lld}",
                       s->cpu_percent, (long long)s->cpu_busy, (long long)s->cpu_all,
                       (long long)s->memory_used, (long long)s->memory_total,
                       (long long)s->disk_used, (long long)s->disk_total);
}

static struct err *
sample_host(struct work *w, const struct job *j)
{
    struct host_sample now, before = { 0 };
    int64_t before_us;
    bool found;

    TRY(host_sample_now(w->arena, w->settings->media, &now));
    tx_open(w, TX_OPERATOR_WRITE);
    TRY(load_host(w, &found, &before_us, &before));
    if (found)
        rate_since(&before, &now);
    TRY(report_save(w, "host", sample_json(w->arena, &now)));
    TRY(job_finish(w, j, "{}"));
    return tx_commit(w);
}

/* clang-format off */
const struct job_kind health_jobs[] = {
    /* name            every     tries  run */
    { "health_sample", SAMPLE_S, 1,     sample_host },
};
/* clang-format on */
const size_t health_job_count = COUNT(health_jobs);
