#include "exchange/tasks.h"

#include "base/text.h"
#include "exchange/export.h"
#include "exchange/pass.h"
#include "exchange/sweep.h"

/* A pass that dies (not one that waits for PostgreSQL) is tried again from where it was; the last
 * of these only says that it did not work. */
#define TRIES   6
#define LIMIT_S (6 * 3600)

static struct err *
run_pass(struct work *w, const struct job *j, enum pass_kind kind)
{
    struct import_id id;
    const struct pass_how how = { .kind = kind, .job = j, .last_try = j->attempt >= TRIES };
    if (!text_to_id(j->key, &id.n))
        return BROKEN(w->arena, "import.job", j->key);
    return pass(w, id, &how);
}

static struct err *
check(struct work *w, const struct job *j)
{
    return run_pass(w, j, PASS_CHECK);
}

static struct err *
run(struct work *w, const struct job *j)
{
    return run_pass(w, j, PASS_RUN);
}

static struct err *
make_export(struct work *w, const struct job *j)
{
    struct export_id id;
    if (!text_to_id(j->key, &id.n))
        return BROKEN(w->arena, "export.job", j->key);
    return export_make(w, id, j, j->attempt >= TRIES);
}

/* clang-format off */
const struct job_kind exchange_jobs[] = {
    /* name             when          tries  run */
    { EXCHANGE_CHECK,   ON_DEMAND,    TRIES, check,       .queue = "files", .limit_s = LIMIT_S },
    { EXCHANGE_RUN,     ON_DEMAND,    TRIES, run,         .queue = "files", .limit_s = LIMIT_S },
    { EXCHANGE_EXPORT,  ON_DEMAND,    TRIES, make_export, .queue = "files", .limit_s = LIMIT_S },
    { "exchange_sweep", EVERY(3600),  3,     exchange_sweep, .queue = "slow" },
};
/* clang-format on */
const size_t exchange_job_count = COUNT(exchange_jobs);
