/* /healthz: this process answers. /readyz: it can do its work: PostgreSQL answers and its schema is
 * this program's. Redis away is said, but it stops nothing. */
#include "main/probes.h"

#include "base/text.h"
#include "cache/cache.h"
#include "db/migrate.h"
#include "http/json.h"

static struct err *
get_healthz(struct req *r)
{
    return text_answer(r, 200, "text/plain", "ok\n");
}

static struct err *
get_readyz(struct req *r)
{
    struct work *w = r->work;
    int missing = -1;
    bool reached = db_ready(w->db);
    if (reached && migrate_missing(w, &missing))
        missing = -1;
    bool ready = reached && missing == 0;
    struct json j = json_begin(w->arena);
    json_put_object(&j, NULL);
    json_put_text(&j, "status", ready ? "ready" : "not ready");
    json_put_text(&j, "database", !reached ? "away" : (missing == 0 ? "ok" : "migrations missing"));
    json_put_text(&j, "redis", w->cache && cache_state(w->cache) == CACHE_UP ? "up" : "away");
    json_put_end(&j);
    return json_answer(r, ready ? 200 : 503, &j.out);
}

/* clang-format off */
const struct route probe_routes[] = {
    /*     path        body     who         rate    may      csrf       tx       handler */
    { GET, "/healthz", NO_BODY, WHO_ANYONE, "none", MAY_ALL, CSRF_NONE, TX_NONE, get_healthz },
    { GET, "/readyz",  NO_BODY, WHO_ANYONE, "none", MAY_ALL, CSRF_NONE, TX_NONE, get_readyz },
};
/* clang-format on */
const size_t probe_route_count = COUNT(probe_routes);
