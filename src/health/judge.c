/* The figures and their thresholds (SPEC: CPU 70/85 %, memory 75/90 %, disk 70/85 %, connections
 * 80/95 %, products 400,000/475,000, image storage 800/950 GB, database 20/24 GB). */
#include "health/health.h"

#include "base/must.h"

#define GB 1e9

/* clang-format off */
const struct health_figure health_figures[FIGURES] = {
    /*                      name               unit          kind           warning  critical */
    [FIG_CPU]            = { "cpu",            UNIT_PERCENT, KIND_RESOURCE,      70,       85 },
    [FIG_MEMORY]         = { "memory",         UNIT_BYTES,   KIND_RESOURCE,      75,       90 },
    [FIG_DISK]           = { "disk",           UNIT_BYTES,   KIND_RESOURCE,      70,       85 },
    [FIG_CONNECTIONS]    = { "connections",    UNIT_COUNT,   KIND_RESOURCE,      80,       95 },
    [FIG_VENDORS]        = { "vendors",        UNIT_COUNT,   KIND_GROWTH,         0,        0 },
    [FIG_NEW_VENDORS]    = { "new_vendors",    UNIT_COUNT,   KIND_GROWTH,         0,        0 },
    [FIG_CLOSED_VENDORS] = { "closed_vendors", UNIT_COUNT,   KIND_GROWTH,         0,        0 },
    [FIG_PRODUCTS]       = { "products",       UNIT_COUNT,   KIND_GROWTH,    400000,   475000 },
    [FIG_IMAGES]         = { "images",         UNIT_COUNT,   KIND_GROWTH,         0,        0 },
    [FIG_ORDERS]         = { "orders",         UNIT_COUNT,   KIND_GROWTH,         0,        0 },
    [FIG_DATABASE]       = { "database",       UNIT_BYTES,   KIND_GROWTH,   20 * GB,  24 * GB },
    [FIG_STORAGE]        = { "storage",        UNIT_BYTES,   KIND_GROWTH,  800 * GB, 950 * GB },
};
/* clang-format on */

const char *
health_state_name(enum health_state state)
{
    static const char *const names[] = {
        [HEALTH_OK] = "ok",
        [HEALTH_UNKNOWN] = "unknown",
        [HEALTH_WARNING] = "warning",
        [HEALTH_CRITICAL] = "critical",
    };
    must(state >= HEALTH_OK && state <= HEALTH_CRITICAL);
    return names[state];
}

void
health_judge(struct health_reading *r)
{
    const struct health_figure *f = r->figure;
    if (!r->known) {
        r->state = HEALTH_UNKNOWN;
        return;
    }
    r->level = r->limit > 0 && f->unit != UNIT_PERCENT ? 100 * r->value / r->limit : r->value;
    if (f->critical > 0 && r->level >= f->critical)
        r->state = HEALTH_CRITICAL;
    else if (f->warning > 0 && r->level >= f->warning)
        r->state = HEALTH_WARNING;
    else
        r->state = HEALTH_OK;
}
