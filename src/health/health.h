/* How the platform is: readings of figures against their thresholds.
 *
 * A figure is one row of health_figures: name, unit, thresholds, action. Pages, the JSON and later
 * alerts and snapshots read that table. What takes time is sampled by a job (`health_sample`, every
 * 10 s) and shown with its time; a reading older than three intervals is unknown, never zero. */
#pragma once
#include "base/work.h"

enum health_state {
    HEALTH_OK = 1,
    HEALTH_UNKNOWN,
    HEALTH_WARNING,
    HEALTH_CRITICAL
}; /* by severity */
enum health_unit { UNIT_PERCENT = 1, UNIT_BYTES, UNIT_COUNT };
enum health_kind { KIND_RESOURCE = 1, KIND_GROWTH };

struct health_figure {
    const char *name; /* "cpu"; the words are health.<name> and health.<name>.action */
    enum health_unit unit;
    enum health_kind kind;
    double warning, critical; /* of `level`; 0: no threshold */
};

/* What the level of a figure is compared by: a percentage where it has a limit (memory, disk,
 * connections), else the value itself. */
struct health_reading {
    const struct health_figure *figure;
    bool known;
    int64_t as_of_us; /* when it was taken; of an unknown one: when it was last known, 0 never */
    double value;     /* in its unit: percent, bytes or count */
    double limit;     /* most the value can be; 0: none */
    double level;
    enum health_state state;
};

enum health_name {
    FIG_CPU,
    FIG_MEMORY,
    FIG_DISK,
    FIG_CONNECTIONS,
    FIG_VENDORS,
    FIG_NEW_VENDORS,
    FIG_CLOSED_VENDORS,
    FIG_PRODUCTS,
    FIG_IMAGES,
    FIG_ORDERS,
    FIG_DATABASE,
    FIG_STORAGE,
    FIGURES
};
extern const struct health_figure health_figures[FIGURES];

struct health {
    int64_t at_us;
    enum health_state worst;
    int attention; /* how many are not OK */
    bool redis_up;
    int64_t redis_away_us; /* since when the limits are held without it; 0: they are not */
    struct health_reading readings[FIGURES];
};

/* Inside an operator read. A source that has no answer makes its figures unknown, not the call
 * fail. */
struct err *health_read(struct work *w, struct health *out) MUST_CHECK;

const char *health_state_name(enum health_state state); /* "ok", "unknown", "warning", "critical" */

/* The rule: `limit` 0 means the value is its own level. */
void health_judge(struct health_reading *r);

/* What /proc and the file system say now. */
struct host_sample {
    int64_t cpu_busy, cpu_all; /* ticks since boot */
    double cpu_percent;        /* since the sample before; negative: not known yet */
    int64_t memory_used, memory_total, disk_used, disk_total; /* bytes */
};
/* BROKEN health.source, naming the file. `stat`, `meminfo`: contents of /proc files. */
struct err *host_read_stat(struct arena *a, const char *stat, struct host_sample *out) MUST_CHECK;
struct err *host_read_meminfo(struct arena *a, const char *meminfo,
                              struct host_sample *out) MUST_CHECK;
struct err *host_sample_now(struct arena *a, const char *disk_path,
                            struct host_sample *out) MUST_CHECK;
